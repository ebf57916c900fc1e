"""Asking for many names at once, of nameservers that are slow, broken or hostile."""

import asyncio
import struct
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirrorhunt.errors import ConfigError
from mirrorhunt.model import Rcode
from mirrorhunt.net._bulk_job import question_bytes
from mirrorhunt.net._bulk_window import LEAST
from mirrorhunt.net.bulk import BulkClient, Outcome
from mirrorhunt.net.nameserver import Nameserver
from tests.nameserver import GARBAGE, REFUSED, SERVFAIL, SILENT, Behaviour, Turns
from tests.nameserver import Nameserver as Server

PUBLIC = {"A": ["192.0.2.1"]}
SOON_S = 0.2
"""A timeout that a test waits for."""

Answering = Callable[[bytes], Sequence[bytes]]


def _client(*servers: Server | int, **options: Any) -> BulkClient:
    options.setdefault("timeout_s", 5.0)
    options.setdefault("rate_per_s", 1e9)
    return BulkClient(
        [Nameserver("127.0.0.1", s if isinstance(s, int) else s.port) for s in servers], **options
    )


async def _asked(client: BulkClient, names: Iterable[str]) -> dict[str, Outcome]:
    outcomes = [outcome async for outcome in client.ask(names)]
    found = {outcome.name: outcome for outcome in outcomes}
    assert len(found) == len(outcomes)
    return found


def _ask(servers: Sequence[Server], names: Iterable[str], **options: Any) -> dict[str, Outcome]:
    async def run() -> dict[str, Outcome]:
        client = _client(*servers, **options)
        try:
            return await _asked(client, names)
        finally:
            await client.close()

    return asyncio.run(run())


class _Hostile(asyncio.DatagramProtocol):
    def __init__(self, answering: Answering) -> None:
        self._answering = answering
        self.questions: list[bytes] = []
        self.ports: set[int] = set()

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self.questions.append(data)
        self.ports.add(addr[1])
        for answer in self._answering(data):
            self._transport.sendto(answer, addr)


@asynccontextmanager
async def _hostile(answering: Answering) -> AsyncIterator[tuple[int, _Hostile]]:
    """A nameserver that sends whatever *answering* makes of a question."""
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.create_datagram_endpoint(
        lambda: _Hostile(answering), local_addr=("127.0.0.1", 0)
    )
    try:
        yield transport.get_extra_info("sockname")[1], protocol
    finally:
        transport.close()


def _ask_hostile(
    answering: Answering, names: Sequence[str] = ("films.example",), **options: Any
) -> tuple[dict[str, Outcome], Any]:
    """Outcomes, and the health of the only nameserver."""

    async def run() -> tuple[dict[str, Outcome], Any]:
        async with _hostile(answering) as (port, _):
            client = _client(port, **options)
            try:
                return await _asked(client, names), client.health()[0]
            finally:
                await client.close()

    return asyncio.run(run())


# ---------------------------------------------------------------- what must not be believed


def _nxdomain(wire: bytes) -> bytes:
    return wire[:2] + b"\x81\x83\0\1\0\0\0\0\0\0" + wire[12:]


def _address(wire: bytes, address: bytes = b"\xc0\0\2\1") -> bytes:
    answer = b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4" + address
    return wire[:2] + b"\x81\x80\0\1\0\1\0\0\0\0" + wire[12:] + answer


def _renamed(wire: bytes, label: bytes) -> bytes:
    """The question for another name, as long as the first."""
    size = wire[12]
    return wire[:13] + label.ljust(size, b"x")[:size] + wire[13 + size :]


def _xor_id(wire: bytes) -> bytes:
    return bytes((wire[0] ^ 0x55, wire[1] ^ 0x55)) + wire[2:]


# A forged answer that would be believed if its flaw went unnoticed.
ENDS_THE_ATTEMPT = {
    "an answer for another name": lambda q: [_nxdomain(_renamed(q, b"other"))],
    "an address for another name": lambda q: [_address(_renamed(q, b"other"))],
    "the name in another case": lambda q: [_nxdomain(q[:13] + q[13:].upper())],
    "another type": lambda q: [_nxdomain(q[:-4] + b"\0\x1c\0\1")],
    "no question": lambda q: [q[:2] + b"\x81\x83\0\0\0\0\0\0\0\0"],
    "two questions": lambda q: [q[:2] + b"\x81\x83\0\2\0\0\0\0\0\0" + q[12:] * 2],
    "a header alone": lambda q: [q[:2] + b"\x81\x83"],
    "an id alone": lambda q: [q[:2]],
    "the question itself": lambda q: [q],
    "another opcode": lambda q: [q[:2] + b"\xa9\x83\0\1\0\0\0\0\0\0" + q[12:]],
    "noise after the header": lambda q: [_address(q)[:-9] + b"\xff" * 40],
    "a pointer to itself": lambda q: [
        q[:2] + b"\x81\x80\0\1\0\1\0\0\0\0" + q[12:] + struct.pack("!H", 0xC000 | len(q)) * 8
    ],
    "an address of three bytes": lambda q: [_address(q)[:-6] + b"\0\3\xc0\0\2"],
    "records that are not there": lambda q: [q[:2] + b"\x81\x80\0\1\xff\xff\0\0\0\0" + q[12:]],
}


@pytest.mark.parametrize("flaw", ENDS_THE_ATTEMPT)
def test_a_forged_answer_is_garbage_and_says_nothing_of_the_name(flaw: str) -> None:
    found, health = _ask_hostile(ENDS_THE_ATTEMPT[flaw], attempts=2)

    assert found["films.example"][1:4] == (Rcode.GARBAGE, (), ())
    assert health.garbage == 2
    assert health.answered == 0


@pytest.mark.parametrize(
    "packets",
    [
        pytest.param(lambda q: [_xor_id(_nxdomain(q))], id="another id"),
        pytest.param(lambda q: [b"\x01"], id="one byte"),
    ],
)
def test_a_packet_for_nobody_is_passed_over_and_counted(packets: Answering) -> None:
    # It ends no question: the true answer comes after it.
    found, health = _ask_hostile(lambda q: [*packets(q), _address(q)])

    assert found["films.example"].addresses == ("192.0.2.1",)
    assert health.garbage == 1


def test_an_answer_that_comes_twice_counts_once() -> None:
    names = [f"films{i}.example" for i in range(50)]

    found, health = _ask_hostile(lambda q: [_address(q), _nxdomain(q)], names, window=5)

    # The first one is believed; whoever sends a second is not.
    assert {outcome.addresses for outcome in found.values()} == {("192.0.2.1",)}
    assert health.answered == 50


def test_an_answer_that_comes_too_late_is_nobodys() -> None:
    held: list[bytes] = []

    def late(question: bytes) -> list[bytes]:
        # Answers each question when the next one comes: its own has been given up by then.
        held.append(question)
        return [_address(held[-2])] if len(held) > 1 else []

    found, health = _ask_hostile(late, timeout_s=SOON_S, attempts=2)

    assert found["films.example"].rcode is Rcode.TIMEOUT
    assert health.timeouts == 2


@given(st.binary(max_size=200))
def test_no_bytes_that_follow_the_question_do_any_harm(noise: bytes) -> None:
    def noisy(question: bytes) -> list[bytes]:
        return [question[:2] + b"\x81\x80\0\1\0\3\0\2\0\1" + question[12:] + noise]

    found, _ = _ask_hostile(noisy, attempts=1)

    assert found["films.example"].rcode is not Rcode.NXDOMAIN


@given(st.binary(min_size=1, max_size=100))
def test_no_bytes_after_the_id_make_a_name_absent(noise: bytes) -> None:
    found, _ = _ask_hostile(lambda q: [q[:2] + noise], attempts=1)

    assert found["films.example"].rcode is Rcode.GARBAGE


@pytest.mark.parametrize(
    ("entry", "rcode"),
    [
        (SERVFAIL, Rcode.SERVFAIL),
        (REFUSED, Rcode.REFUSED),
        (GARBAGE, Rcode.GARBAGE),
        (Behaviour.WRONG_QUESTION, Rcode.GARBAGE),
        # NXDOMAIN is only said by an answer that repeats the question.
        (Behaviour.NXDOMAIN_WITHOUT_QUESTION, Rcode.GARBAGE),
        ({"CNAME": ["films.example"]}, Rcode.SERVFAIL),
    ],
    ids=str,
)
def test_a_failure_is_told_from_an_absence(entry: Any, rcode: Rcode) -> None:
    with Server({"films.example": entry}) as server:
        found = _ask([server], ["films.example", "gone.example"], attempts=2)

        assert found["films.example"].rcode is rcode
        assert found["films.example"].is_failure
        assert not found["films.example"].exists
        assert server.asked("films.example") == 2
        assert found["gone.example"].rcode is Rcode.NXDOMAIN
        assert server.asked("gone.example") == 1


def test_silence_and_nobody_there_are_timeouts() -> None:
    with Server({"films.example": SILENT}) as silent, Server({}) as gone:
        pass
    with Server({"films.example": SILENT}) as silent:
        found = _ask([silent], ["films.example"], timeout_s=SOON_S, attempts=2)
        absent = _ask([gone], ["films.example"], timeout_s=SOON_S, attempts=2)

    assert found["films.example"] == Outcome("films.example", Rcode.TIMEOUT)
    assert absent["films.example"].rcode is Rcode.TIMEOUT


# ---------------------------------------------------------------- what is believed


def test_names_with_addresses_without_and_absent_are_told_apart() -> None:
    zones = {
        "films.example": {"A": ["192.0.2.1"]},
        "registered.example": {"NS": ["ns.example"]},
        "alias.example": {"CNAME": ["films.example"]},
        "dangling.example": {"CNAME": ["gone.example"]},
    }
    with Server(zones) as server:
        found = _ask([server], [*zones, "gone.example"])

    who = Nameserver(server.address, server.port)
    assert found == {
        "films.example": Outcome("films.example", Rcode.NOERROR, ("192.0.2.1",), (), who),
        "registered.example": Outcome("registered.example", Rcode.NOERROR, (), (), who),
        "alias.example": Outcome(
            "alias.example",
            Rcode.NOERROR,
            ("192.0.2.1",),
            ("films.example",),
            who,
        ),
        # Its target does not exist; the name does.
        "dangling.example": Outcome(
            "dangling.example", Rcode.NXDOMAIN, (), ("gone.example",), who
        ),
        "gone.example": Outcome("gone.example", Rcode.NXDOMAIN, (), (), who),
    }
    assert {name for name, outcome in found.items() if outcome.exists} == set(zones)


def test_what_does_not_fit_is_asked_for_over_tcp() -> None:
    addresses = [f"192.0.2.{i}" for i in range(1, 60)]
    zones = {"big.example": {"A": addresses}}
    with Server(zones, truncated=frozenset({"big.example"})) as server:
        found = _ask([server], ["big.example"])

        assert sorted(found["big.example"].addresses) == sorted(addresses)
        assert [q.transport for q in server.questions] == ["udp", "tcp"]


def test_a_cut_answer_without_tcp_is_a_timeout() -> None:
    def cut(question: bytes) -> list[bytes]:
        return [question[:2] + b"\x83\x80\0\1\0\0\0\0\0\0" + question[12:]]

    found, health = _ask_hostile(cut, ["films.example", "films2.example"], attempts=2)

    assert {outcome.rcode for outcome in found.values()} == {Rcode.TIMEOUT}
    assert health.timeouts == 4


@pytest.mark.parametrize("bad", [SERVFAIL, REFUSED, GARBAGE, Behaviour.WRONG_QUESTION, SILENT])
def test_what_one_nameserver_cannot_say_another_is_asked(bad: Behaviour) -> None:
    names = [f"films{i}.example" for i in range(20)]
    with (
        Server(dict.fromkeys(names, bad)) as broken,
        Server(dict.fromkeys(names, PUBLIC)) as good,
    ):
        found = _ask([broken, good], names, timeout_s=SOON_S if bad is SILENT else 5.0)

        assert {outcome.addresses for outcome in found.values()} == {("192.0.2.1",)}
        assert {outcome.nameserver for outcome in found.values()} == {
            Nameserver(good.address, good.port)
        }


def test_the_failure_that_says_most_is_kept() -> None:
    zones = {"films.example": Turns([SILENT, SERVFAIL, SILENT])}
    with Server(zones) as server:
        found = _ask([server], ["films.example"], timeout_s=SOON_S, attempts=3)

    assert found["films.example"].rcode is Rcode.SERVFAIL


def test_a_silent_nameserver_is_left_alone_while_another_answers() -> None:
    names = [f"films{i}.example" for i in range(200)]
    with Server({}, default=SILENT) as silent, Server({}) as good:
        found = _ask([silent, good], names, timeout_s=SOON_S, window=10)

        assert {outcome.rcode for outcome in found.values()} == {Rcode.NXDOMAIN}
        assert len(silent.questions) < 40


# ---------------------------------------------------------------- many


def test_ids_and_source_ports_are_spread() -> None:
    async def run() -> _Hostile:
        async with _hostile(lambda q: [_nxdomain(q)]) as (port, protocol):
            client = _client(port, window=50)
            await _asked(client, (f"films{i}.example" for i in range(300)))
            await client.close()
            return protocol

    heard = asyncio.run(run())

    assert len(heard.ports) == 8
    ids = [question[0] << 8 | question[1] for question in heard.questions]
    assert len(set(ids)) > 280
    # No id follows from the one before; now and then one does by chance.
    assert sum(abs(a - b) < 5 for a, b in pairwise(ids)) < 10


def test_names_are_taken_only_as_they_are_sent() -> None:
    taken = 0

    def names() -> Iterator[str]:
        nonlocal taken
        for i in range(10_000):
            taken += 1
            yield f"films{i}.example"

    async def run() -> None:
        async with _hostile(lambda q: [_nxdomain(q)]) as (port, _):
            client = _client(port, window=50)
            stream = client.ask(names())
            for _ in range(10):
                await anext(stream)
            assert taken <= 110
            await stream.aclose()
            # What is in flight is nobody's any more, and harms nobody who comes next.
            assert (await _asked(client, ["films.example"]))["films.example"].rcode is (
                Rcode.NXDOMAIN
            )
            await client.close()

    asyncio.run(run())


def test_names_may_come_slowly() -> None:
    async def run() -> list[str]:
        given: asyncio.Queue[str | None] = asyncio.Queue()

        async def names() -> AsyncIterator[str]:
            while (name := await given.get()) is not None:
                yield name

        async with _hostile(lambda q: [_nxdomain(q)]) as (port, _):
            client = _client(port)
            stream = client.ask(names())
            answered = []
            # Each is answered before the next one is there.
            for i in range(5):
                given.put_nowait(f"films{i}.example")
                answered.append((await anext(stream)).name)
            given.put_nowait(None)
            assert [outcome async for outcome in stream] == []
            await client.close()
            return answered

    assert asyncio.run(run()) == [f"films{i}.example" for i in range(5)]


def test_two_streams_share_a_nameserver() -> None:
    async def run() -> None:
        async with _hostile(lambda q: [_nxdomain(q)]) as (port, _):
            client = _client(port, window=3)
            first = [f"films{i}.example" for i in range(100)]
            second = [f"series{i}.example" for i in range(100)]
            found = await asyncio.gather(_asked(client, first), _asked(client, second))
            assert [set(f) for f in found] == [set(first), set(second)]
            await client.close()

    asyncio.run(run())


def test_no_more_than_the_window_is_in_flight() -> None:
    asked: list[bytes] = []

    def after_four(question: bytes) -> list[bytes]:
        asked.append(question)
        return [_nxdomain(q) for q in asked[-4:]] if len(asked) % 4 == 0 else []

    # Answers come for four at a time: with a window of three there are none.
    names = [f"films{i}.example" for i in range(40)]
    found, health = _ask_hostile(after_four, names, window=4, sockets=1)
    assert health.sent == len(found) == 40

    asked.clear()
    few, _ = _ask_hostile(
        after_four,
        names[:3],
        window=3,
        sockets=1,
        timeout_s=SOON_S,
        attempts=1,
    )
    assert {outcome.rcode for outcome in few.values()} == {Rcode.TIMEOUT}


class _Overrun:
    """Answers *per_turn* questions of each turn of its clock and drops the rest, silently."""

    def __init__(self, per_turn: int, turn_s: float) -> None:
        self._per_turn = self._left = per_turn
        self._turn_s = turn_s
        self.dropped = 0

    def start(self) -> None:
        self._left = self._per_turn
        self._timer = asyncio.get_running_loop().call_later(self._turn_s, self.start)

    def stop(self) -> None:
        self._timer.cancel()

    def __call__(self, question: bytes) -> list[bytes]:
        if not self._left:
            self.dropped += 1
            return []
        self._left -= 1
        return [_nxdomain(question)]


def _overrun(names: Sequence[str], **options: Any) -> tuple[int, int, int]:
    """Names lost, questions dropped, the window at the end."""

    async def run() -> tuple[int, int, int]:
        server = _Overrun(per_turn=10, turn_s=0.01)
        async with _hostile(server) as (port, _):
            client = _client(port, timeout_s=SOON_S, **options)
            server.start()
            found = await _asked(client, names)
            server.stop()
            lost = sum(outcome.rcode is Rcode.TIMEOUT for outcome in found.values())
            window = client.health()[0].window
            await client.close()
            return lost, server.dropped, window

    return asyncio.run(run())


def test_a_nameserver_that_drops_what_is_too_much_gets_less_at_a_time() -> None:
    names = [f"films{i}.example" for i in range(300)]

    lost, dropped, window = _overrun(names)

    # Asking for all of them at once loses most names for good, and drops three times as many.
    assert 0 < dropped < len(names)
    assert window < 100
    assert lost < len(names) / 10


def test_a_nameserver_that_answers_all_gets_the_whole_window() -> None:
    async def run() -> int:
        async with _hostile(lambda q: [_nxdomain(q)]) as (port, _):
            client = _client(port, window=50)
            await _asked(client, (f"films{i}.example" for i in range(1000)))
            await client.close()
            return client.health()[0].window

    assert asyncio.run(run()) == 50


@pytest.mark.parametrize("bad", [SERVFAIL, REFUSED], ids=str)
def test_a_nameserver_that_refuses_in_bursts_gets_less_at_a_time(bad: Behaviour) -> None:
    async def run() -> int:
        with Server({}, default=bad) as server:
            client = _client(server, attempts=1)
            await _asked(client, (f"films{i}.example" for i in range(60)))
            await client.close()
            return client.health()[0].window

    assert asyncio.run(run()) == LEAST


def test_a_nameserver_that_fell_silent_is_told_from_one_that_answers() -> None:
    async def run() -> None:
        with Server({}, default=SILENT) as silent, Server({}) as good:
            alone = _client(silent, timeout_s=SOON_S, attempts=1)
            both = _client(silent, good, timeout_s=SOON_S)
            assert not alone.is_silent
            for client in (alone, both):
                await _asked(client, (f"films{i}.example" for i in range(20)))
                await client.close()
            assert alone.is_silent
            assert not both.is_silent

    asyncio.run(run())


def test_the_rate_is_kept() -> None:
    async def run() -> float:
        async with _hostile(lambda q: [_nxdomain(q)]) as (port, _):
            client = _client(port, rate_per_s=200.0)
            started = asyncio.get_running_loop().time()
            await _asked(client, (f"films{i}.example" for i in range(60)))
            await client.close()
            return asyncio.get_running_loop().time() - started

    # A tenth of a second's worth at once, the other 40 at 200 a second.
    assert asyncio.run(run()) >= 0.19


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("", id="empty"),
        pytest.param(".", id="the root"),
        pytest.param("films..example", id="an empty label"),
        pytest.param(".films.example", id="a leading dot"),
        pytest.param("f" * 64 + ".example", id="a label of 64"),
        pytest.param(".".join(["f" * 60] * 5), id="too long"),
        pytest.param("straße.example", id="not ASCII"),
        pytest.param("films\N{PARTY POPPER}.example", id="an emoji"),
        pytest.param("films.example\ud800", id="half a letter"),
    ],
)
def test_a_name_that_dns_cannot_carry_is_counted_and_passed_over(name: str) -> None:
    async def run() -> None:
        async with _hostile(lambda q: [_nxdomain(q)]) as (port, _):
            client = _client(port)
            assert set(await _asked(client, [name, "films.example"])) == {"films.example"}
            assert client.unaskable == 1
            await client.close()

    asyncio.run(run())


@pytest.mark.parametrize(
    ("name", "wire"),
    [
        ("films.example", b"\5films\7example\0\0\1\0\1"),
        ("FILMS.example.", b"\5films\7example\0\0\1\0\1"),
        # Seen in the wild, and no reason to stop.
        ("_dmarc.films.example", b"\6_dmarc\5films\7example\0\0\1\0\1"),
        ("fi lms\\.example", b"\7fi lms\\\7example\0\0\1\0\1"),
    ],
)
def test_a_question_is_the_name_in_lower_case(name: str, wire: bytes) -> None:
    assert question_bytes(name) == wire


@given(st.text())
def test_any_text_is_a_question_or_none(name: str) -> None:
    question = question_bytes(name)

    assert question is None or len(question) <= 259


@pytest.mark.parametrize(
    "options",
    [{"attempts": 0}, {"window": 0}, {"sockets": 0}, {"timeout_s": 0}, {"rate_per_s": 0}],
    ids=str,
)
def test_what_could_never_end_is_refused(options: dict[str, float]) -> None:
    with pytest.raises(ConfigError):
        BulkClient([Nameserver("127.0.0.1", 53)], **options)  # type: ignore[arg-type]


def test_without_a_nameserver_there_is_nobody_to_ask() -> None:
    with pytest.raises(ConfigError):
        BulkClient([])
