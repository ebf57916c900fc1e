"""BIND: a policy zone from a file, and from a primary by transfer."""

from functools import partial
from pathlib import Path

import dns.exception
import dns.message
import dns.query

from tests.exported import ABOUT
from tests.mirrorhunt.exports.servers.asking import (
    FEED,
    LATER,
    LATER_ABOUT,
    ask_all,
    by_dns,
    enforces,
    resolved,
    serial_served,
    texts,
    write,
)
from tests.mirrorhunt.exports.servers.asking import answer as answered
from tests.mirrorhunt.exports.servers.starting import (
    free_port,
    needed,
    resolves,
    started,
    until,
)

ORIGIN = ABOUT.rpz_origin
POLICY = f"""
  response-policy {{ zone "{ORIGIN}"; }} qname-wait-recurse no break-dnssec yes
    min-update-interval 1;
"""


def configured(folder: Path, name: str, port: int, options: str, zone: str) -> Path:
    own = folder / name
    own.mkdir()
    file = own / "named.conf"
    file.write_text(
        f"""
options {{
  directory "{own}";
  listen-on port {port} {{ 127.0.0.1; }};
  listen-on-v6 {{ none; }};
  pid-file none;
  session-keyfile none;
  dnssec-validation no;
  empty-zones-enable no;
  allow-query {{ 127.0.0.1; }};
  {options}
}};
controls {{ }};
zone "{ORIGIN}" {{ {zone} }};
"""
    )
    return file


def resolver(upstream: int) -> str:
    """The options of one that asks *upstream* for all that it does not block."""
    return f"recursion yes; forward only; forwarders {{ 127.0.0.1 port {upstream}; }};{POLICY}"


def test_a_policy_zone_blocks_what_the_feed_says(folder: Path, upstream: int) -> None:
    program, port = needed("named"), free_port()
    feed = write("rpz", folder / "rpz.zone", FEED)
    zone = f'type primary; file "{feed}"; notify no;'
    config = configured(folder, "own", port, resolver(upstream), zone)

    with started([program, "-g", "-c", config], folder, resolves(port)) as running:
        until(lambda: enforces(port, ABOUT.serial), running)
        assert ask_all(by_dns(port), FEED) == []

        write("rpz", feed, LATER)
        running.hang_up()
        until(lambda: enforces(port, LATER_ABOUT.serial), running)
        assert ask_all(by_dns(port), LATER, consumer="BIND, policy zone") == []


def test_a_secondary_gets_the_change_alone(folder: Path, upstream: int) -> None:
    program, port, primary_port = needed("named"), free_port(), free_port()
    feed = write("rpz", folder / "rpz.zone", FEED)
    primary = configured(
        folder,
        "primary",
        primary_port,
        "recursion no;",
        f'type primary; file "{feed}"; ixfr-from-differences yes; notify explicit; '
        f"also-notify {{ 127.0.0.1 port {port}; }}; allow-transfer {{ 127.0.0.1; }};",
    )
    secondary = configured(
        folder,
        "secondary",
        port,
        resolver(upstream),
        f'type secondary; file "rpz.db"; primaries {{ 127.0.0.1 port {primary_port}; }};',
    )

    def serves() -> bool:
        return bool(texts(answered(primary_port, ORIGIN, "SOA", timeout_s=0.3)))

    with (
        started([program, "-g", "-c", primary], primary.parent, serves) as source,
        started([program, "-g", "-c", secondary], secondary.parent, resolves(port)) as running,
    ):
        until(lambda: enforces(port, ABOUT.serial), running)
        assert "AXFR started" in source.words()
        assert ask_all(by_dns(port), FEED) == []

        write("rpz", feed, LATER)
        source.hang_up()
        until(lambda: enforces(port, LATER_ABOUT.serial), running)
        change = f"(serial {ABOUT.serial} -> {LATER_ABOUT.serial})"
        assert f"IXFR started {change}" in source.words()
        assert ask_all(by_dns(port), LATER, consumer="BIND, by transfer") == []


def test_a_redundant_child_would_unblock_what_is_beside_it(folder: Path, upstream: int) -> None:
    # Why no format has one: this is what the questions about shadowed names would notice.
    program, port = needed("named"), free_port()
    feed = write("rpz", folder / "rpz.zone", FEED)
    with feed.open("a") as more:
        more.write("a.b.big.example CNAME .\n")
    zone = f'type primary; file "{feed}"; notify no;'
    config = configured(folder, "own", port, resolver(upstream), zone)

    with started([program, "-g", "-c", config], folder, resolves(port)) as running:
        until(lambda: enforces(port, ABOUT.serial), running)
        wrong = {w.name for w in ask_all(by_dns(port), FEED)}
        assert wrong == {"b.big.example", "x.b.big.example", "c.a.b.big.example"}


def test_the_canary_with_the_serial_in_its_name_tells_what_is_enforced(
    folder: Path, upstream: int
) -> None:
    program, port = needed("named"), free_port()
    feed = write("rpz", folder / "rpz.zone", FEED)
    options = resolver(upstream).replace("min-update-interval 1", "min-update-interval 3600")
    zone = f'type primary; file "{feed}"; notify no;'
    config = configured(folder, "own", port, options, zone)

    with started([program, "-g", "-c", config], folder, resolves(port)) as running:
        until(lambda: enforces(port, ABOUT.serial), running)
        write("rpz", feed, LATER)
        running.hang_up()
        # The other canary has the new serial within a moment, an hour before the new name is read.
        until(lambda: serial_served(port) == LATER_ABOUT.serial, running)

        assert not enforces(port, LATER_ABOUT.serial)
        assert resolved(port, "zz-new.example", "A") == "allowed"
        # What was taken back does resolve: that needs no reading.
        assert resolved(port, "gone.example", "A") == "allowed"


def test_a_signed_name_is_blocked_for_who_asks_for_signatures(folder: Path) -> None:
    # By default BIND leaves a signed answer alone where the client sets DO: break-dnssec yes.
    program, signed_port = needed("named"), free_port()
    config = signing(folder, signed_port)

    def is_signed() -> bool:
        return "RRSIG" in str(asked_signed(signed_port, "any.example"))

    with started([program, "-g", "-c", config], config.parent, is_signed):
        feed = write("rpz", folder / "rpz.zone", FEED)
        zone = f'type primary; file "{feed}"; notify no;'
        for is_broken, expected in ((True, "NXDOMAIN"), (False, "NOERROR")):
            options, port = resolver(signed_port), free_port()
            if not is_broken:
                options = options.replace("break-dnssec yes", "break-dnssec no")
            own = configured(folder, f"own-{is_broken}", port, options, zone)
            with started([program, "-g", "-c", own], own.parent, resolves(port)) as running:
                until(partial(enforces, port, ABOUT.serial), running)
                assert f"rcode {expected}" in str(asked_signed(port, "films2.example"))
                assert "RRSIG" in str(asked_signed(port, "unrelated.example"))


def asked_signed(port: int, name: str) -> dns.message.Message | None:
    query = dns.message.make_query(name, "A", want_dnssec=True)
    try:
        return dns.query.udp(query, "127.0.0.1", port=port, timeout=2)
    except (dns.exception.Timeout, OSError):
        return None


def signing(folder: Path, port: int) -> Path:
    """The configuration of a server to which every name is there, and signed."""
    own = folder / "signed"
    own.mkdir()
    (own / "root.zone").write_text(
        "$TTL 60\n@ SOA ns. who. 1 3600 600 86400 60\n@ NS ns.\nns. A 127.0.0.1\n* A 127.9.9.9\n"
    )
    file = own / "named.conf"
    file.write_text(
        f"""
options {{
  directory "{own}";
  key-directory "{own}";
  listen-on port {port} {{ 127.0.0.1; }};
  listen-on-v6 {{ none; }};
  pid-file none;
  session-keyfile none;
  dnssec-validation no;
  recursion no;
  notify no;
}};
controls {{ }};
zone "." {{ type primary; file "root.zone"; dnssec-policy default; inline-signing yes; }};
"""
    )
    return file
