"""Counts by month, and what may be seen of them at an instant."""

from datetime import UTC, datetime

import pytest

from mirrorhunt.errors import InputError
from mirrorhunt.variants import Fact, Known, Statistics, facts_of


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("2024-01\tswap\tnet>org", id="a column missing"),
        pytest.param("2024-13\tswap\tnet>org\t1", id="no such month"),
        pytest.param("202401\tswap\tnet>org\t1", id="another way to write months"),
        pytest.param("2024-01\tswap\tnet>org\tone", id="a count in words"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(line: str) -> None:
    with pytest.raises(InputError, match=r"line 2 of the hop statistics"):
        Statistics.parse(f"# head\n{line}\n")


def test_a_month_counts_when_it_has_ended() -> None:
    statistics = Statistics((Fact("2024-03", "swap", "net>org", 2.0),))
    assert not statistics.before(at("2024-03-31")).counts("swap", 12)
    assert statistics.before(at("2024-04-01")).counts("swap", 12) == {"net>org": 2.0}


def test_a_count_halves_with_its_half_life() -> None:
    statistics = Statistics((Fact("2023-03", "swap", "net>org", 2.0),))
    assert statistics.before(at("2024-04-01")).counts("swap", 12) == {"net>org": 1.0}


def test_what_was_never_different_is_known_at_any_time() -> None:
    lore = Statistics.shipped().before(at("2015-01-01"))
    assert lore.counts("web", float("inf"))["com"] > 1000
    assert not lore.counts("swap", 24)


def test_a_network_counts_once_a_month_for_the_same_thing() -> None:
    restless = [Known("films1.net", at("2024-01-01"))]
    restless += [Known(f"films{n}.net", at(f"2024-02-{n:02}")) for n in range(2, 9)]
    counted = {(f.period, f.table, f.key): f.times for f in facts_of([restless, restless[:2]])}
    assert counted["2024-02", "numbered", "+1"] == 2.0
    assert counted["2024-01", "birth", "net"] == 2.0


@pytest.mark.parametrize(
    ("names", "place"),
    [
        pytest.param(["films.net"], "w1s", id="one name, words alone"),
        pytest.param(["films.net", "films.org"], "w2s", id="one label, two names"),
        pytest.param(["films.net", "cine.org"], "w2l", id="two labels"),
        pytest.param(["films.net", "films7.net"], "n2l", id="a first number"),
        pytest.param(["films7.net", "films8.net"], "s2l", id="a series"),
        pytest.param(["films7.net", "cine.net"], "m2l", id="a number before"),
        # Two names, each a series of its own, take turns.
        pytest.param(["films1.net", "cine8.net", "films2.net"], "s5l", id="series taking turns"),
    ],
)
def test_chances_depend_on_numbers_moves_and_labels(names: list[str], place: str) -> None:
    history = [Known(name, at(f"2024-01-{day:02}")) for day, name in enumerate(names, 1)]
    history.append(Known("another.org", at("2024-02-01")))
    arms = [f.key for f in facts_of([history]) if f.table == "arm" and f.period == "2024-02"]
    assert arms == [f"{place} -"]


def test_names_without_a_date_and_names_of_one_date_are_no_moves() -> None:
    together = [Known("films.net", at("2024-01-01")), Known("films.org", at("2024-01-01"))]
    tables = {fact.table for fact in facts_of([together, [Known("cine.net")]])}
    assert tables == {"birth"}


def test_the_shipped_statistics_are_small_dated_and_name_nobody() -> None:
    facts = Statistics.shipped().facts
    assert 1000 < len(facts) < 20_000
    assert all(len(fact.key) <= 40 for fact in facts)
    words = {f.key.partition(":")[2] for f in facts if f.table in ("affixed", "other_ending")}
    # A word is there only if several networks used it: no long name can be.
    assert all(len(word) <= 12 for word in words)
