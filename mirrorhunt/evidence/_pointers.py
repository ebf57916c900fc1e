"""Who points at whom: observations ``to_<how>`` as facts about two hosts."""

from collections.abc import Container, Mapping
from dataclasses import dataclass

from mirrorhunt.evidence import Case
from mirrorhunt.evidence._weights import COMMENTS, LINKS, Weight, member_domains
from mirrorhunt.facts import Amended, HostFacts, NetworkFacts, once_per_network
from mirrorhunt.model import BOTH, Side, StoredObservation
from mirrorhunt.names import registrable_domain

PREFIX = "to_"
REDIRECT = Weight(
    m=0.15,
    u=2e-4,
    cap=6.0,
    half_life_days=90,
    group=LINKS,
    side=Side.CANDIDATE,
    relations=BOTH,
    source="docs/attribution.md, 2026-11",
)
REDIRECT_BITS = {"redirect": 6.0, "meta_refresh": 6.0, "script_redirect": 4.0}
"""What a redirect weighs by its way. A script may redirect on a condition that was not met in
full, so it is worth less."""


@dataclass(frozen=True, slots=True)
class Said:
    """One pointer read on a member."""

    by: str
    how: str
    observation: StoredObservation


@once_per_network
def said_by_members(network: NetworkFacts) -> Mapping[str, tuple[Said, ...]]:
    """Registrable domain to what members point at it with."""
    if network.rest_of is not None:
        whole, left_out = network.rest_of
        pointers = whole.by_host[left_out].by_kind.items()
        return Amended(
            said_by_members(whole),
            {_domain(o.value) for kind, of in pointers if kind.startswith(PREFIX) for o in of},
            lambda said, _: tuple(s for s in said if s.by != left_out) or None,
        )
    said: dict[str, list[Said]] = {}
    for member in sorted(network.members, key=lambda m: m.host):
        for kind, observations in sorted(member.by_kind.items()):
            if kind.startswith(PREFIX):
                for o in observations:
                    said.setdefault(_domain(o.value), []).append(
                        Said(member.host, kind[len(PREFIX) :], o)
                    )
    return {to: tuple(pointers) for to, pointers in said.items()}


def _domain(name: str) -> str:
    return registrable_domain(name) or name


def to_members(case: Case, how: str) -> list[tuple[str, StoredObservation]]:
    """(member, pointer) for each pointer of kind *how* that leads from the candidate to a member.

    Within the candidate's own registrable domain nothing points anywhere.
    """
    members = member_domains(case.network)
    return [
        (members[domain], o)
        for domain, o in to_domains(case.candidate, how, members)
        if is_members(case.network, o.value)
    ]


def is_members(network: NetworkFacts, name: str) -> bool:
    """True if *name* is a member's or stands below one, or a member has its whole domain.

    A member that stands below a domain says nothing of what is above it and beside it: it may be
    a customer of that domain's owner, or have taken over a name that was left dangling there.
    """
    hosts, domain = network.by_host, _domain(name)
    if domain in hosts or f"www.{domain}" in hosts:
        return True
    while name and name != domain:
        if name in hosts:
            return True
        name = name.partition(".")[2]
    return False


def to_domains(
    host: HostFacts, how: str, domains: Container[str]
) -> list[tuple[str, StoredObservation]]:
    """(registrable domain, pointer) for each pointer of *host* that leads to one of *domains*."""
    found = []
    for o in _sorted(host, how):
        domain = _domain(o.value)
        if domain in domains and domain != host.registrable_domain:
            found.append((domain, o))
    return found


def _sorted(host: HostFacts, how: str) -> list[StoredObservation]:
    seen = (o for o in host.by_kind.get(PREFIX + how, ()) if o.region != COMMENTS)
    return sorted(seen, key=lambda o: (o.value, o.region, o.first_seen_at))
