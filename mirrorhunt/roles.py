"""What a host is to its network beside its relation: proxy, redirector, hub or successor.

A role is a word for the people who read a verdict and for those who act on it: a proxy may belong
to a farm with a hundred other networks' copies, a redirector has to be blocked with its target. It
changes no score and no verdict.
"""

from mirrorhunt.facts import HostFacts, NetworkFacts
from mirrorhunt.model import Availability, Evidence, Judgement, Relation, Side, StoredObservation
from mirrorhunt.names import parts, registrable_domain, skeleton

PROXY, REDIRECTOR, HUB, SUCCESSOR = "proxy", "redirector", "hub", "successor"
LEAST_LISTED = 3
"""Members whose addresses a page lists, to be a hub."""
STANDS_BITS = 3.3
"""As `mirrorhunt.verdicts.PROBABLE_BITS`: below it a relation does not hold."""
TEMPLATE_BITS = 3.5
_REDIRECTS = ("redirect", "meta_refresh", "script_redirect")
_LISTING = ("announcement", "alternate", "link")
_GONE = frozenset(
    {
        Availability.DEAD,
        Availability.PARKED,
        Availability.FOR_SALE,
        Availability.SEIZED,
        Availability.SINKHOLED,
        Availability.UNRESOLVED,
        Availability.BLOCKED,
        Availability.ERROR,
    }
)
_FARM_WORDS = ("proxy", "unblock", "desbloque", "sblocca", "debloque", "entsperr", "bypass")
"""How farms of proxies name themselves: part of a label or of the site's own name."""
_OWNED = ("money", "handles", "control")
"""Groups that a proxy, which belongs to somebody else, shares with nobody."""


def role_of(judgement: Judgement, host: HostFacts, network: NetworkFacts) -> str:
    """The role of *host*; empty where it is just what its relation says. Pure."""
    if host.availability is not Availability.LIVE:
        return ""
    if _is_redirector(judgement, host):
        return REDIRECTOR
    if _is_hub(host, network):
        return HUB
    if _stands(judgement, Relation.MIRROR) and _is_proxy(judgement, host, network):
        return PROXY
    if max(bits for _, bits in judgement.scores) >= STANDS_BITS and _is_successor(
        judgement, host, network
    ):
        return SUCCESSOR
    return ""


def _stands(judgement: Judgement, relation: Relation) -> bool:
    return dict(judgement.scores).get(relation, 0.0) >= STANDS_BITS


def _counted(judgement: Judgement) -> list[Evidence]:
    return [e for e in judgement.evidence if not e.ignored and e.side is not Side.KNOWN]


def _own(host: HostFacts, kind: str) -> list[StoredObservation]:
    return [o for o in host.by_kind.get(kind, ()) if o.region != "comments"]


def _is_redirector(judgement: Judgement, host: HostFacts) -> bool:
    """Its front page leads on to members, and since it does, nothing else was offered there."""
    if not any(
        e.kind in {"redirects_to_member", "redirects_to_probable"} and e.bits > 0
        for e in _counted(judgement)
    ):
        return False
    led = [o.last_seen_at for how in _REDIRECTS for o in _own(host, f"to_{how}")]
    return not any(o.last_seen_at >= max(led) for o in _own(host, "offers"))


def _is_hub(host: HostFacts, network: NetworkFacts) -> bool:
    """It offers nothing, and its template or its announcements list three members."""
    if _own(host, "offers"):
        return False
    members = {m.registrable_domain for m in network.members} | network.probable.keys()
    listed = {
        registrable_domain(o.value) or o.value
        for how in _LISTING
        for o in _own(host, f"to_{how}")
        if how != "link" or o.region == "template"
    }
    return len(listed & members - {host.registrable_domain}) >= LEAST_LISTED


def _is_proxy(judgement: Judgement, host: HostFacts, network: NetworkFacts) -> bool:
    """The network's page under somebody else's hand: other money, or a farm's name on it."""
    counted = _counted(judgement)
    if _stands(judgement, Relation.OPERATOR) or any(
        e.group in _OWNED and e.bits > 0 for e in counted if e.kind != "handle"
    ):
        return False
    if not any(e.group == "content" and e.bits >= TEMPLATE_BITS for e in counted):
        return False
    if any(e.kind == "different_money" and e.bits < 0 for e in counted):
        return True
    return _names_farm(host, network) and not any(e.kind == "handle" for e in counted)


def _names_farm(host: HostFacts, network: NetworkFacts) -> bool:
    theirs = {skeleton(parts(m.host).label) for m in network.members}
    theirs |= {value for kind, value in network.established if kind == "brand"}
    mine = {skeleton(parts(host.host).label), *(o.value for o in _own(host, "brand"))}
    return any(
        word in name and not any(word in other for other in theirs)
        for word in _FARM_WORDS
        for name in mine
    )


def _is_successor(judgement: Judgement, host: HostFacts, network: NetworkFacts) -> bool:
    """A member that is gone, or leads on, named it; and it is of the network by name or page."""
    stem = skeleton(parts(host.host).label)
    is_kin = any(
        skeleton(parts(m.host).label) == stem
        for m in network.members
        if m.registrable_domain != host.registrable_domain
    )
    is_alike = any(
        e.kind in {"page_shape", "page_tags"} and e.bits >= TEMPLATE_BITS
        for e in _counted(judgement)
    )
    return (is_kin or is_alike) and any(_made_way(m, host) for m in network.members)


def _made_way(member: HostFacts, host: HostFacts) -> bool:
    if member.registrable_domain == host.registrable_domain:
        return False
    leads = _points(member, host, _REDIRECTS)
    if member.availability in _GONE:
        return leads or _points(member, host, ("announcement",))
    # One that still offers something has not made way: it may send its visitors there by turns.
    led = [o.last_seen_at for how in _REDIRECTS for o in _own(member, f"to_{how}")]
    return leads and not any(o.last_seen_at >= max(led) for o in _own(member, "offers"))


def _points(member: HostFacts, host: HostFacts, ways: tuple[str, ...]) -> bool:
    return any(
        (registrable_domain(o.value) or o.value) == host.registrable_domain
        for how in ways
        for o in _own(member, f"to_{how}")
    )
