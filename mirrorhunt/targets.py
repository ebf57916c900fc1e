"""What a run looks at: the seeds it was given, and what is left to look at next."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from mirrorhunt import names
from mirrorhunt.config import Config
from mirrorhunt.errors import InputError, NotAHostError
from mirrorhunt.model import Candidate
from mirrorhunt.protecting import Keep
from mirrorhunt.store import candidates, hosts, runs
from mirrorhunt.store.runs import RunRecord
from mirrorhunt.store.session import storing


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
    return Hunting(network, network_id, tuple(everyone), run)


def propose(engine: Engine, hunting: Hunting, found: Sequence[Candidate], now: datetime) -> int:
    """Store *found*, which are in scope already; returns how many hosts are new."""
    with storing(), engine.begin() as connection:
        return candidates.propose(connection, hunting.network_id, hunting.run, found, now)


def next_targets(engine: Engine, hunting: Hunting, config: Config) -> list[Target]:
    """What is left to look at in this round: front pages first, most telling first."""
    with storing(), engine.begin() as connection:
        seen = candidates.visited(connection, hunting.run.id)
        left = max(0, config.hosts_per_hunt - seen)
        front = candidates.due(connection, hunting.network_id, hunting.run, config.vantage, left)
        inner = candidates.to_deepen(
            connection, hunting.network_id, hunting.run, config.vantage, config.pages_per_host
        )
    return [Target(host) for host in front] + [Target(host, path) for host, path in inner]


def next_round(
    engine: Engine, hunting: Hunting, config: Config, keep: Keep, now: datetime
) -> Hunting:
    """Make candidates of what the standing hosts point to, and enter the next round.

    One transaction: a run that is killed here enters the round again, or has entered it.
    """
    caps = candidates.Caps(config.candidates_per_host, config.hosts_per_domain)
    run = hunting.run
    with storing(), engine.begin() as connection:
        candidates.adopt(connection, hunting.network_id, run, caps, now, keep.is_out)
        runs.set_round(connection, run.id, run.round + 1)
    later = RunRecord(run.id, run.started_at, run.round + 1, run.is_resumed)
    return Hunting(hunting.network, hunting.network_id, hunting.seeds, later)
