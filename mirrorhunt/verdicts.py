"""The policy: evidence in, verdict out. Pure, and the same answer for the same facts.

The score is in bits, the log2 of the odds that a candidate belongs to a network::

    prior + Σ groups + min(3, Σ what known members say) + Σ what speaks against

A group is evidence that is not independent; its best piece counts in full, the others a quarter,
and the sum is capped (docs/attribution.md, 2026-11). Two relations are scored, the
better one is concluded. Three rules stand above the sum:

* What members say is a lead. It never makes a host probable by itself (I1), and what a known
  member began to say after the host was there never lifts it over the line (I3).
* Only a host that is live, and whose page itself offers what the network offers, can be probable.
* A page that is not live weighs nothing (I4).

People confirm, reject and protect; the policy concludes ``candidate`` or ``probable``.
"""

import hashlib
import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from importlib import import_module

from mirrorhunt import flags, roles
from mirrorhunt.evidence import Case, kinds, weigh
from mirrorhunt.facts import HostFacts
from mirrorhunt.model import Availability, Evidence, Judgement, Relation, Side, Verdict
from mirrorhunt.policy import DEFAULT, Policy
from mirrorhunt.priors import prior_bits

PROBABLE_BITS = 3.3
"""p ≥ .91."""
CONFIRM_BITS = 10.0
"""p ≥ .999: from here on a deployment may choose to confirm without a person."""
CARRYING_BITS = 3.0
"""A group that carries a verdict has at least this."""
KNOWN_CAP_BITS = 3.0
TEMPLATE_BITS = 3.5
"""Evidence of a page kind above what a weaker band gives: the network's own template."""

GROUP_CAPS = {
    "control": 12.0,
    "money": 9.0,
    "handles": 9.0,
    "ids": 8.0,
    "backend": 6.0,
    "content": 9.0,
    "brand": 8.0,
    "infra": 7.0,
    "links": 8.0,
}
"""What a group may add at most (docs/attribution.md)."""
DEFAULT_GROUP_CAP = 4.0
"""Of a group that nobody has measured yet."""
REST = 0.25

_PAGELESS_GROUPS = frozenset({"control", "infra"})
_PAGELESS_KINDS = frozenset(
    {"label", "named_by_member", "official_suffix", "older_than_network", "popular"}
)
"""What needs no page of the candidate at all."""
_PAGELESS_STATES = frozenset({Availability.CHALLENGE, Availability.RESTRICTED})
_PAGE_GROUPS = frozenset({"backend", "brand", "content", "handles", "ids", "money"})
"""What a page shows; the label of a host stands among them and is no page."""
_STREAMS = frozenset({"player", "stream", "playlist"})
_LISTS = frozenset({"schedule", "episodes"})
_TEMPLATE_KINDS = frozenset({"page_shape", "page_tags"})
_REDIRECT_KINDS = frozenset({"redirects_to_member", "redirects_to_probable"})
_NOT_CARRYING = frozenset({"infra"})
"""Customers of one hoster share addresses and nameservers, so infrastructure supports a verdict
and carries none."""
_NOT_CARRYING_KINDS = frozenset({"label"})
"""Whoever runs the network may register a stranger's label: no doing of the stranger's."""
_ALIKE = frozenset({"brand", "content", "links"})
"""Groups that show what a host serves, and not only whose it is."""
_TYING = frozenset({"control", "money", "handles", "ids", "links"})
_TYING_CHARS = 5
"""Of a label that is shared: shorter ones are taken by everybody."""
_LATER = "known_later"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the waterfall; the lines of a judgement sum exactly to its score."""

    kind: str
    """The evidence's kind, or ``prior``."""
    bits: float
    """What it adds after the discount and cap of its group."""
    because: str
    evidence: Evidence | None = None


# ---------------------------------------------------------------- adding up


def lines(prior: float, evidence: Iterable[Evidence], relation: Relation) -> tuple[Line, ...]:
    """The waterfall of *relation*: the prior, then what each piece of evidence adds."""
    counted = [e for e in evidence if not e.ignored and relation in e.relations]
    known = [e for e in counted if e.side is Side.KNOWN]
    own = [e for e in counted if e.side is not Side.KNOWN]
    added = [Line("prior", prior, "what the way it was found says")]
    for group in sorted({e.group for e in own}):
        of_group = [e for e in own if e.group == group]
        cap = GROUP_CAPS.get(group, DEFAULT_GROUP_CAP)
        added += _discounted([e for e in of_group if e.bits > 0], cap)
        added += _discounted([e for e in of_group if e.bits < 0], math.inf)
    added += _scaled([(e, e.bits) for e in _strongest_first(known) if e.bits > 0], KNOWN_CAP_BITS)
    return tuple(added)


def _strongest_first(evidence: Iterable[Evidence]) -> list[Evidence]:
    return sorted(
        evidence, key=lambda e: (-abs(e.bits), e.kind, e.value, e.group, e.because, e.ignored)
    )


def _discounted(evidence: Sequence[Evidence], cap: float) -> list[Line]:
    """The best in full, the others a quarter, all scaled to *cap*."""
    ordered = _strongest_first(evidence)
    return _scaled([(e, e.bits * (1 if i == 0 else REST)) for i, e in enumerate(ordered)], cap)


def _scaled(weighed: Sequence[tuple[Evidence, float]], cap: float) -> list[Line]:
    total = math.fsum(bits for _, bits in weighed)
    factor = cap / total if total > cap else 1.0
    return [Line(e.kind, bits * factor, e.because, e) for e, bits in weighed]


def _sum(waterfall: Iterable[Line]) -> float:
    return math.fsum(line.bits for line in waterfall)


def decompose(judgement: Judgement) -> tuple[Line, ...]:
    """The waterfall of *judgement*; the bits sum (`math.fsum`) exactly to ``score_bits``."""
    return lines(judgement.prior_bits, judgement.evidence, judgement.relation)


def _groups(waterfall: Iterable[Line]) -> dict[str, float]:
    """Positive bits by group, on the candidate's and the joint side."""
    bits: dict[str, list[float]] = {}
    for line in waterfall:
        e = line.evidence
        if e is not None and e.side is not Side.KNOWN and line.bits > 0:
            bits.setdefault(e.group, []).append(line.bits)
    return {group: math.fsum(added) for group, added in bits.items()}


def _carrying(waterfall: Iterable[Line]) -> dict[str, float]:
    return {
        group: bits
        for group, bits in _groups(
            w for w in waterfall if w.kind not in _NOT_CARRYING_KINDS
        ).items()
        # Scaled to a cap, a sum may miss it by a rounding.
        if bits >= CARRYING_BITS - 1e-9 and group not in _NOT_CARRYING
    }


def _firm(prior: float, evidence: Iterable[Evidence], relation: Relation) -> float:
    """The score without what known members began to say after the host was there."""
    return _sum(lines(prior, (e for e in evidence if e.group != _LATER), relation))


# ---------------------------------------------------------------- judging


def judge(case: Case, policy: Policy = DEFAULT) -> Judgement:
    """The verdict on the candidate of *case*: ``candidate`` or ``probable``.

    A candidate that is itself a member is judged by the others: nobody vouches for himself.
    """
    if case.candidate.host in case.network.by_host:
        case = replace(case, network=case.network.without(case.candidate.host))
    return conclude(case, weigh(case), policy)


def conclude(case: Case, weighed: Iterable[Evidence], policy: Policy = DEFAULT) -> Judgement:
    """As `judge`, on evidence that was weighed already."""
    state = case.candidate.availability
    own = (_of_own_page(e, case.copies) for e in weighed)
    admitted = [_admitted(e, state) for e in own]
    evidence = tuple(map(policy.weighed, admitted))
    ordered = (
        *_strongest_first(e for e in evidence if not e.ignored),
        *_strongest_first(e for e in evidence if e.ignored),
    )
    prior = prior_bits(case.candidate, policy)
    # What was learned may close a gate and never opens one: a weak likeness stays weak.
    by_both = [min(both, key=lambda e: e.bits) for both in zip(admitted, evidence, strict=True)]
    gate, is_open = _gate(case.candidate, _strongest_first(by_both))
    concluded = [_conclusion(prior, ordered, relation) for relation in Relation]
    # `max` keeps the first of equals: the mirror.
    best = max(concluded, key=lambda c: (is_open and not c.lacks, c.score))
    by_hand = next(c for c in concluded if c.relation is Relation.OPERATOR)
    if not (best.lacks or by_hand.lacks or _is_alike(prior, ordered)):
        best = by_hand
    is_probable = is_open and not best.lacks
    judgement = Judgement(
        host=case.candidate.host,
        network=case.network.name,
        verdict=Verdict.PROBABLE if is_probable else Verdict.CANDIDATE,
        relation=best.relation,
        score_bits=best.score,
        scores=tuple((c.relation, c.score) for c in concluded),
        prior_bits=prior,
        evidence=ordered,
        gate=best.lacks if is_open and best.lacks else gate,
        policy=policy.version,
        flags=flags.flags_of(case.candidate, case.network, case.copies),
    )
    return replace(judgement, role=roles.role_of(judgement, case.candidate, case.network))


@dataclass(frozen=True, slots=True)
class _Conclusion:
    relation: Relation
    score: float
    lacks: str
    """What it lacks to be probable, content aside; empty if nothing."""


def _conclusion(prior: float, evidence: Sequence[Evidence], relation: Relation) -> _Conclusion:
    waterfall = lines(prior, evidence, relation)
    score, firm = _sum(waterfall), _firm(prior, evidence, relation)
    if score < PROBABLE_BITS:
        lacks = f"{score:.1f} bits, below the {PROBABLE_BITS} that probable needs"
    elif firm < PROBABLE_BITS:
        lacks = (
            f"only {firm:.1f} bits without what known members began to say after it was there; "
            f"probable needs {PROBABLE_BITS}"
        )
    elif not _carrying(waterfall):
        lacks = (
            f"no group of its own evidence, hosting aside, has {CARRYING_BITS:.0f} bits: what "
            "members say and where it is hosted are leads"
        )
    else:
        lacks = ""
    return _Conclusion(relation, score, lacks)


def _is_alike(prior: float, evidence: Sequence[Evidence]) -> bool:
    """Whether it is seen to serve what the network serves, or to lead there. If not, and it is
    the operator's as well, then that is what was found: another brand of one owner."""
    return not _ALIKE.isdisjoint(_carrying(lines(prior, evidence, Relation.MIRROR)))


def _admitted(evidence: Evidence, state: Availability) -> Evidence:
    """*evidence*, ignored where the host's state does not let it speak (I4)."""
    if evidence.ignored or state is Availability.LIVE or evidence.kind in _PAGELESS_KINDS:
        return evidence
    if evidence.group in _PAGELESS_GROUPS and state in _PAGELESS_STATES:
        return evidence
    return replace(evidence, bits=0.0, ignored=f"the host is not live but {state}")


def _of_own_page(evidence: Evidence, copies: int) -> Evidence:
    """*evidence*, ignored where it is read from a page that is nobody's own."""
    if not copies or evidence.ignored or evidence.bits <= 0 or evidence.kind == "label":
        return evidence
    if group_of(evidence.kind) not in _PAGE_GROUPS:
        return evidence
    why = f"the same page stands on {copies} unrelated domains: a stop, parking or default page"
    return replace(evidence, bits=0.0, ignored=why)


def _gate(candidate: HostFacts, evidence: Iterable[Evidence]) -> tuple[str, bool]:
    """Whether the host's own content lets it be probable, and the sentence that says why."""
    if candidate.availability is not Availability.LIVE:
        return f"not live but {candidate.availability}: it can be a candidate only", False
    offers = {o.value for o in candidate.by_kind.get("offers", ()) if o.region != "comments"}
    streams = sorted(offers & _STREAMS)
    if streams:
        return f"its own page offers: {', '.join(streams)}", True
    # A club has fixtures and a podcast: lists of matches and of episodes count as one.
    if len(offers) - (offers >= _LISTS) >= 2:
        return f"its own page offers: {', '.join(sorted(offers)[:5])}", True
    for e in evidence:
        if e.ignored or e.side is Side.KNOWN:
            continue
        if e.kind in _TEMPLATE_KINDS and e.bits >= TEMPLATE_BITS:
            return "its page is the network's own template", True
        if e.kind in _REDIRECT_KINDS and e.bits > 0:
            return f"it {e.because}", True
    return (
        "its page neither offers streams nor is the network's: it can be a candidate only",
        False,
    )


# ---------------------------------------------------------------- what callers ask


def auto_confirmable(judgement: Judgement) -> str | None:
    """Why *judgement* may not be confirmed without a person; None if it may.

    A deployment has to choose this, and ought to have audited: no error in 299 checked hosts
    bounds the share of false ones to 1 % at 95 %.
    """
    if judgement.verdict is not Verdict.PROBABLE:
        return f"it is {judgement.verdict}, not probable"
    firm = _firm(judgement.prior_bits, judgement.evidence, judgement.relation)
    if firm < CONFIRM_BITS:
        return f"{firm:.1f} bits; {CONFIRM_BITS:.0f} are needed"
    carrying = _carrying(decompose(judgement))
    if len(carrying) < 2:
        return f"it rests on one group ({', '.join(sorted(carrying))}); two are needed"
    return None


def digest(judgement: Judgement) -> str:
    """A digest of the evidence for and against: what a reviewer saw, to be compared later.

    Bits are left out, as they fade from day to day, and so is what known members say: it decides
    nothing, and whoever runs a member could reopen reviews at will by saying more.
    """
    seen = sorted(
        {
            (e.kind, e.value, e.side.value, e.group, tuple(sorted(e.relations)))
            for e in judgement.evidence
            if not e.ignored and e.bits and e.side is not Side.KNOWN
        }
    )
    return hashlib.sha256(json.dumps([judgement.network, seen]).encode()).hexdigest()


def tied_without(judgement: Judgement, group: str) -> float:
    """Bits that tie the host to the network outside *group*, whichever relation they speak for.

    A host that shows a value counts as independent of the network only if nothing else ties it.
    What sites of one trade share by chance, a bought theme, a title, an ad network's host, a
    hoster, they share all at once: such values do not tie each other (2026-11: of forty rivals on
    one theme and one hoster none was counted). They do tie a value that nobody has by chance.
    """
    if any(e.kind == "label" and len(e.value) >= _TYING_CHARS for e in judgement.evidence):
        return CARRYING_BITS
    evidence = [
        e
        for e in judgement.evidence
        if e.group != group and (e.group in _TYING or group in _TYING)
    ]
    return max(
        math.fsum(_groups(lines(0.0, evidence, relation)).values()) for relation in Relation
    )


def group_of(kind: str) -> str:
    """The group of the evidence that observations of *kind* lead to; *kind* itself if none."""
    if kind not in kinds:
        return kind
    weight = getattr(import_module(kinds[kind].__module__), "WEIGHT", None)
    return str(getattr(weight, "group", kind))
