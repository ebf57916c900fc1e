"""Spacing between the pages of one host, by a clock that nobody waits for."""

import asyncio
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from mirrorhunt.net._turns import Turns

Drawn = tuple[str, float, float]
"""Host, start and end of a page."""


class Clock:
    """Moves on while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        until = self.now + seconds
        await asyncio.sleep(0)
        self.now = max(self.now, until)


def drawn(pages: list[tuple[str, float]], delay_s: float) -> list[Drawn]:
    """*pages* (host, seconds that it takes) that all want their turn at once."""
    clock, found = Clock(), []
    turns = Turns(delay_s, clock, clock.sleep)

    async def page(host: str, takes_s: float) -> None:
        async with turns.of(host):
            start = clock()
            await clock.sleep(takes_s)
            found.append((host, start, clock()))

    async def all_of_them() -> None:
        await asyncio.gather(*(page(*one) for one in pages))

    asyncio.run(all_of_them())
    return found


PAGES = st.lists(st.tuples(st.sampled_from("abc"), st.floats(0.0, 9.0)), max_size=12)


@given(pages=PAGES, delay_s=st.floats(0.0, 5.0))
def test_between_pages_of_one_host_the_delay_is_kept(
    pages: list[tuple[str, float]], delay_s: float
) -> None:
    found = drawn(pages, delay_s)
    assert len(found) == len(pages)
    for host in "abc":
        own = sorted((start, end) for name, start, end in found if name == host)
        for (_, end), (start, _) in pairwise(own):
            assert start >= end + delay_s - 1e-9


def test_pages_of_other_hosts_do_not_wait() -> None:
    assert drawn([("a", 1.0), ("b", 1.0)], 60.0)[1][1] == 0.0


def test_a_page_that_failed_has_had_its_turn() -> None:
    clock = Clock()
    turns = Turns(2.0, clock, clock.sleep)

    async def two() -> float:
        try:
            async with turns.of("a"):
                raise OSError
        except OSError:
            pass
        async with turns.of("a"):
            return clock()

    assert asyncio.run(two()) == 2.0
