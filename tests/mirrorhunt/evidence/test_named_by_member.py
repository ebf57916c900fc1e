"""What members say of the candidate."""

import pytest

from mirrorhunt.evidence._weights import KNOWN, KNOWN_LATER
from mirrorhunt.model import Side
from tests import make


@pytest.mark.parametrize(
    ("how", "region", "bits"),
    [
        ("redirect", "http", 3),
        ("announcement", "template", 3),
        ("canonical", "head", 2),
        ("link", "template", 1.5),
        ("link", "body", 1),
        ("text", "body", 1),
    ],
)
def test_the_word_of_a_member_is_of_the_known_side(how: str, region: str, bits: float) -> None:
    member = make.host("seed.test", {f"to_{how}": [("www.candidate.example", region)]})
    (found,) = make.evidence("named_by_member", make.case(make.host(), member))
    assert found.side is Side.KNOWN
    assert found.bits == bits
    assert found.group == KNOWN


def test_a_word_about_somebody_else_says_nothing() -> None:
    member = make.host("seed.test", {"to_redirect": "candidate.example.evil.test"})
    assert make.evidence("named_by_member", make.case(make.host(), member)) == ()


def test_a_comment_below_a_members_page_is_ignored() -> None:
    member = make.host("seed.test", {"to_link": [("candidate.example", "comments")]})
    (found,) = make.evidence("named_by_member", make.case(make.host(), member))
    assert found.ignored == "written by visitors"
    assert found.bits == 0


def test_a_word_that_comes_after_the_host_was_there_is_told_apart() -> None:
    late = make.seen("to_redirect", "candidate.example", "http", since=-1, native=False)
    candidate = make.host(shows={"brand": "bakery"}, since=-300)
    (found,) = make.evidence(
        "named_by_member", make.case(candidate, make.host("s.test", more=[late]))
    )
    assert found.group == KNOWN_LATER
    assert "after it was already there" in found.because


def test_a_word_that_led_to_the_host_counts_as_a_lead() -> None:
    early = make.seen("to_redirect", "candidate.example", "http", since=-1, native=False)
    candidate = make.host(shows={"brand": "films"}, since=-0.5)
    (found,) = make.evidence(
        "named_by_member", make.case(candidate, make.host("s.test", more=[early]))
    )
    assert found.group == KNOWN


def test_the_domain_is_what_counts_and_not_the_host() -> None:
    # The pointer may lead to another host of the candidate's domain.
    member = make.host("seed.test", {"to_link": [("cdn.candidate.example", "body")]})
    assert make.evidence("named_by_member", make.case(make.host("www.candidate.example"), member))
