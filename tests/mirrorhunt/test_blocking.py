"""What is held to be blocked, by real answers of nameservers on loopback."""

import asyncio
from collections.abc import Sequence

import pytest

from mirrorhunt.blocking import Measured, measure
from mirrorhunt.errors import NoNetworkError
from mirrorhunt.net import nameserver as asked
from mirrorhunt.net.resolver import Resolver
from tests.nameserver import (
    NXDOMAIN,
    REFUSED,
    SERVFAIL,
    SILENT,
    Behaviour,
    Entry,
    Nameserver,
    Records,
    Turns,
)

ROOT: dict[str, Entry] = {"": {"NS": ["a.root.example"]}}
HOSTS = [f"films{n}.example" for n in range(4)]
TRUE: dict[str, Entry] = {h: {"A": [f"192.0.2.{n}"]} for n, h in enumerate(HOSTS, start=1)}
STOP: Entry = {"A": ["198.51.100.9"]}
[HOST, *OTHERS] = HOSTS


class Partly(Nameserver):
    """Fails for some types of all names."""

    failing: frozenset[str] = frozenset()

    def _entry(self, name: str, rdtype: str) -> Records | Behaviour:
        return SERVFAIL if name and rdtype in self.failing else super()._entry(name, rdtype)


def failing(rdtype: str, zones: dict[str, Entry]) -> Nameserver:
    made = Partly(ROOT | zones)
    made.failing = frozenset({rdtype})
    return made


def measured(
    isp: Nameserver,
    trusted: Nameserver,
    hosts: Sequence[str] = (HOST,),
    *,
    was: str = "published",
    control_names: Sequence[str] = (),
    timeout_s: float = 3.0,
) -> Measured:
    async def run() -> Measured:
        trust = Resolver([asked.Nameserver(trusted.address, trusted.port)])
        try:
            return await measure(
                [asked.Nameserver(isp.address, isp.port)],
                trust,
                [(host, was) for host in hosts],
                control_names=control_names,
                questions_per_s=10_000,
                timeout_s=timeout_s,
            )
        finally:
            await trust.close()

    with isp, trusted:
        return asyncio.run(run())


def said(found: Measured) -> dict[str, str]:
    return {effect.host: effect.state for effect in found.effects}


def test_half_an_answer_hides_nothing() -> None:
    # Most names have no IPv6 address: that there is none says nothing while the other question
    # is not answered.
    found = measured(failing("A", TRUE), Nameserver(ROOT | TRUE))

    assert said(found) == {HOST: "unknown"}


def test_a_type_that_nobody_shows_may_stay_unanswered() -> None:
    found = measured(failing("AAAA", {HOST: {"A": ["0.0.0.0"]}}), Nameserver(ROOT | TRUE))

    assert said(found) == {HOST: "blocked"}
    assert found.effects[0].how == "address"


BOTH: dict[str, Entry] = {HOST: {"A": ["192.0.2.1"], "AAAA": ["2001:db8::1"]}}


def test_a_type_that_others_show_has_to_be_answered() -> None:
    found = measured(failing("AAAA", {HOST: {"A": ["0.0.0.0"]}}), Nameserver(ROOT | BOTH))

    assert said(found) == {HOST: "unknown"}


def test_a_name_blocked_for_one_type_alone_is_open() -> None:
    half: dict[str, Entry] = {HOST: {"A": ["0.0.0.0"], "AAAA": ["2001:db8::1"]}}
    found = measured(Nameserver(ROOT | half), Nameserver(ROOT | BOTH))

    assert said(found) == {HOST: "open"}


@pytest.mark.parametrize(
    "trusted",
    [
        pytest.param(failing("A", TRUE), id="half an answer"),
        pytest.param(Nameserver(ROOT | {HOST: SERVFAIL}), id="servfail"),
        pytest.param(Nameserver(ROOT | {HOST: REFUSED}), id="refused"),
        pytest.param(Nameserver(ROOT | {HOST: Behaviour.FILTERED}), id="filtered"),
    ],
)
def test_what_the_trusted_do_not_know_is_not_gone(trusted: Nameserver) -> None:
    found = measured(Nameserver(ROOT | {HOST: NXDOMAIN}), trusted)

    assert said(found) == {HOST: "unknown"}


def test_what_the_trusted_say_is_gone_is_not_open_where_names_are_made_up() -> None:
    found = measured(
        Nameserver(ROOT, wildcards={"": STOP}), Nameserver(ROOT | TRUE), ["no.example"]
    )

    assert said(found) == {"no.example": "gone"}
    assert not found.effects[0].is_wrong


@pytest.mark.parametrize(
    ("isp", "control_names"),
    [
        pytest.param(Nameserver({"": NXDOMAIN}), (), id="denies the root"),
        pytest.param(Nameserver({"": REFUSED}, default=REFUSED), (), id="serves us nothing"),
        pytest.param(
            Nameserver({"": {"A": ["198.51.100.9"]}}, wildcards={"": STOP}), (), id="a portal"
        ),
        pytest.param(Nameserver(ROOT), (OTHERS[0],), id="denies the control name"),
        pytest.param(
            Nameserver(ROOT, wildcards={"": STOP}), (OTHERS[0],), id="the control name at a portal"
        ),
        pytest.param(
            Nameserver(ROOT | {OTHERS[0]: {"A": ["127.0.0.1"]}}),
            (OTHERS[0],),
            id="the control name on loopback",
        ),
    ],
)
def test_nothing_is_said_of_a_resolver_that_is_wrong_about_what_is_known(
    isp: Nameserver, control_names: Sequence[str]
) -> None:
    with pytest.raises(NoNetworkError, match="control"):
        measured(isp, Nameserver(ROOT | TRUE), control_names=control_names)


def test_a_control_name_that_stands_is_enough() -> None:
    isp = Nameserver({"": REFUSED, OTHERS[0]: TRUE[OTHERS[0]]}, default=REFUSED)
    found = measured(isp, Nameserver(ROOT | TRUE), control_names=(OTHERS[1], OTHERS[0]))

    assert (said(found), found.effects[0].how) == ({HOST: "blocked"}, "refused")


@pytest.mark.parametrize(
    "there",
    [
        ["192.0.2.1", "192.0.2.1", "192.0.2.1", "192.0.2.2"],
        # A content network answers out of one pool: differently, and with the same in it.
        ["192.0.2.1 192.0.2.2", "192.0.2.2 192.0.2.3", "192.0.2.3", "192.0.2.1"],
    ],
    ids=["one server", "one pool"],
)
def test_names_that_stand_together_elsewhere_are_at_no_stop_page(there: list[str]) -> None:
    together: dict[str, Entry] = {
        host: {"A": addresses.split()} for host, addresses in zip(HOSTS, there, strict=True)
    }
    found = measured(
        Nameserver(ROOT | dict.fromkeys(HOSTS, STOP)), Nameserver(ROOT | together), HOSTS
    )

    assert set(said(found).values()) == {"open"}


def test_many_at_one_page_are_blocked_though_some_of_them_stand_together() -> None:
    together = TRUE | {OTHERS[2]: TRUE[OTHERS[1]]}
    found = measured(
        Nameserver(ROOT | dict.fromkeys(HOSTS, STOP)), Nameserver(ROOT | together), HOSTS
    )

    assert set(said(found).values()) == {"blocked"}


def test_what_was_taken_back_and_is_blocked_is_wrong() -> None:
    found = measured(Nameserver(ROOT | {HOST: NXDOMAIN}), Nameserver(ROOT | TRUE), was="withdrawn")

    assert [e.is_wrong for e in found.effects] == [True]


def test_who_falls_silent_is_asked_no_more() -> None:
    many = [f"films{n}.example" for n in range(150)]
    isp = Nameserver({"": Turns([{"NS": ["a.root.example"]}, SILENT])}, default=SILENT)
    trusted = Nameserver(ROOT | dict.fromkeys(many, TRUE[HOST]))
    found = measured(isp, trusted, many, timeout_s=0.3)

    assert set(said(found).values()) == {"unknown"}
    assert (isp.asked(many[0]) > 0, isp.asked(many[-1])) == (True, 0)
