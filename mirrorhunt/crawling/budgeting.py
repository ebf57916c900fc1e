"""Which made-up names are worth a question, given what each rule's names have brought so far.

Thompson sampling, a round at a time: rewards come a round later, when the found hosts have been
judged. An arm is a rule in one network. The proposals carry probabilities; what is learned is how
much better or worse a rule does here than it expects. With names as rare as these, the Beta
posterior of a question's success is that factor's Gamma posterior times the name's probability:
Gamma(TRUST + hits, TRUST + expected hits). The reward is a host that *stands*, not one that
merely resolves: parked names resolve best (`research` of 2026-11; as 6Hit does for addresses).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import takewhile
from random import Random

from mirrorhunt.store.questions import Asked, Tally
from mirrorhunt.variants import Proposal

TRUST = 4.0
"""How many hits the proposals' own probabilities are worth, before there are any."""
MIN_PROBABILITY = 5e-5
"""Expected hits of a question below which it is not asked: one host in 20,000 questions."""
POOL = 4
"""Proposals looked at for each that may be asked for."""


@dataclass
class Ledger:
    """What a run has asked for so far, by rule."""

    _names: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    _expected: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    def note(self, proposal: Proposal) -> None:
        """*proposal* is asked for."""
        self._names[proposal.rule].append(proposal.host)
        self._expected[proposal.rule] += proposal.probability

    def restore(self, asked: Mapping[str, Asked]) -> None:
        """Begin where a run that was killed had come to."""
        for rule, of_rule in asked.items():
            self._names[rule] = list(of_rule.names)
            self._expected[rule] = of_rule.expected

    @property
    def asked(self) -> Mapping[str, Asked]:
        """Rule to its names, in the order they were asked for."""
        return {
            rule: Asked(tuple(names), self._expected[rule]) for rule, names in self._names.items()
        }


def worth_asking(
    proposals: Iterable[Proposal], tallies: Mapping[str, Tally], budget: int, random: Random
) -> list[Proposal]:
    """At most *budget* of *proposals* (likeliest first), by what a draw says they will bring.

    The draw decides the order, and so what a short budget is spent on; where the list ends does
    not depend on it. A name is left out where too little is to be expected, and there a rule's bad
    luck counts and its good luck does not: what it finds beyond expectation are names that the
    network holds at the same time, and these stand at the top of the list, not in its tail.
    """
    draws: dict[str, float] = {}
    weighed: list[tuple[float, int, Proposal]] = []
    plausible = takewhile(lambda p: p.probability >= MIN_PROBABILITY, proposals)
    for number, proposal in enumerate(plausible):
        if number >= budget * POOL:
            break
        rule = proposal.rule
        tally = tallies.get(rule, Tally())
        if rule not in draws:
            draws[rule] = random.gammavariate(TRUST + tally.hits, 1.0) / (TRUST + tally.expected)
        if min(_factor(tally), 1.0) * proposal.probability >= MIN_PROBABILITY:
            weighed.append((-draws[rule] * proposal.probability, number, proposal))
    return [proposal for _, _, proposal in sorted(weighed)[:budget]]


def _factor(tally: Tally) -> float:
    """How much better than it expects the rule does: the mean of what is drawn from."""
    return (TRUST + tally.hits) / (TRUST + tally.expected)
