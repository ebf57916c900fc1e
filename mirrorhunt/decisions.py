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

What keeps a host out is not taken back by one other person alone, neither by a confirmation nor by
an undo: whoever made it does that, or two others do.
"""

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mirrorhunt.facts import HostFacts
from mirrorhunt.model import Availability, Evidence, Judgement, Side, Verdict

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


ON_MEMBERSHIP = frozenset({Decision.CONFIRM, Decision.REJECT, Decision.PROTECT})
"""What decides whether a host belongs; the others say something about it, or about a decision."""
_KEEPING_OUT = frozenset({Decision.REJECT, Decision.PROTECT})
PAST = {
    Decision.CONFIRM: "confirmed",
    Decision.REJECT: "rejected",
    Decision.PROTECT: "put under protection",
    Decision.RELATE: "given a role",
    Decision.UNDO: "undone",
}
"""What was done to the host, for sentences."""


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
    expires_at: datetime | None = None
    """For `Decision.PROTECT`: from then on it binds nobody; None if it always does."""


@dataclass(frozen=True, slots=True)
class Label:
    """One host that a person decided upon, for learning."""

    judgement: Judgement
    """That was seen, with the bits that the policy of then gave."""
    registrable_domain: str
    channels: tuple[str, ...]
    belongs: bool
    is_drawn: bool = False
    """Chance picked it."""


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


def in_force(
    reviews: Iterable[Review], epoch_since: datetime | None, now: datetime | None = None
) -> tuple[Review, ...]:
    """*reviews* without what was undone, the undoing, what an owner before is about, and what has
    expired at *now* (None: nothing has); in order.

    An undo can be undone. A protection that has expired does not bring back what was decided
    before it: nobody has looked since, so the policy decides.
    """
    undoing: dict[int | None, set[str]] = defaultdict(set)
    kept: list[Review] = []
    has_expired = False
    for review in sorted(reviews, key=lambda r: r.id, reverse=True):
        if _is_undone(review, undoing.get(review.id, ())):
            continue
        if review.decision is Decision.UNDO:
            undoing[review.undoes].add(_person(review.author))
            continue
        if epoch_since is not None and review.at < epoch_since:
            continue
        if review.decision in ON_MEMBERSHIP:
            if now is not None and review.expires_at is not None and review.expires_at <= now:
                has_expired = True
            if has_expired:
                continue
        kept.append(review)
    return tuple(reversed(kept))


def _is_undone(review: Review, by: Collection[str]) -> bool:
    """Whether those who undid *review* are enough: a second person for what keeps a host out.

    Otherwise one person could take another's rejection away and confirm, and nobody else would
    have looked.
    """
    if review.decision in _KEEPING_OUT:
        return _person(review.author) in by or len(by) >= 2
    return bool(by)


def _person(author: str) -> str:
    """Who *author* is, however the name was typed."""
    return author.casefold()


def is_confirmed(reviews: Sequence[Review], needs_two: str | None) -> bool:
    """Whether *reviews*, which are in force, confirm; whether it stands is not looked at."""
    latest = latest_on_membership(reviews)
    if latest is None or latest.decision is not Decision.CONFIRM:
        return False
    return len(_confirming(reviews)) >= (2 if _why_two(reviews, needs_two) else 1)


def is_refused(reviews: Sequence[Review]) -> bool:
    """Whether *reviews*, which are in force, keep the host out, whatever speaks for it."""
    latest = latest_on_membership(reviews)
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
    latest = latest_on_membership(reviews)
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


def latest_on_membership(reviews: Sequence[Review]) -> Review | None:
    """The decision of *reviews*, which are in force, that says whether the host belongs."""
    return next((r for r in reversed(reviews) if r.decision in ON_MEMBERSHIP), None)


def _confirming(reviews: Sequence[Review]) -> tuple[str, ...]:
    """Who confirmed since the last decision that was none, each once."""
    people: dict[str, str] = {}
    for review in reversed(reviews):
        if review.decision in ON_MEMBERSHIP:
            if review.decision is not Decision.CONFIRM:
                break
            people[_person(review.author)] = review.author
    return tuple(reversed(people.values()))


def _why_two(reviews: Sequence[Review], needs_two: str | None) -> str | None:
    """Why one confirmation is not enough: the name, or that somebody else had kept it out."""
    if needs_two:
        return needs_two
    against = [r for r in reviews if r.decision in _KEEPING_OUT]
    people = {_person(author) for author in _confirming(reviews)}
    if against and _person(against[-1].author) not in people:
        return f"{against[-1].author} had {PAST[against[-1].decision]} it"
    return None


def _by(review: Review) -> str:
    text = f"{PAST[review.decision]} by {review.author} on {review.at:%Y-%m-%d}"
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
