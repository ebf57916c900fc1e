"""Which pages are worth a browser: what must not be drawn first."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirrorhunt.escalating import why_draw
from mirrorhunt.model import DnsFacts, Failure, FailureKind, Rcode, Visit
from mirrorhunt.page import Page
from mirrorhunt.rendering import Rendering

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
TALK = "Il derby di domenica si gioca alle tre e lo stadio sarà pieno come sempre. "
GA = (
    '<script async src="https://www.googletagmanager.com/gtag/js?id=G-ABCDEFGHIJ"></script>'
    "<script>window.dataLayer=window.dataLayer||[];function gtag(){dataLayer.push(arguments)}"
    "gtag('js',new Date());gtag('config','G-ABCDEFGHIJ');</script>"
)
GTM = (
    "<script>(function(w,d,s,l,i){w[l]=w[l]||[];w[l].push({'gtm.start':new Date().getTime()});"
    "var f=d.getElementsByTagName(s)[0],j=d.createElement(s);j.async=true;"
    "j.src='https://www.googletagmanager.com/gtm.js?id='+i;f.parentNode.insertBefore(j,f);})"
    "(window,document,'script','dataLayer','GTM-ABCDEFG');</script>"
)
BUNDLE = '<script type="module" src="/assets/index-BgT3k1x9.js"></script>'
FIXTURES = "".join(f"<li>{h}:30 Inter - Milan</li>" for h in range(12, 20))
LINKS = "".join(f'<a href="/p/{n}">Pagina {n}</a>' for n in range(12))


def visit(
    body: str,
    *,
    status: int = 200,
    url: str = "https://goal.example/",
    headers: dict[str, str] | None = None,
    host: str = "goal.example",
) -> Visit:
    sent = {"content-type": "text/html; charset=utf-8"} | (headers or {})
    return Visit(
        host=host,
        network="goal",
        technique="hunt",
        vantage="here",
        at=AT,
        dns=DnsFacts(Rcode.NOERROR, ("192.0.2.7",)),
        page=Page.of(url, body.encode(), status, sent),
    )


def html(body: str, head: str = "<title>Goal</title>") -> str:
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>"


ENOUGH = {
    "news-article": html(
        f"<article><h1>Derby</h1><p>{TALK * 3}</p></article>" + GA,
        '<title>Derby</title><meta property="og:type" content="article">',
    ),
    # Its video player is made by a script, as every newspaper's is.
    "news-article-with-a-scripted-video": html(
        f"<article><p>{TALK * 3}</p><div id='player'></div></article>"
        "<script>var f=document.createElement('iframe');f.src='/live/embed';</script>",
        '<title>Derby</title><meta property="article:published_time" content="2026-11-24">',
    ),
    "wordpress-blog": html(
        f'<header><a href="/">Blog</a>{LINKS}</header><main><p>{TALK * 10}</p></main>'
        '<script src="/wp-includes/js/jquery/jquery.min.js"></script>'
        "<script>jQuery(function($){$('#menu').html('');});</script>" + GA
    ),
    # Rendered by the server: the root element is full.
    "shop-drawn-by-its-server": html(
        f'<div id="__next"><nav>{LINKS}</nav><main>{TALK * 12}</main></div>{BUNDLE}'
        '<script id="__NEXT_DATA__" type="application/json">{"props":{}}</script>'
    ),
    "long-page-with-a-root": html(f'<div id="root">{TALK * 60}</div>{BUNDLE}'),
    "restaurant-of-one-page": html(f"<h1>Da Gino</h1><p>{TALK}</p>{GA}{GTM}"),
    "under-construction": html("<h1>Sito in costruzione</h1><p>Torna presto a trovarci.</p>" + GA),
    "contact-page-without-scripts": html("<h1>Studio legale</h1><p>Via Roma 1, Torino</p>"),
    # It plays already: the plain page says so.
    "player-in-a-plain-frame": html('<iframe src="https://cdn.example/embed/ch7"></iframe>' + GA),
    "player-set-up-in-the-page": html(
        "<div id='p'></div><script>new Clappr.Player({source:'https://c.example/a.m3u8'});"
        "location.hash='#x';</script>"
    ),
    "schedule-with-scripted-frames": html(
        f"<ul>{FIXTURES}</ul><script>document.write('<iframe src=/live></iframe>')</script>"
    ),
    "map-widget": html(
        f"<p>{TALK * 12}</p>{LINKS}<script>var f=document.createElement('iframe');"
        "f.src='https://maps.example/';</script>"
    ),
    "login-form": html(
        "<form><input name=u><input type='password' name=p><button>Enter</button></form>"
        "<script>location.href=next()</script>"
    ),
    "captcha": html(
        '<div class="g-recaptcha"></div><script src="https://www.google.com/recaptcha/api.js">'
        "</script><script>function ok(){location.href=next()}</script>"
    ),
    "turnstile-before-an-app": html(
        '<div id="root"></div><script src="https://challenges.cloudflare.com/turnstile/v0/api.js">'
        "</script>"
    ),
    "parked": html(
        "<p>This domain is parked free, courtesy of GoDaddy.com.</p>"
        "<script>location.href=a()+b()</script>"
    ),
    "seized": html(
        "<h1>This domain has been seized by Homeland Security Investigations</h1>"
        "<script>document.write(x)</script>",
        "<title>This domain has been seized</title>",
    ),
    "cookie-banner": html(
        f"<p>{TALK * 9}</p>{LINKS}<button onclick='ok()'>Accept</button><script>ok()</script>"
    ),
    "empty": html(""),
    # 404 and 503 of whatever sort are no pages, though browsers would run them.
}
"""Plain pages that say enough, or that are not ours to look behind."""

WORTH = {
    "script-only": html("<script>var a='x'</script>", ""),
    "app-root": html(f'<div id="root"></div>{BUNDLE}'),
    "angular-root": html(f"<app-root></app-root>{BUNDLE}"),
    "app-root-with-a-word": html(f'<div id="app">Caricamento…</div>{BUNDLE}'),
    "named-and-bare": html("<script src='/m.js'></script>", "<title>Calcio in diretta</title>"),
    "location-of-parts": html("<p>Un attimo</p><script>location.href=a[1]+k+b()</script>"),
    "location-by-its-name-in-brackets": html(
        "<p>Un attimo</p><script>window['loc'+'ation']['hr'+'ef']=u(3)</script>"
    ),
    "location-from-atob": html(
        "<p>Attendere</p><script>var q=k();location.replace(atob(q))</script>"
    ),
    "timed": html("<p>Attendere</p><script>setTimeout(function(){location=x.y(2)},2000)</script>"),
    "eval": html("<p>Attendere</p><script>eval(z(17))</script>"),
    "hexadecimal": html("<p>Attendere</p><script>var w=window['\\x6c\\x6f'];w(1)</script>"),
    "obfuscator": html("<p>Attendere</p><script>var _0x3f2a=['a','b'];(function(){})()</script>"),
    "fetches-its-schedule": html(
        "<div id='list'></div><script>fetch('/api/events').then(r=>r.json()).then(show)</script>"
    ),
    "writes-itself": html("<script>document.write(build(data))</script><p>Goal live</p>"),
    "makes-a-frame": html(
        "<h1>Canale 5</h1><script>var f=document.createElement('iframe');f.src=u()</script>"
    ),
    "empty-player": html('<h1>Canale 5</h1><div id="player"></div><script src="/p.js"></script>'),
    "says-it-needs-scripts": html(
        "<noscript>Please enable JavaScript to continue.</noscript><p>Goal</p>"
        "<script src='/m.js'></script>"
    ),
    "frameset": '<html><frameset cols="*"><frame src="https://other.example/"></frameset></html>',
    "frame-only": html('<iframe src="https://other.example/home"></iframe>'),
    "gate-in-italian": html("<p>Benvenuto</p><button id=b>Entra nel sito</button>"),
    "gate-of-age": html("<p>Are you over 18?</p><a href='#' onclick='go()'>Yes, I am over 18</a>"),
    "long-page-with-a-scripted-player": html(
        f"<p>{TALK * 12}</p>{LINKS}<script>var f=document.createElement('iframe');"
        "f.src=base+'/live/'+id;box.appendChild(f)</script>"
    ),
    "long-page-with-a-packed-player": html(
        f"<p>{TALK * 12}</p>{LINKS}<div class='video-player'></div>"
        "<script>eval(function(p,a,c,k,e,d){return p}('0 1',2,2,'a|b'.split('|')))</script>"
    ),
}


@pytest.mark.parametrize("body", ENOUGH.values(), ids=ENOUGH.keys())
def test_a_page_that_says_enough_is_not_drawn(body: str) -> None:
    assert why_draw(visit(body)) == ""


@pytest.mark.parametrize("body", WORTH.values(), ids=WORTH.keys())
def test_a_page_that_only_a_browser_can_read_is_drawn(body: str) -> None:
    why = why_draw(visit(body))
    assert why
    assert "\n" not in why


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(visit(WORTH["app-root"], status=404), id="not-found"),
        pytest.param(visit(WORTH["app-root"], status=403), id="refused"),
        pytest.param(visit(WORTH["script-only"], status=451), id="blocked"),
        pytest.param(
            visit(WORTH["script-only"], status=503, headers={"cf-mitigated": "challenge"}),
            id="challenge",
        ),
        # Somebody else's page: that host is looked at for itself.
        pytest.param(visit(WORTH["app-root"], url="https://other.example/"), id="elsewhere"),
        pytest.param(
            visit(WORTH["app-root"], headers={"content-type": "application/json"}), id="no-html"
        ),
    ],
)
def test_what_is_no_page_of_the_host_is_not_drawn(seen: Visit) -> None:
    assert why_draw(seen) == ""


def test_a_host_without_a_page_is_not_drawn() -> None:
    gone = Visit(
        "goal.example", "goal", "hunt", "here", AT, failure=Failure(FailureKind.RESET, "reset")
    )
    assert why_draw(gone) == ""


def test_nothing_is_drawn_twice() -> None:
    seen = visit(WORTH["app-root"])
    assert seen.page is not None
    again = Visit(
        **{
            name: getattr(seen, name) for name in ("host", "network", "technique", "vantage", "at")
        },
        page=seen.page,
        rendering=Rendering(seen.page.url, seen.page.url, 200),
    )
    assert why_draw(again) == ""


PIECES = (
    *("<div id=", "'root", '"', "<script>", "</script>", "location", "[", "'lo", "\\x6", "eval("),
    *("<button ", "<noscript>", "atob(", "<iframe", " " * 40, "player", "enter", "<", ">", "=\n"),
)


@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
def test_whatever_is_sent_gets_an_answer(body: str) -> None:
    assert isinstance(why_draw(visit(body)), str)


@pytest.mark.parametrize(
    "piece", ["<div ", "<noscript ", "location", "[ ", "<input ", "_0x1a2b = "]
)
def test_a_page_made_to_keep_patterns_busy_is_read_all_the_same(piece: str) -> None:
    # Ends at all: a pattern that backtracks takes hours over this.
    assert isinstance(why_draw(visit(f"<script>{piece * 40_000}")), str)
    assert isinstance(why_draw(visit(piece * 40_000)), str)
