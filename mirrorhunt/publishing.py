"""Choose what is published: rows for an export, chosen by verdict and availability, in scope,
collapsed, each with its expiry; and say what is not published any more, and why."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from mirrorhunt import names
from mirrorhunt.exports import DOMAIN, HOST, Reason, Row
from mirrorhunt.model import Availability, Verdict
from mirrorhunt.protected import is_lent
from mirrorhunt.protecting import Keep
from mirrorhunt.settling import AWAY
from mirrorhunt.store import findings, hosts, published
from mirrorhunt.store._upsert import batched
from mirrorhunt.store.findings import Finding
from mirrorhunt.store.published import Standing
from mirrorhunt.store.session import reading, storing
from mirrorhunt.store.stood import Stood, stood

LEVELS: dict[Verdict, tuple[Verdict, ...]] = {
    Verdict.CONFIRMED: (Verdict.CONFIRMED,),
    Verdict.PROBABLE: (Verdict.CONFIRMED, Verdict.PROBABLE),
    Verdict.CANDIDATE: (Verdict.CONFIRMED, Verdict.PROBABLE, Verdict.CANDIDATE),
}
"""A verdict to those that are at least as strong."""
LIVE = (Availability.LIVE.value,)
CLOCK_SLACK = timedelta(minutes=5)
"""How far apart the clocks of machines that look and publish may be."""
ENRICH_ROWS = 500
FOR_GOOD = frozenset({"protected", "rejected", "changed_hands", *(state.value for state in AWAY)})
"""Reasons why a host is not published any more which an older delivery cannot know better."""
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
    """What is published of *network* (None: of all), by registrable domain and host.

    With *only_live*, nothing that was not seen live within *valid_days* before *now* either, and
    nothing that one look found in other hands since, although a state takes several to settle.
    None asks for no instant: for those who look at what is stored, and publish nothing.

    Nothing protected is ever among it, and no infrastructure that everybody uses. A host below a
    published domain of at least the same verdict is left out: in DNS formats the redundant child
    would *unblock* names (decision 8). Raises UnknownNameError.
    """
    with storing(), reading(engine) as connection:
        if network is not None:
            hosts.find_network_id(connection, network)
        found = chosen(
            connection,
            keep,
            networks=() if network is None else (network,),
            at_least=at_least,
            valid_days=valid_days,
            states=LIVE if only_live else None,
            now=now,
        )
        for ids_and_rows in batched(found, ENRICH_ROWS):
            yield from with_reasons(connection, ids_and_rows)


def chosen(
    connection: Connection,
    keep: Keep,
    *,
    networks: Collection[str],
    at_least: Verdict,
    valid_days: int,
    states: Collection[str] | None,
    now: datetime | None,
    seen_from: Collection[str] = (),
) -> Iterator[tuple[int, Row]]:
    """What is published of *networks* (empty: of all) in *states* (None: in any), with the id of
    its verdict, as a stream; the rows lack techniques and evidence, which `with_reasons` adds."""
    since = now - timedelta(days=valid_days) if now and states is not None else None
    domain, strength = "", 0
    for s in published.standing(
        connection, networks, LEVELS[at_least], seen_from=seen_from, since=since
    ):
        if not _is_published(s, keep, states, since, now):
            continue
        own_strength = _STRENGTH.index(s.verdict)
        if s.host != domain and s.registrable_domain == domain and strength <= own_strength:
            continue  # Covered by the domain, which came before it.
        scope = scope_of(s.host, keep)
        if scope == DOMAIN and (s.host != domain or own_strength < strength):
            domain, strength = s.host, own_strength
        yield s.verdict_id, _row_of(s, scope, valid_days, states or LIVE)


def with_reasons(connection: Connection, found: Sequence[tuple[int, Row]]) -> Iterator[Row]:
    """The rows of *found* with techniques and evidence."""
    reasons = findings.reasons_of(connection, [id_ for id_, _ in found])
    for id_, row in found:
        techniques, evidence = reasons[id_]
        yield replace(
            row,
            techniques=techniques or ("seed",),
            evidence=tuple(
                Reason(e.kind, round(e.bits, 2), e.side.value, e.because)
                for e in evidence
                if not e.ignored
            ),
        )


def _is_published(
    found: Finding | Standing,
    keep: Keep,
    states: Collection[str] | None,
    since: datetime | None = None,
    now: datetime | None = None,
) -> bool:
    if states is not None and (found.availability not in states or found.away):
        return False
    if since is not None and (found.last_live_at is None or found.last_live_at < since):
        return False
    if states is not None and now is not None and is_to_come(found.last_live_at, now):
        return False
    return not keep.is_out(found.host)


def is_to_come(at: datetime | None, now: datetime) -> bool:
    """Whether *at* is no date of a look at *now*: a clock was ahead when it was written, and what
    it says about how fresh the look is cannot be believed."""
    return at is not None and at > now + CLOCK_SLACK


def scope_of(host: str, keep: Keep | None = None) -> str:
    """``domain`` where blocking everything below *host* hits nobody else, ``host`` elsewhere.

    On a shared platform, and below a registrable domain of which only this host was seen to
    offend, exactly the host is named; so is a domain that lends names to strangers, and one below
    which *keep* protects a name. Whatever is published has to be asked with *keep*.
    """
    parts = names.parts(host)
    if parts.below or parts.is_private_suffix or is_lent(host):
        return HOST
    return HOST if keep is not None and keep.protection_below(host) else DOMAIN


def _row_of(s: Standing, scope: str, valid_days: int, states: Collection[str]) -> Row:
    """*s* as it is published, but for techniques and evidence."""
    is_dated = s.availability in states
    return Row(
        host=s.host,
        registrable_domain=s.registrable_domain,
        scope=scope,
        network=s.network,
        relation=s.role or s.relation,
        verdict=s.verdict.value,
        score_bits=round(s.score_bits, 2),
        availability=s.availability,
        first_seen=s.first_seen_at,
        last_verified=s.last_live_at,
        valid_until=_valid_until(s.last_live_at, valid_days) if is_dated else None,
        techniques=(),
        evidence=(),
        reviewed_by=s.reviewed_by,
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
            s.finding.host, s.finding.network, s.finding.verdict.value, *_why(s, keep, levels, now)
        )
        for s in found
        if s.finding.verdict not in levels or not _is_published(s.finding, keep, LIVE, since, now)
    ]


def why_gone(
    connection: Connection,
    keep: Keep,
    among: Sequence[str],
    *,
    networks: Collection[str],
    at_least: Verdict,
    valid_days: int,
    states: Collection[str],
    now: datetime,
) -> dict[str, tuple[str, str]]:
    """Why each of the hosts *among*, which were published, is not any more: one word and a
    sentence. Those that nothing is known against are missing."""
    levels, since = LEVELS[at_least], now - timedelta(days=valid_days)
    found: dict[str, tuple[str, str]] = {}
    for batch in batched(among, ENRICH_ROWS):
        for case in stood(connection, None, levels, batch):
            finding = case.finding
            if networks and finding.network not in networks:
                continue
            if finding.verdict in levels and _is_published(finding, keep, states, since, now):
                continue
            reason, because, _ = _why(case, keep, levels, now)
            found.setdefault(finding.host, (reason, because))
    return found


def _why(
    case: Stood, keep: Keep, levels: Sequence[Verdict], now: datetime
) -> tuple[str, str, datetime | None]:
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
        if at is not None and is_to_come(at, now):
            because = (
                f"last seen live at {at:%Y-%m-%d %H:%M}, which is to come: the clock of a machine "
                "was wrong; `mirrorhunt hunt` looks again"
            )
            return "expired", because, at
        because = f"not seen live since {at:%Y-%m-%d %H:%M}" if at else "not seen live yet"
        if state.pending is not None:
            because += f"; last seen {state.pending.value}"
        return "expired", because, at
    if state.epoch_since is not None:
        return "changed_hands", state.epoch_because, state.epoch_since
    return "weaker", finding.gate, finding.judged_at
