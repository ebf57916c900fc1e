"""A certificate for the candidate and for a host that is surely the operator's."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from mirrorhunt.evidence import Case
from mirrorhunt.model import BOTH, Side
from tests import make


def case(named: list[str], operated: Mapping[str, float]) -> Case:
    plain = make.case(make.host(shows={"certificate_names": named}), make.host("seed.test"))
    return replace(plain, network=replace(plain.network, operated=operated))


@pytest.mark.parametrize(
    ("named", "operated"),
    [
        pytest.param(["other.test"], {}, id="a host that is no more than a candidate"),
        pytest.param(["candidate.example"], {"candidate.example": 20.0}, id="itself"),
        # Then that is what it is weighed by.
        pytest.param(["p.test", "seed.test"], {"p.test": 20.0}, id="a member as well"),
    ],
)
def test_it_says_nothing_of(named: list[str], operated: Mapping[str, float]) -> None:
    assert make.evidence("certified_with_probable", case(named, operated)) == ()


def test_it_adds_no_more_than_the_other_host_has() -> None:
    # One that is wrong would take others with it.
    (found,) = make.evidence("certified_with_probable", case(["p.test"], {"p.test": 3.4}))

    assert found.bits == pytest.approx(3.4, abs=0.01)


def test_the_surest_of_those_it_names_counts_as_a_member_would() -> None:
    given = case(["a.test", "p.test"], {"a.test": 11.0, "p.test": 14.0})

    (found,) = make.evidence("certified_with_probable", given)

    assert found.bits == pytest.approx(10, abs=0.1)
    assert (found.side, found.relations) == (Side.JOINT, BOTH)
    assert "names p.test too, which is itself probable by 14.0 bits" in found.because
