"""Builders of what is stored: the shortest way to a run, a look, a candidate or a verdict.

Everything goes through the functions that the program itself uses.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Engine, func, select

from mirrorhunt import reviewing, targets
from mirrorhunt.decisions import Decision
from mirrorhunt.model import (
    Availability,
    Candidate,
    Evidence,
    Judgement,
    Observation,
    Pointer,
    Relation,
    Side,
    Verdict,
    Visit,
)
from mirrorhunt.store import hosts, runs, verdicts, visits
from mirrorhunt.store.session import storing
from mirrorhunt.store.tables import Base
from mirrorhunt.targets import Hunting
from mirrorhunt.verdicts import digest
from tests import make


def begun(
    engine: Engine,
    *seeds: str,
    network: str = "films",
    listed: Iterable[str] = (),
    now: datetime = make.NOW,
) -> Hunting:
    """A run on *network*."""
    given = seeds or ("films1.example",)
    return targets.begin(engine, "hunt", network, given, tuple(listed), now)


def next_run(engine: Engine, hunting: Hunting, now: datetime) -> Hunting:
    """The run after *hunting*, which is finished."""
    with storing(), engine.begin() as connection:
        runs.finish_run(connection, hunting.run.id, now, None)
    return targets.begin(engine, "hunt", hunting.network, hunting.seeds, (), now)


def look(
    host: str,
    shows: Mapping[str, Iterable[str]] | None = None,
    *,
    state: Availability = Availability.LIVE,
    pointers: Iterable[Pointer] = (),
    at: datetime = make.NOW,
    path: str = "/",
    html: str = "<title>Films</title>",
) -> Visit:
    """One look at *host* that shows *shows* (kind to values) and points to *pointers*."""
    seen = [
        Observation(kind, value, "body")
        for kind, values in (shows or {}).items()
        for value in values
    ]
    visit = make.visit(host, html, state=state, observations=seen)
    return replace(visit, pointers=tuple(pointers), at=at, path=path, vantage="default")


def with_paths(visit: Visit, paths: Iterable[str]) -> Visit:
    """*visit* with pages worth reading."""
    return replace(visit, inner_paths=tuple(paths))


def pointer(
    host: str, how: str = "link", region: str = "body", technique: str = "page_links"
) -> Pointer:
    """*host*, brought up by a page."""
    return Pointer(host, how, region, technique, f"a page names {host} as {how}")


def looked(engine: Engine, hunting: Hunting, *seen: Visit) -> None:
    """Store what was *seen*."""
    with storing(), engine.begin() as connection:
        visits.record(connection, hunting.run.id, seen)


def proposed(
    engine: Engine,
    hunting: Hunting,
    *found: str,
    channel: str = "link",
    technique: str = "page_links",
    seen_on: str | None = "films1.example",
) -> int:
    """Store candidates; returns how many hosts were new."""
    return targets.propose(
        engine,
        hunting,
        [
            Candidate(host, hunting.network, technique, seen_on, f"by {channel}", channel)
            for host in found
        ],
        make.NOW,
    )


def judgement(
    host: str,
    verdict: Verdict = Verdict.CONFIRMED,
    *,
    network: str = "films",
    bits: float = 6.5,
    evidence: Iterable[Evidence] = (),
) -> Judgement:
    """A verdict on *host*."""
    return Judgement(
        host=host,
        network=network,
        verdict=verdict,
        relation=Relation.MIRROR,
        score_bits=bits,
        scores=((Relation.MIRROR, bits), (Relation.OPERATOR, 0.0)),
        prior_bits=-5.6,
        evidence=tuple(evidence),
        gate="as the test says",
        policy="test",
    )


def evidence(
    kind: str = "ad_id", bits: float = 4.0, ignored: str = "", value: str = ""
) -> Evidence:
    """One reason."""
    return Evidence(
        kind=kind,
        relations=frozenset({Relation.MIRROR, Relation.OPERATOR}),
        side=Side.CANDIDATE,
        group="ids",
        bits=bits,
        because=f"the same {kind}",
        value=value,
        ignored=ignored,
    )


def concluded(
    engine: Engine, hunting: Hunting, *judged: Judgement, now: datetime = make.NOW
) -> int:
    """Store verdicts; returns how many changed."""
    with storing(), engine.begin() as connection:
        ids = hosts.ids_of(connection, (j.host for j in judged), now)
        by_id = {ids[j.host]: (j, digest(j)) for j in judged}
        return verdicts.record(connection, hunting.network_id, by_id, now)


def decided(
    engine: Engine,
    host: str,
    decision: Decision,
    *,
    author: str = "ann",
    now: datetime = make.NOW,
    needs_two: str | None = None,
    role: str = "",
) -> reviewing.Decided:
    """A person's decision about *host*, and all that follows from it."""
    bench = reviewing.Bench(lambda _: False, lambda _: needs_two)
    wish = reviewing.Wish(host, decision, author, "as the test says", role=role)
    return reviewing.decide(engine, [wish], now, bench)[0]


def counts(engine: Engine) -> dict[str, int]:
    """How many rows each table has."""
    with engine.begin() as connection:
        return {
            name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in Base.metadata.tables.items()
        }


def everything(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    with engine.begin() as connection:
        return {
            name: [
                tuple(row)
                for row in connection.execute(select(table).order_by(*table.primary_key.columns))
            ]
            for name, table in Base.metadata.tables.items()
        }
