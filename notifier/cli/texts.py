"""Commands about texts: commit, versions, diff, classify, evaluate."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from notifier.cli.options import ActorOption, Format, FormatOption, HomeOption, actor
from notifier.cli.output import (
    colourful,
    columns,
    harmless,
    json_text,
    say,
    show,
    show_bytes,
    show_json,
    table,
)
from notifier.extract.model import Revisions

if TYPE_CHECKING:
    from notifier.diff.model import Diff
    from notifier.home import Home
    from notifier.pipeline.commit import Committed

RevisionsOption = Annotated[
    Revisions | None,
    typer.Option("--revisions", help="How tracked changes in a DOCX are read; else refused."),
]

versions_app = typer.Typer(no_args_is_help=True, help="Show the versions of a policy.")


class DiffFormat(StrEnum):
    """How a diff is shown."""

    TEXT = "text"
    HTML = "html"
    MD = "md"
    DOCX = "docx"
    JSON = "json"


def commit(
    file: Annotated[Path, typer.Argument(help="The policy's text: Markdown, text, HTML or DOCX.")],
    policy: Annotated[str, typer.Option("--policy", help="Which policy of notifier.toml.")] = "",
    version: Annotated[str, typer.Option("--version", help="The new version's name.")] = "",
    effective: Annotated[
        str, typer.Option("--effective", metavar="DATE", help="The day on which it takes effect.")
    ] = "",
    locale: Annotated[
        str, typer.Option("--locale", help="Language; another than the policy's: a translation.")
    ] = "",
    historical: Annotated[
        bool, typer.Option("--historical", help="It was in force in the past; opens no campaign.")
    ] = False,
    draft: Annotated[
        bool, typer.Option("--draft", help="May be replaced later; never public.")
    ] = False,
    new_people: Annotated[
        str,
        typer.Option("--new-people", metavar="INSTANT", help="New data is under it from then on."),
    ] = "",
    revisions: RevisionsOption = None,
    git: Annotated[
        Path | None,
        typer.Option("--git", metavar="REPO", help="FILE stands in a commit of this repository."),
    ] = None,
    rev: Annotated[
        str, typer.Option("--rev", metavar="REV", help="The commit: its id, a branch or a tag.")
    ] = "",
    who: ActorOption = "",
    home: HomeOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Store a version for ever, compare it with the one before, and propose its campaign."""
    from notifier.errors import InputError
    from notifier.home import open_home
    from notifier.pipeline.commit import Submission, commit_version

    if (git is None) != (not rev):
        raise InputError(
            "--git and --rev belong together. Nothing was committed.",
            next_step="Name the repository and the commit, or neither.",
        )
    with open_home(home) as opened:
        done = commit_version(
            opened,
            Submission(
                file=file,
                policy=policy,
                version=version,
                effective=effective,
                locale=locale,
                historical=historical,
                draft=draft,
                new_people_at=_instant(new_people) if new_people else None,
                revisions=revisions,
                git=git,
                rev=rev,
            ),
            actor=actor(who),
        )
        head = _head(opened, done)
    if output is Format.JSON:
        show_json(head)
    else:
        show(_commit_text(done, head))


def _instant(text: str) -> Any:
    from notifier.pipeline.commit import parse_instant

    return parse_instant(text)


def _head(home: Home, done: Committed) -> dict[str, Any]:
    """Return the plan's head as JSON: verdict, route, people, dates."""
    document: dict[str, Any] = {
        "schema": "notifier.commit/1",
        "kind": done.kind.value,
        "policy": done.policy,
        "version": done.version,
        "locale": done.locale,
        "effective": done.effective.isoformat(),
        "previous": done.previous or None,
        "campaign": done.campaign or None,
    }
    if done.compared is not None:
        document["compared"] = done.compared
    if not done.campaign:
        return document
    from notifier.pipeline.propose import make_plan, need_campaign
    from notifier.pipeline.show import plan_head

    with home.store.read() as tx:
        return document | plan_head(home, make_plan(home, tx, need_campaign(tx, done.campaign)))


_COMMIT_WORDS = {
    "first": "{policy}@{version} stored: the first version. Nothing to tell anybody.",
    "historical": "{policy}@{version} stored as in force since {effective}, as the company states."
    " No campaign was opened.",
    "draft": "{policy}@{version} stored as a draft. It can be replaced, and nobody sees it.",
    "translation": "{policy}@{version}: translation {locale} attached; whoever commits it attests"
    " it.",
    "no_change": "No change: {policy}@{previous} already says exactly this. Nothing was stored.",
    "known": "{policy}@{version} ({locale}) is already stored with these bytes. Nothing was done.",
}


def _commit_text(done: Committed, head: dict[str, Any]) -> str:
    if not done.campaign:
        words = _COMMIT_WORDS[done.kind.value].format(**{**head, "previous": done.previous})
        return "\n  ".join((words, *_compared(done)))
    from notifier.pipeline.show import head_text

    return (
        f"{done.policy}@{done.version} stored; it follows {done.previous}.\n"
        f"{head_text(head)}\n\nNext: notifier review show {done.campaign}"
    )


def _compared(done: Committed) -> list[str]:
    if done.compared is None:
        return []
    from notifier.pipeline.translations import comparison_lines

    return comparison_lines(done.compared)


@versions_app.command("list")
def versions_list(
    policy: Annotated[str, typer.Argument(help="One policy; else all.")] = "",
    home: HomeOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """List the versions of the policies, oldest first, with their states."""
    from notifier.home import open_home
    from notifier.pipeline.show import versions_document

    with open_home(home) as opened:
        document = versions_document(opened, policy)
    if output is Format.JSON:
        show_json(document)
        return
    rows = [
        (f"{v['policy']}@{v['version']}", v["state"], v["effective"], " ".join(v["locales"]))
        for v in document["versions"]
    ]
    show(table(rows, head=("VERSION", "STATE", "EFFECTIVE", "LOCALES")))


@versions_app.command("show")
def versions_show(
    version: Annotated[str, typer.Argument(help="P@V, or P for the one in force.")],
    home: HomeOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Show one version: its state, dates, hashes and text."""
    from notifier.home import open_home
    from notifier.pipeline.show import version_document

    with open_home(home) as opened:
        document = version_document(opened, version)
    if output is Format.JSON:
        show_json(document)
        return
    text = document.pop("text")
    show("\n".join(f"{k}: {v}" for k, v in document.items() if k != "schema") + "\n\n" + text)


OldArgument = Annotated[str, typer.Argument(metavar="OLD", help="A file, or P@V.")]
NewArgument = Annotated[str, typer.Argument(metavar="NEW", help="A file, or P@V.")]


def diff(
    old: OldArgument,
    new: NewArgument,
    full: Annotated[bool, typer.Option("--full", help="Show the equal text too.")] = False,
    revisions: RevisionsOption = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write it there.")
    ] = None,
    home: HomeOption = None,
    output: Annotated[
        DiffFormat,
        typer.Option(
            "--format",
            help="text, html (a page), md (a comment), docx (tracked changes) or json.",
        ),
    ] = DiffFormat.TEXT,
) -> None:
    """Show what changed between two texts, as lawyers read it."""
    from notifier.diff import compare
    from notifier.errors import InputError
    from notifier.files import write_atomic
    from notifier.pipeline.texts import resolve

    if output is DiffFormat.DOCX and out is None and sys.stdout.isatty():
        raise InputError(
            "A Word document would only garble the terminal. Nothing was written.",
            next_step="Name a file with --out, or redirect the output.",
        )
    before, after = (resolve(name, home, revisions=revisions) for name in (old, new))
    found = compare(before.document, after.document)
    title = f"{before.name} → {after.name}"
    data = _rendered(found, output, title=title, full=full, on_terminal=out is None)
    if out is None:
        show_bytes(data)
    else:
        write_atomic(out, data)
        say(f"{out} written.")


def _rendered(
    found: Diff, output: DiffFormat, *, title: str, full: bool, on_terminal: bool
) -> bytes:
    match output:
        case DiffFormat.JSON:
            from notifier.diff.render.document import diff_document

            return json_text(diff_document(found, full=full)).encode()
        case DiffFormat.HTML:
            from notifier.diff.render.page import render_page

            return render_page(found, title=title, full=full).encode()
        case DiffFormat.MD:
            from notifier.diff.render.comment import render_comment

            return render_comment(found, title=title).encode()
        case DiffFormat.DOCX:
            from notifier.diff.render.tracked import render_docx

            return render_docx(found, title=title)
        case DiffFormat.TEXT:
            from notifier.diff.render.terminal import render_text

            color = on_terminal and colourful()
            text = render_text(found, color=color, full=full, width=columns())
            return harmless(text).encode()


def classify(
    old: OldArgument,
    new: NewArgument,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit 10 where a material change is found.")
    ] = False,
    ruleset: Annotated[
        str, typer.Option("--ruleset", help="Another rule set than the policy's.")
    ] = "",
    revisions: RevisionsOption = None,
    home: HomeOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Say of each change whether it is material, and why."""
    from notifier.classify.render import classification_document, classification_text
    from notifier.pipeline.texts import classify_texts, resolve

    before, after = (resolve(name, home, revisions=revisions) for name in (old, new))
    found, verdict = classify_texts(before, after, ruleset=ruleset)
    if output is Format.JSON:
        show_json(classification_document(verdict, found))
    else:
        show(classification_text(verdict, color=colourful()))
    if exit_code and verdict.material:
        raise typer.Exit(10)


def evaluate(
    cases: Annotated[Path, typer.Argument(metavar="CASES.jsonl", help="One case a line.")],
    predictions: Annotated[
        Path | None, typer.Option("--predictions", help="Write one prediction a line here.")
    ] = None,
    confusions: Annotated[
        bool, typer.Option("--confusions", help="List each miss with its findings.")
    ] = False,
    home: Annotated[
        Path | None,
        typer.Option(
            "--home", metavar="DIR", help="Whose own words and rule set count; none: the shipped."
        ),
    ] = None,
    policy: Annotated[
        str, typer.Option("--policy", help="Whose rule set, where the home has several.")
    ] = "",
    output: FormatOption = Format.TEXT,
) -> None:
    """Classify labelled cases and print recall, precision and every miss."""
    from notifier.classify.report import evaluation_document, render_table
    from notifier.pipeline.texts import evaluate_file

    result = evaluate_file(cases, predictions, home=home, policy=policy)
    if output is Format.JSON:
        show_json(evaluation_document(result))
    else:
        show(render_table(result, confusions=confusions))
    if predictions:
        say(f"{predictions} written.")
