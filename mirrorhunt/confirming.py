"""Confirm without a person, where somebody asked for it and an audit bears it out (decision 13).

What is confirmed like this is published and vouches for nobody: members are the seeds and what
people confirmed. It is decided anew whenever a network is judged, so that it falls by itself.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from mirrorhunt import auditing, verdicts
from mirrorhunt.auditing import AUTOMATIC, Sample
from mirrorhunt.decisions import Label
from mirrorhunt.facts import HostFacts
from mirrorhunt.model import Judgement, Verdict
from mirrorhunt.policy import Policy
from mirrorhunt.store import automatic, calibrations, hosts, labels
from mirrorhunt.store.session import storing
from mirrorhunt.store.verdicts import Standing

APART = timedelta(hours=1)
"""So far apart are two looks that found a host live."""
SHOWN_NETWORKS = 5


def threshold(
    connection: Connection, policy: Policy, network: int, setting: float
) -> float | None:
    """From how many bits on hosts of *network* are confirmed without a person; None: from none.

    From there on at most as many are wrong, of what *policy* is sure of, as was asked for: what
    somebody said of this network goes before *setting*, of which 0 means never.

    Only what chance drew under this very policy counts: an audit says nothing of numbers that
    were not in force, least of all of those that were learned from it.
    """
    said = hosts.auto_confirm(connection, network)
    bound = setting if said is None else said
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
    facts: Mapping[int, HostFacts],
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
    seen = _seen_live_twice(connection, {id_: facts[id_].epoch_since for id_ in sure}, now)
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


def has_fallen(before: Standing, threshold: float | None, needs_two: str | None = None) -> bool:
    """Whether what stood without a person does no longer, although nothing new was seen of it.

    *needs_two* says why it takes two people by now, live or not; None where it does not.
    """
    is_automatic = any(isinstance(s, str) and s.startswith(AUTOMATIC) for s in before.said)
    is_low = threshold is None or before.score_bits < threshold
    return is_automatic and (is_low or needs_two is not None)


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


def said(engine: Engine, setting: float, network: str | None = None) -> list[str]:
    """What is known of how often the policy errs, and what comes of it, for summaries: in
    *network*, or in all that there are."""
    with storing(), engine.begin() as connection:
        drawn = labels.all_of(connection, only_drawn=True)
        policy = calibrations.current(connection)
        standing = automatic.count(connection)
        asked = automatic.asked(connection, setting)
    lines = [auditing.sentence(len(drawn), sum(not label.belongs for label in drawn))]
    counted = samples(drawn, policy)
    for bound in sorted({b for name, b in asked.items() if b and network in (None, name)}):
        where = sorted(name for name, b in asked.items() if b == bound)
        lines.append(_said_of(counted, bound, where, standing))
    return lines


def _said_of(
    counted: Sequence[Sample], bound: float, networks: Sequence[str], standing: Mapping[str, int]
) -> str:
    """What comes of it that *bound* was asked for in *networks*."""
    named = ", ".join(map(repr, networks[:SHOWN_NETWORKS]))
    if len(networks) > SHOWN_NETWORKS:
        named += f" and {len(networks) - SHOWN_NETWORKS} more"
    level = auditing.threshold(counted, bound)
    if level is not None:
        count = sum(standing.get(name, 0) for name in networks)
        return (
            f"confirmed without a person in {named}, from {level:.0f} bits on: {count} hosts "
            "(`hunt --no-auto-confirm` ends it)"
        )
    wrong = sum(s.is_wrong for s in counted)
    more = max(1, auditing.needed(bound, wrong=wrong) - len(counted))
    return (
        f"nothing is confirmed without a person in {named}, although asked for: of the "
        f"{len(counted)} hosts that chance drew and the policy was sure of {wrong or 'none'} "
        f"{'were' if wrong > 1 else 'was'} wrong, which does not show that {bound:.1%} at most "
        f"are; decide {more} more random ones".replace("%", " %")
    )
