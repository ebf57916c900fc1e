"""Redirects from the candidate to a host that is probable by itself."""

from dataclasses import replace

import pytest

from mirrorhunt.model import Side
from tests import make


def case(shows: dict[str, str], probable: dict[str, float]):  # type: ignore[no-untyped-def]
    plain = make.case(make.host(shows=shows), make.host("seed.test"))
    return replace(plain, network=replace(plain.network, probable=probable))


def test_a_redirect_to_a_host_that_is_no_more_than_a_candidate_says_nothing() -> None:
    assert make.evidence("redirects_to_probable", case({"to_redirect": "other.test"}, {})) == ()


def test_a_link_is_no_redirect() -> None:
    assert make.evidence("redirects_to_probable", case({"to_link": "m.test"}, {"m.test": 9})) == ()


@pytest.mark.parametrize(
    ("end_bits", "bits"),
    [
        pytest.param(12.0, 6.0, id="as much as a redirect to a member"),
        pytest.param(3.5, 3.5, id="never more than its end has"),
    ],
)
def test_a_redirect_is_as_sure_as_the_host_it_leads_to(end_bits: float, bits: float) -> None:
    leads = case({"to_redirect": "www.m.test"}, {"m.test": end_bits})

    (found,) = make.evidence("redirects_to_probable", leads)

    assert found.bits == bits
    assert found.side is Side.CANDIDATE
