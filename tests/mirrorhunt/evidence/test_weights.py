"""The table of weights in the documents is that of the code."""

import math
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

from mirrorhunt.evidence import kinds
from mirrorhunt.evidence._weights import AGAINST, Weight
from mirrorhunt.model import Side
from mirrorhunt.verdicts import GROUP_CAPS

DOCUMENT = Path(__file__).parents[3] / "docs" / "attribution.md"


@cache
def documented() -> dict[str, list[str]]:
    """Kind to the cells beside it."""
    text = DOCUMENT.read_text(encoding="utf-8").partition("## 6. The weights")[2]
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| `")]
    return {row[0].strip("`"): row[1:] for row in rows}


def weight_of(kind: str) -> Weight:
    weight = import_module(kinds[kind].__module__).WEIGHT
    assert isinstance(weight, Weight)
    return weight


def test_no_kind_is_documented_that_is_gone() -> None:
    assert documented().keys() - set(kinds) == set()


@pytest.mark.parametrize("kind", list(kinds))
def test_the_documented_weight_is_that_of_the_code(kind: str) -> None:
    weight = weight_of(kind)
    relation = "both" if len(weight.relations) == 2 else next(iter(weight.relations)).value

    assert documented().get(kind) == [
        f"{weight.m:g}",
        f"{weight.u:g}",
        f"{math.log2(weight.m / weight.u):.1f}",
        f"{weight.cap:g}",
        f"{weight.half_life_days:g}",
        weight.group,
        weight.side.value,
        relation,
    ]


@pytest.mark.parametrize("kind", list(kinds))
def test_a_weight_is_in_order(kind: str) -> None:
    weight = weight_of(kind)

    # What speaks for a host is likelier among members, what speaks against it among strangers.
    assert (weight.cap < 0) == (weight.m < weight.u) == (weight.group == AGAINST)
    assert weight.group in GROUP_CAPS or weight.group == AGAINST or weight.side is Side.KNOWN
    assert weight.source
