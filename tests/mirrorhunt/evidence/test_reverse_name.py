"""Servers named below the same domain."""

from mirrorhunt.facts import Rarity
from tests import make

NAME = {"reverse_name": "boxes.example"}


def test_servers_named_by_a_hoster_that_many_use_say_nothing() -> None:
    case = make.case(
        make.host(shows=NAME),
        make.host("seed.test", NAME),
        rare=Rarity({("reverse_name", "boxes.example"): 8}, {"reverse_name": 40}),
    )
    (found,) = make.evidence("reverse_name", case)
    assert found.bits == 0
    assert "8 unrelated sites" in found.ignored


def test_servers_named_by_different_domains_say_nothing() -> None:
    case = make.case(
        make.host(shows={"reverse_name": "racks.example"}), make.host("seed.test", NAME)
    )
    assert make.evidence("reverse_name", case) == ()


def test_servers_named_by_one_domain_speak_weakly() -> None:
    case = make.case(make.host(shows=NAME), make.host("seed.test", NAME))
    (found,) = make.evidence("reverse_name", case)
    assert (found.bits, found.group) == (3.0, "infra")
