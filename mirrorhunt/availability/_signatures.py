"""The signatures of the states, from ``mirrorhunt/data/signatures.toml``.

A signature is a short list of plain texts: no expressions, so that matching is linear whatever a
page contains, and so that anybody can read what would match. The file describes its fields.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from mirrorhunt.errors import InputError
from mirrorhunt.model import Availability

HOST_PLACES = frozenset({"landing", "nameserver", "cname", "certificate", "resource"})
PLACES = HOST_PLACES | {"words", "title", "header", "markup", "script"}
UNCONFIRMED = "unconfirmed"

_REQUIRED = frozenset({"id", "availability", "place", "patterns", "source"})
_OPTIONAL = frozenset({"also", "statuses", "max_chars", "max_links", "country", "checked"})
_MIN_PATTERN_CHARS = 3
_MIN_WIDE_PATTERN_CHARS = 2
"""A text of two ideographs says as much as three Latin letters."""


@dataclass(frozen=True, slots=True)
class Signature:
    """What one state looks like in one place."""

    id: str
    availability: Availability
    place: str
    patterns: tuple[str, ...]
    source: str
    """Where it can be read, or ``unconfirmed``."""
    also: tuple[str, ...] = ()
    statuses: frozenset[int] = frozenset()
    max_chars: int | None = None
    max_links: int | None = None
    country: str = ""
    checked: date | None = None

    @property
    def rule(self) -> str:
        """How a ruling names it: ``seized:ace``."""
        return f"{self.availability.value}:{self.id}"


def _texts(entry: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    texts = entry.get(key, [])
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise InputError(f"{where}: {key} has to be a list of texts")
    for text in texts:
        least = _MIN_PATTERN_CHARS if text.isascii() else _MIN_WIDE_PATTERN_CHARS
        if len(text.strip()) < least or text != text.lower():
            raise InputError(f"{where}: {text!r} in {key} is too short or not in lower case")
    if len(set(texts)) != len(texts):
        raise InputError(f"{where}: {key} says something twice")
    return tuple(texts)


def _bound(entry: Mapping[str, Any], key: str, where: str) -> int | None:
    bound = entry.get(key)
    if bound is not None and (type(bound) is not int or bound < 0):
        raise InputError(f"{where}: {key} has to be a whole number")
    return bound


def _signature(entry: Mapping[str, Any], at: int) -> Signature:
    where = f"signature {at} ({entry.get('availability', '?')}:{entry.get('id', '?')})"
    keys = set(entry)
    if missing := _REQUIRED - keys:
        raise InputError(f"{where}: without {', '.join(sorted(missing))}")
    if unknown := keys - _REQUIRED - _OPTIONAL:
        raise InputError(f"{where}: unknown field {', '.join(sorted(unknown))}")
    try:
        availability = Availability(entry["availability"])
    except ValueError:
        raise InputError(f"{where}: no availability {entry['availability']!r}") from None
    place = entry["place"]
    if place not in PLACES:
        raise InputError(f"{where}: no place {place!r}; there are: {', '.join(sorted(PLACES))}")
    patterns = _texts(entry, "patterns", where)
    if not patterns:
        raise InputError(f"{where}: without a pattern it matches nothing")
    statuses = entry.get("statuses", [])
    if not all(isinstance(s, int) and 100 <= s <= 599 for s in statuses):
        raise InputError(f"{where}: statuses have to be HTTP status codes")
    checked = entry.get("checked")
    if checked is not None and type(checked) is not date:
        raise InputError(f"{where}: checked has to be a date")
    return Signature(
        id=str(entry["id"]),
        availability=availability,
        place=place,
        patterns=patterns,
        source=str(entry["source"]),
        also=_texts(entry, "also", where),
        statuses=frozenset(statuses),
        max_chars=_bound(entry, "max_chars", where),
        max_links=_bound(entry, "max_links", where),
        country=str(entry.get("country", "")),
        checked=checked,
    )


def parse(text: str) -> tuple[Signature, ...]:
    """The signatures in *text*, in its order.

    Raises InputError, naming the signature, for anything that does not keep to the fields.
    """
    try:
        entries = tomllib.loads(text).get("signature", [])
    except tomllib.TOMLDecodeError as e:
        raise InputError(f"the signatures are no TOML: {e}") from None
    signatures = tuple(_signature(entry, at) for at, entry in enumerate(entries, 1))
    seen: set[str] = set()
    for signature in signatures:
        if signature.rule in seen:
            raise InputError(f"two signatures are called {signature.rule}")
        seen.add(signature.rule)
    return signatures


@cache
def shipped() -> tuple[Signature, ...]:
    """The signatures that come with the program."""
    path = files("mirrorhunt").joinpath("data", "signatures.toml")
    return parse(path.read_text(encoding="utf-8"))


@cache
def of(availability: Availability) -> tuple[Signature, ...]:
    """The shipped signatures of one state, in the order of the file."""
    return tuple(s for s in shipped() if s.availability is availability)
