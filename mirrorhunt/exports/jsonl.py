"""One JSON object a line: everything we publish about a host, for programs.

The schema is ``docs/schemas/export-jsonl-1.json``; ``schema_version`` rises with it.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any, BinaryIO

from mirrorhunt.exports import Format, Row, formats

SCHEMA_VERSION = 1
# What JSON leaves as it is and some readers (str.splitlines, JavaScript) take for a line's end.
_LINE_ENDS = {ord(c): f"\\u{ord(c):04x}" for c in "\x85\u2028\u2029"}


def write(rows: Iterable[Row], out: BinaryIO) -> int:
    """Write *rows* as UTF-8, keys in a fixed order; returns how many."""
    count = 0
    for row in rows:
        line = json.dumps(as_object(row), ensure_ascii=False, separators=(",", ":"))
        out.write(line.translate(_LINE_ENDS).encode("utf-8", "replace") + b"\n")
        count += 1
    return count


def as_object(row: Row) -> dict[str, Any]:
    """*row* as JSON has it."""
    plain = asdict(row)
    return {
        key: value.isoformat(timespec="seconds") if isinstance(value, datetime) else value
        for key, value in plain.items()
    } | {"schema_version": SCHEMA_VERSION}


formats.offer(Format(write, "one JSON object a line, with the evidence"), module=__name__)
