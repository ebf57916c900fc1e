"""How the time to judge a network grows with all that is stored beside it.

A made-up population: networks of 100 hosts, five of them seeds, 55 mirrors, and 40 strangers on
one of 50 themes; each host has ten observations and one look. Names of nameservers, themes and
offers stand on up to all of the hosts, as they do in life. The verdicts of mirrors are there from
the start. Networks are judged in a random order; flat times are near-linear work in all.

    python benchmarks/bench_judging.py [--postgresql] [--judged N] [HOSTS...]
    python benchmarks/bench_judging.py members [HOSTS]
    python benchmarks/bench_judging.py profile [HOSTS]

*HOSTS* are 1000, 10000 and 100000 unless given; 1000000 takes some minutes and 5 GB.
"""

import argparse
import cProfile
import math
import pstats
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, text

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT)]

from mirrorhunt import judging  # noqa: E402
from mirrorhunt.evidence import Case, _prints, weigh  # noqa: E402
from mirrorhunt.evidence._prints import SHAPE, TAGS  # noqa: E402
from mirrorhunt.facts import HostFacts, NetworkFacts, Rarity  # noqa: E402
from mirrorhunt.store import facts, kind_counts, migrate  # noqa: E402
from mirrorhunt.store.session import engine_for  # noqa: E402

OF_NETWORK = 100
SEEDS = 5
MIRRORS = 55
THEMES = 50
PROVIDERS = 20
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
BATCH_ROWS = 20_000

Row = Sequence[Any]


def nobody(_: str) -> bool:
    """Nothing is out of bounds here."""
    return False


# ---------------------------------------------------------------- a population


class Population:
    """Rows of every table, made when asked for."""

    def __init__(self, hosts: int) -> None:
        self.hosts = hosts
        self.networks = max(1, hosts // OF_NETWORK)

    def name(self, host: int) -> str:
        """The host with this id."""
        network, place = divmod(host - 1, OF_NETWORK)
        stem = "films" if place < SEEDS + MIRRORS else f"site{place}x"
        return f"{stem}{network:x}a{place}.example"

    def shown(self, host: int) -> Iterator[tuple[str, str]]:
        """(kind, value) of the host with this id."""
        network, place = divmod(host - 1, OF_NETWORK)
        is_own = place < SEEDS + MIRRORS
        rng = random.Random(host)
        theme = random.Random(-network).randrange(THEMES)
        owner = f"n{network}" if is_own else f"h{host}"
        for n in range(3):
            yield "asset_path", f"/{owner}/own-{n}.js" if is_own else f"/theme-{theme}/{n}.js"
        yield "analytics_id", f"ga:UA-{owner}"
        yield "nameserver_set", f"a.ns{rng.randrange(PROVIDERS)}.test,b.ns.test"
        yield "address", f"192.0.2.{rng.randrange(256)}"
        yield "page_tags", _hex(owner if is_own else f"t{theme}", 8, rng, 3)
        yield "page_shape", _hex(owner if is_own else f"t{theme}", 64, rng, 10)
        yield "offers", "player"
        yield "brand", f"brand{owner}"

    def rows(self, engine: Engine) -> Iterator[tuple[str, str, Iterable[Row]]]:
        """(table, columns, rows) in an order that keys allow."""
        now: Any = NOW
        if engine.dialect.name == "sqlite":
            now = NOW.strftime("%Y-%m-%d %H:%M:%S.%f")
        yes = 1 if engine.dialect.name == "sqlite" else True
        ids = range(1, self.hosts + 1)
        yield (
            "networks",
            "id,name,created_at",
            ((n, f"network {n}", now) for n in range(1, self.networks + 1)),
        )
        yield (
            "runs",
            "id,kind,network_id,started_at,round,version",
            [(1, "hunt", 1, now, 1, "0")],
        )
        yield (
            "hosts",
            "id,name,registrable_domain,first_seen_at,availability,availability_rule,"
            "availability_because,first_live_run_id,title,next_availability,next_looks,"
            "epoch_because",
            (
                (h, self.name(h), self.name(h), now, "live", "", "", 1, "Films", "", 0, "")
                for h in ids
            ),
        )
        yield (
            "seeds",
            "network_id,host_id,added_at",
            ((_network(h), h, now) for h in ids if _place(h) < SEEDS),
        )
        yield (
            "candidates",
            "id,network_id,host_id,technique,channel,seen_on,because,run_id,round,"
            "first_seen_at,last_seen_at",
            (
                (h, _network(h), h, "page_links", "link", "", "a page names it", 1, 1, now, now)
                for h in ids
                if _place(h) >= SEEDS
            ),
        )
        yield (
            "visits",
            "id,run_id,host_id,technique,vantage,path,at,availability,rule,because,final_url,"
            "chain,body_digest,title,inner_paths,profile,tried",
            (
                (
                    h, 1, h, "hunt", "default", "/", now, "live", "", "",
                    f"https://{self.name(h)}/", "[]", f"{h:064x}", "Films", "[]",
                    "", "",
                )
                for h in ids
            ),
        )  # fmt: skip
        yield (
            "verdicts",
            "id,network_id,host_id,verdict,relation,score_bits,scores,prior_bits,gate,policy,"
            "role,flags,reviewed_by,is_reopened,digest,judged_at,last_judged_at,is_current",
            (
                (
                    h, _network(h), h, "probable", "mirror", 9.0, "{}", -5.6, "", "made up",
                    "", "", "", not yes, "", now, now, yes,
                )
                for h in ids
                if SEEDS <= _place(h) < SEEDS + MIRRORS
            ),
        )  # fmt: skip
        yield (
            "observations",
            "host_id,kind,value,region,because,technique,first_seen_at,last_seen_at,visits,"
            "first_run_id,last_run_id",
            (
                (h, kind, value, "body", "", "", now, now, 1, 1, 1)
                for h in ids
                for kind, value in self.shown(h)
            ),
        )


def _place(host: int) -> int:
    """Its place in its network, from 0 on."""
    return (host - 1) % OF_NETWORK


def _network(host: int) -> int:
    return (host - 1) // OF_NETWORK + 1


def _hex(stem: str, length: int, rng: random.Random, changed: int) -> str:
    """A print near that of others with *stem*."""
    raw = bytearray(random.Random(stem).randbytes(length))
    for _ in range(changed):
        raw[rng.randrange(length)] ^= 1 << rng.randrange(8)
    return raw.hex()


def fill(engine: Engine, population: Population) -> int:
    """Write *population* down; returns how many rows it has.

    The indexes of observations are made at the end, as whoever loads a store would.
    """
    count = 0
    late = "ix_observations_kind_value_host_id"
    with engine.begin() as connection:
        connection.execute(text(f"drop index {late}"))
        for table, columns, rows in population.rows(engine):
            count += _insert(connection, table, columns, rows)
        connection.execute(text(f"create index {late} on observations (kind, value, host_id)"))
        if engine.dialect.name == "postgresql":
            for table in ("networks", "runs", "hosts", "candidates", "visits", "verdicts"):
                connection.execute(
                    text(
                        f"select setval(pg_get_serial_sequence('{table}', 'id'), "
                        f"(select max(id) from {table}))"
                    )
                )
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("analyze"))
    return count


def _insert(connection: Connection, table: str, columns: str, rows: Iterable[Row]) -> int:
    driver = connection.connection.driver_connection
    assert driver is not None
    count = 0
    if connection.dialect.name == "postgresql":
        with driver.cursor().copy(f"copy {table} ({columns}) from stdin") as copy:
            for row in rows:
                copy.write_row(row)
                count += 1
        return count
    marks = ",".join("?" * (columns.count(",") + 1))
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH_ROWS:
            driver.executemany(f"insert into {table} ({columns}) values ({marks})", batch)
            count += len(batch)
            batch = []
    driver.executemany(f"insert into {table} ({columns}) values ({marks})", batch)
    return count + len(batch)


# ---------------------------------------------------------------- what is measured


def measured(engine: Engine, hosts: int, judged: int) -> float:
    """Fill *engine* and judge; prints a row and returns the median of a network in seconds."""
    population = Population(hosts)
    started = time.perf_counter()
    rows = fill(engine, population)
    filled = time.perf_counter() - started
    now = NOW + timedelta(hours=1)
    started = time.perf_counter()
    with engine.begin() as connection:
        kind_counts.refresh(connection, now)
    counted = time.perf_counter() - started
    chosen = random.Random(1).sample(
        range(1, population.networks + 1), min(judged, population.networks)
    )
    judging.judge_network(engine, f"network {chosen[0]}", now, nobody)
    again = [_timed(engine, n, now + timedelta(minutes=5), only_changed=False) for n in chosen]
    # Verdicts moved, and who stands in another network is another cluster here.
    for n in chosen:
        _timed(engine, n, now + timedelta(minutes=7), only_changed=True)
    same = [_timed(engine, n, now + timedelta(minutes=9), only_changed=True) for n in chosen]
    again.sort()
    p50, p95 = statistics.median(again), again[math.ceil(len(again) * 0.95) - 1]
    print(
        f"| {engine.dialect.name} | {hosts:,} | {rows / filled:,.0f} | {counted * 1000:,.0f} | "
        f"{p50 * 1000:,.0f} | {p95 * 1000:,.0f} | {OF_NETWORK * len(again) / sum(again):,.0f} | "
        f"{statistics.median(same) * 1000:.1f} |",
        flush=True,
    )
    return p50


def _timed(engine: Engine, network: int, now: datetime, *, only_changed: bool) -> float:
    started = time.perf_counter()
    judging.judge_network(engine, f"network {network}", now, nobody, only_changed=only_changed)
    return time.perf_counter() - started


def grown(engines: Iterable[tuple[Engine, int]], judged: int) -> None:
    """Print a table, and how the time of a network grows with the store."""
    print(
        "| store | hosts | rows/s filled | ms to count kinds | ms a network, p50 | p95 | "
        "hosts judged/s | ms where nothing changed |\n|---|---|---|---|---|---|---|---|"
    )
    times = [(hosts, measured(engine, hosts, judged)) for engine, hosts in engines]
    if len(times) > 1:
        (least, first), (most, last) = times[0], times[-1]
        slope = math.log(last / first) / math.log(most / least)
        print(f"time of a network ~ hosts^{slope:.2f}; of all networks ~ hosts^{1 + slope:.2f}")


def engines(
    stack: ExitStack, counts: Sequence[int], *, postgresql: bool
) -> Iterator[tuple[Engine, int]]:
    """An empty database for each of *counts*."""
    if postgresql:
        from tests.postgres import running

        server = stack.enter_context(running())
    for hosts in counts:
        with tempfile.TemporaryDirectory() as place:
            url = server.empty() if postgresql else f"sqlite:///{place}/judging.db"
            engine = engine_for(url)
            migrate.upgrade(engine)
            yield engine, hosts
            engine.dispose()


def members(hosts: int) -> None:
    """One network with 1,000 members, 1,000 candidates: what comparing prints takes of it."""
    population = Population(hosts)
    with tempfile.TemporaryDirectory() as place:
        engine = engine_for(f"sqlite:///{place}/judging.db")
        migrate.upgrade(engine)
        fill(engine, population)
        with engine.begin() as connection:
            found = facts.host_facts(connection, 1, range(1, hosts + 1))
        engine.dispose()
    mirrors = [h for id_, h in found.items() if (id_ - 1) % OF_NETWORK < SEEDS + MIRRORS]
    known = NetworkFacts("films", tuple(mirrors[:1000]), frozenset(h.host for h in mirrors[:9]))
    asked = list(found.values())[-1000:]
    weigh(_case(asked[0], known))
    started = time.process_time()
    for host in asked:
        weigh(_case(host, known))
    whole = time.process_time() - started
    started = time.process_time()
    for host in asked:
        for measure in (SHAPE, TAGS):
            _prints.closest(_case(host, known), measure, lambda near, _: near)
            _prints.nearest_own(_case(host, known), measure)
    prints = time.process_time() - started
    print(
        f"{len(known.members):,} members, {len(asked):,} candidates: {whole:.2f} s to weigh "
        f"once, {prints:.2f} s of it ({prints / whole:.0%}) to compare prints"
    )


def _case(host: HostFacts, known: NetworkFacts) -> Case:
    return Case(host, known, Rarity(), NOW)


def profiled(hosts: int, judged: int) -> None:
    """Our functions with each other, on SQLite."""
    with tempfile.TemporaryDirectory() as place:
        engine = engine_for(f"sqlite:///{place}/judging.db")
        migrate.upgrade(engine)
        population = Population(hosts)
        fill(engine, population)
        last = min(judged, population.networks)
        judging.judge_network(engine, "network 1", NOW, nobody)
        with cProfile.Profile() as profile:
            for n in range(1, last + 1):
                judging.judge_network(engine, f"network {n}", NOW, nobody)
        engine.dispose()
    pstats.Stats(profile).sort_stats("cumulative").print_stats(45)


def main() -> None:
    """What the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("what", nargs="*", default=["1000", "10000", "100000"])
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--judged", type=int, default=60, help="networks that are judged")
    given = parser.parse_args()
    first, rest = given.what[0], [int(n) for n in given.what[1:]]
    if first == "members":
        members(rest[0] if rest else 3000)
    elif first == "profile":
        profiled(rest[0] if rest else 10_000, given.judged)
    else:
        with ExitStack() as stack:
            counts = [int(first), *rest]
            grown(engines(stack, counts, postgresql=given.postgresql), given.judged)


if __name__ == "__main__":
    main()
