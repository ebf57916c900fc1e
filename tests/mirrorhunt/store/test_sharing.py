"""Who shows what members show: bounded, and never by reading a whole table."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, text

from mirrorhunt import judging
from mirrorhunt.facts import MANY_CLUSTERS
from mirrorhunt.model import Observation
from mirrorhunt.store import hosts, sharing
from mirrorhunt.targets import Hunting
from tests import make, stored
from tests.stored import look

THEME = ("asset_path", "/theme.js")
SHOWS = {THEME[0]: [THEME[1]]}


def shared(engine: Engine, hunting: Hunting, own: tuple[str, ...] = ()) -> sharing.Sharing:
    with engine.begin() as connection:
        ids = hosts.find_ids(connection, ["films1.example"]).values()
        known = hosts.find_ids(connection, own).values()
        return sharing.sharing(connection, hunting.network_id, ids, known)


def clusters(found: sharing.Sharing) -> set[str]:
    return {found.clusters[id_] for id_ in found.hosts[THEME]}


@pytest.fixture(autouse=True)
def small_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharing, "WINDOW_ROWS", 20)


def test_what_few_strangers_show_is_read_to_the_end(any_engine: Engine) -> None:
    hunting = stored.begun(any_engine)
    stored.looked(any_engine, hunting, look("films1.example", SHOWS))
    strangers = [f"s{n}.example" for n in range(MANY_CLUSTERS - 1)]
    stored.looked(any_engine, hunting, *(look(host, SHOWS) for host in strangers))
    found = shared(any_engine, hunting)

    assert clusters(found) == set(strangers)
    assert found.crowded == frozenset()


def test_what_visitors_wrote_is_shown_by_nobody(any_engine: Engine) -> None:
    # Anybody could make a network's channel look like everybody's by naming it in comments.
    channel = ("handle", "telegram:films")
    hunting = stored.begun(any_engine)
    stored.looked(any_engine, hunting, look("films1.example", {channel[0]: [channel[1]]}))
    written = Observation(*channel, "comments")
    blogs = (replace(look(f"blog{n}.example"), observations=(written,)) for n in range(9))
    stored.looked(any_engine, hunting, *blogs)

    assert channel not in shared(any_engine, hunting).hosts


def test_of_what_many_strangers_show_so_many_are_told(any_engine: Engine) -> None:
    hunting = stored.begun(any_engine)
    stored.looked(any_engine, hunting, look("films1.example", SHOWS))
    strangers = [f"s{n}.example" for n in range(MANY_CLUSTERS + 50)]
    stored.looked(any_engine, hunting, *(look(host, SHOWS) for host in strangers))
    found = shared(any_engine, hunting)

    assert len(clusters(found)) == MANY_CLUSTERS
    assert found.crowded == {THEME}


def test_hosts_of_one_domain_and_own_hosts_push_no_stranger_out(any_engine: Engine) -> None:
    # Whoever fills the windows with hosts of his own would make a common value look rare.
    hunting = stored.begun(any_engine)
    own = tuple(f"films{n}.example" for n in range(1, 40))
    stored.looked(any_engine, hunting, *(look(host, SHOWS) for host in own))
    stored.looked(any_engine, hunting, *(look(f"a{n}.shop.example", SHOWS) for n in range(60)))
    stored.looked(any_engine, hunting, *(look(f"s{n}.example", SHOWS) for n in range(9)))
    found = shared(any_engine, hunting, own)

    assert clusters(found) >= {"shop.example", *(f"s{n}.example" for n in range(9))}
    assert found.crowded == frozenset()


# ---------------------------------------------------------------- what the databases do

GREAT = (
    "observations",
    "visits",
    "verdicts",
    "evidence",
    "candidates",
    "hosts",
    "reviews",
    "memories",
)


@contextmanager
def recorded(engine: Engine) -> Iterator[list[tuple[str, Any]]]:
    """The questions that are asked meanwhile, as the driver is told them."""
    asked: list[tuple[str, Any]] = []

    def note(
        _connection: Connection,
        _cursor: Any,
        statement: str,
        given: Any,
        _context: Any,
        many: bool,
    ) -> None:
        if not many and statement.lstrip()[:6].lower() in {"select", "update", "delete"}:
            asked.append((statement, given))

    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


def plan(connection: Connection, statement: str, given: Any) -> list[str]:
    """How the database answers: a line for each table that it reads."""
    if connection.dialect.name == "sqlite":
        rows = connection.exec_driver_sql(f"explain query plan {statement}", given)
        return [row[3] for row in rows]
    return [row[0] for row in connection.exec_driver_sql(f"explain {statement}", given)]


def is_scan(line: str) -> bool:
    words = line.replace("->", "").split()
    if words[:1] == ["SCAN"]:
        return words[1] in GREAT or words[1].rstrip("_0123456789") in GREAT
    return "Seq Scan on " in line and line.split("Seq Scan on ")[1].split()[0] in GREAT


def test_users_of_a_free_dynamic_dns_are_strangers_to_each_other(any_engine: Engine) -> None:
    # A real name: that the Public Suffix List does not know it is the very point.
    hunting = stored.begun(any_engine)
    stored.looked(any_engine, hunting, look("films1.example", SHOWS))
    names = ["a.wikaba.com", "tv.a.wikaba.com", "b.wikaba.com", "tv.s1.example", "s1.example"]
    stored.looked(any_engine, hunting, *(look(name, SHOWS) for name in names))

    found = shared(any_engine, hunting)

    assert clusters(found) == {"a.wikaba.com", "b.wikaba.com", "s1.example"}


def test_judging_reads_no_great_table_from_end_to_end(any_engine: Engine) -> None:
    hunting = stored.begun(any_engine)
    names = [f"films{n}.example" for n in range(2, 40)]
    stored.proposed(any_engine, hunting, *names)
    stored.looked(any_engine, hunting, *(look(host, SHOWS) for host in ["films1.example", *names]))
    judging.judge_network(any_engine, "films", make.NOW, lambda _: False)
    with recorded(any_engine) as asked:
        judging.judge_network(any_engine, "films", make.NOW, lambda _: False)
        judging.judge_network(any_engine, "films", make.NOW, lambda _: False, only_changed=False)

    assert asked
    with any_engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            # Of forty rows reading all is the cheapest; what is asked is whether it could not.
            connection.execute(text("set enable_seqscan = off"))
        scans = [
            (line, statement)
            for statement, given in asked
            for line in plan(connection, statement, given)
            if is_scan(line)
        ]
    assert scans == []
