"""One name on its way to its outcome: see `mirrorhunt.net.bulk`."""

from __future__ import annotations

import asyncio
import struct
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from mirrorhunt.model import Rcode
from mirrorhunt.net.nameserver import Nameserver

if TYPE_CHECKING:
    from mirrorhunt.net._bulk_line import Line

_MAX_NAME_BYTES = 255
_TAIL = struct.pack("!HH", 1, 1)
"""Type A, class IN."""
_LENGTHS = tuple(bytes((n,)) for n in range(64))


class Outcome(NamedTuple):
    """How the question for one name ended.

    A named tuple, as a dataclass takes three times as long to make, and most of them say nothing.
    """

    name: str
    rcode: Rcode
    addresses: tuple[str, ...] = ()
    """IPv4, as they came."""
    aliases: tuple[str, ...] = ()
    """The CNAME chain; with NXDOMAIN its *target* does not exist, but the name does."""
    nameserver: Nameserver | None = None
    """Who said so; None where nobody answered."""

    @property
    def is_failure(self) -> bool:
        """True if nothing was learned about the name."""
        return self.rcode is not Rcode.NXDOMAIN and self.rcode is not Rcode.NOERROR

    @property
    def exists(self) -> bool:
        """True if there is such a name, with an address or without one."""
        return self.rcode is Rcode.NOERROR or bool(self.aliases)


def question_bytes(name: str) -> bytes | None:
    """The question for the address of *name* as it stands in a packet; None if it cannot."""
    try:
        labels = name.encode("ascii").lower().removesuffix(b".").split(b".")
        question = b"".join([_LENGTHS[len(label)] + label for label in labels]) + b"\0"
    except (UnicodeEncodeError, IndexError):
        return None
    if len(question) > _MAX_NAME_BYTES or b"" in labels:
        return None
    return question + _TAIL


@dataclass(eq=False, slots=True)
class Flow:
    """One call of `BulkClient.ask`."""

    done: deque[Outcome] = field(default_factory=deque)
    retries: deque[Job] = field(default_factory=deque)
    open_count: int = 0
    """Names taken that have no outcome yet."""
    is_dropped: bool = False
    is_woken: bool = False
    waiter: asyncio.Future[None] | None = None

    def wake(self) -> None:
        """Something has happened."""
        self.is_woken = True
        if self.waiter is not None and not self.waiter.done():
            self.waiter.set_result(None)

    async def wait(self, at_most_s: float | None) -> None:
        """Wait until something happens, or has happened since the last time."""
        if self.is_woken:
            self.is_woken = False
            return
        loop = asyncio.get_running_loop()
        self.waiter = loop.create_future()
        timer = loop.call_later(at_most_s, self.wake) if at_most_s is not None else None
        try:
            await self.waiter
        finally:
            self.waiter = None
            self.is_woken = False
            if timer is not None:
                timer.cancel()


@dataclass(eq=False, slots=True)
class Job:
    """One name on its way."""

    name: str
    question: bytes
    flow: Flow
    attempts: int
    """Those left, the present one included."""
    line: Line | None = None
    sent_at: float = 0.0
    failure: Rcode = Rcode.TIMEOUT
    failed_by: Nameserver | None = None

    def end(self, outcome: Outcome) -> None:
        """It has its outcome."""
        self.flow.open_count -= 1
        if not self.flow.is_dropped:
            self.flow.done.append(outcome)

    def fail(self, rcode: Rcode, nameserver: Nameserver | None) -> None:
        """An attempt taught nothing: try again, or end as the failure that says most."""
        if self.failure is Rcode.TIMEOUT and rcode is not Rcode.TIMEOUT:
            self.failure, self.failed_by = rcode, nameserver
        self.attempts -= 1
        if self.attempts and not self.flow.is_dropped:
            self.flow.retries.append(self)
        else:
            self.end(Outcome(self.name, self.failure, nameserver=self.failed_by))
        self.flow.wake()
