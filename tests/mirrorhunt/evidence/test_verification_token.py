"""Verification tokens."""

from mirrorhunt.evidence.verification_token import WEIGHT
from mirrorhunt.model import Side
from tests import make

VALUE = "google:abc123"
OTHER = "google:zzz"


def test_a_value_that_the_seed_had_from_the_start_speaks() -> None:
    case = make.case(
        make.host(shows={"verification_token": VALUE}),
        make.host("seed.test", {"verification_token": VALUE}),
    )
    (found,) = make.evidence("verification_token", case)
    assert found.side is WEIGHT.side
    assert found.relations == WEIGHT.relations
    assert found.bits == WEIGHT.cap
    assert found.value == VALUE
    assert "verification token google:abc123 as seed.test" in found.because


def test_another_value_says_nothing() -> None:
    case = make.case(
        make.host(shows={"verification_token": OTHER}),
        make.host("seed.test", {"verification_token": VALUE}),
    )
    assert make.evidence("verification_token", case) == ()


def test_what_a_member_took_up_later_is_only_the_members_word() -> None:
    dressed = make.host("seed.test", {"verification_token": VALUE}, native=False)
    (found,) = make.evidence(
        "verification_token", make.case(make.host(shows={"verification_token": VALUE}), dressed)
    )
    assert found.side is Side.KNOWN
    assert found.bits <= 3
    assert "taken up there after its first day" in found.because
