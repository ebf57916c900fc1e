"""The look of a page: small, and never alone."""

import pytest

from mirrorhunt.model import Side, Verdict
from mirrorhunt.policy import DEFAULT
from mirrorhunt.verdicts import judge
from tests import make


def changed(bits: int) -> str:
    """A hash that differs from the usual one in so many bits."""
    usual = int.from_bytes(bytes(range(32)))
    return (usual ^ ((1 << bits) - 1)).to_bytes(32).hex()


@pytest.mark.parametrize(
    ("apart", "bits"),
    [
        pytest.param(0, 2, id="the-same"),
        pytest.param(40, 2, id="close"),
        pytest.param(41, 1, id="near"),
        pytest.param(64, 1, id="at-the-edge"),
    ],
)
def test_a_page_that_looks_like_the_seeds_speaks_by_how_much(apart: int, bits: float) -> None:
    case = make.case(
        make.host(shows={"picture": changed(apart)}),
        make.host("seed.test", {"picture": changed(0)}),
    )
    (found,) = make.evidence("picture", case)
    assert found.bits == bits
    assert found.side is Side.CANDIDATE
    assert f"{apart} of 256 bits" in found.because


@pytest.mark.parametrize("value", [changed(65), "zz", "abcd", ""])
def test_another_picture_says_nothing(value: str) -> None:
    case = make.case(
        make.host(shows={"picture": value}), make.host("seed.test", {"picture": changed(0)})
    )
    assert make.evidence("picture", case) == ()


def test_a_picture_that_unrelated_sites_show_too_is_ignored() -> None:
    case = make.case(
        make.host(shows={"picture": changed(0)}),
        make.host("seed.test", {"picture": changed(0)}),
        rare=make.rarity({("picture", changed(0)): 12}, {"picture": 60}),
    )
    (found,) = make.evidence("picture", case)
    assert found.ignored


def test_a_member_that_came_to_look_like_a_stranger_is_only_its_word() -> None:
    dressed = make.host("seed.test", {"picture": changed(0)}, native=False)
    (found,) = make.evidence(
        "picture", make.case(make.host(shows={"picture": changed(0)}), dressed)
    )
    assert found.side is Side.KNOWN


def test_looks_alone_make_nobody_probable() -> None:
    looks = {"picture": changed(0), "offers": ("player", "stream", "schedule")}
    case = make.case(make.host(shows=looks), make.host("seed.test", looks))
    assert judge(case, DEFAULT).verdict is Verdict.CANDIDATE
