"""What a page can try to reach, in a real Chromium: nothing inside, by any way there is."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from itertools import count
from urllib.parse import quote, urlsplit

import pytest
from aiohttp import web

from mirrorhunt.net.browser import Browser, BrowserMissingError
from mirrorhunt.net.chromium import FLAGS, may_sandbox
from mirrorhunt.net.guard import networks
from mirrorhunt.rendering import Rendering
from tests.devtools import started
from tests.mirrorhunt.net.test_browser import FILMS, OTHER, Stage, refused, staged
from tests.nameserver import Nameserver, Turns
from tests.site import TEXT, ZONES, Site, free_port


@pytest.fixture(scope="module")
def stage(chromium: str) -> Iterator[Stage]:
    """One browser for all of them."""
    with staged(browser_page_s=10.0) as made:
        yield made


def inside(site: Site) -> list[str]:
    """URLs that lead inside: by name, by address in each spelling, by port. Were the guard to
    let one through, those without a port would reach the canary by ``connect_to``; were the
    browser to connect by itself, those with its port would."""
    port = site.canary.port
    return [
        "http://inside.example/",
        "https://inside.example/",
        "http://inside6.example/",
        "http://mixed.example/",
        "http://cloud.example/latest/meta-data/",
        "http://127.0.0.1/",
        "https://127.0.0.1/",
        f"http://127.0.0.1:{port}/",
        f"http://localhost:{port}/",
        f"http://films.localhost:{port}/",
        f"http://2130706433:{port}/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://0177.0.0.1/",
        "http://0/",
        f"http://[::1]:{port}/",
        "http://[::ffff:127.0.0.1]/",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/",
        f"http://films.example:{port}/",
        "file:///etc/passwd",
        "chrome://version/",
        "view-source:http://127.0.0.1/",
    ]


def each(site: Site, body: str) -> str:
    """A page that does *body* for each URL ``u`` that leads inside, and says that it has."""
    listed = ",".join(f"'{url}'" for url in inside(site))
    return (
        f"{TEXT}<script>for (const u of [{listed}]) {{ try {{ {body} }} catch (e) {{}} }}"
        "document.body.append('all tried')</script>"
    )


def element(tag: str, attribute: str, more: str = "") -> str:
    return (
        f"const e = document.createElement('{tag}'); e.{attribute} = u; {more};"
        " document.body.append(e)"
    )


SOCKET = "new WebSocket(u.replace('http', 'ws'))"
WAYS = {
    "fetch": "fetch(u, {mode: 'no-cors'})",
    "fetch that outlives the page": "fetch(u, {mode: 'no-cors', keepalive: true})",
    "fetch by POST": "fetch(u, {mode: 'no-cors', method: 'POST', body: 'x'})",
    "XMLHttpRequest": "const x = new XMLHttpRequest(); x.open('GET', u); x.send()",
    "image": element("img", "src"),
    "script": element("script", "src"),
    "stylesheet": element("link", "href", "e.rel = 'stylesheet'"),
    "frame": element("iframe", "src"),
    "object": element("object", "data"),
    "embed": element("embed", "src"),
    "video": element("video", "src", "e.preload = 'auto'"),
    "track": element("video", "poster"),
    "preload": element("link", "href", "e.rel = 'preload'; e.as = 'fetch'"),
    "prefetch": element("link", "href", "e.rel = 'prefetch'"),
    "prerender": element("link", "href", "e.rel = 'prerender'"),
    "preconnect": element("link", "href", "e.rel = 'preconnect'"),
    "name prefetch": element("link", "href", "e.rel = 'dns-prefetch'"),
    "manifest": element("link", "href", "e.rel = 'manifest'"),
    "icon": element("link", "href", "e.rel = 'icon'"),
    "speculation": (
        "const e = document.createElement('script'); e.type = 'speculationrules'; e.textContent ="
        " JSON.stringify({prefetch: [{source: 'list', urls: [u]}],"
        " prerender: [{source: 'list', urls: [u]}]}); document.body.append(e)"
    ),
    "WebSocket": SOCKET,
    "WebTransport": "new WebTransport(u.replace('http:', 'https:'))",
    "EventSource": "new EventSource(u)",
    "beacon": "navigator.sendBeacon(u, 'x')",
    "ping": "const a = document.createElement('a'); a.href = '#'; a.ping = u; a.click()",
    "report": (
        "const m = document.createElement('meta'); m.httpEquiv = 'Content-Security-Policy';"
        " m.content = 'img-src none; report-uri ' + u; document.head.append(m)"
    ),
    "worker": (
        'new Worker(URL.createObjectURL(new Blob([\'fetch("\' + u + \'", {mode: "no-cors"});'
        " new WebSocket(\"' + u.replace('http', 'ws') + '\"); importScripts(\"' + u + '\")'])))"
    ),
    "shared worker": ("new SharedWorker(URL.createObjectURL(new Blob(['fetch(\"' + u + '\")'])))"),
    "worklet": "CSS.paintWorklet ? CSS.paintWorklet.addModule(u) : 0; new AudioContext()"
    ".audioWorklet.addModule(u)",
    "module": "import(u)",
    "form": (
        "const f = document.createElement('form'), i = document.createElement('iframe');"
        " i.name = u; f.target = u; f.action = u; f.method = 'POST';"
        " document.body.append(i, f); f.submit()"
    ),
    "window": "open(u)",
    "link to a window": (
        "const a = document.createElement('a'); a.href = u; a.target = '_blank'; a.click()"
    ),
    "download": "const a = document.createElement('a'); a.href = u; a.download = 'x'; a.click()",
    "border image": "document.body.style.borderImage = 'url(' + u + ')'",
    "SVG": (
        "document.body.insertAdjacentHTML('beforeend', '<svg><image href=\"' + u + '\"/>"
        "<use href=\"' + u + '#a\"/></svg>')"
    ),
    "WebRTC": (
        "const h = new URL(u); for (const s of ['stun:', 'turn:']) { const p = new"
        " RTCPeerConnection({iceServers: [{urls: s + h.hostname + ':' + (h.port || 80),"
        " username: 'a', credential: 'b'}, {urls: 'turn:' + h.hostname + ':' + (h.port || 80) +"
        " '?transport=tcp', username: 'a', credential: 'b'}]}); p.createDataChannel('x');"
        " p.createOffer().then((o) => p.setLocalDescription(o)) }"
    ),
    "service worker": "navigator.serviceWorker.register(u)",
    "background fetch": (
        "navigator.serviceWorker.ready.then(r => r.backgroundFetch.fetch('a', [u]))"
    ),
    "payment": "new PaymentRequest([{supportedMethods: u}], {total: {label: 'x', amount:"
    " {currency: 'EUR', value: '1'}}}).canMakePayment()",
}


# There in secure contexts alone, or other there; from a page over TLS much of the rest is held
# back by the browser itself, as mixed content, and would show nothing.
SECURE = (
    "fetch",
    "WebSocket",
    "WebTransport",
    "shared worker",
    "worklet",
    "WebRTC",
    "service worker",
    "background fetch",
    "payment",
    "speculation",
)


@pytest.mark.parametrize(
    ("scheme", "way"), [*(("http", way) for way in WAYS), *(("https", way) for way in SECURE)]
)
def test_nothing_inside_is_reached_by(stage: Stage, scheme: str, way: str) -> None:
    stage.show(each(stage.site, WAYS[way]))
    drawn = stage.draw(f"{scheme}://films.example/")

    # A link to a foreign file is followed like any other.
    assert b"all tried" in drawn.dom or (way == "download" and drawn.ended == "failed")
    assert stage.site.breaches == []


def test_the_canary_would_tell(chromium: str) -> None:
    with staged(allow=networks(["127.0.0.0/8"])) as stage:
        stage.show(f"{TEXT}<script>fetch('http://127.0.0.1/')</script>")
        with pytest.raises(AssertionError):
            stage.draw()
        assert stage.site.canary.visitors


@pytest.mark.parametrize(
    "page",
    [
        "<script>location.href = '{url}'</script>",
        "<meta http-equiv=refresh content='0;url={url}'>",
        "redirect",
    ],
    ids=["script", "refresh", "redirect"],
)
def test_the_page_itself_is_led_inside_by(stage: Stage, page: str) -> None:
    port = stage.site.canary.port
    for url in (
        "http://inside.example/",
        "https://127.0.0.1/",
        f"http://2130706433:{port}/",
        f"http://localhost:{port}/",
        "file:///etc/passwd",
        "chrome://version/",
    ):
        if page == "redirect":
            stage.show(lambda _, url=url: web.Response(status=302, headers={"Location": url}))
        else:
            stage.show(page.format(url=url))
        drawn = stage.draw()

        assert stage.site.breaches == []
        assert b"root:" not in drawn.dom
        assert drawn.status in (0, 200)


@pytest.mark.parametrize("tag", ["img", "script", "iframe", "fetch"])
def test_what_it_loads_is_led_inside_by_redirects(stage: Stage, tag: str) -> None:
    urls = inside(stage.site)
    what = "fetch(u, {mode: 'no-cors'})" if tag == "fetch" else element(tag, "src")

    def hop(request: web.BaseRequest) -> web.StreamResponse:
        url = urls[int(request.query_string or 0)]
        return web.Response(status=307, headers={"Location": url})

    stage.show(
        f"{TEXT}<script>for (let i = 0; i < {len(urls)}; i++) {{ const u = '/hop?' + i;"
        f" {what} }}</script>",
        hop=hop,
    )
    drawn = stage.draw(with_picture=True)

    assert sum(hit[2].startswith("/hop") for hit in stage.site.hits) >= len(urls) - 3
    assert "guard" in refused(drawn).values()
    assert stage.site.breaches == []


def test_a_refusal_is_said_in_the_rendering(stage: Stage) -> None:
    stage.show(f"{TEXT}<script>fetch('http://inside.example/x')</script>")
    assert refused(stage.draw()) == {"http://inside.example/x": "guard"}

    drawn = stage.draw("https://inside.example/")
    assert (drawn.ended, drawn.dom, drawn.status) == ("failed", b"", 0)
    assert refused(drawn) == {"https://inside.example/": "guard"}


def test_a_name_that_moves_inside_after_the_first_answer_is_not_followed(chromium: str) -> None:
    zones = {
        **ZONES,
        "films.example": Turns([{"A": ["192.0.2.1"]}, {"A": ["127.0.0.1"]}]),
    }
    ticks = count(0, 3600)
    with asyncio.Runner() as runner, Nameserver(zones, ttl_s=0) as nameserver:
        site = runner.run(Site().start())
        # Nothing is remembered: each connection asks again, as after an hour.
        resolver = site.resolver(nameserver, clock=lambda: float(next(ticks)))
        browser = runner.run(Browser.start(site.config(), resolver))
        try:
            site.pages["films.example", "/"] = (
                f"{TEXT}<script>setTimeout(() => fetch('/inside'), 300)</script>"
            )
            drawn = runner.run(browser.draw(f"{FILMS}/"))
            assert drawn.status == 200
            assert [hit[2] for hit in site.hits] == ["/"]
            assert refused(drawn) == {f"{FILMS}/inside": "guard"}
            assert site.breaches == []
        finally:
            runner.run(browser.close())
            runner.run(resolver.close())
            runner.run(site.close())


def test_a_page_does_not_use_the_account_of_another(stage: Stage) -> None:
    stage.show(f"{TEXT}<script>fetch('/x')</script>")
    stage.site.pages["other.example", "/"] = f"{TEXT}<script>fetch('/x')</script>"

    async def both() -> list[Rendering]:
        urls = (f"{FILMS}/", OTHER) * 2
        return await asyncio.gather(*(stage.browser.draw(url) for url in urls))

    films, other, *_ = stage.runner.run(both())
    assert sum(hit[2] == "/x" for hit in stage.site.hits) == 4
    # What a page has used is counted by its account.
    assert [host for host, _ in films.addresses] == ["films.example"]
    assert [host for host, _ in other.addresses] == ["other.example"]


# ---------------------------------------------------------------- a remote browser


@pytest.fixture
def remote(chromium: str) -> Iterator[str]:
    """The DevTools address of a Chromium that somebody else has started."""
    with started(chromium, *FLAGS) as url:
        yield f"http://{urlsplit(url).netloc}"


def test_a_remote_browser_draws_behind_our_guard(remote: str) -> None:
    with staged(browser_url=remote) as stage:
        stage.show(each(stage.site, WAYS["fetch"]))
        drawn = stage.draw()
        assert (drawn.ended, drawn.status) == ("", 200)
        assert stage.browser.pids == ()

        stage.show(each(stage.site, WAYS["WebRTC"]))
        assert b"all tried" in stage.draw().dom
        assert stage.site.breaches == []
    # Another session of ours finds it as it was.
    with staged(browser_url=remote) as stage:
        stage.show(TEXT)
        assert stage.draw().status == 200


@pytest.fixture
def server(chromium: str) -> Iterator[str]:
    """The address of a Playwright server that starts *chromium* as we do."""
    with subprocess.Popen(
        [
            *(sys.executable, "-m", "playwright", "run-server", "--unsafe"),
            *("--host", "127.0.0.1", "--port", "0"),
        ],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().split()[-1]
            wished = {"executablePath": chromium, "chromiumSandbox": may_sandbox()}
            options = quote(json.dumps({**wished, "headless": True, "args": list(FLAGS)}))
            yield f"{address}?browser=chromium&launch-options={options}"
        finally:
            # The driver is a child of the program, and the browser one of the driver.
            os.killpg(process.pid, signal.SIGKILL)


def test_a_playwright_server_draws_behind_our_guard(server: str) -> None:
    with staged(browser_url=server) as stage:
        stage.show(each(stage.site, WAYS["fetch"]))
        drawn = stage.draw(with_picture=True)
        assert (drawn.ended, drawn.status) == ("", 200)
        assert b"all tried" in drawn.dom
        assert drawn.screenshot[8:12] == b"WEBP"
        assert drawn.addresses == (("films.example", "192.0.2.1"),)
        assert stage.browser.pids == ()

        stage.show(each(stage.site, WAYS["WebRTC"]))
        assert b"all tried" in stage.draw().dom
        assert stage.site.breaches == []
    # Each that connects has a browser of its own.
    with staged(browser_url=server) as stage:
        stage.show(TEXT)
        assert stage.draw().status == 200


def test_a_playwright_server_that_is_not_there_is_said_in_one_line() -> None:
    with (
        pytest.raises(BrowserMissingError, match="browser_url") as caught,
        staged(browser_url=f"ws://127.0.0.1:{free_port()}/"),
    ):
        pass
    assert "\n" not in str(caught.value)
