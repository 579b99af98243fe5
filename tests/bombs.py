"""Files that were made to hold the program, and one run of a command under measurement."""

from __future__ import annotations

import io
import os
import random
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from documents import docx, p

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MOST_KB = 512 * 1024
MOST_SECONDS = 10
Pair = tuple[bytes, bytes]


@dataclass(frozen=True, kw_only=True)
class Bomb:
    """Two files and what becomes of them: ``done``, or the words of the refusal."""

    name: str
    make: Callable[[], Pair]
    expect: str = "done"
    quick: bool = False
    """Whether it is cheap enough for every run of the suite."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """What one command did and took. ``cpu_seconds`` and ``peak_kb`` are its children's too."""

    code: int
    out: str
    err: str
    cpu_seconds: float
    peak_kb: int


def run(command: list[str], *, home: Path) -> Run:
    """Run the installed command and measure it; its own processes count in."""
    script = (
        "import resource,subprocess,sys;"
        "done=subprocess.run(sys.argv[1:]);"
        "used=resource.getrusage(resource.RUSAGE_CHILDREN);"
        "print(f'{used.ru_utime+used.ru_stime} {used.ru_maxrss}',file=sys.stderr);"
        "sys.exit(done.returncode)"
    )
    program = os.path.join(os.path.dirname(sys.executable), "notifier")  # noqa: PTH118, PTH120 - a symlink must not be resolved
    done = subprocess.run(
        [sys.executable, "-c", script, program, *command],
        capture_output=True,
        text=True,
        check=False,
        cwd=home,
        timeout=300,
    )
    *err, last = done.stderr.rstrip("\n").split("\n")
    cpu, peak = last.split()
    return Run(
        code=done.returncode,
        out=done.stdout,
        err="\n".join(err),
        cpu_seconds=float(cpu),
        peak_kb=int(peak) // (1024 if sys.platform == "darwin" else 1),
    )


def _dice(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - the same text every time, and no secret


def _twice(old: str, new: str) -> Pair:
    return old.encode(), new.encode()


def _two_values(lines: int, a: str, b: str, between: str = "\n") -> Pair:
    old, new = _dice(1), _dice(2)
    return _twice(*(between.join(r.choice((a, b)) for _ in range(lines)) for r in (old, new)))


def _words(change: str) -> Pair:
    words = [f"w{number:05}" for number in range(100_000)]
    other = list(words)
    if change == "shuffled":
        _dice(3).shuffle(other)
    elif change == "all":
        other = [f"v{word}" for word in words]
    else:
        other[50_000] = "x"
    return _twice("\n".join(words), "\n".join(other))


def _prose(sentences: int) -> Pair:
    words = ["we", "share", "your", "data", "with", "not", "or", "never", "may", "will", "sell"]
    return _twice(
        *(
            "\n\n".join(
                " ".join(r.choices(words, k=12)).capitalize() + "." for _ in range(sentences)
            )
            for r in (_dice(1), _dice(2))
        )
    )


def _grown(text: str, old: str, new: str) -> Pair:
    return _twice(text.replace("?", old), text.replace("?", new))


_TEXTS = (
    Bomb(
        name="2,000 two-valued lines",
        make=lambda: _two_values(2_000, "We may share.", "We do not."),
        quick=True,
    ),
    Bomb(name="100,000 two-valued lines", make=lambda: _two_values(100_000, "We sell.", "We do.")),
    Bomb(name="100,000 two-valued paragraphs", make=lambda: _two_values(100_000, "a", "b", "\n\n")),
    Bomb(name="100,000 one-word lines, one changed", make=lambda: _words("one")),
    Bomb(name="100,000 one-word lines, shuffled", make=lambda: _words("shuffled")),
    Bomb(name="100,000 one-word lines, all changed", make=lambda: _words("all")),
    Bomb(
        name="80,000 sentences, all changed",
        make=lambda: _twice("We keep it. " * 80_000, "We sell it. " * 80_000),
    ),
    Bomb(name="16,000 random sentences", make=lambda: _prose(16_000)),
    Bomb(name="5,000 random sentences", make=lambda: _prose(5_000)),
    Bomb(
        name="one line of 1 MB",
        make=lambda: _grown(" ".join(map(str, range(140_000))) + " ?", "a", "b"),
    ),
    Bomb(
        name="one word of 1 MB", make=lambda: _twice("a" * 990_000, "a" * 500_000 + "b" * 490_000)
    ),
    Bomb(
        name="one line of 10 MB",
        make=lambda: _twice("a " * 5_000_000, "b " * 5_000_000),
        expect="above the limit",
        quick=True,
    ),
    Bomb(
        name="50 MB",
        make=lambda: _twice("a b\n" * 12_500_000, "c"),
        expect="above the limit",
        quick=True,
    ),
    Bomb(name="quotations, 300,000 deep", make=lambda: _grown("> " * 300_000 + "?", "a", "b")),
    Bomb(
        name="lists, 1,300 deep",
        make=lambda: _grown("\n".join(" " * n + "- ?" for n in range(1_300)), "a", "b"),
    ),
    Bomb(
        name="brackets, 450,000 deep",
        make=lambda: _grown("[" * 450_000 + "?" + "]" * 450_000, "a", "b"),
    ),
    Bomb(name="emphasis", make=lambda: _grown("*?" * 490_000, "a", "b")),
    Bomb(name="backticks", make=lambda: _grown("`?``" * 240_000, "a", "b")),
    Bomb(
        name="a table of 200,000 columns",
        make=lambda: _grown("|?" * 200_000 + "\n" + "|-" * 200_000 + "\n", "a", "b"),
    ),
    Bomb(
        name="a table of 160,000 rows",
        make=lambda: _grown("|a|b|\n|-|-|\n" + "|x|?|\n" * 160_000, "y", "z"),
    ),
    Bomb(
        name="70,000 headings",
        make=lambda: _grown("\n".join(f"# ?{n}" for n in range(70_000)), "a", "b"),
    ),
    Bomb(name="numbers", make=lambda: _grown("?. " * 330_000, "1", "2")),
    Bomb(
        name="link definitions",
        make=lambda: _grown("\n\n".join(f"[a{n}]: http://?/{n}" for n in range(38_000)), "x", "y"),
    ),
    Bomb(
        name="marks heaped on a letter",
        make=lambda: _grown("?" + "\u0301\u0316" * 220_000, "a", "b"),
    ),
    Bomb(name="zero-width characters", make=lambda: _grown("a\u200b? " * 150_000, "b", "c")),
    Bomb(name="look-alike words", make=lambda: _grown("p\u0430y? " * 120_000, "b", "c")),
)
_FRONT = (
    Bomb(
        name="YAML: billion laughs",
        make=lambda: _front("a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]"),
        expect="aliases",
        quick=True,
    ),
    Bomb(
        name="YAML: merge keys",
        make=lambda: _front("a: &a {x: 1}\nb:\n  <<: *a"),
        expect="aliases",
        quick=True,
    ),
    Bomb(name="YAML: deep", make=lambda: _front("a: " + "[" * 5_000), expect="nested", quick=True),
    Bomb(
        name="YAML: objects",
        make=lambda: _front("a: !!python/object/apply:os.system [id]"),
        expect="front matter",
        quick=True,
    ),
    Bomb(
        name="YAML: a number of 15,000 digits",
        make=lambda: _front("a: " + "9" * 15_000),
        expect="front matter",
        quick=True,
    ),
    Bomb(name="YAML: base sixty", make=lambda: _front("a: " + "1:" * 5_000 + "1")),
)


def _front(fields: str) -> Pair:
    raw = f"---\n{fields}\n---\nText.\n".encode()
    return raw, raw


def _same(raw: bytes) -> Pair:
    return raw, raw


def _zip(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in parts.items():
            file.writestr(name, data)
    return out.getvalue()


def _runs(pattern: str, count: int, inside: str = "p") -> str:
    many = "".join(pattern.format(n=number) for number in range(count))
    return f"<w:{inside}>{many}</w:{inside}>"


_LAUGHS = "".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in pairwise("abcdefghij")
)
_ENTITIES = f'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">{_LAUGHS}]>'
_DOCUMENTS = (
    Bomb(
        name="DOCX: zip bomb",
        make=lambda: _same(docx(p("a"), styles="<w:x/>" * 8_000_000)),
        expect="hundred times",
    ),
    Bomb(
        name="DOCX: entity bomb",
        make=lambda: _same(docx(p("&amp;j;"), prolog=_ENTITIES)),
        expect="document type",
        quick=True,
    ),
    Bomb(
        name="DOCX: outside entity",
        make=lambda: _same(docx(p("a"), prolog='<!DOCTYPE x SYSTEM "file:///etc/passwd">')),
        expect="document type",
        quick=True,
    ),
    Bomb(
        name="DOCX: 200,000 nested tables",
        make=lambda: _same(
            docx("<w:tbl><w:tr><w:tc>" * 200_000 + "</w:tc></w:tr></w:tbl>" * 200_000)
        ),
        expect="deep|hundred times",
        quick=True,
    ),
    Bomb(
        name="DOCX: 1,000,000 runs",
        make=lambda: _same(docx(_runs("<w:r><w:t>{n}</w:t></w:r>", 1_000_000))),
        expect="elements",
    ),
    Bomb(
        name="DOCX: 150,000 short runs",
        make=lambda: _same(docx(_runs("<w:r><w:t>{n:05} </w:t></w:r>", 150_000))),
    ),
    Bomb(
        name="DOCX: 80,000 rows",
        make=lambda: _same(
            docx(
                _runs(
                    "<w:tr><w:tc><w:p><w:r><w:t>{n}</w:t></w:r></w:p></w:tc><w:tc/></w:tr>",
                    80_000,
                    "tbl",
                )
            )
        ),
    ),
    Bomb(
        name="DOCX: 3,000 parts",
        make=lambda: _same(docx(p("a"), extra={f"x{n}": b"" for n in range(3_000)})),
        expect="parts",
        quick=True,
    ),
    Bomb(
        name="DOCX: no document in the zip",
        make=lambda: _same(_zip({"a": b"b"})),
        expect="no Word document",
        quick=True,
    ),
    Bomb(
        name="DOCX: cut off", make=lambda: _same(docx(p("a"))[:900]), expect="damaged", quick=True
    ),
    Bomb(
        name="DOCX: attributes",
        make=lambda: _same(
            docx(_runs('<w:r w:a="{n}"><w:t a="1" b="2" c="3">x</w:t></w:r>', 290_000))
        ),
    ),
)
_PAGES = (
    Bomb(
        name="HTML: 2,000,000 nested elements",
        make=lambda: _same(b"<div>" * 2_000_000),
        expect="took|takes more|signal",
    ),
    Bomb(
        name="HTML: 600 nested elements",
        make=lambda: _same(b"<div>" * 600 + b"a"),
        expect="deep",
        quick=True,
    ),
    Bomb(
        name="HTML: 10 MB of formatting",
        make=lambda: _same(b"<b><i><p>" * 1_100_000),
        expect="takes more|signal",
    ),
    Bomb(
        name="HTML: 200,000 paragraphs",
        make=lambda: _grown("<p>?" * 200_000, "a", "b"),
        expect="done",
    ),
    Bomb(name="HTML: attributes", make=lambda: _same(b"<p " + b"a=b " * 2_000_000 + b">Text")),
    Bomb(name="HTML: entities", make=lambda: _same(b"<p>" + b"&amp;" * 900_000)),
    Bomb(name="HTML: an open comment", make=lambda: _same(b"<p>Text<!--" + b"<!-- " * 1_500_000)),
    Bomb(name="HTML: open tags", make=lambda: _same(b"<p>Text" + b"<a " * 3_000_000)),
    Bomb(
        name="HTML: styles",
        make=lambda: _same(b"<style>" + b".a{display:none}@media{" * 400_000 + b"</style><p>Text"),
    ),
    Bomb(
        name="HTML: spans of 1,000 columns",
        make=lambda: _same(b"<table>" + b"<tr><td colspan=1000>a<td>b" * 100_000),
        expect="done|characters",
    ),
    Bomb(
        name="HTML: tables in tables",
        make=lambda: _same(b"<table><tr><td>" * 200_000),
        expect="deep|takes more|signal",
    ),
)
BOMBS: dict[str, tuple[Bomb, ...]] = {
    ".md": _TEXTS + _FRONT,
    ".txt": _TEXTS[:13],
    ".docx": _DOCUMENTS,
    ".html": _PAGES,
}
CASES = [(suffix, bomb) for suffix, bombs in BOMBS.items() for bomb in bombs]
