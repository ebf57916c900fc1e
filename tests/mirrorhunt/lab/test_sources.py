"""The look-alikes of public sources answer from the world, in the shape of the real ones."""

import json
from datetime import UTC, datetime

import pytest

from mirrorhunt.lab.sources import certificates, issuances, registration
from mirrorhunt.lab.world import Certificate, Dns, Host, Truth, World

LIVE = Truth("live")
SHARED = Certificate("shared", ("films1.example", "films2.example", "www.films1.example"))


@pytest.fixture
def world() -> World:
    hosts = [
        Host("films1.example", LIVE, Dns(ns=("ns1.hoster.example",)), SHARED,
             registered_at=datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)),
        Host("films2.example", LIVE, Dns(), SHARED),
        Host("own.example", LIVE, Dns(), Certificate("own", ("own.example",), "self_signed")),
        Host("plain.example", LIVE, Dns()),
        Host("gone.example", LIVE, Dns(rcode="NXDOMAIN")),
    ]  # fmt: skip
    return World("small", 0, "small", (), {h.name: h for h in hosts})


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        pytest.param("nobody", 0, id="a name nobody has"),
        # Never logged: an authority logs what it signs, and nobody signed this.
        pytest.param("own.example", 0, id="a certificate of one's own making"),
        pytest.param("films1", 0, id="not the beginning of a label alone"),
        pytest.param("films%", 1, id="a beginning"),
        pytest.param("%s2.example", 1, id="an end"),
        pytest.param("%ILMS%", 1, id="a middle, in any case"),
        pytest.param("films1.example", 1, id="a domain and what is below it"),
    ],
)
def test_a_certificate_is_found_once_by_any_of_its_names(
    world: World, wanted: str, count: int
) -> None:
    status, body = certificates(world, wanted)
    found = json.loads(body)
    assert (status, len(found)) == (200, count)
    for entry in found:
        assert entry["name_value"].split("\n") == list(SHARED.names)


def test_the_issuances_of_a_domain_hold_all_names(world: World) -> None:
    status, body = issuances(world, "films2.example")
    assert status == 200
    assert [found["dns_names"] for found in json.loads(body)] == [list(SHARED.names)]
    assert json.loads(issuances(world, "own.example")[1]) == []
    # Not of a suffix.
    assert issuances(world, "example")[0] == 400


def test_a_search_for_nearly_everything_is_refused(world: World) -> None:
    assert certificates(world, "%a%") == (400, "[]")


def test_a_registration_tells_its_date_and_nameservers(world: World) -> None:
    status, body = registration(world, "www.films1.example")
    found = json.loads(body)
    assert status == 200
    assert found["ldhName"] == "FILMS1.EXAMPLE"
    assert found["events"] == [
        {"eventAction": "registration", "eventDate": "2026-03-04T05:06:07Z"}
    ]
    assert found["nameservers"][0]["ldhName"] == "NS1.HOSTER.EXAMPLE"


@pytest.mark.parametrize("name", ["gone.example", "nobody.example"])
def test_what_nobody_registered_is_not_found(world: World, name: str) -> None:
    assert registration(world, name)[0] == 404


def test_a_registry_may_keep_the_date_to_itself(world: World) -> None:
    assert json.loads(registration(world, "films2.example")[1])["events"] == []
