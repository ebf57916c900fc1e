"""Numbers for runs of neighbouring tokens, for both page fingerprints."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from xxhash import xxh3_64_intdigest

MIN_ELEMENTS = 20
"""A page of fewer has no shape of its own."""

# Odd constants (2^64 divided by the golden ratio, and the finaliser of MurmurHash3): a run's
# number depends on the order of its tokens, and each of its bits on all of them.
_STEP = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xFF51AFD7ED558CCD)
_SHIFT = np.uint64(33)
_ROTATE = np.uint64(23)


def shingles(tokens: Sequence[str], length: int) -> NDArray[np.uint64]:
    """The distinct runs of *length* tokens as 64-bit numbers, ascending.

    *tokens* must be at least *length*.
    """
    numbers = {token: xxh3_64_intdigest(token.encode("utf-8", "replace")) for token in set(tokens)}
    of_tokens = np.fromiter(map(numbers.__getitem__, tokens), np.uint64, len(tokens))
    count = len(tokens) - length + 1
    runs = np.zeros(count, np.uint64)
    for offset in range(length):
        runs ^= runs >> _ROTATE
        runs *= _STEP
        runs ^= of_tokens[offset : offset + count]
    runs ^= runs >> _SHIFT
    runs *= _MIX
    runs ^= runs >> _SHIFT
    runs.sort()
    is_first = np.ones(count, np.bool_)
    np.not_equal(runs[1:], runs[:-1], out=is_first[1:])
    distinct: NDArray[np.uint64] = runs[is_first]
    return distinct
