"""The table for spreadsheets."""

import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirrorhunt.exports import Row
from mirrorhunt.exports.csv import COLUMNS, safe
from tests.exported import ROWS, row, written


def read(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8"), newline="")))


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param("", id="nothing"),
        pytest.param("films.example", id="host"),
        pytest.param("1=2", id="a sign inside"),
        pytest.param("-3.25", id="negative number"),
        pytest.param("+3", id="positive number"),
        pytest.param("xn--bcher-kva.example", id="A-label"),
        pytest.param("кино", id="letters"),
    ],
)
def test_what_is_no_formula_is_left_as_it_is(cell: str) -> None:
    assert safe(cell) == cell


@pytest.mark.parametrize(
    "cell",
    [
        '=HYPERLINK("http://films.example","click")',
        "=1+1",
        "+1+1",
        "-1-1",
        "@SUM(A1)",
        "-",
        "-3.2.5",
        "--5",
        # Trimmed, or taken for the start of a cell, by one spreadsheet or another.
        "\t=1+1",
        "\r=1+1",
        "\n=1+1",
        # Full-width signs, which Excel in an East Asian locale takes for the plain ones.
        "\uff1d1+1",
        "\uff0b1+1",
        "\uff0d1+1",
        "\uff20SUM(A1)",
    ],
)
def test_a_formula_becomes_text(cell: str) -> None:
    assert safe(cell).startswith("'")
    assert not set(safe(cell)) & set("\t\r\n")


@pytest.mark.parametrize(
    "field", ["because", "network", "availability", "verdict", "relation", "scope"]
)
def test_no_column_can_carry_a_formula(field: str) -> None:
    fields: dict[str, Any] = {field: "=cmd|'/c calc'!A0"}
    [_, cells] = read(written("csv", row(**fields)))

    assert not [cell for cell in cells if cell.startswith("=")]


@given(st.text(st.characters()))
def test_a_cell_is_printable_and_safe(cell: str) -> None:
    found = safe(cell)

    assert all(c.isprintable() for c in found)
    assert not found.startswith(("=", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20"))
    assert not found.startswith(("+", "-")) or found[1:].replace(".", "", 1).isdecimal()
    assert len(found) <= len(cell) + 1


@given(st.lists(ROWS, max_size=4))
def test_it_is_read_back_with_as_many_cells(rows: list[Row]) -> None:
    header, *lines = read(written("csv", *rows))

    assert tuple(header) == COLUMNS
    assert len(lines) == len(rows)
    assert all(len(line) == len(COLUMNS) for line in lines)


def test_the_table_is_golden() -> None:
    data = written(
        "csv",
        row("xn--bcher-kva.example", 'says "new address", moved'),
        row("a.films.example", last_verified=None, valid_until=None, availability="dead"),
    )

    assert data.decode() == (
        ",".join(COLUMNS) + "\r\n"
        "xn--bcher-kva.example,bücher.example,xn--bcher-kva.example,domain,films,mirror,confirmed,"
        "6.50,live,2026-10-02T12:00:00+00:00,2026-11-01T12:00:00+00:00,2026-11-08T12:00:00+00:00,"
        'page_links redirects,"says ""new address"", moved",\r\n'
        "a.films.example,a.films.example,a.films.example,domain,films,mirror,confirmed,"
        "6.50,dead,2026-10-02T12:00:00+00:00,,,page_links redirects,the same ad account,\r\n"
    )


def test_nothing_is_a_header_alone() -> None:
    assert read(written("csv")) == [list(COLUMNS)]
