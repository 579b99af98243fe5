"""What a rule is: a name, a docstring that a lawyer reads, and ``check``.

A rule is one file in ``notifier/classify/rules/`` whose module-level ``rule`` follows ``Rule``.
Rules never import each other; what they share lives outside that folder.
"""

from __future__ import annotations

import importlib
import pkgutil
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.diff.model import Change


class RuleKind(StrEnum):
    """What a finding of the rule does."""

    VETO = "veto"
    """Says why the change can not be cleared by any proof."""
    DOUBT = "doubt"
    """Says why no proof clears the change; a fact may still be named."""
    PROOF = "proof"
    """Accounts for differing words as editorial (``Finding.covers``)."""
    FACT = "fact"
    """Names a ground on which the change is material."""


class Rule(Protocol):
    """One rule. Pure: the same change and context give the same finding."""

    @property
    def name(self) -> str:
        """Return the stable name, as it stands in findings and in the record."""

    @property
    def kind(self) -> RuleKind:
        """Return what a finding of this rule does."""

    def check(self, change: Change, context: Context) -> Finding | None:
        """Return a finding if the rule applies, else ``None``."""


@cache
def all_rules() -> tuple[Rule, ...]:
    """Return every shipped rule, by file name: vetoes, doubts, proofs, facts."""
    package = importlib.import_module("notifier.classify.rules")
    modules = sorted(info.name for info in pkgutil.iter_modules(package.__path__))
    found: list[Rule] = [
        importlib.import_module(f"notifier.classify.rules.{name}").rule for name in modules
    ]
    order = list(RuleKind)
    return tuple(sorted(found, key=lambda rule: order.index(rule.kind)))
