"""The lab's nameserver answers as a recursive resolver does."""

import asyncio

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdatatype
import pytest

from mirrorhunt.lab.dns_server import Nameserver, public_address
from mirrorhunt.lab.run import Lab
from mirrorhunt.lab.world import World


@pytest.fixture
def port(lab: Lab) -> int:
    return int(lab.nameserver.rpartition(":")[2])


def ask(
    port: int, name: str, kind: str = "A", *, edns_bytes: int | None = None
) -> dns.message.Message:
    query = dns.message.make_query(name, kind)
    if edns_bytes is not None:
        query.use_edns(0, payload=edns_bytes)
    return dns.query.udp(query, "127.0.0.1", port=port, timeout=5)


def values(answer: dns.message.Message) -> set[str]:
    return {str(record) for rrset in answer.answer for record in rrset}


@pytest.mark.parametrize(
    ("name", "rcode"),
    [
        pytest.param("nobody.example", "NXDOMAIN", id="a name nobody has"),
        # The fast path builds its SOA by hand; the label below must not confuse its pointer.
        pytest.param("deep.down.nobody.example", "NXDOMAIN", id="a name below one nobody has"),
        pytest.param("nobody.page.example", "NXDOMAIN", id="a name below one that exists"),
        pytest.param("gone.example", "NXDOMAIN", id="a name given up"),
        pytest.param("broken.example", "SERVFAIL", id="a broken zone"),
        # RFC 8020: below.zone.example exists because deep.below.zone.example does.
        pytest.param("below.zone.example", "NOERROR", id="a name between"),
        pytest.param("lost.example", "NXDOMAIN", id="an alias to nowhere"),
        pytest.param("invalid", "NXDOMAIN", id="a suffix that is reserved"),
    ],
)
def test_a_name_without_addresses_says_why(port: int, name: str, rcode: str) -> None:
    answer = ask(port, name)
    assert dns.rcode.to_text(answer.rcode()) == rcode
    assert not any(rrset.rdtype == dns.rdatatype.A for rrset in answer.answer)
    if rcode != "SERVFAIL":
        assert [rrset.rdtype for rrset in answer.authority] == [dns.rdatatype.SOA]


def test_a_negative_answer_names_the_zone_it_comes_from(port: int) -> None:
    assert str(ask(port, "www.nobody.example").authority[0].name) == "example."
    below = ask(port, "nobody.zone.example").authority[0]
    assert str(below.name) == "zone.example."
    assert str(below[0].rname) == "who.zone.example."


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("page.example", "A", {"185.0.113.7"}),
        ("www.page.example", "A", {"185.0.113.7"}),
        ("any.thing.wild.example", "A", {"185.0.113.7"}),
        ("alias.example", "A", {"page.example.", "185.0.113.7"}),
        ("circle.example", "A", {"circle.example."}),
        ("zone.example", "AAAA", {"2a00::1"}),
        ("zone.example", "NS", {"ns1.hoster.example.", "ns2.hoster.example."}),
        ("zone.example", "MX", {"10 mx.hoster.example."}),
        ("zone.example", "TXT", {'"v=spf1 -all"'}),
        # Records of the zone are not repeated below its top.
        ("www.zone.example", "MX", set()),
        ("ns1.hoster.example", "A", {public_address("ns1.hoster.example")}),
        ("anything.test", "A", {"185.0.113.200"}),
        ("example", "NS", {"ns.nic.example."}),
        (".", "NS", {"a.root-servers.net.", "b.root-servers.net."}),
    ],
)
def test_records_are_those_of_the_world(
    port: int, name: str, kind: str, expected: set[str]
) -> None:
    assert values(ask(port, name, kind)) == expected


def test_the_soa_carries_the_contact(port: int) -> None:
    assert "who.zone.example." in values(ask(port, "zone.example", "SOA")).pop()


def test_the_question_comes_back_in_the_case_it_was_asked_in(port: int) -> None:
    for name in ("PaGe.ExAmPlE", "nObOdY.example"):
        answer = ask(port, name)
        assert str(answer.question[0].name) == f"{name}."


def test_a_large_answer_is_cut_over_udp_and_whole_over_tcp(port: int) -> None:
    cut = ask(port, "big.example")
    assert cut.flags & dns.flags.TC
    assert not cut.answer
    query = dns.message.make_query("big.example", "A")
    whole = dns.query.tcp(query, "127.0.0.1", port=port, timeout=5)
    assert len(values(whole)) == 119
    assert values(ask(port, "big.example", edns_bytes=4096)) == values(whole)


def test_tcp_answers_several_questions_on_one_connection(port: int) -> None:
    import socket

    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        for name in ("page.example", "nobody.example"):
            query = dns.message.make_query(name, "A")
            dns.query.send_tcp(connection, query)
            answer, _ = dns.query.receive_tcp(connection)
            assert query.is_response(answer)


def test_a_mute_name_gets_no_answer(port: int) -> None:
    query = dns.message.make_query("mute.example", "A")
    with pytest.raises(dns.exception.Timeout):
        dns.query.udp(query, "127.0.0.1", port=port, timeout=0.2)


def test_a_rebinding_name_changes_its_mind(port: int) -> None:
    seen = {next(iter(values(ask(port, "rebind.example")))) for _ in range(4)}
    assert seen == {"185.0.113.9", "127.0.0.1"}


def test_the_lying_nameserver_invents_only_what_does_not_exist(lab: Lab) -> None:
    port = int(lab.lying_nameserver.rpartition(":")[2])
    assert values(ask(port, "page.example")) == {"185.0.113.7"}
    for name in ("nobody.example", "nobody.page.example"):
        assert values(ask(port, name)) == {"185.230.7.7"}
    assert not ask(port, "nobody.example", "MX").answer


def test_edns_is_answered_with_edns(port: int) -> None:
    for name in ("page.example", "nobody.example"):
        assert ask(port, name, edns_bytes=1232).edns == 0
        assert ask(port, name).edns == -1


def test_questions_are_logged(lab: Lab, port: int) -> None:
    ask(port, "logged.example")
    query = dns.message.make_query("logged.example", "NS")
    dns.query.tcp(query, "127.0.0.1", port=port, timeout=5)
    asked = [q for q in lab.dns.asked if q.name == "logged.example"]
    assert [(q.rdtype, q.over_tcp) for q in asked] == [(1, False), (2, True)]


@pytest.mark.parametrize(
    "wire",
    [
        b"",
        b"\0" * 11,
        b"\0" * 40,
        b"\0\1\1\0\0\1\0\0\0\0\0\0\x3fabc",
        # A pointer instead of a name, a name without end, an answer instead of a question.
        b"\0\1\1\0\0\1\0\0\0\0\0\0\xc0\x0c\0\1\0\1",
        b"\0\1\1\0\0\1\0\0\0\0\0\0" + b"\x3f" + b"a" * 63 + b"\x3f" * 4,
        b"\0\1\x81\x80\0\1\0\0\0\0\0\0\1a\0\0\1\0\1",
    ],
)
def test_what_is_no_question_gets_no_answer(wire: bytes) -> None:
    world = World("none", 0, "none", (), {})
    assert Nameserver(world).answer(wire) is None


def test_a_taken_port_is_an_error_if_it_was_asked_for() -> None:
    async def twice() -> None:
        world = World("none", 0, "none", (), {})
        first, second = Nameserver(world), Nameserver(world)
        port = await first.start()
        try:
            with pytest.raises(OSError):
                await second.start(port=port)
        finally:
            await first.stop()

    asyncio.run(twice())
