"""Lists of what many share."""

import ast
import ipaddress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirrorhunt import warninglists as lists
from mirrorhunt.errors import UnknownNameError
from mirrorhunt.names import find_host

HOST_LISTS = (
    lists.PARKING_NAMESERVERS,
    lists.URL_SHORTENERS,
    lists.LINK_IN_BIO,
    lists.DYNAMIC_DNS,
    lists.UMBRELLA_BLOCK_HOSTS,
    lists.BANKS,
    lists.UNIVERSITIES,
    lists.SECURITY_BLOGS,
    lists.SECURITY_ANALYSIS,
    lists.SHARED_PLATFORMS,
    lists.DISPOSABLE_MAIL,
    lists.IPFS_GATEWAYS,
    lists.MOZ_500,
    lists.ALEXA_1K,
    lists.CISCO_1K,
    lists.CISCO_10K,
    lists.MAJESTIC_10K,
    lists.TRANCO_10K,
)
NETWORK_LISTS = (
    lists.PARKING_NETWORKS,
    lists.SINKHOLES,
    *lists.UMBRELLA_BLOCK_NETWORKS,
    *lists.CLOUD_NETWORKS,
)


@pytest.mark.parametrize("name", HOST_LISTS)
def test_each_list_of_names_is_there_and_holds_hosts(name: str) -> None:
    found = lists.names(name)

    assert found
    assert lists.version(name)
    assert all(find_host(host) == host for host in sorted(found)[:200])


@pytest.mark.parametrize("name", NETWORK_LISTS)
def test_each_list_of_networks_is_there(name: str) -> None:
    assert len(lists.networks(name))


@pytest.mark.parametrize(
    ("host", "name"),
    [
        # The end of a label is no label boundary.
        pytest.param("rabbit.ly", lists.URL_SHORTENERS, id="ends-alike"),
        pytest.param("bit.ly.films.example", lists.URL_SHORTENERS, id="starts-alike"),
        # A parent of an entry is not the entry.
        pytest.param("opendns.com", lists.UMBRELLA_BLOCK_HOSTS, id="parent"),
        pytest.param("ly", lists.URL_SHORTENERS, id="suffix"),
        pytest.param("", lists.URL_SHORTENERS, id="nothing"),
        pytest.param("films.example", lists.TRANCO_10K, id="stranger"),
    ],
)
def test_a_host_that_only_looks_like_an_entry_is_not_listed(host: str, name: str) -> None:
    assert not lists.is_listed(host, name)


@pytest.mark.parametrize(
    ("host", "name", "entry"),
    [
        pytest.param("bit.ly", lists.URL_SHORTENERS, "bit.ly", id="itself"),
        pytest.param("www.bit.ly", lists.URL_SHORTENERS, "bit.ly", id="below"),
        pytest.param("ns1.sedoparking.com", lists.PARKING_NAMESERVERS, "sedoparking.com", id="ns"),
        # Written with a leading dot in the list.
        pytest.param("www.bankofireland.ie", lists.BANKS, "bankofireland.ie", id="dotted"),
    ],
)
def test_a_host_is_listed_as_the_entry_it_stands_below(host: str, name: str, entry: str) -> None:
    assert lists.listed_as(host, name) == entry


def test_any_of_several_lists_is_enough() -> None:
    both = (lists.PARKING_NAMESERVERS, lists.URL_SHORTENERS)

    assert lists.is_listed("bit.ly", *both)
    assert not lists.is_listed("bit.ly")


@pytest.mark.parametrize(
    ("address", "found"),
    [
        pytest.param("192.0.2.1", None, id="documentation"),
        pytest.param("not an address", None, id="text"),
        pytest.param("", None, id="nothing"),
        pytest.param("104.16.0.1", lists.CLOUDFLARE, id="v4"),
        pytest.param("2606:4700::1", lists.CLOUDFLARE, id="v6"),
        pytest.param("::ffff:104.16.0.1", lists.CLOUDFLARE, id="mapped"),
        pytest.param("104.32.0.1", None, id="beside"),
    ],
)
def test_an_address_is_found_in_the_network_it_lies_in(address: str, found: str | None) -> None:
    assert lists.address_in(address, lists.CLOUDFLARE) == found


def test_the_first_list_that_has_an_address_is_named() -> None:
    asked = (lists.FASTLY, lists.UMBRELLA_BLOCK_NETWORKS[0])

    assert lists.address_in("146.112.61.106", *asked) == lists.UMBRELLA_BLOCK_NETWORKS[0]


@given(address=st.ip_addresses())
def test_looking_up_in_ranges_agrees_with_asking_each_network(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    texts = ["104.16.0.0/13", "128.0.0.0/2", "2000::/4", "10.0.0.7", "104.20.0.0/16"]
    ranges = lists._ranges(texts)
    each = any(
        address in network
        for network in map(ipaddress.ip_network, texts)
        if network.version == address.version
    )
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None

    assert mapped is not None or (str(address) in ranges) == each


def test_what_is_no_network_is_left_out() -> None:
    assert len(lists._ranges(["nonsense", "192.0.2.0/24", ""])) == 1


@pytest.mark.parametrize("name", ["no-such-list", "../schema", "", "tranco/../tranco"])
def test_a_list_that_is_not_there_is_an_error_that_names_it(name: str) -> None:
    with pytest.raises(UnknownNameError, match="no warning list"):
        lists.names(name)


def test_entries_that_are_no_hosts_are_left_out() -> None:
    entries = [
        ".Films.example",
        "films.example/path",
        "0123abc",
        "192.0.2.1",
        "-x.example",
        "é.example",
    ]

    assert list(lists._hosts(entries)) == ["films.example", "xn--9ca.example"]


@pytest.mark.parametrize(
    ("host", "bound"),
    [
        pytest.param("www.google.com", 1_000, id="in-a-short-list"),
        pytest.param("films.example", None, id="in-none"),
        # Nobody registered a suffix.
        pytest.param("co.uk", None, id="suffix"),
    ],
)
def test_the_rank_is_bounded_by_the_shortest_list(host: str, bound: int | None) -> None:
    assert lists.rank(host) == bound


def test_only_a_deep_look_reads_the_list_of_a_million() -> None:
    assert lists.rank("lecodellitorale.it") is None
    assert lists.rank("lecodellitorale.it", deep=True) == 1_000_000
    assert lists.rank("films.example", deep=True) is None


@given(st.sets(st.from_regex(r"[a-z0-9-]{1,6}\.[a-z]{2,3}", fullmatch=True), max_size=30))
def test_the_compact_list_holds_what_went_in_and_nothing_else(entries: set[str]) -> None:
    kept = lists._SortedNames(sorted(entries))
    hosts = set(lists._hosts(entries))

    assert all(host in kept for host in hosts)
    assert not any(f"x{host}" in kept for host in hosts if f"x{host}" not in hosts)
    assert "zzzz.example" not in kept
    assert "" not in kept


def test_every_list_that_is_asked_says_what_it_decides() -> None:
    # Whatever another module imports from here and is the name of a list.
    package = Path(lists.__file__).parent
    asked: set[str] = set()
    for file in package.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_bytes())):
            if isinstance(node, ast.ImportFrom) and node.module == "mirrorhunt.warninglists":
                for alias in node.names:
                    value = getattr(lists, alias.name)
                    asked |= {value} if isinstance(value, str) else set()
                    asked |= set(value) if isinstance(value, tuple) else set()

    assert asked
    assert asked <= set(lists.USED)


@pytest.mark.parametrize(
    ("host", "owned"),
    [
        ("films.example", "films.example"),
        ("tv.films.example", "films.example"),
        ("films.github.io", "films.github.io"),
        ("wikaba.com", "wikaba.com"),
        ("films.wikaba.com", "films.wikaba.com"),
        ("tv.films.wikaba.com", "films.wikaba.com"),
        ("films.mywikaba.com", "mywikaba.com"),
    ],
)
def test_below_a_lent_domain_each_label_is_somebodys(host: str, owned: str) -> None:
    assert lists.owned_domain(host) == owned
