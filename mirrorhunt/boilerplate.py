"""The same page on many unrelated hosts: a stop, parking or default page that no rule knows yet.

Rules of `mirrorhunt.availability` know the pages that somebody wrote down. A new stop page is live
as far as they can tell, and everybody behind it matches everybody: in page, icon, title and
accounts. So a page that offers nothing and stands on five domains which nothing ties together is
nobody's own, and a person is asked once (docs/attribution.md §1).

True mirrors share a page too, so three things keep a host out of such a crowd: it offers
something; its label is that of another in the crowd, digits and hyphens apart; or evidence ties it
to the network that no stop page brings along (`TIES`).
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from mirrorhunt.facts import HostFacts
from mirrorhunt.model import Evidence, Judgement, Side
from mirrorhunt.names import parts, skeleton

LEAST_DOMAINS = 5
"""Unrelated domains with one page (docs/attribution.md §1)."""
NEAR_BITS = 4
"""Tag prints up to this distance, under one title, are one page."""
TIES = frozenset({"certificate_key", "certificate_names", "wallet", "handle"})
"""Kinds of evidence that tie a host to a network and that no stop page brings along; also all of
the group ``links``. Not the account that counts visitors, the advertising ID or the address: a
stop page has its own, and those behind one share it."""
_MAX_PRINTS = 500
"""Different prints under one title that are compared with each other."""


@dataclass(frozen=True, slots=True)
class Front:
    """What is kept of a host's front page beside its indicators."""

    digest: str
    """Of the body; empty if not known."""
    title: str


def crowds(
    hosts: Mapping[int, HostFacts], fronts: Mapping[int, Front], tied: Collection[int]
) -> dict[int, int]:
    """Host to the number of unrelated domains that its page stands on, where it is nobody's. Pure.

    *tied* are hosts that other evidence ties to the network.
    """
    bare = {
        id_: fronts[id_]
        for id_, host in sorted(hosts.items())
        if id_ in fronts and id_ not in tied and not _offers(host)
    }
    found: dict[int, int] = {}
    for same in _same(bare, hosts):
        unrelated = {skeleton(parts(hosts[id_].host).label) for id_ in same}
        if len(unrelated) >= LEAST_DOMAINS:
            for id_ in same:
                found[id_] = max(len(unrelated), found.get(id_, 0))
    return found


def ties(judgement: Judgement) -> float:
    """Bits that tie a host to its network and that no stop page brings along."""
    return sum(e.bits for e in judgement.evidence if _ties(e))


def _ties(e: Evidence) -> bool:
    if e.ignored or e.bits <= 0 or e.side is Side.KNOWN:
        return False
    return e.group == "links" or (e.kind in TIES and not e.value.startswith("email:"))


def _offers(host: HostFacts) -> bool:
    return any(o.region != "comments" for o in host.by_kind.get("offers", ()))


def _same(fronts: Mapping[int, Front], hosts: Mapping[int, HostFacts]) -> Iterator[set[int]]:
    """Hosts with one page: byte for byte, or by title and tags."""
    by_digest: dict[str, set[int]] = defaultdict(set)
    by_title: dict[str, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    for id_, front in fronts.items():
        if front.digest:
            by_digest[front.digest].add(id_)
        for tags in _prints(hosts[id_]):
            by_title[front.title][tags].add(id_)
    yield from (ids for ids in by_digest.values() if len(ids) >= LEAST_DOMAINS)
    for prints in by_title.values():
        if sum(map(len, prints.values())) < LEAST_DOMAINS:
            continue
        compared = sorted(prints)[:_MAX_PRINTS]
        for tags in compared:
            near = (t for t in compared if (t ^ tags).bit_count() <= NEAR_BITS)
            yield {id_ for t in near for id_ in prints[t]}


def _prints(host: HostFacts) -> set[int]:
    """The tag prints it shows now: those that were seen last."""
    seen = [o for o in host.by_kind.get("page_tags", ()) if len(o.value) == 16]
    last = max((o.last_seen_at for o in seen), default=None)
    return {read for o in seen if o.last_seen_at == last and (read := _read(o.value)) is not None}


def _read(tags: str) -> int | None:
    try:
        return int(tags, 16)
    except ValueError:
        return None
