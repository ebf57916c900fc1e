"""What the formats for people, platforms and threat-intelligence have in common."""

import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid5

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirrorhunt.exports import Row, Withdrawn, Written, _said, formats
from tests import make
from tests.exported import ABOUT, ROWS, export, export_folder, row

NAMING = ("misp", "packet", "stix", "xarf")
"""Formats that others make blocks of."""
TABLES = ("parquet", "xlsx")
UNFIT = (
    "co.uk",
    "pages.dev",
    "",
    "#",
    "com",
    "1.2.3.4",
    "http://x/",
    "*.x.example",
    "0.0.0.0/0",
    "localhost",
    'quo"te.example',
    "quo'te.example",
    "new\nline.example",
    "semi;colon.example",
    "a space.example",
    "bücher.example",
    f"{'a' * 62}." * 4 + "example",
    f"{'a' * 64}.example",
    "UPPER.example",
    "dot.example.",
    "-hyphen.example",
)


def files(name: str, *rows: Row, about: object = ABOUT) -> tuple[Mapping[str, bytes], Written]:
    """What *name* makes, whether of one file or several."""
    assert isinstance(about, type(ABOUT))
    if formats[name].write_folder is not None:
        return export_folder(name, rows, about)
    data, said = export(name, rows, about)
    return {formats[name].file: data}, said


# ---------------------------------------------------------------- what must not leave the building


@pytest.mark.parametrize("host", UNFIT, ids=repr)
@pytest.mark.parametrize("name", NAMING)
def test_an_unfit_name_is_in_no_file(name: str, host: str) -> None:
    found, said = files(name, row(host))
    nothing, _ = files(name)

    assert found == nothing
    assert said.entries == 0
    assert sum(said.left_out.values()) == 1
    assert said.examples[0][0] == host


@pytest.mark.parametrize(
    "host", ["", "#", "1.2.3.4", "http://x/", "quo'te.example", "a\nb.example"]
)
@pytest.mark.parametrize("name", ["misp", "packet", "stix"])
def test_nothing_unfit_is_withdrawn_either(name: str, host: str) -> None:
    gone = Withdrawn(host, "domain", "films", "dead", "gone", make.at(-9), make.at(-1))
    found, _ = files(name, about=replace(ABOUT, withdrawn=(gone,)))
    nothing, _ = files(name)

    assert found == nothing


@pytest.mark.parametrize("name", NAMING)
def test_a_name_is_said_once_and_nothing_below_a_listed_domain(name: str) -> None:
    below = row("a.films2.example", registrable_domain="films2.example", scope="host")
    once, _ = files(name, row())
    found, said = files(name, row(), row(network="series"), below)

    assert found == once
    assert said.left_out == {"below a listed domain": 1}


@pytest.mark.parametrize("name", ["stix", "xarf"])
@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        pytest.param({"valid_until": None}, "not live: it would never expire", id="not live"),
        pytest.param({"verdict": "probable"}, "not confirmed", id="not confirmed"),
    ],
)
def test_what_must_not_be_blocked_is_no_notice_and_no_indicator(
    name: str, fields: dict[str, object], reason: str
) -> None:
    found, said = files(name, row(**fields))  # type: ignore[arg-type]  # The fields of a row.
    nothing, _ = files(name)

    assert found == nothing
    assert said.left_out == {reason: 1}


@pytest.mark.parametrize(
    ("name", "key"), [("misp", "uuid"), ("packet", "entry_id"), ("stix", "id")]
)
def test_a_name_that_became_narrower_takes_the_place_of_the_wider(name: str, key: str) -> None:
    # Only what disappears is taken back: under another id the wider one would go on standing.
    wide, _ = files(name, row())
    narrow, _ = files(name, row(scope="host"))

    assert _ids(narrow, key) == _ids(wide, key)
    assert narrow != wide


def _ids(found: Mapping[str, bytes], key: str) -> list[str]:
    return [
        i for _, data in sorted(found.items()) for i in re.findall(f'"{key}":"([^"]*)"', str(data))
    ]


# ---------------------------------------------------------------- the same bytes


@pytest.mark.parametrize("name", NAMING + TABLES)
@settings(max_examples=25)
@given(rows=st.lists(ROWS, max_size=3), withdrawn=st.booleans())
def test_the_same_rows_give_the_same_bytes(name: str, rows: list[Row], withdrawn: bool) -> None:
    gone = Withdrawn("a.example", "domain", "films", "dead", "\ud800\n", make.at(-9), make.at(-1))
    about = replace(ABOUT, withdrawn=(gone,) if withdrawn else ())
    live = [replace(one, valid_until=make.at(7)) for one in rows]

    assert files(name, *live, about=about) == files(name, *live, about=about)


@pytest.mark.parametrize("name", ["misp", "packet", "stix", "xarf"])
@given(text=st.text(st.characters(), max_size=60))
def test_no_text_breaks_a_file_or_hides_in_it(name: str, text: str) -> None:
    about = replace(ABOUT, publisher=f"x{text}", order=text)
    found, said = files(name, row(because=text, network=text), about=about)

    assert said.entries == 1
    for file, data in found.items():
        assert data.isascii()
        if file.endswith(".json"):
            json.loads(data)


@pytest.mark.parametrize("name", ["packet", "stix"])
def test_rows_are_written_while_they_come(name: str) -> None:
    out = io.BytesIO()
    sizes: list[int] = []

    def coming() -> Iterator[Row]:
        for i in range(5_000):
            sizes.append(out.tell())
            yield row(f"films{i:04}.example")

    write = formats[name].write
    assert write is not None
    write(coming(), out, ABOUT)
    assert sizes[4_500] > sizes[1_500] > sizes[0]
    # No more is kept than a small part of it.
    assert out.tell() - sizes[-1] < out.tell() / 3


# ---------------------------------------------------------------- ids, confidence, instants


@given(st.uuids(), st.text())
def test_an_id_is_a_uuid_of_version_5(namespace: UUID, name: str) -> None:
    assert _said.uuid5(namespace.bytes, name) == str(uuid5(namespace, name))


def test_two_publishers_and_two_feeds_never_share_an_id() -> None:
    abouts = [
        ABOUT,
        replace(ABOUT, publisher="Another"),
        replace(ABOUT, feed="series"),
        replace(ABOUT, publisher="", feed="films"),
    ]

    assert len({_said.namespace_of(about)("x") for about in abouts}) == len(abouts)
    assert _said.publisher_id(abouts[0]) == _said.publisher_id(abouts[2])


def test_a_later_delivery_keeps_the_ids() -> None:
    later = replace(ABOUT, serial=ABOUT.serial + 1, at=ABOUT.at + timedelta(days=1), tlp="green")

    assert _said.namespace_of(ABOUT)("x") == _said.namespace_of(later)("x")


@pytest.mark.parametrize(
    ("bits", "percent"), [(-1000.0, 0), (-1.0, 33), (0.0, 50), (6.5, 98), (7.0, 99), (99.0, 99)]
)
def test_confidence_is_the_odds_in_percent(bits: float, percent: int) -> None:
    assert _said.confidence(row(score_bits=bits)) == percent


def test_of_a_seed_there_is_no_confidence() -> None:
    assert _said.confidence(row(score_bits=0.0, techniques=("seed",))) is None


def test_what_was_verified_before_it_was_seen_counts_from_when_it_was_seen() -> None:
    assert _said.verified_at(row(last_verified=make.at(-99))) == make.at(-30)
    assert _said.verified_at(row(last_verified=None)) == make.at(-30)
    assert _said.verified_at(row()) == make.NOW


@given(st.text(st.characters()), st.integers(2, 40))
def test_what_is_shown_is_printable_and_short(text: str, max_chars: int) -> None:
    found = _said.shown(text, max_chars)

    assert found.isprintable()
    assert len(found) <= max_chars
