"""Analytics accounts."""

from mirrorhunt.evidence.analytics_id import WEIGHT
from mirrorhunt.model import Side
from tests import make

VALUE = "histats:4512345"
OTHER = "histats:1"


def test_a_value_that_the_seed_had_from_the_start_speaks() -> None:
    case = make.case(
        make.host(shows={"analytics_id": VALUE}), make.host("seed.test", {"analytics_id": VALUE})
    )
    (found,) = make.evidence("analytics_id", case)
    assert found.side is WEIGHT.side
    assert found.relations == WEIGHT.relations
    assert found.bits == WEIGHT.cap
    assert found.value == VALUE
    assert "Histats counter 4512345 as seed.test" in found.because


def test_another_value_says_nothing() -> None:
    case = make.case(
        make.host(shows={"analytics_id": OTHER}), make.host("seed.test", {"analytics_id": VALUE})
    )
    assert make.evidence("analytics_id", case) == ()


def test_what_a_member_took_up_later_is_only_the_members_word() -> None:
    dressed = make.host("seed.test", {"analytics_id": VALUE}, native=False)
    (found,) = make.evidence(
        "analytics_id", make.case(make.host(shows={"analytics_id": VALUE}), dressed)
    )
    assert found.side is Side.KNOWN
    assert found.bits <= 3
    assert "taken up there after its first day" in found.because


def test_what_eight_strangers_show_is_ignored() -> None:
    case = make.case(
        make.host(shows={"analytics_id": VALUE}),
        make.host("seed.test", {"analytics_id": VALUE}),
        rare=make.rarity({("analytics_id", VALUE): 8}, {"analytics_id": 40}),
    )
    (found,) = make.evidence("analytics_id", case)
    assert found.bits == 0
    assert found.ignored == "shared by 8 unrelated sites"
