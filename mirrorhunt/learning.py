"""What people's decisions teach the policy. Pure: labels in, a `Policy` out, always the same.

Hosts are reviewed because of their score, so how often a kind is seen among them is neither its
*m* nor its *u*. What such a choice leaves unharmed is asked here: did hosts of this score and kind
belong more often, or less, than the score said? The score is an offset, and each number moves from
it by the largest posterior (decision 13):

1. channels and kinds, by shifts in bits that twenty decisions at even odds would outweigh;
2. from `LEAST_FOR_SLOPES` decisions, with some for and some against, each group's slope and the
   intercept, on what the first step leaves: what was explained there is not explained again.

Members cannot teach a channel that they open themselves, one registrable domain has one vote, and
each number is clipped: somebody who makes us err on purpose moves a number slowly, and not far.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from mirrorhunt import priors, verdicts
from mirrorhunt.decisions import Label
from mirrorhunt.facts import HostFacts
from mirrorhunt.model import Availability, Evidence, Relation, Side
from mirrorhunt.policy import DEFAULT, SHIPPED, Policy

LEAST_DECISIONS = 10
"""Fewer teach nothing that one more would not unteach."""
LEAST_FOR_SLOPES = 50
SHIFT_SIGMA_BITS = 0.65
"""Twenty decisions at even odds: a Beta(10, 10) has a standard deviation of .45 nats in its
logit."""
CLIP_BITS = 3.0
SLOPE_SIGMA = 0.5
SLOPES = (0.2, 1.5)
"""What a slope may be: never nothing, or what was seen could not be told from what is stored."""
INTERCEPT_SIGMA_BITS = 1.0
_LEAST_SHIFT_BITS = 0.005
_PASSES = 2000
_SETTLED_BITS = 1e-6
_FOLDS = 5
_LEAST_P = 1e-6
BINS = (0.0, 0.1, 0.5, 0.9, 0.99, 1.0)

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a policy foretells decisions that it was not learned from."""

    log_loss_bits: float
    brier: float


@dataclass(frozen=True, slots=True)
class Bin:
    """Of the hosts to which the policy gave about this probability, how many belong."""

    least: float
    most: float
    count: int
    foretold: float
    found: float


@dataclass(frozen=True, slots=True)
class HeldOut:
    """What was foretold of decisions that were held out."""

    folds: int
    by: str
    """``network`` or ``domain``."""
    before: Fit
    after: Fit
    reliability: tuple[Bin, ...]
    """After."""

    @property
    def is_worse(self) -> bool:
        """By either measure, rounding aside."""
        worse_loss = self.after.log_loss_bits > self.before.log_loss_bits + 1e-6
        return worse_loss or self.after.brier > self.before.brier + 1e-6


@dataclass(frozen=True, slots=True)
class Change:
    """One number of the policy."""

    what: str
    """``channel``, ``kind``, ``group`` or ``intercept``."""
    name: str
    before: float
    after: float
    decisions: int
    """In how many of those learned from it had a part."""


# ---------------------------------------------------------------- learning


def learn(
    labels: Iterable[Label],
    policies: Mapping[str, Policy] | None = None,
    version: Callable[[int], str] = lambda count: f"{SHIPPED}+{count}",
) -> Policy:
    """The policy that *labels* teach; `DEFAULT` from fewer than `LEAST_DECISIONS`.

    *policies* are all that labels were judged with, by version (the shipped one need not be
    among them); *version* names the new one by the number of decisions.
    """
    cases = cases_of(labels, policies or {})
    if len(cases) < LEAST_DECISIONS:
        return DEFAULT
    return replace(_learned(cases), version=version(len(cases)))


@dataclass(frozen=True, slots=True)
class Labelled:
    """A label as the shipped policy sees it."""

    host: HostFacts
    network: str
    evidence: tuple[Evidence, ...]
    belongs: bool

    def score_bits(self, policy: Policy) -> float:
        """The better relation's, as `mirrorhunt.verdicts` adds it up."""
        return max(math.fsum(line.bits for line in w) for w in self._waterfalls(policy))

    def waterfall(self, policy: Policy) -> tuple[verdicts.Line, ...]:
        """The better relation's."""
        return max(self._waterfalls(policy), key=lambda w: math.fsum(line.bits for line in w))

    def _waterfalls(self, policy: Policy) -> list[tuple[verdicts.Line, ...]]:
        prior = priors.prior_bits(self.host, policy)
        weighed = [policy.weighed(e) for e in self.evidence]
        return [verdicts.lines(prior, weighed, relation) for relation in Relation]


def cases_of(labels: Iterable[Label], policies: Mapping[str, Policy]) -> list[Labelled]:
    """*labels*, one for each registrable domain: the latest. Those judged with a policy that is
    not known are left out, and so are those that were seen without evidence."""
    latest: dict[str, Label] = {}
    for label in labels:
        latest.pop(label.registrable_domain, None)
        latest[label.registrable_domain] = label
    known = {SHIPPED: DEFAULT, **policies}
    found: list[Labelled] = []
    for domain, label in latest.items():
        policy = known.get(label.judgement.policy)
        if policy is None or not label.judgement.evidence:
            continue
        found.append(
            Labelled(
                HostFacts(
                    label.judgement.host,
                    domain,
                    Availability.LIVE,
                    channels=tuple((channel, "") for channel in label.channels),
                ),
                label.judgement.network,
                tuple(unweighed(e, policy) for e in label.judgement.evidence),
                label.belongs,
            )
        )
    return found


def unweighed(evidence: Evidence, policy: Policy) -> Evidence:
    """*evidence* with the bits that the shipped policy gives it.

    What *policy* took all bits from had at most as many as it took.
    """
    shift = policy.kind_bits.get(evidence.kind, 0.0)
    slope = policy.group_slopes.get(evidence.group, 1.0)
    if evidence.ignored or (not evidence.bits and shift >= 0) or slope <= 0:
        return evidence
    bits = evidence.bits / slope
    return replace(evidence, bits=bits - shift if bits >= 0 else bits)


def _learned(cases: Sequence[Labelled]) -> Policy:
    shifts = _fitted(cases, DEFAULT, _parts, (0.0, SHIFT_SIGMA_BITS), (-CLIP_BITS, CLIP_BITS))
    policy = Policy(
        channel_bits=_named(shifts, "channel"),
        kind_bits=_named(shifts, "kind"),
    )
    if len(cases) < LEAST_FOR_SLOPES or len({c.belongs for c in cases}) < 2:
        return policy
    # As deviations from 1 and from 0: what is fitted is what is added to the score.
    least, most = SLOPES
    moved = _fitted(cases, policy, _sums, (0.0, SLOPE_SIGMA), (least - 1, most - 1))
    intercept = moved.pop(("intercept", ""), 0.0)
    return replace(
        policy,
        group_slopes={name: round(1 + by, 3) for name, by in _named(moved, "group").items()},
        intercept_bits=round(intercept, 3),
    )


Key = tuple[str, str]


def _named(values: Mapping[Key, float], what: str) -> dict[str, float]:
    return {
        name: round(value, 3)
        for (of, name), value in sorted(values.items())
        if of == what and abs(value) >= _LEAST_SHIFT_BITS
    }


def _parts(case: Labelled, policy: Policy) -> dict[Key, float]:
    """By how much a shift of each channel and kind would move the score of *case*."""
    moved: dict[Key, float] = defaultdict(float)
    own = [c for c, _ in case.host.channels if c in priors.NAMED_CHANNELS]
    by_prior = {c: priors.prior_bits(replace(case.host, channels=((c, ""),))) for c in own}
    best = [c for c in by_prior if by_prior[c] == max(by_prior.values())]
    for channel in best:
        moved["channel", channel] = 1 / len(best)
    for line in case.waterfall(policy):
        e = line.evidence
        if e is not None and e.side is not Side.KNOWN and e.bits > 0:
            moved["kind", e.kind] += line.bits / e.bits
    return dict(moved)


def _sums(case: Labelled, policy: Policy) -> dict[Key, float]:
    """The bits of each group, which a slope would multiply."""
    sums: dict[Key, float] = defaultdict(float)
    for line in case.waterfall(policy):
        e = line.evidence
        if e is not None and e.side is not Side.KNOWN and e.bits > 0:
            sums["group", e.group] += line.bits
    return {**sums, ("intercept", ""): 1.0}


def _fitted(
    cases: Sequence[Labelled],
    policy: Policy,
    features: Callable[[Labelled, Policy], Mapping[Key, float]],
    prior: tuple[float, float],
    bounds: tuple[float, float],
) -> dict[Key, float]:
    """What to add per unit of each feature to the score that *policy* gives."""
    rows = [features(case, policy) for case in cases]
    keys = sorted({key for row in rows for key in row})
    if not keys:
        return {}
    x = np.array([[row.get(key, 0.0) for key in keys] for row in rows], dtype=np.float64)
    is_intercept = np.array([key[0] == "intercept" for key in keys])
    mean, sigma = prior
    fitted = largest_posterior(
        x,
        np.array([case.score_bits(policy) for case in cases], dtype=np.float64),
        np.array([case.belongs for case in cases], dtype=np.float64),
        mean=np.full(len(keys), mean),
        sigma=np.where(is_intercept, INTERCEPT_SIGMA_BITS, sigma),
        least=np.where(is_intercept, -CLIP_BITS, bounds[0]),
        most=np.where(is_intercept, CLIP_BITS, bounds[1]),
    )
    return dict(zip(keys, fitted.tolist(), strict=True))


def largest_posterior(
    x: Floats,
    offset_bits: Floats,
    y: Floats,
    *,
    mean: Floats,
    sigma: Floats,
    least: Floats,
    most: Floats,
) -> Floats:
    """The coefficients, within bounds, under which *y* and a normal prior are likeliest.

    Of ``p = 1 / (1 + 2 ** -(offset + x @ w))``. One coordinate after the other against a bound of
    its curvature (a logistic is nowhere steeper than 1/4), so that each step gets nearer and the
    one end is reached from anywhere.
    """
    ln2 = math.log(2)
    w = np.clip(mean, least, most)
    z = offset_bits + x @ w
    curvature = ln2**2 * (x**2).sum(axis=0) / 4 + 1 / sigma**2
    for _ in range(_PASSES):
        moved = 0.0
        for j in range(len(w)):
            gap = y - probability(z)
            slope = ln2 * float(x[:, j] @ gap) - (w[j] - mean[j]) / sigma[j] ** 2
            to = min(max(w[j] + slope / curvature[j], least[j]), most[j])
            if to != w[j]:
                z = z + x[:, j] * (to - w[j])
                moved = max(moved, abs(float(to - w[j])))
                w[j] = to
        if moved < _SETTLED_BITS:
            break
    return w


def probability(bits: Floats) -> Floats:
    """Of odds in bits."""
    return np.asarray(1 / (1 + np.exp2(-np.clip(bits, -60, 60))), dtype=np.float64)


# ---------------------------------------------------------------- is it any better?


def held_out(cases: Sequence[Labelled], before: Policy = DEFAULT) -> HeldOut:
    """How *before* and what is learned without them foretell the cases of each fold.

    A fold is a network, as hosts of one network are alike; where there is one network alone,
    every fifth domain.
    """
    networks = sorted({case.network for case in cases})
    by = "network" if len(networks) >= 2 else "domain"
    if by == "network":
        folds = [networks.index(case.network) for case in cases]
    else:
        order = sorted(range(len(cases)), key=lambda i: cases[i].host.registrable_domain)
        place = {i: n % _FOLDS for n, i in enumerate(order)}
        folds = [place[i] for i in range(len(cases))]
    foretold = np.zeros(len(cases), dtype=np.float64)
    for fold in sorted(set(folds)):
        rest = [case for case, of in zip(cases, folds, strict=True) if of != fold]
        policy = _learned(rest) if len(rest) >= LEAST_DECISIONS else DEFAULT
        for i, case in enumerate(cases):
            if folds[i] == fold:
                foretold[i] = case.score_bits(policy)
    found = np.array([case.belongs for case in cases], dtype=np.float64)
    was = np.array([case.score_bits(before) for case in cases], dtype=np.float64)
    return HeldOut(
        len(set(folds)),
        by,
        _fit(probability(was), found),
        _fit(probability(foretold), found),
        _reliability(probability(foretold), found),
    )


def _fit(p: Floats, found: Floats) -> Fit:
    if not len(p):
        return Fit(0.0, 0.0)
    bounded = np.clip(p, _LEAST_P, 1 - _LEAST_P)
    loss = -(found * np.log2(bounded) + (1 - found) * np.log2(1 - bounded))
    return Fit(round(float(loss.mean()), 6), round(float(((p - found) ** 2).mean()), 6))


def _reliability(p: Floats, found: Floats) -> tuple[Bin, ...]:
    bins: list[Bin] = []
    for least, most in pairwise(BINS):
        inside = (p >= least) & ((p < most) | (most == 1.0))
        if inside.any():
            bins.append(
                Bin(
                    least,
                    most,
                    int(inside.sum()),
                    round(float(p[inside].mean()), 4),
                    round(float(found[inside].mean()), 4),
                )
            )
    return tuple(bins)


def changes(cases: Sequence[Labelled], before: Policy, after: Policy) -> list[Change]:
    """Every number that differs from the shipped one in either, the largest change first."""
    parts = Counter(key for case in cases for key in _parts(case, DEFAULT))
    parts += Counter(key for case in cases for key in _sums(case, DEFAULT))
    found: list[Change] = []
    for what, was, is_, default in (
        ("channel", before.channel_bits, after.channel_bits, 0.0),
        ("kind", before.kind_bits, after.kind_bits, 0.0),
        ("group", before.group_slopes, after.group_slopes, 1.0),
        (
            "intercept",
            {"": before.intercept_bits} if before.intercept_bits else {},
            {"": after.intercept_bits} if after.intercept_bits else {},
            0.0,
        ),
    ):
        for name in sorted(was.keys() | is_.keys()):
            old, new = was.get(name, default), is_.get(name, default)
            found.append(Change(what, name, old, new, parts[what, name]))
    return sorted(found, key=lambda c: (-abs(c.after - c.before), c.what, c.name))
