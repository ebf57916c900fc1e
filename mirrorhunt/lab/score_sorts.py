"""What was found of each sort of host, at each threshold, and what was said of it. Pure.

A hunt may find every mirror and none of the operator's other brands, or all of them and call them
mirrors: one figure for the lot hides which.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mirrorhunt.lab.world import Host, World

SORTS: Mapping[frozenset[str], str] = {
    frozenset({"mirror", "operator"}): "the operator's mirrors",
    frozenset({"operator"}): "the operator's other hosts",
    frozenset({"mirror"}): "mirrors by others",
}
"""By the relations they stand in to the network."""


@dataclass(frozen=True, slots=True)
class Sorted:
    """One sort at one threshold."""

    sort: str
    threshold: str
    found: int
    wanted: int
    """Live ones, seeds excluded, those that nothing leads to among them."""


@dataclass(frozen=True, slots=True)
class Said:
    """How often hosts of one kind were called what, at ``probable``."""

    kind: str
    """The truth's kind, and its relations: ``proxy (mirror)``."""
    said: str
    """The reported relation, or the role in its place."""
    count: int


def sort_out(
    world: World,
    domains: Mapping[str, Host],
    reported: Mapping[str, Mapping[str, object]],
    thresholds: Mapping[str, frozenset[str]],
    seeds: Iterable[str],
) -> tuple[Sorted, ...]:
    """Each sort that the world has, at each of *thresholds* (name to the verdicts it takes)."""
    found = []
    for relations, sort in SORTS.items():
        those = {
            domain
            for domain, host in domains.items()
            if host.truth.network == world.network
            and host.truth.relations == relations
            and host.truth.state == "live"
        } - set(seeds)
        for threshold, verdicts in thresholds.items():
            held = {d for d in those & reported.keys() if reported[d]["verdict"] in verdicts}
            if those:
                found.append(Sorted(sort, threshold, len(held), len(those)))
    return tuple(found)


def said_of(
    world: World,
    domains: Mapping[str, Host],
    reported: Mapping[str, Mapping[str, object]],
    likely: set[str],
) -> tuple[Said, ...]:
    """What was said of the hosts of the network among *likely*, by kind."""
    counted: Counter[tuple[str, str]] = Counter()
    for domain in likely & domains.keys():
        truth = domains[domain].truth
        # A row without the column says nothing of it.
        said = str(reported[domain].get("relation", ""))
        if truth.network == world.network and said:
            counted[f"{truth.kind} ({', '.join(sorted(truth.relations))})", said] += 1
    return tuple(Said(kind, said, count) for (kind, said), count in sorted(counted.items()))


def rows(sorts: Iterable[Sorted], said: Iterable[Said]) -> list[tuple[str, str]]:
    """Both as (figure, value)."""
    table = [(f"{s.sort} at {s.threshold}", f"{s.found} of {s.wanted}") for s in sorts]
    by_kind: dict[str, list[str]] = {}
    for s in said:
        by_kind.setdefault(s.kind, []).append(f"{s.said} {s.count}")
    return table + [(f"{kind} called", ", ".join(words)) for kind, words in by_kind.items()]
