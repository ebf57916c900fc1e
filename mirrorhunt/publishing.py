"""Choose what is published: rows for an export, chosen by verdict and availability, in scope,
collapsed, each with its expiry."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from mirrorhunt import names
from mirrorhunt.exports import Reason, Row
from mirrorhunt.model import Availability, Verdict
from mirrorhunt.protecting import Keep
from mirrorhunt.store import findings, hosts
from mirrorhunt.store.findings import Finding
from mirrorhunt.store.session import storing

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
) -> Iterator[Row]:
    """What is published of *network* (None: of all), sorted by host.

    Nothing protected is ever among it. A host below a published domain of at least the same
    verdict is left out: in DNS formats the redundant child would *unblock* names (decision 8).
    Raises UnknownNameError.
    """
    with storing(), engine.begin() as connection:
        if network is not None:
            hosts.find_network_id(connection, network)
        covering = _covering(connection, network, LEVELS[at_least], keep, only_live)
        for finding in findings.findings(connection, network, LEVELS[at_least]):
            if not _is_published(finding, keep, only_live) or _is_covered(finding, covering):
                continue
            yield row_of(finding, valid_days)


def _is_published(finding: Finding, keep: Keep, only_live: bool) -> bool:
    if only_live and finding.availability != Availability.LIVE.value:
        return False
    return keep.protection(finding.host) is None


def scope_of(host: str) -> str:
    """``domain`` where blocking everything below *host* hits nobody else, ``host`` elsewhere.

    On a shared platform, and below a registrable domain of which only this host was seen to
    offend, exactly the host is named.
    """
    parts = names.parts(host)
    return "domain" if not parts.below and not parts.is_private_suffix else "host"


def _covering(
    connection: Connection,
    network: str | None,
    levels: Sequence[Verdict],
    keep: Keep,
    only_live: bool,
) -> dict[str, int]:
    """Published domains to the strength of their verdict (0 is strongest)."""
    found: dict[str, int] = {}
    for f in findings.findings(connection, network, levels):
        if scope_of(f.host) == "domain" and _is_published(f, keep, only_live):
            strength = _STRENGTH.index(f.verdict)
            found[f.host] = min(strength, found.get(f.host, strength))
    return found


def _is_covered(finding: Finding, covering: dict[str, int]) -> bool:
    parent = finding.registrable_domain
    if parent == finding.host or parent not in covering:
        return False
    return covering[parent] <= _STRENGTH.index(finding.verdict)


def row_of(finding: Finding, valid_days: int) -> Row:
    """*finding* as it is published."""
    is_live = finding.availability == Availability.LIVE.value
    verified_at = finding.last_live_at
    return Row(
        host=finding.host,
        registrable_domain=finding.registrable_domain,
        scope=scope_of(finding.host),
        network=finding.network,
        relation=finding.relation.value,
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
        reviewed_by=(),
    )


def _valid_until(verified_at: datetime | None, valid_days: int) -> datetime | None:
    return verified_at + timedelta(days=valid_days) if verified_at else None
