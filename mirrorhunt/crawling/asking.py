"""Ask DNS which of many made-up names exist, and believe only true answers."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mirrorhunt.crawling.budgeting import Ledger
from mirrorhunt.net.authority import Authority
from mirrorhunt.net.bulk import RATE_PER_S, TIMEOUT_S, BulkClient, Outcome
from mirrorhunt.net.truth import BlockedAnswer, Truth
from mirrorhunt.variants import Proposal

if TYPE_CHECKING:
    from scrapy.statscollectors import StatsCollector

    from mirrorhunt.config import Config
    from mirrorhunt.net.nameserver import Nameserver
    from mirrorhunt.net.resolver import Resolver

log = logging.getLogger(__name__)

CHECKED_AT_ONCE = 20
MAX_FAILURES = 300
"""Questions in a row without an answer after which asking on is pointless."""
MAX_LAME = 50
"""Unresolvable names a round whose delegation is looked up."""
MAX_COMPARED = 5
"""Names known to exist that each nameserver has to show, a round."""


@dataclass(frozen=True, slots=True)
class Found:
    """A made-up name that exists."""

    proposal: Proposal
    has_address: bool
    """False: registered, but without an address, or with nameservers that do not answer."""


class Asker:
    """What one hunt asks DNS for made-up names with: whom *resolver* asks, as far as they are
    truthful. Belongs to one event loop; `close` it."""

    def __init__(
        self,
        resolver: Resolver,
        *,
        rate_per_s: float = RATE_PER_S,
        authority: Authority | None = None,
        stats: StatsCollector | None = None,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self._resolver = resolver
        self._rate_per_s = rate_per_s
        self._bulk: BulkClient | None = None
        self._failures = 0
        self._stats = stats
        self._timeout_s = timeout_s
        self.truth = Truth(resolver.nameservers, authority=authority, timeout_s=timeout_s)
        self.ledger = Ledger()
        """What this run has asked for; whoever makes names notes them in it."""
        self.silent: frozenset[Nameserver] = frozenset()
        """Nameservers that did not answer one question of the last round."""

    @classmethod
    def of(cls, resolver: Resolver, config: Config, stats: StatsCollector | None) -> Asker:
        """One that asks whom *resolver* asks.

        Suffixes' own nameservers are asked only where none are configured: configured ones stand
        for a policy, or for a lab, in which nobody else is to be asked.
        """
        authority = None
        if not config.nameservers:
            authority = Authority(resolver.ask, clock=time.monotonic)
        return cls(
            resolver,
            rate_per_s=config.dns_questions_per_s,
            authority=authority,
            stats=stats,
        )

    @property
    def blocked(self) -> tuple[BlockedAnswer, ...]:
        """Which nameserver hides what."""
        return self.truth.blocked

    async def check_nameservers(self, known: Sequence[str]) -> None:
        """Find out who answers for names that do not exist, and who hides hosts that are *known*
        to; the resolver asks these no more, unless nobody else is left."""
        await self.truth.check_nameservers()
        await self._compare(known)
        self._report()

    async def close(self) -> None:
        """Close the sockets."""
        if self._bulk is not None:
            await self._bulk.close()
            self._bulk = None

    async def existing(
        self, proposals: Iterable[Proposal], known: Sequence[str] = ()
    ) -> AsyncIterator[Found]:
        """Those of *proposals* that exist, as answers come in.

        A name that exists no more than a random one is left out, and so is one that nobody said
        anything about: a timeout or SERVFAIL is not an answer. *known* are hosts that exist; a
        nameserver that hides one of them, or makes names up, is not asked for others unless
        nobody else is left.
        """
        await self._compare(known)
        bulk = await self._client()
        asked: dict[str, Proposal] = {}
        exist: list[Outcome] = []
        failed: list[str] = []
        self._failures = 0
        async with aclosing(bulk.ask(self._names(proposals, asked))) as outcomes:
            async for outcome in outcomes:
                self._failures = self._failures + 1 if outcome.is_failure else 0
                if outcome.exists:
                    exist.append(outcome)
                elif outcome.is_failure and len(failed) < MAX_LAME:
                    failed.append(outcome.name)
                else:
                    del asked[outcome.name]
                if len(exist) == CHECKED_AT_ONCE:
                    for found in await self._believed(exist, asked):
                        yield found
                    exist = []
        for found in (*await self._believed(exist, asked), *await self._lame(failed, asked)):
            yield found
        self.silent = frozenset(
            h.nameserver for h in bulk.health() if h.is_down or h.sent == h.timeouts > 0
        )
        self._report()

    async def _compare(self, known: Sequence[str]) -> None:
        """Find out who hides hosts that are *known* to exist, and look nothing up there."""
        await self.truth.compare(known[:MAX_COMPARED])
        usable = self.truth.unfiltered
        self._resolver.pass_over([n for n in self._resolver.nameservers if n not in usable])

    async def _client(self) -> BulkClient:
        """The client of the nameservers that neither lie nor hide, as far as there are any."""
        usable = self.truth.unfiltered
        if self._bulk is None or self._bulk.nameservers != usable:
            await self.close()
            self._bulk = BulkClient(usable, rate_per_s=self._rate_per_s, timeout_s=self._timeout_s)
        return self._bulk

    def _names(self, proposals: Iterable[Proposal], asked: dict[str, Proposal]) -> Iterator[str]:
        for proposal in proposals:
            if self._failures >= MAX_FAILURES:
                return
            asked[proposal.host] = proposal
            yield proposal.host

    async def _believed(
        self, outcomes: Sequence[Outcome], asked: dict[str, Proposal]
    ) -> list[Found]:
        checked = await asyncio.gather(*(self.truth.check(outcome) for outcome in outcomes))
        return [
            Found(proposal, has_address=bool(checking.outcome.addresses))
            for checking in checked
            if (proposal := asked.pop(checking.outcome.name)) and checking.is_believed
        ]

    async def _lame(self, names: Sequence[str], asked: dict[str, Proposal]) -> list[Found]:
        """Those of *names*, which nobody could resolve, that are registered nevertheless."""
        are_lame = await asyncio.gather(*(self.truth.is_lame(name) for name in names))
        return [
            Found(asked[name], has_address=False)
            for name, is_lame in zip(names, are_lame, strict=True)
            if is_lame
        ]

    def _report(self) -> None:
        """What is wrong with the nameservers, for whoever reads the numbers at the end."""
        if self._stats is None:
            return
        for nameserver in self.silent:
            self._stats.set_value(f"mirrorhunt/nameserver_down/{nameserver}", 1)
        for nameserver, why in self.truth.disqualified.items():
            self._stats.set_value(f"mirrorhunt/nameserver_lies/{nameserver}", why)
        hidden = Counter(blocked.nameserver for blocked in self.blocked)
        for nameserver, count in hidden.items():
            self._stats.set_value(f"mirrorhunt/nameserver_blocks/{nameserver}", count)
        for blocked in self.blocked:
            log.info("%s hides %s: %s", blocked.nameserver, blocked.name, blocked.how)
