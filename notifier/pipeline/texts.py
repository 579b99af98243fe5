"""Two texts named on the command line: files, or versions of a home."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from notifier.classify.engine import classify
from notifier.classify.evaluate import evaluate_cases, predictions
from notifier.classify.lexicon import load_lexicon
from notifier.classify.ruleset import DEFAULT_RULESET, load_ruleset
from notifier.diff import compare
from notifier.errors import InputError, OutsideError
from notifier.home import open_home
from notifier.pipeline.assess import judge_diff
from notifier.pipeline.history import read_document, read_history
from notifier.sources.text import read_policy_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notifier.classify.evaluate import Evaluation
    from notifier.classify.lexicon import Lexicon
    from notifier.classify.model import Classification
    from notifier.classify.ruleset import RuleSet
    from notifier.diff.model import Diff
    from notifier.extract.model import Revisions
    from notifier.policy.model import Document

_MAX_CASE_BYTES = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Text:
    """One named text, parsed."""

    name: str
    document: Document
    policy: str = ""
    """The policy it belongs to, for a version of a home."""
    home: Path | None = None


def resolve(name: str, home: Path | None, *, revisions: Revisions | None = None) -> Text:
    """Return the text that ``name`` names: a file where there is one, else ``P@V`` of the home.

    ``revisions`` says how tracked changes in a Word file are read; a version keeps how it was read.

    :raises InputError: the file cannot be a policy
    :raises UnknownThingError: no such policy or version
    """
    policy, at, version = name.partition("@")
    if not at or Path(name).exists():
        file = read_policy_file(Path(name), revisions=revisions)
        return Text(name=name, document=file.document())
    with open_home(home) as opened, opened.store.read() as tx:
        opened.policy(policy)
        row = read_history(tx, policy).row(version)
        return Text(name=name, document=read_document(opened, row), policy=policy, home=opened.path)


def classify_texts(old: Text, new: Text, *, ruleset: str = "") -> tuple[Diff, Classification]:
    """Return what differs between two texts and what it means.

    The rule set is the one named, else that of the new text's policy, else the default; the home's
    lexicon overlay counts for its versions.
    """
    found = compare(old.document, new.document)
    if not new.policy or new.home is None:
        rules = load_ruleset(ruleset or DEFAULT_RULESET)
        return found, classify(found, ruleset=rules, lexicon=load_lexicon())
    with open_home(new.home) as home:
        rules = load_ruleset(ruleset or home.policy(new.policy).ruleset)
        lexicon = load_lexicon(home.path / "lexicon")
        return found, judge_diff(home, found, new.policy, rules, lexicon)


def evaluate_file(
    cases: Path, out: Path | None, *, home: Path | None = None, policy: str = ""
) -> Evaluation:
    """Classify every case of a JSONL file; with ``out``, write one prediction a line there.

    With a ``home`` its own words and the rule set of ``policy`` count; without a ``policy`` that of
    all its policies, where they have the same.

    :raises InputError: the file cannot be read, or a line is no case; names file and line. Or the
        home's policies have several rule sets
    :raises OutsideError: the predictions cannot be written
    :raises UnknownThingError: no such policy
    """
    rules, words = _rules_of(home, policy)
    result = evaluate_cases(
        _rows(cases),
        cases.resolve().parent,
        ruleset=rules,
        lexicon=words,
        name=str(cases),
        extract=_extracted,
    )
    if out is not None:
        lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in predictions(result))
        try:
            with out.open("w", encoding="utf-8") as file:
                file.writelines(lines)
        except OSError as error:
            raise OutsideError(
                f"{out} could not be written: {error.strerror}.",
                next_step="Choose another file.",
            ) from error
    return result


def _rules_of(home: Path | None, policy: str) -> tuple[RuleSet, Lexicon]:
    if home is None:
        if policy:
            raise InputError(
                "--policy names a policy of a home. Nothing was evaluated.",
                next_step="Name the home with --home.",
            )
        return load_ruleset(), load_lexicon()
    with open_home(home) as opened:
        policies = [opened.policy(policy)] if policy else opened.settings.policies.values()
        names = {each.ruleset for each in policies} or {DEFAULT_RULESET}
        if len(names) > 1:
            raise InputError(
                f"The policies of this home have several rule sets ({', '.join(sorted(names))})."
                " Nothing was evaluated.",
                next_step="Say whose counts, with --policy.",
            )
        return load_ruleset(names.pop()), load_lexicon(opened.path / "lexicon")


def _extracted(path: Path) -> Document:
    return read_policy_file(path).document()


def _rows(cases: Path) -> Iterator[dict[str, Any]]:
    try:
        with cases.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield _row(cases, number, line)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{cases} cannot be read: {error}. Nothing was evaluated.",
            next_step="Name a JSONL file in UTF-8.",
        ) from error


def _row(cases: Path, number: int, line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"{cases}, line {number}: not JSON: {error}. Nothing was evaluated.",
            next_step="Mend the line; one JSON object a line.",
        ) from error
    if not isinstance(row, dict) or len(line) > _MAX_CASE_BYTES:
        raise InputError(
            f"{cases}, line {number}: not a JSON object of at most {_MAX_CASE_BYTES} characters."
            " Nothing was evaluated.",
            next_step="Mend the line; docs/reference/cases.md lists the fields.",
        )
    return row
