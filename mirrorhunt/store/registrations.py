"""What registries say of domains, and whose domains are worth asking about."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from itertools import zip_longest

from sqlalchemy import Connection, case, insert, select, update

from mirrorhunt.model import Verdict
from mirrorhunt.names import parts, skeleton
from mirrorhunt.sources import Registration
from mirrorhunt.store import states, tables
from mirrorhunt.store._upsert import chunks

FRESH = timedelta(days=7)
"""So long an answer is not asked for again: a lapsed name is caught and registered anew within
days."""
LEAST_BITS = 0.0
"""A candidate below is far from any verdict, and not worth a question."""


def record(connection: Connection, found: Iterable[Registration], now: datetime) -> None:
    """Write down what *found* says. The same as before grows its interval; anything else is a new
    row, and the old one is kept."""
    table = tables.Registration
    for said in found:
        same = connection.execute(
            select(table.id).where(
                table.domain == said.domain,
                table.registered_at == said.registered_at,
                table.registrar == said.registrar,
            )
        ).scalar()
        if same is not None:
            connection.execute(
                update(table)
                .where(table.id == same)
                .values(last_seen_at=now, expires_at=said.expires_at)
            )
            continue
        connection.execute(
            insert(table).values(
                domain=said.domain,
                registered_at=said.registered_at,
                expires_at=said.expires_at,
                registrar=said.registrar,
                first_seen_at=now,
                last_seen_at=now,
            )
        )
        states.note_registered(connection, said.domain, said.registered_at, said.registrar)


def current(connection: Connection, domains: Collection[str]) -> dict[str, Registration]:
    """What was said last of each of *domains*; an answer with a date goes before one without."""
    table = tables.Registration
    found: dict[str, Registration] = {}
    for chunk in chunks(sorted(set(domains))):
        rows = connection.execute(
            select(table.domain, table.registered_at, table.expires_at, table.registrar)
            .where(table.domain.in_(chunk))
            .order_by(
                case((table.registered_at.is_(None), 0), else_=1), table.last_seen_at, table.id
            )
        )
        # The last row of a domain stays.
        for row in rows:
            found[row.domain] = Registration(
                row.domain, row.registered_at, row.expires_at, registrar=row.registrar
            )
    return found


def due(connection: Connection, network: int, now: datetime) -> list[str]:
    """The domains of *network* to ask about, what decides most first.

    Seeds, as all ages are compared with theirs, and by turns hosts that are probable and are not
    called like one: that a lawful site is older than what it is tied by is what clears it. Then
    the others from `LEAST_BITS` up, the strongest first. What stands below a shared platform was
    registered with nobody.
    """
    verdict, host, seed = tables.Verdict, tables.Host, tables.Seed
    sown = list(
        connection.execute(
            select(host.registrable_domain)
            .join(seed, seed.host_id == host.id)
            .where(seed.network_id == network)
            .order_by(host.registrable_domain)
        ).scalars()
    )
    rows = connection.execute(
        select(host.registrable_domain, verdict.verdict, verdict.score_bits)
        .join(verdict, verdict.host_id == host.id)
        .where(
            verdict.network_id == network,
            verdict.is_current,
            verdict.verdict.in_(_JUDGED),
            (verdict.verdict != Verdict.CANDIDATE.value) | (verdict.score_bits >= LEAST_BITS),
        )
    ).all()
    strongest = sorted(
        rows, key=lambda r: (_JUDGED.index(r.verdict), -r.score_bits, r.registrable_domain)
    )
    labels = {skeleton(parts(domain).label) for domain in sown}
    strange = [
        row.registrable_domain
        for row in strongest
        if row.verdict == Verdict.PROBABLE.value
        and not _is_called_like(skeleton(parts(row.registrable_domain).label), labels)
    ]
    turns = (d for turn in zip_longest(sown, strange) for d in turn if d is not None)
    ranked = dict.fromkeys([*turns, *(row.registrable_domain for row in strongest)])
    known = _asked_since(connection, ranked, now - FRESH)
    return [d for d in ranked if d not in known and not parts(d).is_private_suffix]


def _is_called_like(label: str, others: Collection[str]) -> bool:
    """True if *label* is one of *others* or holds one that is long enough to tell."""
    return label in others or any(len(o) >= _TELLING_CHARS and o in label for o in others)


_TELLING_CHARS = 5
_JUDGED = (Verdict.CONFIRMED.value, Verdict.PROBABLE.value, Verdict.CANDIDATE.value)


def _asked_since(connection: Connection, domains: Mapping[str, None], since: datetime) -> set[str]:
    table = tables.Registration
    found: set[str] = set()
    for chunk in chunks(list(domains)):
        found.update(
            connection.execute(
                select(table.domain).where(table.domain.in_(chunk), table.last_seen_at >= since)
            ).scalars()
        )
    return found
