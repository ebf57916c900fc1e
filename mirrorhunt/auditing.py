"""How often the policy errs: what a sample that chance drew allows to say, and no more.

Of everything else that people decide upon somebody, or the queue, chose what to look at; it says
nothing about the rest. All is exact (Clopper and Pearson 1934), as it is about small numbers.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

CONFIDENCE = 0.95
LEVELS_BITS = (10.0, 13.0, 16.0, 20.0)
"""Where a threshold may lie. Few and fixed beforehand: whoever tries many until one passes has
tried luck, so that the risk of being wrong is shared out among as many as there are."""
AUTOMATIC = "confirmed without a person"
"""How the sentence of a verdict begins that no person made."""
FIRST_BOUND = 0.1
"""What is named as a goal where nothing was audited yet."""
_STEPS = 60
"""Halvings of the interval from 0 to 1, to the last digit of a double that matters."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One host that chance drew."""

    score_bits: float
    """When it was drawn."""
    is_wrong: bool
    """A person said that it does not belong."""


def upper_bound(wrong: int, count: int, confidence: float = CONFIDENCE) -> float:
    """The share of wrong ones in all, which *wrong* of *count* drawn by chance allow at most.

    One-sided: the largest share under which so few wrong ones come with a probability of
    1 - *confidence*. Without a sample it is 1.

    >>> round(upper_bound(0, 299), 4)
    0.01
    """
    if not 0 <= wrong <= count:
        raise ValueError(f"{wrong} of {count}")
    if wrong == count:
        return 1.0
    least, most = wrong / count, 1.0
    for _ in range(_STEPS):
        middle = (least + most) / 2
        if _at_most(wrong, count, middle) > 1 - confidence:
            least = middle
        else:
            most = middle
    return most


def _at_most(wrong: int, count: int, share: float) -> float:
    """The probability of at most *wrong* of *count* where *share* of all are."""
    if share <= 0:
        return 1.0
    if share >= 1:
        return 0.0
    yes, no = math.log(share), math.log1p(-share)
    ways = math.lgamma(count + 1)
    logs = [
        ways - math.lgamma(i + 1) - math.lgamma(count - i + 1) + i * yes + (count - i) * no
        for i in range(wrong + 1)
    ]
    largest = max(logs)
    return math.exp(largest) * math.fsum(math.exp(one - largest) for one in logs)


def threshold(samples: Iterable[Sample], bound: float) -> float | None:
    """The lowest of `LEVELS_BITS` from which on at most *bound* is wrong; None if from none.

    The choice among the levels is paid for: each is tested with its part of the risk, so that
    the bound holds at `CONFIDENCE` for whichever is chosen.
    """
    kept = list(samples)
    confidence = 1 - (1 - CONFIDENCE) / len(LEVELS_BITS)
    for level in LEVELS_BITS:
        above = [s for s in kept if s.score_bits >= level]
        if upper_bound(sum(s.is_wrong for s in above), len(above), confidence) <= bound:
            return level
    return None


def needed(
    bound: float, confidence: float = 1 - (1 - CONFIDENCE) / len(LEVELS_BITS), wrong: int = 0
) -> int:
    """How many, *wrong* of them, allow to say that at most *bound* is wrong.

    >>> needed(0.01, confidence=0.95), needed(0.01, confidence=0.95, wrong=1)
    (299, 473)
    """
    if not 0 < bound < 1:
        raise ValueError(f"a bound of {bound}")
    too_few, enough = wrong, 2 * wrong + 1
    while upper_bound(wrong, enough, confidence) > bound:
        too_few, enough = enough, 2 * enough
    while enough - too_few > 1:
        middle = (too_few + enough) // 2
        if upper_bound(wrong, middle, confidence) > bound:
            too_few = middle
        else:
            enough = middle
    return enough


def sentence(count: int, wrong: int) -> str:
    """What *wrong* of *count* hosts that chance picked say about all that is probable.

    >>> sentence(34, 1)[:44]
    'of 34 hosts that chance picked 1 was wrong: '
    """
    if not count:
        first = needed(FIRST_BOUND, CONFIDENCE)
        return (
            "no error bound yet, the share of wrong hosts is unknown: decide "
            f"{first} random ones of `mirrorhunt review list`, and if none is wrong it is "
            f"{FIRST_BOUND:.0%} at most".replace("%", " %")
        )
    hosts = "host" if count == 1 else "hosts"
    were = "1 was" if wrong == 1 else f"{wrong or 'none'} {'were' if wrong else 'was'}"
    # Rounded up: what is said must not be less than what is known.
    percent = math.ceil(upper_bound(wrong, count) * 1000 - 1e-6) / 10
    return (
        f"of {count} {hosts} that chance picked {were} wrong: at most {percent:.1f} % of what is "
        f"probable is wrong ({CONFIDENCE:.0%})".replace("95%", "95 %")
    )
