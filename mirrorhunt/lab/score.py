"""How good a hunt was, against the truth of the world it was in.

Pure: rows as ``export jsonl`` writes them, the lab's log and the world go in, figures come out.
Names are compared by registrable domain, as that is what a feed blocks.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

from mirrorhunt.lab import score_sorts
from mirrorhunt.lab._manners import guard_violations, impolite
from mirrorhunt.lab.score_sorts import Said, Sorted, said_of, sort_out
from mirrorhunt.lab.web_server import Request
from mirrorhunt.lab.world import MEMBER, Host, World
from mirrorhunt.names import registrable_domain

THRESHOLDS: Mapping[str, frozenset[str]] = {
    "confirmed": frozenset({"confirmed"}),
    "probable": frozenset({"confirmed", "probable"}),
    "candidate": frozenset({"confirmed", "probable", "candidate"}),
}
"""From a verdict to all that count as at least that."""
POLITE_REQUESTS_PER_S = 5
"""What a small web server bears without its owner noticing."""

# What may be said of whoever stands in these relations. Nobody can see from outside that a mirror
# is not the operator's, so `mirror` is always true of one; `operator` of somebody's copy never is.
_SAYS: Mapping[str, frozenset[str]] = {
    "mirror": frozenset({"mirror", "proxy", "redirector"}),
    "operator": frozenset({"operator", "hub", "redirector"}),
    "both": frozenset({"mirror", "operator", "hub", "redirector", "successor"}),
}
# One look cannot tell a name that is gone from one that has no address today.
_RIGHT: Mapping[str, frozenset[str]] = {"dead": frozenset({"dead", "unresolved"})}


@dataclass(frozen=True, slots=True)
class Tally:
    """What was reported at one threshold."""

    threshold: str
    wanted: int
    """Live mirrors that a perfect searcher reaches, seeds excluded."""
    found: int
    reported: int
    """Registrable domains reported, seeds excluded."""
    wrong: Mapping[str, tuple[str, ...]]
    """Reported domains outside the network, by kind of decoy (``unknown``: not in the world)."""
    stale: tuple[str, ...]
    """Reported as live, but members in another state: what a feed must not carry."""

    @property
    def recall(self) -> float:
        return self.found / self.wanted if self.wanted else 1.0

    @property
    def wrong_count(self) -> int:
        return sum(len(names) for names in self.wrong.values())

    @property
    def precision(self) -> float:
        return 1 - self.wrong_count / self.reported if self.reported else 1.0


@dataclass(frozen=True, slots=True)
class Share:
    """*found* of *wanted*."""

    found: int
    wanted: int


@dataclass(frozen=True)
class Score:
    """The whole judgement."""

    world: str
    seed: int
    tallies: tuple[Tally, ...]
    by_technique: Mapping[str, Share]
    """At ``probable``: mirrors that the technique leads to, perhaps among others."""
    only_by: Mapping[str, Share]
    """At ``probable``: mirrors that nothing else leads to."""
    operated: Share
    """At ``probable``: live hosts of the operator that are no mirrors (players, interfaces)."""
    copies: Share
    """At ``probable``: mirrors that somebody else runs."""
    sorts: tuple[Sorted, ...]
    """Mirrors, the operator's other hosts and copies, at each threshold."""
    said: tuple[Said, ...]
    """What hosts of the network were called, relation or role, at ``probable``."""
    outlasted: Share
    """At ``probable``: members that are away for this day only."""
    relations: Mapping[tuple[str, str], int]
    """(truth, reported) relation of what is of the network, at ``probable``, to its number."""
    states: Mapping[tuple[str, str], int]
    """(truth, reported) availability of members to their number."""
    requests_count: int
    questions_count: int
    impolite: Mapping[str, int]
    """Hosts to the most requests in one second, where that is above the limit."""
    guard_violations: tuple[str, ...]
    """URLs asked of hosts whose addresses the guard has to refuse."""
    protected_reported: tuple[str, ...]
    """Protected names with a verdict that lets them be published or reviewed."""

    def tally(self, threshold: str) -> Tally:
        """The tally of one threshold."""
        return next(t for t in self.tallies if t.threshold == threshold)

    @property
    def requests_per_mirror(self) -> float | None:
        """HTTP requests for each mirror found at ``probable``; None if none was."""
        found = self.tally("probable").found
        return self.requests_count / found if found else None

    @property
    def states_right(self) -> Share:
        """Members whose reported state is the true one; a dead name may go as unresolved."""
        right = sum(
            n for (truth, said), n in self.states.items() if said in _RIGHT.get(truth, {truth})
        )
        return Share(right, sum(self.states.values()))

    def as_table(self) -> list[tuple[str, str]]:
        """Rows of (figure, value) for a person to read, most important first."""
        rows: list[tuple[str, str]] = []
        for tally in self.tallies:
            at = f"at {tally.threshold}"
            rows.append((f"recall {at}", f"{tally.found} of {tally.wanted} ({tally.recall:.1%})"))
            rows.append((f"precision {at}", f"{tally.precision:.1%} of {tally.reported}"))
            for kind, names in sorted(tally.wrong.items()):
                shown = ", ".join(names[:5]) + (", …" if len(names) > 5 else "")
                rows.append((f"wrong {at}: {kind}", f"{len(names)} ({shown})"))
            if tally.stale:
                rows.append((f"stale {at}", f"{len(tally.stale)} ({', '.join(tally.stale[:5])})"))
        for label, shares in (("by", self.by_technique), ("only by", self.only_by)):
            rows += [
                (f"recall {label} {technique}", f"{share.found} of {share.wanted}")
                for technique, share in sorted(shares.items())
            ]
        rows += score_sorts.rows(self.sorts, self.said)
        right = self.states_right
        rows.append(("states right", f"{right.found} of {right.wanted}"))
        if self.outlasted.wanted:
            away = self.outlasted
            rows.append(("stands while away for a day", f"{away.found} of {away.wanted}"))
        rows += [
            (f"relation: {truth} taken for {said}", str(count))
            for (truth, said), count in sorted(self.relations.items())
            if said not in _SAYS[truth]
        ]
        rows += [
            (f"state: {truth} taken for {said}", str(count))
            for (truth, said), count in sorted(self.states.items())
            if said not in _RIGHT.get(truth, {truth})
        ]
        cost = self.requests_per_mirror
        rows += [
            ("requests", str(self.requests_count)),
            ("requests per mirror", "-" if cost is None else f"{cost:.1f}"),
            ("DNS questions", str(self.questions_count)),
            ("hosts asked too fast", str(len(self.impolite))),
            ("guard violations", str(len(self.guard_violations))),
            ("protected names reported", str(len(self.protected_reported))),
        ]
        return rows

    def to_json(self) -> str:
        """All figures as one JSON object."""
        return json.dumps(
            {
                "world": self.world,
                "seed": self.seed,
                "thresholds": {t.threshold: _tally_as_dict(t) for t in self.tallies},
                "by_technique": _shares_as_dict(self.by_technique),
                "only_by": _shares_as_dict(self.only_by),
                "operated": _share_as_dict(self.operated),
                "copies": _share_as_dict(self.copies),
                "sorts": [asdict(s) for s in self.sorts],
                "said": [asdict(s) for s in self.said],
                "states_right": _share_as_dict(self.states_right),
                "outlasted": _share_as_dict(self.outlasted),
                "relations": [
                    {"truth": truth, "reported": said, "count": count}
                    for (truth, said), count in sorted(self.relations.items())
                ],
                "states": [
                    {"truth": truth, "reported": said, "count": count}
                    for (truth, said), count in sorted(self.states.items())
                ],
                "requests": self.requests_count,
                "requests_per_mirror": self.requests_per_mirror,
                "dns_questions": self.questions_count,
                "impolite": dict(sorted(self.impolite.items())),
                "guard_violations": list(self.guard_violations),
                "protected_reported": list(self.protected_reported),
            },
            indent=2,
        )


def score(
    world: World,
    rows: Iterable[Mapping[str, object]],
    requests: Sequence[Request],
    questions_count: int = 0,
    *,
    polite_requests_per_s: int = POLITE_REQUESTS_PER_S,
) -> Score:
    """Judge *rows*, the objects of ``export jsonl --verdict candidate``, against *world*.

    *requests* and *questions_count* are the lab's log. Raises KeyError for a row without ``host``
    and ``verdict``: it is no row of that export.
    """
    reported = _by_domain(rows)
    domains = world.domains
    seeds = {_domain(seed) for seed in world.seeds}
    reached = world.reached()
    wanted = {
        domain: host
        for domain, host in domains.items()
        if host.truth.kind == MEMBER
        and "mirror" in host.truth.relations
        and host.truth.state == "live"
        and host.name in reached
        and domain not in seeds
    }
    likely = {d for d, row in reported.items() if row["verdict"] in THRESHOLDS["probable"]}
    return Score(
        world=world.name,
        seed=world.seed,
        tallies=tuple(
            _tally(world, name, verdicts, reported, domains, wanted.keys(), seeds)
            for name, verdicts in THRESHOLDS.items()
        ),
        by_technique=_by_technique(wanted, likely, only=False),
        only_by=_by_technique(wanted, likely, only=True),
        operated=_share(world, domains, likely, frozenset({"operator"})),
        copies=_share(world, domains, likely, frozenset({"mirror"})),
        sorts=sort_out(world, domains, reported, THRESHOLDS, seeds),
        said=said_of(world, domains, reported, likely),
        outlasted=_outlasted(world, domains, likely),
        relations=_relations(world, domains, reported, likely),
        states=_states(reported, domains),
        requests_count=len(requests),
        questions_count=questions_count,
        impolite=impolite(requests, polite_requests_per_s),
        guard_violations=guard_violations(world, requests),
        protected_reported=tuple(
            sorted(
                str(row["host"])
                for row in reported.values()
                if row["verdict"] in THRESHOLDS["candidate"] and _is_protected(world, row)
            )
        ),
    )


def _tally_as_dict(tally: Tally) -> dict[str, object]:
    return {
        "wanted": tally.wanted,
        "found": tally.found,
        "recall": tally.recall,
        "reported": tally.reported,
        "precision": tally.precision,
        "wrong": {kind: list(names) for kind, names in sorted(tally.wrong.items())},
        "stale": list(tally.stale),
    }


def _share_as_dict(share: Share) -> dict[str, int]:
    return {"found": share.found, "wanted": share.wanted}


def _shares_as_dict(shares: Mapping[str, Share]) -> dict[str, dict[str, int]]:
    return {technique: _share_as_dict(share) for technique, share in sorted(shares.items())}


def _domain(host: str) -> str:
    return registrable_domain(host) or host


def _by_domain(rows: Iterable[Mapping[str, object]]) -> dict[str, Mapping[str, object]]:
    """One row for each registrable domain: the one with the strongest verdict."""
    rank = {verdict: i for i, verdict in enumerate(("candidate", "probable", "confirmed"), 1)}
    chosen: dict[str, Mapping[str, object]] = {}
    for row in rows:
        domain = _domain(str(row["host"]))
        held = chosen.get(domain)
        if held is None or rank.get(str(row["verdict"]), 0) > rank.get(str(held["verdict"]), 0):
            chosen[domain] = row
    return chosen


def _tally(
    world: World,
    threshold: str,
    verdicts: frozenset[str],
    reported: Mapping[str, Mapping[str, object]],
    domains: Mapping[str, Host],
    wanted: Iterable[str],
    seeds: set[str],
) -> Tally:
    counted = {d: r for d, r in reported.items() if r["verdict"] in verdicts and d not in seeds}
    wrong: defaultdict[str, list[str]] = defaultdict(list)
    stale = []
    for domain, row in sorted(counted.items()):
        host = domains.get(domain)
        if host is None or host.truth.network != world.network:
            wrong[host.truth.kind if host is not None else "unknown"].append(domain)
        elif row.get("availability") == "live" and host.truth.state != "live":
            stale.append(domain)
    targets = set(wanted)
    return Tally(
        threshold=threshold,
        wanted=len(targets),
        found=len(targets & counted.keys()),
        reported=len(counted),
        wrong={kind: tuple(names) for kind, names in wrong.items()},
        stale=tuple(stale),
    )


def _by_technique(wanted: Mapping[str, Host], likely: set[str], *, only: bool) -> dict[str, Share]:
    found: Counter[str] = Counter()
    all_: Counter[str] = Counter()
    for domain, host in wanted.items():
        if only and len(host.truth.techniques) != 1:
            continue
        all_.update(host.truth.techniques)
        if domain in likely:
            found.update(host.truth.techniques)
    return {technique: Share(found[technique], count) for technique, count in all_.items()}


def _share(
    world: World, domains: Mapping[str, Host], likely: set[str], relations: frozenset[str]
) -> Share:
    """Live hosts of the network that stand in exactly *relations* to it."""
    those = {
        domain
        for domain, host in domains.items()
        if host.truth.network == world.network
        and host.truth.relations == relations
        and host.truth.state == "live"
    }
    return Share(len(those & likely), len(those))


def _outlasted(world: World, domains: Mapping[str, Host], likely: set[str]) -> Share:
    away = {
        domain
        for domain, host in domains.items()
        if host.truth.is_outage and host.truth.network == world.network
    }
    return Share(len(away & likely), len(away))


def _relations(
    world: World,
    domains: Mapping[str, Host],
    reported: Mapping[str, Mapping[str, object]],
    likely: set[str],
) -> dict[tuple[str, str], int]:
    counted: Counter[tuple[str, str]] = Counter()
    for domain in likely & domains.keys():
        truth = domains[domain].truth
        if truth.network == world.network and truth.relations:
            both = len(truth.relations) > 1
            known = "both" if both else next(iter(truth.relations))
            counted[known, str(reported[domain].get("relation", ""))] += 1
    # A row without the column says nothing of it.
    return {pair: count for pair, count in counted.items() if pair[1]}


def _states(
    reported: Mapping[str, Mapping[str, object]], domains: Mapping[str, Host]
) -> dict[tuple[str, str], int]:
    counted: Counter[tuple[str, str]] = Counter()
    for domain, row in reported.items():
        host = domains.get(domain)
        if host is not None and host.truth.kind == MEMBER:
            counted[host.truth.state, str(row.get("availability", "unresolved"))] += 1
    return dict(counted)


def _is_protected(world: World, row: Mapping[str, object]) -> bool:
    host = str(row["host"])
    return any(host == name or host.endswith(f".{name}") for name in world.protect)
