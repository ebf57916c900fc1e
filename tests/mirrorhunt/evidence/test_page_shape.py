"""Page structure by MinHash."""

import pytest

from mirrorhunt.facts import HostFacts
from mirrorhunt.model import Side
from tests import make


def changed(count: int) -> str:
    """A print of 64 bytes, *count* of which are not as usual."""
    return (b"\xff" * count + bytes(range(count, 64))).hex()


@pytest.mark.parametrize(
    ("apart", "bits"),
    [
        pytest.param(0, 6, id="the-same"),
        pytest.param(32, 6, id="half"),
        pytest.param(33, 1.5, id="below-half"),
        pytest.param(44, 1.5, id="almost-a-third"),
    ],
)
def test_a_page_like_the_seeds_speaks_by_how_close_it_is(apart: int, bits: float) -> None:
    case = make.case(
        make.host(shows={"page_shape": changed(apart)}),
        make.host("seed.test", {"page_shape": changed(0)}),
    )
    (found,) = make.evidence("page_shape", case)
    assert found.bits == bits
    assert found.side is Side.CANDIDATE


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(changed(50), id="far-away"),
        # A print is text in the database, so it may be anything.
        pytest.param("zz", id="no-hex"),
        pytest.param("abcd", id="too-short"),
        pytest.param("", id="empty"),
    ],
)
def test_another_page_says_nothing(value: str) -> None:
    case = make.case(
        make.host(shows={"page_shape": value}), make.host("seed.test", {"page_shape": changed(0)})
    )
    assert make.evidence("page_shape", case) == ()


def test_a_site_on_the_same_theme_with_its_own_name_and_icon_hardly_speaks() -> None:
    theme = {"page_shape": changed(0)}
    other = make.host(shows=theme | {"brand": "otherpirate", "icon": "sha256:aa"})
    ours = make.host("seed.test", theme | {"brand": "films", "icon": "sha256:bb"})
    (found,) = make.evidence("page_shape", make.case(other, ours))
    assert found.bits == 1.5
    assert "perhaps one theme" in found.because


def test_a_member_dressed_in_the_victims_template_is_only_its_word() -> None:
    dressed = make.host("seed.test", {"page_shape": changed(0)}, native=False)
    (found,) = make.evidence(
        "page_shape", make.case(make.host(shows={"page_shape": changed(0)}), dressed)
    )
    assert found.side is Side.KNOWN


def test_one_member_that_is_no_seed_makes_no_template_and_two_do() -> None:
    candidate = make.host(shows={"page_shape": changed(1)})
    one = make.host("one.test", {"page_shape": changed(0)})
    two = make.host("two.test", {"page_shape": changed(2)})
    (alone,) = make.evidence("page_shape", make.case(candidate, of=make.network(one, seeds=())))
    (both,) = make.evidence(
        "page_shape", make.case(candidate, of=make.network(one, two, seeds=()))
    )
    assert alone.side is Side.KNOWN
    assert both.side is Side.CANDIDATE


def test_a_page_that_eight_strangers_have_exactly_is_boilerplate() -> None:
    case = make.case(
        make.host(shows={"page_shape": changed(0)}),
        make.host("seed.test", {"page_shape": changed(0)}),
        rare=make.rarity({("page_shape", changed(0)): 8}),
    )
    (found,) = make.evidence("page_shape", case)
    assert found.ignored


def brands(*names: str) -> tuple[HostFacts, ...]:
    """Members on one page, each under a name and an icon of its own."""
    return tuple(
        make.host(
            f"{name}.test", {"page_shape": changed(0), "brand": name, "icon": f"sha256:{name}"}
        )
        for name in names
    )


@pytest.mark.parametrize(
    ("members", "shows", "bits"),
    [
        # Two may be one site that was renamed.
        pytest.param(brands("films", "goals"), {}, 6, id="two-names"),
        pytest.param(brands("films", "goals", "films4k"), {}, 6, id="one-name-in-another"),
        pytest.param(brands("films", "goals", "kicks"), {}, 1.5, id="three-names"),
        pytest.param(brands("films", "goals", "kicks"), {"brand": "goals"}, 6, id="one-of-them"),
        pytest.param(
            brands("films", "goals", "kicks"), {"icon": "sha256:kicks"}, 6, id="the-icon-of-one"
        ),
    ],
)
def test_a_template_that_the_network_uses_under_three_names_is_a_theme(
    members: tuple[HostFacts, ...], shows: dict[str, str], bits: float
) -> None:
    # It shows no name that would tell it apart.
    network = make.network(*members, seeds=[m.host for m in members])
    case = make.case(make.host(shows={"page_shape": changed(0)} | shows), of=network)
    (found,) = make.evidence("page_shape", case)
    assert found.bits == bits


def test_no_later_edit_of_members_makes_a_theme_the_network_s_own() -> None:
    dressed = [
        make.host(
            m.host,
            {"page_shape": changed(0)},
            more=[make.seen("brand", "films", since=-1, native=False)],
        )
        for m in brands("films", "goals", "kicks")
    ]
    network = make.network(*dressed, seeds=[m.host for m in dressed])
    case = make.case(make.host(shows={"page_shape": changed(0)}), of=network)
    (found,) = make.evidence("page_shape", case)
    assert found.bits == 1.5
