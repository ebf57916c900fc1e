"""Who was there first, and whose a name is."""

import math

import pytest

from mirrorhunt.evidence import _first, _pointers
from mirrorhunt.facts import HostFacts, NetworkFacts
from tests import make

KEY = ("analytics_id", "ga:G-1")
SHOWS = {"analytics_id": "ga:G-1"}
SEED = make.host("films1.test", since=-10, registered=-20)


def member(name: str, registered: float | None, **more: object) -> HostFacts:
    since = -30.0 if registered is None else registered
    return make.host(name, SHOWS, since=since, registered=registered, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("candidate", "members", "is_first"),
    [
        pytest.param(-3000, [-40, -50], True, id="years before all of them"),
        # Of which one is bought with its age, and the other made.
        pytest.param(-3000, [-40, -2900], True, id="one of them is about as old"),
        pytest.param(-3000, [-2800, -2900], False, id="two are about as old"),
        pytest.param(-400, [-40, -50], False, id="less than a year"),
        pytest.param(-406, [-40, -41], True, id="a year and a day"),
        pytest.param(None, [-40, -50], False, id="nobody knows"),
        pytest.param(-3000, [None, None], True, id="of members the first look counts"),
    ],
)
def test_who_is_older_by_a_year_had_it_first(
    candidate: float | None, members: list[float | None], is_first: bool
) -> None:
    known = (member(f"films{n + 2}.test", at) for n, at in enumerate(members))
    network = make.network(SEED, *known)
    host = make.host("shop.example", SHOWS, registered=candidate)

    assert _first.had_it_first(host, network, *KEY) is is_first


def test_what_a_seed_shows_is_the_network_s_whoever_is_older() -> None:
    network = make.network(member("films1.test", -40), member("films2.test", -40))

    assert not _first.had_it_first(make.host(registered=-3000), network, *KEY)


def test_of_many_seeds_a_few_agree_upon_nothing() -> None:
    # Some of them may have been dressed before anybody saw them.
    # One that shows none, as it leads on to others, agrees with nobody and differs from nobody.
    own = {"analytics_id": "ga:G-FILMS"}
    seeds = [make.host(f"films{n}.test", own, since=-20, registered=-40) for n in range(5)]
    seeds.append(make.host("films6.test", since=-20))
    host = make.host("shop.example", SHOWS, registered=-3000)
    for dressed, is_first in ((2, True), (3, False)):
        worn = [member(m.host, -40) for m in seeds[:dressed]]
        network = make.network(*worn, *seeds[dressed:], seeds=[m.host for m in seeds])

        assert _first.had_it_first(host, network, *KEY) is is_first


def test_a_seed_that_shares_nothing_with_the_others_is_as_old_as_it_is() -> None:
    seeds = [make.host(f"films{n}.test", SHOWS, since=-20, registered=-40) for n in range(4)]
    odd = make.host("films9.test", {"brand": "bakery"}, since=-20, registered=-40)
    known = [*seeds, odd]
    network = make.network(*known, seeds=[m.host for m in known])

    assert _first.born(seeds[0], network) == -math.inf
    assert _first.born(odd, network) == make.at(-40).timestamp()


def test_what_is_taken_up_later_makes_no_member_older() -> None:
    # Whoever runs an old member could else lift the doubt by an edit (I3).
    old = make.host("films3.test", SHOWS, registered=-4000, native=False)
    network = make.network(SEED, member("films2.test", -40), old)

    assert _first.had_it_first(make.host(registered=-3000), network, *KEY)


@pytest.mark.parametrize(
    ("hosts", "is_neighbour"),
    [
        pytest.param(["live.shop.example"], True, id="below it"),
        pytest.param(["live.shop.example", "films1.test"], False, id="and elsewhere"),
    ],
)
def test_what_only_hosts_of_its_own_domain_have(hosts: list[str], is_neighbour: bool) -> None:
    network = make.network(SEED, make.host("live.shop.example"))
    host = make.host("shop.example")

    assert _first.is_its_own_neighbour(host, network, hosts) is is_neighbour


NETWORK: NetworkFacts = make.network(SEED, make.host("live.shop.example"))


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        pytest.param("films1.test", True, id="a member"),
        pytest.param("it.films1.test", True, id="below a member"),
        pytest.param("live.shop.example", True, id="a member below a domain"),
        pytest.param("a.live.shop.example", True, id="below that"),
        pytest.param("shop.example", False, id="above it"),
        pytest.param("www.shop.example", False, id="beside it"),
        pytest.param("xlive.shop.example", False, id="ends like it"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_a_member_below_a_domain_has_not_the_domain(name: str, is_one: bool) -> None:
    assert _pointers.is_members(NETWORK, name) is is_one
