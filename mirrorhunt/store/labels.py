"""What people's decisions teach: each host they decided upon, as it was when they looked."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from mirrorhunt.auditing import AUTOMATIC
from mirrorhunt.decisions import (
    ON_MEMBERSHIP,
    Decision,
    Label,
    Review,
    in_force,
    latest_on_membership,
)
from mirrorhunt.model import Judgement, Relation, Verdict
from mirrorhunt.store import tables
from mirrorhunt.store._upsert import chunks
from mirrorhunt.store.findings import evidence_of

_RANDOM = "random"


def all_of(connection: Connection, *, only_drawn: bool = False) -> list[Label]:
    """The hosts with a decision in force on membership, oldest first; *only_drawn*: those that
    chance picked.

    What was decided stays true of what was seen when the name has another owner, and when a
    protection has run out. A host that chance picked stays in the sample whoever decides about it
    later: the last decision says whether it was wrong, and it counts as it was when it was picked.
    """
    table = tables.Review
    histories: dict[tuple[int, int], list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(select(table.__table__).order_by(table.id)):
        histories[row.network_id, row.host_id].append(row)
    chosen: list[tuple[Row[Any], bool, bool]] = []
    for rows in histories.values():
        latest = latest_on_membership(in_force(map(_review, rows), None))
        if latest is None:
            continue
        drawn = [r for r in rows if r.drawn == _RANDOM and r.decision in ON_MEMBERSHIP]
        if only_drawn and not drawn:
            continue
        seen = drawn[0] if drawn else next(r for r in rows if r.id == latest.id)
        if seen.verdict_id is not None:
            chosen.append((seen, bool(drawn), latest.decision is Decision.CONFIRM))
    chosen.sort(key=lambda one: one[0].id)
    return _labels(connection, chosen)


def _review(row: Row[Any]) -> Review:
    return Review(
        row.id,
        Decision(row.decision),
        row.author,
        row.reason,
        row.at,
        undoes=row.undoes_id,
    )


def _labels(connection: Connection, chosen: Sequence[tuple[Row[Any], bool, bool]]) -> list[Label]:
    judged: dict[int, Judgement] = {}
    domains: dict[int, str] = {}
    for chunk in chunks(sorted({row.verdict_id for row, _, _ in chosen})):
        found, of_chunk = _judgements(connection, chunk)
        judged |= found
        domains |= of_chunk
    channels = _channels(connection, {row.host_id for row, _, _ in chosen})
    return [
        Label(
            judged[row.verdict_id],
            domains[row.verdict_id],
            tuple(sorted(channels.get((row.network_id, row.host_id), ()))),
            belongs,
            is_drawn,
        )
        for row, is_drawn, belongs in chosen
    ]


def _judgements(
    connection: Connection, verdict_ids: Sequence[int]
) -> tuple[dict[int, Judgement], dict[int, str]]:
    verdict, host, network = tables.Verdict, tables.Host, tables.Network
    evidence = evidence_of(connection, verdict_ids)
    judged: dict[int, Judgement] = {}
    domains: dict[int, str] = {}
    for row in connection.execute(
        select(
            verdict.id,
            verdict.verdict,
            verdict.relation,
            verdict.score_bits,
            verdict.scores,
            verdict.prior_bits,
            verdict.gate,
            verdict.policy,
            verdict.flags,
            host.name.label("host"),
            host.registrable_domain,
            network.name.label("network"),
        )
        .join(host, host.id == verdict.host_id)
        .join(network, network.id == verdict.network_id)
        .where(verdict.id.in_(verdict_ids))
    ):
        # What nobody had looked at yet was probable, whether it was published or not.
        is_automatic = row.gate.startswith(AUTOMATIC)
        domains[row.id] = row.registrable_domain
        judged[row.id] = Judgement(
            host=row.host,
            network=row.network,
            verdict=Verdict.PROBABLE if is_automatic else Verdict(row.verdict),
            relation=Relation(row.relation),
            score_bits=row.score_bits,
            scores=tuple((Relation(name), bits) for name, bits in sorted(row.scores.items())),
            prior_bits=row.prior_bits,
            evidence=tuple(evidence.get(row.id, ())),
            gate=row.gate,
            policy=row.policy,
            flags=tuple(row.flags.split(",")) if row.flags else (),
        )
    return judged, domains


def _channels(connection: Connection, host_ids: set[int]) -> dict[tuple[int, int], set[str]]:
    table = tables.Candidate
    found: dict[tuple[int, int], set[str]] = defaultdict(set)
    for chunk in chunks(sorted(host_ids)):
        for row in connection.execute(
            select(table.network_id, table.host_id, table.channel).where(table.host_id.in_(chunk))
        ):
            found[row.network_id, row.host_id].add(row.channel)
    return found
