"""The policy zone; four resolvers load it in ``servers/``."""

from dataclasses import replace

import dns.name
import dns.rdatatype
import dns.zone
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirrorhunt.errors import InputError
from mirrorhunt.exports import Row
from tests.exported import ABOUT, export, row


def host(name: str, registrable_domain: str) -> Row:
    return row(name, registrable_domain=registrable_domain, scope="host")


def long_name(chars: int, suffix: str = ".films2.example") -> str:
    """A name of that many characters below films2.example."""
    left = chars - len(suffix)
    labels = ["a" * 49] * (left // 50) + ["b" * (left % 50)]
    return ".".join(label for label in labels if label) + suffix


ROWS = (
    row("films2.example"),
    host("cdn7.shared-host.example", "shared-host.example"),
    row("xn--bcher-kva.example"),
)


def test_the_zone_is_golden() -> None:
    data, written = export("rpz", ROWS)

    assert data.decode() == (
        "$ORIGIN rpz.mirrorhunt.\n"
        "$TTL 60\n"
        "@ SOA localhost. hostmaster.localhost. 1795464000 300 60 604800 60\n"
        "@ NS localhost.\n"
        'serial.mirrorhunt TXT "1795464000"\n'
        '1795464000.serial.mirrorhunt TXT "1795464000"\n'
        "films2.example CNAME .\n"
        "*.films2.example CNAME .\n"
        "cdn7.shared-host.example CNAME .\n"
        "xn--bcher-kva.example CNAME .\n"
        "*.xn--bcher-kva.example CNAME .\n"
    )
    assert (written.entries, written.left_out) == (3, {})


def test_another_reader_finds_every_name_below_the_origin() -> None:
    zone = dns.zone.from_text(export("rpz", ROWS)[0].decode(), check_origin=True)
    owners = {
        name.to_text()
        for name, _, rdata in zone.iterate_rdatas(dns.rdatatype.CNAME)
        if rdata.target == dns.name.root
    }

    assert zone.origin == dns.name.from_text("rpz.mirrorhunt")
    assert owners == {
        "films2.example",
        "*.films2.example",
        "cdn7.shared-host.example",
        "xn--bcher-kva.example",
        "*.xn--bcher-kva.example",
    }


def test_a_secondary_forgets_the_zone_when_it_is_no_longer_valid() -> None:
    zone = dns.zone.from_text(export("rpz", ROWS, replace(ABOUT, valid_days=3))[0].decode())
    soa = zone.get_soa()

    assert soa.expire == 3 * 86_400
    assert soa.serial == ABOUT.serial
    assert soa.refresh < soa.expire


def test_the_child_of_a_domain_is_no_record() -> None:
    child = host("a.b.films2.example", "films2.example")
    data, written = export("rpz", [row(), child])

    assert b"a.b" not in data
    assert written.left_out == {"below a listed domain": 1}


@pytest.mark.parametrize("origin", ["rpz", "rpz.mirrorhunt", f"{'r' * 60}.mirrorhunt"])
def test_a_name_as_long_as_the_zone_allows_is_there_and_a_longer_one_is_counted(
    origin: str,
) -> None:
    # 253 characters with the origin and the dot between.
    room = 253 - 1 - len(origin)
    fits, is_longer = long_name(room), long_name(room + 1)
    rows = [host(fits, "films2.example"), host(is_longer, "films2.example")]
    data, written = export("rpz", rows, replace(ABOUT, rpz_origin=origin))

    assert f"\n{fits} CNAME .\n" in data.decode()
    assert is_longer not in data.decode()
    assert written.left_out == {f"longer than {room} characters": 1}
    dns.zone.from_text(data.decode(), check_origin=True)


@pytest.mark.parametrize(
    "origin",
    [
        "",
        ".",
        "rpz.",
        ".rpz",
        "RPZ",
        "r pz",
        "rpz\n",
        "rpz\n$INCLUDE /etc/passwd",
        "rpz;",
        'r"pz',
        "-rpz",
        "a..b",
        "rpž",
        "a" * 64,
        ".".join(["a" * 50] * 3),
    ],
    ids=ascii,
)
def test_an_origin_that_is_no_name_is_refused(origin: str) -> None:
    with pytest.raises(InputError, match="no name for a policy zone"):
        export("rpz", ROWS, replace(ABOUT, rpz_origin=origin))


@pytest.mark.parametrize("serial", [-1, 0, 2**32])
def test_a_serial_that_no_zone_can_have_is_refused(serial: int) -> None:
    with pytest.raises(InputError, match=str(serial)):
        export("rpz", ROWS, replace(ABOUT, serial=serial))


_NAMES = st.text("ab1-_.", min_size=1, max_size=30).map(lambda text: f"{text}.example")


@given(st.lists(_NAMES, max_size=6).map(lambda found: sorted(set(found))))
def test_any_zone_is_read_whole_by_another_reader(found: list[str]) -> None:
    data, written = export("rpz", [row(name, scope="host") for name in found])
    zone = dns.zone.from_text(data.decode(), check_origin=True)
    owners = {n.to_text() for n, _, _ in zone.iterate_rdatas(dns.rdatatype.CNAME)}

    assert len(owners) == written.entries
    assert owners <= set(found)
