"""Look at many targets at a time, and tell whose failure it is when nothing comes back.

A target that cannot be read, because our network failed or because of a fault in this program, is
given up for the run and counted. It is never stored as a fact about the target, and never ends the
run: every page was written by somebody who would like it to.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Collection, Container, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mirrorhunt import pointing
from mirrorhunt.availability import ruling
from mirrorhunt.crawling.visiting import Visitor, is_doubtful
from mirrorhunt.errors import MirrorhuntError, NoNetworkError
from mirrorhunt.indicators import kinds
from mirrorhunt.model import Visit
from mirrorhunt.names import skeleton
from mirrorhunt.page import Page
from mirrorhunt.retrying import is_better, worth_trying

if TYPE_CHECKING:
    from scrapy.statscollectors import StatsCollector

    from mirrorhunt.crawling.drawing import Drawer
    from mirrorhunt.crawling.technique import Technique
    from mirrorhunt.net.resolver import Resolver
    from mirrorhunt.targets import Target

log = logging.getLogger(__name__)

MAX_OWN_FAILURES = 5
"""Times in a row that our own network failed before the run is ended."""
MAX_ATTEMPTS = 3
"""Looks at one target in a run that our own network may spoil."""
STOPPED = (
    "our own network stopped answering; what was seen is stored, start the same command again to "
    "go on from here"
)


class Looker:
    """Looks at targets for one network, by as many workers as the settings allow."""

    def __init__(
        self,
        visitor: Visitor,
        resolver: Resolver,
        techniques: Sequence[type[Technique]],
        stats: StatsCollector,
        *,
        spider: str,
        network: str,
        workers: int,
        drawer: Drawer | None = None,
    ) -> None:
        """*drawer* draws what the plain response does not say enough of; None: nothing does."""
        self._visitor = visitor
        self._resolver = resolver
        self._techniques = techniques
        self._stats = stats
        self._spider = spider
        self._network = network
        self._workers = workers
        self._drawer = drawer
        self._own_failures = 0
        self._attempts: Counter[Target] = Counter()
        self._given_up: set[Target] = set()
        self.controls: tuple[str, ...] = ()
        """Names that resolve while our network works."""
        self.referrer = ""
        """A page of the network, from which a visitor may have come."""
        self.standing: Container[str] = ()
        """Hosts that belong to the network as far as is known."""
        self.tried: Mapping[str, Collection[str]] = {}
        """The profiles by which hosts were asked for within a day."""

    def give_up(self, target: Target, why: str) -> None:
        """Look at *target* no more in this run."""
        self._given_up.add(target)
        self._stats.inc_value(f"mirrorhunt/given_up/{why}")

    def open_of(self, todo: Sequence[Target]) -> list[Target]:
        """Those of *todo* that were not given up."""
        return [target for target in todo if target not in self._given_up]

    async def is_on_line(self) -> bool:
        """Whether our own network works."""
        # Both at once: where nobody answers, each takes its full time.
        asked = [self._resolver.control(names) for names in {(), self.controls}]
        return any(await asyncio.gather(*asked))

    async def look_at(
        self, todo: Sequence[Target], note: Callable[[Target], None]
    ) -> AsyncIterator[Visit]:
        """Visits of *todo* as they come in; *note* is told of each target that is done.

        Raises NoNetworkError when our network has stopped answering.
        """
        left = deque(todo)
        workers = min(len(todo), self._workers)
        done: asyncio.Queue[tuple[Target, Visit | None] | Exception] = asyncio.Queue(workers)

        async def work() -> None:
            try:
                while left:
                    target = left.popleft()
                    await done.put((target, await self._look(target)))
            except Exception as e:
                # Not what ends a task from outside: nobody is left to read of it.
                await done.put(e)

        tasks = [asyncio.create_task(work()) for _ in range(workers)]
        try:
            for _ in range(len(todo)):
                got = await done.get()
                if isinstance(got, Exception):
                    raise got
                target, visit = got
                note(target)
                if visit is not None:
                    yield visit
        finally:
            for task in tasks:
                task.cancel()

    async def _look(self, target: Target) -> Visit | None:
        """The visit of *target* with all pointers read; None if it was we who failed."""
        try:
            visit = await self._visit(target)
            if is_doubtful(visit) and not await self.is_on_line():
                self._count_own_failure(target)
                return None
            self._own_failures = 0
            visit = await self._drawn(visit)
            visit = await self._asked_otherwise(visit)
            return replace(visit, pointers=pointing.read(visit, self._techniques))
        except MirrorhuntError:
            raise
        except Exception:
            # A fault of ours that one page brings out must not keep the other hosts unseen.
            log.exception("%s%s could not be read", target.host, target.path)
            self.give_up(target, "fault")
            return None

    async def _visit(self, target: Target) -> Visit:
        if target.path == "/":
            return await self._visitor.front(
                target.host, self._network, self._spider, self._is_interesting
            )
        return await self._visitor.inner(target.host, target.path, self._network, self._spider)

    async def _drawn(self, visit: Visit) -> Visit:
        """*visit*, as a browser sees it where that is worth it and can be had."""
        if self._drawer is None:
            return visit
        after = await self._drawer.drawn(visit, referrer=self._referrer_of(visit))
        if after.page is visit.page or visit.path != "/":
            return after
        return await self._visitor.completed(after, self._is_interesting)

    def _referrer_of(self, visit: Visit) -> str:
        return self.referrer if visit.profile == "referrer" else ""

    async def _asked_otherwise(self, visit: Visit) -> Visit:
        """*visit*, or what the host shows to whoever comes from elsewhere or by telephone."""
        first = ruling(visit)
        profiles = worth_trying(
            visit,
            first,
            is_standing=visit.host in self.standing,
            tried=self.tried.get(visit.host, ()),
        )
        for n, profile in enumerate(profiles):
            self._stats.inc_value(f"mirrorhunt/asked_as/{profile}")
            visitor = self._visitor.as_profile(profile, self.referrer)
            again = await visitor.front(
                visit.host, self._network, self._spider, self._is_interesting
            )
            again = await self._drawn(again)
            if again.page is not None and is_better(ruling(again)):
                self._stats.inc_value(f"mirrorhunt/answered_as/{profile}")
                return replace(again, tried=profiles[: n + 1])
        return replace(visit, tried=profiles)

    def _count_own_failure(self, target: Target) -> None:
        self._own_failures += 1
        if self._own_failures >= MAX_OWN_FAILURES:
            raise NoNetworkError(STOPPED)
        self._attempts[target] += 1
        if self._attempts[target] >= MAX_ATTEMPTS:
            self.give_up(target, "network")

    def _is_interesting(self, page: Page) -> bool:
        """Whether *page* deserves a second request, for its icon."""
        brand = skeleton(self._network).casefold()
        if len(brand) >= 4 and brand in f"{page.title} {page.host}".casefold():
            return True
        probe = Visit("", "", "", "", datetime.now(UTC), page=page)
        return next(iter(kinds["offers"].read(probe)), None) is not None
