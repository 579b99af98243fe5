"""Tell everyone whom a policy change affects, before it takes effect, and prove it."""
