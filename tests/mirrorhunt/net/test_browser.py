"""A real Chromium, and pages written against it."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from aiohttp import web

from mirrorhunt.errors import ConfigError
from mirrorhunt.net.browser import Browser, BrowserMissingError
from mirrorhunt.net.guard import Network
from mirrorhunt.net.resolver import Resolver
from mirrorhunt.page import MAX_BODY_BYTES
from mirrorhunt.rendering import MAX_REQUESTS, Rendering, Requested
from tests.nameserver import Nameserver
from tests.site import TEXT, ZONES, Answer, Serve, Site

FILMS = "http://films.example"
OTHER = "http://other.example/"


@dataclass
class Stage:
    """A browser before a site, in one event loop."""

    runner: asyncio.Runner
    site: Site
    resolver: Resolver
    browser: Browser

    def show(self, *pages: Answer | Serve, **more: Answer | Serve) -> None:
        """Serve the first of *pages* as the front page, *more* by path."""
        self.site.pages.clear()
        self.site.hits.clear()
        self.site.heads.clear()
        for page in pages:
            self.site.pages["films.example", "/"] = page
        for path, page in more.items():
            self.site.pages["films.example", f"/{path}"] = page
        self.site.pages["other.example", "/"] = f"<title>Other</title>{TEXT}"

    def draw(self, url: str = f"{FILMS}/", **options: object) -> Rendering:
        """Draw it, and find nothing reached that must not be."""
        rendering = self.runner.run(self.browser.draw(url, **options))  # type: ignore[arg-type]
        assert self.site.breaches == []
        return rendering

    def asked(self, path: str) -> bool:
        """True if the site was asked for *path*."""
        return any(hit[2].partition("?")[0] == path for hit in self.site.hits)


@contextlib.contextmanager
def staged(*, allow: Sequence[Network] = (), **options: object) -> Iterator[Stage]:
    """A browser of its own; *allow* is what its guard lets through all the same."""
    with asyncio.Runner() as runner, Nameserver(ZONES) as nameserver:
        site = runner.run(Site().start())
        resolver = site.resolver(nameserver, allow=allow)
        try:
            browser = runner.run(Browser.start(site.config(**options), resolver))
            try:
                yield Stage(runner, site, resolver, browser)
            finally:
                runner.run(browser.close())
        finally:
            runner.run(resolver.close())
            runner.run(site.close())


@pytest.fixture(scope="module")
def stage(chromium: str) -> Iterator[Stage]:
    """One browser for many tests: each page has a context of its own."""
    with staged() as made:
        yield made


def alive(pids: Iterable[int]) -> list[int]:
    """Those that run; one that nobody has asked for its end is no process any more."""
    found = []
    for pid in pids:
        with contextlib.suppress(psutil.NoSuchProcess):
            if psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
                found.append(pid)
    return found


def refused(rendering: Rendering) -> dict[str, str]:
    return {r.url: r.refused for r in rendering.requests if r.refused}


# ---------------------------------------------------------------- what it is for


def test_a_page_is_drawn_by_its_scripts(stage: Stage) -> None:
    stage.show(
        f"<title>Films</title>{TEXT}<script>fetch('/api').then(r => r.text()).then("
        "t => document.body.append(t))</script>",
        api="drawn from an interface",
    )
    drawn = stage.draw()

    assert drawn.ended == ""
    assert drawn.status == 200
    assert drawn.final_url == f"{FILMS}/"
    assert b"drawn from an interface" in drawn.dom
    assert drawn.passed == ()
    assert Requested(f"{FILMS}/api", "fetch", 200) in drawn.requests
    assert ("content-type", "text/html; charset=utf-8") in drawn.headers
    assert drawn.browser.startswith("Chromium ")
    assert drawn.addresses == (("films.example", "192.0.2.1"),)
    assert drawn.screenshot == b""
    assert "drawn from an interface" in drawn.page().text


def test_over_tls_whatever_the_certificate_says(stage: Stage) -> None:
    stage.show(TEXT)
    drawn = stage.draw("https://films.example/")

    assert (drawn.ended, drawn.status, drawn.final_url) == ("", 200, "https://films.example/")


@pytest.mark.parametrize(
    "page",
    [
        f"<script>location.href = '{OTHER}'</script>",
        f"<script>window['loc' + 'ation'] = atob('{'aHR0cDovL290aGVyLmV4YW1wbGUv'}')</script>",
        f"<p>Wait<script>setTimeout(() => location.replace('{OTHER}'), 3000)</script>",
        f"<meta http-equiv=refresh content='2;url={OTHER}'><p>Wait",
        f"<form action='{OTHER}'></form><script>document.forms[0].submit()</script>",
        f"<body onload=\"document.write('<a id=a href={OTHER}>x</a>');a.click()\">",
    ],
    ids=["at once", "hidden", "timed", "refresh", "form", "click of its own"],
)
def test_it_ends_where_the_scripts_lead(stage: Stage, page: str) -> None:
    stage.show(page)
    drawn = stage.draw()

    assert drawn.final_url.rstrip("?") == OTHER
    assert drawn.passed == (f"{FILMS}/",)
    assert b"<title>Other</title>" in drawn.dom


def test_redirects_on_the_way_are_passed_too(stage: Stage) -> None:
    stage.show(
        "<script>location.href = '/hop'</script>",
        hop=web.Response(status=302, headers={"Location": OTHER}),
    )
    drawn = stage.draw()

    assert drawn.passed == (f"{FILMS}/", f"{FILMS}/hop")
    assert drawn.final_url == OTHER


def test_who_asks_is_told_to_the_site(stage: Stage) -> None:
    stage.show(TEXT + "<script>document.body.append(navigator.language + screen.width)</script>")
    drawn = stage.draw(
        referrer="https://search.example/",
        user_agent="Looker/1",
        is_mobile=True,
        language="es-ES,es;q=0.9",
    )

    head = stage.site.heads[0]
    assert head["User-Agent"] == "Looker/1"
    assert head["Referer"] == "https://search.example/"
    assert head["Accept-Language"] == "es-ES,es;q=0.9"
    assert b"es-ES412" in drawn.dom


def test_each_page_has_a_browser_that_knows_nothing(stage: Stage) -> None:
    stage.show(
        TEXT + "<script>document.body.append('[' + document.cookie + localStorage.a + ']');"
        "document.cookie = 'a=b'; localStorage.a = 'c'</script>"
    )
    for _ in range(2):
        assert b"[undefined]" in stage.draw().dom


def test_only_pictures_of_the_site_are_loaded_and_only_for_a_picture(stage: Stage) -> None:
    stage.show(
        f"<img src=/own.png><img src={OTHER}foreign.png>{TEXT}"
        "<style>@font-face{font-family:f;src:url(/f.woff2)}p{font-family:f}</style>"
    )
    plain = stage.draw()
    assert not stage.asked("/own.png")
    assert {*refused(plain).values()} == {"image", "font"}
    assert plain.screenshot == b""

    pictured = stage.draw(with_picture=True)
    assert stage.asked("/own.png")
    assert not stage.asked("/foreign.png")
    assert not stage.asked("/f.woff2")
    assert pictured.screenshot[8:12] == b"WEBP"


def test_streams_are_noted_and_not_loaded(stage: Stage) -> None:
    stage.show(
        f"{TEXT}<video src=/film.mp4></video><audio src=/sound></audio>"
        "<script>fetch('/live.m3u8?t=1');fetch('/hidden').then(r => r.text()).then("
        "t => document.body.append(t), () => document.body.append('none'))</script>",
        hidden=web.Response(text="#EXTM3U secret", content_type="application/vnd.apple.mpegurl"),
    )
    drawn = stage.draw()

    assert {url for url, why in refused(drawn).items() if why == "media"} == {
        f"{FILMS}/film.mp4",
        f"{FILMS}/sound",
        f"{FILMS}/live.m3u8?t=1",
        f"{FILMS}/hidden",
    }
    assert {hit[2] for hit in stage.site.hits} <= {"/", "/hidden"}
    assert b"secret" not in drawn.dom


def test_frames_are_noted_as_such(stage: Stage) -> None:
    stage.show(
        f"{TEXT}<script>document.body.innerHTML += '<iframe src={OTHER}></iframe>'</script>"
    )
    drawn = stage.draw()

    assert Requested(OTHER, "subframe", 200) in drawn.requests
    assert OTHER in drawn.page().frames
    assert drawn.final_url == f"{FILMS}/"


def test_a_gate_is_opened_and_a_human_test_is_not(stage: Stage) -> None:
    stage.show(
        f"<h1>Adults only</h1><p>Are you?</p><a href={OTHER}>I am over 18</a><a href=/x>Exit</a>"
    )
    assert stage.draw().final_url == OTHER

    stage.show(
        "<title>Just a moment...</title><h1>Verify you are human</h1>"
        "<script src='/cdn-cgi/challenge-platform/x.js'></script><script>_cf_chl_opt = {}</script>"
        f"<a href={OTHER}>Continue</a>"
    )
    drawn = stage.draw()
    assert drawn.final_url == f"{FILMS}/"
    assert not stage.asked("/x")


def test_what_answers_nothing_has_no_document(stage: Stage) -> None:
    stage.show()
    for url in ("http://nowhere.example/", "https://nowhere.example/"):
        drawn = stage.draw(url)
        assert (drawn.ended, drawn.status, drawn.dom) == ("failed", 0, b"")
        assert drawn.final_url == url


def test_a_script_that_leads_to_nothing_is_still_a_pointer(stage: Stage) -> None:
    stage.show("<script>location.href = 'http://nowhere.example/'</script>")
    drawn = stage.draw()

    assert drawn.ended == "failed"
    assert drawn.final_url == "http://nowhere.example/"
    assert drawn.passed == (f"{FILMS}/",)
    # The browser's own page about the failure is not the target's.
    assert drawn.dom == b""


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "chrome://version", "javascript:1", "data:text/html,x", "x"]
)
def test_only_the_web_is_drawn(stage: Stage, url: str) -> None:
    drawn = stage.draw(url)

    assert (drawn.ended, drawn.dom, drawn.requests) == ("failed", b"", ())


def test_a_page_of_which_enough_is_told_is_taken_as_it_comes_to_rest(stage: Stage) -> None:
    stage.show(
        "<p>Wait<a href=/in>Enter</a><img src=/own.png><script>fetch('/api').then(r => r.text())"
        ".then(t => document.body.append(t))</script>",
        api="drawn from an interface",
    )
    told = stage.draw(with_picture=True, is_told=True)

    assert (told.ended, told.final_url) == ("", f"{FILMS}/")
    assert b"drawn from an interface" in told.dom
    assert told.screenshot[8:12] == b"WEBP"
    assert stage.asked("/own.png")
    # The gate is not opened.
    assert not stage.asked("/in")


def test_pages_of_one_host_are_drawn_one_after_the_other(stage: Stage) -> None:
    stage.show(f"{TEXT}<script src=/last></script>", last="0")

    async def both() -> None:
        await asyncio.gather(*(stage.browser.draw(f"{FILMS}/") for _ in range(3)))

    stage.runner.run(both())
    asked = [hit[2] for hit in stage.site.hits if hit[2] in ("/", "/last")]
    assert asked == ["/", "/last"] * 3


# ---------------------------------------------------------------- pages against us

HOSTILE = {
    "a thousand windows": "<script>for (let i = 0; i < 1000; i++) open('/?' + i)</script>",
    "windows from clicks": "<script>onclick = () => open('/?'); for (let i = 0; i < 500; i++)"
    " { const a = document.createElement('a'); a.target = '_blank'; a.href = '/?' + i;"
    " a.click() }</script>",
    "talks without end": "<script>for (;;) { alert(1); confirm(2); prompt(3) }</script>",
    "talks again and again": "<script>setInterval(() => alert(1), 1)</script>",
    "prints": "<script>for (let i = 0; i < 20; i++) print()</script>",
    "does not let go": "<script>onbeforeunload = (e) => { e.preventDefault(); return 'stay' };"
    "onunload = () => { for (;;); }</script>",
    "never ends": "<script>for (;;);</script>",
    "never ends, later": "<script>setTimeout(() => { for (;;); }, 300)</script>",
    "never ends to load": "<script src=/slow></script>",
    "scrolls without end": "<script>setInterval(() => { for (let i = 0; i < 50; i++)"
    " document.body.append(document.createElement('p')); scrollTo(0, 1e9) }, 5)</script>",
    "goes round": "<script>location.href = '/?' + Math.random()</script>",
    "goes round by history": "<script>for (let i = 0; i < 1e5; i++)"
    " history.pushState(0, '', '/?' + i)</script>",
    "reloads": "<script>location.reload()</script>",
    "asks without end": "<script>setInterval(() => { for (let i = 0; i < 20; i++)"
    " fetch('/?' + Math.random()) }, 10)</script>",
    "100 MB of DOM": "<script>const s = 'x '.repeat(1000); for (let i = 0; i < 5e4; i++)"
    " { const p = document.createElement('p'); p.hidden = true; p.textContent = s + i;"
    " document.body.append(p) }</script>",
    "deep": "<script>let e = document.body; for (let i = 0; i < 1e5; i++)"
    " { const d = document.createElement('b'); e.append(d); e = d }</script>",
    "lies about itself": "<script>Object.defineProperty(Element.prototype, 'outerHTML',"
    " { get() { for (;;); } }); document.createTreeWalker = 1; JSON = 0; Array = 0</script>",
    "writes itself": "<script>setInterval(() => { document.open(); document.write("
    "'<p>again' + Math.random()) }, 1)</script>",
    "stops at a breakpoint": "<script>setInterval(() => { debugger }, 1)</script>",
    "takes the whole heap": "<script>const a = []; for (;;) a.push(Array(1e4).fill(.5))</script>",
    "closes itself": "<script>open('', '_self'); close()</script>",
}


@pytest.mark.parametrize("page", HOSTILE.values(), ids=HOSTILE)
def test_a_page_against_us_is_bounded_and_the_next_one_is_drawn(stage: Stage, page: str) -> None:
    stage.show(TEXT + page)
    drawn = stage.draw()

    assert drawn.final_url.startswith(FILMS)
    assert len(drawn.dom) <= MAX_BODY_BYTES
    assert len(drawn.requests) <= MAX_REQUESTS
    stage.show(TEXT)
    after = stage.draw()
    assert (after.ended, after.status) == ("", 200)


def test_a_document_longer_than_its_bound_is_cut(stage: Stage) -> None:
    stage.show(TEXT + HOSTILE["100 MB of DOM"])
    drawn = stage.draw()

    assert drawn.is_cut
    assert len(drawn.dom) == MAX_BODY_BYTES


def test_a_busy_page_is_read_all_the_same(stage: Stage) -> None:
    stage.show(TEXT + HOSTILE["never ends"])
    drawn = stage.draw()

    assert drawn.ended == "timeout"
    assert b"enough to read" in drawn.dom


def test_what_loads_too_much_is_cut(stage: Stage) -> None:
    stage.show(
        f"{TEXT}<script>for (let i = 0; i < 30; i++) fetch('/large?' + i)</script>",
        large=lambda _: web.Response(body=b"x" * 2_000_000, content_type="text/plain"),
    )
    drawn = stage.draw()

    assert drawn.ended == "bytes"
    assert b"enough to read" in drawn.dom


@pytest.mark.parametrize("kind", ["attachment", "type"])
def test_nothing_is_downloaded(stage: Stage, kind: str, tmp_path: Path) -> None:
    headers = {"Content-Disposition": "attachment; filename=a.exe"} if kind == "attachment" else {}

    def file(_: web.BaseRequest) -> Answer:
        return web.Response(
            body=b"MZ" + b"x" * 1000, content_type="application/x-msdownload", headers=headers
        )

    stage.show(file)
    drawn = stage.draw()
    assert (drawn.ended, drawn.dom) == ("download", b"")

    stage.show(f"{TEXT}<script>location.href = '/file'</script>", file=file)
    drawn = stage.draw()
    # The page stands where it was.
    assert drawn.ended == "download"
    assert b"enough to read" in drawn.dom
    assert (drawn.final_url, drawn.passed) == (f"{FILMS}/", ())
    assert refused(drawn) == {f"{FILMS}/file": "download"}
    assert not list(Path(tempfile.gettempdir()).glob("mirrorhunt-browser-*/**/*.exe"))


# ---------------------------------------------------------------- the browser itself


def test_a_page_above_the_memory_is_ended_and_the_next_one_is_drawn(chromium: str) -> None:
    with staged(browser_memory_mib=600, browser_page_s=20.0) as stage:
        stage.show(
            TEXT + "<script>const kept = []; for (let i = 0; i < 24; i++)"
            " kept.push(new Uint8Array(5e7).fill(7)); for (;;);</script>"
        )
        drawn = stage.draw()
        assert drawn.ended in ("memory", "crash")

        stage.show(TEXT)
        assert stage.draw().ended == ""


def test_a_huge_canvas_is_bounded(chromium: str) -> None:
    with staged(browser_memory_mib=900) as stage:
        stage.show(
            TEXT + "<script>for (let i = 0; i < 40; i++) { const c = document.createElement("
            "'canvas'); c.width = c.height = 8000; const g = c.getContext('2d');"
            " g.fillRect(0, 0, 8000, 8000); document.body.append(c) }</script>"
        )
        stage.draw(with_picture=True)

        stage.show(TEXT)
        assert stage.draw().ended == ""


def test_a_browser_killed_under_a_page_is_started_anew(chromium: str) -> None:
    with staged() as stage:
        pids = stage.browser.pids

        def kill(_: web.BaseRequest) -> Answer:
            os.kill(pids[0], signal.SIGKILL)
            return "late"

        stage.show(f"{TEXT}<script src=/kill></script>", kill=kill)
        drawn = stage.draw()
        assert drawn.ended == "crash"
        assert drawn.requests[0].url == f"{FILMS}/"

        stage.show(TEXT)
        assert stage.draw().ended == ""
        assert stage.browser.restarts == 1
        assert not alive(pids)


def test_pages_beside_one_that_killed_the_browser_are_drawn_once_more(chromium: str) -> None:
    with staged() as stage:
        killed: list[int] = []

        def kill(_: web.BaseRequest) -> Answer:
            if not killed:
                killed.append(stage.browser.pids[0])
                os.kill(killed[0], signal.SIGKILL)
            return "late"

        stage.show(f"{TEXT}<script src=/kill></script>", kill=kill)

        async def both() -> list[Rendering]:
            return await asyncio.gather(stage.browser.draw(f"{FILMS}/"), stage.browser.draw(OTHER))

        assert [drawn.ended for drawn in stage.runner.run(both())] == ["", ""]


def test_nothing_is_left_after_the_end(chromium: str) -> None:
    def left() -> set[str]:
        folder = Path(tempfile.gettempdir())
        patterns = ("mirrorhunt-browser-*", "playwright*", ".org.chromium*", "*chromium*")
        return {str(path) for pattern in patterns for path in folder.glob(pattern)}

    before = left()
    children = {child.pid for child in psutil.Process().children(recursive=True)}
    with staged() as stage:
        pids = stage.browser.pids
        assert len(pids) >= 3
        stage.show(TEXT + HOSTILE["never ends"])
        stage.draw()
        mine = left() - before
        assert mine
    assert not alive(pids)
    assert not alive(
        child.pid
        for child in psutil.Process().children(recursive=True)
        if child.pid not in children
    )
    # Others may run browsers at the same time.
    assert not mine & left()


def test_what_a_killed_run_left_is_swept(chromium: str) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        pass
    stale = Path(tempfile.mkdtemp(prefix=f"mirrorhunt-browser-{ended.pid}-"))
    ours = Path(tempfile.mkdtemp(prefix=f"mirrorhunt-browser-{os.getpid()}-"))
    with staged():
        assert not stale.exists()
        assert ours.exists()
    ours.rmdir()


def test_a_closed_browser_draws_no_more(chromium: str) -> None:
    with staged() as stage:
        stage.runner.run(stage.browser.close())
        with pytest.raises(Exception, match="closed"):
            stage.draw()


def test_no_browser_is_said_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    with pytest.raises(BrowserMissingError, match="playwright install chromium"), staged():
        pass


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        ({"browser_path": "/no/such/program"}, ConfigError, "/no/such/program"),
        ({"browser_url": "ftp://x"}, ConfigError, "browser_url"),
        ({"browser_url": "http://127.0.0.1:1"}, BrowserMissingError, "browser_url"),
    ],
)
def test_a_browser_that_was_named_and_is_not_there_is_said(
    options: dict[str, str], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says), staged(**options):
        pass
