"""TLS keys."""

from mirrorhunt.evidence.certificate_key import WEIGHT
from mirrorhunt.model import Side
from tests import make

VALUE = "abababababababababababababababababababababababababababababababab"
OTHER = "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"


def test_a_value_that_the_seed_had_from_the_start_speaks() -> None:
    case = make.case(
        make.host(shows={"certificate_key": VALUE}),
        make.host("seed.test", {"certificate_key": VALUE}),
    )
    (found,) = make.evidence("certificate_key", case)
    assert found.side is WEIGHT.side
    assert found.relations == WEIGHT.relations
    assert found.bits == WEIGHT.cap
    assert found.value == VALUE
    assert "TLS key abababababab… as seed.test" in found.because


def test_another_value_says_nothing() -> None:
    case = make.case(
        make.host(shows={"certificate_key": OTHER}),
        make.host("seed.test", {"certificate_key": VALUE}),
    )
    assert make.evidence("certificate_key", case) == ()


def test_a_key_met_at_a_hoster_where_the_member_moved_later_is_only_its_word() -> None:
    moved = make.host("seed.test", {"certificate_key": VALUE}, native=False)
    (found,) = make.evidence(
        "certificate_key", make.case(make.host(shows={"certificate_key": VALUE}), moved)
    )
    assert found.side is Side.KNOWN


def test_one_member_that_is_no_seed_is_enough() -> None:
    member = make.host("member.test", {"certificate_key": VALUE})
    case = make.case(make.host(shows={"certificate_key": VALUE}), make.host("seed.test"), member)
    (found,) = make.evidence("certificate_key", case)
    assert found.side is Side.JOINT


def test_what_eight_strangers_show_is_ignored() -> None:
    case = make.case(
        make.host(shows={"certificate_key": VALUE}),
        make.host("seed.test", {"certificate_key": VALUE}),
        rare=make.rarity({("certificate_key", VALUE): 8}, {"certificate_key": 40}),
    )
    (found,) = make.evidence("certificate_key", case)
    assert found.bits == 0
    assert found.ignored == "shared by 8 unrelated sites"
