"""The lexicon: wide phrases that name grounds, and the few words that may be exchanged."""

from __future__ import annotations

import hashlib
import tomllib
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from notifier.classify.entries import equivalences_of, phrases_of, words_of_list
from notifier.classify.opinion import Opinion, read_opinion
from notifier.classify.overlay import read_overlay
from notifier.errors import SettingsError
from notifier.share import share

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from notifier.classify.entries import Equivalence
    from notifier.classify.model import Ground


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """One phrase of the taxonomy, found at words ``start`` to ``end``."""

    ground: Ground
    weight: float
    start: int
    end: int


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
    opinion: Opinion = field(default_factory=Opinion)
    """The learned second opinion; an even one where no weights are shipped."""
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

    Files that lie in the overlay itself hold products, defined terms and vendors (see
    ``notifier.classify.overlay``); beside them it may have the shipped layout, ``taxonomy/*.toml``
    and ``equivalence/*.toml``. Raises SettingsError naming the file that does not hold together.
    """
    folders = [share("data", "reference", "lexicon", "en")]
    if overlay is not None and overlay.is_dir():
        folders.append(overlay)
    files = [
        path
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix in {".toml", ".txt"}
    ]
    return _load(tuple((path, path.read_bytes()) for path in files), overlay)


@lru_cache(maxsize=8)
def _load(files: tuple[tuple[Path, bytes], ...], overlay: Path | None) -> Lexicon:
    taxonomy: dict[str, dict[tuple[tuple[str, ...], Ground], float]] = defaultdict(dict)
    equivalences: list[Equivalence] = []
    known: set[str] = set()
    record: dict[str, tuple[int, int]] = {}
    opinion = Opinion()
    digest = hashlib.sha256()
    for path, data in files:
        digest.update(path.name.encode() + b"\0" + data)
        named: tuple[tuple[tuple[str, ...], Ground, float], ...] = ()
        try:
            if path.parent.name == "taxonomy":
                named = tuple(phrases_of(tomllib.loads(data.decode())))
            elif path.parent.name == "equivalence":
                equivalences.extend(equivalences_of(tomllib.loads(data.decode())))
            elif path.parent == overlay:
                own = read_overlay(tomllib.loads(data.decode()))
                equivalences.extend(own.names)
                named = own.phrases
            elif path.name == "words.txt":
                known.update(words_of_list(data.decode()))
            elif path.name == "record.toml":
                table = tomllib.loads(data.decode())["record"]
                record = {key: tuple(value) for key, value in table.items()}
            elif path.name == "opinion.toml":
                opinion = read_opinion(tomllib.loads(data.decode()))
        except (KeyError, ValueError, IndexError, TypeError) as error:
            raise SettingsError(
                f"The lexicon file {path} does not hold together: {error!r}; "
                "nothing was classified.",
                next_step="Mend the file or take it out of the lexicon folder.",
            ) from error
        for phrase, ground, weight in named:
            taxonomy[phrase[0]][phrase, ground] = weight
            known.update(phrase)
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
        opinion=opinion,
        digest=digest.hexdigest(),
    )
