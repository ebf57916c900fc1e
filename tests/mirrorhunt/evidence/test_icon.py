"""Icons."""

from mirrorhunt.model import MIRROR_ONLY
from tests import make

ICON = "sha256:" + "ab" * 32
SHORT = "mmh3:-1234567"


def test_the_same_icon_speaks_once_for_a_mirror() -> None:
    # One icon leaves two observations; the short hash must not count as a second one.
    case = make.case(
        make.host(shows={"icon": [ICON, SHORT]}), make.host("seed.test", {"icon": [ICON, SHORT]})
    )
    (found,) = make.evidence("icon", case)
    assert found.bits == 6
    assert found.relations == MIRROR_ONLY


def test_a_short_hash_alone_says_nothing() -> None:
    case = make.case(make.host(shows={"icon": SHORT}), make.host("seed.test", {"icon": SHORT}))
    assert make.evidence("icon", case) == ()


def test_the_default_icon_of_a_theme_is_ignored() -> None:
    case = make.case(
        make.host(shows={"icon": ICON}),
        make.host("seed.test", {"icon": ICON}),
        rare=make.rarity({("icon", ICON): 37}, {"icon": 800}),
    )
    (found,) = make.evidence("icon", case)
    assert found.ignored == "shared by 37 unrelated sites"
    assert "37 of 800 unrelated sites show it" in found.because
