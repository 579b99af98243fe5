"""The redline as a Word document with tracked changes."""

from notifier.diff.render.tracked.package import render_docx

__all__ = ["render_docx"]
