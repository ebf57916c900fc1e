"""JSON that somebody else wrote: bounded, read as far as it goes, and typed as it is read."""

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from mirrorhunt.names import find_host
from mirrorhunt.sources import Issuance, UnreadableAnswerError

MAX_ENTRIES = 10_000
"""Certificates read of one answer; 2 MiB hold about 6,000 of crt.sh's."""
MAX_NAMES = 200
"""Names kept of one certificate."""
MAX_TEXT_CHARS = 200
_FIRST_YEAR = 1985
"""The first name under .com was registered in March 1985."""

_decoder = json.JSONDecoder()
_GAP = re.compile(r"[\s,]*")
# What the decoder raises for texts that are no JSON, or are nested or long beyond reason.
_UNREADABLE = (ValueError, RecursionError)


def document(body: bytes) -> Any:
    """The JSON value in *body*. Raises UnreadableAnswerError."""
    try:
        return json.loads(_text(body))
    except _UNREADABLE as e:
        raise UnreadableAnswerError(_why(e)) from None


def entries(body: bytes) -> tuple[list[Any], bool]:
    """The elements of the JSON list in *body*, and whether it was read to its end.

    A body that was cut gives what stands before the cut. Raises UnreadableAnswerError where not
    even the first element can be read, or where it is no list.
    """
    text = _text(body)
    start = _GAP.match(text)
    position = start.end() if start else 0
    if text[position : position + 1] != "[":
        raise UnreadableAnswerError(f"no JSON list but {text[:60]!r}")
    position += 1
    found: list[Any] = []
    while True:
        gap = _GAP.match(text, position)
        position = gap.end() if gap else position
        if text[position : position + 1] == "]":
            return found, True
        if len(found) == MAX_ENTRIES:
            return found, False
        try:
            element, position = _decoder.raw_decode(text, position)
        except _UNREADABLE as e:
            if not found:
                raise UnreadableAnswerError(_why(e)) from None
            return found, False
        found.append(element)


def _text(body: bytes) -> str:
    return body.decode("utf-8", "replace").removeprefix("\ufeff")


def _why(error: BaseException) -> str:
    return f"no JSON: {type(error).__name__}: {str(error)[:80]}"


def instant(value: object) -> datetime | None:
    """The instant in *value* (RFC 3339, or crt.sh's without an offset, which is UTC); or None.

    Years before there were names are nobody's instants.
    """
    if not isinstance(value, str) or not 10 <= len(value) <= 40:
        return None
    try:
        at = datetime.fromisoformat(value)
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return at if at.year >= _FIRST_YEAR else None


def text(value: object) -> str:
    """*value* as one printable line, or an empty text."""
    if not isinstance(value, str):
        return ""
    clean = "".join(c if c.isprintable() else " " for c in value[: 4 * MAX_TEXT_CHARS])
    return " ".join(clean.split())[:MAX_TEXT_CHARS]


def issuance(names: Iterable[object], issued_at: object, logged_at: object) -> Issuance | None:
    """A certificate for *names*; None if none of them is a host."""
    listed = [name.strip().lower() for name in names if isinstance(name, str)]
    listed = [name for name in dict.fromkeys(listed) if name]
    hosts = (find_host(name.removeprefix("*.")) for name in listed[:MAX_NAMES])
    found = tuple(dict.fromkeys(host for host in hosts if host))
    if not found:
        return None
    return Issuance(found, len(listed), instant(issued_at), instant(logged_at))
