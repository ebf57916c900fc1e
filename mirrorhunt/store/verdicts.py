"""Verdicts: write down what was concluded, keep what was concluded before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from mirrorhunt.model import Judgement, Verdict
from mirrorhunt.store import tables
from mirrorhunt.store._upsert import chunks, table_of

MOVED_BITS = 0.01
"""From so many bits on, a verdict on unchanged evidence is written anew; less is its fading."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The current verdict on one host."""

    verdict_id: int
    verdict: str
    digest: str
    score_bits: float
    said: tuple[Any, ...]
    """What else is written down of it, as `_said`."""

    def reads(self, judgement: Judgement) -> bool:
        """Whether what is written down still says what *judgement* says."""
        if self.said != tuple(_said(judgement).values()):
            return False
        return abs(self.score_bits - judgement.score_bits) < MOVED_BITS


def current(connection: Connection, network: int) -> dict[int, Standing]:
    """The current verdicts in *network*, by host."""
    table = tables.Verdict
    return {
        row.host_id: Standing(
            row.id,
            row.verdict,
            row.digest,
            row.score_bits,
            tuple(getattr(row, name) for name in _SAID),
        )
        for row in connection.execute(
            select(
                table.id,
                table.host_id,
                table.verdict,
                table.digest,
                table.score_bits,
                *(getattr(table, name) for name in _SAID),
            ).where(table.network_id == network, table.is_current)
        )
    }


def counts(connection: Connection, network: int) -> dict[Verdict, int]:
    """How many hosts have each current verdict in *network*."""
    table = tables.Verdict
    rows = connection.execute(
        select(table.verdict, func.count())
        .where(table.network_id == network, table.is_current)
        .group_by(table.verdict)
    )
    return {Verdict(verdict): count for verdict, count in rows}


def record(
    connection: Connection,
    network: int,
    judged: Mapping[int, tuple[Judgement, str]],
    now: datetime,
) -> int:
    """Store *judged* (host to judgement and digest); returns how many verdicts changed.

    The same verdict on the same evidence is noted as judged again, with its bits as they are now:
    they follow from what is stored, and not from when it was first judged. Anything else becomes
    a new row, and the old one is kept as history.
    """
    before = current(connection, network)
    same: list[int] = []
    gone: list[int] = []
    fresh: list[tuple[int, Judgement, str]] = []
    changed = 0
    for host_id, (judgement, digest) in sorted(judged.items()):
        old = before.get(host_id)
        if old and (old.digest, old.verdict) == (digest, judgement.verdict.value):
            same.append(old.verdict_id)
            if not old.reads(judgement):
                _rewrite(connection, old.verdict_id, judgement)
            continue
        if old:
            gone.append(old.verdict_id)
        changed += old is None or old.verdict != judgement.verdict.value
        fresh.append((host_id, judgement, digest))
    table = tables.Verdict
    for chunk in chunks(same):
        connection.execute(update(table).where(table.id.in_(chunk)).values(last_judged_at=now))
    for chunk in chunks(gone):
        connection.execute(update(table).where(table.id.in_(chunk)).values(is_current=False))
    _insert(connection, network, fresh, now)
    return changed


def _insert(
    connection: Connection,
    network: int,
    fresh: Sequence[tuple[int, Judgement, str]],
    now: datetime,
) -> None:
    if not fresh:
        return
    table = table_of(tables.Verdict)
    ids = connection.execute(
        insert(table).returning(table.c.host_id, table.c.id),
        [
            {
                **_bits(judgement),
                "network_id": network,
                "host_id": host_id,
                "verdict": judgement.verdict.value,
                "digest": digest,
                "judged_at": now,
                "last_judged_at": now,
                "is_current": True,
            }
            for host_id, judgement, digest in fresh
        ],
    )
    of_host: dict[int, int] = {row.host_id: row.id for row in ids}
    rows = [row for host_id, j, _ in fresh for row in _evidence(of_host[host_id], j)]
    if rows:
        connection.execute(insert(table_of(tables.Evidence)), rows)


def _rewrite(connection: Connection, verdict: int, judgement: Judgement) -> None:
    table, evidence = tables.Verdict, tables.Evidence
    connection.execute(update(table).where(table.id == verdict).values(**_bits(judgement)))
    connection.execute(delete(evidence).where(evidence.verdict_id == verdict))
    if rows := _evidence(verdict, judgement):
        connection.execute(insert(table_of(evidence)), rows)


def _bits(judgement: Judgement) -> dict[str, Any]:
    return {
        "score_bits": round(judgement.score_bits, 3),
        "scores": {r.value: round(bits, 3) for r, bits in judgement.scores},
        "prior_bits": round(judgement.prior_bits, 3),
        **_said(judgement),
    }


_SAID = ("relation", "gate", "policy", "role", "flags", "reviewed_by", "is_reopened")


def _said(judgement: Judgement) -> dict[str, Any]:
    """The columns of `_SAID`, in their order."""
    return {
        "relation": judgement.relation.value,
        "gate": judgement.gate,
        "policy": judgement.policy,
        "role": judgement.role,
        "flags": ",".join(judgement.flags),
        "reviewed_by": ",".join(judgement.reviewed_by),
        "is_reopened": judgement.is_reopened,
    }


def _evidence(verdict: int, judgement: Judgement) -> list[dict[str, Any]]:
    return [
        {
            "verdict_id": verdict,
            "position": position,
            "kind": e.kind,
            "side": e.side.value,
            "relations": ",".join(sorted(r.value for r in e.relations)),
            "group": e.group,
            "bits": round(e.bits, 3),
            "value": e.value[:600],
            "because": e.because,
            "ignored": e.ignored,
        }
        for position, e in enumerate(judgement.evidence)
    ]
