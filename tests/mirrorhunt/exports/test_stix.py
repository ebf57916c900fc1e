"""The STIX bundle, as the OASIS validator and library read it."""

import json
from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
import stix2
from hypothesis import given, settings
from hypothesis import strategies as st
from stix2validator import ValidationOptions, validate

from mirrorhunt.exports import About, Row, Withdrawn
from tests import make
from tests.exported import ABOUT, ROWS, export, row

# 103: ids of version 5 (the same in each delivery), 202: relationships beyond those suggested,
# 303: labels beyond those suggested.
OPTIONS = ValidationOptions(version="2.1", disabled=["103", "202", "303"], strict=True)
GONE = Withdrawn(
    "old.example", "domain", "films", "parked", "a parking page", make.at(-30), make.at(-1)
)


def bundle(*rows: Row, about: About = ABOUT) -> dict[str, Any]:
    data, _ = export("stix", rows, about)
    found: dict[str, Any] = json.loads(data)
    return found


def faults(*rows: Row, about: About = ABOUT) -> list[str]:
    """What the validator finds wrong, or warns of."""
    data, _ = export("stix", rows, about)
    return faults_of(data.decode())


def faults_of(text: str) -> list[str]:
    result = validate(StringIO(text), OPTIONS)
    return [str(e) for e in [*(result.errors or ()), *(result.warnings or ())]]


def of_type(kind: str, *rows: Row, about: About = ABOUT) -> list[dict[str, Any]]:
    return [thing for thing in bundle(*rows, about=about)["objects"] if thing["type"] == kind]


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ('"valid_from"', '"valid_form"'),
        ('"value":"films2.example"', '"value":"my_mirror.example"'),
        ('"value":"films2.example"', '"value":"xn--n3h.example"'),
        ("= 'films2.example'", "= 'fil'ms2.example'"),
        ('"confidence":98', '"confidence":101'),
    ],
)
def test_the_validator_notices_what_is_wrong(good: str, bad: str) -> None:
    data, _ = export("stix", [row()])

    assert faults_of(data.decode().replace(good, bad))


@pytest.mark.parametrize("tlp", ["clear", "green", "amber", "amber+strict"])
def test_a_bundle_is_valid_and_is_parsed(tlp: str) -> None:
    about = replace(ABOUT, tlp=tlp, order="N 12/2026", withdrawn=(GONE,))
    rows = [row("xn--bcher-kva.example"), row("a.films3.example", scope="host"), row("z.example")]
    data, said = export("stix", rows, about)

    assert faults(*rows, about=about) == []
    assert said.entries == 3
    parsed = stix2.parse(data.decode())
    assert [thing.type for thing in parsed.objects] == [
        "marking-definition",
        "identity",
        *["indicator", "domain-name", "relationship"] * 3,
        "indicator",
    ]
    assert parsed.objects[0].name == f"TLP:{tlp.upper()}"


def test_nothing_is_a_valid_bundle_too() -> None:
    assert faults() == []
    assert faults(about=replace(ABOUT, publisher="", contact="")) == []


@settings(max_examples=25)
@given(st.lists(ROWS, max_size=2))
def test_any_row_gives_a_valid_bundle(rows: list[Row]) -> None:
    active = [replace(one, valid_until=make.at(7)) for one in rows]

    assert faults(*active) == []


@pytest.mark.parametrize(
    ("host", "is_hostname"),
    [
        ("films.example", True),
        ("a-b.example", True),
        ("0x7f.example", True),
        ("xn--bcher-kva.example", True),
        ("xn--80ak6aa92e.xn--p1ai", True),
        ("my_mirror.example", False),
        ("_dnsstream.example", False),
        ("r3---sn-4g5e.example", False),
        ("ab--c.example", False),
        # A snowman, which IDNA 2008 does not have.
        ("xn--n3h.example", False),
        ("xn--a.example", False),
    ],
)
def test_a_name_that_hostname_checks_refuse_is_an_indicator_alone(
    host: str, is_hostname: bool
) -> None:
    rows = [row(host)]

    assert faults(*rows) == []
    assert [o["value"] for o in of_type("domain-name", *rows)] == [host] * is_hostname
    assert len(of_type("relationship", *rows)) == is_hostname
    assert [o["pattern"] for o in of_type("indicator", *rows)] == [
        f"[domain-name:value = '{host}']"
    ]


def test_the_observable_has_the_id_that_everybody_gives_it() -> None:
    [found] = of_type("domain-name", row())

    assert found["id"] == stix2.DomainName(value="films2.example").id


def test_an_indicator_says_how_long_how_sure_and_how_far() -> None:
    [found] = of_type("indicator", row(network="films\u202e"))

    assert found["valid_from"] == "2026-10-02T12:00:00.000Z"
    assert found["modified"] == "2026-11-01T12:00:00.000Z"
    assert found["valid_until"] == "2026-11-08T12:00:00.000Z"
    assert found["confidence"] == 98
    assert found["labels"] == [
        "piracy-mirror",
        "scope:domain",
        "relation:mirror",
        "verdict:confirmed",
        "network:films\\u202e",
        "reason:ad_id",
    ]
    assert found["description"] == "the same ad account"


def test_what_was_taken_back_is_the_same_object_later_and_revoked() -> None:
    [before] = of_type("indicator", row("old.example"))
    [after] = of_type("indicator", about=replace(ABOUT, at=make.at(1), withdrawn=(GONE,)))

    assert after["id"] == before["id"]
    assert after["created"] == before["created"]
    assert after["pattern"] == before["pattern"]
    assert (after["modified"], after["revoked"]) == ("2026-10-31T12:00:00.000Z", True)
    assert after["labels"] == ["piracy-mirror", "scope:domain", "withdrawn:parked"]
    assert "revoked" not in before


def test_a_store_of_indicators_takes_the_revoked_version() -> None:
    store = stix2.MemoryStore()
    first = bundle(row("old.example", last_verified=make.at(-5)))
    store.add(stix2.parse(first))
    store.add(stix2.parse(bundle(about=replace(ABOUT, withdrawn=(GONE,)))))
    [indicator] = [o["id"] for o in first["objects"] if o["type"] == "indicator"]

    assert store.get(indicator).revoked


def test_a_host_that_two_networks_lost_is_revoked_once() -> None:
    both = replace(ABOUT, withdrawn=(GONE, replace(GONE, network="series")))

    assert len(of_type("indicator", about=both)) == 1


def test_who_publishes_is_the_creator_of_all() -> None:
    objects = bundle(row(), about=replace(ABOUT, withdrawn=(GONE,)))["objects"]
    [publisher] = [o for o in objects if o["type"] == "identity"]

    assert publisher["name"] == "Example Rights"
    assert publisher["contact_information"] == "a@b.example"
    made = [o for o in objects if o["type"] in {"indicator", "relationship"}]
    assert {o["created_by_ref"] for o in made} == {publisher["id"]}
    assert len({o["id"] for o in objects}) == len(objects)
