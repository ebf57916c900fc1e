"""The ideas of all rules with all suffixes, in order of the chance that they are the next name.

A network's next name is a label and a suffix. Which rule makes the label is learned from networks
in the same place and from this one (`_arms`), what the rule makes of it is the rule's matter, and
the suffix is learned for itself (`_suffixes`). The chances are multiplied, those of one name that
several rules arrive at are added, and names are given from the top until somebody stops asking.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mirrorhunt.names import public_suffixes
from mirrorhunt.variants._arms import arms
from mirrorhunt.variants._facts import SWAP
from mirrorhunt.variants._habits import habits_of
from mirrorhunt.variants._merging import Block, merged, product_of
from mirrorhunt.variants._past import Known, past_of
from mirrorhunt.variants._rule import Idea, Question, rules
from mirrorhunt.variants._statistics import Statistics
from mirrorhunt.variants._suffixes import (
    keeping,
    moved_suffixes,
    older_suffixes,
    swap_suffixes,
)

# Registries refuse a hyphen in the third and fourth place but for A-labels, which no rule makes.
_LABEL = re.compile(r"(?!-)(?!..--)[a-z0-9_-]{2,63}(?<!-)\Z")
_MAX_HOST = 253


class Proposal(NamedTuple):
    """A name worth asking about."""

    host: str
    """A registrable domain."""
    rule: str
    """The file of the rule that does most for it."""
    probability: float
    """That this is the network's next name, as far as its past and that of others tell."""
    because: str


def propose(
    known: Sequence[Known],
    as_of: datetime,
    statistics: Statistics,
    limit: int = 10_000,
    is_excluded: Callable[[str], bool] | None = None,
) -> Iterator[Proposal]:
    """Names that the network may be found under next, likeliest first, at most *limit*.

    No name is given twice, none that is known, no public suffix, and none that *is_excluded*
    says yes to. Nothing dated at or after *as_of* counts, and statistics only of months that had
    ended: the answer to a question is the same for ever.

    Raises NotAHostError for a known name that is none, InputError for an instant without an
    offset.
    """
    question = question_of(known, as_of, statistics)
    past = question.past
    if not past.labels or limit <= 0:
        return iter(())
    return islice(_allowed(question, is_excluded), limit)


def question_of(known: Sequence[Known], as_of: datetime, statistics: Statistics) -> Question:
    """What the rules are asked, from what was known before *as_of* alone.

    Raises as `propose`.
    """
    past = past_of(known, as_of)
    return Question(past, statistics.before(as_of), habits_of(past))


@dataclass
class _Pool:
    """Labels of all rules, each under a number, with what each rule gives it."""

    number_of: dict[str, int] = field(default_factory=dict)
    shares: list[tuple[str, list[int], NDArray[np.float64]]] = field(default_factory=list)
    reasons: dict[str, dict[str, str]] = field(default_factory=dict)
    whole_names: list[Proposal] = field(default_factory=list)

    def add(self, rule: str, ideas: Sequence[Idea], scale: float) -> None:
        """Take in *ideas* of *rule*, their weights times *scale*."""
        self.reasons[rule] = {idea.label: idea.because for idea in ideas}
        number_of = self.number_of
        numbers = [number_of.setdefault(idea.label, len(number_of)) for idea in ideas]
        self.shares.append((rule, numbers, scale * np.array([idea.weight for idea in ideas])))

    def add_whole(self, rule: str, ideas: Sequence[Idea], scale: float) -> None:
        """Take in ideas that know their suffix."""
        self.whole_names.extend(
            Proposal(f"{i.label}.{i.suffix}", rule, scale * i.weight, i.because)
            for i in ideas
            if _LABEL.match(i.label)
        )


def _allowed(question: Question, is_excluded: Callable[[str], bool] | None) -> Iterator[Proposal]:
    """All names, likeliest first, without those that must not be proposed."""
    known, forbidden = question.past.domains, public_suffixes()
    pool = _gathered(question)
    ranking = _ranking(question, pool)
    # The few names that a rule made whole are put between the others; their hosts are looked at
    # twice, as the others may hold them as well.
    whole_names = sorted(pool.whole_names, key=lambda p: (p.probability, p.host))
    special = known.union(proposal.host for proposal in whole_names)
    given: set[str] = set()
    for proposal in _interleaved(ranking, whole_names):
        host = proposal.host
        if host in forbidden or len(host) > _MAX_HOST:
            continue
        if host in special:
            if host in known or host in given:
                continue
            given.add(host)
        if is_excluded is None or not is_excluded(host):
            yield proposal


@dataclass(frozen=True, slots=True)
class _Ranking:
    """Names in order, and what is said of their labels."""

    blocks: Iterator[Block]
    labels: list[str]
    rule_of: list[int]
    rule_names: list[str]
    reasons: list[Mapping[str, str]]


def _interleaved(ranking: _Ranking, whole_names: list[Proposal]) -> Iterator[Proposal]:
    """Both in order of probability; *whole_names* are given from their end."""
    labels, rule_of = ranking.labels, ranking.rule_of
    rule_names, reasons = ranking.rule_names, ranking.reasons
    next_p = whole_names[-1].probability if whole_names else -1.0
    for block in ranking.blocks:
        for p, number, suffix in zip(*block, strict=True):
            while p <= next_p:
                yield whole_names.pop()
                next_p = whole_names[-1].probability if whole_names else -1.0
            label, rule = labels[number], rule_of[number]
            # Past the named tuple's own constructor, which takes a third of all the time.
            proposal = (f"{label}.{suffix}", rule_names[rule], p, reasons[rule][label])
            yield tuple.__new__(Proposal, proposal)
    yield from reversed(whole_names)


def _ranking(question: Question, pool: _Pool) -> _Ranking:
    labels = list(pool.number_of)
    count = len(labels)
    usage = question.past.usage
    is_new = np.array(
        [label not in usage and _LABEL.match(label) is not None for label in labels], dtype=bool
    )
    kept, same, own, other = (np.zeros(count) for _ in range(4))
    best = np.zeros(count)
    best_rule = np.zeros(count, dtype=np.int64)
    for number, (rule, numbers, weights) in enumerate(pool.shares):
        given = np.bincount(numbers, weights, count)
        if rule == SWAP:
            kept += given
        else:
            given *= is_new
            same_share, own_share, other_share = keeping(question, rule)
            same += same_share * given
            own += own_share * given
            other += other_share * given
        best_rule[given > best] = number
        best = np.maximum(best, given)
    suffixes = swap_suffixes(question)
    kept /= 1.0 - _known_mass(question, pool.number_of, kept, suffixes)
    products = (
        product_of(kept, suffixes),
        product_of(same, {question.past.newest_suffix: 1.0}),
        product_of(own, older_suffixes(question)),
        product_of(other, moved_suffixes(question)),
    )
    rule_names = [rule for rule, _, _ in pool.shares]
    return _Ranking(
        merged([product for product in products if product]),
        labels,
        best_rule.tolist(),
        rule_names,
        [pool.reasons[rule] for rule in rule_names],
    )


def _known_mass(
    question: Question,
    number_of: Mapping[str, int],
    kept: NDArray[np.float64],
    suffixes: Mapping[str, float],
) -> float:
    """The share of *kept* labels × *suffixes* that falls on names which are known already."""
    past, total = question.past, float(kept.sum())
    if not total:
        return 0.0
    pairs = dict.fromkeys(zip(past.labels, past.suffixes, strict=True))
    mass = sum(kept[number_of[label]] * suffixes.get(suffix, 0.0) for label, suffix in pairs)
    return min(0.8, float(mass) / total)


def _gathered(question: Question) -> _Pool:
    pool = _Pool()
    chances = arms(question)
    for name, rule in rules.items():
        ideas = list(rule.ideas(question))
        total = sum(idea.weight for idea in ideas)
        if total > 0:
            scale = chances[name] * rule.reach / total
            whole = [idea for idea in ideas if idea.suffix]
            if whole:
                pool.add_whole(name, whole, scale)
                ideas = [idea for idea in ideas if not idea.suffix]
            if ideas:
                pool.add(name, ideas, scale)
    return pool
