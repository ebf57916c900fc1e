"""Sets of nameservers."""

import pytest

from tests import make

PAIR = "ada.ns.cloudflare.com bob.ns.cloudflare.com"
VANITY = "ns1.seed.test ns2.seed.test"
HOSTER = "ns1.hoster.test ns2.hoster.test"


@pytest.mark.parametrize(
    ("servers", "bits"),
    [
        pytest.param(PAIR, 5, id="the-pair-of-an-account"),
        pytest.param(VANITY, 5, id="of-its-own"),
        # Each customer of the hoster has these.
        pytest.param(HOSTER, 2, id="of-a-hoster"),
        # A look-alike of the delivery network's names is a hoster like any other.
        pytest.param("ada.ns.cloudflare.com.evil.test", 2, id="look-alike"),
    ],
)
def test_the_same_set_speaks_by_whose_it_is(servers: str, bits: float) -> None:
    case = make.case(
        make.host(shows={"nameserver_set": servers}),
        make.host("seed.test", {"nameserver_set": servers}),
    )
    (found,) = make.evidence("nameserver_set", case)
    assert found.bits == bits


def test_half_a_pair_says_nothing() -> None:
    case = make.case(
        make.host(shows={"nameserver_set": "ada.ns.cloudflare.com cyd.ns.cloudflare.com"}),
        make.host("seed.test", {"nameserver_set": PAIR}),
    )
    assert make.evidence("nameserver_set", case) == ()


def test_a_pair_that_two_of_thirty_strangers_have_is_worth_little() -> None:
    case = make.case(
        make.host(shows={"nameserver_set": PAIR}),
        make.host("seed.test", {"nameserver_set": PAIR}),
        rare=make.rarity({("nameserver_set", PAIR): 2}, {"nameserver_set": 30}),
    )
    (found,) = make.evidence("nameserver_set", case)
    assert found.bits < 3.5
