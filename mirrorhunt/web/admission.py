"""Who may load what, by token.

Without any consumer there is nobody to tell apart, and the server is for this machine alone. Once
there was one, a token is needed for good: ending the last consumer opens nothing.
"""

import asyncio
import ipaddress
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import anyio.to_thread
from sqlalchemy import Engine

from mirrorhunt.errors import StoreError
from mirrorhunt.store import consumers
from mirrorhunt.store.consumers import Consumer
from mirrorhunt.store.session import reading, storing

FRESH_S = 10.0
"""After this it is looked up again who may load what: so long an ended token may still do."""
STALE_S = 3600.0
"""So long those known last are served while the database is gone."""
ASK_AGAIN_S = 1.0
"""A token that nobody knows may be a second old; it is looked up no more often than this."""
MAX_FAILURES = 10
WINDOW_S = 60.0
"""An address that failed so often within it is told to wait."""
_MAX_ADDRESSES = 10_000


@dataclass(frozen=True, slots=True)
class Admitted:
    """Whoever asks may load something."""

    consumer: Consumer | None
    """None: nobody has to say who they are."""

    def may_load(self, feed: str) -> bool:
        """Whether *feed* is for them."""
        return self.consumer is None or self.consumer.may_load(feed)


@dataclass(frozen=True, slots=True)
class Refused:
    """Whoever asks may load nothing."""

    status: int
    said: str
    is_counted: bool = True
    """False where there were so many that they are not even written down."""


class Admission:
    """Tokens held against the consumers of *engine*; *clock* is monotonic, in seconds."""

    def __init__(
        self,
        engine: Engine,
        say: Callable[[str], None],
        *,
        clock: Callable[[], float],
        fresh_s: float = FRESH_S,
        stale_s: float = STALE_S,
    ) -> None:
        self._engine = engine
        self._say = say
        self._clock = clock
        self._fresh_s, self._stale_s = fresh_s, stale_s
        self._by_digest: Mapping[str, Consumer] | None = None
        self._looked_at = self._tried_at = float("-inf")
        self._lock = asyncio.Lock()
        self._failures: OrderedDict[str, deque[float]] = OrderedDict()
        self.problem = ""
        """What is wrong with the database; empty if nothing is."""

    async def admit(self, authorization: str | None, address: str) -> Admitted | Refused:
        """Who it is that says *authorization*, from *address*."""
        known = await self._known(self._fresh_s)
        if known is None:
            return Refused(503, "it cannot be looked up who you are; try again later")
        if not known:
            return Admitted(None)
        if authorization is None:
            return Refused(401, "say who you are: Authorization: Bearer TOKEN")
        scheme, _, token = authorization.partition(" ")
        # Equal digests are looked up: how long that takes says nothing of a token.
        digest = consumers.digest_of(token.strip())
        found = known.get(digest) if scheme.lower() == "bearer" else None
        if found is None:
            if self._is_over(address):
                return Refused(429, "too many tokens that nobody knows", is_counted=False)
            known = await self._known(min(self._fresh_s, ASK_AGAIN_S)) or {}
            found = known.get(digest) if scheme.lower() == "bearer" else None
        if found is None:
            self._fail(address)
            return Refused(401, "nobody knows this token")
        if found.ended_at is not None:
            return Refused(403, "this token was ended: ask whoever gave it to you")
        return Admitted(found)

    async def _known(self, fresh_s: float) -> Mapping[str, Consumer] | None:
        """The consumers by digest, no older than *fresh_s* if there is a database; None where
        they were not known for too long."""
        if self._clock() - self._tried_at >= fresh_s:
            async with self._lock:
                if self._clock() - self._tried_at >= fresh_s:
                    await self._look_up()
        if self._clock() - self._looked_at > self._stale_s:
            return None
        return self._by_digest

    async def _look_up(self) -> None:
        try:
            found = await anyio.to_thread.run_sync(self._read)
        except StoreError as e:
            if not self.problem:
                self._say(f"{e}; feeds are served on, to those who were known")
            self.problem = str(e)
        else:
            if self.problem:
                self._say("the database is back")
            self.problem = ""
            self._by_digest, self._looked_at = found, self._clock()
        self._tried_at = self._clock()

    def _read(self) -> dict[str, Consumer]:
        with storing(), reading(self._engine) as connection:
            return {c.token_digest: c for c in consumers.everyone(connection)}

    def _is_over(self, address: str) -> bool:
        failed = self._failures.get(_subscriber(address), ())
        return sum(at > self._clock() - WINDOW_S for at in failed) >= MAX_FAILURES

    def _fail(self, address: str) -> None:
        key = _subscriber(address)
        self._failures.setdefault(key, deque(maxlen=MAX_FAILURES)).append(self._clock())
        self._failures.move_to_end(key)
        while len(self._failures) > _MAX_ADDRESSES:
            self._failures.popitem(last=False)


def _subscriber(address: str) -> str:
    """The address, or the /64 that one subscriber has of IPv6."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    return str(parsed) if parsed.version == 4 else str(int(parsed) >> 64)
