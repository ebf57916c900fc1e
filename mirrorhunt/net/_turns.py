"""Pages of one host, one after the other: a browser loads all that a page consists of at once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager


class Turns:
    """One page of a host at a time, *delay_s* between the end of one and the start of the next.

    Hosts are remembered as long as the browser is; `Config.browser_pages_per_hunt` bounds them.
    """

    def __init__(
        self,
        delay_s: float,
        clock: Callable[[], float] | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """*clock* in seconds, that of the event loop if there is none."""
        self._delay_s = delay_s
        self._clock = clock or (lambda: asyncio.get_running_loop().time())
        self._sleep = sleep
        self._locks: dict[str, asyncio.Lock] = {}
        self._over_at: dict[str, float] = {}

    @asynccontextmanager
    async def of(self, host: str) -> AsyncIterator[None]:
        """Wait until it is the turn of a page of *host*."""
        async with self._locks.setdefault(host, asyncio.Lock()):
            over_at = self._over_at.get(host)
            if over_at is not None and (wait_s := over_at + self._delay_s - self._clock()) > 0:
                await self._sleep(wait_s)
            try:
                yield
            finally:
                self._over_at[host] = self._clock()
