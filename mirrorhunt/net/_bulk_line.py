"""The sockets to one nameserver and the questions in flight on them: see `mirrorhunt.net.bulk`."""

import asyncio
import os
import socket
import struct

import dns.asyncquery
import dns.exception
import dns.message
import dns.name
import dns.rdatatype

from mirrorhunt.model import Rcode
from mirrorhunt.net._bulk_job import Flow, Job, Outcome
from mirrorhunt.net._bulk_window import Window
from mirrorhunt.net.nameserver import (
    DOWN_AFTER,
    Answer,
    Health,
    Nameserver,
    Silence,
    answer_of,
)

SWEEP_S = 0.05
"""Between two looks for questions that have waited too long."""
STALLED_S = 0.002
"""Until a socket whose buffer was full is tried again."""
_TCP_AT_ONCE = 16
_DRAINED = 256
"""Packets read in one go, before others in the event loop get their turn."""
_BUFFER_BYTES = 4 << 20
_PACKET_BYTES = 65535
_BURST_S = 0.1
"""What of the rate may be spent at once."""

_HEADER = struct.Struct("!6H")
_A = dns.rdatatype.A
_LOST = frozenset({Rcode.TIMEOUT, Rcode.SERVFAIL, Rcode.REFUSED})
"""How a nameserver that is asked too much behaves."""


class Line:
    """The sockets to one nameserver, and what is in flight on them."""

    def __init__(
        self, nameserver: Nameserver, timeout_s: float, window: int, rate_per_s: float, ports: int
    ) -> None:
        self.nameserver = nameserver
        self._timeout_s = timeout_s
        self._window = Window(window, rate_per_s)
        self._ports = ports
        self._sockets: list[socket.socket] = []
        self._pending: list[dict[int, Job]] = []
        self._in_flight = 0
        self._allowance = 0.0
        self._allowance_at = float("-inf")
        self._random = b""
        self._random_at = 0
        self._sweeper: asyncio.TimerHandle | None = None
        self._tcp: set[asyncio.Task[None]] = set()
        self._tcp_slots = asyncio.Semaphore(_TCP_AT_ONCE)
        self._silence = Silence()
        self._silence.after = self._silent_limit
        self._sent = 0
        self._strays = 0
        self._counts: dict[Rcode, int] = dict.fromkeys(Rcode, 0)

    def health(self) -> Health:
        """The counters."""
        counts = self._counts
        return Health(
            nameserver=self.nameserver,
            sent=self._sent,
            answered=counts[Rcode.NOERROR] + counts[Rcode.NXDOMAIN],
            timeouts=counts[Rcode.TIMEOUT],
            servfail=counts[Rcode.SERVFAIL] + counts[Rcode.REFUSED],
            garbage=counts[Rcode.GARBAGE] + self._strays,
            is_down=self.is_silent,
            window=self._window.size,
        )

    @property
    def _silent_limit(self) -> int:
        # A full window goes silent together when one burst is lost.
        return max(DOWN_AFTER, self._window.before)

    def open(self) -> None:
        """Bind the sockets, once. Raises OSError."""
        if self._sockets:
            return
        loop = asyncio.get_running_loop()
        address = socket.getaddrinfo(
            self.nameserver.address,
            self.nameserver.port,
            type=socket.SOCK_DGRAM,
            flags=socket.AI_NUMERICHOST,
        )[0]
        for number in range(self._ports):
            sock = socket.socket(address[0], socket.SOCK_DGRAM)
            try:
                sock.setblocking(False)
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
                # Connected, so that the system drops what anybody else sends.
                sock.connect(address[4])
            except OSError:
                sock.close()
                raise
            self._sockets.append(sock)
            self._pending.append({})
            loop.add_reader(sock, self._on_readable, number)

    async def close(self) -> None:
        if self._sweeper is not None:
            self._sweeper.cancel()
            self._sweeper = None
        for task in self._tcp:
            task.cancel()
        await asyncio.gather(*self._tcp, return_exceptions=True)
        for sock in self._sockets:
            asyncio.get_running_loop().remove_reader(sock)
            sock.close()
        self._sockets.clear()
        self._pending.clear()
        self._in_flight = 0

    # ------------------------------------------------------------ sending

    def is_down(self, now: float) -> bool:
        """True while there is reason to ask somebody else."""
        return self._silence.is_down(now)

    @property
    def is_silent(self) -> bool:
        """True if it has stopped answering."""
        return self._silence.is_long

    def has_room(self, now: float) -> bool:
        """True if a question may be sent now."""
        if self._in_flight >= self._room(now):
            return False
        if self._allowance < 1.0:
            earned = (now - self._allowance_at) * self._window.rate_per_s
            self._allowance = min(self._burst, self._allowance + earned)
            self._allowance_at = now
        return self._allowance >= 1.0

    def wait_s(self, now: float) -> float:
        """Until the rate allows another question; 0 where it is the window that is full."""
        if self._in_flight >= self._room(now):
            return 0.0
        return max(STALLED_S, (1.0 - self._allowance) / self._window.rate_per_s)

    @property
    def _burst(self) -> float:
        """Questions that may be sent at once."""
        return max(1.0, self._window.rate_per_s * _BURST_S)

    def _room(self, now: float) -> int:
        """How many may be in flight."""
        return 1 if self._silence.is_due(now) else self._window.size

    def send(self, job: Job, now: float) -> bool:
        """Put the question on its way; False if there was no room in the socket."""
        number, key = self._draw()
        pending = self._pending[number]
        job.line, job.sent_at = self, now
        try:
            self._sockets[number].send(_HEADER.pack(key, 0x0100, 1, 0, 0, 0) + job.question)
        except BlockingIOError:
            return False
        except OSError:
            # Nobody listens there, or there is no way to it: as good as silence.
            self._sent += 1
            self._note(Rcode.TIMEOUT, now, now)
            job.fail(Rcode.TIMEOUT, None)
            return True
        pending[key] = job
        self._allowance -= 1.0
        self._in_flight += 1
        self._sent += 1
        if self._sweeper is None:
            self._sweep_later()
        return True

    def _draw(self) -> tuple[int, int]:
        """A socket and an id that is free on it, both random."""
        while True:
            if self._random_at + 3 > len(self._random):
                self._random, self._random_at = os.urandom(3 * 1024), 0
            at = self._random_at
            self._random_at += 3
            number = self._random[at] % self._ports
            key = self._random[at + 1] << 8 | self._random[at + 2]
            if key not in self._pending[number]:
                return number, key

    # ------------------------------------------------------------ receiving

    def _on_readable(self, number: int) -> None:
        sock, pending = self._sockets[number], self._pending[number]
        flows: set[Flow] = set()
        now = asyncio.get_running_loop().time()
        for _ in range(_DRAINED):
            try:
                wire = sock.recv(_PACKET_BYTES)
            except (BlockingIOError, InterruptedError):
                break
            except OSError:
                # An ICMP message: anybody can send one. The questions time out, if it was true.
                continue
            job = pending.pop(wire[0] << 8 | wire[1], None) if len(wire) >= 2 else None
            if job is None:
                # Too late, twice, or made up. Skipped, as it ends no question.
                self._strays += 1
                continue
            self._in_flight -= 1
            flows.add(job.flow)
            self._take(wire, job, now)
        for flow in flows:
            flow.wake()

    def _take(self, wire: bytes, job: Job, now: float) -> None:
        """What *wire*, whose id is that of *job*, says.

        One that does not match ends the attempt: whoever guesses gets one guess for each.
        """
        question = job.question
        end = 12 + len(question)
        # A response (QR) to a query (opcode 0) with one question, which is ours.
        is_ours = (
            len(wire) >= end
            and wire[2] & 0xF8 == 0x80
            and wire[4:6] == b"\0\1"
            and wire[12:end] == question
        )
        if not is_ours:
            self._failed(job, Rcode.GARBAGE, now)
            return
        rcode = wire[3] & 0x0F
        if wire[2] & 0x02:
            self._silence.end()
            self._ask_over_tcp(job)
        elif rcode == 3 and wire[6:8] == b"\0\0":
            self._counts[Rcode.NXDOMAIN] += 1
            self._silence.end()
            self._window.answered()
            job.end(Outcome(job.name, Rcode.NXDOMAIN, (), (), self.nameserver))
        elif rcode in (0, 3):
            self._parse(wire, job, now)
        else:
            self._failed(job, Rcode.REFUSED if rcode == 5 else Rcode.SERVFAIL, now)

    def _parse(self, wire: bytes, job: Job, now: float) -> None:
        name, _ = dns.name.from_wire(job.question, 0)
        try:
            response = dns.message.from_wire(wire, ignore_trailing=True)
            answer = answer_of(response, name, _A, self.nameserver, is_over_tcp=False)
        except Exception:
            # Whatever the parser trips over: an error from here would lose the question.
            answer = Answer(Rcode.GARBAGE, nameserver=self.nameserver)
        self._finish(job, answer, now)

    def _finish(self, job: Job, answer: Answer, now: float) -> None:
        if answer.is_failure:
            self._failed(job, answer.rcode, now)
            return
        self._note(answer.rcode, job.sent_at, now)
        job.end(Outcome(job.name, answer.rcode, answer.records, answer.aliases, self.nameserver))

    def _ask_over_tcp(self, job: Job) -> None:
        # Counts as in flight until it ends, so that truncating everything costs a window.
        self._in_flight += 1
        task = asyncio.get_running_loop().create_task(self._over_tcp(job))
        self._tcp.add(task)
        task.add_done_callback(self._tcp.discard)

    async def _over_tcp(self, job: Job) -> None:
        name, _ = dns.name.from_wire(job.question, 0)
        query = dns.message.make_query(name, _A, use_edns=False)
        where, port = self.nameserver.address, self.nameserver.port
        try:
            async with self._tcp_slots:
                response = await dns.asyncquery.tcp(
                    query, where, timeout=self._timeout_s, port=port
                )
            answer = answer_of(response, name, _A, self.nameserver, is_over_tcp=True)
        except (dns.exception.Timeout, OSError, EOFError):
            answer = Answer(Rcode.TIMEOUT)
        except Exception:
            # As above.
            answer = Answer(Rcode.GARBAGE, nameserver=self.nameserver)
        self._in_flight -= 1
        self._finish(job, answer, asyncio.get_running_loop().time())
        job.flow.wake()

    # ------------------------------------------------------------ failing

    def _failed(self, job: Job, rcode: Rcode, now: float) -> None:
        self._note(rcode, job.sent_at, now)
        job.fail(rcode, self.nameserver if rcode is not Rcode.TIMEOUT else None)

    def _note(self, rcode: Rcode, sent_at: float, now: float) -> None:
        self._counts[rcode] += 1
        if rcode is Rcode.TIMEOUT:
            self._silence.after = self._silent_limit
            self._silence.go_on(sent_at, now)
        else:
            self._silence.end()
        if rcode in _LOST:
            self._window.lost(sent_at, now)
            # What was saved up at a higher rate.
            self._allowance = min(self._allowance, self._burst)
        elif rcode is not Rcode.GARBAGE:
            # Garbage may be a forger's, and neither is the nameserver's word.
            self._window.answered()

    def _sweep_later(self) -> None:
        loop = asyncio.get_running_loop()
        self._sweeper = loop.call_later(min(SWEEP_S, self._timeout_s / 4), self._sweep)

    def _sweep(self) -> None:
        """End the attempts that have waited long enough: the oldest stand first."""
        now = asyncio.get_running_loop().time()
        is_waiting = False
        for pending in self._pending:
            late: list[int] = []
            for key, job in pending.items():
                if job.sent_at + self._timeout_s > now:
                    is_waiting = True
                    break
                late.append(key)
            for key in late:
                self._in_flight -= 1
                self._failed(pending.pop(key), Rcode.TIMEOUT, now)
        self._sweeper = None
        if is_waiting:
            self._sweep_later()
