"""Rule sets: where each verdict is told, and what silence does. Data, not code."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from notifier.classify.model import Direction, Ground, Route, Silence
from notifier.errors import SettingsError
from notifier.share import share

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_RULESET = "seed-promise"
_STRENGTH = (Route.EMAIL, Route.PROMINENT_BANNER, Route.BANNER, Route.CHANGELOG, Route.NONE)


@dataclass(frozen=True, kw_only=True, slots=True)
class SilenceRule:
    """What silence does for one ground and direction, and who says so."""

    silence: Silence
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RouteRule:
    """A stronger route for one ground (``None``: every) and direction, and who says so."""

    ground: Ground | None
    direction: Direction | None
    route: Route
    source: str

    def holds(self, grounds: tuple[Ground, ...] | None, direction: Direction | None) -> bool:
        """Return whether it is meant; what is not known (``None``) may be anything."""
        of_ground = self.ground is None or grounds is None or self.ground in grounds
        return of_ground and (self.direction is None or direction in {None, self.direction})


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleSet:
    """One named rule set, as shipped in ``data/reference/rulesets/<name>.toml``."""

    name: str
    title: str
    source: str
    routes: Mapping[str, Route]
    """Keys ``material_stored``, ``material_not_stored``, ``editorial``, ``invisible``."""
    raised: tuple[RouteRule, ...] = ()
    """Stronger routes for material changes on some grounds and in some directions."""
    silence: Mapping[tuple[str, str], SilenceRule] = field(default_factory=dict)
    """By ground (or ``*``) and direction (or ``*``); the most exact one decides."""
    digest: str = ""

    def route(
        self,
        *,
        material: bool,
        touches_stored: bool,
        grounds: tuple[Ground, ...] | None = (),
        direction: Direction | None = None,
        editorial_banner: bool = True,
    ) -> Route:
        """Return the route; without ``editorial_banner`` editorial ones go to the changelog.

        ``grounds`` or ``direction`` of ``None``: nobody knows, so the strongest route counts.
        """
        if not material:
            return self.routes["editorial"] if editorial_banner else Route.CHANGELOG
        route = self.routes["material_stored" if touches_stored else "material_not_stored"]
        raised = (rule.route for rule in self.raised if rule.holds(grounds, direction))
        return strongest((route, *raised))

    def silence_for(
        self, *, ground: Ground, direction: Direction, touches_stored: bool
    ) -> SilenceRule:
        """Return what silence does. Changes that touch nothing stored apply once announced."""
        if not touches_stored:
            return self.silence["not_stored", "*"]
        for key in ((ground, direction), (ground, "*"), ("*", direction), ("*", "*")):
            if key in self.silence:
                return self.silence[key]
        raise SettingsError(f"Rule set {self.name} does not say what silence does.")


def strongest(routes: tuple[Route, ...]) -> Route:
    """Return the route that reaches people most directly; ``none`` of nothing."""
    return min(routes, key=_STRENGTH.index, default=Route.NONE)


def ruleset_names() -> tuple[str, ...]:
    """Return the names of the shipped rule sets."""
    folder = share("data", "reference", "rulesets")
    return tuple(sorted(path.stem for path in folder.glob("*.toml")))


def load_ruleset(name: str = DEFAULT_RULESET) -> RuleSet:
    """Return a shipped rule set by name.

    Raises SettingsError if there is none of that name or if its file does not hold together.
    """
    if name not in ruleset_names():
        raise SettingsError(
            f"There is no rule set named {name!r}; nothing was classified.",
            next_step=f"Name one of: {', '.join(ruleset_names())}.",
        )
    data = share("data", "reference", "rulesets", f"{name}.toml").read_bytes()
    try:
        return _ruleset(name, tomllib.loads(data.decode()), hashlib.sha256(data).hexdigest())
    except (KeyError, ValueError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"Rule set {name} does not hold together: {error}.") from error


def _ruleset(name: str, table: dict[str, Any], digest: str) -> RuleSet:
    silence = {}
    for entry in table["silence"]:
        ground, direction = entry["ground"], entry["direction"]
        if ground not in {"*", "not_stored"}:
            ground = Ground(ground)
        if direction != "*":
            direction = Direction(direction)
        silence[ground, direction] = SilenceRule(
            silence=Silence(entry["silence"]), source=entry["source"]
        )
    if ("*", "*") not in silence or ("not_stored", "*") not in silence:
        raise KeyError("silence for * and not_stored")
    routes = {key: Route(table["routes"][key]) for key in _ROUTE_KEYS}
    raised = tuple(
        RouteRule(
            ground=None if entry["ground"] == "*" else Ground(entry["ground"]),
            direction=None if entry["direction"] == "*" else Direction(entry["direction"]),
            route=Route(entry["route"]),
            source=entry["source"],
        )
        for entry in table.get("raised", ())
    )
    return RuleSet(
        name=name,
        title=table["title"],
        source=table["source"],
        routes=routes,
        raised=raised,
        silence=silence,
        digest=digest,
    )


_ROUTE_KEYS = ("material_stored", "material_not_stored", "editorial", "invisible")
