"""A hunt that is killed, at whatever point, and started again ends as if it had not been."""

import signal
from pathlib import Path

import pytest

from mirrorhunt.lab.run import Lab
from mirrorhunt.store import tables
from tests.hunt.conftest import Place, Running, Whole, assert_same, place_in, state_of
from tests.postgres import Postgres

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("hamlet")]


def start(place: Place, lab: Lab) -> Running:
    return place.start("hunt", *lab.world.seeds, "--yes")


def kill_at_visits(place: Place, lab: Lab, count: int) -> None:
    """Start the hunt and kill it as soon as *count* looks are stored."""
    running = start(place, lab)
    running.wait_until(lambda: place.count(tables.Visit) >= count)
    running.signal(signal.SIGKILL)
    assert running.end().code == -signal.SIGKILL


def kill_at_line(place: Place, lab: Lab, line: str) -> None:
    """Start the hunt and kill it as soon as it says *line*."""
    running = start(place, lab)
    running.wait_until(lambda: line in running.talk.read_text(encoding="utf-8"))
    running.signal(signal.SIGKILL)
    assert running.end().code == -signal.SIGKILL


def assert_goes_on_to_the_same_end(place: Place, lab: Lab, whole: Whole) -> None:
    ended = place.run("hunt", *lab.world.seeds, "--yes")

    assert ended.code == 0, ended.err
    assert "going on with the hunt of" in ended.err
    engine = place.engine()
    found = state_of(engine)
    engine.dispose()
    assert_same(found, whole.state)


def test_killed_seven_times_it_finds_what_an_unbroken_hunt_finds(
    place: Place, lab: Lab, whole: Whole
) -> None:
    total = sum(whole.state.visits.values())
    # While the tables are made.
    running = start(place, lab)
    running.wait_until((place.folder / "hunt.db").exists)
    running.signal(signal.SIGKILL)
    running.end()
    kill_at_visits(place, lab, 1)
    kill_at_line(place, lab, "round 1: judging")
    for share in (0.2, 0.4, 0.6, 0.8):
        kill_at_visits(place, lab, round(share * total))
    kill_at_line(place, lab, "asking")

    assert_goes_on_to_the_same_end(place, lab, whole)
    requests = sum(whole.state.visits.values())
    assert place.count(tables.Visit) == requests


@pytest.mark.parametrize("line", ["round 1: asking", "round 2: looking"])
def test_killed_between_two_rounds_it_goes_on(
    line: str, place: Place, lab: Lab, whole: Whole
) -> None:
    kill_at_line(place, lab, line)

    assert_goes_on_to_the_same_end(place, lab, whole)


@pytest.mark.parametrize("database", ["postgresql"])
def test_killed_on_postgresql_it_goes_on(
    database: str, postgres: Postgres, lab: Lab, whole: Whole, tmp_path: Path
) -> None:
    place = place_in(tmp_path, lab, postgres.migrated())
    for count in (3, 40):
        kill_at_visits(place, lab, count)

    assert_goes_on_to_the_same_end(place, lab, whole)


def test_interrupted_it_ends_in_good_order_and_goes_on(
    place: Place, lab: Lab, whole: Whole
) -> None:
    running = start(place, lab)
    running.wait_until(lambda: place.count(tables.Visit) >= 20)
    running.signal(signal.SIGINT)
    ended = running.end()

    assert ended.code == 1
    assert "stopped early" in ended.last_line
    assert "start the same command again" in ended.last_line
    assert "Traceback" not in ended.err
    assert_goes_on_to_the_same_end(place, lab, whole)


def test_a_finished_hunt_is_not_gone_on_with(whole: Whole, lab: Lab, tmp_path: Path) -> None:
    # The next one looks again at what it knows, and counts as a run of its own.
    copy = place_in(tmp_path, lab)
    (tmp_path / "hunt.db").write_bytes((whole.place.folder / "hunt.db").read_bytes())
    ended = copy.run("hunt", *lab.world.seeds, "--yes", "--budget", "3")

    assert ended.code == 0, ended.err
    assert "going on" not in ended.err
    assert copy.count(tables.Run) == 2
