"""Find out when the domains that matter were registered, within the round's budget."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from mirrorhunt.sources import REGISTRATIONS
from mirrorhunt.store import registrations
from mirrorhunt.store.session import storing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from sqlalchemy import Engine

    from mirrorhunt.crawling.consulting import Consulting
    from mirrorhunt.protecting import Keep
    from mirrorhunt.sources import Registration
    from mirrorhunt.targets import Hunting


@asynccontextmanager
async def registering(
    engine: Engine, hunting: Hunting, consult: Consulting, keep: Keep
) -> AsyncIterator[asyncio.Task[int]]:
    """`register` while the block runs, as both wait for others most of the time; given up where
    the block is left before it has ended."""
    task = asyncio.create_task(register(engine, hunting, consult, keep))
    try:
        yield task
    finally:
        task.cancel()
        # What ended the block is told, not what ended this.
        await asyncio.gather(task, return_exceptions=True)


async def register(engine: Engine, hunting: Hunting, consult: Consulting, keep: Keep) -> int:
    """Ask registries about members and strong candidates; returns how many answers were stored.

    Each is stored as it comes: a run that is killed asks none of them again.
    """
    if not consult.left(REGISTRATIONS):
        return 0
    stored = 0
    for domain in await asyncio.to_thread(_due, engine, hunting, consult.now()):
        if not consult.left(REGISTRATIONS):
            break
        if keep.is_out(domain):
            continue
        found = await consult.registration(domain)
        if found is not None:
            await asyncio.to_thread(_store, engine, found, consult.now())
            stored += 1
    return stored


def _due(engine: Engine, hunting: Hunting, now: datetime) -> list[str]:
    with storing(), engine.begin() as connection:
        return registrations.due(connection, hunting.network_id, now)


def _store(engine: Engine, found: Registration, now: datetime) -> None:
    with storing(), engine.begin() as connection:
        registrations.record(connection, [found], now)
