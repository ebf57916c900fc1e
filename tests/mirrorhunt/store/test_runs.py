"""Runs and the lock."""

import subprocess
import sys
import textwrap
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from mirrorhunt.errors import LockedError
from mirrorhunt.store import hosts, runs
from mirrorhunt.store.session import engine_for
from mirrorhunt.store.tables import Crawl, Run
from tests import make


def url(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def test_a_lock_that_is_held_is_refused_at_once_in_one_line(any_engine: Engine) -> None:
    other = engine_for(url(any_engine))
    with runs.lock(any_engine), pytest.raises(LockedError) as error, runs.lock(other):
        pass
    other.dispose()

    assert error.value.exit_code == 4
    assert "\n" not in str(error.value)


def test_a_lock_is_given_back_however_the_run_ends(any_engine: Engine) -> None:
    other = engine_for(url(any_engine))
    with pytest.raises(RuntimeError), runs.lock(any_engine):
        raise RuntimeError("the run failed")

    with runs.lock(other):
        pass
    other.dispose()


def test_a_killed_run_leaves_no_lock(any_engine: Engine) -> None:
    holder = textwrap.dedent(
        """
        import sys
        from mirrorhunt.store import runs
        from mirrorhunt.store.session import engine_for
        with runs.lock(engine_for(sys.argv[1])):
            print("held", flush=True)
            sys.stdin.read()
        """
    )
    with subprocess.Popen(
        [sys.executable, "-c", holder, url(any_engine)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        with pytest.raises(LockedError), runs.lock(any_engine):
            pass
        process.kill()
        process.wait()

    # The system notices that the holder of the file is gone at once, PostgreSQL soon.
    _take(any_engine)


def _take(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        with runs.lock(engine):
            return
    with engine.connect() as connection:
        # Waits until the server has seen that the connection is closed.
        connection.exec_driver_sql("set lock_timeout = '20s'")
        connection.exec_driver_sql(f"select pg_advisory_lock({runs._ADVISORY_KEY})")


def test_a_database_in_memory_needs_no_lock() -> None:
    memory = engine_for("sqlite://")
    with runs.lock(memory), runs.lock(memory):
        pass
    memory.dispose()


def test_an_unfinished_run_is_resumed_and_a_finished_one_is_not(
    any_engine: Engine, now: datetime
) -> None:
    with any_engine.begin() as connection:
        network = hosts.network_id(connection, "films", now)
        first = runs.open_run(connection, "hunt", network, now)
        runs.set_round(connection, first.id, 3)
        again = runs.open_run(connection, "hunt", network, now + timedelta(hours=1))
        runs.finish_run(connection, first.id, now, None)
        fresh = runs.open_run(connection, "hunt", network, now)

    assert (first.is_resumed, first.round) == (False, 1)
    assert again == runs.RunRecord(first.id, now, 3, is_resumed=True)
    assert fresh.id != first.id


def test_runs_of_another_kind_or_network_are_not_resumed(
    any_engine: Engine, now: datetime
) -> None:
    with any_engine.begin() as connection:
        network = hosts.network_id(connection, "films", now)
        other = hosts.network_id(connection, "goals", now)
        ids = {
            runs.open_run(connection, kind, of, now).id
            for kind, of in [("hunt", network), ("hunt", other), ("page_links", network)]
        }
        ids.add(runs.open_run(connection, "hunt", None, now).id)
        again = runs.open_run(connection, "hunt", None, now)

    assert len(ids) == 4
    assert again.is_resumed


def test_a_spider_leaves_its_numbers_and_its_end(any_engine: Engine, now: datetime) -> None:
    with any_engine.begin() as connection:
        run = runs.open_run(connection, "hunt", None, now)
        crawl = runs.open_crawl(connection, run.id, "hunt", now)
        runs.finish_crawl(connection, crawl, make.at(1), "finished", {"requests": 3})
        runs.finish_run(connection, run.id, make.at(1), "no nameserver answers")
        ended = connection.execute(select(Crawl.reason, Crawl.stats, Crawl.finished_at)).one()
        failure = connection.execute(select(Run.failure)).scalar_one()

    assert tuple(ended) == ("finished", {"requests": 3}, make.at(1))
    assert failure == "no nameserver answers"
