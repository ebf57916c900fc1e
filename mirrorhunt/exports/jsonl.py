"""One JSON object a line: everything we publish about a host, for programs.

The schema is ``docs/schemas/export-jsonl-1.json``; ``schema_version`` rises with it.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any, BinaryIO

from mirrorhunt.exports import About, Format, Row, Written, formats

SCHEMA_VERSION = 1
# What JSON leaves as it is and some readers (str.splitlines, JavaScript) take for a line's end.
_LINE_ENDS = {ord(c): f"\\u{ord(c):04x}" for c in "\x85\u2028\u2029"}


def write(rows: Iterable[Row], out: BinaryIO, about: About) -> Written:
    """Write *rows* as UTF-8, keys in a fixed order."""
    written = Written()
    for row in rows:
        out.write(line(row))
        written.entries += 1
    return written


def line(row: Row) -> bytes:
    """*row* as one line, with its end."""
    text = json.dumps(as_object(row), ensure_ascii=False, separators=(",", ":"))
    return text.translate(_LINE_ENDS).encode("utf-8", "replace") + b"\n"


def as_object(row: Row) -> dict[str, Any]:
    """*row* as JSON has it."""
    plain = asdict(row)
    return {
        key: value.isoformat(timespec="seconds") if isinstance(value, datetime) else value
        for key, value in plain.items()
    } | {"schema_version": SCHEMA_VERSION}


formats.offer(
    Format(
        "one JSON object a line, with the evidence",
        file="hosts.jsonl",
        write=write,
        reads_evidence=True,
    ),
    module=__name__,
)
