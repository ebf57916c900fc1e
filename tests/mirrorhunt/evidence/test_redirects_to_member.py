"""Redirects from the candidate."""

import pytest

from mirrorhunt.model import BOTH, Side
from tests import make


@pytest.mark.parametrize(
    ("how", "bits"), [("redirect", 6), ("meta_refresh", 6), ("script_redirect", 4)]
)
def test_a_redirect_to_a_member_speaks(how: str, bits: float) -> None:
    candidate = make.host(shows={f"to_{how}": "www.seed.test"})
    (found,) = make.evidence("redirects_to_member", make.case(candidate, make.host("seed.test")))
    assert found.bits == bits
    assert found.side is Side.CANDIDATE
    assert found.relations == BOTH


@pytest.mark.parametrize(
    "target",
    [
        pytest.param("watch-legally.test", id="elsewhere"),
        pytest.param("seed.test.evil.example", id="a-look-alike"),
        # From http to https, or to www: nobody is told anything.
        pytest.param("www.candidate.example", id="itself"),
    ],
)
def test_a_redirect_elsewhere_says_nothing(target: str) -> None:
    candidate = make.host(shows={"to_redirect": target})
    assert make.evidence("redirects_to_member", make.case(candidate, make.host("seed.test"))) == ()


def test_a_redirect_of_the_member_is_not_the_candidates() -> None:
    member = make.host("seed.test", {"to_redirect": "candidate.example"})
    assert make.evidence("redirects_to_member", make.case(make.host(), member)) == ()
