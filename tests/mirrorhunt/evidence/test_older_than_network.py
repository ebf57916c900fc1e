"""Registered before the network was."""

import pytest

from tests import make


def test_a_host_registered_years_before_speaks_against() -> None:
    case = make.case(make.host(registered=-4000), make.host("seed.test", registered=-100))
    (found,) = make.evidence("older_than_network", case)
    assert found.bits == -2


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        pytest.param(-50, -100, id="younger"),
        pytest.param(-800, -100, id="less-than-two-years"),
        pytest.param(None, -100, id="not-known-here"),
        pytest.param(-4000, None, id="not-known-there"),
    ],
)
def test_less_than_that_says_nothing(mine: float | None, theirs: float | None) -> None:
    case = make.case(make.host(registered=mine), make.host("seed.test", registered=theirs))
    assert make.evidence("older_than_network", case) == ()


def test_one_member_of_unknown_age_may_be_the_oldest() -> None:
    case = make.case(
        make.host(registered=-4000), make.host("seed.test", registered=-100), make.host("m.test")
    )
    assert make.evidence("older_than_network", case) == ()
