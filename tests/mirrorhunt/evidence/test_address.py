"""Addresses."""

from tests import make

ADDRESS = "192.0.2.7"
# Of a delivery network's published ranges; a reserved address could not be one.
CDN = "104.16.1.1"


def test_the_same_address_speaks() -> None:
    case = make.case(
        make.host(shows={"address": ADDRESS}), make.host("seed.test", {"address": ADDRESS})
    )
    (found,) = make.evidence("address", case)
    assert found.bits == 4


def test_a_neighbour_says_nothing() -> None:
    case = make.case(
        make.host(shows={"address": "192.0.2.8"}), make.host("seed.test", {"address": ADDRESS})
    )
    assert make.evidence("address", case) == ()


def test_an_address_of_a_delivery_network_is_ignored() -> None:
    case = make.case(make.host(shows={"address": CDN}), make.host("seed.test", {"address": CDN}))
    (found,) = make.evidence("address", case)
    assert found.bits == 0
    assert "delivery network" in found.ignored


def test_a_lease_of_last_season_has_faded() -> None:
    case = make.case(
        make.host(shows={"address": ADDRESS}),
        make.host("seed.test", {"address": ADDRESS}, since=-200, until=-100),
    )
    (found,) = make.evidence("address", case)
    assert found.bits == 4 * 2 ** (-90 / 30)
    assert "90 days apart" in found.because
