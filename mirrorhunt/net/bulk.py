"""Asking for the addresses of many names fast: which of 100,000 exist, in seconds, in one process.

A resolver asks carefully for what is kept; this asks cheaply for what mostly does not exist. All
questions share a few connected UDP sockets, so that only the nameserver's packets arrive, each
question has a random id on a socket drawn at random, and the answer has to repeat the question
byte by byte. A refusal is read from the header alone (RFC 1035 §4.1.1); only what says more is
parsed by dnspython, and asked for again over TCP where it was cut. Nobody waits in a task of his
own: measured 2026-11, tasks and timers a question were half of all time.

What went wrong is never taken for an absence: such a question goes to the next nameserver, and
ends as the failure that it was.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, Iterable, Sequence

from mirrorhunt.errors import ConfigError
from mirrorhunt.net._bulk_job import Flow, Job, Outcome, question_bytes
from mirrorhunt.net._bulk_line import STALLED_S, SWEEP_S, Line
from mirrorhunt.net.nameserver import Health, Nameserver

__all__ = ["BulkClient", "Outcome"]

TIMEOUT_S = 2.0
"""Of one attempt."""
ATTEMPTS = 3
WINDOW = 400
"""Questions in flight at one nameserver, at most: as many as it has been able to answer."""
RATE_PER_S = 1000.0
"""Questions a second to one nameserver: public resolvers cut off who asks for more."""
SOCKETS = 8
"""To each nameserver: as many source ports."""


class BulkClient:
    """Asks *nameservers*, each at most *rate_per_s* questions a second, *window* in flight.

    How much of the window a nameserver gets depends on how it answers; the rate is a bound that
    nothing moves.
    Belongs to the event loop that it is first used in; `close` when done.
    """

    def __init__(
        self,
        nameservers: Sequence[Nameserver],
        *,
        timeout_s: float = TIMEOUT_S,
        attempts: int = ATTEMPTS,
        window: int = WINDOW,
        rate_per_s: float = RATE_PER_S,
        sockets: int = SOCKETS,
    ) -> None:
        if not nameservers:
            raise ConfigError("no nameserver to ask in bulk; give some as nameservers")
        if min(attempts, window, sockets) < 1 or min(timeout_s, rate_per_s) <= 0:
            raise ConfigError(
                f"bulk questions need at least one attempt, window and socket and some time and "
                f"rate, not {attempts}, {window}, {sockets}, {timeout_s} s and {rate_per_s}/s"
            )
        self._lines = tuple(
            Line(nameserver, timeout_s, window, rate_per_s, sockets) for nameserver in nameservers
        )
        self._attempts = attempts
        self._turn = 0
        self.unaskable = 0
        """Names passed over, as DNS cannot carry them: too long, an empty label, not ASCII."""

    @property
    def nameservers(self) -> tuple[Nameserver, ...]:
        """Who is asked."""
        return tuple(line.nameserver for line in self._lines)

    def health(self) -> tuple[Health, ...]:
        """How each nameserver has been doing."""
        return tuple(line.health() for line in self._lines)

    @property
    def is_silent(self) -> bool:
        """True if none of the nameservers answers any more."""
        return all(line.is_silent for line in self._lines)

    async def close(self) -> None:
        """Give up whatever is in flight, and close the sockets."""
        for line in self._lines:
            await line.close()

    async def ask(
        self, names: Iterable[str] | AsyncIterable[str]
    ) -> AsyncGenerator[Outcome, None]:
        """The outcome of each of *names*, as they come in: not in their order.

        Takes from *names* only what is about to be sent, and sends only while its caller takes
        outcomes: memory does not grow with the number of names. Raises what *names* raises, and
        OSError where this machine can open no socket.
        """
        for line in self._lines:
            line.open()
        flow, source = Flow(), _Source(names)
        try:
            while True:
                wait_s = self._send(flow, source)
                while flow.done:
                    yield flow.done.popleft()
                if not (flow.open_count or source.has_more):
                    return
                await flow.wait(wait_s)
        finally:
            flow.is_dropped = True
            source.close()

    def _send(self, flow: Flow, source: "_Source") -> float | None:
        """Send what may be sent now; returns the seconds after which more may be, if it waits."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        while flow.retries or source.has_more:
            line = self._free_line(flow, now)
            if line is None:
                waits = [line.wait_s(now) for line in self._lines]
                return min((w for w in waits if w > 0), default=SWEEP_S)
            if flow.retries:
                job = flow.retries.popleft()
            else:
                name = source.take(flow)
                if name is None:
                    break
                question = question_bytes(name)
                if question is None:
                    self.unaskable += 1
                    continue
                job = Job(name, question, flow, self._attempts)
                flow.open_count += 1
            if not line.send(job, now):
                flow.retries.appendleft(job)
                return STALLED_S
        return None

    def _free_line(self, flow: Flow, now: float) -> Line | None:
        """The next nameserver in turn with room; for a retry another than the last one."""
        last = flow.retries[0].line if flow.retries else None
        found: Line | None = None
        count = len(self._lines)
        for step in range(count):
            line = self._lines[(self._turn + step) % count]
            if not line.has_room(now):
                continue
            if not line.is_down(now) and line is not last:
                self._turn = (self._turn + step + 1) % count
                return line
            # One that is down, or has been asked, is better than none; one that is both is not.
            if found is None or found.is_down(now):
                found = line
        if found is not None and count > 1 and found.is_down(now) and self._has_live(now):
            # A live one is only busy: waiting for it beats asking where nobody answers.
            return None
        if found is not None and found is last and self._has_live(now, but=last):
            # And beats asking again who could not say.
            return None
        return found

    def _has_live(self, now: float, but: Line | None = None) -> bool:
        return any(line is not but and not line.is_down(now) for line in self._lines)


# ---------------------------------------------------------------- one stream of questions


class _Source:
    """Names, from an iterable of either kind, without waiting for them."""

    def __init__(self, names: Iterable[str] | AsyncIterable[str]) -> None:
        self.has_more = True
        self._plain = iter(names) if isinstance(names, Iterable) else None
        self._slow = aiter(names) if not isinstance(names, Iterable) else None
        self._coming: asyncio.Task[str] | None = None

    def take(self, flow: Flow) -> str | None:
        """The next name; None if there is none, or none yet: *flow* is woken when there is."""
        if self._plain is not None:
            for name in self._plain:
                return name
            self.has_more = False
            return None
        assert self._slow is not None
        if self._coming is None:
            self._coming = asyncio.ensure_future(anext(self._slow))
            self._coming.add_done_callback(lambda _: flow.wake())
        if not self._coming.done():
            return None
        coming, self._coming = self._coming, None
        try:
            return coming.result()
        except StopAsyncIteration:
            self.has_more = False
            return None

    def close(self) -> None:
        """Want no more."""
        if self._coming is not None:
            self._coming.cancel()
