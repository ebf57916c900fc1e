"""Ask DNS which of many made-up names exist, and believe only true answers."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterable

from mirrorhunt.model import Rcode
from mirrorhunt.names import parts
from mirrorhunt.net.resolver import Resolver
from mirrorhunt.variants import Proposal

BATCH_NAMES = 200
WILDCARD_PROBES = 3
"""Random names asked below a suffix before an answer there is believed."""


async def existing(resolver: Resolver, proposals: Iterable[Proposal]) -> AsyncIterator[Proposal]:
    """Those of *proposals* that have an address of their own, in the order given.

    A name below a suffix that answers for everything is left out: it exists no more than a random
    one. A timeout or SERVFAIL is not an answer, so such a name is left out too, this time.
    """
    wildcards: dict[str, frozenset[str]] = {}
    batch: list[Proposal] = []
    for proposal in proposals:
        batch.append(proposal)
        if len(batch) == BATCH_NAMES:
            for found in await _existing(resolver, batch, wildcards):
                yield found
            batch = []
    for found in await _existing(resolver, batch, wildcards):
        yield found


async def _existing(
    resolver: Resolver, batch: list[Proposal], wildcards: dict[str, frozenset[str]]
) -> list[Proposal]:
    answers = await asyncio.gather(*(resolver.ask(p.host, "A") for p in batch))
    found: list[Proposal] = []
    for proposal, answer in zip(batch, answers, strict=True):
        if answer.rcode is not Rcode.NOERROR or not answer.records:
            continue
        suffix = parts(proposal.host).suffix
        if suffix not in wildcards:
            wildcards[suffix] = await _wildcard(resolver, suffix)
        if not set(answer.records) <= wildcards[suffix]:
            found.append(proposal)
    return found


async def _wildcard(resolver: Resolver, suffix: str) -> frozenset[str]:
    """The addresses that *suffix* answers with for names that nobody registered."""
    probes = [f"{secrets.token_hex(10)}.{suffix}" for _ in range(WILDCARD_PROBES)]
    answers = await asyncio.gather(*(resolver.ask(probe, "A") for probe in probes))
    return frozenset(record for answer in answers for record in answer.records)
