"""Which addresses and ports the guard lets through."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirrorhunt.errors import ConfigError
from mirrorhunt.net.guard import (
    RefusedAddressError,
    check_addresses,
    check_port,
    networks,
    refusal,
)


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("127.0.0.1", "loopback"),
        ("127.255.255.254", "loopback"),
        ("0.0.0.0", "unspecified (this host)"),
        # Linux connects 0.x to itself as it does 0.0.0.0.
        ("0.1.2.3", "unspecified (this host)"),
        ("10.0.0.1", "private"),
        ("172.16.0.1", "private"),
        ("172.31.255.255", "private"),
        ("192.168.1.1", "private"),
        ("100.64.0.1", "shared by carrier-grade NAT"),
        # Alibaba's metadata stands inside it.
        ("100.100.100.200", "shared by carrier-grade NAT"),
        ("169.254.169.254", "cloud metadata"),
        ("169.254.1.1", "link-local"),
        ("168.63.129.16", "cloud metadata"),
        # Oracle's metadata.
        ("192.0.0.192", "IETF protocol assignments"),
        ("192.88.99.1", "6to4 relay"),
        ("198.18.0.1", "benchmarking"),
        ("198.19.255.255", "benchmarking"),
        ("224.0.0.1", "multicast"),
        ("239.255.255.255", "multicast"),
        ("240.0.0.1", "reserved"),
        ("255.255.255.255", "broadcast"),
        ("::", "unspecified"),
        ("::1", "loopback"),
        ("::127.0.0.1", "IPv4-compatible"),
        ("::ffff:127.0.0.1", "IPv4-mapped"),
        # Refused even around a public address.
        ("::ffff:192.0.2.1", "IPv4-mapped"),
        ("::ffff:0:7f00:1", "IPv4-translated"),
        ("64:ff9b::7f00:1", "NAT64"),
        ("64:ff9b:1::7f00:1", "local NAT64"),
        ("100::1", "discard-only"),
        ("2001::1", "Teredo"),
        ("2001:2::1", "benchmarking"),
        ("2001:10::1", "IETF protocol assignments"),
        ("2002:7f00:1::", "6to4"),
        ("fc00::1", "unique local"),
        # AWS's metadata.
        ("fd00:ec2::254", "unique local"),
        ("fe80::1", "link-local"),
        ("fe80::1%eth0", "link-local"),
        ("fec0::1", "site-local"),
        ("ff02::1", "multicast"),
        ("4000::1", "reserved"),
        ("films.example", "no address"),
        ("", "no address"),
        # Spellings that only a browser takes are made addresses before they come here.
        ("0x7f.1", "no address"),
        ("0177.0.0.1", "no address"),
    ],
)
def test_what_is_not_public_is_refused(address: str, reason: str) -> None:
    assert refusal(address) == reason


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "1.1.1.1",
        "172.15.255.255",
        "172.32.0.1",
        "100.63.255.255",
        "100.128.0.1",
        "198.17.255.255",
        "198.20.0.1",
        "2606:4700::1",
        "2a00:1450:4001::1",
        # Documentation: never routed, and what a lab needs.
        "192.0.2.1",
        "198.51.100.1",
        "203.0.113.1",
        "2001:db8::1",
    ],
)
def test_public_and_documentation_addresses_pass(address: str) -> None:
    assert refusal(address) is None


@given(st.ip_addresses())
def test_only_addresses_that_python_calls_global_pass(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    documentation = networks(
        ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20"]
    )
    if refusal(str(address)) is None and not any(address in n for n in documentation):
        assert address.is_global
        assert not address.is_multicast


@given(st.ip_addresses(v=4))
def test_no_ipv6_form_of_an_ipv4_address_passes(address: ipaddress.IPv4Address) -> None:
    value = int(address)
    for prefix in ("::", "::ffff:0:0", "::ffff:0:0:0", "64:ff9b::", "64:ff9b:1::"):
        assert refusal(str(ipaddress.IPv6Address(int(ipaddress.IPv6Address(prefix)) + value)))
    assert refusal(str(ipaddress.IPv6Address((0x2002 << 112) + (value << 80))))


@given(st.text(max_size=60))
def test_any_text_gets_a_reason_or_is_an_address(text: str) -> None:
    if refusal(text) is None:
        ipaddress.ip_address(text.partition("%")[0])


def test_what_the_operator_allows_passes_and_its_neighbour_does_not() -> None:
    allow = networks(["10.1.0.0/16", "fd00::5"])
    assert refusal("10.1.2.3", allow) is None
    assert refusal("fd00::5", allow) is None
    assert refusal("10.2.0.1", allow) == "private"
    assert refusal("fd00::6", allow) == "unique local"


def test_one_refused_address_refuses_the_whole_answer() -> None:
    with pytest.raises(RefusedAddressError) as caught:
        check_addresses("films.example", ["192.0.2.1", "10.0.0.1", "192.0.2.2"])
    assert (caught.value.host, caught.value.address) == ("films.example", "10.0.0.1")
    assert caught.value.reason == "private"
    check_addresses("films.example", ["192.0.2.1", "2001:db8::1"])


@pytest.mark.parametrize("port", [0, 22, 25, 8080, 8443, 6379, 65536])
def test_only_the_ports_of_the_web_are_connected_to(port: int) -> None:
    with pytest.raises(RefusedAddressError, match="80 and 443"):
        check_port("films.example", port)
    check_port("films.example", 80)
    check_port("films.example", 443)


@pytest.mark.parametrize("text", ["", "films.example", "10.0.0.1/8", "10.0.0.0/33"])
def test_a_network_that_cannot_be_read_is_one_clear_line(text: str) -> None:
    with pytest.raises(ConfigError, match="is no network"):
        networks([text])
