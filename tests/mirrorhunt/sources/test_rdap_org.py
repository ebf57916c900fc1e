"""Registration data, by way of the redirector."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirrorhunt.sources import Question, UnreadableAnswerError, sources

HERE = Path(__file__).parent / "rdap_org"
SOURCE = sources["rdap_org"]


def read(**fields: Any) -> Any:
    whole = {"objectClassName": "domain", "ldhName": "films12.example", **fields}
    return SOURCE.read(json.dumps(whole).encode()).registration


def test_a_domain_is_asked_for() -> None:
    assert SOURCE.url(Question("films.example"), b"") == "https://rdap.org/domain/films.example"
    assert SOURCE.url(Question("filmsenzalimiti", is_label=True), b"") is None


def test_what_the_registry_says_is_read() -> None:
    said = SOURCE.read((HERE / "answer.json").read_bytes()).registration

    assert said is not None
    assert said.domain == "films12.example"
    # Nanoseconds are cut; a second event of the kind does not override the first.
    assert said.registered_at == datetime(2026, 3, 18, 15, 23, 7, 123456, tzinfo=UTC)
    assert said.expires_at == datetime(2027, 3, 18, 15, 23, 7, tzinfo=UTC)
    assert said.changed_at == datetime(2026, 9, 2, tzinfo=UTC)
    assert said.registrar == "Names of Example, Inc."
    assert said.statuses == ("client transfer prohibited", "active")
    assert said.nameservers == ("ns1.hoster.example", "ns2.hoster.example")


def test_a_registry_may_say_nothing_but_the_name() -> None:
    said = SOURCE.read((HERE / "bare.json").read_bytes()).registration

    assert said is not None
    assert (said.registered_at, said.registrar, said.nameservers) == (None, "", ())


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"<html>", id="page"),
        pytest.param(b"[]", id="list"),
        pytest.param(b'{"errorCode": 404, "title": "Not Found"}', id="error object"),
        pytest.param(b'{"objectClassName": "nameserver", "ldhName": "a.example"}', id="other"),
        pytest.param(b'{"objectClassName": "domain", "ldhName": "-"}', id="without a name"),
        pytest.param(b'{"objectClassName": "domain", "ldhName": "films12.exa', id="half"),
        pytest.param(b'{"a":' * 100_000, id="deeply nested"),
    ],
)
def test_what_is_no_answer_is_said_to_be_none(body: bytes) -> None:
    with pytest.raises(UnreadableAnswerError):
        SOURCE.read(body)


@pytest.mark.parametrize(
    "date",
    [
        pytest.param("yesterday", id="a word"),
        pytest.param("0001-01-01T00:00:00Z", id="before there were names"),
        pytest.param("0001-01-01T00:00:00+14:00", id="beyond the calendar"),
        pytest.param("2026-13-45T00:00:00Z", id="no day"),
        pytest.param(1700000000, id="a number"),
        pytest.param(None, id="null"),
        pytest.param("2026-01-01T00:00:00Z" + " " * 100, id="long"),
    ],
)
def test_a_date_that_is_none_is_not_known(date: object) -> None:
    said = read(events=[{"eventAction": "registration", "eventDate": date}])
    assert said.registered_at is None


def test_a_registrar_without_a_card_goes_by_its_handle() -> None:
    assert read(entities=[{"roles": ["registrar"], "handle": "292"}]).registrar == "292"


def test_a_registrar_may_stand_within_another_entity() -> None:
    inner = {"roles": ["registrar"], "vcardArray": ["vcard", [["fn", {}, "text", "Names"]]]}
    assert read(entities=[{"roles": ["technical"], "entities": [inner]}]).registrar == "Names"


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)
_FIELDS = st.sampled_from(["status", "events", "entities", "nameservers", "unicodeName"])
_PARTS = st.dictionaries(
    st.sampled_from(["roles", "vcardArray", "handle", "eventAction", "eventDate", "ldhName"]),
    _JSON,
)


@given(st.dictionaries(_FIELDS, _JSON | st.lists(_PARTS, max_size=3)))
def test_whatever_stands_in_the_fields_is_read_without_failing(fields: dict[str, Any]) -> None:
    said = read(**fields)

    assert said.domain == "films12.example"
    assert said.registrar.isprintable()
    assert len(said.registrar) <= 200
