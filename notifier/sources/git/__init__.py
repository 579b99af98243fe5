"""A file out of a commit of somebody's repository, of which nothing is ever run."""

from notifier.sources.git.blob import GitFile, read_git_file

__all__ = ["GitFile", "read_git_file"]
