"""How the page is built, by tags alone: a simhash that survives the renaming of every class.

TPR .85 at 1 in 1,000 random pairs, and unmoved by renamed classes (docs/attribution.md).
Distinct runs of tags count once, however long the lists are.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from mirrorhunt.indicators import Indicator, kinds
from mirrorhunt.indicators._shingles import MIN_ELEMENTS, shingles
from mirrorhunt.model import Observation, Visit

_RUN = 5


def read(visit: Visit) -> Iterable[Observation]:
    """64 bits as 16 hex digits; nothing for a page too small to have a shape."""
    if visit.page is None or len(visit.page.elements) < MIN_ELEMENTS:
        return ()
    tags = [tag for tag, _ in visit.page.elements]
    return (Observation("page_tags", _simhash(shingles(tags, _RUN))),)


def _simhash(runs: NDArray[np.uint64]) -> str:
    bits = np.unpackbits(runs.astype(">u8").view(np.uint8)).reshape(-1, 64)
    votes = bits.sum(axis=0, dtype=np.int64) * 2
    return np.packbits(votes > len(runs)).tobytes().hex()


def distance(a: str, b: str) -> int:
    """In how many of 64 bits two fingerprints differ; unrelated pages differ in about 30.

    Raises ValueError for a text that is no `page_tags`.
    """
    if len(a) != 16 or len(b) != 16:
        raise ValueError(f"page tags have 16 hex digits: {a!r}, {b!r}")
    return (int(a, 16) ^ int(b, 16)).bit_count()


kinds.offer(Indicator(read), module=__name__)
