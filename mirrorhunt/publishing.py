"""Choose what is published: rows for an export, chosen by verdict and availability, in scope,
collapsed, each with its expiry; and say what is not published any more, and why."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from mirrorhunt import names
from mirrorhunt.exports import Reason, Row
from mirrorhunt.model import Availability, Verdict
from mirrorhunt.protected import is_lent
from mirrorhunt.protecting import Keep
from mirrorhunt.store import findings, hosts
from mirrorhunt.store.findings import Finding
from mirrorhunt.store.session import storing
from mirrorhunt.store.stood import Stood, stood

LEVELS: dict[Verdict, tuple[Verdict, ...]] = {
    Verdict.CONFIRMED: (Verdict.CONFIRMED,),
    Verdict.PROBABLE: (Verdict.CONFIRMED, Verdict.PROBABLE),
    Verdict.CANDIDATE: (Verdict.CONFIRMED, Verdict.PROBABLE, Verdict.CANDIDATE),
}
"""A verdict to those that are at least as strong."""
_STRENGTH = (Verdict.CONFIRMED, Verdict.PROBABLE, Verdict.CANDIDATE)


def rows(
    engine: Engine,
    keep: Keep,
    *,
    network: str | None,
    at_least: Verdict,
    valid_days: int,
    only_live: bool,
    now: datetime | None = None,
) -> Iterator[Row]:
    """What is published of *network* (None: of all), sorted by host.

    With *only_live*, nothing that was not seen live within *valid_days* before *now* either, and
    nothing that one look found in other hands since, although a state takes several to settle.
    None asks for no instant: for those who look at what is stored, and publish nothing.

    Nothing protected is ever among it, and no infrastructure that everybody uses. A host below a
    published domain of at least the same verdict is left out: in DNS formats the redundant child
    would *unblock* names (decision 8). Raises UnknownNameError.
    """
    with storing(), engine.begin() as connection:
        if network is not None:
            hosts.find_network_id(connection, network)
        since = now - timedelta(days=valid_days) if now and only_live else None
        covering = _covering(connection, network, LEVELS[at_least], keep, only_live, since)
        for finding in findings.findings(connection, network, LEVELS[at_least]):
            if not _is_published(finding, keep, only_live, since):
                continue
            if not _is_covered(finding, covering):
                yield row_of(finding, valid_days, keep)


def _is_published(
    finding: Finding, keep: Keep, only_live: bool, since: datetime | None = None
) -> bool:
    if only_live and (finding.availability != Availability.LIVE.value or finding.away):
        return False
    if since is not None and (finding.last_live_at is None or finding.last_live_at < since):
        return False
    return not keep.is_out(finding.host)


def scope_of(host: str, keep: Keep | None = None) -> str:
    """``domain`` where blocking everything below *host* hits nobody else, ``host`` elsewhere.

    On a shared platform, and below a registrable domain of which only this host was seen to
    offend, exactly the host is named; so is a domain that lends names to strangers, and one below
    which *keep* protects a name. Whatever is published has to be asked with *keep*.
    """
    parts = names.parts(host)
    if parts.below or parts.is_private_suffix or is_lent(host):
        return "host"
    return "host" if keep is not None and keep.protection_below(host) else "domain"


def _covering(
    connection: Connection,
    network: str | None,
    levels: Sequence[Verdict],
    keep: Keep,
    only_live: bool,
    since: datetime | None,
) -> dict[str, int]:
    """Published domains to the strength of their verdict (0 is strongest)."""
    found: dict[str, int] = {}
    for f in findings.findings(connection, network, levels):
        if scope_of(f.host, keep) == "domain" and _is_published(f, keep, only_live, since):
            strength = _STRENGTH.index(f.verdict)
            found[f.host] = min(strength, found.get(f.host, strength))
    return found


def _is_covered(finding: Finding, covering: dict[str, int]) -> bool:
    parent = finding.registrable_domain
    if parent == finding.host or parent not in covering:
        return False
    return covering[parent] <= _STRENGTH.index(finding.verdict)


def row_of(finding: Finding, valid_days: int, keep: Keep) -> Row:
    """*finding* as it is published beside what *keep* protects."""
    is_live = finding.availability == Availability.LIVE.value
    verified_at = finding.last_live_at
    return Row(
        host=finding.host,
        registrable_domain=finding.registrable_domain,
        scope=scope_of(finding.host, keep),
        network=finding.network,
        relation=finding.role or finding.relation.value,
        verdict=finding.verdict.value,
        score_bits=round(finding.score_bits, 2),
        availability=finding.availability,
        first_seen=finding.first_seen_at,
        last_verified=verified_at,
        valid_until=_valid_until(verified_at, valid_days) if is_live else None,
        techniques=finding.techniques or ("seed",),
        evidence=tuple(
            Reason(e.kind, round(e.bits, 2), e.side.value, e.because)
            for e in finding.evidence
            if not e.ignored
        ),
        reviewed_by=finding.reviewed_by,
    )


def _valid_until(verified_at: datetime | None, valid_days: int) -> datetime | None:
    return verified_at + timedelta(days=valid_days) if verified_at else None


# ---------------------------------------------------------------- what is not published any more


@dataclass(frozen=True, slots=True)
class Withheld:
    """A host that had the verdict it takes to be published, and is not."""

    host: str
    network: str
    verdict: str
    """The current one."""
    reason: str
    """A state, or ``protected``, ``rejected``, ``reopened``, ``changed_hands``, ``expired`` or
    ``weaker``."""
    because: str
    since: datetime | None
    """Since when, where that is known."""


def withheld(
    engine: Engine,
    keep: Keep,
    *,
    network: str | None,
    at_least: Verdict,
    valid_days: int,
    now: datetime,
) -> list[Withheld]:
    """Whoever once had *at_least* in *network* (None: in any) and is not among `rows`, sorted.

    What is left out because a published domain covers it is not among them: it is published.
    Raises UnknownNameError.
    """
    levels = LEVELS[at_least]
    since = now - timedelta(days=valid_days)
    with storing(), engine.begin() as connection:
        if network is not None:
            hosts.find_network_id(connection, network)
        found = stood(connection, network, levels)
    return [
        Withheld(
            s.finding.host, s.finding.network, s.finding.verdict.value, *_why(s, keep, levels)
        )
        for s in found
        if s.finding.verdict not in levels or not _is_published(s.finding, keep, True, since)
    ]


def _why(case: Stood, keep: Keep, levels: Sequence[Verdict]) -> tuple[str, str, datetime | None]:
    """The reason, the sentence, and since when."""
    finding, state = case.finding, case.state
    out = keep.why_out(finding.host)
    if out is not None:
        return "protected", out, None
    if finding.verdict in {Verdict.PROTECTED, Verdict.REJECTED}:
        return finding.verdict.value, finding.gate, finding.judged_at
    if state.availability is not Availability.LIVE:
        because = f"{state.availability.value}: {state.because}"
        return state.availability.value, because, state.since
    if finding.away is not None:
        away = finding.away
        seen = f"{away.availability} when looked at on {away.at:%Y-%m-%d %H:%M}"
        because = f"{seen}, and not seen live since; not settled yet: {away.because}"
        return away.availability, because, away.at
    if finding.is_reopened:
        return "reopened", finding.gate, finding.judged_at
    if finding.verdict in levels:
        at = finding.last_live_at
        because = f"not seen live since {at:%Y-%m-%d %H:%M}" if at else "not seen live yet"
        if state.pending is not None:
            because += f"; last seen {state.pending.value}"
        return "expired", because, at
    if state.epoch_since is not None:
        return "changed_hands", state.epoch_because, state.epoch_since
    return "weaker", finding.gate, finding.judged_at
