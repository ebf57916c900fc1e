"""Runs of tags by simhash."""

import pytest

from mirrorhunt.model import Side
from tests import make


def changed(count: int) -> str:
    """A print of 64 bits, *count* of which are not as usual."""
    return f"{0xF0F0_F0F0_F0F0_F0F0 ^ ((1 << count) - 1):016x}"


@pytest.mark.parametrize(
    ("apart", "bits"),
    [
        pytest.param(0, 6, id="the-same"),
        pytest.param(12, 6, id="twelve-bits"),
        pytest.param(13, 3, id="thirteen-bits"),
        pytest.param(17, 3, id="seventeen-bits"),
    ],
)
def test_a_page_like_the_seeds_speaks_by_how_close_it_is(apart: int, bits: float) -> None:
    case = make.case(
        make.host(shows={"page_tags": changed(apart)}),
        make.host("seed.test", {"page_tags": changed(0)}),
    )
    (found,) = make.evidence("page_tags", case)
    assert found.bits == bits
    assert found.side is Side.CANDIDATE


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(changed(18), id="far-away"),
        # A print is text in the database, so it may be anything.
        pytest.param("zz", id="no-hex"),
        pytest.param("abcd", id="too-short"),
        pytest.param("", id="empty"),
    ],
)
def test_another_page_says_nothing(value: str) -> None:
    case = make.case(
        make.host(shows={"page_tags": value}), make.host("seed.test", {"page_tags": changed(0)})
    )
    assert make.evidence("page_tags", case) == ()


def test_a_site_on_the_same_theme_with_its_own_name_and_icon_hardly_speaks() -> None:
    theme = {"page_tags": changed(0)}
    other = make.host(shows=theme | {"brand": "otherpirate", "icon": "sha256:aa"})
    ours = make.host("seed.test", theme | {"brand": "films", "icon": "sha256:bb"})
    (found,) = make.evidence("page_tags", make.case(other, ours))
    assert found.bits == 1.5
    assert "perhaps one theme" in found.because


def test_a_member_dressed_in_the_victims_template_is_only_its_word() -> None:
    dressed = make.host("seed.test", {"page_tags": changed(0)}, native=False)
    (found,) = make.evidence(
        "page_tags", make.case(make.host(shows={"page_tags": changed(0)}), dressed)
    )
    assert found.side is Side.KNOWN


def test_one_member_that_is_no_seed_makes_no_template_and_two_do() -> None:
    candidate = make.host(shows={"page_tags": changed(1)})
    one = make.host("one.test", {"page_tags": changed(0)})
    two = make.host("two.test", {"page_tags": changed(2)})
    (alone,) = make.evidence("page_tags", make.case(candidate, of=make.network(one, seeds=())))
    (both,) = make.evidence("page_tags", make.case(candidate, of=make.network(one, two, seeds=())))
    assert alone.side is Side.KNOWN
    assert both.side is Side.CANDIDATE


def test_a_page_that_eight_strangers_have_exactly_is_boilerplate() -> None:
    case = make.case(
        make.host(shows={"page_tags": changed(0)}),
        make.host("seed.test", {"page_tags": changed(0)}),
        rare=make.rarity({("page_tags", changed(0)): 8}),
    )
    (found,) = make.evidence("page_tags", case)
    assert found.ignored
