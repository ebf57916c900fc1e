"""What a decision would do, said before it is made; and what earlier ones still do."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from mirrorhunt import decisions, names, publishing
from mirrorhunt.decisions import PAST, Decision, Review
from mirrorhunt.model import Availability, Verdict
from mirrorhunt.store import registrations, reviews
from mirrorhunt.store.findings import Finding


@dataclass(frozen=True, slots=True)
class Made:
    """A decision that was made, and whether it still binds."""

    network: str
    review: Review
    binds: bool
    because: str
    """Why it does not bind, or what it waits for; empty where it simply binds."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What one decision would do."""

    decision: Decision
    effect: str


def made(connection: Connection, host: str, now: datetime) -> list[Made]:
    """Every decision about *host*, oldest first."""
    logged = list(reviews.log(connection, host=host))
    found: list[Made] = []
    for network in sorted({entry.network for entry in logged}):
        of_network = [entry.review for entry in logged if entry.network == network]
        found += _made(network, of_network, _epoch(connection, host), now)
    return sorted(found, key=lambda m: m.review.id)


def _epoch(connection: Connection, host: str) -> datetime | None:
    domain = names.registrable_domain(host) or host
    said = registrations.current(connection, [domain]).get(domain)
    since = reviews.epoch_of(connection, host)
    epochs = [said.registered_at if said else None, since]
    return max((at for at in epochs if at is not None), default=None)


def _made(
    network: str, of_network: list[Review], epoch: datetime | None, now: datetime
) -> Iterator[Made]:
    binding = {r.id for r in decisions.in_force(of_network, epoch, now)}
    undone_by = {r.undoes: r.author for r in of_network if r.decision is Decision.UNDO}
    latest = decisions.latest_on_membership(decisions.in_force(of_network, epoch, now))
    for review in of_network:
        binds, why = review.id in binding, ""
        if review.id in undone_by:
            why = f"undone by {undone_by[review.id]}"
            if binds:
                why += ", which takes its author or a second person"
        elif review.decision is Decision.UNDO:
            pass
        elif epoch is not None and review.at < epoch:
            why = f"the name is in other hands since {epoch:%Y-%m-%d}"
        elif review.expires_at is not None and review.expires_at <= now:
            why = f"expired on {review.expires_at:%Y-%m-%d}"
        elif not binds:
            why = "before a protection that has expired"
        elif latest is not None and _is_overtaken(review, latest):
            binds, why = False, f"{PAST[latest.decision]} since"
        yield Made(network, review, binds, why)


def _is_overtaken(review: Review, latest: Review) -> bool:
    return review.decision in decisions.ON_MEMBERSHIP and review.decision is not latest.decision


def outlook(
    finding: Finding,
    history: list[Made],
    is_out: Callable[[str], bool],
    needs_two: Callable[[str], str | None],
    scope_of: Callable[[str], str] = publishing.scope_of,
) -> list[Outlook]:
    """What each decision about *finding* would do; *history* is of its network alone."""
    host = finding.host
    found = [Outlook(Decision.CONFIRM, _confirming(finding, history, is_out, needs_two, scope_of))]
    out = "keeps it out of every feed, whatever speaks for it later"
    if finding.verdict is Verdict.CONFIRMED:
        out = f"takes it back out of the feeds, and {out}"
    by = ", ".join(finding.reviewed_by)
    against = f"; against {by}" if by and finding.verdict is Verdict.CONFIRMED else ""
    found.append(Outlook(Decision.REJECT, f"{out}{against}"))
    found.append(
        Outlook(
            Decision.PROTECT,
            f"{host} and what is below it are never scored nor published, in any network",
        )
    )
    binding = [m.review for m in history if m.binds and m.review.decision is not Decision.UNDO]
    if binding:
        last = binding[-1]
        what = f"takes back that it was {PAST[last.decision]} by {last.author}"
        if last.decision in (Decision.REJECT, Decision.PROTECT):
            what += f"; others than {last.author} are two for that"
        found.append(Outlook(Decision.UNDO, what))
    return found


def _confirming(
    finding: Finding,
    history: list[Made],
    is_out: Callable[[str], bool],
    needs_two: Callable[[str], str | None],
    scope_of: Callable[[str], str],
) -> str:
    if is_out(finding.host):
        return "is refused: it is protected"
    scope = scope_of(finding.host)
    below = "it and all below it" if scope == "domain" else "exactly it"
    effect = f"publishes {finding.host} with scope {scope} ({below})"
    if finding.availability != Availability.LIVE.value:
        effect += f", once it is live again: it is {finding.availability}"
    effect += "; what it shows then vouches for others"
    latest = decisions.latest_on_membership([m.review for m in history if m.binds])
    because = needs_two(finding.host) or _kept_out_by(latest)
    if not because:
        return effect
    is_half = latest is not None and latest.decision is Decision.CONFIRM
    given = f", of which {', '.join(finding.reviewed_by)} is one" if is_half else ""
    return f"takes two people{given}: {because}; then {effect}"


def _kept_out_by(latest: Review | None) -> str:
    if latest is None or latest.decision is Decision.CONFIRM:
        return ""
    return f"{latest.author} {PAST[latest.decision]} it (who may confirm it alone)"
