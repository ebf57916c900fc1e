"""How the networks of this deployment moved: what it adds to the statistics of variants."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, time
from typing import NamedTuple

from sqlalchemy import Connection, select, union

from mirrorhunt.model import Relation, Verdict
from mirrorhunt.names import parts
from mirrorhunt.store import registrations
from mirrorhunt.store.tables import Host, Seed
from mirrorhunt.store.tables import Verdict as Verdicts
from mirrorhunt.variants import Known

MAX_NAMES = 60
"""Names of one network that are looked at, the newest: whoever has thousands of mirrors found
must not outweigh all others."""


class _Member(NamedTuple):
    network_id: int
    domain: str
    first_seen_at: datetime
    is_in_other_hands: bool


def of_others(connection: Connection, network: int) -> list[tuple[Known, ...]]:
    """The registrable domains of each network but *network*, oldest first, with their dates.

    Only members beyond doubt, as what is learned here steers every hunt: seeds, unless they came
    under protection since, and confirmed mirrors. Never what is merely probable, which whoever
    copies a network can bring about, nor another site of the same operator, to which nobody moved.

    A name that has no honest date is left out. Honest is the day of its registration, unless the
    host was seen before that; where no registry says, the day on which the host was first seen, if
    it came alone and after the network's first day. What a night brought up together was there
    before, in an order that nobody knows, and a name whose owner changed is no move of the first.
    Dates are days, so that names of one day are no moves from one to the other.
    """
    members: dict[int, dict[str, _Member]] = {}
    for member in _members(connection, network):
        of_network = members.setdefault(member.network_id, {})
        before = of_network.setdefault(member.domain, member)
        of_network[member.domain] = member._replace(
            first_seen_at=min(before.first_seen_at, member.first_seen_at),
            is_in_other_hands=before.is_in_other_hands or member.is_in_other_hands,
        )
    said = registrations.current(
        connection, {domain for of_network in members.values() for domain in of_network}
    )
    registered = {domain: found.registered_at for domain, found in said.items()}
    found = [_dated(of_network.values(), registered) for _, of_network in sorted(members.items())]
    return [history for history in found if len(history) > 1]


def _members(connection: Connection, network: int) -> list[_Member]:
    sown = select(Seed.network_id, Seed.host_id).where(Seed.network_id != network)
    current = select(Verdicts.network_id, Verdicts.host_id).where(
        Verdicts.network_id != network, Verdicts.is_current
    )
    protected = current.where(Verdicts.verdict == Verdict.PROTECTED.value)
    confirmed = current.where(
        Verdicts.verdict == Verdict.CONFIRMED.value,
        Verdicts.relation == Relation.MIRROR.value,
    )
    stand = union(sown, confirmed).subquery()
    out = {tuple(row) for row in connection.execute(protected)}
    rows = connection.execute(
        select(
            stand.c.network_id,
            Host.id,
            Host.registrable_domain,
            Host.first_seen_at,
            Host.epoch_since,
        )
        .join(Host, Host.id == stand.c.host_id)
        .order_by(stand.c.network_id, Host.registrable_domain, Host.name)
    )
    return [
        _Member(row.network_id, row.registrable_domain, row.first_seen_at, bool(row.epoch_since))
        for row in rows
        if (row.network_id, row.id) not in out
        and not parts(row.registrable_domain).is_private_suffix
    ]


def _dated(
    members: Iterable[_Member], registered: dict[str, datetime | None]
) -> tuple[Known, ...]:
    """*members* of one network that have an honest date, oldest first."""
    every = list(members)
    by_day = Counter(member.first_seen_at.date() for member in every)
    first_day = min(by_day)
    dated: list[tuple[datetime, str]] = []
    for member in every:
        day = member.first_seen_at.date()
        at = registered.get(member.domain)
        if member.is_in_other_hands:
            continue
        if at is not None:
            if at.date() <= day:
                dated.append((_start_of_day(at), member.domain))
        elif day > first_day and by_day[day] == 1:
            dated.append((_start_of_day(member.first_seen_at), member.domain))
    return tuple(Known(domain, at) for at, domain in sorted(dated)[-MAX_NAMES:])


def _start_of_day(instant: datetime) -> datetime:
    return datetime.combine(instant.date(), time(), instant.tzinfo)
