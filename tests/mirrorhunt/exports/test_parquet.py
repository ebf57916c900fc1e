"""The Parquet file, read back by pyarrow."""

import io
import sys
from dataclasses import asdict, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet as pq

from mirrorhunt.errors import InputError
from mirrorhunt.exports import Row, parquet
from mirrorhunt.names import unicode_form
from tests.exported import ABOUT, ROWS, export, row, written


def read(data: bytes) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(io.BytesIO(data)).to_pylist()
    return found


def utf8(value: Any) -> Any:
    """*value* as UTF-8 carries it."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {key: utf8(below) for key, below in value.items()}
    return [utf8(below) for below in value] if isinstance(value, list | tuple) else value


@settings(max_examples=100)
@given(st.lists(ROWS, max_size=4))
def test_rows_are_read_back_as_they_were(rows: list[Row]) -> None:
    found = read(written("parquet", *rows))

    assert len(found) == len(rows)
    for line, one in zip(found, rows, strict=True):
        expected = utf8(asdict(one)) | {"unicode": unicode_form(one.host)}
        for name in ("first_seen", "last_verified", "valid_until"):
            at = expected[name]
            expected[name] = at and at.replace(microsecond=at.microsecond // 1000 * 1000)
        assert line == expected


def test_the_schema_is_fixed() -> None:
    schema = pq.read_schema(io.BytesIO(written("parquet")))

    assert {field.name: str(field.type) for field in schema} == {
        "host": "string",
        "unicode": "string",
        "registrable_domain": "string",
        "scope": "string",
        "network": "string",
        "relation": "string",
        "verdict": "string",
        "score_bits": "double",
        "availability": "string",
        "first_seen": "timestamp[ms, tz=UTC]",
        "last_verified": "timestamp[ms, tz=UTC]",
        "valid_until": "timestamp[ms, tz=UTC]",
        "techniques": "list<element: string>",
        "evidence": "list<element: struct<kind: string not null, bits: double not null, "
        "side: string not null, because: string not null>>",
        "reviewed_by": "list<element: string>",
    }
    assert [f.name for f in schema if f.nullable] == ["last_verified", "valid_until"]


def test_the_metadata_say_what_it_is() -> None:
    about = replace(ABOUT, tlp="amber+strict", order="N 12", publisher="Büro \ud800")
    data, _ = export("parquet", [row()], about)
    found = pq.read_schema(io.BytesIO(data)).metadata

    assert found[b"mirrorhunt.feed"] == b"films"
    assert found[b"mirrorhunt.serial"] == b"1795464000"
    assert found[b"mirrorhunt.tlp"] == b"TLP:AMBER+STRICT"
    assert found[b"mirrorhunt.order"] == b"N 12"
    assert found[b"mirrorhunt.publisher"].decode() == "Büro \\ud800"
    assert found[b"mirrorhunt.made_at"] == b"2026-11-01T12:00:00Z"


def test_rows_are_written_in_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "ROWS_AT_A_TIME", 2)
    data = written("parquet", *(row(f"{c}.example") for c in "abcde"))
    meta = pq.read_metadata(io.BytesIO(data))

    assert [meta.row_group(i).num_rows for i in range(meta.num_row_groups)] == [2, 2, 1]
    assert meta.row_group(0).column(0).compression == "ZSTD"
    assert [line["host"][0] for line in read(data)] == list("abcde")


def test_where_the_library_is_not_the_message_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)

    with pytest.raises(InputError, match=r"pip install 'mirrorhunt\[tables\]'"):
        export("parquet", [row()])
