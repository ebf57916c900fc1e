"""Names of several brands are several histories."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirrorhunt.variants import Known, Statistics, brands, propose, propose_for_brands

NOW = datetime(2026, 11, 24, tzinfo=UTC)
LABELS = st.text("abcdefgh", min_size=5, max_size=12)


def apart(*hosts: str) -> list[list[str]]:
    return [[k.host for k in brand] for brand in brands([Known(h) for h in hosts])]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("goalvento.example", "bellatv.example", id="nothing in common"),
        # ``stream`` is what half of all such names have in them.
        pytest.param("streamgol.example", "streambella.example", id="a word of the trade"),
        pytest.param("gol.example", "gol2.example", id="too short to say anything"),
    ],
)
def test_what_is_not_one_brand_stands_with_the_others_that_stand_alone(
    one: str, other: str
) -> None:
    brand = ("torreviva.example", "torreviva2.example")
    assert apart(one, *brand, other) == [list(brand), [one, other]]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("goalvento.example", "goalvento.test", id="another suffix"),
        pytest.param("goalvento12.example", "goalvento13.example", id="a number"),
        pytest.param("goalvento.example", "goal-vento.example", id="a hyphen"),
        pytest.param("goalvento.example", "thegoalventotv.example", id="affixes"),
    ],
)
def test_names_that_share_most_of_their_letters_are_one_brand(one: str, other: str) -> None:
    assert apart(one, "bellatv.example", other) == [[one, other], ["bellatv.example"]]


def test_the_next_number_of_each_brand_stands_at_the_top() -> None:
    days = iter(range(100))
    known = [
        Known(f"{label}{number}.example", NOW - timedelta(days=200 - next(days)))
        for number in (7, 8, 9)
        for label in ("goalvento", "torreviva", "bellanotte")
    ]
    first = {p.host for p in propose_for_brands(known, NOW, Statistics.shipped(), limit=12)}

    assert {"goalvento10.example", "torreviva10.example", "bellanotte10.example"} <= first


@given(labels=st.lists(LABELS, min_size=1, max_size=8, unique=True))
def test_each_name_is_in_one_brand(labels: list[str]) -> None:
    known = [Known(f"{label}.example") for label in labels]
    found = [k for brand in brands(known) for k in brand]

    assert sorted(found, key=lambda k: k.host) == sorted(known, key=lambda k: k.host)


@given(labels=st.lists(LABELS, min_size=1, max_size=5, unique=True))
def test_names_come_once_in_order_and_none_is_known(labels: list[str]) -> None:
    known = [Known(f"{label}.example") for label in labels]
    found = list(propose_for_brands(known, NOW, Statistics.shipped(), limit=200))
    names = [p.host for p in found]

    assert len(names) == len(set(names))
    assert not {k.host for k in known} & set(names)
    assert all(a.probability >= b.probability for a, b in pairwise(found))


def test_one_brand_is_asked_for_as_ever() -> None:
    known = [Known("goalvento1.example"), Known("goalvento2.example")]

    whole = list(propose(known, NOW, Statistics.shipped(), limit=500))
    assert list(propose_for_brands(known, NOW, Statistics.shipped(), limit=500)) == whole
