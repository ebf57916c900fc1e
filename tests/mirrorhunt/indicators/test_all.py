"""What holds for every indicator, whatever a page holds."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirrorhunt.indicators import MAX_VALUES, kinds, observe
from mirrorhunt.model import (
    Availability,
    DnsFacts,
    Observation,
    PeerCertificate,
    Rcode,
    Ruling,
    Visit,
)
from mirrorhunt.page import Page

AT = datetime(2026, 11, 24, tzinfo=UTC)
LIVE = Ruling(Availability.LIVE, "live", "it answers with a page")
MAX_VALUE_CHARS = 700

# Pieces that indicators look for, so that arbitrary pages reach their inner parts.
PIECES = (
    "<script>", "</script>", "<iframe src='", "'>", "<a href='", "<meta name='", "' content='",
    "<div class=comments data-zone='", "</div>", "UA-1234567-1", "gtag(", "ym(", "https://t.me/",
    "tg://resolve?", "mailto:", "@", "a@b.test", "wa.me/", "bc1", "1A1zP1eP5QGefi2DMPTfTL5SLmv7",
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "https://", "//[", "%zz", "20:45 A - B ",
    "/cdn-cgi/l/email-protection#", "zz", "00ff", ".m3u8", "magnet:?", "new Hls(", "S01E02",
    "x.example/", "\\/\\/", "setSiteId',3", "setTrackerUrl", "?phone=", "&" * 30, "\x00", "é", "𝔘",
    "data-cf-beacon='{", "<title>", "</title>", "|", "og:site_name", "vast", "\ud7ff", "١٢:٣٠",
)  # fmt: skip
htmls = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=20)), max_size=60).map(
    "".join
)
texts = st.one_of(
    st.text(max_size=80), st.sampled_from(["a.example", "*.b.example", ".", "", "::1"])
)


def visit(body: bytes, **facts: object) -> Visit:
    page = Page.of("https://films12.example/", body)
    made = Visit("films12.example", "films", "page_links", "here", AT, page=page, ruling=LIVE)
    return replace(made, **facts)  # type: ignore[arg-type]


def check(seen: tuple[Observation, ...]) -> None:
    for observation in seen:
        assert observation.kind in kinds
        assert observation.value
        assert len(observation.value) <= MAX_VALUE_CHARS
        assert "\n" not in observation.value


@given(st.binary(max_size=3000))
def test_arbitrary_bytes_never_raise(body):
    check(observe(visit(body, icon=body)))


@settings(max_examples=400, deadline=None)
@given(htmls)
def test_arbitrary_html_never_raises(html):
    check(observe(visit(html.encode("utf-8", "replace"))))


@given(st.lists(texts, max_size=5), texts)
def test_arbitrary_dns_never_raises(names, contact):
    many = tuple(names)
    dns = DnsFacts(Rcode.NOERROR, many, many, many, many, contact)
    check(observe(visit(b"", dns=dns)))


@given(st.lists(texts, max_size=5))
def test_an_arbitrary_certificate_never_raises(names):
    shown = PeerCertificate(tuple(names), len(names), "ab" * 32, "x", AT, AT, True)
    check(observe(visit(b"", certificate=shown)))


@given(htmls)
def test_the_same_page_shows_the_same(html):
    body = html.encode("utf-8", "replace")
    assert observe(visit(body)) == observe(visit(body))


@pytest.mark.parametrize("kind", sorted(kinds))
def test_no_page_floods_the_store(kind):
    body = "".join(
        f"<a href='https://t.me/name{i}'>x</a><img src='https://h{i}.example/p/{i:x}g.png'>"
        f"<meta name=google-site-verification content='token{i:08}z'><p>a{i}@b.test</p>"
        f"<script data-zone={10000 + i}>ym({100000 + i},'init')</script>"
        for i in range(300)
    )
    seen = [o for o in observe(visit(body.encode())) if o.kind == kind]
    assert len(seen) <= MAX_VALUES


@pytest.mark.parametrize("kind", sorted(kinds))
def test_nothing_is_read_from_nothing(kind):
    empty = Visit("films12.example", "films", "page_links", "here", AT, ruling=LIVE)
    assert list(kinds[kind].read(empty)) == []


@pytest.mark.parametrize(
    "availability", [a for a in Availability if a is not Availability.LIVE], ids=str
)
def test_a_page_that_is_not_live_shows_nothing(availability):
    body = b"<title>Films12</title><a href='https://t.me/films12'>x</a>" + b"<p>x</p>" * 50
    not_live = visit(body, ruling=Ruling(availability, "rule", "because"))
    assert observe(not_live) == ()


def test_a_page_served_by_another_domain_shows_nothing_of_the_host():
    elsewhere = Page.of("https://other.example/", b"<title>Films12</title>" + b"<p>x</p>" * 50)
    assert observe(visit(b"", page=elsewhere)) == ()
