"""Names out of reach of any evidence. Real names stand here because they are the very point."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirrorhunt.errors import InputError
from mirrorhunt.protected import (
    DOMAIN,
    HOST,
    SUFFIX,
    ProtectedNames,
    Protection,
    builtin,
    is_infrastructure,
    parse,
)

NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.mark.parametrize(
    "host",
    [
        pytest.param("films.example", id="stranger"),
        # A look-alike is exactly what has to be found.
        pytest.param("mygoogle.com", id="ends-alike"),
        pytest.param("google.com.films.example", id="starts-alike"),
        pytest.param("netflix-films.com", id="contains"),
        pytest.param("rai.films.example", id="label-alike"),
        # What the Public Suffix List gives to others is not the platform's.
        pytest.param("pirate.pages.dev", id="pages"),
        pytest.param("pirate.github.io", id="github"),
        pytest.param("pirate.blogspot.com", id="blogspot"),
        pytest.param("pirate.tumblr.com", id="tumblr"),
        pytest.param("bucket.s3.amazonaws.com", id="bucket"),
        # Not an authority's, although it reads like one.
        pytest.param("gov.films.example", id="gov-below"),
        pytest.param("films-gov.it", id="gov-in-label"),
        pytest.param("gov.xyz", id="gov-of-no-country"),
        pytest.param("films.gov.zz", id="gov-of-no-such-country"),
        # A province's suffix, and open to everybody.
        pytest.param("films.go.it", id="go-of-gorizia"),
        pytest.param("films.edu.pl", id="edu-that-anybody-may-register"),
    ],
)
def test_what_is_nobodys_is_not_protected(host: str) -> None:
    assert builtin().find(host, NOW) is None


@pytest.mark.parametrize(
    ("host", "name"),
    [
        pytest.param("google.com", "google.com", id="itself"),
        # Blocked for six hours in Italy, 2024-10-19.
        pytest.param("drive.usercontent.google.com", "google.com", id="far-below"),
        pytest.param("storage.googleapis.com", "storage.googleapis.com", id="told-by-path"),
        pytest.param("raw.githubusercontent.com", "raw.githubusercontent.com", id="also-by-path"),
        pytest.param("pages.dev", "pages.dev", id="platform"),
        pytest.param("www.tumblr.com", "tumblr.com", id="platform-with-www"),
        pytest.param("t.me", "t.me", id="messenger"),
        pytest.param("www.raiplay.it", "raiplay.it", id="broadcaster"),
        pytest.param("www.legaseriea.it", "legaseriea.it", id="league"),
        pytest.param("www.alliance4creativity.com", "alliance4creativity.com", id="rights-holder"),
        pytest.param("www.cloudflare.com", "cloudflare.com", id="network"),
        pytest.param("www.salute.gov.it", "gov.*", id="government"),
        pytest.param("x.sp.gov.br", "gov.*", id="government-further-down"),
        pytest.param("www.impots.gouv.fr", "gouv.*", id="gouv"),
        pytest.param("www.whitehouse.gov", "gov", id="us-government"),
        pytest.param("www.ox.ac.uk", "ac.*", id="university-suffix"),
        pytest.param("www.unibo.it", "unibo.it", id="university-list"),
        pytest.param("www.bankofireland.ie", "bankofireland.ie", id="bank-list"),
        pytest.param("anything.bank", "bank", id="bank-suffix"),
        # A suffix stands in no list of ours and needs none.
        pytest.param("co.uk", "co.uk", id="public-suffix"),
        pytest.param("gov.it", "gov.*", id="the-suffix-itself"),
        pytest.param("com", "com", id="top-level"),
    ],
)
def test_a_protected_name_is_found_by_its_narrowest_protection(host: str, name: str) -> None:
    found = builtin().find(host, NOW)

    assert found is not None
    assert found.name == name
    assert found.owner
    assert found.reason


def test_the_curated_list_is_as_large_as_it_says() -> None:
    assert len(builtin()) > 1_000


@given(
    st.sampled_from(sorted(p.name for p in builtin() if p.scope == DOMAIN)),
    st.from_regex(r"[a-z]{1,8}(\.[a-z]{1,8})?", fullmatch=True),
)
def test_what_stands_below_a_domain_is_protected_unless_somebody_else_registered_it(
    name: str, below: str
) -> None:
    from mirrorhunt.names import registrable_domain

    found = builtin().find(f"{below}.{name}", NOW)

    if registrable_domain(f"{below}.{name}") == registrable_domain(name):
        assert found is not None


def test_a_protection_counts_until_it_expires() -> None:
    until = NOW + timedelta(days=1)
    names = ProtectedNames.of([Protection("a.example", DOMAIN, "o", "r", until)])

    assert names.find("a.example", NOW) is not None
    assert names.find("a.example", until) is None
    assert names.find("a.example", until - timedelta(seconds=1)) is not None


def test_an_expired_protection_does_not_hide_a_current_one() -> None:
    old = Protection("a.example", DOMAIN, "old", "r", NOW - timedelta(days=1))
    names = ProtectedNames.of([old, Protection("a.example", DOMAIN, "current", "r")])

    found = names.find("www.a.example", NOW)

    assert found is not None
    assert found.owner == "current"


def test_a_host_is_protected_alone() -> None:
    names = ProtectedNames.of([Protection("a.example", HOST, "o", "r")])

    assert names.find("a.example", NOW)
    assert names.find("www.a.example", NOW)
    assert not names.find("b.a.example", NOW)


def test_a_suffix_of_any_country_needs_to_exist() -> None:
    names = ProtectedNames.of([Protection("gov.*", SUFFIX, "o", "r")])

    assert names.find("x.gov.it", NOW)
    assert not names.find("x.gov.zz", NOW)
    assert not names.find("x.gov.example", NOW)


def test_added_names_come_first_and_leave_the_rest_alone() -> None:
    mine = parse(["films.example # our own", "google.com # ours to say"])
    names = builtin().with_names(mine)

    assert len(names) == len(builtin()) + 2
    assert names.find("www.films.example", NOW) == mine[0]
    assert names.find("google.com", NOW) == mine[1]
    assert names.find("unibo.it", NOW)
    assert builtin().find("films.example", NOW) is None


@pytest.mark.parametrize("scope", ["url", "", "DOMAIN"])
def test_an_unknown_scope_is_refused(scope: str) -> None:
    with pytest.raises(InputError, match="no scope"):
        Protection("a.example", scope, "o", "r")


def test_an_instant_without_time_zone_is_refused() -> None:
    with pytest.raises(InputError, match="time zone"):
        Protection("a.example", DOMAIN, "o", "r", datetime(2026, 1, 1))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param(["", "  ", "# a note", "\ufeff# with a byte order mark"], [], id="no-names"),
        pytest.param(["Films.Example."], [("films.example", DOMAIN)], id="any-spelling"),
        pytest.param(["*.films.example"], [("films.example", DOMAIN)], id="star"),
        pytest.param([".films.example"], [("films.example", DOMAIN)], id="dot"),
        pytest.param(["=www.films.example"], [("www.films.example", HOST)], id="exactly"),
        pytest.param(["a.example", "A.example"], [("a.example", DOMAIN)], id="twice"),
        pytest.param(["bücher.example"], [("xn--bcher-kva.example", DOMAIN)], id="unicode"),
    ],
)
def test_an_operators_file_holds_one_name_a_line(
    lines: list[str], found: list[tuple[str, str]]
) -> None:
    assert [(p.name, p.scope) for p in parse(lines)] == found


def test_what_follows_the_name_is_the_reason() -> None:
    (found,) = parse(["films.example   #  ours,   since 2019 "], owner="us")

    assert (found.owner, found.reason) == ("us", "ours, since 2019")


def test_a_file_with_garbage_is_refused_with_the_lines_that_hold_it() -> None:
    lines = ["films.example", "not a host", "# fine", "http://x.example/", "192.0.2.1"]

    with pytest.raises(InputError, match=r"3 lines hold no name: line 2: .*line 4: .*line 5: "):
        parse(lines)


def test_a_long_file_of_garbage_makes_a_short_message() -> None:
    with pytest.raises(InputError, match=r"and 9995 more") as caught:
        parse(["?" * 100_000] * 10_000)

    assert len(str(caught.value)) < 2_000


@given(st.lists(st.text(max_size=40), max_size=5))
def test_any_file_is_read_or_refused_and_nothing_else(lines: list[str]) -> None:
    try:
        found = parse(lines)
    except InputError:
        return
    assert all(ProtectedNames.of(found).find(p.name, NOW) for p in found)


@pytest.mark.parametrize(
    "host",
    [
        pytest.param("films.example", id="stranger"),
        pytest.param("notdoubleclick.net", id="ends-alike"),
        pytest.param("doubleclick.net.films.example", id="starts-alike"),
        pytest.param("pirate.pages.dev", id="on-a-platform"),
        pytest.param("", id="nothing"),
    ],
)
def test_what_may_be_a_mirror_is_no_infrastructure(host: str) -> None:
    assert is_infrastructure(host) is None


@pytest.mark.parametrize(
    ("host", "reason"),
    [
        ("ads.doubleclick.net", "an advertising network"),
        ("www.googletagmanager.com", "an analytics, tag or consent service"),
        ("cdn.jsdelivr.net", "a library, font or script host that anybody may load from"),
        ("cdn.jwplayer.com", "a player or streaming product that anybody may use"),
        ("e1234.a.akamaiedge.net", "a content delivery network's own names"),
        ("bit.ly", "a URL shortener"),
        ("linktr.ee", "a page of links that its users fill"),
    ],
)
def test_what_every_page_loads_or_links_to_is_infrastructure(host: str, reason: str) -> None:
    assert is_infrastructure(host) == reason


# ---------------------------------------------------------------- what stands below


@pytest.mark.parametrize(
    ("host", "below"),
    [
        ("b.example", "shop.b.example"),
        ("y.b.example", "x.y.b.example"),
        # Itself, what is below it, a neighbour, a look-alike: nothing below these is protected.
        ("shop.b.example", None),
        ("a.shop.b.example", None),
        ("tv.b.example", None),
        ("bb.example", None),
        # Its protection has ended, or is no protection.
        ("c.example", None),
        ("d.example", None),
    ],
)
def test_a_protected_name_below_is_found(host: str, below: str | None) -> None:
    named = ProtectedNames.of(
        [
            Protection("shop.b.example", DOMAIN, "us", "ours"),
            Protection("x.y.b.example", HOST, "us", "ours"),
            Protection("shop.c.example", DOMAIN, "us", "ours", NOW - timedelta(days=1)),
            Protection("shop.d.example", DOMAIN, "us", "ours", is_soft=True),
        ]
    )
    found = named.find_below(host, NOW)

    assert (found.name if found else None) == below


def test_a_soft_name_protects_nothing_beside_a_name_that_does() -> None:
    soft, hard = parse(["~films.example # careful", "shop.films.example # ours"])
    named = ProtectedNames().with_names([soft, hard])

    assert named.find("films.example", NOW) is None
    assert named.find("tv.films.example", NOW) is None
    assert named.find("shop.films.example", NOW) == hard
    assert named.find_soft("tv.films.example", NOW) == soft
    assert named.find_soft("films.test", NOW) is None
    assert len(named) == 2
    assert set(named) == {soft, hard}


@pytest.mark.parametrize(
    "line", ["a.example until=", "a.example until=2027-13-01", "~", "=", "~~a"]
)
def test_half_a_line_is_refused(line: str) -> None:
    with pytest.raises(InputError, match="line 1"):
        parse([line])


@pytest.mark.parametrize(
    ("host", "is_one"),
    [
        ("clickfunnels.com", True),
        ("www.clickfunnels.com", True),
        # What stands below a platform is somebody's, and may be a mirror.
        ("films.clickfunnels.com", False),
        # Anybody can lend a domain: that must not make it safe.
        ("wikaba.com", False),
        ("films.wikaba.com", False),
    ],
)
def test_a_platform_itself_is_no_candidate(host: str, is_one: bool) -> None:
    assert (is_infrastructure(host) is not None) == is_one
