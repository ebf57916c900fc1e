"""The signatures and the file that they are read from."""

import pytest

from mirrorhunt.availability._signatures import HOST_PLACES, UNCONFIRMED, of, parse, shipped
from mirrorhunt.errors import InputError
from mirrorhunt.model import Availability
from mirrorhunt.names import find_host

GOOD = """
[[signature]]
id = "x"
availability = "parked"
place = "words"
patterns = ["this name is parked"]
source = "unconfirmed"
"""


def test_a_signature_is_read_with_its_fields() -> None:
    (signature,) = parse(GOOD + 'country = "IT"\nstatuses = [403]\nchecked = 2026-11-24\n')

    assert signature.rule == "parked:x"
    assert signature.availability is Availability.PARKED
    assert signature.statuses == {403}
    assert signature.country == "IT"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param(("parked", "on_fire"), "no availability 'on_fire'", id="state"),
        pytest.param(("words", "sky"), "no place 'sky'", id="place"),
        pytest.param(('["this name is parked"]', "[]"), "matches nothing", id="no-pattern"),
        pytest.param(("this name", "This Name"), "not in lower case", id="upper-case"),
        # Two Latin letters stand on every page.
        pytest.param(("this name is parked", "is"), "too short", id="short"),
        pytest.param(('source = "unconfirmed"', ""), "without source", id="no-source"),
        pytest.param(("source", 'regex = "x"\nsource'), "unknown field regex", id="expression"),
        pytest.param(("source", "statuses = [9]\nsource"), "HTTP status", id="status"),
        pytest.param(("source", 'checked = "today"\nsource'), "has to be a date", id="date"),
        pytest.param(("[[signature]]", "[[signature"), "no TOML", id="syntax"),
    ],
)
def test_a_signature_that_cannot_be_meant_is_refused(change: tuple[str, str], says: str) -> None:
    with pytest.raises(InputError, match=says):
        parse(GOOD.replace(*change, 1))


def test_two_signatures_of_one_name_are_refused() -> None:
    with pytest.raises(InputError, match="two signatures are called parked:x"):
        parse(GOOD + GOOD)


def test_the_shipped_signatures_can_be_read() -> None:
    assert len(shipped()) > 80


@pytest.mark.parametrize(
    "state", ["seized", "blocked", "parked", "for_sale", "challenge", "restricted", "error"]
)
def test_each_state_that_needs_signatures_has_some(state: str) -> None:
    assert len(of(Availability(state))) >= 3


def test_a_confirmed_signature_names_a_source_and_an_unconfirmed_one_no_date() -> None:
    for signature in shipped():
        if signature.source == UNCONFIRMED:
            assert signature.checked is None, signature.rule
        elif signature.checked is not None:
            assert "http" in signature.source or "RFC" in signature.source, signature.rule


def test_patterns_of_hosts_are_hosts_as_we_write_them() -> None:
    for signature in shipped():
        if signature.place in HOST_PLACES:
            for pattern in signature.patterns:
                host, slash, _ = pattern.partition("/")
                # A resource may also be told by a piece of its path.
                if host or not (slash and signature.place == "resource"):
                    assert find_host(host) == host, (signature.rule, pattern)
