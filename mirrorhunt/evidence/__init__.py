"""What speaks for or against a host being in a network, one kind a file.

Each file offers one function that weighs a `Case`; its weight stands beside it, with the source of
the number. Weights are bits, log2(m / u): *m* is how often true members share it, *u* how often
unrelated hosts do. To add a kind: one file here and one test file with three cases (it speaks, it
is silent, the look-alike it must not fall for).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from mirrorhunt.facts import HostFacts, NetworkFacts, Rarity
from mirrorhunt.model import Evidence
from mirrorhunt.registry import Registry


@dataclass(frozen=True)
class Case:
    """A candidate before the court: everything a weigher may look at."""

    candidate: HostFacts
    network: NetworkFacts
    rarity: Rarity
    now: datetime
    copies: int = 0
    """On how many unrelated domains the very page stands, where it is nobody's own
    (`mirrorhunt.boilerplate`): what such a page shows weighs nothing. 0 for a page of its own."""


Weigher = Callable[[Case], Iterable[Evidence]]
kinds: Registry[Weigher] = Registry(__name__, "evidence kind")


def weigh(case: Case) -> tuple[Evidence, ...]:
    """All evidence in *case*, counted or ignored, in the order of the kinds' names."""
    return tuple(evidence for weigher in kinds.values() for evidence in weigher(case))
