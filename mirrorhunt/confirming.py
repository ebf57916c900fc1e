"""Confirm without a person, where somebody asked for it and an audit bears it out (decision 13).

What is confirmed like this is published and vouches for nobody: members are the seeds and what
people confirmed. It is decided anew whenever a network is judged, so that it falls by itself.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from mirrorhunt import auditing, verdicts
from mirrorhunt.auditing import AUTOMATIC, Sample
from mirrorhunt.decisions import Label
from mirrorhunt.facts import HostFacts
from mirrorhunt.model import Judgement, Verdict
from mirrorhunt.policy import Policy
from mirrorhunt.store import automatic, calibrations, labels
from mirrorhunt.store.session import storing
from mirrorhunt.store.verdicts import Standing

APART = timedelta(hours=1)
"""So far apart are two looks that found a host live."""


def threshold(connection: Connection, policy: Policy, bound: float) -> float | None:
    """From how many bits on at most *bound* is wrong of what *policy* is sure of; None if unknown.

    Only what chance drew under this very policy counts: an audit says nothing of numbers that
    were not in force, least of all of those that were learned from it.
    """
    if not 0 < bound < 1:
        return None
    return auditing.threshold(samples(labels.all_of(connection, only_drawn=True), policy), bound)


def samples(drawn: Iterable[Label], policy: Policy) -> list[Sample]:
    """Those of *drawn* that *policy* would have confirmed without a person."""
    return [
        Sample(label.judgement.score_bits, not label.belongs)
        for label in drawn
        if label.judgement.policy == policy.version
        and not label.judgement.flags
        and verdicts.auto_confirmable(label.judgement) is None
    ]


def confirmed(
    connection: Connection,
    judgements: Mapping[int, Judgement],
    hosts: Mapping[int, HostFacts],
    threshold: float | None,
    needs_two: Callable[[str], str | None],
    now: datetime,
) -> dict[int, Judgement]:
    """Those of *judgements*, of hosts that nobody decided upon, that are confirmed now."""
    if threshold is None:
        return {}
    sure = {
        id_: judgement
        for id_, judgement in judgements.items()
        if judgement.score_bits >= threshold
        and not judgement.flags
        and verdicts.auto_confirmable(judgement) is None
        and needs_two(judgement.host) is None
    }
    seen = _seen_live_twice(connection, {id_: hosts[id_].epoch_since for id_ in sure}, now)
    return {
        id_: replace(
            judgement,
            verdict=Verdict.CONFIRMED,
            gate=f"{AUTOMATIC}: {threshold:.0f} bits and more, as a random sample allows; "
            f"{judgement.gate}",
        )
        for id_, judgement in sure.items()
        if id_ in seen
    }


def has_fallen(before: Standing, threshold: float | None) -> bool:
    """Whether what stood without a person does no longer, although nothing new was seen of it."""
    is_automatic = any(isinstance(s, str) and s.startswith(AUTOMATIC) for s in before.said)
    return is_automatic and (threshold is None or before.score_bits < threshold)


def _seen_live_twice(
    connection: Connection, since: Mapping[int, datetime | None], now: datetime
) -> set[int]:
    """The hosts of which two looks, an hour apart, found the front page live."""
    found: set[int] = set()
    for id_, looks in automatic.live_looks(connection, since.keys()).items():
        epoch = since[id_]
        ats = [at for at in looks if at <= now and (epoch is None or at >= epoch)]
        if ats and max(ats) - min(ats) >= APART:
            found.add(id_)
    return found


def said(engine: Engine, bound: float) -> list[str]:
    """What is known of how often the policy errs, and what comes of it, for summaries."""
    with storing(), engine.begin() as connection:
        drawn = labels.all_of(connection, only_drawn=True)
        policy = calibrations.current(connection)
        standing = automatic.count(connection)
    lines = [auditing.sentence(len(drawn), sum(not label.belongs for label in drawn))]
    if 0 < bound < 1:
        counted = samples(drawn, policy)
        level = auditing.threshold(counted, bound)
        if level is None:
            lines.append(
                "nothing is confirmed without a person: that takes "
                f"{auditing.needed(bound)} hosts that the policy was sure of, drawn by chance and "
                f"none wrong ({bound:.1%} at most); there are {len(counted)}"
            )
        else:
            lines.append(f"confirmed without a person from {level:.0f} bits on: {standing}")
    return lines
