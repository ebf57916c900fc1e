"""What is believed of nameservers that make names up, hide them, or answer for everything."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from mirrorhunt.model import Rcode
from mirrorhunt.net.authority import Authority
from mirrorhunt.net.bulk import Outcome
from mirrorhunt.net.guard import networks
from mirrorhunt.net.nameserver import Nameserver
from mirrorhunt.net.resolver import Resolver
from mirrorhunt.net.truth import MAX_AGE_S, PROBES, BlockedAnswer, Truth, Wildcard
from tests.nameserver import GARBAGE, NXDOMAIN, REFUSED, SERVFAIL, SILENT, Behaviour, Turns
from tests.nameserver import Nameserver as Server

SOON_S = 0.2
PUBLIC = {"A": ["192.0.2.1"]}
OWN = {"A": ["192.0.2.80"], "SOA": ["ns.example who.example 1 7200 900 1209600 60"]}
"""A name that somebody registered: it has a zone."""


def _at(server: Server) -> Nameserver:
    return Nameserver(server.address, server.port)


def _truth(*servers: Server, **options: Any) -> Truth:
    options.setdefault("timeout_s", 5.0)
    return Truth([_at(server) for server in servers], **options)


def _run(what: Callable[[], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        return await what()

    return asyncio.run(run())


def _outcome(name: str, *addresses: str, by: Server, aliases: Sequence[str] = ()) -> Outcome:
    return Outcome(name, Rcode.NOERROR, addresses, tuple(aliases), _at(by))


# ---------------------------------------------------------------- nameservers that make names up


@pytest.mark.parametrize("entry", [NXDOMAIN, SERVFAIL, REFUSED, GARBAGE, {}], ids=str)
def test_a_nameserver_without_an_address_for_made_up_names_stays(entry: Any) -> None:
    # Whatever else is wrong with it, it has not lied.
    with Server({}, wildcards={"": entry}) as server:
        truth = _truth(server)
        _run(truth.check_nameservers)

        assert truth.disqualified == {}
        assert truth.trusted == (_at(server),)


@pytest.mark.parametrize("suffix", ["", "com", "net", "org"])
def test_a_nameserver_that_answers_for_made_up_names_is_disqualified(suffix: str) -> None:
    with Server({}) as good, Server({}, wildcards={suffix: {"A": ["192.0.2.66"]}}) as liar:
        truth = _truth(good, liar)
        _run(truth.check_nameservers)

        assert truth.trusted == (_at(good),)
        assert set(truth.disqualified) == {_at(liar)}
        assert "192.0.2.66" in truth.disqualified[_at(liar)]


def test_a_nameserver_may_mend_its_ways() -> None:
    with Server({}, wildcards={"": PUBLIC}) as server:
        truth = _truth(server)

        async def run() -> None:
            await truth.check_nameservers()
            assert list(truth.disqualified) == [_at(server)]
            server.wildcards.clear()
            await truth.check_nameservers()
            assert truth.disqualified == {}

        asyncio.run(run())


def test_where_everybody_lies_only_a_name_with_a_zone_is_believed() -> None:
    zones = {"films.example": OWN, "series.example": {"A": ["192.0.2.80"]}}
    with Server(zones, wildcards={"": PUBLIC}) as liar:
        truth = _truth(liar)

        async def run() -> None:
            await truth.check_nameservers()
            assert truth.trusted == (_at(liar),)
            true = await truth.check(_outcome("films.example", "192.0.2.80", by=liar))
            assert true.is_believed
            for name, address in (
                ("made-up.example", "192.0.2.1"),
                ("series.example", "192.0.2.80"),
            ):
                false = await truth.check(_outcome(name, address, by=liar))
                assert not false.is_believed

        asyncio.run(run())


# ---------------------------------------------------------------- wildcards


def _checked(server: Server, outcome: Outcome, **options: Any) -> bool:
    truth = _truth(server, **options)
    return bool(_run(lambda: truth.check(outcome)).is_believed)


@pytest.mark.parametrize(
    ("entry", "addresses", "aliases"),
    [
        pytest.param(PUBLIC, ["192.0.2.1"], [], id="one address"),
        pytest.param({"A": ["192.0.2.1", "192.0.2.2"]}, ["192.0.2.2"], [], id="one of two"),
        # Round-robin: no single probe sees them all, and this answer's turn comes last.
        pytest.param(
            Turns([{"A": [f"192.0.2.{i}"]} for i in (1, 2, 1, 2, 3)] + [PUBLIC]),
            ["192.0.2.3"],
            [],
            id="in turns",
        ),
        pytest.param(
            {"CNAME": ["parking.example"]},
            # The target's address changes; that it is the target does not.
            ["192.0.2.9"],
            ["parking.example"],
            id="an alias",
        ),
        pytest.param({"TXT": ["x"]}, [], [], id="no address"),
    ],
)
def test_a_name_like_any_made_up_one_is_not_believed(
    entry: Any, addresses: list[str], aliases: list[str]
) -> None:
    zones = {"parking.example": {"A": ["192.0.2.7"]}}
    with Server(zones, wildcards={"ws": entry}) as server:
        outcome = _outcome("films.ws", *addresses, by=server, aliases=aliases)
        assert not _checked(server, outcome)


def test_a_registered_name_below_a_wildcard_is_believed() -> None:
    with Server({"films.ws": OWN}, wildcards={"ws": PUBLIC}) as server:
        assert _checked(server, _outcome("films.ws", "192.0.2.80", by=server))
        # And one that the registry parks where its wildcard points is not.
        assert not _checked(server, _outcome("films.ws", "192.0.2.1", by=server))


def test_a_wildcard_whose_answers_never_repeat_needs_a_zone() -> None:
    endless = Turns([{"A": [f"192.0.2.{i}"]} for i in range(1, 200)])
    with Server({"films.ws": OWN}, wildcards={"ws": endless}) as server:
        truth = _truth(server)

        async def run() -> None:
            wildcard = await truth.wildcard("ws")
            assert wildcard.is_endless
            assert not (
                await truth.check(_outcome("series.ws", "192.0.2.222", by=server))
            ).is_believed
            assert (await truth.check(_outcome("films.ws", "192.0.2.80", by=server))).is_believed

        asyncio.run(run())


def test_an_alias_that_repeats_the_question_is_one_answer() -> None:
    known = Wildcard(targets=frozenset({"*.parking.example"}))

    assert known.covers(
        Outcome("films.ws", Rcode.NOERROR, ("192.0.2.1",), ("films.parking.example",))
    )
    assert not known.covers(
        Outcome("films.ws", Rcode.NOERROR, ("192.0.2.1",), ("films.shop.example",))
    )


def test_hosts_are_levels_too() -> None:
    zones = {"films.example": PUBLIC, "www.series.example": PUBLIC, "series.example": PUBLIC}
    with Server(zones, wildcards={"films.example": PUBLIC}) as server:
        truth = _truth(server)

        async def run() -> None:
            assert (await truth.wildcard("films.example")).answers
            assert not (await truth.wildcard("series.example")).answers
            for name, is_believed in (("www.films.example", False), ("www.series.example", True)):
                checked = await truth.check(_outcome(name, "192.0.2.1", by=server))
                assert checked.is_believed is is_believed

        asyncio.run(run())


def test_a_level_is_probed_at_least_three_times_and_then_remembered() -> None:
    clock = [1000.0]
    with Server({}, wildcards={"ws": PUBLIC}) as server:
        truth = _truth(server, clock=lambda: clock[0])

        async def run() -> None:
            await asyncio.gather(*(truth.wildcard("ws") for _ in range(5)))
            asked = len(server.questions)
            assert asked >= PROBES
            assert len({q.name for q in server.questions}) == asked
            await truth.wildcard("ws")
            assert len(server.questions) == asked
            # Registries switch wildcards off.
            server.wildcards.clear()
            clock[0] += MAX_AGE_S + 1
            assert not (await truth.wildcard("ws")).answers

        asyncio.run(run())


@pytest.mark.parametrize("failure", [SERVFAIL, GARBAGE, SILENT])
def test_a_level_that_nobody_answers_for_is_not_believed_in(failure: Any) -> None:
    with Server({}, wildcards={"ws": failure}) as server:
        truth = _truth(server, timeout_s=SOON_S)

        async def run() -> None:
            checked = await truth.check(_outcome("films.ws", "192.0.2.80", by=server))
            assert not checked.is_believed
            # A failure is not remembered as the absence of a wildcard.
            server.wildcards.clear()
            server.zones["films.ws"] = OWN
            checked = await truth.check(_outcome("films.ws", "192.0.2.80", by=server))
            assert checked.is_believed

        asyncio.run(run())


# ---------------------------------------------------------------- nameservers that hide names

HIDING = {
    "filtered, as it says,": Behaviour.FILTERED,
    "NXDOMAIN": NXDOMAIN,
    "REFUSED": REFUSED,
    "no address": {"SOA": OWN["SOA"]},
    "address 0.0.0.0": {"A": ["0.0.0.0"]},
    "address 127.0.0.1": {"A": ["127.0.0.1"]},
    "address 10.10.10.10": {"A": ["10.10.10.10"]},
}


@pytest.mark.parametrize("how", HIDING)
def test_a_nameserver_that_hides_a_known_name_is_found_out(how: str) -> None:
    with (
        Server({"films.example": OWN}) as open_,
        Server({"films.example": HIDING[how]}) as filter_,
    ):
        truth = _truth(open_, filter_)
        _run(lambda: truth.compare(["films.example"]))

        said = f"{how} here, an address at {_at(open_)}"
        assert truth.blocked == (BlockedAnswer("films.example", _at(filter_), said),)
        # Its absences are worth nothing, so it is not asked for others.
        assert truth.unfiltered == (_at(open_),)


@pytest.mark.parametrize(
    ("here", "there"),
    [
        pytest.param(OWN, {"A": ["192.0.2.81"], "SOA": OWN["SOA"]}, id="another edge of a CDN"),
        pytest.param(OWN, SERVFAIL, id="a failure"),
        pytest.param(OWN, GARBAGE, id="garbage"),
        pytest.param(OWN, SILENT, id="silence"),
        pytest.param(NXDOMAIN, NXDOMAIN, id="gone everywhere"),
        pytest.param({"A": ["0.0.0.0"]}, {"A": ["0.0.0.0"]}, id="its owner switched it off"),
        # No zone behind it: more likely made up there than hidden here.
        pytest.param(PUBLIC, NXDOMAIN, id="an address without a zone"),
    ],
)
def test_what_is_no_hiding(here: Any, there: Any) -> None:
    with Server({"films.example": here}) as one, Server({"films.example": there}) as other:
        truth = _truth(one, other, timeout_s=SOON_S)
        _run(lambda: truth.compare(["films.example"]))

        assert truth.blocked == ()
        assert truth.unfiltered == (_at(one), _at(other))


def test_one_nameserver_alone_hides_nothing_that_could_be_known() -> None:
    with Server({"films.example": NXDOMAIN}) as server:
        truth = _truth(server)
        _run(lambda: truth.compare(["films.example"]))

        assert truth.blocked == ()
        assert truth.unfiltered == (_at(server),)


def _hosts(*addresses: str) -> dict[str, Any]:
    return {
        f"films{i}.example": {"A": [address], "SOA": OWN["SOA"]}
        for i, address in enumerate(addresses)
    }


APART = _hosts("192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4")


def test_a_block_page_with_an_address_of_its_own_is_found_out() -> None:
    page = _hosts("192.0.2.99", "192.0.2.99", "192.0.2.99", "192.0.2.4")
    with Server(APART) as open_, Server(page) as filter_:
        truth = _truth(open_, filter_)
        _run(lambda: truth.compare(APART))

        assert {b.name for b in truth.blocked} == {f"films{i}.example" for i in range(3)}
        assert {b.nameserver for b in truth.blocked} == {_at(filter_)}
        assert "192.0.2.99" in truth.blocked[0].how


@pytest.mark.parametrize(
    ("here", "there"),
    [
        # One hoster's edge near us, and its edge near the other nameserver.
        pytest.param(["192.0.2.1"] * 4, ["192.0.2.2"] * 4, id="one server, two edges"),
        pytest.param(["192.0.2.1"] * 4, ["192.0.2.1"] * 4, id="one server"),
        pytest.param(
            ["192.0.2.1", "192.0.2.1", "192.0.2.5", "192.0.2.6"],
            ["192.0.2.11", "192.0.2.12", "192.0.2.13", "192.0.2.14"],
            id="two by chance",
        ),
        pytest.param(
            ["192.0.2.1", "192.0.2.1", "192.0.2.1", "192.0.2.1"],
            ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"],
            id="the other one knows the address",
        ),
    ],
)
def test_one_address_for_many_is_not_always_a_block_page(
    here: list[str], there: list[str]
) -> None:
    with Server(_hosts(*here)) as one, Server(_hosts(*there)) as other:
        truth = _truth(one, other)
        _run(lambda: truth.compare(APART))

        assert truth.blocked == ()


def test_one_nameserver_may_say_itself_that_it_filters() -> None:
    with Server({"films.example": Behaviour.FILTERED}) as server:
        truth = _truth(server)
        _run(lambda: truth.compare(["films.example", "gone.example"]))

        assert [blocked.how for blocked in truth.blocked] == ["filtered, as it says"]


def test_a_level_too_long_to_be_probed_is_not_believed_in() -> None:
    level = ".".join(["f" * 55] * 4)
    with Server({}) as server:
        outcome = _outcome(f"films.{level}", "192.0.2.1", by=server)
        assert not _run(lambda: _truth(server).check(outcome)).is_believed


def test_a_blocked_address_is_replaced_by_the_true_one() -> None:
    with (
        Server({"films.example": {"A": ["0.0.0.0"]}}) as filter_,
        Server({"films.example": OWN}) as open_,
    ):
        truth = _truth(filter_, open_)
        checked = _run(lambda: truth.check(_outcome("films.example", "0.0.0.0", by=filter_)))

        assert checked.is_believed
        assert checked.outcome.addresses == ("192.0.2.80",)
        assert [blocked.nameserver for blocked in truth.blocked] == [_at(filter_)]


def test_a_name_that_another_nameserver_denies_needs_a_zone() -> None:
    zones = {"films.example": OWN, "made-up.example": PUBLIC}
    with Server(zones) as one, Server({}) as other:
        truth = _truth(one, other)

        async def run() -> None:
            true = await truth.check(_outcome("films.example", "192.0.2.80", by=one))
            false = await truth.check(_outcome("made-up.example", "192.0.2.1", by=one))
            assert true.is_believed
            assert not false.is_believed
            assert str(_at(other)) in false.why

        asyncio.run(run())
        assert [blocked.name for blocked in truth.blocked] == ["films.example"]


def test_an_unregistered_name_without_an_address_is_denied() -> None:
    with Server({"films.example": {}}) as one, Server({}) as other:
        truth = _truth(one, other)
        assert not _run(lambda: truth.check(_outcome("films.example", by=one))).is_believed


# ---------------------------------------------------------------- the suffix's own nameservers


def test_a_silent_nameserver_is_asked_for_no_second_opinion() -> None:
    names = [f"films{i}.test" for i in range(30)]
    with Server(dict.fromkeys(names, OWN)) as good, Server({}, default=SILENT) as silent:
        truth = _truth(good, silent, timeout_s=0.5, clock=lambda: 1000.0)

        async def check() -> list[bool]:
            outcomes = [_outcome(name, "192.0.2.80", by=good) for name in names]
            return [(await truth.check(outcome)).is_believed for outcome in outcomes]

        assert all(_run(check))
        before = len(silent.questions)
        assert all(_run(check))
        assert len(silent.questions) == before


def _authority(resolver: Resolver, suffix_server: Server) -> Authority:
    return Authority(
        resolver.ask,
        clock=time.monotonic,
        port=suffix_server.port,
        allow=networks(["127.0.0.1"]),
        timeout_s=SOON_S,
    )


@pytest.mark.parametrize(
    ("entry", "is_delegated"),
    [
        ({"NS": ["ns.films.test"]}, True),
        (NXDOMAIN, False),
        # Exists without being delegated: a wildcard's.
        ({"A": ["192.0.2.1"]}, False),
        (SERVFAIL, None),
        (SILENT, None),
    ],
    ids=str,
)
def test_a_suffix_says_whether_it_delegates(entry: Any, is_delegated: bool | None) -> None:
    recursor = {"test": {"NS": ["ns.nic.test"]}, "ns.nic.test": {"A": ["127.0.0.1"]}}
    with Server(recursor) as asked, Server({"films.test": entry}) as suffix:

        async def run() -> None:
            resolver = Resolver([_at(asked)], timeout_s=5.0)
            authority = _authority(resolver, suffix)
            assert await authority.is_delegated("films.test") is is_delegated
            # Lame or not: who is registered is so, though nobody resolves it.
            truth = _truth(asked, authority=authority)
            assert await truth.is_lame("films.test") is bool(is_delegated)

        asyncio.run(run())


def test_one_nameserver_is_held_against_the_suffix() -> None:
    recursor = {
        "test": {"NS": ["ns.nic.test"]},
        "ns.nic.test": {"A": ["127.0.0.1"]},
        "films.test": NXDOMAIN,
        "gone.test": NXDOMAIN,
    }
    with Server(recursor) as asked, Server({"films.test": {"NS": ["ns.films.test"]}}) as suffix:

        async def run() -> None:
            authority = _authority(Resolver([_at(asked)], timeout_s=5.0), suffix)
            truth = _truth(asked, authority=authority)
            await truth.compare(["films.test", "gone.test"])
            assert [blocked.name for blocked in truth.blocked] == ["films.test"]

        asyncio.run(run())


@pytest.mark.parametrize(
    "recursor",
    [
        pytest.param({}, id="no nameservers"),
        pytest.param({"test": {"NS": ["ns.nic.test"]}}, id="no address"),
        pytest.param(
            {"test": {"NS": ["ns.nic.test"]}, "ns.nic.test": {"A": ["10.0.0.1"]}},
            id="an address inside",
        ),
    ],
)
def test_a_suffix_that_cannot_be_asked_has_no_opinion(recursor: Any) -> None:
    with Server(recursor) as asked, Server({"films.test": OWN}) as suffix:

        async def run() -> None:
            authority = _authority(Resolver([_at(asked)], timeout_s=5.0), suffix)
            assert await authority.is_delegated("films.test") is None

        asyncio.run(run())
        assert suffix.questions == []
