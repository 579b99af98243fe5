"""The diff, against the plainest word diff there is."""

from __future__ import annotations

import difflib
import random

from notifier.diff.compare import compare as diff
from notifier.policy.parse import parse

from .measure import Row, compare

SECTIONS, SENTENCES = 24, 12
WORDS = """
we collect store share keep delete use your account address device visit partner service purpose law
country month consent notice request right contact payment record and or the a for with under when
only may must not
""".split()  # noqa: SIM905  forty quoted words are no easier to read


def policy(chance: random.Random) -> list[list[str]]:
    """Return sections of sentences of a language with few words, as legal language is."""
    return [
        [
            " ".join(chance.choices(WORDS, k=chance.randint(8, 24))).capitalize() + "."
            for _ in range(SENTENCES)
        ]
        for _ in range(SECTIONS)
    ]


def edited(sections: list[list[str]], chance: random.Random) -> list[list[str]]:
    """Return the next version: a word here and there, sentences gone and come, a section moved."""
    new = [list(section) for section in sections]
    for section in new:
        at = chance.randrange(len(section))
        section[at] = section[at].replace(" may ", " must ").replace(" not ", " ")
    new[5].pop(3)
    new[9].insert(2, policy(chance)[0][0])
    new.insert(15, new.pop(7))
    return new


def written(sections: list[list[str]]) -> str:
    """Return the Markdown, one paragraph a section."""
    return "\n\n".join(
        f"## Part {section[0].split()[1]} {len(section[0])}\n\n{' '.join(section)}"
        for section in sections
    )


def measure() -> Row:
    """Compare two parsed documents; the baseline sees one list of words a text."""
    chance = random.Random(20270115)  # noqa: S311  the same texts every time
    first = policy(chance)
    old, new = written(first), written(edited(first, chance))
    left, right = parse(old, markup="markdown"), parse(new, markup="markdown")
    ours, theirs = old.split(), new.split()
    return compare(
        f"diff of two texts of {len(ours)} words",
        lambda: diff(left, right),
        "difflib over all words, autojunk=False",
        lambda: difflib.SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes(),
    )
