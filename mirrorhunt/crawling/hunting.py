"""A hunt: look, judge, take up what the standing hosts point to, look again, until nothing is new.

The hosts table is the truth about what was looked at and what is left. A hunt that is killed at
any point and started again asks the same table, and ends as if it had not been killed.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrapy import signals
from scrapy.exceptions import CloseSpider

from mirrorhunt import judging, name_lists, protecting, targets
from mirrorhunt.archive import keeping
from mirrorhunt.archive.vault import Vault
from mirrorhunt.config import Config
from mirrorhunt.crawling.addon import config_of
from mirrorhunt.crawling.asking import Asker
from mirrorhunt.crawling.consulting import Consulting
from mirrorhunt.crawling.drawing import Drawer
from mirrorhunt.crawling.elsewhere import Elsewhere
from mirrorhunt.crawling.handler import resolver_of
from mirrorhunt.crawling.looking import STOPPED, Looker
from mirrorhunt.crawling.picturing import Picturing
from mirrorhunt.crawling.registering import registering
from mirrorhunt.crawling.scene import Scene
from mirrorhunt.crawling.visiting import Visitor
from mirrorhunt.errors import InputError, MirrorhuntError, NoNetworkError
from mirrorhunt.model import Candidate, Rcode, Verdict, Visit
from mirrorhunt.store import migrate
from mirrorhunt.store.session import engine_for
from mirrorhunt.targets import Hunting, Target

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mirrorhunt.crawling.technique import HuntingSpider
    from mirrorhunt.protecting import Keep

log = logging.getLogger(__name__)

PROGRESS = "MIRRORHUNT_PROGRESS"
"""The setting that holds a `Callable[[Progress], None]`, called after each visit."""
ARGUMENTS = ("seeds", "network", "candidates", "protect", "feed")
RECHECK_ARGUMENTS = ("seeds", "network", "protect")
MAX_CONTROLS = 20
"""Seeds of a known network that are asked for to tell our own outage from a target's."""


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
        assert spider.crawler.stats is not None
        self._drawer = Drawer(config, self._resolver, spider.crawler.stats)
        visitor = Visitor(spider.crawler, config, self._resolver)
        self._picturing = Picturing(visitor, self._drawer, config, keep, spider.name)
        self._looker = Looker(
            visitor,
            self._resolver,
            spider.techniques(),
            spider.crawler.stats,
            spider=spider.name,
            network=network,
            workers=config.concurrency,
            drawer=self._drawer,
        )
        self._elsewhere = Elsewhere(
            spider.crawler, config, spider.techniques(), spider=spider.name, network=network
        )
        self._consult = Consulting(spider.crawler, config)
        self._asker = Asker.of(self._resolver, config, spider.crawler.stats)
        self._techniques = spider.techniques()
        self._progress: Callable[[Progress], None] = (
            spider.crawler.settings.get(PROGRESS) or _silent
        )
        self.failures: list[Exception] = []
        """What ended the run before it was done; empty if nothing did."""
        self._verdicts: Mapping[Verdict, int] = {}
        self._looked_at = self._pending = 0
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
        known = RECHECK_ARGUMENTS if spider.only_due else ARGUMENTS
        unknown = set(arguments) - set(known)
        if unknown:
            raise InputError(f"no argument {min(unknown)!r}; there are: {', '.join(known)}")
        feeds = (*config.name_feeds, *_split(arguments.get("feed", "")))
        name_lists.check(feeds)
        config = replace(config, name_feeds=feeds)
        files = [*config.protect, *_split(arguments.get("protect", ""))]
        engine = engine_for(config.database_url)
        migrate.upgrade(engine)
        keep = protecting.keep(engine, config.now(), files)
        given = _split(arguments.get("seeds", ""))
        if spider.only_due:
            sown = targets.check_seeds(given, keep) if given else ()
            network, seeds = targets.known_network(engine, sown, arguments.get("network"))
            engine.dispose()
            return cls(spider, config, seeds, network, keep, ())
        engine.dispose()
        seeds = targets.check_seeds(given, keep)
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
            await self._drawer.close()

    async def _run(self) -> AsyncIterator[Visit | Candidate]:
        await self._check_network()
        await self._asker.check_nameservers(self._seeds)
        now = self._config.now()
        self.hunting = await asyncio.to_thread(
            targets.begin,
            self._engine,
            self._spider.name,
            self._network,
            self._seeds,
            [host for host in self._listed if not self._keep.is_out(host)],
            now,
            only_due=self._spider.only_due,
        )
        await self._say_what_is_due()
        self._looker.referrer = f"https://{self.hunting.seeds[0]}/" if self.hunting.seeds else ""
        self._looker.tried = await asyncio.to_thread(
            targets.tried_within_a_day, self._engine, self._config.now()
        )
        self._looker.standing = await self._standing()
        rounds = self._spider.rounds or self._config.rounds
        while self.hunting.run.round <= rounds:
            looked = False
            while todo := await self._next_targets():
                looked = True
                total = self._looked_at + len(todo)
                async for visit in self._looker.look_at(todo, partial(self._note, total)):
                    yield self._sent(visit)
                await self._until_settled()
            if not looked and self.hunting.run.round > 1 and not self.hunting.run.is_resumed:
                break
            await self._judge()
            async for seen in self._besides(self._elsewhere, "looking elsewhere"):
                yield seen
            self._consult.begin_round(self._rounds_to_ask_for())
            async with registering(self._engine, self.hunting, self._consult, self._keep) as dated:
                scene = await self._scene()
                async for candidate in self._propose(scene):
                    yield self._sent(candidate)
                await self._until_settled()
                if await dated:
                    await self._judge()
            # Names that nobody answered for must not pass for names that do not exist.
            if not await self._looker.is_on_line():
                raise NoNetworkError(STOPPED)
            # Last, when all that was found is stored: a run that is killed asks the round again.
            await asyncio.to_thread(scene.record, self._engine, self.hunting)
            self.hunting = await asyncio.to_thread(
                targets.next_round,
                self._engine,
                self.hunting,
                self._config,
                self._keep,
                self._config.now(),
            )
            if self.hunting.run.round <= rounds and not await self._next_targets():
                break
        async for seen in self._besides(self._picturing, "drawing"):
            yield seen
        vault = Vault.of(self._config)
        await asyncio.to_thread(keeping.settle, self._engine, vault, self.hunting.network_id)

    async def _besides(
        self, more: Elsewhere | Picturing, stage: str
    ) -> AsyncIterator[Visit | Candidate]:
        """What is seen otherwise than by the looker, stored and judged."""
        assert self.hunting is not None
        before = self._looked_at

        def note(host: str) -> None:
            self._looked_at += 1
            self._report(stage, self._looked_at, host)

        async for visit in more.visits(self._engine, self.hunting, note):
            yield self._sent(visit)
        if self._looked_at > before:
            await self._until_settled()
            await self._judge()

    async def _next_targets(self) -> list[Target]:
        assert self.hunting is not None
        todo = await asyncio.to_thread(
            targets.next_targets, self._engine, self.hunting, self._config
        )
        if self.hunting.only_due:
            # What has come under protection since it was taken up is left alone.
            todo = [target for target in todo if not self._keep.is_out(target.host)]
        return self._looker.open_of(todo)

    async def _say_what_is_due(self) -> None:
        assert self.hunting is not None
        if not self.hunting.only_due:
            return
        turns = await asyncio.to_thread(targets.due, self._engine, self.hunting, self._config)
        assert self._spider.crawler.stats is not None
        self._spider.crawler.stats.set_value("mirrorhunt/due", len(turns))
        first = f", first {turns[0].host} ({turns[0].because})" if turns else ""
        log.info("%d hosts of %r are due%s", len(turns), self._network, first)

    async def _check_network(self) -> None:
        """Tell a dead network from a dead target before the first question, and a seed that
        does not exist from one that is down."""
        asked = self._seeds[:MAX_CONTROLS] if self._spider.only_due else self._seeds
        rcodes = {seed: (await self._resolver.facts(seed)).rcode for seed in asked}
        self._looker.controls = self._config.control_names or tuple(
            seed for seed, rcode in rcodes.items() if rcode is Rcode.NOERROR
        )
        if self._looker.controls:
            return
        # A network that is known outlives its seeds.
        if set(rcodes.values()) == {Rcode.NXDOMAIN} and not self._spider.only_due:
            raise InputError(
                f"seed {self._seeds[0]!r} does not exist (NXDOMAIN): check the spelling, or start "
                "from a host of the network that is still registered"
            )
        if not await self._resolver.control():
            nameservers = ", ".join(str(n) for n in self._resolver.nameservers)
            raise NoNetworkError(
                f"no nameserver answers ({nameservers}): is this machine on line? set "
                "MIRRORHUNT_NAMESERVERS to one that does; nothing was stored"
            )

    async def _judge(self) -> None:
        self._report("judging", self._looked_at)
        outcome = await asyncio.to_thread(
            judging.judge_network,
            self._engine,
            self._network,
            self._config.now(),
            self._keep.is_out,
            self._keep.needs_two,
            self._config.auto_confirm,
        )
        self._verdicts = outcome.verdicts
        self._looker.standing = await self._standing()
        self._report("judging", self._looked_at)

    async def _standing(self) -> frozenset[str]:
        assert self.hunting is not None
        return await asyncio.to_thread(targets.standing, self._engine, self.hunting)

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
            self._config,
            self._consult,
            self._asker,
            self._config.name_feeds if self.hunting.run.round == 1 else (),
        )

    async def _propose(self, scene: Scene) -> AsyncIterator[Candidate]:
        for technique in () if self._spider.only_due else self._techniques:
            async for candidate in technique.propose(scene):
                yield candidate

    def _rounds_to_ask_for(self) -> int:
        """What sources were asked before a run was killed is not stored: it is asked again, and
        what this round would have asked besides."""
        assert self.hunting is not None
        run = self.hunting.run
        return run.round if run.is_resumed and not self._asked else 1

    def _note(self, total: int, target: Target) -> None:
        self._looked_at += 1
        self._report("looking", total, target.host)

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

    async def _on_error(self, item: Any, failure: Any) -> None:
        if isinstance(failure.value, MirrorhuntError) or not isinstance(item, Visit):
            # What cannot be stored must not be lost quietly: the run ends, and says so.
            self._end(failure.value)
        else:
            self._looker.give_up(Target(item.host, item.path), "fault")
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
