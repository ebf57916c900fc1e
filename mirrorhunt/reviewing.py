"""People decide: write decisions down, judge again, and say what came of it.

A decision is made on evidence that was seen. Whoever names the digest of what they saw is refused
when it is no longer what is there: who decides on a stale screen signs for something else.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, Engine

from mirrorhunt import decisions, judging, names, queueing
from mirrorhunt.decisions import ON_MEMBERSHIP, PAST, ROLES, Decision, Review
from mirrorhunt.errors import InputError
from mirrorhunt.model import Availability, Verdict
from mirrorhunt.store import protections, reviews
from mirrorhunt.store.reviews import Subject
from mirrorhunt.store.session import storing

MAX_REASON_CHARS = 500
MAX_AUTHOR_CHARS = 100
LEAST_DIGEST_CHARS = 12
"""So much of a digest is enough to say what was seen."""
SHOWN_REFUSALS = 5
DRAWN_RANDOM = "random"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person wants written down."""

    host: str
    decision: Decision
    author: str
    reason: str
    network: str | None = None
    """None: the one network that has a verdict on the host."""
    role: str = ""
    """For `Decision.RELATE`."""
    digest: str | None = None
    """Of the evidence they saw, or its beginning; None where they looked at what is there now."""
    until: datetime | None = None
    """For `Decision.PROTECT`: when it ends; None: never."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What came of a wish."""

    review: int
    host: str
    network: str
    before: Verdict
    after: Verdict
    note: str
    """Why the verdict is what it is now; what to know besides."""


@dataclass(frozen=True, slots=True)
class Bench:
    """Who may not be decided upon, and who not alone."""

    is_out: Callable[[str], bool]
    needs_two: Callable[[str], str | None]
    again: "Callable[[], Bench] | None" = None
    """The bench as it is once a decision has changed what is protected; None where it cannot."""
    auto_confirm: float = 0.0
    """The settings' share of wrong ones up to which no person has to confirm; 0: always one."""


class RefusedWishesError(InputError):
    """Wishes that cannot be kept, so that none was."""

    def __init__(self, refusals: Sequence[tuple[int, str]], count: int) -> None:
        self.refusals = tuple(sorted(refusals))
        """(place among the wishes from 0 on, why)."""
        self.count = count
        super().__init__(self.worded(lambda _: "", "decision"))

    def worded(self, place: Callable[[int], str], noun: str) -> str:
        """The refusals in a line, the first few with their *place*."""
        shown = [f"{place(n)}{why}" for n, why in self.refusals[:SHOWN_REFUSALS]]
        if self.count == 1:
            return shown[0]
        more = len(self.refusals) - len(shown)
        text = f"{len(self.refusals)} of {self.count} {noun}s cannot be kept, so none was: "
        return text + "; ".join(shown) + (f" (and {more} more)" if more else "")


@dataclass(frozen=True, slots=True)
class _Plan:
    """A wish that can be kept."""

    place: int
    wish: Wish
    subject: Subject
    history: tuple[Review, ...]
    """What was decided before, oldest first."""


def decide(engine: Engine, wishes: Sequence[Wish], now: datetime, bench: Bench) -> list[Decided]:
    """Write *wishes* down, all of them or none, and judge the networks again.

    Raises RefusedWishesError for wishes that cannot be kept: an unknown host, a protected one, a
    reason left out, evidence that is no longer what was seen, two that contradict each other; and
    InputError for a clock that goes backwards.
    """
    with storing(), engine.begin() as connection:
        plans = _planned(connection, wishes, now, bench)
        written = _written(connection, plans, now)
        moved = _move_protection(connection, plans, written, now)
        networks = {plan.subject.network for plan in plans}
        networks |= reviews.networks_below(connection, moved)
    if moved and bench.again is not None:
        bench = bench.again()
    for network in sorted(networks):
        judging.judge_network(
            engine, network, now, bench.is_out, bench.needs_two, bench.auto_confirm
        )
    with storing(), engine.begin() as connection:
        after = reviews.subjects(connection, {plan.wish.host for plan in plans})
    return [
        _outcome(plan, review, after[plan.wish.host])
        for plan, review in zip(plans, written, strict=True)
    ]


def check(engine: Engine, wishes: Sequence[Wish], now: datetime, bench: Bench) -> list[Subject]:
    """What *wishes* are about, nothing written. Raises as `decide` does."""
    with storing(), engine.begin() as connection:
        return [plan.subject for plan in _planned(connection, wishes, now, bench)]


# ---------------------------------------------------------------- what can be kept


def _planned(
    connection: Connection, wishes: Sequence[Wish], now: datetime, bench: Bench
) -> list[_Plan]:
    _check_clock(connection, now)
    refusals: list[tuple[int, str]] = []
    checked: list[tuple[int, Wish]] = []
    for place, wish in enumerate(wishes):
        try:
            checked.append((place, _checked(wish, now)))
        except InputError as e:
            refusals.append((place, str(e)))
    found = reviews.subjects(connection, {wish.host for _, wish in checked})
    met: list[tuple[int, Wish, Subject]] = []
    for place, wish in checked:
        try:
            subject = _subject(wish, found.get(wish.host, ()))
            _check(wish, subject, bench)
        except InputError as e:
            refusals.append((place, str(e)))
        else:
            met.append((place, wish, subject))
    met, contradicting = _without_contradictions(met)
    histories = _histories(connection, [subject for _, _, subject in met])
    plans: list[_Plan] = []
    for place, wish, subject in met:
        history = tuple(histories.get((subject.network_id, subject.host_id), ()))
        if wish.decision is Decision.UNDO and not decisions.in_force(history, None, now):
            why = f"{wish.host}: no decision is in force, so none can be undone"
            refusals.append((place, why))
        plans.append(_Plan(place, wish, subject, history))
    refusals += contradicting
    if refusals:
        raise RefusedWishesError(refusals, len(wishes))
    return plans


def _check_clock(connection: Connection, now: datetime) -> None:
    latest = reviews.latest_at(connection)
    if latest is not None and now < latest:
        raise InputError(
            f"this machine's clock says {now:%Y-%m-%d %H:%M:%S} UTC, but the last decision was "
            f"made at {latest:%Y-%m-%d %H:%M:%S}: set the clock, or the order of decisions is lost"
        )


def _checked(wish: Wish, now: datetime) -> Wish:
    """*wish* as it is written down. Raises InputError."""
    host = names.without_www(names.host(wish.host))
    author, reason = " ".join(wish.author.split()), " ".join(wish.reason.split())
    if not author or "," in author or len(author) > MAX_AUTHOR_CHARS or not author.isprintable():
        raise InputError(
            f"author {wish.author[:40]!r}: say who decides, in 1 to {MAX_AUTHOR_CHARS} characters "
            "without commas (--author, or MIRRORHUNT_AUTHOR)"
        )
    if not reason and wish.decision is not Decision.UNDO:
        raise InputError(f"{host}: a decision needs a reason that others can check (--reason)")
    if wish.decision is Decision.RELATE and wish.role not in ROLES:
        raise InputError(f"{host}: role {wish.role[:40]!r}; there are: {', '.join(ROLES)}")
    if wish.until is not None and wish.until <= now:
        raise InputError(f"{host}: a protection until {wish.until:%Y-%m-%d} is over already")
    return replace(
        wish,
        host=host,
        author=author,
        reason=reason[:MAX_REASON_CHARS],
        role=wish.role if wish.decision is Decision.RELATE else "",
        until=wish.until if wish.decision is Decision.PROTECT else None,
    )


def _subject(wish: Wish, found: Iterable[Subject]) -> Subject:
    there = [s for s in found if wish.network in (None, s.network)]
    if not there:
        where = f" in {wish.network!r}" if wish.network else ""
        raise InputError(
            f"{wish.host} has no verdict{where}, so there is nothing to decide: it has to be "
            "found by a hunt first (`mirrorhunt hunt … --candidates FILE` brings it up)"
        )
    if len(there) > 1:
        listed = ", ".join(sorted(s.network for s in there))
        raise InputError(f"{wish.host} has a verdict in {listed}: say which with --network")
    return there[0]


def _check(wish: Wish, subject: Subject, bench: Bench) -> None:
    if wish.digest is not None:
        if len(wish.digest) < LEAST_DIGEST_CHARS:
            raise InputError(
                f"{wish.host}: {wish.digest!r} is too little of a digest to say what was seen; "
                f"{LEAST_DIGEST_CHARS} characters are needed (`mirrorhunt review show`)"
            )
        if not subject.digest.startswith(wish.digest.lower()):
            raise InputError(
                f"{wish.host}: the evidence has changed since you looked "
                f"({wish.digest[:LEAST_DIGEST_CHARS]}… is now "
                f"{subject.digest[:LEAST_DIGEST_CHARS]}…): look at "
                f"`mirrorhunt review show {wish.host}` and decide again"
            )
    if wish.decision is Decision.CONFIRM and bench.is_out(wish.host):
        raise InputError(f"{wish.host} is protected: no evidence and no decision publishes it")


def _without_contradictions(
    met: Sequence[tuple[int, Wish, Subject]],
) -> tuple[list[tuple[int, Wish, Subject]], list[tuple[int, str]]]:
    """*met* without what is said twice, and what contradicts something before it."""
    kept: list[tuple[int, Wish, Subject]] = []
    refusals: list[tuple[int, str]] = []
    first: dict[tuple[int, bool], tuple[Decision, str]] = {}
    said: set[tuple[int, Decision, str, str]] = set()
    for place, wish, subject in met:
        # What it is to the network is said beside whether it belongs.
        about = (subject.verdict_id, wish.decision is Decision.RELATE)
        before = first.setdefault(about, (wish.decision, wish.role))
        if before != (wish.decision, wish.role):
            decision, role = before
            words = (f"{decision} {role}".strip(), f"{wish.decision} {wish.role}".strip())
            refusals.append((place, f"{wish.host}: {words[1]} contradicts {words[0]} before it"))
            continue
        key = (subject.verdict_id, wish.decision, wish.role, wish.author.casefold())
        if key not in said:
            said.add(key)
            kept.append((place, wish, subject))
    return kept, refusals


def _histories(
    connection: Connection, subjects: Iterable[Subject]
) -> dict[tuple[int, int], list[Review]]:
    by_network: dict[int, set[int]] = defaultdict(set)
    for subject in subjects:
        by_network[subject.network_id].add(subject.host_id)
    return {
        (network, host_id): of_host
        for network, host_ids in by_network.items()
        for host_id, of_host in reviews.of_network(
            connection, network, host_ids, with_evidence=False
        ).items()
    }


# ---------------------------------------------------------------- writing it down


def _written(connection: Connection, plans: Sequence[_Plan], now: datetime) -> list[Review]:
    drawn = _drawn(connection, plans)
    made = [
        Review(
            0,
            plan.wish.decision,
            plan.wish.author,
            plan.wish.reason,
            now,
            plan.subject.digest,
            role=plan.wish.role,
            drawn=DRAWN_RANDOM if plan.subject.verdict_id in drawn else "",
            undoes=_target(plan, now).id if plan.wish.decision is Decision.UNDO else None,
            expires_at=plan.wish.until,
        )
        for plan in plans
    ]
    ids = reviews.add(
        connection, [(plan.subject, review) for plan, review in zip(plans, made, strict=True)]
    )
    return [replace(review, id=id_) for review, id_ in zip(made, ids, strict=True)]


def _target(plan: _Plan, now: datetime) -> Review:
    """What an undo undoes: the latest decision in force."""
    return decisions.in_force(plan.history, None, now)[-1]


def _drawn(connection: Connection, plans: Iterable[_Plan]) -> set[int]:
    """The verdicts among *plans* that chance had drawn next, without one passed over."""
    decided = {p.subject.verdict_id for p in plans if p.wish.decision in ON_MEMBERSHIP}
    drawn: set[int] = set()
    for row in queueing.drawn_next(connection) if decided else ():
        if row.verdict_id not in decided:
            break
        drawn.add(row.verdict_id)
    return drawn


def _move_protection(
    connection: Connection, plans: Sequence[_Plan], written: Sequence[Review], now: datetime
) -> set[str]:
    """Keep the operator's protected names in step; returns the registrable domains concerned."""
    is_about = not {Decision.PROTECT, Decision.UNDO}.isdisjoint(r.decision for r in written)
    named = protections.names(connection, now) if is_about else {}
    groups: dict[tuple[str, str, datetime | None], list[str]] = defaultdict(list)
    freed: dict[tuple[str, str], list[str]] = defaultdict(list)
    for plan, review in zip(plans, written, strict=True):
        host = plan.wish.host
        if review.decision is Decision.PROTECT and host not in named:
            groups[review.author, review.reason, review.expires_at].append(host)
        if review.decision is Decision.UNDO:
            target = _target(plan, now)
            # What the operator protected by another way stays so.
            is_ours = named.get(host) == target.reason
            if target.decision is Decision.PROTECT and is_ours and _is_effective(plan, review):
                freed[review.author, review.reason].append(host)
    for (owner, reason, until), concerned in groups.items():
        protections.protect(connection, concerned, reason, now, owner=owner, expires_at=until)
    for (author, reason), concerned in freed.items():
        protections.end(connection, concerned, reason, now, author=author)
    moved = {host for part in (*groups.values(), *freed.values()) for host in part}
    return {names.registrable_domain(host) or host for host in moved}


def _is_effective(plan: _Plan, undo: Review) -> bool:
    """Whether *undo* takes its target back, or waits for a second person."""
    still = decisions.in_force([*plan.history, undo], None)
    return undo.undoes not in {review.id for review in still}


# ---------------------------------------------------------------- what came of it


def _outcome(plan: _Plan, review: Review, after: Iterable[Subject]) -> Decided:
    subject = next(s for s in after if s.network_id == plan.subject.network_id)
    notes = [subject.gate, *_notes(plan, review, subject)]
    return Decided(
        review.id,
        subject.host,
        subject.network,
        plan.subject.verdict,
        subject.verdict,
        "; ".join(note for note in notes if note),
    )


def _notes(plan: _Plan, review: Review, subject: Subject) -> Iterable[str]:
    kept = decisions.in_force(plan.history, None, review.at)
    before = decisions.latest_on_membership(kept)
    if review.decision is Decision.UNDO:
        target = _target(plan, review.at)
        undone = f"{target.author}'s {target.decision} of {target.at:%Y-%m-%d}"
        if _is_effective(plan, review):
            yield f"{undone} was undone"
        else:
            yield f"{undone} stands until its author or a second person undoes it"
    elif review.decision is Decision.RELATE:
        yield f"to its network it is: {review.role}"
    elif before is not None and _is_against(before, review):
        yield f"{before.author} had {PAST[before.decision]} it on {before.at:%Y-%m-%d}"
    elif review.decision is Decision.CONFIRM and _is_unpublished(subject):
        yield f"not published before it is live again: it is {subject.availability}"


def _is_unpublished(subject: Subject) -> bool:
    is_live = subject.availability == Availability.LIVE.value
    return subject.verdict is Verdict.CONFIRMED and not is_live


def _is_against(before: Review, review: Review) -> bool:
    """Whether *review* takes somebody else's decision back.

    That a rejection takes two to be overcome is said by the verdict itself.
    """
    if review.decision in (before.decision, Decision.CONFIRM):
        return False
    return before.author.casefold() != review.author.casefold()
