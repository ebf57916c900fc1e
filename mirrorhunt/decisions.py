"""What people decided about a host, and whether what they saw still stands. Pure.

A decision is keyed to the evidence that was seen when it was made, and it is never overwritten:
it is *reopened* when that evidence changes under it. What change does differs with what would be
harmed (decision 11):

* A confirmation publishes. It stands while nothing new speaks against the host, and while either
  all that was seen for it is still there or the policy would find it probable anyway. Reopened,
  the policy decides until somebody looks again.
* A rejection protects. It stands whatever comes; from `REOPENING_BITS` of evidence of kinds that
  were not there to be seen it is shown again.
* Neither outlives its host's owner: what was decided about a name before it changed hands says
  nothing about who holds it now.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mirrorhunt.model import Availability, Evidence, HostFacts, Judgement, Side, Verdict

REOPENING_BITS = 6.0
"""Of new kinds: two independent groups that each carry a verdict (docs/attribution.md)."""
ROLES = ("mirror", "operator", "proxy", "redirector", "hub", "successor")
"""What a person may say that a host is to its network."""


class Decision(StrEnum):
    """What a person may do."""

    CONFIRM = "confirm"
    REJECT = "reject"
    PROTECT = "protect"
    RELATE = "relate"
    """Say what it is to the network."""
    UNDO = "undo"
    """Take back an earlier decision; itself a decision, and kept."""


_ON_MEMBERSHIP = frozenset({Decision.CONFIRM, Decision.REJECT, Decision.PROTECT})


@dataclass(frozen=True, slots=True)
class Review:
    """One decision, as it is kept."""

    id: int
    decision: Decision
    author: str
    reason: str
    at: datetime
    digest: str = ""
    """Of the evidence that was seen; empty where nothing had been judged."""
    seen: tuple[Evidence, ...] = ()
    """That evidence."""
    role: str = ""
    drawn: str = ""
    """The slice of the queue that it was drawn from; only ``random`` bounds the error."""
    undoes: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What people's decisions come to, for one host."""

    verdict: Verdict | None = None
    """None: the policy decides."""
    why: str = ""
    """The sentence that says so; empty where nobody decided anything."""
    role: str = ""
    is_reopened: bool = False
    authors: tuple[str, ...] = ()
    """Whose word the verdict rests on, in the order they gave it."""


def in_force(reviews: Iterable[Review], epoch_since: datetime | None) -> tuple[Review, ...]:
    """*reviews* without what was undone, the undoing, and what an owner before is about; in order.

    An undo can be undone.
    """
    undone: set[int | None] = set()
    kept: list[Review] = []
    for review in sorted(reviews, key=lambda r: r.id, reverse=True):
        if review.id in undone:
            continue
        if review.decision is Decision.UNDO:
            undone.add(review.undoes)
        elif epoch_since is None or review.at >= epoch_since:
            kept.append(review)
    return tuple(reversed(kept))


def is_confirmed(reviews: Sequence[Review], needs_two: str | None) -> bool:
    """Whether *reviews*, which are in force, confirm; whether it stands is not looked at."""
    latest = _latest(reviews)
    if latest is None or latest.decision is not Decision.CONFIRM:
        return False
    return len(_confirming(reviews)) >= (2 if _why_two(reviews, needs_two) else 1)


def is_refused(reviews: Sequence[Review]) -> bool:
    """Whether *reviews*, which are in force, keep the host out, whatever speaks for it."""
    latest = _latest(reviews)
    return latest is not None and latest.decision is not Decision.CONFIRM


def standing(
    reviews: Sequence[Review],
    judgement: Judgement,
    host: HostFacts,
    needs_two: str | None = None,
) -> Standing:
    """What *reviews*, which are in force, come to beside *judgement*.

    *needs_two* says why one person is not enough; None where one is.
    """
    role = next((r.role for r in reversed(reviews) if r.decision is Decision.RELATE), "")
    latest = _latest(reviews)
    if latest is None:
        return Standing(role=role)
    if latest.decision is Decision.PROTECT:
        return Standing(Verdict.PROTECTED, _by(latest), role, authors=(latest.author,))
    if latest.decision is Decision.REJECT:
        news = _new_kinds(latest, judgement)
        why = _by(latest) + (f"; reopened: {news}" if news else "")
        return Standing(Verdict.REJECTED, why, role, bool(news), (latest.author,))
    return _confirmation(reviews, latest, judgement, host, needs_two, role)


def _confirmation(
    reviews: Sequence[Review],
    latest: Review,
    judgement: Judgement,
    host: HostFacts,
    needs_two: str | None,
    role: str,
) -> Standing:
    authors = _confirming(reviews)
    because = _why_two(reviews, needs_two)
    if because and len(authors) < 2:
        why = f"{_by(latest)}; a second person has to: {because}"
        return Standing(None, why, role, authors=authors)
    changed = _change(latest, judgement, host)
    if changed:
        return Standing(None, f"{_by(latest)}; reopened: {changed}", role, True)
    return Standing(Verdict.CONFIRMED, _by(latest), role, authors=authors)


def _latest(reviews: Sequence[Review]) -> Review | None:
    return next((r for r in reversed(reviews) if r.decision in _ON_MEMBERSHIP), None)


def _confirming(reviews: Sequence[Review]) -> tuple[str, ...]:
    """Who confirmed since the last decision that was none, each once."""
    names: dict[str, None] = {}
    for review in reversed(reviews):
        if review.decision in _ON_MEMBERSHIP:
            if review.decision is not Decision.CONFIRM:
                break
            names[review.author] = None
    return tuple(reversed(names))


def _why_two(reviews: Sequence[Review], needs_two: str | None) -> str | None:
    """Why one confirmation is not enough: the name, or that somebody else had rejected it."""
    if needs_two:
        return needs_two
    rejected = [r for r in reviews if r.decision is Decision.REJECT]
    authors = _confirming(reviews)
    if rejected and rejected[-1].author not in authors:
        return f"{rejected[-1].author} had rejected it"
    return None


def _by(review: Review) -> str:
    past = {"confirm": "confirmed", "reject": "rejected", "protect": "put under protection"}
    text = f"{past[review.decision]} by {review.author} on {review.at:%Y-%m-%d}"
    return f"{text}: {review.reason}" if review.reason else text


def _new_kinds(review: Review, judgement: Judgement) -> str:
    seen = {e.kind for e in review.seen if not e.ignored and e.bits > 0}
    new: dict[str, float] = {}
    for e in judgement.evidence:
        if not e.ignored and e.bits > 0 and e.side is not Side.KNOWN and e.kind not in seen:
            new[e.kind] = max(new.get(e.kind, 0.0), e.bits)
    bits = math.fsum(new.values())
    if bits < REOPENING_BITS:
        return ""
    return f"{bits:.1f} bits of evidence that was not there: {', '.join(sorted(new))}"


def _change(review: Review, judgement: Judgement, host: HostFacts) -> str:
    """What changed under a confirmation so that it no longer stands; empty if nothing did."""
    if host.availability is not Availability.LIVE:
        # A page that is not the host's own neither bears it out nor speaks against it.
        return ""
    against = _values(judgement.evidence, -1) - _values(review.seen, -1)
    if against:
        return f"this speaks against it now: {', '.join(sorted({kind for kind, _ in against}))}"
    lost = _values(review.seen, 1) - _values(judgement.evidence, 1)
    if lost and judgement.verdict is Verdict.CANDIDATE:
        kinds = ", ".join(sorted({kind for kind, _ in lost}))
        return f"what was seen is no longer there ({kinds}), and {judgement.gate}"
    return ""


def _values(evidence: Iterable[Evidence], sign: int) -> set[tuple[str, str]]:
    return {
        (e.kind, e.value)
        for e in evidence
        if not e.ignored and e.bits * sign > 0 and e.side is not Side.KNOWN
    }
