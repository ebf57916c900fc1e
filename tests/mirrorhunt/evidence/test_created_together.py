"""Bought at one registrar on one day."""

from dataclasses import replace

import pytest

from mirrorhunt.facts import HostFacts
from tests import make


def bought(name: str, days: float | None, registrar: str) -> HostFacts:
    return replace(make.host(name, registered=days), registrar=registrar)


@pytest.mark.parametrize(
    ("mine", "registrar"),
    [
        pytest.param(-101.5, "Names Inc", id="a day and a half apart"),
        pytest.param(-100, "Other Inc", id="another registrar"),
        pytest.param(-100, "", id="registrar not known"),
        pytest.param(None, "Names Inc", id="date not known"),
    ],
)
def test_less_than_both_says_nothing(mine: float | None, registrar: str) -> None:
    case = make.case(
        bought("candidate.test", mine, registrar), bought("seed.test", -100, "Names Inc")
    )
    assert make.evidence("created_together", case) == ()


def test_members_of_unknown_registrar_say_nothing() -> None:
    case = make.case(bought("candidate.test", -100, ""), bought("seed.test", -100, ""))
    assert make.evidence("created_together", case) == ()


def test_nobody_is_bought_together_with_himself() -> None:
    # A host below the member's own domain.
    case = make.case(
        bought("www.seed.test", -100, "Names Inc"), bought("seed.test", -100, "Names Inc")
    )
    assert make.evidence("created_together", case) == ()


def test_the_same_registrar_on_the_same_day_speaks() -> None:
    # Registrars write themselves in more than one way.
    case = make.case(
        bought("candidate.test", -99.5, "NAMES Inc."), bought("seed.test", -100, "Names Inc")
    )
    (found,) = make.evidence("created_together", case)

    assert found.bits == 3
    assert found.group == "infra"
    assert "as seed.test was 12 hours apart" in found.because


def test_a_network_that_bought_on_many_days_is_met_by_chance() -> None:
    members = [bought(f"member{n}.test", -100 - 2 * n, "Names Inc") for n in range(60)]
    (found,) = make.evidence(
        "created_together", make.case(bought("candidate.test", -100, "Names Inc"), *members)
    )
    assert found.bits == 0


def test_a_registrar_cannot_write_into_the_terminal() -> None:
    name = "Names\x1b[31m Inc" + "x" * 500
    case = make.case(bought("candidate.test", -100, name), bought("seed.test", -100, name))
    (found,) = make.evidence("created_together", case)

    assert found.because.isprintable()
    assert len(found.because) < 250
