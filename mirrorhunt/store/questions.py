"""Questions: how many made-up names were asked for, and how many of them were worth it."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, select, update
from sqlalchemy.orm import aliased

from mirrorhunt.store import tables
from mirrorhunt.store._upsert import upsert
from mirrorhunt.store.candidates import STANDING


@dataclass(frozen=True, slots=True)
class Tally:
    """What asking for a rule's names has brought one network."""

    asked: int = 0
    expected: float = 0.0
    """How many were expected to be the network's: the sum of the probabilities."""
    hits: int = 0
    """How many were: names that stand, not those that merely exist."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The names of one rule that a run has asked for."""

    names: tuple[str, ...] = ()
    expected: float = 0.0
    """The sum of their probabilities."""


def tallies(connection: Connection, network: int, technique: str) -> dict[str, Tally]:
    """Rule to what its names brought *network*, in all runs; hits are *technique*'s candidates
    that stand, by the rule as their channel."""
    question, run, candidate, verdict = (
        tables.Question,
        tables.Run,
        tables.Candidate,
        tables.Verdict,
    )
    asked = connection.execute(
        select(question.rule, func.sum(question.asked), func.sum(question.expected))
        .join(run, run.id == question.run_id)
        .where(run.network_id == network)
        .group_by(question.rule)
    )
    found = {rule: Tally(int(count), float(expected)) for rule, count, expected in asked}
    stood = connection.execute(
        select(candidate.channel, func.count(candidate.host_id.distinct()))
        .join(verdict, verdict.host_id == candidate.host_id)
        .where(
            candidate.network_id == network,
            candidate.technique == technique,
            verdict.network_id == network,
            verdict.is_current,
            verdict.verdict.in_(STANDING),
        )
        .group_by(candidate.channel)
    )
    for rule, hits in stood:
        before = found.get(rule, Tally())
        found[rule] = Tally(before.asked, before.expected, int(hits))
    return found


def of_run(connection: Connection, run: int) -> dict[str, Asked]:
    """Rule to what *run* has asked for, as far as it is known: a run that was killed goes on
    from there."""
    question = tables.Question
    rows = connection.execute(
        select(question.rule, question.names, question.expected).where(question.run_id == run)
    )
    return {rule: Asked(tuple(names), expected) for rule, names, expected in rows}


def record(connection: Connection, run: int, asked: Mapping[str, Asked]) -> None:
    """Note what *run* has asked for in all, by rule; said again it replaces what was said.

    Names of earlier runs of the same network are forgotten, their numbers are not.
    """
    question, runs = tables.Question, aliased(tables.Run)
    upsert(
        connection,
        question,
        [
            {
                "run_id": run,
                "rule": rule,
                "asked": len(of_rule.names),
                "expected": of_rule.expected,
                "names": list(of_rule.names),
            }
            for rule, of_rule in sorted(asked.items())
        ],
        key=["run_id", "rule"],
        update=["asked", "expected", "names"],
    )
    network = select(tables.Run.network_id).where(tables.Run.id == run).scalar_subquery()
    earlier = select(runs.id).where(runs.network_id == network, runs.id < run)
    connection.execute(
        update(question).where(question.run_id.in_(earlier), question.asked > 0).values(names=[])
    )
