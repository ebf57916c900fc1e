"""Handles."""

from mirrorhunt.evidence.handle import WEIGHT
from mirrorhunt.model import Side
from tests import make

VALUE = "telegram:films_official"
OTHER = "telegram:else"


def test_a_value_that_the_seed_had_from_the_start_speaks() -> None:
    case = make.case(make.host(shows={"handle": VALUE}), make.host("seed.test", {"handle": VALUE}))
    (found,) = make.evidence("handle", case)
    assert found.side is WEIGHT.side
    assert found.relations == WEIGHT.relations
    assert found.bits == WEIGHT.cap
    assert found.value == VALUE
    assert "Telegram handle films_official as seed.test" in found.because


def test_another_value_says_nothing() -> None:
    case = make.case(make.host(shows={"handle": OTHER}), make.host("seed.test", {"handle": VALUE}))
    assert make.evidence("handle", case) == ()


def test_what_a_member_took_up_later_is_only_the_members_word() -> None:
    dressed = make.host("seed.test", {"handle": VALUE}, native=False)
    (found,) = make.evidence("handle", make.case(make.host(shows={"handle": VALUE}), dressed))
    assert found.side is Side.KNOWN
    assert found.bits <= 3
    assert "taken up there after its first day" in found.because


def test_what_eight_strangers_show_is_ignored() -> None:
    case = make.case(
        make.host(shows={"handle": VALUE}),
        make.host("seed.test", {"handle": VALUE}),
        rare=make.rarity({("handle", VALUE): 8}, {"handle": 40}),
    )
    (found,) = make.evidence("handle", case)
    assert found.bits == 0
    assert found.ignored == "shared by 8 unrelated sites"


def test_what_a_visitor_wrote_is_ignored() -> None:
    candidate = make.host(shows={"handle": [(VALUE, "comments")]})
    (found,) = make.evidence(
        "handle", make.case(candidate, make.host("s.test", {"handle": VALUE}))
    )
    assert found.ignored == "written by visitors"
    member = make.host("seed.test", {"handle": [(VALUE, "comments")]})
    (found,) = make.evidence("handle", make.case(make.host(shows={"handle": VALUE}), member))
    assert found.ignored == "written by visitors of the network"
