"""Names that share a host's certificate, or that certificates elsewhere were issued for.

Whoever has a domain-validated certificate has shown control of each name in it, so a small one
ties its names together. A large one is a hoster's or a delivery network's and ties nothing
(docs/attribution.md, 2026-11). Public logs show the certificates of hosts that nobody links to.
"""

import re
from collections.abc import AsyncIterator, Iterable, Iterator
from itertools import chain, takewhile, zip_longest
from operator import attrgetter

from mirrorhunt.crawling.scene import BY_LABEL, Scene
from mirrorhunt.likeness import LABEL, Patterns
from mirrorhunt.model import Candidate, PeerCertificate, Pointer, Visit
from mirrorhunt.names import find_host, is_below, parts, registrable_domain, without_www
from mirrorhunt.sources import CERTIFICATES, Issuance, Question
from mirrorhunt.variants import Known, Statistics, propose

from ._base import DiscoverySpider

MAX_NAMES = 50
"""A certificate of more names is not one operator's."""
MAX_TIED_DOMAINS = 10
"""The same, in registrable domains, where a log is all there is to see of it."""
MAX_CANDIDATES = 200
"""Of one answer: whoever gets certificates for a thousand names that look like a network's must
not keep a hunt busy."""
MAX_LIKELY = 10_000
MIN_PROBABILITY = 1e-5
MAX_BELOW = 2
"""Hosts of one domain that a certificate for names below it alone brings up."""
_NUMBER = re.compile("[0-9]+")
# Delivery networks put strangers into small certificates, too, beside a name of their own.
# Known to us, not measured; one that is missing here costs a look at a stranger.
_SHARED_BY = frozenset(
    {"cloudflaressl.com", "fastly.net", "incapsula.com", "imperva.com", "edgekey.net"}
)


class CertificatesSpider(DiscoverySpider):
    """Reads the certificate that the host presented, and asks logs for others."""

    name = "certificates"
    technique_order = 300

    @classmethod
    def read(cls, visit: Visit) -> Iterable[Pointer]:
        """The names of other registrable domains in the certificate of *visit*."""
        certificate = visit.certificate
        if certificate is None or certificate.names_count > MAX_NAMES:
            return ()
        names = [name.removeprefix("*.") for name in certificate.names[:MAX_NAMES]]
        hosts = [host for host in map(find_host, names) if host]
        if any(registrable_domain(host) in _SHARED_BY for host in hosts):
            return ()
        found = {without_www(host): None for host in hosts if _is_elsewhere(host, visit.host)}
        because = _because(certificate, visit.host)
        return tuple(Pointer(host, "certificate", "tls", cls.name, because) for host in found)

    @classmethod
    async def propose(cls, scene: Scene) -> AsyncIterator[Candidate]:
        """Domains that logs know, and that are like the network's or share a certificate with it.

        Labels and domains in turn, as the budget may end in between: the answer for a label holds
        what all domains of that label have, and the youngest domain's what it is held with.
        """
        if not scene.logged and not scene.consult.left(CERTIFICATES):
            return
        standing = [domain for domain, _ in scene.known]
        moves = _Moves(scene)
        patterns = Patterns({scene.network: standing})
        labels = [Question(stem, is_label=True) for stem in _common_first(patterns, standing)]
        domains = [Question(domain) for domain in reversed(standing)]
        questions = filter(None, chain.from_iterable(zip_longest(labels, domains)))
        # A log was asked before enough stood to see what it had found.
        for domain in sorted(scene.logged):
            if (rule := moves.rule(domain)) is not None:
                because = f"in a certificate log, and by its name a move: {rule}"
                yield _candidate(scene, domain, rule, because)
        proposed = set(standing) | scene.considered
        for question in questions:
            if not scene.consult.left(CERTIFICATES):
                return
            answer = await scene.consult.certificates(question)
            fresh = 0
            found = answer.issuances if answer else ()
            for candidate in _candidates(found, scene, patterns, moves):
                if candidate.host in proposed or scene.is_out(candidate.host):
                    continue
                proposed.add(candidate.host)
                yield candidate
                fresh += 1
                if fresh == MAX_CANDIDATES:
                    break


def _common_first(patterns: Patterns, standing: list[str]) -> list[str]:
    """The labels to ask for: those that most domains that stand have, first, and none whose
    answer the answer for a shorter one holds."""
    labels = [parts(domain).label for domain in standing]
    carried = {stem: sum(stem in label for label in labels) for stem in patterns}
    kept: list[str] = []
    for stem in sorted(carried, key=lambda stem: (-carried[stem], len(stem), stem)):
        if not any(shorter in stem for shorter in kept):
            kept.append(stem)
    return kept


class _Moves:
    """Which names the network would use next, and which number of a series it has left out.

    A log is but another way to see that such a name exists: what it is worth was measured for the
    rule, not for whoever found it.
    """

    def __init__(self, scene: Scene) -> None:
        known = [Known(domain, first_seen_at) for domain, first_seen_at in scene.known]
        proposals = propose(known, scene.now, Statistics.shipped(), limit=MAX_LIKELY)
        likely = takewhile(lambda p: p.probability >= MIN_PROBABILITY, proposals)
        self._rules = {proposal.host: proposal.rule for proposal in likely}
        self._series: dict[str, list[int]] = {}
        for domain, _ in scene.known:
            if (found := _in_series(domain)) is not None:
                self._series.setdefault(found[0], []).append(found[1])

    def rule(self, domain: str) -> str | None:
        """The variant rule that makes *domain* of what stands; None if none does."""
        found = _in_series(domain)
        numbers = self._series.get(found[0], ()) if found else ()
        # One more than the highest, or a gap: further ahead is ten times as rare.
        if found and numbers and min(numbers) < found[1] <= max(numbers) + 1:
            return "numbered"
        return self._rules.get(domain)


def _in_series(domain: str) -> tuple[str, int] | None:
    """*domain* with a mark for its number, and the number; None unless there is exactly one."""
    label = parts(domain).label
    numbers = _NUMBER.findall(label)
    if len(numbers) != 1:
        return None
    return f"{_NUMBER.sub('#', label)}.{parts(domain).suffix}", int(numbers[0])


def _candidates(
    issuances: Iterable[Issuance], scene: Scene, patterns: Patterns, moves: _Moves
) -> Iterator[Candidate]:
    """What *issuances* bring up, the latest certificate first."""
    standing = {domain for domain, _ in scene.known}
    dated = [i for i in issuances if i.issued_at is not None]
    undated = [i for i in issuances if i.issued_at is None]
    for issuance in [*sorted(dated, key=attrgetter("issued_at"), reverse=True), *undated]:
        on = f"issued {issuance.issued_at:%Y-%m-%d}" if issuance.issued_at else "in a public log"
        domains = list(dict.fromkeys(filter(None, map(registrable_domain, issuance.names))))
        ours = next((d for d in domains if d in standing), None)
        is_tied = ours is not None and _is_one_operators(issuance, domains)
        for domain in domains:
            if domain in standing:
                continue
            if is_tied:
                because = f"in a certificate with {ours}, {on}"
                for host in _hosts_of(domain, issuance):
                    yield _candidate(scene, host, "ct_certificate", because, ours)
                continue
            for match in patterns.match(domain):
                is_equal = match.rule == LABEL
                channel = (moves.rule(domain) or BY_LABEL) if is_equal else "ct_affix"
                yield _candidate(scene, domain, channel, f"in a certificate {on}: {match.because}")


def _candidate(
    scene: Scene, domain: str, channel: str, because: str, seen_on: str | None = None
) -> Candidate:
    return Candidate(domain, scene.network, CertificatesSpider.name, seen_on, because, channel)


def _hosts_of(domain: str, issuance: Issuance) -> list[str]:
    """What to look at of *domain*: itself, unless the certificate is for names below it alone.

    An operator's panel or player has a certificate, and nothing need answer at its domain.
    """
    named = {without_www(name) for name in issuance.names}
    if domain in named:
        return [domain]
    below = sorted((name for name in named if is_below(name, domain)), key=lambda n: (len(n), n))
    return below[:MAX_BELOW] or [domain]


def _is_one_operators(issuance: Issuance, domains: list[str]) -> bool:
    return (
        1 < len(domains) <= MAX_TIED_DOMAINS
        and issuance.names_count <= MAX_NAMES
        and _SHARED_BY.isdisjoint(domains)
    )


def _is_elsewhere(host: str, visited: str) -> bool:
    domain = registrable_domain(host)
    return domain is not None and domain != (registrable_domain(visited) or visited)


def _because(certificate: PeerCertificate, host: str) -> str:
    covered = {host, "*." + host.partition(".")[2]}
    because = f"in the certificate that {host} presented, with {certificate.names_count} names"
    if covered.isdisjoint(certificate.names):
        because += f", though {host} is not one of them"
    return because
