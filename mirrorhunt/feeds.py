"""What is published where: ``[feeds.NAME]`` tables of the operator's configuration."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from mirrorhunt.errors import ConfigError, UnknownNameError

MAX_NAME_CHARS = 40
# It is the name of a folder, a part of a URL and of a serial `NAME@123`.
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*\Z")
_ORIGIN = re.compile(r"(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}\Z")
_MAX_TEXT_CHARS = 300
UNSIGNED = ("refuse", "leave_out")
TLP = ("clear", "green", "amber", "amber+strict")
VERDICTS = ("confirmed", "probable")
STATES = ("live", "challenge", "restricted")
"""In these a host can be an offer that people reach; in any other there is nothing to block."""


@dataclass(frozen=True, slots=True)
class Feed:
    """A named choice of hosts, the formats it is written in, and the bounds that hold for it."""

    name: str
    destination: str
    """The folder that deliveries are written to; ``current`` in it is the one that stands."""
    formats: tuple[str, ...] = ("rpz", "plain_domains", "plain_hosts", "jsonl")
    networks: tuple[str, ...] = ()
    """Of these networks; empty: of all."""
    verdict: str = "confirmed"
    """At least this: ``confirmed``, or ``probable`` for readers who review by themselves."""
    states: tuple[str, ...] = ("live",)
    """``live``, and perhaps ``challenge`` and ``restricted``: seen live within `valid_days`."""
    seen_from: tuple[str, ...] = ()
    """Only what was seen live from one of these vantages within `valid_days`; empty: from any."""
    valid_days: int = 7
    """How long an entry stands without being verified again."""
    min_entries: int = 1
    """Fewer are refused: an empty feed takes every block off, and is a decision."""
    max_entries: int = 100_000
    max_added: int = 200
    """More new names in one delivery are refused, but for the first."""
    max_withdrawn: int = 200
    max_change: float = 0.5
    """More than this share of what stood, added or withdrawn, is refused once there are 20."""
    unsigned: str = "refuse"
    """What a popular name that two people have not signed does: ``refuse`` the whole delivery, or
    ``leave_out`` itself until they have."""
    keep_deliveries: int = 30
    """How many are kept on disk; the ledger keeps them all."""
    tlp: str = "amber"
    """Traffic Light Protocol 2.0; formats for the public need ``clear``."""
    order: str = ""
    """The order it rests on, as the authority cites it."""
    order_until: str = ""
    """The day (YYYY-MM-DD, UTC) on which the order ends: no entry outlives it."""
    rpz_origin: str = ""
    """The name of the response policy zone; empty: the feed's."""
    sign_key: str = ""
    """A file with an Ed25519 private key (PEM) that signs the manifest; empty: unsigned."""

    @property
    def folder(self) -> Path:
        """The destination."""
        return Path(self.destination)

    @property
    def ends_at(self) -> datetime | None:
        """When the order's last day is over; None if no end was named."""
        if not self.order_until:
            return None
        last = date.fromisoformat(self.order_until)
        return datetime.combine(last, time(), tzinfo=UTC) + timedelta(days=1)


_KEYS = tuple(f.name for f in fields(Feed) if f.name != "name")
_LISTS = frozenset({"formats", "networks", "states", "seen_from"})
_NUMBERS = {
    "valid_days": (1, 400),
    "min_entries": (0, 10**8),
    "max_entries": (1, 10**8),
    "max_added": (1, 10**8),
    "max_withdrawn": (1, 10**8),
    "keep_deliveries": (2, 10_000),
}


def read(tables: object) -> tuple[Feed, ...]:
    """The feeds of ``[feeds.NAME]`` tables, in their order. Raises ConfigError."""
    if not isinstance(tables, Mapping):
        raise ConfigError(f"feeds: {tables!r} is no set of [feeds.NAME] tables")
    feeds = tuple(_read(str(name), table) for name, table in tables.items())
    taken: dict[str, str] = {}
    for feed in feeds:
        other = taken.setdefault(str(feed.folder.absolute()), feed.name)
        if other != feed.name:
            raise ConfigError(
                f"feeds.{feed.name}: {feed.destination!r} is the destination of feeds.{other}: "
                "give each a folder of its own"
            )
    return feeds


def _read(name: str, table: object) -> Feed:
    if len(name) > MAX_NAME_CHARS or not _NAME.match(name):
        raise ConfigError(
            f"feeds: {name[:60]!r} is no name: 1 to {MAX_NAME_CHARS} of a-z, 0-9, - and _"
        )
    if not isinstance(table, Mapping):
        raise ConfigError(f"feeds.{name}: {table!r} is no table; there are: {', '.join(_KEYS)}")
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in _KEYS:
            raise ConfigError(f"feeds.{name}: nobody reads {key!r}; there are: {', '.join(_KEYS)}")
        values[key] = _value(name, key, value)
    if not values.get("destination"):
        raise ConfigError(
            f"feeds.{name}: destination is missing: name the folder it is written to"
        )
    feed = Feed(name, **values)
    _choose(name, "verdict", (feed.verdict,), VERDICTS)
    _choose(name, "states", feed.states, STATES)
    _choose(name, "tlp", (feed.tlp,), TLP)
    _choose(name, "unsigned", (feed.unsigned,), UNSIGNED)
    if not feed.formats:
        raise ConfigError(f"feeds.{name}: formats is empty: a feed is written in one at least")
    if not feed.states:
        raise ConfigError(f"feeds.{name}: states is empty: nothing could ever be published")
    if feed.order_until:
        try:
            date.fromisoformat(feed.order_until)
        except ValueError:
            raise ConfigError(
                f"feeds.{name}: order_until {feed.order_until!r} is no day, such as '2027-05-31'"
            ) from None
    if feed.min_entries > feed.max_entries:
        raise ConfigError(f"feeds.{name}: min_entries {feed.min_entries} is above max_entries")
    if feed.rpz_origin and (len(feed.rpz_origin) > 60 or not _ORIGIN.match(feed.rpz_origin)):
        raise ConfigError(
            f"feeds.{name}: rpz_origin {feed.rpz_origin!r} is no short zone name, such as 'rpz.mh'"
        )
    return feed


def _choose(name: str, key: str, given: tuple[str, ...], there_are: tuple[str, ...]) -> None:
    for value in given:
        if value not in there_are:
            raise ConfigError(f"feeds.{name}: {key} {value!r}; there are: {', '.join(there_are)}")


def _value(name: str, key: str, value: object) -> Any:
    where = f"feeds.{name}: {key} {value!r}"
    if key in _LISTS:
        if isinstance(value, str):
            value = value.replace(",", " ").split()
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            raise ConfigError(f"{where} is no list of texts")
        return tuple(value)
    if key in _NUMBERS:
        least, most = _NUMBERS[key]
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise ConfigError(f"{where} is no whole number from {least} to {most}")
        return value
    if key == "max_change":
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value <= 10:
            raise ConfigError(f"{where} is no share; 0.5 is one half of what stood")
        return float(value)
    if key == "order_until" and hasattr(value, "isoformat"):
        value = str(value.isoformat())  # TOML has dates of its own.
    if not isinstance(value, str) or len(value) > _MAX_TEXT_CHARS or not value.isprintable():
        raise ConfigError(f"{where} is no text on one line")
    return value


def find(feeds: tuple[Feed, ...], name: str) -> Feed:
    """The feed of this name. Raises UnknownNameError."""
    for feed in feeds:
        if feed.name == name:
            return feed
    there_are = ", ".join(f.name for f in feeds)
    raise UnknownNameError(
        f"no feed {name!r}; there are: {there_are}"
        if there_are
        else f"no feed {name!r}: describe one as [feeds.{name}] in mirrorhunt.toml"
    )
