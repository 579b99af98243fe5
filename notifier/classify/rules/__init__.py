"""One rule a file. A new rule is found by being here; see ``notifier.classify.rule``."""
