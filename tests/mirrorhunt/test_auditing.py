"""What a random sample allows to say: exactly, and never more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirrorhunt import auditing
from mirrorhunt.auditing import Sample, upper_bound


@pytest.mark.parametrize(
    ("bound", "wrong", "count"),
    [
        # Clopper and Pearson, one-sided, 95 %: docs/attribution.md.
        (0.05, 0, 59),
        (0.05, 1, 93),
        (0.05, 2, 124),
        (0.02, 0, 149),
        (0.02, 1, 236),
        (0.02, 2, 313),
        (0.01, 0, 299),
        (0.01, 1, 473),
        (0.01, 2, 628),
        (0.001, 1, 4742),
        (0.001, 2, 6294),
    ],
)
def test_so_many_are_needed_and_one_less_is_too_few(bound: float, wrong: int, count: int) -> None:
    assert upper_bound(wrong, count) <= bound < upper_bound(wrong, count - 1)


def test_no_sample_bounds_nothing() -> None:
    assert upper_bound(0, 0) == 1.0


def test_more_wrong_ones_than_hosts_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="3 of 2"):
        upper_bound(3, 2)


@given(st.integers(1, 400), st.data())
def test_a_bound_grows_with_the_wrong_and_shrinks_with_the_rest(
    count: int, data: st.DataObject
) -> None:
    wrong = data.draw(st.integers(0, count - 1))

    bound = upper_bound(wrong, count)

    assert wrong / count < bound <= upper_bound(wrong + 1, count)
    assert bound >= upper_bound(wrong, count + 1)


@given(st.integers(1, 60), st.floats(0.001, 0.999))
def test_it_covers_what_is_true_in_at_least_95_of_100_samples(count: int, share: float) -> None:
    import math

    covered = math.fsum(
        math.comb(count, k) * share**k * (1 - share) ** (count - k)
        for k in range(count + 1)
        if upper_bound(k, count) >= share
    )

    assert covered >= auditing.CONFIDENCE - 1e-9


def test_few_samples_give_no_threshold() -> None:
    assert auditing.threshold([Sample(30.0, False)] * 300, 0.01) is None


def test_the_threshold_is_the_lowest_that_holds() -> None:
    sure = [Sample(14.0, False)] * 500
    doubtful = [Sample(11.0, True)] * 50

    assert auditing.threshold(sure, 0.01) == 10.0
    assert auditing.threshold([*sure, *doubtful], 0.01) == 13.0
    assert auditing.threshold([], 0.99) is None


def test_what_is_needed_is_enough() -> None:
    count = auditing.needed(0.01)

    assert auditing.threshold([Sample(12.0, False)] * count, 0.01) == 10.0
    assert auditing.threshold([Sample(12.0, False)] * (count - 1), 0.01) is None


@pytest.mark.parametrize(
    ("bound", "wrong", "count"),
    [(0.1, 0, 29), (0.05, 0, 59), (0.05, 2, 124), (0.01, 1, 473), (0.001, 2, 6294), (0.9, 0, 2)],
)
def test_so_many_more_are_asked_for_as_are_needed(bound: float, wrong: int, count: int) -> None:
    assert auditing.needed(bound, auditing.CONFIDENCE, wrong) == count


@given(st.integers(0, 500), st.data())
def test_nobody_is_told_that_nothing_is_wrong(count: int, data: st.DataObject) -> None:
    said = auditing.sentence(count, data.draw(st.integers(0, count)))

    assert " 0 %" not in said
    assert " 0.0 %" not in said
    assert ("unknown" in said) == (count == 0)


def test_without_a_sample_it_says_how_many_to_decide() -> None:
    assert auditing.sentence(0, 0) == (
        "no error bound yet, the share of wrong hosts is unknown: decide 29 random ones of "
        "`mirrorhunt review list`, and if none is wrong it is 10 % at most"
    )


def test_the_sentence_says_at_least_what_is_known() -> None:
    assert auditing.sentence(34, 1) == (
        "of 34 hosts that chance picked 1 was wrong: at most 13.3 % of what is probable is wrong "
        "(95 %)"
    )
