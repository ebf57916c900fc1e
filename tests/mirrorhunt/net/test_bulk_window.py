"""How many questions a nameserver is given at a time, as it answers them."""

import heapq
import random
from collections import deque
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirrorhunt.net._bulk_window import FIRST, JUDGED, LEAST, LEAST_RATE_PER_S, STEP, Window

TIMEOUT_S = 2.0
ATTEMPTS = 3


def _answer(window: Window, count: int) -> None:
    for _ in range(count):
        window.answered()


def _lose(window: Window, count: int, sent_at: float = 10.0, now: float = 12.0) -> None:
    for _ in range(count):
        window.lost(sent_at, now)


# ---------------------------------------------------------------- what must not change it


def test_a_few_losses_are_not_a_burst() -> None:
    window = Window(400, 1e9)
    for _ in range(20):
        _lose(window, 3)
        _answer(window, max(JUDGED, window.size))

    assert window.size == 400


def test_one_name_in_fifty_that_nobody_answers_for_leaves_the_window_open() -> None:
    # Some made-up names are delegated to nobody; the nameserver is not overrun by that.
    rng = random.Random(1)
    window = Window(400, 1e9)
    for at in range(100_000):
        if rng.random() < 0.02:
            window.lost(at, at)
        else:
            window.answered()

    assert window.size == 400


def test_what_was_sent_before_a_cut_does_not_cut_again() -> None:
    window = Window(400, 1e9)
    _answer(window, 2000)
    assert window.size == 400

    _lose(window, 400)

    assert window.size == 200
    assert window.before == 400


# ---------------------------------------------------------------- what does


def test_it_grows_by_a_share_until_something_is_lost_and_then_step_by_step() -> None:
    window = Window(400, 1e9)
    sizes = []
    for _ in range(4):
        sizes.append(window.size)
        _answer(window, max(JUDGED, window.size))
    assert sizes == [FIRST, 20, 25, 31]

    _lose(window, window.size)
    cut = window.size
    _answer(window, max(JUDGED, cut))

    assert cut == 39 // 2
    assert window.size == cut + STEP


def test_bursts_halve_it_down_to_the_least() -> None:
    window = Window(400, 1e9)
    for second in range(20):
        _lose(window, 400, sent_at=second, now=second + 0.5)

    assert window.size == LEAST


@given(
    st.integers(1, 1000),
    st.lists(st.tuples(st.booleans(), st.integers(1, 50), st.floats(0, 100))),
)
def test_whatever_happens_it_stays_within_its_bounds(
    most: int, events: list[tuple[bool, int, float]]
) -> None:
    window = Window(most, 1000.0)
    now = 0.0
    for is_answered, count, passed_s in events:
        now += passed_s
        if is_answered:
            _answer(window, count)
        else:
            _lose(window, count, sent_at=now, now=now)
        assert min(LEAST, most) <= window.size <= most
        assert window.size <= window.before <= most
        assert LEAST_RATE_PER_S <= window.rate_per_s <= 1000.0


# ---------------------------------------------------------------- with a nameserver


class _Slow:
    """Answers *rate_per_s* questions a second, keeps *queue* of them waiting, drops the rest."""

    def __init__(self, rate_per_s: float, queue: int) -> None:
        self._answer_s = 1 / rate_per_s
        self._queue_s = queue / rate_per_s
        self._is_busy_until = 0.0

    def answers_at(self, now: float) -> float | None:
        if self._is_busy_until - now > self._queue_s:
            return None
        self._is_busy_until = max(now, self._is_busy_until) + self._answer_s
        return self._is_busy_until


class _Limited:
    """Answers at once, *burst* questions and *rate_per_s* on top, and drops the rest."""

    def __init__(self, rate_per_s: float, burst: int) -> None:
        self._rate_per_s, self._burst = rate_per_s, burst
        self._left, self._at = float(burst), 0.0

    def answers_at(self, now: float) -> float | None:
        self._left = min(self._burst, self._left + (now - self._at) * self._rate_per_s)
        self._at = now
        if self._left < 1:
            return None
        self._left -= 1
        return now


@dataclass
class _Course:
    """How it went, under a clock of its own."""

    lost: int = 0
    """Names without an answer after all attempts."""
    dropped: int = 0
    took_s: float = 0.0


def _simulated(server: _Slow | _Limited, names: int, window: Window | None) -> _Course:
    """*names* are asked for. Without a *window*, 400 are always in flight."""
    # When, in which order, whether answered, sent when, attempts left.
    events: list[tuple[float, int, bool, float, int]] = []
    todo = deque([ATTEMPTS] * names)
    course, in_flight, number, next_at = _Course(), 0, 0, 0.0
    now = 0.0
    while todo or events:
        while todo and in_flight < (window.size if window else 400) and next_at <= now:
            attempts = todo.popleft()
            at = server.answers_at(now)
            end_at = now + TIMEOUT_S if at is None else at + 0.001
            number += 1
            heapq.heappush(events, (end_at, number, at is not None, now, attempts))
            in_flight += 1
            next_at = max(now, next_at) + (1 / window.rate_per_s if window else 0.0)
        has_room = todo and in_flight < (window.size if window else 400)
        if has_room and (not events or next_at < events[0][0]):
            now = next_at
            continue
        now, _, is_answered, sent_at, attempts = heapq.heappop(events)
        in_flight -= 1
        if is_answered:
            if window:
                window.answered()
            continue
        course.dropped += 1
        if window:
            window.lost(sent_at, now)
        if attempts > 1:
            todo.appendleft(attempts - 1)
        else:
            course.lost += 1
    course.took_s = now
    return course


@pytest.mark.parametrize(
    ("kind", "rate_per_s", "spare"),
    [
        pytest.param(_Slow, 20.0, 5, id="a router at home, overloaded"),
        pytest.param(_Slow, 100.0, 10, id="a router at home"),
        pytest.param(_Slow, 500.0, 50, id="a provider's resolver"),
        pytest.param(_Limited, 20.0, 20, id="a strict limit"),
        pytest.param(_Limited, 100.0, 10, id="a limit with little burst"),
        pytest.param(_Limited, 500.0, 50, id="a limit with some burst"),
    ],
)
def test_a_nameserver_that_drops_what_is_too_much_is_not_drowned(
    kind: type[_Slow | _Limited], rate_per_s: float, spare: int
) -> None:
    names = 5000
    window = Window(400, 1e4)
    course = _simulated(kind(rate_per_s, spare), names, window)
    drowned = _simulated(kind(rate_per_s, spare), names, None)

    # Against always asking 400 at a time, which loses names for good.
    assert drowned.lost > 500
    assert course.lost < names / 50
    assert course.dropped < drowned.dropped / 4
    # And it is not so careful that it wastes what there is.
    assert course.took_s < 5 * names / rate_per_s


def test_a_fast_nameserver_gets_the_whole_window() -> None:
    window = Window(400, 1e9)

    course = _simulated(_Slow(1e6, 10_000), 5000, window)

    assert (course.lost, course.dropped, window.size) == (0, 0, 400)
