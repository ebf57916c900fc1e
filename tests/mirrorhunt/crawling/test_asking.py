"""Which made-up names exist, asked of real nameservers on loopback."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from scrapy.statscollectors import MemoryStatsCollector
from scrapy.utils.test import get_crawler

from mirrorhunt.config import Config
from mirrorhunt.crawling import asking
from mirrorhunt.crawling.asking import Asker
from mirrorhunt.net.nameserver import Nameserver
from mirrorhunt.net.resolver import Resolver
from mirrorhunt.variants import Proposal
from tests.nameserver import GARBAGE, NXDOMAIN, REFUSED, SERVFAIL, SILENT, Behaviour
from tests.nameserver import Nameserver as Server

SOA = ["ns.example who.example 1 7200 900 1209600 60"]
FILTERED = Behaviour.FILTERED
OWN = {"A": ["192.0.2.80"], "SOA": SOA}
"""A name that somebody registered and uses."""


def _at(server: Server) -> Nameserver:
    return Nameserver(server.address, server.port)


def _proposals(names: Iterable[str]) -> list[Proposal]:
    return [Proposal(name, "numbered", 0.01, "the next number") for name in names]


def _found(
    servers: Sequence[Server],
    names: Iterable[str],
    known: Sequence[str] = (),
    stats: Any = None,
    timeout_s: float = 5.0,
) -> dict[str, bool]:
    """Host to whether it has an address."""

    async def run() -> dict[str, bool]:
        where = [_at(server) for server in servers]
        resolver = Resolver(where)
        asker = Asker(resolver, stats=stats, timeout_s=timeout_s)
        try:
            await asker.check_nameservers(known)
            return {
                found.proposal.host: found.has_address
                async for found in asker.existing(_proposals(names), known)
            }
        finally:
            await asker.close()
            await resolver.close()

    return asyncio.run(run())


def _stats() -> MemoryStatsCollector:
    return MemoryStatsCollector(get_crawler())


# ---------------------------------------------------------------- what must not be found


def test_names_that_do_not_exist_are_not_found() -> None:
    with Server({}) as server:
        assert _found([server], [f"films{i}.example" for i in range(300)]) == {}


@pytest.mark.parametrize("failure", [SERVFAIL, REFUSED], ids=str)
def test_a_failure_finds_nothing(failure: Any) -> None:
    with Server({"films2.test": failure, "films3.test": OWN}) as server:
        assert _found([server], ["films2.test", "films3.test"]) == {"films3.test": True}


def test_a_suffix_that_answers_for_everything_finds_only_what_is_registered() -> None:
    zones = {"films2.ws": OWN}
    with Server(zones, wildcards={"ws": {"A": ["192.0.2.1"]}}) as server:
        assert _found([server], [f"films{i}.ws" for i in range(50)]) == {"films2.ws": True}


def test_a_nameserver_that_makes_names_up_is_not_asked() -> None:
    with (
        Server({"films2.test": OWN}) as good,
        Server({}, wildcards={"": {"A": ["192.0.2.66"]}}) as liar,
    ):
        stats = _stats()
        names = [f"films{i}.test" for i in range(40)]

        assert _found([liar, good], names, stats=stats) == {"films2.test": True}
        assert not {q.name for q in liar.questions} & set(names)
        assert list(stats.get_stats()) == [f"mirrorhunt/nameserver_lies/{_at(liar)}"]


def test_the_resolver_of_visits_asks_nobody_who_lies_or_hides() -> None:
    with (
        Server({"films1.test": OWN}) as good,
        Server({"films1.test": NXDOMAIN}) as filter_,
        Server({"films1.test": OWN}, wildcards={"": {"A": ["192.0.2.66"]}}) as liar,
    ):

        async def run() -> None:
            resolver = Resolver([_at(filter_), _at(liar), _at(good)])
            asker = Asker(resolver)
            await asker.check_nameservers(["films1.test"])
            assert resolver.nameservers == (_at(good),)
            await asker.close()

        asyncio.run(run())


def test_where_all_make_names_up_their_lies_are_told_from_the_rest() -> None:
    with Server({"films2.test": OWN}, wildcards={"": {"A": ["192.0.2.66"]}}) as liar:
        assert _found([liar], [f"films{i}.test" for i in range(50)]) == {"films2.test": True}


def test_where_nobody_answers_it_soon_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "MAX_FAILURES", 5)
    with Server({}, default=SERVFAIL) as server:
        assert _found([server], (f"films{i}.test" for i in range(100_000))) == {}
        # What was in flight when it was noticed, at most.
        assert len({q.name for q in server.questions}) < 1000


def test_where_all_are_silent_it_stops_sooner() -> None:
    with Server({}, default=SILENT) as server:
        names = (f"films{i}.test" for i in range(100_000))
        assert _found([server], names, timeout_s=0.05) == {}
        # Each of them costs three timeouts.
        assert len({q.name for q in server.questions}) < 100


# ---------------------------------------------------------------- what is found


def test_names_that_exist_are_found_with_or_without_an_address() -> None:
    zones = {
        "films2.test": OWN,
        "films3.test": {"SOA": SOA, "NS": ["ns.example"]},
        "films4.test": {"CNAME": ["gone.example"], "SOA": SOA},
    }
    with Server(zones) as server:
        found = _found([server], [f"films{i}.test" for i in range(10)])

    assert found == {"films2.test": True, "films3.test": False, "films4.test": False}


def test_many_names_are_found_once_each() -> None:
    names = [f"films{i}.test" for i in range(100)]
    with Server(dict.fromkeys(names, OWN)) as server:
        assert _found([server], names) == dict.fromkeys(names, True)


def test_a_nameserver_that_hides_a_known_host_is_reported_and_not_asked_for_more() -> None:
    zones = {"films1.test": OWN, "films2.test": OWN}
    hiding: dict[str, Any] = {"films1.test": NXDOMAIN, "films2.test": OWN}
    with Server(zones) as good, Server(hiding) as filter_:
        stats = _stats()

        assert _found([filter_, good], ["films2.test"], ["films1.test"], stats) == {
            "films2.test": True
        }
        assert filter_.asked("films2.test") <= 1
        assert stats.get_stats() == {f"mirrorhunt/nameserver_blocks/{_at(filter_)}": 1}


def test_what_a_nameserver_denied_before_it_was_found_hiding_is_asked_for_again() -> None:
    # It hides half of the names, one after the other: the two are asked in turns, and were it each
    # second name, it could be asked for all that it hides, and be found out by none of the others.
    names = [f"films{i}.test" for i in range(60)]
    hiding: dict[str, Any] = dict.fromkeys(names, OWN) | dict.fromkeys(names[:30], NXDOMAIN)
    with Server(dict.fromkeys(names, OWN)) as good, Server(hiding) as filter_:
        assert _found([filter_, good], names) == dict.fromkeys(names, True)


def test_what_hardly_has_a_site_comes_last_and_the_likeliest_first() -> None:
    def at(nameserver: str) -> Any:
        return {**OWN, "NS": [nameserver]}

    zones: dict[str, Any] = {
        "films2.test": {"SOA": SOA, "NS": ["ns.example"]},
        "films3.test": at("ns1.sedoparking.com"),
        # Listed as parking, but the default of a registrar: sites stand there.
        "films4.test": at("dns1.registrar-servers.com"),
        "films5.test": at("ns.example"),
    }

    async def run(server: Server) -> list[tuple[str, bool]]:
        resolver = Resolver([_at(server)])
        asker = Asker(resolver)
        proposals = [Proposal(n, "numbered", 0.01 * i, "") for i, n in enumerate(zones, 1)]
        # More than are checked at once: the order holds for all of them.
        proposals += _proposals(f"films{i}.example" for i in range(300))
        try:
            return [(f.proposal.host, f.is_parked) async for f in asker.existing(proposals)]
        finally:
            await asker.close()
            await resolver.close()

    with Server(zones) as server:
        found = asyncio.run(run(server))

    assert found == [
        ("films5.test", False),
        ("films4.test", False),
        ("films3.test", True),
        ("films2.test", False),
    ]


def test_a_nameserver_that_stopped_answering_is_named() -> None:
    with Server({"films2.test": OWN}) as good, Server({}, default=SILENT) as silent:
        stats = _stats()

        names = ["films2.test", "films3.test"]
        assert _found([silent, good], names, stats=stats, timeout_s=0.2) == {"films2.test": True}
        assert list(stats.get_stats()) == [f"mirrorhunt/nameserver_down/{_at(silent)}"]


# ---------------------------------------------------------------- the resolver and the settings


def test_a_resolver_passes_over_who_lies_unless_nobody_else_is_left() -> None:
    one, other = Nameserver("192.0.2.53"), Nameserver("192.0.2.54")
    resolver = Resolver([one, other])

    resolver.pass_over({other})
    assert resolver.nameservers == (one,)
    resolver.pass_over({one})
    assert resolver.nameservers == (one,)


def test_authorities_are_asked_only_where_no_nameserver_is_configured() -> None:
    resolver = Resolver([Nameserver("192.0.2.53")])

    configured = Asker.of(resolver, Config(nameservers=("192.0.2.53",)), None)
    assert configured.truth.has_authority is False
    assert Asker.of(resolver, Config(), None).truth.has_authority is True


# ---------------------------------------------------------------- what is told of nameservers


def _hidden(zones: dict[str, Any], **manner: Any) -> list[tuple[str, str]]:
    """(host, how) of what a nameserver with *zones* hides, beside an honest one."""
    known = ["films1.test", "films2.test", "films3.test"]
    with Server(dict.fromkeys(known, OWN)) as good, Server(zones, **manner) as other:

        async def run() -> list[tuple[str, str]]:
            asker = Asker(Resolver([_at(other), _at(good)]), timeout_s=0.5)
            try:
                await asker.check_nameservers(known)
                assert {h.nameserver for h in asker.hidden} <= {str(_at(other))}
                return sorted((h.host, h.how) for h in asker.hidden)
            finally:
                await asker.close()

        return asyncio.run(run())


@pytest.mark.parametrize("failure", [SERVFAIL, SILENT, GARBAGE], ids=str)
def test_a_nameserver_that_fails_hides_nothing(failure: Any) -> None:
    assert _hidden({}, default=failure) == []
    assert _hidden({"films1.test": failure, "films2.test": OWN, "films3.test": OWN}) == []


def test_a_nameserver_that_refuses_us_everything_hides_nothing() -> None:
    # The root as well: we are none of its clients.
    assert _hidden({}, wildcards={}, default=REFUSED) != []
    assert _hidden({"": REFUSED}, default=REFUSED) == []


@pytest.mark.parametrize(
    ("entry", "how"),
    [
        (NXDOMAIN, "nxdomain"),
        (REFUSED, "refused"),
        (FILTERED, "filtered"),
        ({"A": ["127.0.0.1"]}, "address"),
        ({"TXT": ["stopped"]}, "no_address"),
    ],
    ids=["nxdomain", "refused", "filtered", "address", "no address"],
)
def test_how_a_name_is_hidden_is_one_word(entry: Any, how: str) -> None:
    zones = {"films1.test": entry, "films2.test": OWN, "films3.test": OWN}
    assert _hidden(zones) == [("films1.test", how)]
