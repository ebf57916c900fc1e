"""The resolver against real nameservers on loopback."""

import asyncio
import copy
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest

from mirrorhunt.errors import ConfigError
from mirrorhunt.model import DnsFacts, Rcode
from mirrorhunt.net import resolver as resolver_module
from mirrorhunt.net.connect_to import ConnectMap
from mirrorhunt.net.guard import RefusedAddressError, networks
from mirrorhunt.net.nameserver import Nameserver
from mirrorhunt.net.resolver import (
    FAILURE_TTL_S,
    MAX_ENDPOINTS,
    MAX_TTL_S,
    MIN_TTL_S,
    NEGATIVE_TTL_S,
    Endpoint,
    Resolver,
    UnresolvedError,
)
from tests.nameserver import (
    GARBAGE,
    NXDOMAIN,
    REFUSED,
    SERVFAIL,
    SILENT,
    Behaviour,
    Records,
    Turns,
)
from tests.nameserver import Nameserver as Server

# tldextract leaves its list file to the garbage collector, which may find it in any test.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Exception ignored in.*public_suffix_list:pytest.PytestUnraisableExceptionWarning"
)

T = TypeVar("T")
PUBLIC = {"A": ["192.0.2.1"]}


@dataclass
class Clock:
    """Seconds that pass when told to."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


def _resolver(*servers: Server, clock: Clock | None = None, **options: object) -> Resolver:
    options.setdefault("timeout_s", 5.0)
    return Resolver(
        [Nameserver(server.address, server.port) for server in servers],
        clock=clock or Clock(),
        **options,  # type: ignore[arg-type]
    )


def _run(what: Callable[[], Awaitable[T]]) -> T:
    async def run() -> T:
        return await what()

    return asyncio.run(run())


# ---------------------------------------------------------------- rebinding and the guard


def test_a_rebinding_name_is_connected_to_where_it_was_checked() -> None:
    # The attack: public at the check, loopback at the connection, and no TTL between them.
    zones = {"films.example": Turns([PUBLIC, {"A": ["127.0.0.1"]}])}
    clock = Clock()

    async def run() -> None:
        with Server(zones, ttl_s=0) as server:
            resolver = _resolver(server, clock=clock)
            checked = await resolver.endpoints("films.example", 80)
            assert checked == (Endpoint("192.0.2.1", 80),)
            # What is handed out is what was checked; asking at once brings the same.
            assert await resolver.endpoints("films.example", 80) == checked
            assert server.asked("films.example") == 1
            # And when it is asked again, the new address is checked as well.
            clock.now += MIN_TTL_S
            with pytest.raises(RefusedAddressError) as caught:
                await resolver.endpoints("films.example", 80)
            assert caught.value.address == "127.0.0.1"

    asyncio.run(run())


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.0.0.1.",
        "127.1",
        "0x7f.1",
        "0177.0.0.1",
        "2130706433",
        "0x7f000001",
        "017700000001",
        "0.0.0.0",
        "0",
        "169.254.169.254",
        "10.0.0.1",
        "::1",
        "[::1]",
        "::",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "fe80::1%25eth0",
        "fd00:ec2::254",
        # Names that only local files give a meaning to.
        "localhost",
        "localhost.",
        "intranet",
    ],
)
def test_every_way_to_write_an_inner_address_is_refused(host: str) -> None:
    with Server({}) as server:
        # Not even an entry for any host lets it through.
        resolver = _resolver(server, connect_map=ConnectMap.parse(["::127.0.0.1:8080"]))
        with pytest.raises(RefusedAddressError):
            _run(lambda: resolver.endpoints(host, 80))
        assert server.questions == []


@pytest.mark.parametrize(
    "records",
    [
        {"A": ["10.0.0.1"]},
        {"A": ["192.0.2.1", "127.0.0.1"]},
        {"A": ["192.0.2.1"], "AAAA": ["::1"]},
        {"A": ["192.0.2.1"], "AAAA": ["::ffff:192.0.2.1"]},
        {"AAAA": ["fe80::1"]},
        # Behind more addresses than are ever tried.
        {"A": [*(f"192.0.2.{i}" for i in range(90)), "10.0.0.1"]},
    ],
)
def test_one_inner_address_refuses_the_whole_answer(records: dict[str, list[str]]) -> None:
    with Server({"films.example": records}) as server:
        resolver = _resolver(server, connect_map=ConnectMap.parse(["::127.0.0.1:8080"]))
        with pytest.raises(RefusedAddressError):
            _run(lambda: resolver.endpoints("films.example", 80))


def test_an_alias_to_an_inner_address_is_refused() -> None:
    zones = {"films.example": {"CNAME": ["inner.example"]}, "inner.example": {"A": ["10.0.0.1"]}}
    with Server(zones) as server, pytest.raises(RefusedAddressError):
        _run(lambda: _resolver(server).endpoints("films.example", 443))


def test_what_the_operator_allows_is_connected_to() -> None:
    with Server({"films.example": {"A": ["10.1.0.1"]}}) as server:
        resolver = _resolver(server, allow=networks(["10.1.0.0/16"]))
        assert _run(lambda: resolver.endpoints("films.example", 80)) == (Endpoint("10.1.0.1", 80),)


def test_other_ports_are_refused_before_anything_is_asked() -> None:
    with Server({"films.example": PUBLIC}) as server:
        with pytest.raises(RefusedAddressError, match="8080"):
            _run(lambda: _resolver(server).endpoints("films.example", 8080))
        assert server.questions == []


def test_a_map_holds_for_the_lab_and_remembers_what_dns_said() -> None:
    zones = {"films.example": {"A": ["192.0.2.1", "192.0.2.2"], "AAAA": ["2001:db8::1"]}}
    with Server(zones) as server:
        resolver = _resolver(server, connect_map=ConnectMap.parse([":80:127.0.0.1:8080"]))
        found = _run(lambda: resolver.endpoints("FILMS.example.", 80))
        # Many addresses that stand for one place are one place.
        assert found == (Endpoint("127.0.0.1", 8080),)
        assert found[0].resolved in zones["films.example"]["A"]
        # A name that is not in the lab's DNS is not in the lab.
        with pytest.raises(UnresolvedError):
            _run(lambda: _resolver(server).endpoints("none.example", 80))


def test_ipv6_is_used_where_there_is_nothing_else() -> None:
    zones = {
        "both.example": {"A": ["192.0.2.1"], "AAAA": ["2001:db8::1"]},
        "six.example": {"AAAA": ["2001:db8::1"]},
    }
    with Server(zones) as server:
        resolver = _resolver(server)
        assert _run(lambda: resolver.endpoints("both.example", 80)) == (Endpoint("192.0.2.1", 80),)
        assert _run(lambda: resolver.endpoints("six.example", 80)) == (
            Endpoint("2001:db8::1", 80),
        )


def test_a_host_of_many_addresses_is_tried_at_few() -> None:
    with Server({"films.example": {"A": [f"192.0.2.{i}" for i in range(50)]}}) as server:
        found = _run(lambda: _resolver(server).endpoints("films.example", 443))
    assert len(found) == MAX_ENDPOINTS


# ---------------------------------------------------------------- absence and failure


@pytest.mark.parametrize(
    ("entry", "rcode"),
    [
        (NXDOMAIN, Rcode.NXDOMAIN),
        (SERVFAIL, Rcode.SERVFAIL),
        (REFUSED, Rcode.REFUSED),
        (GARBAGE, Rcode.GARBAGE),
        # It exists, without an address.
        ({"MX": ["10 mail.example"]}, Rcode.NOERROR),
    ],
)
def test_only_nxdomain_says_that_a_name_does_not_exist(
    entry: Behaviour | dict[str, list[str]], rcode: Rcode
) -> None:
    with Server({"films.example": entry}) as server, pytest.raises(UnresolvedError) as caught:
        _run(lambda: _resolver(server).addresses("films.example"))
    assert caught.value.rcode is rcode


def test_a_nameserver_that_fails_is_passed_over_for_the_next() -> None:
    for behaviour in (SERVFAIL, REFUSED, GARBAGE, SILENT):
        with Server({"films.example": behaviour}) as bad, Server({"films.example": PUBLIC}) as ok:
            resolver = _resolver(bad, ok, timeout_s=0.1)
            assert _run(lambda r=resolver: r.addresses("films.example")) == ("192.0.2.1",)
            health = {h.nameserver.port: h for h in resolver.health()}
            assert health[ok.port].answered == 2
            assert health[bad.port].answered == 0


def test_nxdomain_is_believed_and_not_shopped_around() -> None:
    with Server({"films.example": NXDOMAIN}) as first, Server({"films.example": PUBLIC}) as second:
        resolver = _resolver(first, second)
        answer = _run(lambda: resolver.ask("films.example", "A"))
        assert answer.rcode is Rcode.NXDOMAIN
        assert second.questions == []


def test_a_failure_of_one_family_is_not_an_absence() -> None:
    class OnlyA(Server):
        def _entry(self, name: str, rdtype: str) -> object:  # type: ignore[override]
            return SERVFAIL if rdtype == "AAAA" else {}

    with OnlyA({}) as server, pytest.raises(UnresolvedError) as caught:
        _run(lambda: _resolver(server).addresses("films.example"))
    assert caught.value.rcode is Rcode.SERVFAIL


def test_attempts_are_counted() -> None:
    with Server({"films.example": SERVFAIL}) as server:
        _run(lambda: _resolver(server, attempts=4).ask("films.example", "A"))
        assert server.asked("films.example") == 4


def test_control_tells_whether_the_nameservers_work_at_all() -> None:
    with (
        Server({"known.example": PUBLIC}, default=SERVFAIL) as works,
        Server({}, default=REFUSED) as fails,
    ):
        assert _run(lambda: _resolver(works).control())
        assert _run(lambda: _resolver(works).control(["known.example", "other.example"]))
        assert not _run(lambda: _resolver(works).control(["other.example"]))
        assert not _run(lambda: _resolver(fails).control(["known.example"]))
    assert not _run(lambda: _resolver(works, timeout_s=0.05, attempts=1).control())


def test_control_is_not_answered_from_memory() -> None:
    with Server({"known.example": Turns([PUBLIC, SERVFAIL])}) as server:
        resolver = _resolver(server)

        async def run() -> bool:
            await resolver.ask("known.example", "A")
            return await resolver.control(["known.example"])

        assert not _run(run)


# ---------------------------------------------------------------- aliases


def test_an_alias_that_the_nameserver_did_not_follow_is_followed() -> None:
    zones = {
        "a.example": {"CNAME": ["b.example"]},
        "b.example": {"CNAME": ["c.example"]},
        "c.example": PUBLIC,
    }
    with Server(zones, chases=False) as server:
        answer = _run(lambda: _resolver(server).ask("a.example", "A"))
    assert answer.records == ("192.0.2.1",)
    assert answer.aliases == ("b.example", "c.example")


@pytest.mark.parametrize("chases", [True, False])
@pytest.mark.parametrize("length", [2, 30])
def test_alias_loops_and_long_chains_end(chases: bool, length: int) -> None:
    zones = {f"a{i}.example": {"CNAME": [f"a{(i + 1) % length}.example"]} for i in range(length)}
    with Server(zones, chases=chases) as server:
        answer = _run(lambda: _resolver(server, attempts=1).ask("a0.example", "A"))
        assert answer.rcode is Rcode.SERVFAIL
        assert len(server.questions) < 15


def test_an_alias_to_nothing_keeps_the_alias() -> None:
    # A dangling one: who registers the target takes the name over.
    with Server({"films.example": {"CNAME": ["gone.example"]}}) as server:
        answer = _run(lambda: _resolver(server).ask("films.example", "A"))
    assert answer.rcode is Rcode.NXDOMAIN
    assert answer.aliases == ("gone.example",)


# ---------------------------------------------------------------- memory


@pytest.mark.parametrize(
    ("entry", "ttl_s", "kept_s"),
    [
        (PUBLIC, 60, 60.0),
        (PUBLIC, 0, MIN_TTL_S),
        (PUBLIC, 10**6, MAX_TTL_S),
        (NXDOMAIN, 60, NEGATIVE_TTL_S),
        ({"TXT": ["x"]}, 60, NEGATIVE_TTL_S),
        (SERVFAIL, 60, FAILURE_TTL_S),
    ],
)
def test_an_answer_is_kept_for_its_time_within_bounds(
    entry: Behaviour | dict[str, list[str]], ttl_s: int, kept_s: float
) -> None:
    clock = Clock()

    async def run() -> None:
        with Server({"films.example": entry}, ttl_s=ttl_s) as server:
            resolver = _resolver(server, clock=clock, attempts=1)
            await resolver.ask("films.example", "A")
            clock.now += kept_s - 0.01
            await resolver.ask("Films.Example.", "a")
            assert server.asked("films.example") == 1
            clock.now += 0.02
            await resolver.ask("films.example", "A")
            assert server.asked("films.example") == 2

    asyncio.run(run())


def test_memory_is_bounded_and_the_oldest_goes() -> None:
    async def run() -> None:
        with Server({f"n{i}.example": PUBLIC for i in range(5)}) as server:
            resolver = _resolver(server, cache_entries=3)
            for i in range(5):
                await resolver.ask(f"n{i}.example", "A")
            await resolver.ask("n4.example", "A")
            await resolver.ask("n0.example", "A")
            assert server.asked("n4.example") == 1
            assert server.asked("n0.example") == 2

    asyncio.run(run())


def test_equal_questions_in_flight_are_one() -> None:
    async def run() -> None:
        with Server({"films.example": PUBLIC}) as server:
            resolver = _resolver(server)
            answers = await asyncio.gather(
                *(resolver.ask("films.example", "A") for _ in range(50))
            )
            assert {a.records for a in answers} == {("192.0.2.1",)}
            assert server.asked("films.example") == 1

    asyncio.run(run())


def test_who_gives_up_does_not_take_the_answer_from_the_others() -> None:
    async def run() -> None:
        with Server({"films.example": PUBLIC}) as server:
            resolver = _resolver(server)
            waiting = [asyncio.create_task(resolver.ask("films.example", "A")) for _ in range(3)]
            await asyncio.sleep(0)
            waiting[0].cancel()
            found = await asyncio.gather(*waiting, return_exceptions=True)
            assert isinstance(found[0], asyncio.CancelledError)
            assert [f.records for f in found[1:] if not isinstance(f, BaseException)] == [
                ("192.0.2.1",)
            ] * 2
            assert server.asked("films.example") == 1

    asyncio.run(run())


def test_closing_gives_up_what_is_in_flight() -> None:
    async def run() -> None:
        with Server({"films.example": SILENT}) as server:
            resolver = _resolver(server, timeout_s=60.0)
            waiting = asyncio.create_task(resolver.ask("films.example", "A"))
            await asyncio.sleep(0)
            await resolver.close()
            with pytest.raises(asyncio.CancelledError):
                await waiting

    asyncio.run(run())


def test_many_questions_wait_their_turn_and_all_are_answered() -> None:
    async def run() -> None:
        with Server({f"n{i}.example": PUBLIC for i in range(60)}) as server:
            resolver = _resolver(server, concurrency=5)
            answers = await asyncio.gather(
                *(resolver.ask(f"n{i}.example", "A") for i in range(60))
            )
            assert all(a.records for a in answers)
            (health,) = resolver.health()
            assert (health.sent, health.answered, health.timeouts) == (60, 60, 0)

    asyncio.run(run())


# ---------------------------------------------------------------- facts


def test_facts_are_the_hosts_addresses_and_the_domains_servers() -> None:
    zones = {
        "films.example": {
            "SOA": ["ns1.dns.example. Abuse\\.desk.films.example. 1 7200 3600 1209600 60"],
            "NS": ["NS2.dns.example", "ns1.dns.example"],
            "MX": ["20 mail2.films.example", "10 mail.films.example"],
        },
        "www.films.example": {"CNAME": ["edge.cdn.example"]},
        "edge.cdn.example": {
            "A": ["192.0.2.10", "192.0.2.9", "192.0.2.100"],
            "AAAA": ["2001:DB8:0::1"],
        },
    }
    with Server(zones) as server:
        facts = _run(lambda: _resolver(server).facts("www.films.example"))
    assert facts == DnsFacts(
        rcode=Rcode.NOERROR,
        addresses=("192.0.2.9", "192.0.2.10", "192.0.2.100", "2001:db8::1"),
        aliases=("edge.cdn.example",),
        nameservers=("ns1.dns.example", "ns2.dns.example"),
        mail_exchangers=("mail.films.example", "mail2.films.example"),
        soa_rname="abuse\\.desk.films.example",
    )


def test_a_domain_that_does_not_exist_costs_its_first_questions_only() -> None:
    with Server({}) as server:
        facts = _run(lambda: _resolver(server).facts("films.example"))
        assert facts == DnsFacts(rcode=Rcode.NXDOMAIN)
        assert {q.rdtype for q in server.questions} == {"SOA", "NS"}


def test_a_null_mail_exchanger_is_none() -> None:
    with Server({"films.example": {"A": ["192.0.2.1"], "MX": ["0 ."]}}) as server:
        facts = _run(lambda: _resolver(server).facts("films.example"))
    assert facts.mail_exchangers == ()
    assert facts.soa_rname is None


def _texts(zones: dict[str, Any], host: str = "films.example") -> tuple[str, ...]:
    with Server(zones) as server:
        facts = _run(lambda: _resolver(server).facts(host))
        assert facts.rcode is Rcode.NOERROR
        assert server.asked(host, "TXT") == (host == "films.example")
    return facts.texts


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param(['"' + "x" * 255 + '"'], id="too long for a token"),
        pytest.param(['"a" ' * 250], id="too long in pieces"),
        pytest.param([r'"\195\164"'], id="not ASCII"),
        pytest.param([r'"a\007b"'], id="control characters"),
        pytest.param(['""'], id="empty"),
    ],
)
def test_texts_that_can_hold_no_token_are_left_out(texts: list[str]) -> None:
    assert _texts({"films.example": {"A": ["192.0.2.1"], "TXT": texts}}) == ()


def test_texts_behind_an_alias_are_somebody_elses() -> None:
    zones = {
        "films.example": {"CNAME": ["platform.example"]},
        "platform.example": {"A": ["192.0.2.1"], "TXT": ['"google-site-verification=x"']},
    }
    assert _texts(zones) == ()


def test_texts_are_put_together_sorted_and_few() -> None:
    texts = [f'"text {i:03}"' for i in range(60, 0, -1)] + ['"an" "other"', r'"a\"quote"']
    found = _texts({"films.example": {"A": ["192.0.2.1"], "TXT": texts}})
    assert found[:3] == ('a"quote', "another", "text 001")
    assert len(found) == 30


def test_texts_are_those_of_the_registrable_domain() -> None:
    zones: dict[str, Any] = {
        "films.example": {"TXT": ['"of the domain"']},
        "www.films.example": {"A": ["192.0.2.1"], "TXT": ['"of the host"']},
    }
    assert _texts(zones, "www.films.example") == ("of the domain",)


class FailingForTexts(Server):
    """Fails for questions of the type TXT, and for them alone."""

    failure = SERVFAIL

    def _entry(self, name: str, rdtype: str) -> Records | Behaviour:
        return self.failure if rdtype == "TXT" else super()._entry(name, rdtype)


@pytest.mark.parametrize("failure", [SERVFAIL, REFUSED, SILENT, NXDOMAIN, GARBAGE], ids=str)
def test_that_texts_cannot_be_had_is_not_the_hosts_failure(failure: Behaviour) -> None:
    zones = {"films.example": {"A": ["192.0.2.1"], "MX": ["10 mail.films.example"]}}
    with FailingForTexts(zones) as server:
        server.failure = failure
        facts = _run(lambda: _resolver(server, timeout_s=0.3).facts("films.example"))
    assert (facts.rcode, facts.addresses) == (Rcode.NOERROR, ("192.0.2.1",))
    assert (facts.mail_exchangers, facts.texts) == (("mail.films.example",), ())


def test_a_visit_does_not_wait_for_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolver_module, "TEXTS_TIMEOUT_S", 0.0)
    with Server({"films.example": {"A": ["192.0.2.1"], "TXT": ['"late"']}}) as server:
        facts = _run(lambda: _resolver(server).facts("films.example"))
    assert (facts.addresses, facts.texts) == (("192.0.2.1",), ())


# ---------------------------------------------------------------- set-up


@pytest.mark.parametrize("name", ["straße.example", "a" * 64 + ".example", "a..b"])
def test_what_dns_cannot_carry_is_told(name: str) -> None:
    with Server({}) as server, pytest.raises(ValueError, match="DNS"):
        _run(lambda: _resolver(server).ask(name, "A"))


def test_a_resolver_needs_an_attempt() -> None:
    with pytest.raises(ConfigError):
        Resolver([Nameserver("192.0.2.53")], attempts=0)


def test_a_copy_of_the_settings_holds_the_same_resolver() -> None:
    resolver = Resolver([Nameserver("192.0.2.53")])
    assert copy.deepcopy({"MIRRORHUNT_RESOLVER": resolver})["MIRRORHUNT_RESOLVER"] is resolver
