"""A world's nameservers behave as it declares them, and the lab offers all of them."""

from collections.abc import Iterator

import dns.exception
import dns.message
import dns.query
import dns.rcode
import pytest

from mirrorhunt.lab.dns_server import LIE, Nameserver
from mirrorhunt.lab.run import Lab, lab_in_process, lab_running
from mirrorhunt.lab.world import Dns, Host, Serving, Truth, World

LIVE = Truth("live")
STOP = "185.0.113.77"
TURNS = (("185.0.113.1",), ("185.0.113.2",), ("185.0.113.3",))


def world() -> World:
    hosts = [
        Host("shown.example", LIVE, Dns(a=("185.0.113.7",))),
        Host("gone.example", LIVE, Dns(rcode="NXDOMAIN")),
        Host("blocked.example", LIVE, Dns(a=("185.0.113.8",))),
        Host("stopped.example", LIVE, Dns(a=("185.0.113.9",))),
        Host("park.example", LIVE, Dns(a=("185.0.113.53",)), is_wildcard=True),
        Host("by-alias.example", LIVE, Dns(cname="*.park.example")),
        Host("in-turns.example", LIVE, Dns(turns=TURNS)),
    ]
    hidden = {"blocked.example": None, "stopped.example": STOP}
    return World(
        "served",
        0,
        "served",
        (),
        {h.name: h for h in hosts},
        wildcard_suffixes={"test": "by-alias.example", "invalid": "in-turns.example"},
        nameservers=(
            Serving("silent"),
            Serving("honest"),
            Serving("rewriting"),
            Serving("filtering", hidden),
        ),
    )


@pytest.fixture(scope="module")
def served() -> Iterator[Lab]:
    with lab_running(world()) as running:
        yield running


def ask(
    lab: Lab, which: int, name: str, kind: str = "A", *, edns: int = -1
) -> dns.message.Message:
    query = dns.message.make_query(name, kind, use_edns=edns)
    port = int(lab.nameservers[which].rpartition(":")[2])
    return dns.query.udp(query, "127.0.0.1", port=port, timeout=5)


def values(answer: dns.message.Message) -> list[str]:
    return [str(record) for rrset in answer.answer for record in rrset]


SILENT, HONEST, REWRITING, FILTERING = range(4)


@pytest.mark.parametrize(
    ("which", "name", "rcode", "found"),
    [
        # What it has no orders about, a filtering one answers as the honest one does.
        pytest.param(FILTERING, "shown.example", "NOERROR", ["185.0.113.7"], id="not hidden"),
        pytest.param(FILTERING, "nobody.example", "NXDOMAIN", [], id="nobody's"),
        pytest.param(HONEST, "blocked.example", "NOERROR", ["185.0.113.8"], id="honest"),
        pytest.param(FILTERING, "blocked.example", "NXDOMAIN", [], id="hidden"),
        pytest.param(FILTERING, "www.blocked.example", "NXDOMAIN", [], id="hidden below"),
        pytest.param(FILTERING, "stopped.example", "NOERROR", [STOP], id="a stop page"),
        pytest.param(REWRITING, "shown.example", "NOERROR", ["185.0.113.7"], id="not rewritten"),
        pytest.param(REWRITING, "nobody.example", "NOERROR", [LIE], id="rewritten"),
        # Given up: to whoever asks, as absent as one that never was.
        pytest.param(REWRITING, "gone.example", "NOERROR", [LIE], id="rewritten, once there"),
    ],
)
def test_each_answers_in_its_manner(
    served: Lab, which: int, name: str, rcode: str, found: list[str]
) -> None:
    answer = ask(served, which, name)
    assert dns.rcode.to_text(answer.rcode()) == rcode
    assert values(answer) == found


@pytest.mark.parametrize("kind", ["SOA", "NS", "AAAA"])
def test_a_stop_page_has_an_address_and_no_zone(served: Lab, kind: str) -> None:
    assert values(ask(served, FILTERING, "stopped.example", kind)) == []


def test_a_hidden_name_is_denied_with_edns_as_well(served: Lab) -> None:
    answer = ask(served, FILTERING, "blocked.example", edns=0)
    assert answer.rcode() == dns.rcode.NXDOMAIN
    assert answer.edns == 0


def test_a_silent_one_takes_questions_and_gives_nothing(served: Lab) -> None:
    query = dns.message.make_query("shown.example", "A")
    port = int(served.nameservers[SILENT].rpartition(":")[2])
    with pytest.raises(dns.exception.Timeout):
        dns.query.udp(query, "127.0.0.1", port=port, timeout=0.2)
    assert [q.name for q in served.served[SILENT].asked] == ["shown.example"]
    assert served.questions_count >= 1


def test_a_wildcard_alias_repeats_the_label(served: Lab) -> None:
    answer = ask(served, HONEST, "whatever.test")
    assert values(answer) == ["whatever.park.example.", "185.0.113.53"]
    # It has no zone of its own.
    assert "SOA" not in str(ask(served, HONEST, "whatever.test", "SOA").answer)


def test_a_wildcard_in_turns_turns_for_all_its_names(served: Lab) -> None:
    found = {values(ask(served, HONEST, f"n{n}.invalid"))[0] for n in range(3)}
    assert found == {turn[0] for turn in TURNS}


def test_the_environment_names_all_of_them_in_order(served: Lab) -> None:
    listed = served.environment()["MIRRORHUNT_NAMESERVERS"].split(",")
    assert tuple(listed) == served.nameservers
    assert len(set(listed)) == 4
    assert served.nameserver == listed[HONEST]


def test_an_unknown_manner_is_refused() -> None:
    with pytest.raises(ValueError, match="grumpy"):
        Nameserver.of(world(), Serving("grumpy"))


def test_a_lab_in_another_process_tells_of_all_its_nameservers() -> None:
    with lab_in_process("hoppers") as outpost:
        listed = outpost.environment()["MIRRORHUNT_NAMESERVERS"].split(",")
        assert tuple(listed) == outpost.nameservers
        assert outpost.nameserver == listed[0]
        assert len(listed) == 4
