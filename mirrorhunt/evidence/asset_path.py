"""The same files behind the page, rare ones counting most (IDF-weighted Jaccard).

Paths of themes and libraries are on thousands of sites; a path that eight strangers show is left
out, and others weigh by how few show them. Survives renamed classes (.93 of 120 pages, measured
2026-11).
"""

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mirrorhunt.evidence import Case, kinds
from mirrorhunt.evidence._content import Band, in_band, template_bits
from mirrorhunt.evidence._first import born, heard_until
from mirrorhunt.evidence._weights import (
    CONTENT,
    GENERIC_CLUSTERS,
    KNOWN_CAP_BITS,
    Weight,
    but,
    faded,
    gap_days,
    holdings,
    known_group,
    shown_by,
    values_of,
)
from mirrorhunt.facts import Amended, NetworkFacts, once_per_network
from mirrorhunt.model import BOTH, MIRROR_ONLY, Evidence, Side

WEIGHT = Weight(
    m=0.60,
    u=5e-4,
    cap=6.0,
    half_life_days=180,
    group=CONTENT,
    side=Side.CANDIDATE,
    relations=MIRROR_ONLY,
    source="docs/attribution.md, 2026-11",
)
BANDS = (Band(0.5, 6.0), Band(0.3, 3.5))
MIN_SHARED = 3
"""Fewer paths in common are chance."""
KIND = "asset_path"
_MAX_COMPARED = 30
"""Members, those with the most paths in common first."""


@dataclass(frozen=True)
class _Shelf:
    """The paths of each member, and where each path stands."""

    paths: Mapping[str, frozenset[str]]
    members: Mapping[str, tuple[str, ...]]

    def without(self, host: str, lost: frozenset[str] = frozenset()) -> "_Shelf":
        """The shelf of the others, without the paths *lost*."""
        gone = self.paths.get(host, frozenset()) | lost
        changed = {host}.union(*(self.members[path] for path in lost if path in self.members))
        return _Shelf(
            Amended(self.paths, changed, lambda paths, of: None if of == host else paths - lost),
            Amended(
                self.members,
                gone,
                lambda hosts, path: None if path in lost else but(hosts, host) or None,
            ),
        )


@dataclass(frozen=True, slots=True)
class _Best:
    jaccard: float
    host: str
    shared: frozenset[str]


@once_per_network
def _own_shelf(network: NetworkFacts) -> _Shelf:
    """Established paths, on the members that had them from the start."""
    if network.rest_of is not None:
        whole, left_out = network.rest_of
        lost = whole.speaking - network.speaking
        paths = frozenset(value for kind, value in lost if kind == KIND)
        return _own_shelf(whole).without(left_out, paths)
    return _shelf(
        {
            m.host: frozenset(
                o.value
                for o in shown_by(m, KIND)
                if o.is_native and (KIND, o.value) in network.speaking
            )
            for m in network.members
            if m.host not in network.silent
        }
    )


@once_per_network
def _whole_shelf(network: NetworkFacts) -> _Shelf:
    if network.rest_of is not None:
        whole, left_out = network.rest_of
        return _whole_shelf(whole).without(left_out)
    return _shelf({m.host: values_of(m, KIND) for m in network.members})


def _shelf(paths: dict[str, frozenset[str]]) -> _Shelf:
    members: dict[str, list[str]] = {}
    for host in sorted(paths):
        for path in paths[host]:
            members.setdefault(path, []).append(host)
    return _Shelf(paths, {path: tuple(hosts) for path, hosts in members.items()})


def _idf(case: Case, path: str) -> float:
    """How telling *path* is: 0 where everybody has it."""
    n, d = case.rarity.count(KIND, path), case.rarity.observable.get(KIND, 0)
    return 0.0 if n >= GENERIC_CLUSTERS else math.log((d + 20) / (n + 1))


def _best(
    case: Case, mine: frozenset[str], shelf: _Shelf, mute: frozenset[str] = frozenset()
) -> _Best | None:
    """The member of *shelf* with the most in common, *mute* ones aside. `math.fsum` is exact in
    any order."""
    idf = {path: _idf(case, path) for path in mine}
    told = {path for path in mine if idf[path] > 0}
    common = Counter(host for path in told for host in shelf.members.get(path, ()))
    ranked = sorted(
        (-count, host)
        for host, count in common.items()
        if count >= MIN_SHARED and host not in mute
    )
    here = math.fsum(idf.values())
    best: _Best | None = None
    for _, host in ranked[:_MAX_COMPARED]:
        theirs = shelf.paths[host]
        for path in theirs - idf.keys():
            idf[path] = _idf(case, path)
        shared = told & theirs
        there = math.fsum(idf[path] for path in theirs - mine)
        jaccard = math.fsum(idf[path] for path in shared) / (here + there)
        if best is None or (jaccard, host) > (best.jaccard, best.host):
            best = _Best(jaccard, host, frozenset(shared))
    return best


@kinds.offer
def weigh(case: Case) -> Iterator[Evidence]:
    """How much the candidate's files are those of the closest member."""
    mine = values_of(case.candidate, KIND)
    own = _best(case, mine, _own_shelf(case.network), _younger(case))
    bits = in_band(own.jaccard, BANDS) if own else 0.0
    if own and bits > 0:
        bits, clause = template_bits(case, bits)
        bits = faded(bits, _days(case, own), WEIGHT.half_life_days)
        yield Evidence(KIND, MIRROR_ONLY, WEIGHT.side, CONTENT, bits, _says(own) + clause)
        return
    whole = _best(case, mine, _whole_shelf(case.network))
    bits = in_band(whole.jaccard, BANDS) if whole else 0.0
    if whole and bits > 0:
        # By what this one member shows: its paths may each be native somewhere else.
        member = case.network.by_host[whole.host]
        held = [o for o in shown_by(member, KIND) if o.value in whole.shared]
        native = {o.value for o in held if o.is_native}
        since = max(o.first_seen_at for o in held)
        group = known_group(case.candidate, since, native == whole.shared)
        because = _says(whole) + "; not the network's own files: later, or on one member alone"
        yield Evidence(KIND, BOTH, Side.KNOWN, group, min(bits, KNOWN_CAP_BITS), because)


def _younger(case: Case) -> frozenset[str]:
    """Members that may have their files from the candidate: it is the older by far."""
    until = heard_until(case.candidate)
    if until == math.inf:
        return frozenset()
    return frozenset(m.host for m in case.network.members if born(m, case.network) >= until)


def _says(best: _Best) -> str:
    return (
        f"{len(best.shared)} rare file paths as on {best.host} "
        f"({best.jaccard:.0%} of both, by rarity)"
    )


def _days(case: Case, best: _Best) -> float:
    """Days between the sightings of the shared paths; the nearest pair counts."""
    seen = [o for o in shown_by(case.candidate, KIND) if o.value in best.shared]
    held = holdings(case.network)
    return min(
        (
            gap_days((o.first_seen_at, o.last_seen_at), native)
            for o in seen
            if (native := held[KIND, o.value].native) is not None
        ),
        default=0.0,
    )
