"""What several formats say of a row, in the same words: its confidence, its instants, its status,
texts of strangers, and ids that are the same for the same thing in each delivery."""

import json
import math
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from hashlib import sha1
from itertools import islice
from typing import BinaryIO
from uuid import UUID

from mirrorhunt.exports import DOMAIN, About, Row, Written

_OURS = UUID("3c1f8d0e-52b7-4b0f-9a86-1d7f2f6f4b61")
"""The namespace of the namespaces of those who publish (RFC 9562, version 5)."""
_AT_A_TIME = 1_000
_encode = json.JSONEncoder(separators=(",", ":")).encode
SCOPE_SAID = {
    DOMAIN: "the name and all below it",
    "host": "exactly this name",
}


def uuid5(namespace: bytes, name: str) -> str:
    """`uuid.uuid5` as text, in a third of its time."""
    digest = bytearray(sha1(namespace + name.encode("utf-8", "replace")).digest()[:16])  # noqa: S324 - What RFC 9562 asks for.
    digest[6] = digest[6] & 0x0F | 0x50
    digest[8] = digest[8] & 0x3F | 0x80
    text = digest.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def namespace_of(about: About) -> Callable[[str], str]:
    """What makes an id of a name. Two who publish never make the same one, so neither takes the
    other's entries back; nor do two feeds of one."""
    publisher = UUID(uuid5(_OURS.bytes, about.publisher))
    feed = UUID(uuid5(publisher.bytes, about.feed)).bytes
    return lambda name: uuid5(feed, name)


def publisher_id(about: About) -> str:
    """The id of who publishes, the same in all their feeds."""
    return uuid5(_OURS.bytes, about.publisher)


def publisher_name(about: About) -> str:
    """Who publishes; without one in the configuration, the program."""
    return shown(about.publisher, 200) or "mirrorhunt"


def confidence(row: Row) -> int | None:
    """The odds that the host belongs to the network, in percent; None for a seed, of which
    nothing was weighed. 100 is nobody's to say: bits are a model's."""
    if is_seed(row):
        return None
    return min(99, math.floor(100 / (1 + math.exp2(min(-row.score_bits, 1000.0)))))


def is_seed(row: Row) -> bool:
    """Whether an operator gave *row* as known."""
    return row.techniques == ("seed",)


def why_not_active(row: Row) -> str | None:
    """Why *row*, which is written for review or evaluation, must not be blocked; None if it may.

    The default export has none of these; a table for people shows them, a notice or an indicator
    that never expires would do harm.
    """
    if row.valid_until is None:
        return "not live: it would never expire"
    if row.verdict != "confirmed":
        return "not confirmed"
    return None


def active(rows: Iterable[Row], written: Written) -> Iterator[Row]:
    """*rows* without those that must not be blocked, which *written* has with the reason."""
    for row in rows:
        why_not = why_not_active(row)
        if why_not is None:
            yield row
        else:
            written.leave_out(row.host, why_not)


def write_array(things: Iterable[object], out: BinaryIO) -> None:
    """Write *things* as the rest of a JSON array, one a line, and end the object around it."""
    lines = map(_encode, things)
    separator = ""
    while some := list(islice(lines, _AT_A_TIME)):
        out.write((separator + ",\n".join(some)).encode())
        separator = ",\n"
    out.write(b"\n]}\n")


def encoded(thing: object) -> str:
    """*thing* as JSON without a space."""
    return _encode(thing)


def verified_at(row: Row) -> datetime:
    """When the newest word about *row* was said; never before it was first seen."""
    at = row.last_verified
    return row.first_seen if at is None or at < row.first_seen else at


def seconds(at: datetime) -> str:
    """*at*, which is UTC, to the second as RFC 3339 has it.

    >>> from datetime import UTC
    >>> seconds(datetime(2026, 11, 1, 12, tzinfo=UTC))
    '2026-11-01T12:00:00Z'
    """
    return at.isoformat(timespec="seconds")[:-6] + "Z"


def milliseconds(at: datetime) -> str:
    """*at*, which is UTC, to the millisecond.

    >>> from datetime import UTC
    >>> milliseconds(datetime(2026, 11, 1, 12, tzinfo=UTC))
    '2026-11-01T12:00:00.000Z'
    """
    return at.isoformat(timespec="milliseconds")[:-6] + "Z"


def shown(text: str, max_chars: int) -> str:
    """*text* for people, on one line: what would hide, break or turn it is written out.

    >>> shown("a\\nb\\u202ec", 20)
    'a b\\\\u202ec'
    """
    if not text.isprintable():
        text = "".join(
            c if c.isprintable() else " " if c.isspace() else f"\\u{ord(c):04x}" for c in text
        )
    return text if len(text) <= max_chars else text[: max_chars - 1] + "…"
