"""Pointers from the candidate."""

import pytest

from tests import make


@pytest.mark.parametrize(
    ("how", "bits"), [("canonical", 5), ("alternate", 5), ("announcement", 5), ("frame", 3)]
)
def test_a_page_that_names_a_member_as_its_address_speaks(how: str, bits: float) -> None:
    candidate = make.host(shows={f"to_{how}": "seed.test"})
    (found,) = make.evidence("points_to_member", make.case(candidate, make.host("seed.test")))
    assert found.bits == bits
    assert "seed.test" in found.because


def test_a_link_to_somebody_else_says_nothing() -> None:
    candidate = make.host(shows={"to_link": [("shop.test", "template")]})
    assert make.evidence("points_to_member", make.case(candidate, make.host("seed.test"))) == ()


def test_a_friend_in_the_navigation_is_worth_little() -> None:
    candidate = make.host(shows={"to_link": [("seed.test", "template")]})
    (found,) = make.evidence("points_to_member", make.case(candidate, make.host("seed.test")))
    assert 0 < found.bits <= 2


def test_the_link_in_a_newspapers_article_is_ignored() -> None:
    candidate = make.host(shows={"to_link": [("seed.test", "body")], "to_text": "seed.test"})
    (found,) = make.evidence("points_to_member", make.case(candidate, make.host("seed.test")))
    assert found.bits == 0
    assert found.ignored == "newspapers and fans link pirates too"


def test_what_visitors_post_is_not_even_mentioned() -> None:
    candidate = make.host(
        shows={
            "to_announcement": [("seed.test", "comments")],
            "to_link": [("seed.test", "comments")],
        }
    )
    assert make.evidence("points_to_member", make.case(candidate, make.host("seed.test"))) == ()


def test_a_frame_of_what_it_loads_from_is_no_second_fact() -> None:
    # A widget that a member offers: to load it and to frame it is one thing.
    candidate = make.host(shows={"to_frame": "seed.test", "own_host": "api.seed.test"})
    (found,) = make.evidence("points_to_member", make.case(candidate, make.host("seed.test")))
    assert (found.bits, found.ignored) == (0, "it loads from there, and is told so once")


def test_a_pointer_beside_a_member_is_none() -> None:
    # The member is a customer of seed.test, or took over a name that was left dangling there.
    candidate = make.host(shows={"to_announcement": ["seed.test", "www.seed.test"]})
    assert make.evidence("points_to_member", make.case(candidate, make.host("a.seed.test"))) == ()
