"""`mirrorhunt blocked`, asked at real nameservers on loopback."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from mirrorhunt.model import Verdict
from mirrorhunt.store import blockings
from tests import stored
from tests.mirrorhunt.cli.conftest import Run
from tests.nameserver import NXDOMAIN, REFUSED, SILENT, Entry, Nameserver

LISTED = [f"films{n}.example" for n in range(2, 6)]
TAKEN_BACK = "news.example"
ROOT: dict[str, Entry] = {"": {"NS": ["a.root.example"]}}
TRUE: dict[str, Entry] = {
    host: {"A": [f"192.0.2.{n}"]} for n, host in enumerate([*LISTED, TAKEN_BACK], start=2)
}
STOP: Entry = {"A": ["198.51.100.9"]}


def at(nameserver: Nameserver) -> str:
    return f"{nameserver.address}:{nameserver.port}"


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Nameserver]:
    with Nameserver(ROOT | TRUE) as nameserver:
        monkeypatch.setenv("MIRRORHUNT_NAMESERVERS", at(nameserver))
        yield nameserver


@pytest.fixture
def serial(engine: Engine, tmp_path: Path, run: Run) -> str:
    """Of a feed that lists films and has taken a newspaper back."""
    (tmp_path / "mirrorhunt.toml").write_text(
        '[feeds.isp]\ndestination = "out"\nformats = ["plain_domains"]\n'
    )
    hunting, now = stored.begun(engine), datetime.now(UTC)
    everyone = [*LISTED, TAKEN_BACK]
    stored.looked(engine, hunting, *(stored.look(host, at=now) for host in everyone))
    stored.concluded(engine, hunting, *(stored.judgement(host) for host in everyone))
    run("feed", "deliver", "isp")
    stored.concluded(engine, hunting, stored.judgement(TAKEN_BACK, Verdict.REJECTED))
    run("feed", "deliver", "isp")
    return (tmp_path / "out" / "current").readlink().name


def states(out: str) -> dict[str, str]:
    return {said["host"]: said["state"] for said in map(json.loads, out.splitlines())}


def canary(serial: str) -> dict[str, Entry]:
    return {"serial.mirrorhunt": {"TXT": [f'"{serial}"']}}


@pytest.mark.usefixtures("trusted")
def test_a_resolver_that_does_as_published_ends_with_0(
    serial: str, engine: Engine, run: Run
) -> None:
    blocks = dict.fromkeys(LISTED, NXDOMAIN)
    enforced = {f"{serial}.serial.mirrorhunt": {"TXT": ['"enforced"']}}
    with Nameserver(ROOT | TRUE | blocks | canary(serial) | enforced) as isp:
        ended = run("blocked", "--feed", "isp", "--resolver", at(isp), "--json")

    assert ended.code == 0
    assert states(ended.out) == dict.fromkeys(LISTED, "blocked") | {TAKEN_BACK: "open"}
    first = json.loads(ended.out.splitlines()[0])
    assert (first["how"], first["serial"], first["serial_is_enforced"]) == (
        "nxdomain",
        serial,
        True,
    )
    with engine.begin() as connection:
        [kept] = blockings.of(connection, LISTED[0])
    assert (kept.nameserver, kept.how) == (at(isp), "nxdomain")


@pytest.mark.usefixtures("trusted")
def test_a_stale_resolver_is_told_and_ends_with_5(serial: str, run: Run) -> None:
    # It still blocks what was taken back, and does not block what was added.
    stale = dict.fromkeys([TAKEN_BACK, *LISTED[1:]], NXDOMAIN)
    with Nameserver(ROOT | TRUE | stale | canary("1795464000")) as isp:
        ended = run("blocked", "--feed", "isp", "--resolver", at(isp))

    assert ended.code == 5
    assert (
        "2 answers are not as published: 1 listed and open, 1 taken back and still blocked"
        in ended.line
    )
    rows = [line.split()[0] for line in ended.out.splitlines() if ".example" in line]
    assert rows == [LISTED[0], TAKEN_BACK]
    assert "1795464000, not enforced yet" in ended.out


@pytest.mark.usefixtures("trusted", "serial")
def test_one_address_for_names_that_others_have_apart_is_a_stop_page(run: Run) -> None:
    with Nameserver(ROOT | TRUE | dict.fromkeys(LISTED, STOP)) as isp:
        ended = run("blocked", "--feed", "isp", "--resolver", at(isp), "--json")

    assert ended.code == 0
    assert states(ended.out)[LISTED[0]] == "blocked"
    assert "198.51.100.9, as many other names" in ended.out


@pytest.mark.usefixtures("trusted")
def test_one_other_address_alone_blocks_nothing(run: Run) -> None:
    # A content network answers each resolver otherwise.
    with Nameserver(ROOT | TRUE | {LISTED[0]: STOP}) as isp:
        ended = run("blocked", *LISTED, "--resolver", at(isp), "--json")

    assert set(states(ended.out).values()) == {"open"}


@pytest.mark.parametrize(
    ("entry", "how"),
    [
        (NXDOMAIN, "nxdomain"),
        (REFUSED, "refused"),
        ({"A": ["0.0.0.0"]}, "address"),
        ({"A": ["127.0.0.1"], "AAAA": ["::1"]}, "address"),
        ({"TXT": ["blocked"]}, "no_address"),
    ],
    ids=["nxdomain", "refused", "zero", "loopback", "no data"],
)
@pytest.mark.usefixtures("trusted")
def test_each_way_of_blocking_is_named(entry: Entry, how: str, run: Run) -> None:
    with Nameserver(ROOT | TRUE | {LISTED[0]: entry}) as isp:
        ended = run("blocked", LISTED[0], "--resolver", at(isp), "--json")

    said = json.loads(ended.out)
    assert (said["state"], said["how"]) == ("blocked", how)


def test_a_name_that_is_gone_is_blocked_by_nobody(trusted: Nameserver, run: Run) -> None:
    with Nameserver(ROOT | TRUE) as isp:
        ended = run("blocked", "nowhere.example", "--resolver", at(isp), "--json")

    assert ended.code == 0
    assert states(ended.out) == {"nowhere.example": "gone"}


@pytest.mark.usefixtures("trusted")
def test_what_is_not_answered_is_unknown_and_not_kept(
    engine: Engine, serial: str, run: Run
) -> None:
    with Nameserver(ROOT | TRUE | {LISTED[0]: SILENT}) as isp:
        ended = run("blocked", LISTED[0], "--resolver", at(isp), "--json")

    assert states(ended.out) == {LISTED[0]: "unknown"}
    assert ended.code == 5
    assert f"{at(isp)}: 1 of 1 names are unknown" in ended.line
    with engine.begin() as connection:
        assert blockings.of(connection, LISTED[0]) == []


@pytest.mark.usefixtures("trusted")
def test_a_silent_resolver_is_named_beside_the_others(run: Run) -> None:
    with Nameserver(ROOT | TRUE) as isp, Nameserver({"": SILENT}) as dead:
        ended = run("blocked", LISTED[0], "--resolver", at(isp), "--resolver", at(dead), "--json")

    assert ended.code == 5
    assert f"{at(dead)}: no true answer to a control question" in ended.line
    assert states(ended.out) == {LISTED[0]: "open"}


def test_our_own_failure_is_1_and_says_nothing_of_others(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Nameserver({"": SILENT}) as dead, Nameserver(ROOT | TRUE) as isp:
        monkeypatch.setenv("MIRRORHUNT_NAMESERVERS", at(dead))
        ended = run("blocked", LISTED[0], "--resolver", at(isp))

    assert (ended.code, ended.out) == (1, "")
    assert "trusted nameservers do not answer" in ended.line


@pytest.mark.usefixtures("trusted")
def test_no_resolver_that_answers_is_1(run: Run) -> None:
    with Nameserver({"": REFUSED}, default=REFUSED) as isp:
        ended = run("blocked", LISTED[0], "--resolver", at(isp))

    assert (ended.code, ended.out) == (1, "")
    assert f"no resolver answers a control question truly: {at(isp)}" in ended.line


@pytest.mark.usefixtures("trusted")
def test_one_name_in_two_spellings_is_asked_about_once(run: Run) -> None:
    with Nameserver(ROOT | TRUE) as isp:
        ended = run("blocked", LISTED[0], f"{LISTED[0].upper()}.", "--resolver", at(isp), "--json")

    assert len(ended.out.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["films2.example"], "--resolver ADDRESS[:PORT]"),
        (["--resolver", "192.0.2.1"], "name hosts, or a feed"),
        (["a.example", "--feed", "isp", "--resolver", "192.0.2.1"], "name hosts, or a feed"),
        (["http://a.example/", "--resolver", "192.0.2.1"], "not a host name"),
        (["a.example", "--resolver", "dns.example"], "is no address"),
        (["--feed", "ips", "--resolver", "192.0.2.1"], "no feed 'ips'"),
    ],
    ids=["no resolver", "no host", "both", "a URL", "a name", "no feed"],
)
def test_bad_input_is_one_line_and_2(arguments: list[str], said: str, run: Run) -> None:
    ended = run("blocked", *arguments)

    assert ended.code == 2
    assert said in ended.line


def test_a_trusted_nameserver_is_not_asked_about_itself(trusted: Nameserver, run: Run) -> None:
    ended = run("blocked", "a.example", "--resolver", at(trusted))

    assert ended.code == 2
    assert "trust others" in ended.line
