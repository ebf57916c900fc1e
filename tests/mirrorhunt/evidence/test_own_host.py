"""Backend hosts."""

from mirrorhunt.model import Side
from mirrorhunt.verdicts import CARRYING_BITS
from tests import make

PLAYER = "player.backend.example"


def test_a_shared_backend_speaks() -> None:
    case = make.case(
        make.host(shows={"own_host": PLAYER}), make.host("seed.test", {"own_host": PLAYER})
    )
    (found,) = make.evidence("own_host", case)
    assert found.bits == 6
    assert found.side is Side.CANDIDATE


def test_a_candidate_that_loads_from_a_member_speaks() -> None:
    candidate = make.host(shows={"own_host": "api.seed.test"})
    (found,) = make.evidence("own_host", make.case(candidate, make.host("seed.test")))
    assert found.bits == 5
    assert found.because == "loads from seed.test of the network"


def test_its_own_backend_says_nothing() -> None:
    candidate = make.host("www.seed.test", {"own_host": "api.seed.test"})
    assert make.evidence("own_host", make.case(candidate, make.host("seed.test"))) == ()


def test_a_cyberlocker_that_everybody_embeds_is_ignored() -> None:
    case = make.case(
        make.host(shows={"own_host": PLAYER}),
        make.host("seed.test", {"own_host": PLAYER}),
        rare=make.rarity({("own_host", PLAYER): 12}, {"own_host": 60}),
    )
    (found,) = make.evidence("own_host", case)
    assert found.ignored


def test_a_member_that_began_to_load_from_the_victim_is_only_its_word() -> None:
    dressed = make.host("seed.test", {"own_host": PLAYER}, native=False)
    case = make.case(make.host(shows={"own_host": PLAYER}), dressed)
    (found,) = make.evidence("own_host", case)
    assert found.side is Side.KNOWN


def test_what_stands_beside_a_member_is_not_the_network_s() -> None:
    candidate = make.host(shows={"own_host": "player.seed.test"})
    assert make.evidence("own_host", make.case(candidate, make.host("live.seed.test"))) == ()


def test_what_only_a_browser_saw_asked_for_carries_no_verdict() -> None:
    """Whoever writes an advertisement asks for what they like in the name of a lawful page."""
    named, asked_for = {"own_host": [PLAYER]}, {"own_host": [(PLAYER, "requests")]}
    for mine, theirs in ((asked_for, named), (named, asked_for), (asked_for, asked_for)):
        case = make.case(make.host(shows=mine), make.host("seed.test", theirs))
        (found,) = make.evidence("own_host", case)
        assert found.bits == 2.5
        assert found.bits < CARRYING_BITS
    (found,) = make.evidence(
        "own_host",
        make.case(
            make.host(shows={"own_host": [("api.seed.test", "requests")]}), make.host("seed.test")
        ),
    )
    assert found.bits == 2.5


def test_what_is_named_as_well_as_asked_for_counts_as_named() -> None:
    both = {"own_host": [(PLAYER, "requests"), (PLAYER, "")]}
    case = make.case(make.host(shows=both), make.host("seed.test", both))
    (found,) = make.evidence("own_host", case)
    assert found.bits == 6
