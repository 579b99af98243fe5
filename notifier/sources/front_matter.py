"""YAML front matter as plain fields, read so that no text can build objects or fill the memory."""

from __future__ import annotations

from typing import Any

import yaml

from notifier.errors import InputError
from notifier.policy.front_matter import FRONT_MATTER_LIMIT

_MAX_DEPTH = 8


class _PlainLoader(yaml.SafeLoader):
    """The safe loader without aliases (they multiply) and without deep nesting (it recurses)."""

    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases (*name) are not allowed")
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise yaml.YAMLError("too deeply nested")
        try:
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        if twice := {key for key in keys if keys.count(key) > 1}:
            raise yaml.YAMLError(f"stands there twice: {', '.join(sorted(twice))}")
        return super().construct_mapping(node, deep=deep)


def read_front_matter(text: str, *, name: str) -> dict[str, object]:
    """Return the fields of a YAML block that stands at the head of the file ``name``.

    :raises InputError: it is no mapping of names to values, has aliases, or is too large
    """
    try:
        if len(text) > FRONT_MATTER_LIMIT:
            raise yaml.YAMLError(f"longer than {FRONT_MATTER_LIMIT} characters")  # noqa: TRY301 - one refusal for all
        fields = yaml.load(text, Loader=_PlainLoader)  # noqa: S506 - a narrower SafeLoader
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _refusal(name, _reason(error)) from error
    if fields is None:
        return {}
    if not isinstance(fields, dict) or not all(isinstance(key, str) for key in fields):
        raise _refusal(name, "it must be lines of `field: value`")
    return dict(fields)


def _reason(error: Exception) -> str:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem:
        line = f" in line {error.problem_mark.line + 2}" if error.problem_mark else ""
        return f"{error.problem}{line}"
    return str(error) or type(error).__name__


def _refusal(name: str, why: str) -> InputError:
    return InputError(
        f"{name}: the front matter between the two --- lines cannot be read: {why}; "
        "nothing was stored.",
        code="bad_front_matter",
        next_step="Write plain `field: value` lines, or remove the front matter.",
        file=name,
    )
