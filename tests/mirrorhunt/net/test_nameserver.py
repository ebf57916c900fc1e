"""How nameservers are written, and how one exchange with one ends."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import dns.name
import dns.rdatatype
import pytest

from mirrorhunt.errors import ConfigError
from mirrorhunt.model import Rcode
from mirrorhunt.net.nameserver import DOWN_AFTER, DOWN_FOR_S, Answer, Exchanger, Nameserver
from tests.nameserver import SILENT, Behaviour
from tests.nameserver import Nameserver as Server


@pytest.mark.parametrize(
    ("text", "nameserver"),
    [
        ("192.0.2.1", Nameserver("192.0.2.1", 53)),
        (" 192.0.2.1:5353 ", Nameserver("192.0.2.1", 5353)),
        ("192.0.2.1@5353", Nameserver("192.0.2.1", 5353)),
        ("2001:db8::1", Nameserver("2001:db8::1", 53)),
        ("[2001:db8::1]", Nameserver("2001:db8::1", 53)),
        ("[2001:db8::1]:5353", Nameserver("2001:db8::1", 5353)),
        ("2001:db8::1@5353", Nameserver("2001:db8::1", 5353)),
        # The router's, as resolv.conf has it.
        ("fe80::1%eth0", Nameserver("fe80::1%eth0", 53)),
    ],
)
def test_a_nameserver_is_read_in_all_its_forms(text: str, nameserver: Nameserver) -> None:
    assert Nameserver.parse(text) == nameserver
    assert Nameserver.parse(str(nameserver)) == nameserver


@pytest.mark.parametrize(
    "text",
    ["", "ns.example", "192.0.2.1:0", "192.0.2.1:65536", "192.0.2.1:dns", "[::1", "192.0.2.256"],
)
def test_what_is_no_nameserver_is_one_clear_line(text: str) -> None:
    with pytest.raises(ConfigError, match="nameserver"):
        Nameserver.parse(text)


def _ask(
    server: Server, name: str, rdtype: str = "A", *, timeout_s: float = 5.0
) -> tuple[Answer, Exchanger]:
    async def run() -> tuple[Answer, Exchanger]:
        exchanger = Exchanger(
            Nameserver(server.address, server.port),
            timeout_s=timeout_s,
            concurrency=10,
            clock=time.monotonic,
        )
        answer = await exchanger.ask(dns.name.from_text(name), dns.rdatatype.from_text(rdtype))
        return answer, exchanger

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("behaviour", "rcode"),
    [
        (Behaviour.NXDOMAIN, Rcode.NXDOMAIN),
        (Behaviour.SERVFAIL, Rcode.SERVFAIL),
        (Behaviour.REFUSED, Rcode.REFUSED),
        (Behaviour.GARBAGE, Rcode.GARBAGE),
        # A forger's guesses: each ends the exchange.
        (Behaviour.WRONG_ID, Rcode.GARBAGE),
        (Behaviour.WRONG_QUESTION, Rcode.GARBAGE),
        # An absence has to say of what.
        (Behaviour.NXDOMAIN_WITHOUT_QUESTION, Rcode.GARBAGE),
    ],
)
def test_every_way_to_fail_has_its_rcode(behaviour: Behaviour, rcode: Rcode) -> None:
    with Server({"films.example": behaviour}) as server:
        answer, exchanger = _ask(server, "films.example")
    assert answer.rcode is rcode
    assert answer.records == ()
    assert answer.is_failure == (rcode is not Rcode.NXDOMAIN)
    assert exchanger.health().sent == 1


def test_silence_is_a_timeout_and_not_an_absence() -> None:
    with Server({"films.example": Behaviour.SILENT}) as server:
        answer, exchanger = _ask(server, "films.example", timeout_s=0.05)
    assert answer == Answer(Rcode.TIMEOUT)
    assert exchanger.health().timeouts == 1


def test_records_and_aliases_come_with_the_lowest_ttl() -> None:
    zones = {
        "www.films.example": {"CNAME": ["Films.example"]},
        "films.example": {"A": ["192.0.2.1", "192.0.2.2"]},
    }
    with Server(zones, ttl_s=77) as server:
        answer, _ = _ask(server, "www.films.example")
    assert answer.rcode is Rcode.NOERROR
    assert sorted(answer.records) == ["192.0.2.1", "192.0.2.2"]
    assert answer.aliases == ("films.example",)
    assert answer.ttl_s == 77
    assert not answer.is_over_tcp


def test_what_does_not_fit_is_asked_again_over_tcp() -> None:
    zones = {"films.example": {"A": [f"192.0.2.{i}" for i in range(200)]}}
    with Server(zones, truncated=frozenset({"films.example"})) as server:
        answer, _ = _ask(server, "films.example")
        transports = [q.transport for q in server.questions]
    assert answer.is_over_tcp
    assert transports == ["udp", "tcp"]
    # Bounded: a message of 64 KiB holds four thousand.
    assert len(answer.records) == 100


def test_a_server_that_does_not_know_edns_is_asked_without() -> None:
    with Server({"films.example": Behaviour.FORMERR_ON_EDNS}) as server:
        answer, _ = _ask(server, "films.example")
    assert answer.records == ("192.0.2.99",)


def test_an_alias_loop_in_one_answer_is_a_failure() -> None:
    zones = {"a.example": {"CNAME": ["b.example"]}, "b.example": {"CNAME": ["a.example"]}}
    with Server(zones) as server:
        answer, _ = _ask(server, "a.example")
    assert answer.rcode is Rcode.SERVFAIL


class _Watched:
    """An exchanger of a nameserver that answers for one name alone, under a
    clock that stands still."""

    def __init__(self, server: Server) -> None:
        self.now = 1000.0
        self.server = server
        self.exchanger = Exchanger(
            Nameserver(server.address, server.port),
            timeout_s=0.02,
            concurrency=10,
            clock=lambda: self.now,
        )

    async def ask(self, name: str) -> Rcode:
        return (await self.exchanger.ask(dns.name.from_text(name), dns.rdatatype.A)).rcode

    async def fall_silent(self) -> None:
        for i in range(DOWN_AFTER):
            assert not self.exchanger.is_down
            await self.ask(f"gone{i}.example")
        assert self.exchanger.health().is_down


def _watched(scenario: Callable[[_Watched], Awaitable[None]], default: Any = SILENT) -> None:
    async def run() -> None:
        with Server({"answered.example": {"A": ["192.0.2.1"]}}, default=default) as server:
            await scenario(_Watched(server))

    asyncio.run(run())


def test_a_domain_whose_own_nameservers_are_silent_does_not_make_ours_down() -> None:
    async def scenario(watched: _Watched) -> None:
        for i in range(DOWN_AFTER + 1):
            await watched.ask(f"www{i}.gone.example")
        assert not watched.exchanger.is_down

    _watched(scenario)


def test_a_silent_nameserver_is_down_until_its_time_is_over() -> None:
    async def scenario(watched: _Watched) -> None:
        await watched.fall_silent()
        watched.now += DOWN_FOR_S
        assert not watched.exchanger.is_down

    _watched(scenario)


def test_a_silent_nameserver_is_tried_by_one_question_at_a_time() -> None:
    async def scenario(watched: _Watched) -> None:
        await watched.fall_silent()
        watched.now += DOWN_FOR_S
        trying = asyncio.create_task(watched.ask("gone.example"))
        await asyncio.sleep(0)
        # All others see one that is down, and go elsewhere.
        assert watched.exchanger.is_down
        assert await trying is Rcode.TIMEOUT
        assert watched.exchanger.is_down

    _watched(scenario)


def test_each_try_in_vain_doubles_the_time_until_the_next_one() -> None:
    waits: list[float] = []

    async def scenario(watched: _Watched) -> None:
        await watched.fall_silent()
        for _ in range(7):
            began = watched.now
            while watched.exchanger.is_down:
                watched.now += 1.0
            waits.append(watched.now - began)
            await watched.ask("gone.example")

    _watched(scenario)
    assert waits == [10, 20, 40, 80, 160, 160, 160]


def test_one_that_answers_a_try_is_asked_in_turn_again() -> None:
    async def scenario(watched: _Watched) -> None:
        await watched.fall_silent()
        watched.now += DOWN_FOR_S
        assert await watched.ask("answered.example") is Rcode.NOERROR
        assert not watched.exchanger.is_down
        # And starts afresh: it takes as many failures again, and as short a time.
        await watched.fall_silent()
        watched.now += DOWN_FOR_S
        assert not watched.exchanger.is_down

    _watched(scenario)


def test_a_question_that_is_given_up_is_no_try_for_ever() -> None:
    async def scenario(watched: _Watched) -> None:
        await watched.fall_silent()
        watched.now += DOWN_FOR_S
        trying = asyncio.create_task(watched.ask("gone.example"))
        await asyncio.sleep(0)
        trying.cancel()
        await asyncio.gather(trying, return_exceptions=True)
        assert not watched.exchanger.is_down

    _watched(scenario)


class _Damaging(Server):
    """Changes another byte of each answer, id and question included."""

    at = 0

    def respond(self, wire: bytes, transport: str) -> bytes | None:
        answer = bytearray(super().respond(wire, transport) or b"")
        answer[self.at % len(answer)] ^= 0xC1
        self.at += 1
        return bytes(answer)


def test_an_answer_with_any_byte_damaged_is_an_answer_or_a_failure() -> None:
    zones = {
        "www.films.example": {"CNAME": ["films.example"]},
        "films.example": {"A": ["192.0.2.1", "192.0.2.2"]},
    }

    async def run() -> None:
        with _Damaging(zones) as server:
            exchanger = Exchanger(
                Nameserver(server.address, server.port),
                timeout_s=5.0,
                concurrency=10,
                clock=time.monotonic,
            )
            question = dns.name.from_text("www.films.example"), dns.rdatatype.A
            seen = {(await exchanger.ask(*question)).rcode for _ in range(130)}
            assert Rcode.GARBAGE in seen
            assert Rcode.NOERROR in seen
            # Each of them was answered at once.
            assert Rcode.TIMEOUT not in seen

    asyncio.run(run())
