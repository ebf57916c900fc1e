"""Who stood once: the hosts that had a verdict, whatever became of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, exists, select
from sqlalchemy.orm import aliased

from mirrorhunt.model import Verdict
from mirrorhunt.settling import State
from mirrorhunt.store import findings, states, tables
from mirrorhunt.store.findings import Finding


@dataclass(frozen=True, slots=True)
class Stood:
    """A host that had, or has, a verdict: its current one, and the state it is in."""

    finding: Finding
    state: State


def stood(
    connection: Connection,
    network: str | None,
    verdicts: Sequence[Verdict],
    among: Sequence[str] | None = None,
) -> list[Stood]:
    """Whoever had one of *verdicts* in *network* (None: in any), by host and network.

    With *among*, only those of these hosts, as many as go into one question.
    """
    current, once = aliased(tables.Verdict), aliased(tables.Verdict)
    had = exists().where(
        once.host_id == current.host_id,
        once.network_id == current.network_id,
        once.verdict.in_([v.value for v in verdicts]),
    )
    query = (
        select(current.id, current.host_id)
        .join(tables.Network, tables.Network.id == current.network_id)
        .where(current.is_current, had)
    )
    if network is not None:
        query = query.where(tables.Network.name == network)
    if among is not None:
        query = query.join(tables.Host, tables.Host.id == current.host_id).where(
            tables.Host.name.in_(among)
        )
    hosts_of = {row.id: row.host_id for row in connection.execute(query)}
    found = findings.by_id(connection, sorted(hosts_of))
    of_hosts = states.of(connection, set(hosts_of.values()))
    return sorted(
        (Stood(finding, of_hosts[hosts_of[id_]]) for id_, finding in found.items()),
        key=lambda s: (s.finding.host, s.finding.network),
    )
