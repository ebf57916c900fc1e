"""Payment addresses."""

from mirrorhunt.evidence.wallet import WEIGHT
from mirrorhunt.model import Side
from tests import make

VALUE = "btc:bc1qexample"
OTHER = "btc:bc1qother"


def test_a_value_that_the_seed_had_from_the_start_speaks() -> None:
    case = make.case(make.host(shows={"wallet": VALUE}), make.host("seed.test", {"wallet": VALUE}))
    (found,) = make.evidence("wallet", case)
    assert found.side is WEIGHT.side
    assert found.relations == WEIGHT.relations
    assert found.bits == WEIGHT.cap
    assert found.value == VALUE
    assert "payment address btc:bc1qexample as seed.test" in found.because


def test_another_value_says_nothing() -> None:
    case = make.case(make.host(shows={"wallet": OTHER}), make.host("seed.test", {"wallet": VALUE}))
    assert make.evidence("wallet", case) == ()


def test_what_a_member_took_up_later_is_only_the_members_word() -> None:
    dressed = make.host("seed.test", {"wallet": VALUE}, native=False)
    (found,) = make.evidence("wallet", make.case(make.host(shows={"wallet": VALUE}), dressed))
    assert found.side is Side.KNOWN
    assert found.bits <= 3
    assert "taken up there after its first day" in found.because


def test_what_eight_strangers_show_is_ignored() -> None:
    case = make.case(
        make.host(shows={"wallet": VALUE}),
        make.host("seed.test", {"wallet": VALUE}),
        rare=make.rarity({("wallet", VALUE): 8}, {"wallet": 40}),
    )
    (found,) = make.evidence("wallet", case)
    assert found.bits == 0
    assert found.ignored == "shared by 8 unrelated sites"
