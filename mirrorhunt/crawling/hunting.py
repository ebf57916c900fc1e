"""A hunt: look, judge, take up what the standing hosts point to, look again, until nothing is new.

The hosts table is the truth about what was looked at and what is left. A hunt that is killed at
any point and started again asks the same table, and ends as if it had not been killed.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrapy import signals
from scrapy.exceptions import CloseSpider

from mirrorhunt import judging, name_lists, protecting, targets
from mirrorhunt.config import Config
from mirrorhunt.crawling.addon import config_of
from mirrorhunt.crawling.asking import Asker
from mirrorhunt.crawling.consulting import Consulting
from mirrorhunt.crawling.handler import resolver_of
from mirrorhunt.crawling.registering import registering
from mirrorhunt.crawling.scene import Scene
from mirrorhunt.crawling.visiting import Visitor, is_doubtful
from mirrorhunt.errors import InputError, MirrorhuntError, NoNetworkError
from mirrorhunt.indicators import kinds
from mirrorhunt.model import Candidate, Pointer, Rcode, Verdict, Visit
from mirrorhunt.names import skeleton
from mirrorhunt.page import Page
from mirrorhunt.store import migrate
from mirrorhunt.store.session import engine_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mirrorhunt.crawling.technique import HuntingSpider
    from mirrorhunt.protecting import Keep
    from mirrorhunt.targets import Hunting, Target

log = logging.getLogger(__name__)

PROGRESS = "MIRRORHUNT_PROGRESS"
"""The setting that holds a `Callable[[Progress], None]`, called after each visit."""
ARGUMENTS = ("seeds", "network", "candidates", "protect", "feed")
MAX_POINTERS = 400
"""Of one visit; techniques yield the most telling first."""
STOPPED = (
    "our own network stopped answering; what was seen is stored, start the same command again to "
    "go on from here"
)
MAX_OWN_FAILURES = 5
"""Times in a row that our own network failed before the run is ended."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a hunt has come."""

    round: int
    looked_at: int
    to_look_at: int
    """Known so far, looked at or not."""
    stage: str
    """``looking``, ``judging`` or ``asking`` (DNS, for names that a rule made up)."""
    verdicts: Mapping[Verdict, int]
    host: str = ""


class Hunt:
    """One spider's work on one network."""

    def __init__(
        self,
        spider: HuntingSpider,
        config: Config,
        seeds: Sequence[str],
        network: str,
        keep: Keep,
        listed: Sequence[str],
    ) -> None:
        self._spider = spider
        self._config = config
        self._seeds = seeds
        self._network = network
        self._keep = keep
        self._listed = listed
        self._engine = engine_for(config.database_url)
        self._resolver = resolver_of(spider.crawler)
        self._visitor = Visitor(spider.crawler, config, self._resolver)
        self._consult = Consulting(spider.crawler, config)
        self._asker = Asker.of(self._resolver, config, spider.crawler.stats)
        self._techniques = spider.techniques()
        self._progress: Callable[[Progress], None] = (
            spider.crawler.settings.get(PROGRESS) or _silent
        )
        self.failures: list[Exception] = []
        """What ended the run before it was done; empty if nothing did."""
        self._verdicts: Mapping[Verdict, int] = {}
        self._looked_at = self._own_failures = self._pending = 0
        self._controls: tuple[str, ...] = ()
        self._asked: set[str] = set()
        self._settled = asyncio.Condition()
        self.hunting: Hunting | None = None
        """Set once the run is open: what the store step writes under."""
        for signal in (signals.item_scraped, signals.item_dropped):
            spider.crawler.signals.connect(self._on_settled, signal)
        spider.crawler.signals.connect(self._on_error, signals.item_error)

    @classmethod
    def of(cls, spider: HuntingSpider, arguments: Mapping[str, Any]) -> Hunt:
        """The hunt that *arguments* (``-a NAME=VALUE``) describe. Raises InputError."""
        config = config_of(spider.crawler.settings)
        unknown = set(arguments) - set(ARGUMENTS)
        if unknown:
            raise InputError(f"no argument {min(unknown)!r}; there are: {', '.join(ARGUMENTS)}")
        feeds = (*config.name_feeds, *_split(arguments.get("feed", "")))
        name_lists.check(feeds)
        config = replace(config, name_feeds=feeds)
        files = [*config.protect, *_split(arguments.get("protect", ""))]
        engine = engine_for(config.database_url)
        migrate.upgrade(engine)
        keep = protecting.keep(engine, datetime.now(UTC), files)
        engine.dispose()
        seeds = targets.check_seeds(_split(arguments.get("seeds", "")), keep)
        listed: list[str] = []
        for file in _split(arguments.get("candidates", "")):
            found, bad = targets.read_candidates(Path(file))
            if bad:
                log.warning("%s: %d lines are no host names and were passed over", file, bad)
            listed += found
        network = arguments.get("network") or targets.network_name(seeds[0])
        return cls(spider, config, seeds, network, keep, listed)

    @property
    def keep(self) -> Keep:
        """What is out of bounds."""
        return self._keep

    async def run(self) -> AsyncIterator[Visit | Candidate]:
        """Yield what is seen, for the pipelines; end when nothing is left or the budget is."""
        try:
            async for item in self._run():
                yield item
        except MirrorhuntError as e:
            self._end(e)
            log.error("%s", e)
            raise CloseSpider(str(e)) from None
        except CloseSpider:
            raise
        except Exception as e:
            self._end(e)
            raise CloseSpider(f"our failure: {e!r}") from e
        finally:
            await self._asker.close()

    async def _run(self) -> AsyncIterator[Visit | Candidate]:
        await self._check_network()
        await self._asker.check_nameservers(self._seeds)
        now = datetime.now(UTC)
        self.hunting = await asyncio.to_thread(
            targets.begin,
            self._engine,
            self._spider.name,
            self._network,
            self._seeds,
            [host for host in self._listed if not self._keep.is_out(host)],
            now,
        )
        rounds = self._spider.rounds or self._config.rounds
        while self.hunting.run.round <= rounds:
            looked = False
            while todo := await self._next_targets():
                looked = True
                async for visit in self._look_at(todo):
                    yield self._sent(visit)
                await self._until_settled()
            if not looked and self.hunting.run.round > 1 and not self.hunting.run.is_resumed:
                break
            await self._judge()
            self._consult.begin_round(self._rounds_to_ask_for())
            async with registering(self._engine, self.hunting, self._consult, self._keep) as dated:
                scene = await self._scene()
                async for candidate in self._propose(scene):
                    yield self._sent(candidate)
                await self._until_settled()
                if await dated:
                    await self._judge()
            # Names that nobody answered for must not pass for names that do not exist.
            if not await self._is_on_line():
                raise NoNetworkError(STOPPED)
            # Last, when all that was found is stored: a run that is killed asks the round again.
            await asyncio.to_thread(scene.record, self._engine, self.hunting)
            self.hunting = await asyncio.to_thread(
                targets.next_round,
                self._engine,
                self.hunting,
                self._config,
                self._keep,
                datetime.now(UTC),
            )
            if self.hunting.run.round <= rounds and not await self._next_targets():
                break

    async def _next_targets(self) -> list[Target]:
        assert self.hunting is not None
        return await asyncio.to_thread(
            targets.next_targets, self._engine, self.hunting, self._config
        )

    async def _check_network(self) -> None:
        """Tell a dead network from a dead target before the first question, and a seed that
        does not exist from one that is down."""
        rcodes = {seed: (await self._resolver.facts(seed)).rcode for seed in self._seeds}
        self._controls = self._config.control_names or tuple(
            seed for seed, rcode in rcodes.items() if rcode is Rcode.NOERROR
        )
        if self._controls:
            return
        if set(rcodes.values()) == {Rcode.NXDOMAIN}:
            raise InputError(
                f"seed {self._seeds[0]!r} does not exist (NXDOMAIN): check the spelling, or start "
                "from a host of the network that is still registered"
            )
        if not await self._resolver.control():
            asked = ", ".join(str(n) for n in self._resolver.nameservers)
            raise NoNetworkError(
                f"no nameserver answers ({asked}): is this machine on line? set "
                "MIRRORHUNT_NAMESERVERS to one that does; nothing was stored"
            )

    async def _is_own_failure(self, visit: Visit) -> bool:
        """Whether it was our own network that failed, and not the host."""
        if not is_doubtful(visit):
            return False
        return not await self._is_on_line()

    async def _is_on_line(self) -> bool:
        # Both at once: where nobody answers, each takes its full time.
        asked = [self._resolver.control(names) for names in {(), self._controls}]
        return any(await asyncio.gather(*asked))

    async def _look_at(self, todo: Sequence[Target]) -> AsyncIterator[Visit]:
        """Visits of *todo* as they come in, by as many workers as the settings allow."""
        left = deque(todo)
        total = self._looked_at + len(todo)
        done: asyncio.Queue[Visit | BaseException | None] = asyncio.Queue(
            maxsize=self._config.concurrency
        )

        async def work() -> None:
            try:
                while left:
                    await done.put(await self._look(left.popleft()))
            except BaseException as e:
                await done.put(e)

        workers = [
            asyncio.create_task(work()) for _ in range(min(len(todo), self._config.concurrency))
        ]
        try:
            for _ in range(len(todo)):
                got = await done.get()
                if isinstance(got, BaseException):
                    raise got
                self._looked_at += 1
                if got is not None:
                    self._report("looking", total, got.host)
                    yield got
        finally:
            for worker in workers:
                worker.cancel()

    async def _look(self, target: Target) -> Visit | None:
        """The visit of *target* with all pointers read; None if it was our network that failed."""
        name = self._spider.name
        if target.path == "/":
            visit = await self._visitor.front(
                target.host, self._network, name, self._is_interesting
            )
        else:
            visit = await self._visitor.inner(target.host, target.path, self._network, name)
        if await self._is_own_failure(visit):
            self._own_failures += 1
            if self._own_failures >= MAX_OWN_FAILURES:
                raise NoNetworkError(STOPPED)
            return None
        self._own_failures = 0
        return replace(visit, pointers=self._pointers(visit))

    def _pointers(self, visit: Visit) -> tuple[Pointer, ...]:
        found: dict[tuple[str, str, str], Pointer] = {}
        for technique in self._techniques:
            for pointer in technique.read(visit):
                found.setdefault((pointer.host, pointer.how, pointer.region), pointer)
                if len(found) >= MAX_POINTERS:
                    return tuple(found.values())
        return tuple(found.values())

    def _is_interesting(self, page: Page) -> bool:
        """Whether *page* deserves a second request, for its icon."""
        brand = skeleton(self._network).casefold()
        if len(brand) >= 4 and brand in f"{page.title} {page.host}".casefold():
            return True
        probe = Visit("", "", "", "", datetime.now(UTC), page=page)
        return next(iter(kinds["offers"].read(probe)), None) is not None

    async def _judge(self) -> None:
        self._report("judging", self._looked_at)
        outcome = await asyncio.to_thread(
            judging.judge_network,
            self._engine,
            self._network,
            datetime.now(UTC),
            self._keep.is_out,
        )
        self._verdicts = outcome.verdicts
        self._report("judging", self._looked_at)

    async def _scene(self) -> Scene:
        assert self.hunting is not None
        self._report("asking", self._looked_at)
        return await asyncio.to_thread(
            Scene.of,
            self._engine,
            self.hunting,
            self._keep,
            self._resolver,
            self._asked,
            self._config.dns_names_per_round,
            self._consult,
            self._asker,
            self._config.name_feeds if self.hunting.run.round == 1 else (),
        )

    async def _propose(self, scene: Scene) -> AsyncIterator[Candidate]:
        for technique in self._techniques:
            async for candidate in technique.propose(scene):
                yield candidate

    def _rounds_to_ask_for(self) -> int:
        """What sources were asked before a run was killed is not stored: it is asked again, and
        what this round would have asked besides."""
        assert self.hunting is not None
        run = self.hunting.run
        return run.round if run.is_resumed and not self._asked else 1

    def _report(self, stage: str, total: int, host: str = "") -> None:
        number = self.hunting.run.round if self.hunting else 1
        self._progress(Progress(number, self._looked_at, total, stage, self._verdicts, host))

    def _sent(self, item: Visit | Candidate) -> Visit | Candidate:
        self._pending += 1
        return item

    def _end(self, why: Exception) -> None:
        # Each item of a batch fails for the same reason.
        if str(why) not in map(str, self.failures):
            self.failures.append(why)

    async def _on_settled(self) -> None:
        self._pending -= 1
        async with self._settled:
            self._settled.notify_all()

    async def _on_error(self, failure: Any) -> None:
        # What cannot be stored must not be lost quietly: the run ends, and says so.
        self._end(failure.value)
        await self._on_settled()

    async def _until_settled(self) -> None:
        """Wait until all that was yielded is stored or dropped; end the run if it could not be."""
        async with self._settled:
            await self._settled.wait_for(lambda: self._pending <= 0 or bool(self.failures))
        if self.failures:
            raise CloseSpider("an item could not be stored")


def _split(text: str) -> list[str]:
    return text.replace(",", " ").split()


def _silent(_: Progress) -> None:
    """Nobody is watching."""
