"""The configuration of a home: ``notifier.toml``, overridden by the environment.

Every key of the file can be overridden as ``NOTIFIER_SECTION__KEY``. Secrets come only from the
environment or a secrets directory (``NOTIFIER_SECRETS_DIR``), never from the file.
"""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    NestedSecretsSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)
from pydantic_settings.exceptions import SettingsError as PydanticSettingsError

from notifier.errors import SettingsError

CONFIG = "notifier.toml"
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_SECRETS = {("mail", "password")}


def _identifier(value: str) -> str:
    if not _ID.fullmatch(value):
        raise ValueError("use 1 to 64 of a-z 0-9 . _ -, starting with a letter or digit")
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"unknown time zone {value!r}; use one like Europe/Berlin") from error
    return value


def _one_line(value: str) -> str:
    if any(ord(c) < 32 or ord(c) == 127 for c in value):  # noqa: PLR2004  ASCII control characters
        raise ValueError("must be one line without control characters")
    return value


Identifier = Annotated[str, AfterValidator(_identifier)]
Zone = Annotated[str, AfterValidator(_zone)]
Line = Annotated[str, AfterValidator(_one_line)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Company(_Section):
    """Who speaks."""

    name: Line = "Example Meetings, Inc."
    address: Line = "1 Example Street, Springfield"
    contact: Line = "privacy@example.com"
    complaints: Line = ""


class Site(_Section):
    """A website on which data is collected and notices are shown."""

    name: Line
    url: Line
    locale: Line = "en"
    choice_url: Line = ""


class Policy(_Section):
    """A policy document, the sites it governs and how its changes are told."""

    title: Line = "Privacy Policy"
    sites: tuple[Identifier, ...]
    language: Line = "en"
    timezone: Zone = "America/Los_Angeles"
    ruleset: Identifier = "seed-promise"
    notice: dict[str, str] = Field(default_factory=lambda: {"default": "us-default"})
    fallback_locales: tuple[Line, ...] = ()
    editorial_banner: bool = True
    notice_days: int = Field(default=90, ge=0, le=3650)

    @property
    def zone(self) -> ZoneInfo:
        """Return the time zone in which this policy's legal days are counted."""
        return ZoneInfo(self.timezone)


class People(_Section):
    """What is stored about people."""

    categories: tuple[Identifier, ...] = ("contact", "billing", "usage", "content", "device")


class FirstWave(_Section):
    """A random first wave across cohorts, then a hold; 0 people for none."""

    people: int = Field(default=0, ge=0)
    hold_hours: float = Field(default=24, ge=0)
    max_bounce: float = Field(default=0.05, ge=0, le=1)


class Mail(_Section):
    """The relay and the pace."""

    sender: Line = Field(default="Example Meetings <privacy@example.com>", alias="from")
    reply_to: Line = "privacy@example.com"
    host: Line = "127.0.0.1"
    port: int = Field(default=1025, ge=1, le=65535)
    tls: Literal["none", "starttls", "implicit"] = "starttls"
    username: Line = ""
    password: SecretStr = SecretStr("")
    connections: int = Field(default=4, ge=1, le=200)
    rate_per_second: float = Field(default=50.0, gt=0)
    per_day: int = Field(default=0, ge=0)
    ramp: tuple[Annotated[int, Field(ge=1)], ...] = ()
    window: int = Field(default=1, ge=1)
    first: FirstWave = FirstWave()
    retry_minutes: tuple[float, ...] = (30, 60, 120, 240)
    only_to: tuple[str, ...] = ()
    dry_run: bool = False

    @model_validator(mode="after")
    def _retries(self) -> Mail:
        if not self.retry_minutes or any(m <= 0 for m in self.retry_minutes):
            raise ValueError("retry_minutes needs at least one positive number of minutes")
        return self


class Database(_Section):
    """Where the rows live; a relative SQLite path is relative to the home."""

    url: str = "sqlite:///var/notifier.db"


class Web(_Section):
    """Where the web face listens, and where links in mails point."""

    base_url: Line = "http://127.0.0.1:8080"
    bind: Line = "127.0.0.1:8080"


class Review(_Section):
    """The legal decision."""

    four_eyes: bool = True
    retry_reserve_days: int = Field(default=5, ge=0, le=60)


class Settings(BaseSettings):
    """The whole configuration, validated; unknown keys are errors."""

    model_config = SettingsConfigDict(
        env_prefix="NOTIFIER_", env_nested_delimiter="__", extra="forbid", frozen=True
    )
    company: Company = Company()
    sites: dict[Identifier, Site] = Field(default_factory=dict)
    policies: dict[Identifier, Policy] = Field(default_factory=dict)
    people: People = People()
    mail: Mail = Mail()
    database: Database = Database()
    web: Web = Web()
    review: Review = Review()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003  the signature is pydantic's
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  a home has no .env
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the secrets directory, and both over the file."""
        folder = os.environ.get("NOTIFIER_SECRETS_DIR")
        if folder is None:
            return env_settings, init_settings
        secrets = NestedSecretsSettingsSource(
            file_secret_settings,
            secrets_dir=folder,
            secrets_dir_missing="error",
            secrets_prefix="NOTIFIER_",
            secrets_nested_delimiter="__",
        )
        return env_settings, secrets, init_settings

    @model_validator(mode="after")
    def _references(self) -> Settings:
        for name, policy in self.policies.items():
            for site in policy.sites:
                if site not in self.sites:
                    raise ValueError(f"policies.{name}.sites names {site!r}; no [sites.{site}]")
            if "default" not in policy.notice:
                raise ValueError(f"policies.{name}.notice needs a default profile")
        return self

    def policy_of_site(self, site: str) -> tuple[str, ...]:
        """Return the ids of the policies that govern a site."""
        return tuple(name for name, policy in self.policies.items() if site in policy.sites)


def load_settings(home: Path) -> Settings:
    """Read and validate the home's ``notifier.toml`` with the environment's overrides.

    :raises SettingsError: missing, unreadable, not TOML, wrong keys, a secret in the file
    """
    path = home / CONFIG
    data = _read_toml(path)
    for section, key in _SECRETS:
        if key in data.get(section, {}):
            raise SettingsError(
                f"{path}: {section}.{key} is a secret and must not stand in the file. Nothing was"
                " done.",
                next_step=f"Remove it and set NOTIFIER_{section.upper()}__{key.upper()}.",
            )
    try:
        return Settings(**data)
    except (ValidationError, PydanticSettingsError) as error:
        raise SettingsError(
            f"{path} (or a NOTIFIER_… variable) is not valid. Nothing was done.\n"
            + _lines_of(error),
            next_step="Mend the keys named above; docs/reference/settings.md lists every key.",
        ) from error


def _lines_of(error: ValidationError | PydanticSettingsError) -> str:
    return _lines(error) if isinstance(error, ValidationError) else f"  {error}"


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SettingsError(
            f"{path} does not exist. Nothing was done.",
            next_step="Run `notifier init DIR`, or name the home with --home or NOTIFIER_HOME.",
        ) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(
            f"{path} cannot be read as TOML: {error}. Nothing was done.",
            next_step="Mend the line named above.",
        ) from error


def _lines(error: ValidationError) -> str:
    """One line a problem, naming the key as the file writes it and never a value."""
    return "\n".join(
        f"  {'.'.join(str(part) for part in item['loc']) or 'file'}: {item['msg']}"
        for item in error.errors(include_input=False, include_url=False)
    )
