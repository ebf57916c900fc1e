"""Files behind the page."""

import pytest

from mirrorhunt.model import Side
from tests import make

OURS = [f"/ours/{i}.js" for i in range(10)]
THEIRS = [f"/theirs/{i}.js" for i in range(10)]


@pytest.mark.parametrize(
    ("shared", "bits"),
    [
        pytest.param(10, 6, id="all"),
        pytest.param(7, 6, id="half-of-the-union"),
        pytest.param(5, 3.5, id="a-third-of-the-union"),
    ],
)
def test_the_networks_files_speak_by_their_share(shared: int, bits: float) -> None:
    paths = OURS[:shared] + THEIRS[shared:]
    case = make.case(
        make.host(shows={"asset_path": paths}), make.host("seed.test", {"asset_path": OURS})
    )
    (found,) = make.evidence("asset_path", case)
    assert found.bits == bits
    assert f"{shared} rare file paths" in found.because


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        pytest.param(THEIRS, OURS, id="others"),
        pytest.param(OURS[:2], OURS[:2], id="too-few-to-tell"),
        pytest.param([], OURS, id="none-here"),
        pytest.param(OURS, [], id="none-there"),
    ],
)
def test_other_files_say_nothing(mine: list[str], theirs: list[str]) -> None:
    case = make.case(
        make.host(shows={"asset_path": mine}), make.host("seed.test", {"asset_path": theirs})
    )
    assert make.evidence("asset_path", case) == ()


def test_the_files_of_a_theme_say_nothing() -> None:
    theme = [f"/theme/{i}.css" for i in range(10)]
    case = make.case(
        make.host(shows={"asset_path": theme + THEIRS[:2]}),
        make.host("seed.test", {"asset_path": theme + OURS[:2]}),
        rare=make.rarity({("asset_path", path): 8 for path in theme}, {"asset_path": 100}),
    )
    assert make.evidence("asset_path", case) == ()


def test_files_that_a_member_copied_from_the_victim_are_only_its_word() -> None:
    dressed = make.host("seed.test", {"asset_path": THEIRS}, native=False)
    (found,) = make.evidence(
        "asset_path", make.case(make.host(shows={"asset_path": THEIRS}), dressed)
    )
    assert found.side is Side.KNOWN
    assert found.bits <= 3


def test_a_member_that_gathers_what_others_have_does_not_speak_for_them() -> None:
    # Each path is native somewhere, but on this member they are all new.
    parts = [make.host(f"m{i}.test", {"asset_path": [path]}) for i, path in enumerate(THEIRS)]
    dressed = make.host("dressed.test", {"asset_path": THEIRS}, native=False, since=-1)
    of = make.network(*parts, dressed, seeds=())
    candidate = make.host(shows={"asset_path": THEIRS}, since=-300)
    (found,) = make.evidence("asset_path", make.case(candidate, of=of))
    assert found.group == "known_later"
