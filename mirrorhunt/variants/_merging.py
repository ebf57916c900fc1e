"""Labels × suffixes in order of their product, a little at a time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_STEP = 0.7
"""How far the bound goes down at a time, as a natural logarithm: about twice as many names."""
_BLOCK = 1024


@dataclass(frozen=True, slots=True)
class Product:
    """Every label with every suffix; the probability of a name is the product of the two."""

    labels: Sequence[int]
    """Numbers of labels, likeliest first."""
    label_logs: NDArray[np.float64]
    suffixes: Sequence[str]
    suffix_logs: NDArray[np.float64]


def product_of(label_p: NDArray[np.float64], suffix_p: Mapping[str, float]) -> Product | None:
    """The product of label *i* with probability ``label_p[i]`` and suffixes; None if empty.

    Ties fall to the lower number and the suffix first in the alphabet.
    """
    labels = np.flatnonzero(label_p > 0)
    labels = labels[np.argsort(-label_p[labels], kind="stable")]
    suffixes = sorted((s for s, p in suffix_p.items() if p > 0), key=lambda s: (-suffix_p[s], s))
    if not len(labels) or not suffixes:
        return None
    logs = np.log(np.array([suffix_p[s] for s in suffixes]))
    return Product(labels.tolist(), np.log(label_p[labels]), suffixes, logs)


class Block(NamedTuple):
    """Names one after the other, in columns."""

    probabilities: list[float]
    labels: list[int]
    suffixes: list[str]


def merged(products: Sequence[Product]) -> Iterator[Block]:
    """All names in *products*, likeliest first, some at a time.

    A bound on the logarithm goes down step by step; of every product only what lies between two
    bounds is made and sorted, so the first ten names cost little and no name is made twice.
    """
    if not products:
        return
    bound = max(p.label_logs[0] + p.suffix_logs[0] for p in products)
    bottom = min(p.label_logs[-1] + p.suffix_logs[-1] for p in products)
    taken = [np.zeros(len(p.labels), dtype=np.int64) for p in products]
    while True:
        yield from _between(products, taken, bound)
        if bound < bottom:
            return
        bound -= _STEP


def _between(
    products: Sequence[Product], taken: list[NDArray[np.int64]], bound: float
) -> Iterator[Block]:
    """Names at or above *bound* that were not *taken* yet, which is brought up to date."""
    found = []
    for number, p in enumerate(products):
        rows = int(np.searchsorted(-p.label_logs, p.suffix_logs[0] - bound, side="right"))
        before = taken[number][:rows].copy()
        upto = np.searchsorted(-p.suffix_logs, p.label_logs[:rows] - bound, side="right")
        upto = np.maximum(upto, before)
        counts = upto - before
        taken[number][:rows] = upto
        total = int(counts.sum())
        if total:
            label = np.repeat(np.arange(rows), counts)
            suffix = np.arange(total) - np.repeat(np.cumsum(counts) - counts - before, counts)
            logs = p.label_logs[label] + p.suffix_logs[suffix]
            found.append((np.full(total, number), label, suffix, logs))
    if not found:
        return
    which, label, suffix, logs = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.argsort(-logs, kind="stable")
    for start in range(0, len(order), _BLOCK):
        block = order[start : start + _BLOCK]
        places = list(
            zip(which[block].tolist(), label[block].tolist(), suffix[block].tolist(), strict=True)
        )
        yield Block(
            np.exp(logs[block]).tolist(),
            [products[number].labels[row] for number, row, _ in places],
            [products[number].suffixes[column] for number, _, column in places],
        )
