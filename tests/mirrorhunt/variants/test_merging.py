"""Labels × suffixes, likeliest first, against the plain way to do it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirrorhunt.variants._merging import merged, product_of

CHANCES = st.lists(st.floats(0, 1) | st.just(0.0), max_size=12)


def test_nothing_comes_of_nothing() -> None:
    assert product_of(np.zeros(3), {"net": 1.0}) is None
    assert product_of(np.ones(3), {"net": 0.0}) is None
    assert list(merged([])) == []


@given(st.lists(st.tuples(CHANCES, CHANCES), max_size=3))
def test_every_pair_comes_once_and_in_order(tables: list[tuple[list[float], list[float]]]) -> None:
    products, wanted = [], []
    for number, (labels, suffixes) in enumerate(tables):
        p = {f"s{number}x{at}": share for at, share in enumerate(suffixes)}
        products.append(product_of(np.array(labels, dtype=float), p))
        wanted += [
            (at, suffix)
            for at, label in enumerate(labels)
            for suffix, share in p.items()
            if label > 0 and share > 0
        ]
    blocks = merged([product for product in products if product])
    given_pairs = [row for block in blocks for row in zip(*block, strict=True)]
    assert sorted((label, suffix) for _, label, suffix in given_pairs) == sorted(wanted)
    chances = [p for p, _, _ in given_pairs]
    assert chances == pytest.approx(sorted(chances, reverse=True))
