"""Which made-up names are worth a question."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirrorhunt.crawling.budgeting import MIN_PROBABILITY, Ledger, worth_asking
from mirrorhunt.store.questions import Asked, Tally
from mirrorhunt.variants import Proposal

PROBABLE = 100 * MIN_PROBABILITY


def _proposals(rule: str, count: int, probability: float = PROBABLE) -> list[Proposal]:
    return [
        Proposal(f"{rule.replace('_', '')}{i}.example", rule, probability / (i + 1), "why")
        for i in range(count)
    ]


def _mixed(*rules: str) -> list[Proposal]:
    both = [p for rule in rules for p in _proposals(rule, 50)]
    return sorted(both, key=lambda p: -p.probability)


def _share(rule: str, chosen: list[Proposal]) -> float:
    return sum(p.rule == rule for p in chosen) / len(chosen)


def test_a_name_that_nobody_would_find_anything_by_is_not_asked_for() -> None:
    hopeless = _proposals("numbered", 10, MIN_PROBABILITY / 50)

    assert worth_asking(hopeless, {}, 100, Random(1)) == []


@pytest.mark.parametrize("budget", [0, 1, 7])
def test_the_budget_is_a_bound(budget: int) -> None:
    assert len(worth_asking(_mixed("numbered", "edited"), {}, budget, Random(1))) == budget


def test_a_rule_that_finds_more_than_it_expects_is_asked_more() -> None:
    tallies = {"numbered": Tally(500, 0.5, 20), "edited": Tally(500, 0.5, 0)}

    chosen = worth_asking(_mixed("numbered", "edited"), tallies, 30, Random(1))

    assert _share("numbered", chosen) >= 0.75


def test_luck_at_the_top_of_a_list_does_not_make_it_longer() -> None:
    tail = _proposals("numbered", 10, MIN_PROBABILITY / 2)

    assert worth_asking(tail, {"numbered": Tally(100, 0.5, 50)}, 100, Random(1)) == []


def test_a_rule_that_never_finds_what_it_expects_falls_silent() -> None:
    disappointed = {"edited": Tally(100_000, 50_000.0, 0)}

    chosen = worth_asking(_mixed("numbered", "edited"), disappointed, 100, Random(1))

    assert {p.rule for p in chosen} == {"numbered"}


def test_a_rule_of_which_nothing_is_known_is_tried() -> None:
    # Otherwise a rule that was lucky once would be asked for ever.
    firsts = {
        worth_asking(
            _mixed("numbered", "edited"), {"numbered": Tally(50, 0.5, 1)}, 5, Random(seed)
        )[0].rule
        for seed in range(30)
    }

    assert firsts == {"numbered", "edited"}


def test_the_same_draw_gives_the_same_names() -> None:
    proposals = _mixed("numbered", "edited")

    first, second = (worth_asking(proposals, {}, 30, Random("films 0")) for _ in range(2))

    assert first == second


def test_a_stream_without_an_end_is_read_only_so_far() -> None:
    taken = 0

    def endless():  # type: ignore[no-untyped-def]
        nonlocal taken
        while True:
            taken += 1
            yield Proposal(f"films{taken}.example", "numbered", 0.5, "why")

    assert len(worth_asking(endless(), {}, 10, Random(1))) == 10
    assert taken < 100


@given(
    st.lists(st.floats(1e-9, 1.0), max_size=60),
    st.integers(0, 100),
    st.integers(0, 10_000),
    st.floats(0, 100),
)
def test_every_name_is_asked_for_at_most_once(
    probabilities: list[float], hits: int, asked: int, expected: float
) -> None:
    proposals = [
        Proposal(f"films{i}.example", "numbered", p, "why")
        for i, p in enumerate(sorted(probabilities, reverse=True))
    ]

    chosen = worth_asking(proposals, {"numbered": Tally(asked, expected, hits)}, 50, Random(1))

    assert len(set(chosen)) == len(chosen) <= 50
    assert set(chosen) <= set(proposals)


def test_the_ledger_adds_up_by_rule() -> None:
    ledger = Ledger()
    for proposal in (*_proposals("numbered", 2, 0.5), *_proposals("edited", 1, 0.25)):
        ledger.note(proposal)

    assert ledger.asked == {
        "numbered": Asked(("numbered0.example", "numbered1.example"), 0.75),
        "edited": Asked(("edited0.example",), 0.25),
    }
    again = Ledger()
    again.restore(ledger.asked)
    assert again.asked == ledger.asked
