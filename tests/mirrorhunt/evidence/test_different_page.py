"""Another page under another name."""

import pytest

from mirrorhunt.model import MIRROR_ONLY
from tests import make

HERE = {"page_shape": "00" * 64, "page_tags": "0" * 16}
THERE = {"page_shape": "ff" * 64, "page_tags": "f" * 16}


def test_another_page_under_another_name_speaks_against() -> None:
    case = make.case(
        make.host(shows=THERE | {"brand": "bakery"}),
        make.host("seed.test", HERE | {"brand": "films"}),
    )
    (found,) = make.evidence("different_page", case)
    assert found.bits == -3
    assert found.relations == MIRROR_ONLY


@pytest.mark.parametrize(
    "shows",
    [
        pytest.param(HERE | {"brand": "bakery"}, id="the-same-page"),
        # A redesign under the old name is a mirror's right.
        pytest.param(THERE | {"brand": "films"}, id="the-same-name"),
        pytest.param(THERE | {"brand": "filmshd"}, id="nearly-the-same-name"),
        # What was not seen disagrees with nobody.
        pytest.param(THERE, id="no-name"),
        pytest.param({"brand": "bakery"}, id="no-page"),
    ],
)
def test_less_than_that_says_nothing(shows: dict[str, str]) -> None:
    case = make.case(make.host(shows=shows), make.host("seed.test", HERE | {"brand": "films"}))
    assert make.evidence("different_page", case) == ()


def test_a_member_dressed_as_the_victim_does_not_silence_it() -> None:
    seed = make.host("seed.test", HERE | {"brand": "films"})
    dressed = make.host("new.test", THERE | {"brand": "bakery"}, native=False)
    candidate = make.host(shows=THERE | {"brand": "bakery"})
    assert make.evidence("different_page", make.case(candidate, seed, dressed))
