"""A hunt in a world of traps ends, stays small, and sends nothing into our own network."""

from collections import Counter
from collections.abc import Iterator

import pytest

from mirrorhunt.lab.run import Lab, lab_running
from mirrorhunt.lab.web_server import Request
from mirrorhunt.names import ip_literal
from tests.hunt.conftest import Whole, hunt_whole, place_in
from tests.hunt.hostile import INTERNAL, REBINDING, TRAP, hostile

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("hostile")]

MAX_BYTES = 640 * 1024 * 1024
# HTTPS, then HTTP, an icon, four inner pages; a chain of redirects has eleven hops of each.
MAX_REQUESTS = 26


@pytest.fixture(scope="module")
def served() -> Iterator[Lab]:
    with lab_running(hostile()) as lab:
        yield lab


@pytest.fixture(scope="module")
def hunted(served: Lab, tmp_path_factory: pytest.TempPathFactory) -> Whole:
    place = place_in(tmp_path_factory.mktemp("hostile"), served)
    # A drip lasts as long as it is let.
    place.environment["MIRRORHUNT_TIMEOUT_S"] = "3"
    return hunt_whole(place, served)


@pytest.fixture(scope="module")
def requests(served: Lab, hunted: Whole) -> list[Request]:
    return served.requests[hunted.requests_from : hunted.requests_to]


def test_it_ends_well(hunted: Whole) -> None:
    assert hunted.ended.code == 0, hunted.ended.err
    assert hunted.ended.complaints == []
    assert "Traceback" not in hunted.ended.err


def test_every_host_was_looked_at(served: Lab, hunted: Whole) -> None:
    visited = {name for _, name, path in hunted.state.visits if path == "/"}
    player = {name for name in served.world.hosts if "stagelightplay" in name}
    assert set(served.world.hosts) - visited - player == set()


def test_a_host_that_harms_is_not_taken_for_a_mirror(served: Lab, hunted: Whole) -> None:
    stands = {h for h, v in hunted.state.verdicts.items() if v[0] in ("probable", "confirmed")}
    assert stands == set(served.world.seeds)


@pytest.mark.parametrize(
    ("host", "states"),
    [
        ("drip.xyz", {"error", "live"}),
        ("bomb.xyz", {"error", "live"}),
        ("reset.xyz", {"error", "dead"}),
        ("circle.xyz", {"error"}),
        ("to-loopback.xyz", {"unresolved"}),
        ("to-metadata.xyz", {"unresolved"}),
        ("to-office.xyz", {"unresolved"}),
        ("to-port.xyz", {"unresolved"}),
        ("loopback.xyz", {"unresolved"}),
        ("metadata.xyz", {"unresolved"}),
        ("office.xyz", {"unresolved"}),
        ("mapped.xyz", {"unresolved"}),
        ("mixed.xyz", {"unresolved"}),
    ],
)
def test_its_state_is_a_sensible_one(host: str, states: set[str], hunted: Whole) -> None:
    [state] = [availability for name, availability, _ in hunted.state.hosts if name == host]
    assert state in states


def test_nothing_is_asked_of_our_own_network(requests: list[Request]) -> None:
    asked = {r.host for r in requests}
    assert asked & INTERNAL.keys() == set()
    assert [host for host in asked if ip_literal(host) is not None or "." not in host] == []


def test_a_name_that_turns_inward_is_asked_only_where_it_was_checked(
    requests: list[Request],
) -> None:
    # It answers with a public address first; what is connected to is that very address.
    assert sum(r.host == REBINDING for r in requests) <= 3


def test_no_host_is_asked_without_end(requests: list[Request]) -> None:
    counts = Counter(r.host for r in requests)
    assert {h: n for h, n in counts.items() if n > MAX_REQUESTS} == {}


def test_a_trap_of_subdomains_is_left(requests: list[Request], hunted: Whole) -> None:
    below = {name for name, _, _ in hunted.state.hosts if name.endswith(f".{TRAP}")}
    assert len(below) <= 20
    assert len({r.host for r in requests if r.host.endswith(TRAP)}) <= 21


def test_its_memory_is_bounded(hunted: Whole) -> None:
    assert 0 < hunted.ended.peak_bytes < MAX_BYTES
