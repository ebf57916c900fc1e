"""What a run looks at: the seeds it was given, and what is left to look at next."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, Engine

from mirrorhunt import names
from mirrorhunt.cadence import Role, Turn
from mirrorhunt.config import Config
from mirrorhunt.errors import InputError, NotAHostError
from mirrorhunt.model import Candidate
from mirrorhunt.protecting import Keep
from mirrorhunt.store import adopting, candidates, hosts, looked_from, rechecks, runs
from mirrorhunt.store.runs import RunRecord
from mirrorhunt.store.session import storing

MAX_FACES = 40
"""Live hosts that do not stand, to be looked at from each other vantage in a round."""


@dataclass(frozen=True, slots=True)
class Target:
    """A page that a run has to look at."""

    host: str
    path: str = "/"


@dataclass(frozen=True, slots=True)
class Hunting:
    """A network that a run works on."""

    network: str
    network_id: int
    seeds: tuple[str, ...]
    run: RunRecord
    only_due: bool = False
    """Nothing is taken up that is new: only what is due to be looked at again is."""


def check_seeds(texts: Iterable[str], keep: Keep) -> tuple[str, ...]:
    """*texts* as hosts that a hunt can start from. Raises InputError at the first that is not."""
    seeds: dict[str, None] = {}
    for text in texts:
        seeds.setdefault(_check_seed(text, keep))
    if not seeds:
        raise InputError("no seed given: name a host that is known to belong to the network")
    return tuple(seeds)


def _check_seed(text: str, keep: Keep) -> str:
    try:
        host = names.host(text)
    except NotAHostError as e:
        inside = names.host_of_url(text if "//" in text else f"//{text}")
        hint = f"; did you mean {inside!r}?" if inside and inside != text else ""
        raise InputError(f"seed: {e}{hint}") from None
    host = names.without_www(host)
    parts = names.parts(host)
    if not parts.label:
        raise InputError(
            f"seed {host!r} is a public suffix: everybody's names end in it; give a host below it"
        )
    if not parts.is_known_suffix and parts.suffix not in names.SPECIAL_SUFFIXES:
        raise InputError(
            f"seed {host!r}: {parts.suffix!r} is no suffix of the Public Suffix List; a typing "
            "error? (`mirrorhunt doctor` says how old the list is)"
        )
    why = keep.why_out(host)
    if why is not None:
        raise InputError(f"seed {host!r} cannot be hunted: {why}")
    return host


def network_name(seed: str) -> str:
    """The name a network goes by when the operator gives none: its seed's label without digits.

    >>> network_name("goal-12.example")
    'goal'
    """
    return names.skeleton(names.parts(seed).label)


def known_network(
    engine: Engine, seeds: Sequence[str], network: str | None
) -> tuple[str, tuple[str, ...]]:
    """The network that is known by its name or by one of its *seeds*, with all its seeds.

    Raises InputError where there is none.
    """
    if not seeds and not network:
        raise InputError("nothing given: name a network (network=NAME) or a seed (seeds=HOST)")
    with storing(), engine.begin() as connection:
        if not network:
            named = hosts.networks_of_seed(connection, seeds[0])
            if not named:
                raise InputError(f"{seeds[0]!r} is no seed of a network: hunt from it first")
            network = named[0]
        id_ = hosts.find_network_id(connection, network)
        return network, tuple(hosts.seeds_of(connection, id_))


def read_candidates(file: Path) -> tuple[list[str], int]:
    """The hosts in *file*, one a line, and how many lines were none. Raises InputError."""
    found: dict[str, None] = {}
    bad = 0
    try:
        with file.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                text = line.partition("#")[0].strip()
                if not text:
                    continue
                host = names.find_host(text)
                if host is None or names.registrable_domain(host) is None:
                    bad += 1
                else:
                    found.setdefault(names.without_www(host))
    except OSError as e:
        raise InputError(f"cannot read the candidates in {str(file)!r}: {e}") from None
    return list(found), bad


def begin(
    engine: Engine,
    kind: str,
    network: str,
    seeds: Sequence[str],
    listed: Sequence[str],
    now: datetime,
    *,
    only_due: bool = False,
) -> Hunting:
    """Open a run on *network*, or go on with the one that was not finished.

    *listed* are candidates that the operator gives.
    """
    with storing(), engine.begin() as connection:
        network_id = hosts.network_id(connection, network, now)
        hosts.add_seeds(connection, network_id, seeds, now)
        run = runs.open_run(connection, kind, network_id, now)
        everyone = hosts.seeds_of(connection, network_id)
        given = [
            Candidate(host, network, "listed", None, "on the operator's list", "listed")
            for host in listed
        ]
        candidates.propose(connection, network_id, run, given, now, at_once=True)
    return Hunting(network, network_id, tuple(everyone), run, only_due)


def propose(engine: Engine, hunting: Hunting, found: Sequence[Candidate], now: datetime) -> int:
    """Store *found*, which are in scope already; returns how many hosts are new."""
    with storing(), engine.begin() as connection:
        return candidates.propose(connection, hunting.network_id, hunting.run, found, now)


def next_targets(engine: Engine, hunting: Hunting, config: Config) -> list[Target]:
    """What is left to look at in this round: front pages first, of members that are due before
    all others, then most telling first."""
    with storing(), engine.begin() as connection:
        seen = candidates.visited(connection, hunting.run.id)
        left = max(0, config.hosts_per_hunt - seen)
        turns = _due(connection, hunting, config)
        front = [turn.host for turn in turns]
        if not hunting.only_due:
            others = candidates.due(
                connection, hunting.network_id, hunting.run, config.vantage, sys.maxsize
            )
            known = set(others)
            members = [t.host for t in turns if t.role is Role.MEMBER and t.host in known]
            front = list(dict.fromkeys([*members, *others]))
        inner = candidates.to_deepen(
            connection, hunting.network_id, hunting.run, config.vantage, config.pages_per_host
        )
    return [Target(host) for host in front[:left]] + [Target(host, path) for host, path in inner]


def due(engine: Engine, hunting: Hunting, config: Config) -> list[Turn]:
    """Whose turn it is to be looked at again in *hunting*, members first, and why."""
    with storing(), engine.begin() as connection:
        return _due(connection, hunting, config)


def _due(connection: Connection, hunting: Hunting, config: Config) -> list[Turn]:
    valid_for = timedelta(days=config.valid_days)
    run, now = hunting.run.id, config.now()
    return rechecks.due(connection, hunting.network_id, run, config.vantage, now, valid_for)


def standing(engine: Engine, hunting: Hunting) -> frozenset[str]:
    """The seeds and the hosts that are probable or confirmed now."""
    with storing(), engine.begin() as connection:
        found = candidates.standing(connection, hunting.network_id)
    return frozenset(found) | frozenset(hunting.seeds)


def elsewhere(engine: Engine, hunting: Hunting, vantage: str, limit: int) -> list[Target]:
    """What this run has not looked at from *vantage*, and should: what stands, what is shut or
    hidden here although a page named it, and some that may show another face there."""
    with storing(), engine.begin() as connection:
        stand = sorted(candidates.standing(connection, hunting.network_id))
        doubtful = looked_from.doubtful(connection, hunting.network_id, hunting.run.id, MAX_FACES)
        seen = looked_from.seen_from(connection, hunting.run.id, vantage)
    order = dict.fromkeys([*hunting.seeds, *stand, *doubtful])
    return [Target(host) for host in order if host not in seen][:limit]


def shapes(engine: Engine, named: Sequence[str], since: datetime) -> dict[str, list[str]]:
    """The shapes of pages (``page_shape``) that hosts showed since then."""
    with storing(), engine.begin() as connection:
        return looked_from.values_since(connection, named, "page_shape", since)


def tried_within_a_day(engine: Engine, now: datetime) -> dict[str, frozenset[str]]:
    """The profiles (`mirrorhunt.retrying`) by which hosts were asked for lately."""
    with storing(), engine.begin() as connection:
        return looked_from.tried_since(connection, now - timedelta(days=1))


def caps(config: Config) -> adopting.Caps:
    """What pages may bring up at most."""
    return adopting.Caps(config.candidates_per_host, config.hosts_per_domain)


def next_round(
    engine: Engine, hunting: Hunting, config: Config, keep: Keep, now: datetime
) -> Hunting:
    """Make candidates of what the standing hosts point to, and enter the next round. Nothing new
    is taken up where only what is due is looked at.

    One transaction: a run that is killed here enters the round again, or has entered it.
    """
    run = hunting.run
    with storing(), engine.begin() as connection:
        if not hunting.only_due:
            adopting.adopt(connection, hunting.network_id, run, caps(config), now, keep.is_out)
        runs.set_round(connection, run.id, run.round + 1)
    later = RunRecord(run.id, run.started_at, run.round + 1, run.is_resumed)
    return replace(hunting, run=later)
