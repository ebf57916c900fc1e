"""Candidates that a page brings up: what was seen to be pointed to, taken up within caps."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select

from mirrorhunt import names
from mirrorhunt.model import Candidate, Verdict, Visit
from mirrorhunt.store import tables
from mirrorhunt.store._upsert import chunks
from mirrorhunt.store.candidates import RANK, considered, propose, standing
from mirrorhunt.store.runs import RunRecord

_MOVES = ("redirect", "meta_refresh", "script_redirect")
DIRECTORY = "directory"
"""The channel of what a list of addresses brings up, whoever keeps the list."""
LEAST_LISTED = 3
"""Domains that stand, on a page that lists the network's addresses."""
LISTED_SHARE = 0.1
"""And so large a part of all that it brings up: others list the whole trade."""
_LISTING = ("announcement", "link", "text")


@dataclass(frozen=True, slots=True)
class Caps:
    """Bounds that a hostile page runs into."""

    per_host: int
    """Candidates that one host may bring up."""
    per_domain: int
    """Hosts below one registrable domain that may be candidates of a network."""


def adopt(
    connection: Connection,
    network: int,
    run: RunRecord,
    caps: Caps,
    now: datetime,
    is_out: Callable[[str], bool],
) -> int:
    """Make candidates of what the standing hosts point to; returns how many hosts are new.

    Pointers of all other hosts are kept as observations, and are nobody's candidates until their
    host stands: a hunt does not wander off into the web. One kind is: where a candidate sends all
    its visitors. An old address of the network has no page to stand by, and only the new one, to
    which it leads, can be judged. Where that one stands already, what the old one's certificate
    names is looked at too: whoever got the certificate held all its names. The other kind is a
    list of the network's addresses, by whomever: proxies and mirrors are linked by lists of them
    and by nobody else. That it lists three that stand makes it worth reading, and proves nothing
    of the others.
    """
    stand = standing(connection, network)
    others = _not_standing(connection, network, stand)
    host_names = {id_: name for name, id_ in (stand | others).items()}
    known = considered(connection, network) | set(stand)
    per_domain = _count_domains(known)
    pointing = _pointers(connection, stand.values())
    pointing |= _pointers(connection, others.values(), _MOVES)
    leaning = {
        id_ for id_ in others.values() if any(row.value in stand for row in pointing.get(id_, ()))
    }
    for id_, rows in _pointers(connection, leaning, ("certificate",)).items():
        pointing[id_] += rows
    lists = _lists(connection, stand, others.values())
    found: list[Candidate] = []
    for host_id, pointers in sorted((pointing | lists).items()):
        channel = DIRECTORY if host_id in lists else ""
        found += _taken_up(host_names[host_id], pointers, caps, is_out, known, per_domain, channel)
    return propose(connection, network, run, found, now)


def adopt_from(
    connection: Connection,
    network: int,
    run: RunRecord,
    visit: Visit,
    caps: Caps,
    now: datetime,
    is_out: Callable[[str], bool],
) -> list[str]:
    """Make candidates of what *visit* points to, whether or not its host stands; returns the
    hosts that are new, most telling first.

    For a page that a person chose and brought in. What a host has brought up before counts toward
    its cap, as there is no end to how often a page is brought in. A *rejected* host brings up
    nothing.
    """
    host, verdict, candidate = tables.Host, tables.Verdict, tables.Candidate
    rejected = (
        select(verdict.id)
        .join(host, verdict.host_id == host.id)
        .where(host.name == visit.host, verdict.network_id == network, verdict.is_current)
        .where(verdict.verdict.in_((Verdict.REJECTED.value, Verdict.PROTECTED.value)))
    )
    if connection.execute(rejected.limit(1)).first() is not None:
        return []
    before = connection.execute(
        select(func.count(candidate.host_id.distinct())).where(
            candidate.network_id == network, candidate.seen_on == visit.host
        )
    ).scalar_one()
    left = replace(caps, per_host=max(0, caps.per_host - before))
    known = considered(connection, network) | set(standing(connection, network))
    old = frozenset(known)
    rows = [_Row(f"to_{p.how}", p.host, p.region, p.because, p.technique) for p in visit.pointers]
    found = _taken_up(visit.host, rows, left, is_out, known, _count_domains(known))
    propose(connection, network, run, found, now)
    return list(dict.fromkeys(c.host for c in found if c.host not in old))


class _Row(NamedTuple):
    """A pointer, as it is read back."""

    kind: str
    value: str
    region: str
    because: str
    technique: str


def _count_domains(known: Iterable[str]) -> dict[str, int]:
    """How many of *known* stand below each registrable domain."""
    found: dict[str, int] = defaultdict(int)
    for name in known:
        found[names.registrable_domain(name) or name] += 1
    return found


def _taken_up(
    host: str,
    pointers: Iterable[Any],
    caps: Caps,
    is_out: Callable[[str], bool],
    known: set[str],
    per_domain: dict[str, int],
    channel: str = "",
) -> list[Candidate]:
    """Candidates of what *host* points to, within *caps*; *known* and *per_domain* grow by them.

    Most telling first. *channel*: by which all of it comes; empty: by its own.
    """
    found: list[Candidate] = []
    brought_up = 0
    for row in sorted(pointers, key=_rank):
        target = row.value
        if target == host or is_out(target):
            continue
        if target not in known:
            domain = names.registrable_domain(target) or target
            if brought_up >= caps.per_host or per_domain[domain] >= caps.per_domain:
                continue
            brought_up += 1
            known.add(target)
            per_domain[domain] += 1
        found.append(
            Candidate(target, "", row.technique, host, row.because, channel or _channel(row))
        )
    return found


def _lists(
    connection: Connection, stand: Mapping[str, int], others: Collection[int]
) -> dict[int, list[Any]]:
    """What those of *others* bring up that list addresses of the network; not their visitors."""
    table = tables.Observation
    kinds = [f"to_{way}" for way in _LISTING]
    named: dict[int, set[str]] = defaultdict(set)
    for chunk in chunks(sorted(stand)):
        for host_id, value in connection.execute(
            select(table.host_id, table.value).where(
                table.kind.in_(kinds), table.value.in_(chunk), table.region != "comments"
            )
        ):
            named[host_id].add(names.registrable_domain(value) or value)
    likely = {id_ for id_ in others if len(named.get(id_, ())) >= LEAST_LISTED}
    found: dict[int, list[Any]] = {}
    for id_, rows in _pointers(connection, likely, _LISTING).items():
        own = [row for row in rows if row.region != "comments"]
        domains = {names.registrable_domain(row.value) or row.value for row in own}
        if len(named[id_]) >= LISTED_SHARE * len(domains):
            found[id_] = own
    return found


def _channel(row: Any) -> str:
    return "comment" if row.region == "comments" else row.kind.removeprefix("to_")


def _rank(row: Any) -> tuple[int, str]:
    return (RANK.get(_channel(row), len(RANK)), row.value)


def _not_standing(connection: Connection, network: int, stand: Collection[str]) -> dict[str, int]:
    host, candidate = tables.Host, tables.Candidate
    rows = connection.execute(
        select(host.name, host.id)
        .join(candidate, candidate.host_id == host.id)
        .where(candidate.network_id == network)
        .distinct()
    )
    return {row.name: row.id for row in rows if row.name not in stand}


def _pointers(
    connection: Connection, host_ids: Collection[int], ways: Collection[str] = ()
) -> dict[int, list[Any]]:
    """The pointers of *host_ids*; only those of *ways*, if there are any."""
    table = tables.Observation
    is_wanted = (
        table.kind.in_([f"to_{way}" for way in ways])
        if ways
        else table.kind.like("to\\_%", escape="\\")
    )
    found: dict[int, list[Any]] = defaultdict(list)
    for chunk in chunks(sorted(host_ids)):
        for row in connection.execute(
            select(
                table.host_id,
                table.kind,
                table.value,
                table.region,
                table.because,
                table.technique,
            ).where(table.host_id.in_(chunk), is_wanted)
        ):
            found[row.host_id].append(row)
    return found
