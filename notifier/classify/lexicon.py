"""The lexicon: wide phrases that name grounds, and the few words that may be exchanged."""

from __future__ import annotations

import hashlib
import tomllib
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from notifier.classify.inflect import inflections
from notifier.classify.model import Ground
from notifier.classify.text import keys
from notifier.errors import SettingsError
from notifier.share import share

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_WEIGHTS = {"strong": 3.0, "plain": 2.0, "weak": 1.0}


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """One phrase of the taxonomy, found at words ``start`` to ``end``."""

    ground: Ground
    weight: float
    start: int
    end: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Equivalence:
    """Forms that may be exchanged without changing meaning, with the proof that somebody tried."""

    name: str
    forms: tuple[tuple[str, ...], ...]
    example: tuple[str, str]
    counter: tuple[str, str]
    before: tuple[tuple[str, ...], ...] = ()
    """If given, one of these must follow the form."""
    after: tuple[tuple[str, ...], ...] = ()
    """If given, one of these must stand before the form."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Lexicon:
    """Everything the rules know about words; frozen, with a digest."""

    taxonomy: Mapping[str, tuple[tuple[tuple[str, ...], Ground, float], ...]]
    """By first word: the phrases that begin with it, longest first."""
    equivalences: tuple[Equivalence, ...]
    known: frozenset[str]
    """Words that are certainly words: everything in the shipped lists."""
    record: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Per rule: how often its finding was upheld, of how many."""
    digest: str = ""

    @property
    def size(self) -> int:
        """Return the number of taxonomy phrases, inflections included."""
        return sum(len(entries) for entries in self.taxonomy.values())

    def hits(self, words: tuple[str, ...]) -> tuple[Hit, ...]:
        """Return the longest phrases found, left to right; a phrase may name several grounds."""
        return _hits(self, words)

    def __hash__(self) -> int:
        return hash(self.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Lexicon) and other.digest == self.digest


@lru_cache(maxsize=4096)
def _hits(lexicon: Lexicon, words: tuple[str, ...]) -> tuple[Hit, ...]:
    found: list[Hit] = []
    position = 0
    while position < len(words):
        length = 1
        for phrase, ground, weight in lexicon.taxonomy.get(words[position], ()):
            size = len(phrase)
            if size < length:
                break
            if words[position : position + size] == phrase:
                length = size
                found.append(Hit(ground=ground, weight=weight, start=position, end=position + size))
        position += length
    return tuple(found)


def load_lexicon(overlay: Path | None = None) -> Lexicon:
    """Return the shipped English lexicon, with an organisation's overlay folder on top.

    The overlay has the same layout (``taxonomy/*.toml``, ``equivalence/*.toml``). Raises
    SettingsError naming the file that does not hold together.
    """
    folders = [share("data", "reference", "lexicon", "en")]
    if overlay is not None and overlay.is_dir():
        folders.append(overlay)
    files = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    return _load(tuple((path, path.read_bytes()) for path in files))


@lru_cache(maxsize=8)
def _load(files: tuple[tuple[Path, bytes], ...]) -> Lexicon:
    taxonomy: dict[str, dict[tuple[tuple[str, ...], Ground], float]] = defaultdict(dict)
    equivalences: list[Equivalence] = []
    known: set[str] = set()
    record: dict[str, tuple[int, int]] = {}
    digest = hashlib.sha256()
    for path, data in files:
        digest.update(path.name.encode() + b"\0" + data)
        try:
            if path.parent.name == "taxonomy":
                for phrase, ground, weight in _taxonomy(_toml(data)):
                    taxonomy[phrase[0]][phrase, ground] = weight
                    known.update(phrase)
            elif path.parent.name == "equivalence":
                equivalences.extend(_equivalences(_toml(data)))
            elif path.name == "words.txt":
                known.update(_words(data.decode()))
            elif path.name == "record.toml":
                record = {key: tuple(value) for key, value in _toml(data)["record"].items()}
        except (KeyError, ValueError, IndexError, TypeError) as error:
            raise SettingsError(
                f"The lexicon file {path} does not hold together: {error!r}; "
                "nothing was classified.",
                next_step="Mend the file or take it out of the lexicon folder.",
            ) from error
    known.update(word for entry in equivalences for form in entry.forms for word in form)
    return Lexicon(
        taxonomy={
            first: tuple(
                (phrase, ground, weight)
                for (phrase, ground), weight in sorted(
                    entries.items(), key=lambda item: (-len(item[0][0]), item[0])
                )
            )
            for first, entries in taxonomy.items()
        },
        equivalences=tuple(equivalences),
        known=frozenset(known),
        record=record,
        digest=digest.hexdigest(),
    )


def _toml(data: bytes) -> dict[str, Any]:
    return tomllib.loads(data.decode())


def _taxonomy(table: dict[str, Any]) -> Iterator[tuple[tuple[str, ...], Ground, float]]:
    ground = Ground(table["ground"])
    for level, weight in _WEIGHTS.items():
        group = table.get(level, {})
        for phrase in group.get("phrases", ()):
            yield keys(phrase), ground, weight
        for phrase in group.get("verbs", ()):
            first, *rest = keys(phrase)
            for form in inflections(first, verb=True):
                yield (form, *rest), ground, weight
        for phrase in group.get("nouns", ()):
            *start, last = keys(phrase)
            for form in inflections(last, verb=False):
                yield (*start, form), ground, weight


def _equivalences(table: dict[str, Any]) -> Iterator[Equivalence]:
    for entry in table["entry"]:
        example, counter = entry["example"], entry["counter"]
        yield Equivalence(
            name=entry["name"],
            forms=tuple(keys(form) for form in entry["forms"]),
            example=(example[0], example[1]),
            counter=(counter[0], counter[1]),
            before=tuple(keys(form) for form in entry.get("before", ())),
            after=tuple(keys(form) for form in entry.get("after", ())),
        )


def _words(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        for word in line.split():
            lemma, _, marks = word.partition("/")
            yield lemma
            if "v" in marks:
                yield from inflections(lemma, verb=True)
            if "n" in marks:
                yield from inflections(lemma, verb=False)
            if "a" in marks:
                yield lemma + "ly" if not lemma.endswith("le") else lemma[:-1] + "y"
