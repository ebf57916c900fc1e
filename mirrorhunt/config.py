"""The operator's settings: ``mirrorhunt.toml``, overridden by ``MIRRORHUNT_…``, overridden by
options.

One frozen `Config` comes out, checked; a key that nobody reads is an error, because it is a
setting that somebody believes in. The only reader of ``os.environ``.
"""

import difflib
import math
import os
import sys
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from mirrorhunt import __version__, feeds, vantages
from mirrorhunt.errors import ConfigError
from mirrorhunt.feeds import Feed
from mirrorhunt.vantages import Vantage

PREFIX = "MIRRORHUNT_"
FILE = "mirrorhunt.toml"


@dataclass(frozen=True, slots=True)
class Config:
    """What an operator can set. Names are those of the file; the environment's are upper-case."""

    database_url: str = "sqlite:///mirrorhunt.db"
    """SQLAlchemy URL of the database; PostgreSQL as ``postgresql+psycopg://…``."""
    nameservers: tuple[str, ...] = ()
    """Resolvers to ask, ``ADDRESS`` or ``ADDRESS:PORT``; empty: the system's."""
    connect_to: tuple[str, ...] = ()
    """As curl's: ``HOST:PORT:ADDRESS:PORT``; HOST and PORT may be empty (any)."""
    allow_addresses: tuple[str, ...] = ()
    """Networks that the address guard lets through although they are not public."""
    user_agent: str = f"Mozilla/5.0 (compatible; mirrorhunt/{__version__})"
    """Sent with every request. Say who you are and how to reach you."""
    accept_language: str = "it,es;q=0.8,pt;q=0.7,fr;q=0.6,en;q=0.5"
    vantage: str = "default"
    """Name of where we look from; stored with each visit."""
    vantages: tuple[Vantage, ...] = ()
    """Other places to look from: ``[vantages.NAME]`` tables in the file."""
    look_from: tuple[str, ...] = ()
    """Names of those from which a hunt looks besides, at what stands and at what is shut here."""
    obey_robots: bool = False
    """Whether robots.txt is asked for and obeyed. Off: a hunt reads a handful of public pages
    of each host a day, and a robots.txt would be the network's switch to hide behind."""
    timeout_s: float = 20.0
    """For one response, from the first byte sent to the last received."""
    concurrency: int = 32
    """Hosts looked at at a time."""
    concurrency_per_address: int = 8
    """Of these, at one address: many mirrors share one server."""
    delay_s: float = 0.5
    """Between two requests to one host."""
    rounds: int = 40
    """How often a hunt starts from what it has found."""
    hosts_per_hunt: int = 4000
    """How many hosts one hunt may look at."""
    candidates_per_host: int = 200
    """How many candidates one host may bring up a hunt: a hostile page links a million."""
    hosts_per_domain: int = 20
    """How many hosts below one registrable domain a hunt may look at."""
    pages_per_host: int = 4
    """How many pages of a standing host are read besides the front page."""
    dns_names_per_round: int = 1500
    """How many made-up names a hunt may ask DNS for in a round."""
    dns_questions_per_s: float = 1000.0
    """How many names a second each nameserver is asked for at most, when asked for many."""
    sources: tuple[str, ...] = ("cert_spotter", "crt_sh", "rdap_org", "rdap_registry")
    """Public sources that are asked about names; empty: none."""
    ct_questions_per_round: int = 6
    """How many questions a hunt may put to certificate searches in a round."""
    rdap_questions_per_round: int = 6
    """How many domains a hunt may ask the registries about in a round."""
    source_pause_s: float = 1.0
    """Between the answer of a source and the next request to it."""
    name_feeds: tuple[str, ...] = ()
    """Files of new names that each hunt looks through, as `mirrorhunt scan` reads them."""
    browser: bool = True
    """Whether pages are drawn by a browser where the plain response does not say enough. Without
    one on the machine everything else works, and says what it passed over."""
    browser_path: str = ""
    """The browser's program; empty: Playwright's own Chromium, or the system's."""
    browser_url: str = ""
    """A remote browser instead: its DevTools (``http://``, ``ws://``) or Playwright server."""
    browser_pages_per_hunt: int = 200
    """How many pages a hunt may have drawn."""
    browser_page_s: float = 20.0
    """For one page, from the request to the picture."""
    browser_concurrency: int = 2
    """Pages drawn at a time."""
    browser_memory_mib: int = 1500
    """Of the browser with all its processes; above it is ended and started anew."""
    archive: str = ""
    """The folder of captures; empty: beside a SQLite database, else ``mirrorhunt-archive``."""
    archive_quota_mib: int = 20_000
    """How large it may grow; above that nothing more is captured, and the hunt says so. 0: nothing
    is captured at all."""
    archive_days: int = 400
    """How long a capture is kept that no delivery and no review rests on."""
    timestamp_url: str = ""
    """An RFC 3161 authority that dates evidence packages; empty: they bear our own clock alone."""
    valid_days: int = 7
    """How long a published entry stands without being verified again."""
    feeds: tuple[Feed, ...] = ()
    """What is published where: ``[feeds.NAME]`` tables in the file."""
    publisher: str = ""
    """Who answers for what is published, as an organisation names itself."""
    contact: str = ""
    """A mail address for objections to what is published."""
    protect: tuple[str, ...] = ()
    """Files of names, one a line, that are never scored nor published."""
    control_names: tuple[str, ...] = ()
    """Names that always resolve; asked to tell our own outage from a target's. Empty: the root."""
    author: str = ""
    """Who decides, in reviews; empty: the name this process runs under."""
    auto_confirm: float = 0.0
    """Confirm without a person what the policy is sure of, once an audited random sample bounds
    the share of wrong ones by this (0.01: one in a hundred) at 95 %. 0: only in networks for
    which `hunt --auto-confirm` was said."""
    clock_ahead_s: float = 0.0
    """For a lab alone: how far ahead of the machine's clock this process believes it is."""

    source: str = field(default="", compare=False)
    """The file these settings were read from; empty if there was none."""

    def now(self) -> datetime:
        """This instant, for whoever is at the top and tells those below."""
        return datetime.now(UTC) + timedelta(seconds=self.clock_ahead_s)

    @property
    def archive_path(self) -> Path:
        """The folder of captures: ``goal-archive`` beside the SQLite database ``goal.db``."""
        if self.archive:
            return Path(self.archive)
        scheme, _, file = self.database_url.partition("://")
        name = file.partition("?")[0].removeprefix("/")
        if not scheme.startswith("sqlite") or name in {"", ":memory:"}:
            return Path("mirrorhunt-archive")
        return Path(name).with_name(f"{Path(name).stem}-archive")


_KEYS = {f.name: f for f in fields(Config) if f.name != "source"}
_TABLES: dict[Any, Callable[[object], tuple[Any, ...]]] = {
    tuple[Vantage, ...]: vantages.read,
    tuple[Feed, ...]: feeds.read,
}
_MAX_FLOAT = sys.float_info.max
_LIST_SEPARATORS = str.maketrans({",": " ", "\n": " ", ";": " "})


def load(path: Path | None = None, environ: Mapping[str, str] | None = None) -> Config:
    """The settings of this process.

    *path* overrides ``MIRRORHUNT_CONFIG``, which overrides ``mirrorhunt.toml`` in the working
    directory; only the last may be absent. Raises ConfigError.
    """
    environ = os.environ if environ is None else environ
    named = path or (
        Path(environ["MIRRORHUNT_CONFIG"]) if "MIRRORHUNT_CONFIG" in environ else None
    )
    values = _read(named or Path(FILE), must_exist=named is not None)
    source = str(named or FILE) if values else ""
    for name, text in environ.items():
        if not name.startswith(PREFIX) or name in _NOT_SETTINGS:
            continue
        key = _known(name.removeprefix(PREFIX).lower(), f"environment variable {name}")
        values[key] = _from_text(key, text)
    return _checked(values, source)


_NOT_SETTINGS = frozenset({"MIRRORHUNT_CONFIG", "MIRRORHUNT_TEST_PG_URL"})


def with_options(config: Config, **options: Any) -> Config:
    """*config* with the options that were given; None means not given."""
    given = {name: value for name, value in options.items() if value is not None}
    return _checked({**_plain(config), **given}, config.source)


def _plain(config: Config) -> dict[str, Any]:
    return {name: getattr(config, name) for name in _KEYS}


def _read(path: Path, *, must_exist: bool) -> dict[str, Any]:
    try:
        with path.open("rb") as f:
            values = tomllib.load(f)
    except FileNotFoundError:
        if must_exist:
            raise ConfigError(f"no configuration file {str(path)!r}") from None
        return {}
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as e:
        raise ConfigError(f"cannot read {str(path)!r}: {e}") from None
    return {_known(key, f"{path}"): value for key, value in values.items()}


def _known(key: str, where: str) -> str:
    if key in _KEYS:
        return key
    near = difflib.get_close_matches(key, _KEYS, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else f"; there are: {', '.join(_KEYS)}"
    raise ConfigError(f"{where}: nobody reads {key!r}{hint}")


def _from_text(key: str, text: str) -> Any:
    kind = _KEYS[key].type
    if kind in _TABLES:
        raise ConfigError(f"{PREFIX}{key.upper()}: {key} are [{key}.NAME] tables in {FILE}")
    if kind == tuple[str, ...]:
        return tuple(text.translate(_LIST_SEPARATORS).split())
    try:
        if kind is bool:
            return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[
                text.strip().lower()
            ]
        if kind is int:
            return int(text)
        if kind is float:
            return float(text)
    except (ValueError, KeyError):
        raise ConfigError(f"{PREFIX}{key.upper()}: {text!r} is no {_noun(kind)}") from None
    return text


def _noun(kind: Any) -> str:
    return {bool: "yes or no", int: "whole number", float: "number"}.get(kind, "text")


def _checked(values: Mapping[str, Any], source: str) -> Config:
    checked: dict[str, Any] = {}
    for key, value in values.items():
        kind = _KEYS[key].type
        if kind in _TABLES:
            if not isinstance(value, tuple):
                value = _TABLES[kind](value)
        elif kind == tuple[str, ...]:
            if isinstance(value, str):
                value = tuple(value.translate(_LIST_SEPARATORS).split())
            if not isinstance(value, list | tuple) or not all(isinstance(v, str) for v in value):
                raise ConfigError(f"{key}: {value!r} is no list of texts")
            value = tuple(value)
        elif kind is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value) if abs(value) < _MAX_FLOAT else math.inf
        elif isinstance(kind, type) and (
            not isinstance(value, kind) or (kind is not bool and isinstance(value, bool))
        ):
            raise ConfigError(f"{key}: {value!r} is no {_noun(kind)}")
        if kind is float and not math.isfinite(value):
            raise ConfigError(f"{key}: {value!r} is no number that can be used")
        if kind in (int, float) and value < (0 if key in _MAY_BE_ZERO else 1e-9):
            raise ConfigError(f"{key}: {value!r} is too small")
        checked[key] = value
    configured = checked.get("vantages", ())
    for name in checked.get("look_from", ()):
        vantages.find(configured, name)
    vantage = checked.get("vantage", "default")
    if not 0 < len(vantage) <= MAX_VANTAGE_CHARS:
        raise ConfigError(f"vantage: {vantage[:60]!r} has not 1 to {MAX_VANTAGE_CHARS} characters")
    if checked.get("auto_confirm", 0.0) >= 1:
        raise ConfigError(
            f"auto_confirm: {checked['auto_confirm']!r} is no share of wrong hosts; 0.01 is one "
            "in a hundred, 0 is never"
        )
    return replace(Config(source=source), **checked)


MAX_VANTAGE_CHARS = 40


_MAY_BE_ZERO = frozenset(
    {
        "archive_quota_mib",
        "auto_confirm",
        "browser_pages_per_hunt",
        "clock_ahead_s",
        "ct_questions_per_round",
        "delay_s",
        "dns_names_per_round",
        "pages_per_host",
        "rdap_questions_per_round",
        "source_pause_s",
    }
)
