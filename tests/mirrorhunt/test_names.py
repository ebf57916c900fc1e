"""Host names, written one way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirrorhunt import names
from mirrorhunt.errors import InputError, NotAHostError

LABEL = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True)
HOST = st.lists(LABEL, min_size=1, max_size=4).map(lambda labels: ".".join([*labels, "example"]))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("   ", id="blank"),
        pytest.param(".", id="the root"),
        pytest.param("films", id="single label"),
        pytest.param("192.0.2.7", id="IPv4"),
        # Whatever a browser takes for an address is none of ours, or a guard could be passed.
        pytest.param("0xc0.0.2.7", id="hexadecimal address"),
        pytest.param("3221225991", id="decimal address"),
        pytest.param("192.0.2.7.", id="address with a dot"),
        pytest.param("2001:db8::1", id="IPv6"),
        pytest.param("[2001:db8::1]", id="IPv6 in brackets"),
        pytest.param("https://films.example/", id="URL"),
        pytest.param("films.example/path", id="path"),
        pytest.param("films.example:443", id="port"),
        pytest.param("user@films.example", id="mail address"),
        pytest.param("films..example", id="empty label"),
        pytest.param(".films.example", id="leading dot"),
        pytest.param("-films.example", id="leading hyphen"),
        pytest.param("films-.example", id="trailing hyphen"),
        pytest.param("fi lms.example", id="blank inside"),
        pytest.param("films\n.example", id="line break inside"),
        pytest.param("films\x00.example", id="NUL"),
        pytest.param("1\x00.example", id="NUL after a digit"),
        pytest.param("f%69lms.example", id="percent"),
        pytest.param("a" * 64 + ".example", id="label of 64"),
        pytest.param(".".join(["a" * 49] * 6), id="more than 253"),
        pytest.param("films.123", id="suffix of digits"),
        pytest.param("films\u202e.example", id="direction override"),
        pytest.param("films.exam\ud800ple", id="lone surrogate"),
        pytest.param("*.films.example", id="wildcard"),
    ],
)
def test_what_dns_cannot_carry_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(NotAHostError) as error:
        names.host(text)

    assert isinstance(error.value, InputError)
    assert "\n" not in str(error.value)
    assert names.find_host(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("films.example", "films.example"),
        ("FILMS.Example", "films.example"),
        ("films.example.", "films.example"),
        (" films.example ", "films.example"),
        ("_dmarc.films.example", "_dmarc.films.example"),
        ("films\u3002example", "films.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("BÜCHER.example", "xn--bcher-kva.example"),
        # Python's own codec would make somebody else's strasse of it.
        ("straße.example", "xn--strae-oqa.example"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        # Full-width letters look like these and are mapped to them (UTS 46).
        ("\uff46ilms.example", "films.example"),
        ("фильмы.example", "xn--h1agd3a1be.example"),
    ],
)
def test_two_spellings_of_a_host_are_one(text: str, expected: str) -> None:
    assert names.host(text) == expected


@given(HOST)
def test_writing_a_host_twice_changes_nothing(host: str) -> None:
    once = names.find_host(host)

    assert once is None or names.host(once) == once


@given(st.text(max_size=300))
def test_no_text_is_too_much(text: str) -> None:
    found = names.find_host(text)

    assert found is None or (found.isascii() and len(found) <= 253 and found == found.lower())
    assert names.host_of_url(text) is None or names.host_of_url(text)
    names.ip_literal(text)
    names.find_suffix(text)


@given(st.text(alphabet=st.characters(codec="utf-8"), min_size=1, max_size=12))
def test_what_people_read_leads_back_to_the_same_host(label: str) -> None:
    host = names.find_host(f"{label}.example")

    assert host is None or names.host(names.unicode_form(host)) == host


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("co.uk", None),
        ("uk", None),
        ("github.io", None),
        ("films.co.uk", "films.co.uk"),
        ("a.b.films.co.uk", "films.co.uk"),
        # On a shared platform each name is somebody else's.
        ("films.github.io", "films.github.io"),
        ("a.films.pages.dev", "films.pages.dev"),
        # A suffix that no list knows: the last label.
        ("films.lab", "films.lab"),
        ("www.films.example", "films.example"),
    ],
)
def test_the_registrable_domain_is_what_somebody_registered(
    host: str, expected: str | None
) -> None:
    assert names.registrable_domain(host) == expected


@given(HOST)
def test_a_host_stands_below_its_registrable_domain(host: str) -> None:
    domain = names.registrable_domain(host)

    assert domain is not None
    assert names.is_below(host, domain)
    assert names.registrable_domain(domain) == domain


def test_a_platform_is_answered_for_by_its_holder() -> None:
    assert names.public_registrable_domain("films.github.io") == "github.io"
    assert names.public_registrable_domain("a.films.co.uk") == "films.co.uk"


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        # Without www. these would be nobody's, or somebody else's.
        ("www.co.uk", "www.co.uk"),
        ("www.example", "www.example"),
        ("www.a.films.example", "www.a.films.example"),
        ("wwwfilms.example", "wwwfilms.example"),
        ("www.films.example", "films.example"),
    ],
)
def test_www_goes_only_where_a_registrable_domain_stays(host: str, expected: str) -> None:
    assert names.without_www(host) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("", None),
        ("/path", None),
        ("mailto:a@films.example", None),
        ("https://192.0.2.7/", None),
        ("https://[", None),
        ("https://[::1]/", None),
        ("https://user:secret@FILMS.example:8443/a?b#c", "films.example"),
        ("//films.example/a", "films.example"),
    ],
)
def test_the_host_of_a_url_is_found_or_nothing_is(url: str, expected: str | None) -> None:
    assert names.host_of_url(url) == expected


@pytest.mark.parametrize(
    ("name", "parent", "expected"),
    [
        ("xfilms.example", "films.example", False),
        ("example", "films.example", False),
        ("films.example", "films.example", True),
        ("a.b.films.example", "films.example", True),
    ],
)
def test_below_is_below_and_not_alike(name: str, parent: str, expected: bool) -> None:
    assert names.is_below(name, parent) is expected


def test_the_list_of_suffixes_is_not_empty_and_holds_both_sections() -> None:
    suffixes = names.public_suffixes()

    assert {"com", "co.uk", "github.io"} <= suffixes
    assert not [name for name in suffixes if "*" in name or "!" in name]
    assert "ck" not in suffixes


def test_a_skeleton_is_never_empty() -> None:
    assert names.skeleton("1337") == "1337"
    assert names.skeleton("goal-12_hd") == "goalhd"


def test_a_name_in_a_message_is_no_link() -> None:
    assert "." not in names.defanged("a.films.example").replace("[.]", "")


@pytest.mark.parametrize(
    ("url", "taken_apart"),
    [
        ("https://films.example", ("films.example", "", "")),
        ("https://WWW.Films.Example:8443/a/b?c=d&e#f", ("www.films.example", "/a/b", "c=d&e")),
        ("https://films.example?q=1", ("films.example", "", "q=1")),
        # The fragment goes first: its question mark asks nothing.
        ("https://films.example/a#b?c", ("films.example", "/a", "")),
        # What a user name looks like is no host.
        ("https://other.example@films.example/", ("films.example", "/", "")),
        ("https://192.0.2.1/a", ("", "/a", "")),
        ("https://[broken/a", ("", "/a", "")),
    ],
)
def test_a_url_is_taken_apart(url, taken_apart):
    assert names.url_parts(url) == taken_apart
