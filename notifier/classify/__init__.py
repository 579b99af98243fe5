"""Material or not, and why."""
