"""The packet of a feed, and its schema."""

import json
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from mirrorhunt.archive import packet as one_case
from mirrorhunt.decisions import ROLES
from mirrorhunt.exports import About, Row, Withdrawn
from mirrorhunt.exports.packet import SCHEMA_VERSION
from mirrorhunt.model import Availability, Relation, Side
from tests import make
from tests.exported import ABOUT, ROWS, export, row

DOCUMENTED = (
    Path(__file__).parents[3] / "docs" / "schemas" / f"feed-packet-{SCHEMA_VERSION}.json"
).read_bytes()
SCHEMA: dict[str, Any] = json.loads(DOCUMENTED)
ENTRY = SCHEMA["properties"]["entries"]["items"]
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)
GONE = Withdrawn("old.example", "domain", "films", "parked", "a page", make.at(-30), make.at(-1))


def packet(*rows: Row, about: About = ABOUT) -> dict[str, Any]:
    data, _ = export("packet", rows, about)
    found: dict[str, Any] = json.loads(data)
    return found


def faults(said: object) -> list[str]:
    return [f"{e.json_path}: {e.message}" for e in VALIDATOR.iter_errors(said)]


def test_the_schema_is_one_and_is_in_the_package() -> None:
    shipped = resources.files("mirrorhunt").joinpath("data", "feed-packet.schema.json")

    Draft202012Validator.check_schema(SCHEMA)
    assert shipped.read_bytes() == DOCUMENTED


def test_the_check_notices_what_is_wrong() -> None:
    good = packet(row(), about=replace(ABOUT, withdrawn=(GONE,)))
    live, gone = good["entries"]

    for key in SCHEMA["required"]:
        assert faults({k: v for k, v in good.items() if k != key}), key
    for key in ENTRY["required"]:
        for entry in (live, gone):
            less = {k: v for k, v in entry.items() if k != key}
            assert faults(good | {"entries": [less]}), key
    assert faults(good | {"entries": [live | {"valid_until": None}]})
    assert faults(good | {"entries": [live | {"verdict": "probable"}]})
    assert faults(good | {"entries": [gone | {"withdraw_reason": None}]})


@given(st.lists(ROWS, max_size=3), st.text(st.characters()))
def test_any_packet_is_as_the_schema_says(rows: list[Row], text: str) -> None:
    about = replace(
        ABOUT, publisher=text, order=text, withdrawn=(replace(GONE, because=text, reason=text),)
    )
    # What an operator gave, or the model counts, has its values; the availability is one of them.
    known = [replace(one, availability="live") for one in rows]

    assert faults(packet(*known, about=about)) == []


def test_the_schema_names_each_field_in_its_order() -> None:
    found = packet(row(), about=replace(ABOUT, withdrawn=(GONE,)))
    live, gone = found["entries"]

    assert SCHEMA["required"] == list(SCHEMA["properties"]) == list(found)
    assert ENTRY["required"] == list(ENTRY["properties"]) == list(live) == list(gone)


def test_the_schema_knows_every_value_that_we_write() -> None:
    properties = ENTRY["properties"]

    assert set(properties["availability"]["enum"]) == {*Availability, None}
    assert set(properties["relation"]["enum"]) == {*Relation, *ROLES, "seed", None}
    assert set(properties["reasons"]["items"]["properties"]["side"]["enum"]) == set(Side)


def test_its_words_are_those_of_the_packet_of_one_case() -> None:
    case = json.loads(one_case.schema())["properties"]
    own = {"feed", "serial", "tlp", "valid_days", "entries"}
    of_an_entry = {"entry_id", "withdraw_reason", "withdrawn_at", "techniques"}

    assert set(SCHEMA["properties"]) - set(case) == own
    assert set(ENTRY["properties"]) - set(case) == of_an_entry
    assert ENTRY["properties"]["target"]["required"] == case["target"]["required"]
    reason = ENTRY["properties"]["reasons"]["items"]["properties"]
    assert set(reason) < set(case["reasons"]["items"]["properties"])


def test_an_entry_says_what_why_and_how_long() -> None:
    [entry] = packet(row("xn--bcher-kva.example", reviewed_by=("ada",)))["entries"]

    assert entry["status"] == "active"
    assert entry["target"] == {
        "host": "xn--bcher-kva.example",
        "unicode": "bücher.example",
        "registrable_domain": "xn--bcher-kva.example",
        "scope": "domain",
        "scope_because": "all below it is one owner's, as far as lists know, and a network that "
        "loses one name moves to the next below it",
    }
    assert entry["reasons"] == [
        {"kind": "ad_id", "bits": 5.25, "side": "joint", "because": "the same ad account"}
    ]
    assert (entry["confidence"], entry["reviewed_by"]) == (98, ["ada"])
    assert entry["valid_until"] == "2026-11-08T12:00:00Z"


@pytest.mark.parametrize(
    ("host", "because"),
    [
        ("a.films2.example", "of films2.example only this host was seen to belong to the network"),
        ("films2.example", "names below it are others', or protected"),
    ],
)
def test_a_host_says_why_it_is_not_wider(host: str, because: str) -> None:
    one = row(host, registrable_domain="films2.example", scope="host")
    [entry] = packet(one)["entries"]

    assert entry["target"]["scope_because"] == because


@pytest.mark.parametrize(
    ("fields", "because"),
    [
        ({"valid_until": None, "availability": "dead"}, "not live: it would never expire"),
        ({"verdict": "candidate"}, "not confirmed"),
    ],
)
def test_what_must_not_be_blocked_is_suspended(fields: dict[str, Any], because: str) -> None:
    [entry] = packet(row(**fields))["entries"]

    assert (entry["status"], entry["status_because"]) == ("suspend", because)


def test_a_withdrawal_names_the_entry_that_it_takes_back() -> None:
    [before] = packet(row("old.example"))["entries"]
    later = replace(ABOUT, serial=ABOUT.serial + 1, withdrawn=(GONE,))
    [gone] = packet(about=later)["entries"]

    assert gone["entry_id"] == before["entry_id"]
    assert (gone["status"], gone["withdraw_reason"]) == ("withdraw", "parked")
    assert gone["withdrawn_at"] == "2026-10-31T12:00:00Z"
    assert packet()["report_id"] != packet(about=later)["report_id"]


def test_what_nobody_said_is_null() -> None:
    found = packet(about=replace(ABOUT, publisher="", contact="", order=""))

    assert found["order_ref"] is None
    assert found["contact_for_objection"] is None
    assert set(found["reporter"].values()) == {None}
    assert packet(about=replace(ABOUT, order="N 12"))["order_ref"] == {"number": "N 12"}
