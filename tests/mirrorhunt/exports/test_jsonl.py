"""One JSON object a line, and its schema."""

import json
import re
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirrorhunt.decisions import ROLES
from mirrorhunt.exports import Reason, Row
from mirrorhunt.exports.jsonl import SCHEMA_VERSION
from mirrorhunt.model import Availability, Relation, Side, Verdict
from tests.exported import ROWS, row, written

SCHEMA: dict[str, Any] = json.loads(
    (
        Path(__file__).parents[3] / "docs" / "schemas" / f"export-jsonl-{SCHEMA_VERSION}.json"
    ).read_text(encoding="utf-8")
)
TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "number": (int, float),
    "array": list,
    "object": dict,
    "null": type(None),
}


def faults(value: Any, schema: dict[str, Any], where: str = "") -> list[str]:
    """Where *value* is not as *schema* says, by the keywords that our schema uses."""
    found = []
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not isinstance(value, tuple(t for k in kinds for t in _types(k))):
        return [f"{where}: {value!r} is none of {kinds}"]
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{where}: {value!r}")
    if "const" in schema and value != schema["const"]:
        found.append(f"{where}: {value!r}")
    if isinstance(value, str):
        if len(value) > schema.get("maxLength", len(value)):
            found.append(f"{where}: too long")
        if not re.search(schema.get("pattern", ""), value):
            found.append(f"{where}: {value!r} has another form")
        if schema.get("format") == "date-time" and datetime.fromisoformat(value).tzinfo is None:
            found.append(f"{where}: {value!r} has no time zone")
    if isinstance(value, dict):
        found += [
            f"{where}.{key} is missing" for key in schema.get("required", []) if key not in value
        ]
        for key, below in schema.get("properties", {}).items():
            found += faults(value[key], below, f"{where}.{key}") if key in value else []
    if isinstance(value, list):
        if len(value) < schema.get("minItems", 0):
            found.append(f"{where}: too few")
        for item in value:
            found += faults(item, schema.get("items", {}), f"{where}[]")
    return found


def _types(name: str) -> tuple[type, ...]:
    known = TYPES[name]
    return known if isinstance(known, tuple) else (known,)


def test_the_check_notices_what_is_wrong() -> None:
    good = json.loads(written("jsonl", row()))

    for key in SCHEMA["required"]:
        assert faults({k: v for k, v in good.items() if k != key}, SCHEMA), key
        assert faults(good | {key: object()}, SCHEMA), key


def test_an_object_is_as_the_schema_says() -> None:
    for published in (row(), row(last_verified=None, valid_until=None, evidence=())):
        assert faults(json.loads(written("jsonl", published)), SCHEMA) == []


def test_the_schema_names_each_field_in_its_order() -> None:
    names = [f.name for f in fields(Row)] + ["schema_version"]

    assert SCHEMA["required"] == list(SCHEMA["properties"]) == names
    assert list(json.loads(written("jsonl", row()))) == names
    reason = SCHEMA["properties"]["evidence"]["items"]
    assert reason["required"] == list(reason["properties"]) == [f.name for f in fields(Reason)]


def test_the_schema_knows_every_value_that_we_write() -> None:
    properties = SCHEMA["properties"]

    assert set(properties["availability"]["enum"]) == set(Availability)
    assert set(properties["relation"]["enum"]) == {*Relation, *ROLES}
    assert set(properties["verdict"]["enum"]) < set(Verdict)
    assert set(properties["evidence"]["items"]["properties"]["side"]["enum"]) == set(Side)


@pytest.mark.parametrize(
    "text",
    ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\r", "\n", "\x00"],
    ids=repr,
)
def test_no_character_ends_a_line_early(text: str) -> None:
    # What str.splitlines takes for the end of a line: many readers go by it.
    data = written("jsonl", row(because=f"a{text}b"), row()).decode()

    assert len(data.splitlines()) == 2
    assert json.loads(data.splitlines()[0])["evidence"][0]["because"] == f"a{text}b"


@given(st.lists(ROWS, max_size=4))
def test_each_line_is_one_object(rows: list[Row]) -> None:
    data = written("jsonl", *rows)
    lines = data.decode("utf-8").splitlines()

    assert len(lines) == len(rows)
    assert data.count(b"\n") == len(rows)
    for line, published in zip(lines, rows, strict=True):
        found = json.loads(line)
        assert found["host"] == published.host
        assert datetime.fromisoformat(found["first_seen"]) == published.first_seen.replace(
            microsecond=0
        )


def test_letters_are_written_as_they_are() -> None:
    assert "bücher" in written("jsonl", row(because="bücher")).decode()


def test_nothing_is_nothing() -> None:
    assert written("jsonl") == b""
