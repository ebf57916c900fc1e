"""``scrapy crawl recheck`` over days: what is due is looked at, states change when they may."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from mirrorhunt.lab.run import Lab, lab_running
from mirrorhunt.lab.world import World
from mirrorhunt.settling import State as HostState
from mirrorhunt.store import runs, states, tables
from tests.hunt.conftest import ROOT, Ended, Place, Whole, hamlet, place_in, state_of

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("hamlet")]

GONE, PARKED = "theultratorre.cc", "porteriacampana1.top"
CLOSED = "127.0.0.1:9"


def recheck(place: Place, days: float, *arguments: str, **more: str) -> Ended:
    """Look again so many days later."""
    given = [part for a in arguments or (f"network={network(place)}",) for part in ("-a", a)]
    settings = {"clock_ahead_s": str(days * 86400), **more}
    command = ("scrapy", "crawl", "recheck", *given)
    return place.start_module(*command, cwd=ROOT, settings=settings).end()


def network(place: Place) -> str:
    engine = place.engine()
    with engine.begin() as connection:
        [name] = connection.execute(select(tables.Network.name)).scalars()
    engine.dispose()
    return name


def standing(place: Place, host: str) -> HostState:
    engine = place.engine()
    with engine.begin() as connection:
        found = states.states_of(connection, host)
    engine.dispose()
    assert found is not None
    return found.state


def visited_last(place: Place) -> set[str]:
    """The hosts that the last run looked at."""
    engine = place.engine()
    visits = state_of(engine).visits
    engine.dispose()
    latest = max(run for run, _, _ in visits)
    return {host for run, host, _ in visits if run == latest}


def due_of_last_run(place: Place) -> int:
    engine = place.engine()
    with engine.begin() as connection:
        [stats] = runs.crawl_stats(connection, "recheck", 1)
    engine.dispose()
    return int(stats["mirrorhunt/due"])


def dump(place: Place) -> dict[str, tuple[str, str, float, str]]:
    engine = place.engine()
    found = dict(state_of(engine).verdicts)
    engine.dispose()
    return found


def changed() -> World:
    """The hamlet a day later: one mirror does not exist any more, one is parked."""
    before = hamlet()
    parking = next(h for h in before.hosts.values() if h.truth.state == "parked")
    hosts = {name: host for name, host in before.hosts.items() if name != GONE}
    hosts[PARKED] = replace(parking, name=PARKED, certificate=hosts[PARKED].certificate)
    edges = tuple(e for e in before.edges if GONE not in (e.source, e.target))
    return replace(before, hosts=hosts, edges=edges)


@pytest.fixture
def hunted(whole: Whole, lab: Lab, tmp_path: Path) -> Place:
    """A copy of what a whole hunt left."""
    shutil.copy(whole.place.folder / "hunt.db", tmp_path / "hunt.db")
    return place_in(tmp_path, lab)


@pytest.fixture(scope="module")
def later() -> Iterator[Lab]:
    with lab_running(changed()) as running:
        yield running


def test_on_the_same_day_nothing_is_due(hunted: Place, whole: Whole) -> None:
    before = hunted.count(tables.Visit)
    ended = recheck(hunted, 0.2)

    assert ended.code == 0, ended.err
    assert due_of_last_run(hunted) == 0
    assert hunted.count(tables.Visit) == before
    assert {h: v[0] for h, v in dump(hunted).items()} == {
        h: v[0] for h, v in whole.state.verdicts.items()
    }


def test_a_day_later_members_are_looked_at_and_nobody_else(hunted: Place, whole: Whole) -> None:
    hosts, candidates = hunted.count(tables.Host), hunted.count(tables.Candidate)
    ended = recheck(hunted, 1, f"seeds={hamlet().seeds[0]}")

    assert ended.code == 0, ended.err
    assert "ERROR" not in ended.err
    stood = {h for h, v in whole.state.verdicts.items() if v[0] in ("probable", "confirmed")}
    assert stood
    assert visited_last(hunted) == stood
    assert due_of_last_run(hunted) == len(stood)
    assert (hunted.count(tables.Host), hunted.count(tables.Candidate)) == (hosts, candidates)
    stands = {h for h, v in dump(hunted).items() if v[0] in ("probable", "confirmed")}
    assert stands == stood
    engine = hunted.engine()
    assert state_of(engine).open_runs == 0
    engine.dispose()


def test_states_change_when_several_looks_saw_it(hunted: Place, later: Lab) -> None:
    hunted.environment.update(later.environment())
    live_at = standing(hunted, GONE).live_at
    seen = []
    for days in (1, 2, 4.5):
        ended = recheck(hunted, days)
        assert ended.code == 0, ended.err
        both = [standing(hunted, host) for host in (GONE, PARKED)]
        seen.append(tuple(s.availability.value for s in both))
        # No look but a live one moves it: what was published runs out by itself.
        assert both[0].live_at == live_at

    assert seen == [("live", "live"), ("live", "parked"), ("dead", "parked")]
    assert GONE in visited_last(hunted)
    found = dump(hunted)
    # What was concluded of a host that is gone outlives it; a parking page bears nothing out.
    assert found[GONE][0] == "probable"
    assert found[PARKED][0] == "candidate"
    assert hunted.count(tables.Run) == 4


def test_our_own_outage_changes_no_state(hunted: Place, whole: Whole) -> None:
    for days in (1, 9):
        ended = recheck(hunted, days, nameservers=CLOSED)
        assert "no nameserver answers" in ended.err

    engine = hunted.engine()
    assert state_of(engine).hosts == whole.state.hosts
    assert state_of(engine).verdicts == whole.state.verdicts
    engine.dispose()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("seed=films1.example",), "no argument 'seed'; there are: seeds, network, protect"),
        (("network=films",), "no network 'films'"),
        (("seeds=films1.example",), "'films1.example' is no seed of a network"),
        (("network=",), "nothing given"),
    ],
    ids=lambda v: " ".join(v) if isinstance(v, tuple) else "",
)
def test_a_wrong_argument_is_one_line(
    arguments: tuple[str, ...], says: str, hunted: Place
) -> None:
    ended = recheck(hunted, 0, *arguments)

    errors = [line for line in ended.err.splitlines() if "ERROR" in line]
    assert len(errors) == 1, ended.err
    assert says in errors[0]
    assert "Traceback" not in ended.err
