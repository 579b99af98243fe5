"""One message per person; the states of a campaign."""
