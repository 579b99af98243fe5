"""The web face: choice, feed, policy and change pages."""
