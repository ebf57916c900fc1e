"""People decide: write a decision down, judge again, and say what came of it.

A decision is made on evidence that was seen. Whoever names the digest of what they saw is refused
when it is no longer what is there: who decides on a stale screen signs for something else.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine

from mirrorhunt import decisions, judging, names
from mirrorhunt.decisions import ROLES, Decision, Review
from mirrorhunt.errors import InputError
from mirrorhunt.model import Verdict
from mirrorhunt.store import findings, hosts, reviews
from mirrorhunt.store.findings import Finding
from mirrorhunt.store.session import storing

MAX_REASON_CHARS = 500
MAX_AUTHOR_CHARS = 100
DRAWN_RANDOM = "random"
_DECIDABLE = (Verdict.CANDIDATE, Verdict.PROBABLE, Verdict.CONFIRMED, Verdict.REJECTED)


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
    """Of the evidence they saw; None where they looked at what is there now."""


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


def decide(engine: Engine, wishes: Sequence[Wish], now: datetime, bench: Bench) -> list[Decided]:
    """Write *wishes* down, all of them or none, and judge the networks again.

    Raises InputError for a wish that cannot be kept: an unknown host, a protected one, a reason
    left out, evidence that is no longer what was seen, a clock that goes backwards.
    """
    with storing(), engine.begin() as connection:
        _check_clock(connection, now)
        written = [_write(connection, _checked(wish), now, bench) for wish in wishes]
    for network in sorted({network for _, _, network, _ in written}):
        judging.judge_network(engine, network, now, bench.is_out, bench.needs_two)
    with storing(), engine.begin() as connection:
        return [
            _outcome(connection, id_, host, network, before)
            for id_, host, network, before in written
        ]


def undo(
    engine: Engine,
    host: str,
    network: str | None,
    author: str,
    reason: str,
    now: datetime,
    bench: Bench,
) -> Decided:
    """Take back the latest decision about *host* that is in force. Raises InputError."""
    return decide(engine, [Wish(host, Decision.UNDO, author, reason, network)], now, bench)[0]


def _checked(wish: Wish) -> Wish:
    author, reason = " ".join(wish.author.split()), " ".join(wish.reason.split())
    if not author or "," in author or len(author) > MAX_AUTHOR_CHARS or not author.isprintable():
        raise InputError(
            f"author {wish.author[:40]!r}: say who decides, in 1 to {MAX_AUTHOR_CHARS} characters "
            "without commas (--author, or MIRRORHUNT_AUTHOR)"
        )
    if not reason and wish.decision is not Decision.UNDO:
        raise InputError(
            f"{wish.host}: a decision needs a reason that others can check (--reason)"
        )
    if wish.decision is Decision.RELATE and wish.role not in ROLES:
        raise InputError(f"role {wish.role[:40]!r}; there are: {', '.join(ROLES)}")
    host = names.without_www(names.host(wish.host))
    return Wish(
        host,
        wish.decision,
        author,
        reason[:MAX_REASON_CHARS],
        wish.network,
        wish.role if wish.decision is Decision.RELATE else "",
        wish.digest,
    )


def _check_clock(connection: Connection, now: datetime) -> None:
    latest = reviews.latest_at(connection)
    if latest is not None and now < latest:
        raise InputError(
            f"this machine's clock says {now:%Y-%m-%d %H:%M:%S} UTC, but the last decision was "
            f"made at {latest:%Y-%m-%d %H:%M:%S}: set the clock, or the order of decisions is lost"
        )


def _write(
    connection: Connection, wish: Wish, now: datetime, bench: Bench
) -> tuple[int, str, str, Verdict]:
    finding = _finding(connection, wish)
    if wish.digest is not None and wish.digest != finding.digest:
        raise InputError(
            f"{wish.host}: the evidence has changed since you looked ({wish.digest[:12]}… is now "
            f"{finding.digest[:12]}…): look at `mirrorhunt explain {wish.host}` and decide again"
        )
    if bench.is_out(wish.host) and wish.decision is Decision.CONFIRM:
        raise InputError(f"{wish.host} is protected: no evidence and no decision publishes it")
    network = hosts.find_network_id(connection, finding.network)
    host_id = hosts.find_ids(connection, [wish.host])[wish.host]
    undoes = None
    if wish.decision is Decision.UNDO:
        undoes = _undone(connection, network, host_id, wish.host)
    if wish.decision is Decision.PROTECT:
        hosts.protect(connection, [wish.host], wish.reason, now, owner=wish.author)
    review = Review(
        0,
        wish.decision,
        wish.author,
        wish.reason,
        now,
        finding.digest,
        role=wish.role,
        drawn=_drawn(connection, finding),
        undoes=undoes,
    )
    written = reviews.add(connection, network, host_id, review, finding.verdict_id)
    return written, wish.host, finding.network, finding.verdict


def _finding(connection: Connection, wish: Wish) -> Finding:
    found = list(findings.findings(connection, wish.network, list(Verdict), wish.host))
    if not found:
        where = f" in {wish.network!r}" if wish.network else ""
        raise InputError(
            f"{wish.host} has no verdict{where}, so there is nothing to decide: it has to be "
            "found by a hunt first (`mirrorhunt hunt … --candidates FILE` brings it up)"
        )
    if len(found) > 1:
        there = ", ".join(sorted(f.network for f in found))
        raise InputError(f"{wish.host} has a verdict in {there}: say which with --network")
    return found[0]


def _undone(connection: Connection, network: int, host_id: int, host: str) -> int:
    kept = decisions.in_force(
        reviews.of_network(connection, network, [host_id]).get(host_id, ()), None
    )
    if not kept:
        raise InputError(f"{host}: no decision is in force, so none can be undone")
    return kept[-1].id


def _outcome(
    connection: Connection, id_: int, host: str, network: str, before: Verdict
) -> Decided:
    now = next(findings.findings(connection, network, list(Verdict), host))
    return Decided(id_, host, network, before, now.verdict, now.gate)


# ---------------------------------------------------------------- the audited sample


def audit_order(found: Iterable[Finding], salt: str) -> list[Finding]:
    """Probable hosts that nobody decided upon, in the order in which chance draws them.

    The order is fixed by the database's secret before anybody looks, so that what is decided in
    this order is a random sample, and bounds the share of wrong ones among all.
    """
    undecided = [f for f in found if f.verdict is Verdict.PROBABLE and not f.reviewed_by]
    return sorted(undecided, key=lambda f: _lot(salt, f.network, f.host))


def _lot(salt: str, network: str, host: str) -> str:
    return hashlib.sha256(f"{salt} {network} {host}".encode()).hexdigest()


def _drawn(connection: Connection, finding: Finding) -> str:
    """``random`` if chance had drawn *finding* next: whoever passes over the next gets no credit
    for the one after it."""
    if finding.verdict is not Verdict.PROBABLE or finding.reviewed_by:
        return ""
    probable = findings.findings(connection, None, [Verdict.PROBABLE])
    order = audit_order(probable, reviews.salt(connection))
    return DRAWN_RANDOM if order and order[0].host == finding.host else ""
