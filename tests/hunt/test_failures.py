"""What the operator did wrong, or our own machine: one line, the right code, nothing lost."""

import resource
import shutil
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from mirrorhunt.lab.run import Lab, lab_running
from mirrorhunt.store import tables
from mirrorhunt.store.migrate import VERSION_TABLE
from tests.hunt.conftest import Ended, Place, State, Whole, assert_same, hamlet, place_in, state_of
from tests.nameserver import Behaviour, Nameserver

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("hamlet")]

CLOSED = "127.0.0.1:9"
SEED = hamlet().seeds[0]


def assert_refused(ended: Ended, code: int) -> None:
    """One line, and nothing but that line."""
    assert ended.code == code, ended.err
    assert ended.out == ""
    [line] = ended.err.splitlines()
    assert line.startswith("mirrorhunt: ")


def assert_holds_nothing(place: Place) -> None:
    for table in (tables.Host, tables.Run, tables.Network, tables.Visit):
        assert place.count(table) == 0


# ---------------------------------------------------------------- nameservers


@pytest.fixture(scope="module")
def without_dns(
    lab: Lab, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, tuple[Place, Ended]]]:
    """Hunts that start with a nameserver that is no use; at once, as they wait a lot."""
    with ExitStack() as stack:
        addresses = {"closed": CLOSED}
        for behaviour in ("silent", "garbage", "servfail", "refused", "wrong_id"):
            bad = Behaviour(behaviour)
            # The root too: a nameserver that knows it is one that works.
            addresses[behaviour] = str(stack.enter_context(Nameserver({"": bad}, default=bad)))
        started = {}
        for name, address in addresses.items():
            place = place_in(tmp_path_factory.mktemp(name), lab)
            hunt = place.start("hunt", SEED, "--yes", nameservers=address)
            started[name] = (place, hunt, address)
        yield {name: (place, hunt.end()) for name, (place, hunt, _) in started.items()}


@pytest.mark.parametrize(
    "kind", ["closed", "silent", "garbage", "servfail", "refused", "wrong_id"]
)
def test_a_nameserver_that_is_no_use_is_our_failure(
    kind: str, without_dns: dict[str, tuple[Place, Ended]]
) -> None:
    place, ended = without_dns[kind]

    assert_refused(ended, 1)
    assert "no nameserver answers" in ended.last_line
    assert "MIRRORHUNT_NAMESERVERS" in ended.last_line
    assert_holds_nothing(place)


def test_a_seed_that_does_not_exist_is_bad_input(place: Place) -> None:
    ended = place.run("hunt", "nobody-has-this-name.com", "--yes")

    assert_refused(ended, 2)
    assert "'nobody-has-this-name.com' does not exist" in ended.last_line
    assert_holds_nothing(place)


def test_a_nameserver_that_lies_invents_no_hosts(lab: Lab, place: Place, whole: Whole) -> None:
    ended = place.run("hunt", SEED, "--yes", nameservers=lab.lying_nameserver)

    # It is told on, at the end; there is nobody else to ask.
    assert ended.code == 5, ended.err
    assert "is not believed" in ended.err
    engine = place.engine()
    found = state_of(engine)
    engine.dispose()
    invented = {name for name, _, _ in found.hosts} - set(lab.world.hosts)
    assert invented == set()
    # It is still a hunt: what exists is found, and nobody else stands. Which made-up names come
    # first depends on what was found before, so it may find a member that the other did not.
    stands = {h for h, v in found.verdicts.items() if v[0] in ("probable", "confirmed")}
    stood = {h for h, v in whole.state.verdicts.items() if v[0] in ("probable", "confirmed")}
    assert stands >= stood
    assert stands - stood <= {host.name for host in lab.world.members}


# ---------------------------------------------------------------- in the middle of a hunt


def test_a_network_that_goes_away_makes_no_host_dead(tmp_path: Path, whole: Whole) -> None:
    with lab_running(hamlet()) as first:
        place = place_in(tmp_path, first)
        running = place.start("hunt", SEED, "--yes")
        running.wait_until(lambda: place.count(tables.Visit) >= 7)
    ended = running.end()

    assert ended.code == 1
    [complaint] = ended.complaints
    assert "stopped answering" in complaint
    assert "start the same command again" in complaint
    assert place.count(tables.Visit) < sum(whole.state.visits.values())
    assert visited_states(place) <= whole.state.hosts
    with lab_running(hamlet()) as second:
        place.environment.update(second.environment())
        again = place.run("hunt", SEED, "--yes")
    assert again.code == 0, again.err
    engine = place.engine()
    assert_same(without_keys(state_of(engine)), without_keys(whole.state))
    engine.dispose()


def without_keys(state: State) -> State:
    """*state* without what is another lab's own, its keys, and without what may have been asked
    for in the very moment that the first one stopped: an icon is then seen in the next run."""
    return replace(
        state,
        observations=frozenset(
            o for o in state.observations if o[1] not in ("certificate_key", "icon")
        ),
        verdicts={h: (v, r, 0.0, gate) for h, (v, r, _, gate) in state.verdicts.items()},
    )


def visited_states(place: Place) -> set[tuple[str, str, str]]:
    with sqlite3.connect(place.folder / "hunt.db") as connection:
        found = connection.execute(
            "select name, availability, availability_rule from hosts"
            " where last_visited_at is not null"
        ).fetchall()
    connection.close()
    return set(found)


def test_a_full_disk_ends_the_hunt_and_loses_nothing(place: Place, whole: Whole) -> None:
    def small_disk() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (600 * 1024, 600 * 1024))

    ended = place.run("hunt", SEED, "--yes", before=small_disk)

    assert ended.code == 1, ended.err
    assert ended.complaints, ended.err
    assert all("the database refused" in line for line in ended.complaints)
    assert len(ended.complaints) == 1
    assert "Traceback" not in ended.err
    again = place.run("hunt", SEED, "--yes")
    assert again.code == 0, again.err
    engine = place.engine()
    assert_same(state_of(engine), whole.state)
    engine.dispose()


# ---------------------------------------------------------------- the database


def test_a_database_that_cannot_be_written_is_one_line(
    whole: Whole, lab: Lab, tmp_path: Path
) -> None:
    file = shutil.copy(whole.place.folder / "hunt.db", tmp_path)
    before = Path(file).read_bytes()
    # Not by its mode, which does not bind root.
    place = place_in(tmp_path, lab, f"sqlite:///file:{file}?mode=ro&uri=true")
    ended = place.run("hunt", SEED, "--yes")

    assert_refused(ended, 1)
    assert "the database refused" in ended.last_line
    assert Path(file).read_bytes() == before


def test_a_database_of_a_newer_program_is_one_line(place: Place) -> None:
    made = place.run("db", "upgrade")
    assert made.code == 0, made.err
    with sqlite3.connect(place.folder / "hunt.db") as connection:
        connection.execute(f"update {VERSION_TABLE} set version_num = '9999'")
    connection.close()
    ended = place.run("hunt", SEED, "--yes")

    assert_refused(ended, 1)
    assert "made by a newer mirrorhunt" in ended.last_line


def test_two_hunts_at_once_are_one_too_many(place: Place) -> None:
    first = place.start("hunt", SEED, "--yes")
    first.wait_until(lambda: place.count(tables.Visit) >= 1)
    second = place.run("hunt", SEED, "--yes")

    assert_refused(second, 4)
    assert "another run holds the lock" in second.last_line
    first.signal(signal.SIGKILL)
    first.end()
