"""One operator, several brands: each has a history of its own.

A network's names are not always one series. Read as one, a turn from one brand to another looks
like a move, the newest name hides the others, and the next number of each brand falls thousands
of ranks behind. Names that share most of their letters are one brand; the rest, of which nothing
can be said, stay together.
"""

import heapq
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import islice

from mirrorhunt.names import parts, skeleton
from mirrorhunt.variants._past import Known
from mirrorhunt.variants._proposer import Proposal, propose
from mirrorhunt.variants._statistics import Statistics

SHARED_CHARS = 5
"""Shorter pieces, ``film`` or ``sport``, say nothing of who is whose."""
SHARED_TENTHS = 6
"""Of the longer of two labels, without digits and hyphens, that has to be one common piece."""


def brands(known: Sequence[Known]) -> list[tuple[Known, ...]]:
    """*known*, taken apart: brands with several names first, then all names that stand alone.

    >>> [[k.host for k in b] for b in brands([Known(h, None) for h in (
    ...     "goalvento.example", "bellatv.example", "goalvento12.example", "torino.example")])]
    [['goalvento.example', 'goalvento12.example'], ['bellatv.example', 'torino.example']]
    """
    stems = [skeleton(parts(k.host).label) for k in known]
    owner = list(range(len(known)))

    def root(at: int) -> int:
        while owner[at] != at:
            owner[at] = owner[owner[at]]
            at = owner[at]
        return at

    anchors: dict[str, int] = {}
    for at, stem in enumerate(stems):
        for piece in _pieces(stem, _needed(stem)):
            owner[root(at)] = root(anchors.setdefault(piece, at))
    lengths = sorted({len(piece) for piece in anchors})
    for at, stem in enumerate(stems):
        # What is most of the longer of two labels is most of the shorter as well.
        for length in (n for n in lengths if n >= _needed(stem)):
            for piece in _pieces(stem, length):
                if piece in anchors:
                    owner[root(at)] = root(anchors[piece])
    grouped: dict[int, list[Known]] = {}
    for at, name in enumerate(known):
        grouped.setdefault(root(at), []).append(name)
    several = [tuple(names) for names in grouped.values() if len(names) > 1]
    alone = tuple(names[0] for names in grouped.values() if len(names) == 1)
    return several + ([alone] if alone else [])


def _needed(stem: str) -> int:
    return max(SHARED_CHARS, -(-len(stem) * SHARED_TENTHS // 10))


def _pieces(stem: str, length: int) -> Iterator[str]:
    for start in range(len(stem) - length + 1):
        yield stem[start : start + length]


def propose_for_brands(
    known: Sequence[Known],
    as_of: datetime,
    statistics: Statistics,
    limit: int = 10_000,
    is_excluded: Callable[[str], bool] | None = None,
) -> Iterator[Proposal]:
    """As `propose`, for a network that may have several brands: the likeliest next name of any.

    No name is given twice, and none that is known under whatever brand.
    """
    held = {k.host for k in known}
    streams = [
        propose(of_brand, as_of, statistics, limit, is_excluded) for of_brand in brands(known)
    ]
    merged = heapq.merge(*streams, key=lambda p: -p.probability)
    given: set[str] = set()

    def fresh() -> Iterator[Proposal]:
        for proposal in merged:
            if proposal.host not in held and proposal.host not in given:
                given.add(proposal.host)
                yield proposal

    return islice(fresh(), limit)
