"""Ask DNS which of many made-up names exist, and believe only true answers."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter, defaultdict
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mirrorhunt.availability import ruling
from mirrorhunt.crawling.budgeting import Ledger
from mirrorhunt.model import Availability, DnsFacts, Visit
from mirrorhunt.names import find_host, registrable_domain
from mirrorhunt.net.authority import Authority
from mirrorhunt.net.bulk import RATE_PER_S, TIMEOUT_S, BulkClient, Outcome
from mirrorhunt.net.hiding import manner
from mirrorhunt.net.resolver import Resolver
from mirrorhunt.net.truth import BlockedAnswer, Truth
from mirrorhunt.store.blockings import Hidden
from mirrorhunt.variants import Proposal

if TYPE_CHECKING:
    from scrapy.statscollectors import StatsCollector

    from mirrorhunt.config import Config
    from mirrorhunt.net.nameserver import Nameserver

log = logging.getLogger(__name__)

CHECKED_AT_ONCE = 20
MAX_FAILURES = 100
"""Questions in a row without an answer after which asking on is pointless."""
MAX_SILENT = 10
"""The same, where no nameserver has answered anything any more: each costs three timeouts."""
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
    is_parked: bool = False
    """True if its nameservers are those of a parking service, which alone is no proof."""

    @property
    def is_promising(self) -> bool:
        """True if there may be a site behind it."""
        return self.has_address and not self.is_parked


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
        self._serves: dict[Nameserver, bool] = {}

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

    @property
    def hidden(self) -> tuple[Hidden, ...]:
        """The same, to be stored; without what a nameserver refused that refuses us everything."""
        found = [
            Hidden(blocked.name, str(blocked.nameserver), manner(blocked.how), blocked.how)
            for blocked in self.blocked
            if self._serves.get(blocked.nameserver, True)
        ]
        return tuple(found)

    async def _check_who_refuses(self) -> None:
        """Tell a nameserver that refuses a name from one that does not serve us at all, which is
        our own failure: the latter refuses the root as well."""
        for blocked in self.blocked:
            if manner(blocked.how) == "refused" and blocked.nameserver not in self._serves:
                alone = Resolver([blocked.nameserver], timeout_s=self._timeout_s)
                self._serves[blocked.nameserver] = await alone.control()

    async def check_nameservers(self, known: Sequence[str]) -> None:
        """Find out who answers for names that do not exist, and who hides hosts that are *known*
        to; the resolver asks these no more, unless nobody else is left."""
        await self.truth.check_nameservers()
        await self._compare(known)
        await self._check_who_refuses()
        self._report()

    async def close(self) -> None:
        """Close the sockets."""
        if self._bulk is not None:
            await self._bulk.close()
            self._bulk = None

    async def existing(
        self, proposals: Iterable[Proposal], known: Sequence[str] = ()
    ) -> AsyncIterator[Found]:
        """Those of *proposals* that exist, as answers come in, and last of all those that hardly
        have a site: who comes first is looked at first, and a budget may end in between.

        A name that exists no more than a random one is left out, and so is one that nobody said
        anything about: a timeout or SERVFAIL is not an answer. *known* are hosts that exist; a
        nameserver that hides one of them, or makes names up, is not asked for others unless
        nobody else is left.
        """
        await self._compare(known)
        held: list[Found] = []
        waiting = proposals
        while True:
            denied: dict[Nameserver, list[Proposal]] = defaultdict(list)
            async with aclosing(self._asked(waiting, denied)) as asked:
                async for found in asked:
                    if found.is_promising:
                        yield found
                    else:
                        held.append(found)
            hiding = [n for n in denied if n not in self.truth.unfiltered]
            self._pass_over()
            waiting = [proposal for n in hiding for proposal in denied[n]]
            # Whoever was found hiding is asked no more, so this ends.
            if not waiting:
                break
        for found in sorted(held, key=_promise):
            yield found
        await self._check_who_refuses()
        self._report()

    async def _asked(
        self, proposals: Iterable[Proposal], denied: dict[Nameserver, list[Proposal]]
    ) -> AsyncGenerator[Found]:
        """As `existing`, by those who are usable now; *denied* is filled with who said of which
        names that they do not exist."""
        bulk = await self._client()
        asked: dict[str, Proposal] = {}
        exist: list[Outcome] = []
        failed: list[str] = []
        self._failures = 0
        async with aclosing(bulk.ask(self._names(proposals, asked, bulk))) as outcomes:
            async for outcome in outcomes:
                self._failures = self._failures + 1 if outcome.is_failure else 0
                if outcome.exists:
                    exist.append(outcome)
                elif outcome.is_failure and len(failed) < MAX_LAME:
                    failed.append(outcome.name)
                elif outcome.nameserver is not None:
                    denied[outcome.nameserver].append(asked.pop(outcome.name))
                else:
                    del asked[outcome.name]
                if len(exist) == CHECKED_AT_ONCE:
                    for found in await self._believed(exist, asked):
                        yield found
                    exist = []
        for found in [*await self._believed(exist, asked), *await self._lame(failed, asked)]:
            yield found
        self.silent = frozenset(
            h.nameserver for h in bulk.health() if h.is_down or h.sent == h.timeouts > 0
        )

    async def _compare(self, known: Sequence[str]) -> None:
        """Find out who hides hosts that are *known* to exist, and look nothing up there."""
        await self.truth.compare(known[:MAX_COMPARED])
        self._pass_over()

    def _pass_over(self) -> None:
        """What is looked at next is not looked up where it is hidden."""
        usable = self.truth.unfiltered
        self._resolver.pass_over([n for n in self._resolver.nameservers if n not in usable])

    async def _client(self) -> BulkClient:
        """The client of the nameservers that neither lie nor hide, as far as there are any."""
        usable = self.truth.unfiltered
        if self._bulk is None or self._bulk.nameservers != usable:
            await self.close()
            self._bulk = BulkClient(usable, rate_per_s=self._rate_per_s, timeout_s=self._timeout_s)
        return self._bulk

    def _names(
        self, proposals: Iterable[Proposal], asked: dict[str, Proposal], bulk: BulkClient
    ) -> Iterator[str]:
        for proposal in proposals:
            if self._failures >= (MAX_SILENT if bulk.is_silent else MAX_FAILURES):
                return
            asked[proposal.host] = proposal
            yield proposal.host

    async def _believed(
        self, outcomes: Sequence[Outcome], asked: dict[str, Proposal]
    ) -> list[Found]:
        checked = await asyncio.gather(*(self.truth.check(outcome) for outcome in outcomes))
        believed = [
            (proposal, checking.outcome)
            for checking in checked
            if (proposal := asked.pop(checking.outcome.name)) and checking.is_believed
        ]
        are_parked = await asyncio.gather(*(self._is_parked(outcome) for _, outcome in believed))
        found = [
            Found(proposal, bool(outcome.addresses), is_parked)
            for (proposal, outcome), is_parked in zip(believed, are_parked, strict=True)
        ]
        return sorted(found, key=_promise)

    async def _is_parked(self, outcome: Outcome) -> bool:
        """What its nameservers say of the use of a name; whoever looks at it needs them anyway,
        and gets the remembered answer."""
        if not outcome.addresses:
            return False
        answer = await self._resolver.ask(registrable_domain(outcome.name) or outcome.name, "NS")
        nameservers = tuple(host for r in answer.records if (host := find_host(r)) is not None)
        dns = DnsFacts(outcome.rcode, outcome.addresses, nameservers=nameservers)
        # The rule knows the registrars among the listed nameservers, below which sites are live.
        state = ruling(Visit(outcome.name, "", "", "", datetime.now(UTC), dns=dns))
        return state.availability is Availability.PARKED

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


def _promise(found: Found) -> tuple[bool, bool, float]:
    """The order in which names are worth a look."""
    return (not found.has_address, found.is_parked, -found.proposal.probability)
