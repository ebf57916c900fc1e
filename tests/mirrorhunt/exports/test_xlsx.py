"""The workbook, read back by openpyxl."""

import io
import sys
import time
import zipfile
from dataclasses import replace
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirrorhunt.errors import InputError
from mirrorhunt.exports import Row, xlsx
from tests import make
from tests.exported import ABOUT, ROWS, export, row, written

HOSTILE = '=HYPERLINK("http://films.example","click")'


def sheet(data: bytes, name: str = "hosts") -> list[tuple[Any, ...]]:
    return list(openpyxl.load_workbook(io.BytesIO(data))[name].iter_rows(values_only=True))


def test_a_row_is_typed() -> None:
    header, cells = sheet(written("xlsx", row("xn--bcher-kva.example", valid_until=None)))
    found = dict(zip(header, cells, strict=True))

    assert tuple(header) == tuple(xlsx.COLUMNS)
    assert found["host"] == "xn--bcher-kva.example"
    assert found["unicode"] == "bücher.example"
    assert (found["score_bits"], found["confidence"]) == (6.5, 98)
    assert found["first_seen"] == make.at(-30).replace(tzinfo=None)
    assert found["valid_until"] is None
    assert found["because"] == "the same ad account"


@pytest.mark.parametrize("field", ["because", "network", "availability"])
@pytest.mark.parametrize("text", [HOSTILE, "=1+1", "+1", "-1", "@SUM(A1)", "=cmd|'/c calc'!A0"])
def test_no_cell_is_a_formula_or_a_link(field: str, text: str) -> None:
    fields: dict[str, Any] = {field: text}
    data = written("xlsx", row(**fields))
    cells = [c for line in openpyxl.load_workbook(io.BytesIO(data))["hosts"] for c in line]
    [found] = [cell for cell in cells if cell.value == text]

    assert found.data_type == "s"
    assert found.quotePrefix
    assert not [cell for cell in cells if cell.hyperlink or cell.data_type == "f"]
    members = zipfile.ZipFile(io.BytesIO(data))
    assert not any(
        element in members.read(name)
        for name in members.namelist()
        for element in (b"<f>", b"<f ", b"<hyperlink", b"relationships/hyperlink")
    )


@settings(max_examples=50)
@given(st.lists(ROWS, max_size=3))
def test_any_row_is_read_back(rows: list[Row]) -> None:
    # Of instants before 1900 and of half seconds Excel knows nothing; ours are later.
    known = [replace(one, last_verified=None, valid_until=None) for one in rows]
    header, *lines = sheet(written("xlsx", *known))

    assert len(lines) == len(rows)
    for line, one in zip(lines, rows, strict=True):
        assert dict(zip(header, line, strict=True))["score_bits"] == pytest.approx(one.score_bits)


def test_the_second_sheet_says_what_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MAX_LINES", 2)
    data, said = export("xlsx", [row("a.example"), row("b.example"), row("c.example")])
    found = dict(sheet(data, "about"))

    assert len(sheet(data)) == 2
    assert said.entries == 1
    assert said.left_out == {"a sheet takes 1 hosts": 2}
    assert found["feed"] == "films"
    assert found["tlp"] == "TLP:AMBER"
    assert found["hosts"] == "1"
    assert found["left out: a sheet takes 1 hosts"] == "2"


def test_it_was_made_when_the_delivery_was() -> None:
    data = written("xlsx", row())
    properties = openpyxl.load_workbook(io.BytesIO(data)).properties
    members = zipfile.ZipFile(io.BytesIO(data)).infolist()

    assert properties.created == ABOUT.at.replace(tzinfo=None)
    assert properties.creator == "Example Rights"
    assert {member.date_time[0] for member in members} == {1980}


def test_the_zone_of_the_machine_does_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    here = written("xlsx", row())
    with monkeypatch.context() as moved:
        moved.setenv("TZ", "Australia/Lord_Howe")
        time.tzset()
        there = written("xlsx", row())
    time.tzset()

    assert there == here


def test_where_the_library_is_not_the_message_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)

    with pytest.raises(InputError, match=r"pip install 'mirrorhunt\[tables\]'"):
        export("xlsx", [row()])
