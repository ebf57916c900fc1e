"""Certificates that name both."""

from mirrorhunt.model import Side
from tests import make


def test_a_certificate_of_the_candidate_that_names_a_member_speaks() -> None:
    candidate = make.host(shows={"certificate_names": "seed.test"})
    (found,) = make.evidence("certificate_names", make.case(candidate, make.host("seed.test")))
    assert found.side is Side.JOINT
    assert found.bits > 9


def test_a_certificate_for_others_says_nothing() -> None:
    candidate = make.host(shows={"certificate_names": ["other.test", "candidate.example"]})
    assert make.evidence("certificate_names", make.case(candidate, make.host("seed.test"))) == ()


def test_a_certificate_that_a_member_signed_itself_names_nobody() -> None:
    # Whoever runs a member can present a certificate with any name in it.
    member = make.host("seed.test", {"certificate_names": "candidate.example"})
    (found,) = make.evidence("certificate_names", make.case(make.host(), member))
    assert found.side is Side.KNOWN
    assert found.bits <= 3


def test_an_old_certificate_has_faded() -> None:
    candidate = make.host(shows={"certificate_names": "seed.test"}, since=-400, until=-360)
    (found,) = make.evidence("certificate_names", make.case(candidate, make.host("seed.test")))
    assert found.bits < 3
