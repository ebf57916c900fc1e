"""What a page's words say about other hosts, beyond the frozen cases."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirrorhunt.model import Visit
from mirrorhunt.page import Page
from spiders._text_hosts import find_hosts, visible
from spiders.page_links import PageLinksSpider
from tests.frozen import AT

NO_HOSTS = {
    "a mail address": "info@goal2.example",
    "a mail address with dots": "first.last@goal2.example",
    "a handle": "@goal2.tv",
    "a file": "index.html player.js film.zip readme.md logo.png",
    "a file below an address": "/img/goal2.example",
    "a number": "3.14 1.2.3 20.11.2026 20.45",
    # Suffixes that are words: Ireland, Spain, Panama, Tonga.
    "an abbreviation": "i.e. p.es S.p.A 3.to",
    "no space between sentences": "ciao.Come stai.Bene",
    "a dot that is a word": "polka dot it",
    "a call": "location.me(1)",
    "no such suffix": "goal2.notasuffix",
    "an address": "192.0.2.7",
    "a suffix alone": "co.uk",
    "a product": "ASP.NET",
}


@pytest.mark.parametrize("text", NO_HOSTS.values(), ids=NO_HOSTS)
def test_what_only_looks_like_a_host_is_none(text):
    assert list(find_hosts(text)) == []


HOSTS = {
    "plain": ("goal2.example", "goal2.example"),
    "end of a sentence": ("(goal2.example).", "goal2.example"),
    "the next sentence without space": ("goal2.example.Guardate", "goal2.example"),
    "dots before it": ("su...goal2.example", "goal2.example"),
    "capitals": ("GOAL2.EXAMPLE", "goal2.example"),
    "defanged": ("goal2[.]example", "goal2.example"),
    "defanged with spaces": ("goal2 [dot] example", "goal2.example"),
    "a word for the dot": ("goal2 dot example", "goal2.example"),
    "a word for the dot, short": ("goal2 dot tv", "goal2.tv"),
    "a number alone": ("1337.example", "1337.example"),
    "one letter, but an address": ("https://x.example/", "x.example"),
    "with www": ("www.goal2.example", "www.goal2.example"),
    "another alphabet": ("голы.рф", "xn--c1aqi7c.xn--p1ai"),
    "with a path": ("goal2.example/live.m3u8", "goal2.example"),
}


@pytest.mark.parametrize(("text", "host"), HOSTS.values(), ids=HOSTS)
def test_a_host_is_read_as_people_write_it(text, host):
    assert [named.host for named in find_hosts(text)] == [host]


def announced(html: str) -> list[str]:
    page = Page.of("https://goal1.example/", html.encode(), headers={"content-type": "text/html"})
    visit = Visit("goal1.example", "goal", "page_links", "here", AT, page=page)
    return [p.host for p in PageLinksSpider.read(visit) if p.how == "announcement"]


NO_ANNOUNCEMENTS = {
    "the next sentence": "Our new domain is coming soon. Read paper.example",
    "an advertisement beside it": "New address soon <a href='https://ad.example/'>bet now</a>",
    "fakes": "beware of fake mirrors: goal2.example",
    "an old one": "our old domain: goal2.example",
    "not theirs": "Our domains: fake is kick.example",
    "a host's service": "Mirror 1 <a href='https://filehost.example/x'>Download</a>",
    "an official site of others": "Official site: league.example",
    "a mail address": "our new address: info@mail.example",
    "far away": "our new domain " + "and so on " * 10 + "kick.example",
    "in comments": "<div class=comments>our new domain: kick.example</div>",
    "itself": "our new domain: goal1.example",
    "part of a word": "lanuovo dominiox kick.example",
}


@pytest.mark.parametrize("html", NO_ANNOUNCEMENTS.values(), ids=NO_ANNOUNCEMENTS)
def test_what_is_not_said_of_a_host_is_no_announcement(html):
    assert announced(html) == []


ANNOUNCEMENTS = {
    "a name of another kind": ("our new domain is kick.example", ["kick.example"]),
    "behind a button": ("Nuovo dominio: <a href='https://kick.example'>qui</a>", ["kick.example"]),
    "behind a word": (
        "our new address can be reached <a href='https://kick.example'>here</a>",
        ["kick.example"],
    ),
    "behind a brand": (
        "our new address: <a href='https://kick.example'>Kick!</a>",
        ["kick.example"],
    ),
    "a list": ("our mirrors: a1.example, b2.example and c3.example", None),
    "a list that ends": ("our mirrors: a1.example, b2.example. Thanks to paper.example", None),
    "a mirror of like name": ("mirror: goal2.example", ["goal2.example"]),
    "official site of like name": ("sito ufficiale: goals.example", ["goals.example"]),
    "capitals": ("NUOVO INDIRIZZO: kick.example", ["kick.example"]),
    "Turkish capitals": ("YENİ ADRES kick.example", ["kick.example"]),
    "before the words": ("kick.example is our new domain", ["kick.example"]),
    "others are fake": ("official domain: kick.example, all others are fake", ["kick.example"]),
}
LISTS = {
    "a list": ["a1.example", "b2.example", "c3.example"],
    "a list that ends": ["a1.example", "b2.example"],
}


@pytest.mark.parametrize("name", ANNOUNCEMENTS)
def test_an_announcement_names_the_host_it_speaks_of(name):
    html, hosts = ANNOUNCEMENTS[name]
    assert announced(html) == (hosts or LISTS[name])


HOSTILE = {
    "dots": ".a" * 100_000,
    "words": "a-" * 100_000,
    "dot words": "a dot " * 33_000,
    "brackets": "a[.]" * 50_000,
    "at signs": "a.b@" * 50_000,
    "announcing words": "new domain " * 18_000,
    "announcing words and hosts": "our new domain goal2.example " * 6_000,
    "almost announcing": "our new other only " * 10_000,
    "spaces": "new" + " " * 190_000 + "domain",
    "hosts": " ".join(f"g{n}.example" for n in range(15_000)),
    "link texts": "new domain"
    + "".join(f"<a href='https://g{n}.example/'>text {n}</a>" for n in range(2_000)),
    "one link text": "new domain" + "<a href='https://g.example/'>aa</a>" * 2_000,
}


@pytest.mark.parametrize("html", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_text_is_read_up_to_a_bound(html):
    # No figure is asserted: with a step back at each character these would take hours.
    announced(html)


@given(st.text(max_size=300))
def test_whatever_a_text_holds_hosts_are_written_our_way(text):
    shown = visible(text)
    for named in find_hosts(shown):
        assert 0 <= named.start < named.end <= len(shown)
        assert named.host == named.host.lower()
        assert "." in named.host


@given(st.text(alphabet="goal2.example@dot []()<>a=/new domain'", max_size=200))
def test_whatever_a_page_holds_nothing_is_raised(html):
    assert "goal1.example" not in announced(html)
