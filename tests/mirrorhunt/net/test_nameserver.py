"""How nameservers are written, and how one exchange with one ends."""

import asyncio
import time

import dns.name
import dns.rdatatype
import pytest

from mirrorhunt.errors import ConfigError
from mirrorhunt.model import Rcode
from mirrorhunt.net.nameserver import DOWN_AFTER, DOWN_FOR_S, Answer, Exchanger, Nameserver
from tests.nameserver import Behaviour
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


def test_a_silent_nameserver_is_down_until_its_time_is_over() -> None:
    now = 1000.0

    async def run() -> None:
        nonlocal now
        with Server({"films.example": Behaviour.SILENT}) as server:
            exchanger = Exchanger(
                Nameserver(server.address, server.port),
                timeout_s=0.02,
                concurrency=10,
                clock=lambda: now,
            )
            question = dns.name.from_text("films.example"), dns.rdatatype.A
            for _ in range(DOWN_AFTER):
                assert not exchanger.is_down
                await exchanger.ask(*question)
            assert exchanger.health().is_down
            now += DOWN_FOR_S
            assert not exchanger.is_down

    asyncio.run(run())


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
