"""Its own name, icon and template."""

from dataclasses import replace

import pytest

from mirrorhunt.model import BOTH, MIRROR_ONLY
from tests import make

OURS = {"brand": "films", "icon": "sha256:aa", "page_shape": "00" * 64, "handle": "telegram:films"}
OTHERS = {"brand": "bakery", "icon": "sha256:bb", "page_shape": "ff" * 64}


def test_a_name_icon_and_template_of_its_own_speak_against() -> None:
    case = make.case(make.host(shows=OTHERS), make.host("seed.test", OURS))
    (found,) = make.evidence("own_brand", case)
    assert found.bits == -4
    assert found.relations == BOTH
    assert "calls itself “bakery”" in found.because


@pytest.mark.parametrize(
    "same",
    [pytest.param(kind, id=kind) for kind in ("brand", "icon", "page_shape")],
)
def test_one_thing_in_common_silences_it(same: str) -> None:
    case = make.case(make.host(shows=OTHERS | {same: OURS[same]}), make.host("seed.test", OURS))
    assert make.evidence("own_brand", case) == ()


@pytest.mark.parametrize("missing", ["brand", "icon", "page_shape"])
def test_what_was_not_seen_is_not_different(missing: str) -> None:
    shows = {kind: value for kind, value in OTHERS.items() if kind != missing}
    assert (
        make.evidence("own_brand", make.case(make.host(shows=shows), make.host("s.test", OURS)))
        == ()
    )


def test_an_operator_of_two_brands_is_one_operator_still() -> None:
    second = make.host(shows=OTHERS | {"handle": "telegram:films"})
    (found,) = make.evidence("own_brand", make.case(second, make.host("seed.test", OURS)))
    assert found.relations == MIRROR_ONLY


def test_a_certificate_for_both_is_one_operator_s() -> None:
    second = make.host(shows=OTHERS | {"certificate_names": "seed.test"})
    (found,) = make.evidence("own_brand", make.case(second, make.host("seed.test", OURS)))
    assert found.relations == MIRROR_ONLY


def test_so_is_one_with_a_host_that_is_probably_the_operator_s() -> None:
    given = make.case(
        make.host(shows=OTHERS | {"certificate_names": "p.test"}), make.host("seed.test", OURS)
    )
    (before,) = make.evidence("own_brand", given)
    network = replace(given.network, operated={"p.test": 8.0})
    (after,) = make.evidence("own_brand", replace(given, network=network))
    assert (before.relations, after.relations) == (BOTH, MIRROR_ONLY)


def test_what_three_strangers_call_themselves_is_no_name_in_common() -> None:
    # The slogan of a theme; by its own name it is somebody else.
    slogan = {"brand": ("bakery", "allmatches")}
    ours = make.host("seed.test", OURS | {"brand": ("films", "allmatches")})
    theirs = make.host(shows=OTHERS | slogan)
    for strangers, pieces in ((2, 0), (3, 1)):
        rare = make.rarity({("brand", "allmatches"): strangers}, {"brand": 50})
        assert len(make.evidence("own_brand", make.case(theirs, ours, rare=rare))) == pieces
