"""HTML pages and Word documents as Markdown text, made in a process of its own with limits."""

EXTRACTOR = "notifier-extract/1"
"""Name and version of the extraction; goes up with every change that could move a letter."""
