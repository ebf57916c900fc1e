"""A browser's part in a look: when it is sent, and what becomes of what it saw."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from scrapy.statscollectors import StatsCollector
from scrapy.utils.test import get_crawler

from mirrorhunt.availability import ruling
from mirrorhunt.config import Config
from mirrorhunt.crawling.drawing import PAGES_PER_DOMAIN, PREFIX, Drawer, as_drawn
from mirrorhunt.errors import ConfigError
from mirrorhunt.indicators import kinds, observe
from mirrorhunt.model import Availability, DnsFacts, Rcode, Ruling, Visit
from mirrorhunt.net.browser import BrowserFailedError, BrowserMissingError
from mirrorhunt.page import Page
from mirrorhunt.rendering import Rendering, Requested
from spiders._base import all_techniques

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
URL = "https://goal.example/"
SHELL = b"<html><head><title>Goal</title></head><body><div id=root></div><script src=/a.js>"
SHELL += b"</script></body></html>"
FIXTURES = "".join(f"<li>{h}:30 Inter - Milan</li>" for h in range(12, 20))
FULL = f"<html><head><title>Goal</title></head><body><ul>{FIXTURES}</ul></body></html>".encode()


class StandIn:
    """A browser in so far as it is asked for: shows *shown*, or fails with it."""

    def __init__(self, shown: Mapping[str, Rendering | Exception]) -> None:
        self.shown = shown
        self.asked: list[str] = []
        self.options: list[dict[str, Any]] = []
        self.at_once = self.most_at_once = 0
        self.is_closed = False

    async def draw(self, url: str, **options: Any) -> Rendering:
        self.asked.append(url)
        self.options.append(options)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0)
        self.at_once -= 1
        found = self.shown[url]
        if isinstance(found, Exception):
            raise found
        return found

    async def close(self) -> None:
        self.is_closed = True


def stats() -> StatsCollector:
    found = get_crawler().stats
    assert found is not None
    return found


def drawer(had: StandIn | Exception, counted: StatsCollector, **settings: Any) -> Drawer:
    async def starting(*_: object) -> StandIn:
        if isinstance(had, Exception):
            raise had
        return had

    return Drawer(Config(**settings), None, counted, starting)  # type: ignore[arg-type]


def visit(body: bytes = SHELL, host: str = "goal.example") -> Visit:
    return Visit(
        host=host,
        network="goal",
        technique="hunt",
        vantage="here",
        at=AT,
        dns=DnsFacts(Rcode.NOERROR, ("192.0.2.7",)),
        address="192.0.2.7",
        page=Page.of(f"https://{host}/", body, 200, {"content-type": "text/html"}),
    )


def rendering(final_url: str = URL, dom: bytes = FULL, **more: Any) -> Rendering:
    return Rendering(URL, final_url, 200, dom=dom, **more)


def asked(*urls: str, kind: str = "fetch") -> tuple[Requested, ...]:
    return tuple(Requested(url, kind) for url in urls)


def pointers(seen: Visit) -> set[tuple[str, str]]:
    return {(p.host, p.how) for t in all_techniques() for p in t.read(seen)}


def observed(seen: Visit) -> set[tuple[str, str, str]]:
    ruled = replace(seen, ruling=Ruling(Availability.LIVE, "live", "it does"))
    return {(o.kind, o.value, o.region) for o in observe(ruled)}


# ---------------------------------------------------------------- what is not drawn


def test_a_page_that_says_enough_costs_no_browser() -> None:
    browser, counted = StandIn({}), stats()
    seen = visit(FULL)
    assert asyncio.run(drawer(browser, counted).drawn(seen)) is seen
    assert browser.asked == []


def test_without_a_browser_pages_are_passed_over_and_counted_and_it_is_asked_for_once() -> None:
    counted = stats()
    lacking = drawer(BrowserMissingError("no Chromium: apt-get install chromium"), counted)

    async def look() -> list[Visit]:
        return [await lacking.drawn(visit(host=f"goal{n}.example")) for n in range(3)]

    seen = asyncio.run(look())
    assert all(v.rendering is None for v in seen)
    assert counted.get_value(f"{PREFIX}/missing") == 3
    assert "apt-get install chromium" in counted.get_value(f"{PREFIX}/why_missing")
    assert lacking.left == 0


def test_a_browser_that_does_not_start_is_a_failure_of_ours() -> None:
    counted = stats()
    broken = drawer(BrowserFailedError("the browser does not start: no memory"), counted)
    assert asyncio.run(broken.drawn(visit())).rendering is None
    assert counted.get_value(f"{PREFIX}/failed") == 1
    assert counted.get_value(f"{PREFIX}/missing") is None


def test_a_setting_that_cannot_be_ends_the_run() -> None:
    named = drawer(ConfigError("browser_url: no"), stats(), browser_url="ws://192.0.2.1/")
    with pytest.raises(ConfigError, match="browser_url"):
        asyncio.run(named.drawn(visit()))


def test_a_browser_that_starts_the_second_time_is_used() -> None:
    browser, tries = StandIn({URL: rendering()}), [BrowserFailedError("busy")]

    async def starting(*_: object) -> StandIn:
        if tries:
            raise tries.pop()
        return browser

    one = Drawer(Config(), None, stats(), starting)  # type: ignore[arg-type]
    assert asyncio.run(one.drawn(visit())).rendering is not None


def test_where_none_is_wanted_none_is_started() -> None:
    counted = stats()
    off = drawer(AssertionError("never asked"), counted, browser=False)
    assert asyncio.run(off.drawn(visit())).rendering is None
    assert counted.get_value(f"{PREFIX}/unwanted") == 1
    assert off.left == 0


def test_the_budget_is_kept_and_what_is_above_it_counted() -> None:
    browser, counted = StandIn({URL: rendering()}), stats()
    mean = drawer(browser, counted, browser_pages_per_hunt=4)

    async def look() -> None:
        await asyncio.gather(*(mean.drawn(visit()) for _ in range(5)))
        # The last quarter is for pictures of what stands.
        assert mean.left == 1
        await mean.draw(URL, with_picture=True)
        await mean.draw(URL, with_picture=True)

    asyncio.run(look())
    assert len(browser.asked) == 4
    assert counted.get_value(f"{PREFIX}/over_budget") == 3


def test_names_below_one_domain_cannot_spend_the_budget() -> None:
    names = [f"n{n}.goal.example" for n in range(30)]
    browser = StandIn({f"https://{name}/": rendering() for name in names})

    async def look() -> None:
        one = drawer(browser, stats())
        for name in names:
            await one.drawn(visit(host=name))

    asyncio.run(look())
    assert len(browser.asked) == PAGES_PER_DOMAIN


def test_no_more_pages_are_drawn_at_a_time_than_the_settings_say() -> None:
    browser = StandIn({URL: rendering()})
    two = drawer(browser, stats(), browser_concurrency=2)

    async def look() -> None:
        await asyncio.gather(*(two.draw(URL) for _ in range(9)))

    asyncio.run(look())
    assert len(browser.asked) == 9
    assert browser.most_at_once == 2


def test_a_browser_that_fails_is_given_up_and_nothing_is_held_against_the_page() -> None:
    browser, counted = StandIn({URL: BrowserFailedError("it died twice")}), stats()
    failing = drawer(browser, counted)

    async def look() -> list[Visit]:
        return [await failing.drawn(visit()) for _ in range(3)]

    first, *_ = asyncio.run(look())
    assert first == visit()
    assert len(browser.asked) == 1
    assert counted.get_value(f"{PREFIX}/failed") == 3
    assert counted.get_value(f"{PREFIX}/why_failed") == "it died twice"


def test_a_page_is_drawn_as_it_was_asked_for() -> None:
    browser = StandIn({URL: rendering()})

    async def look() -> None:
        one = drawer(browser, stats())
        await one.drawn(replace(visit(), profile="mobile"))
        await one.drawn(replace(visit(), profile="referrer"), referrer="https://films.example/")

    asyncio.run(look())
    mobile, referred = browser.options
    assert mobile["is_mobile"]
    assert "Mobile" in mobile["user_agent"]
    assert not referred["is_mobile"]
    assert referred["referrer"] == "https://films.example/"


def test_it_is_closed_once_and_draws_nothing_after() -> None:
    browser = StandIn({URL: rendering()})

    async def look() -> Visit:
        one = drawer(browser, stats())
        await one.drawn(visit())
        await one.close()
        await one.close()
        return await one.drawn(visit())

    assert asyncio.run(look()).rendering is None
    assert browser.is_closed


# ---------------------------------------------------------------- what becomes of a drawn page


def test_a_page_that_was_drawn_is_judged_as_it_was_drawn() -> None:
    plain = visit(b"<html><body><script>x()</script></body></html>")
    assert ruling(plain).rule == "error:script_only"
    after = as_drawn(plain, rendering())
    assert ruling(after).availability is Availability.LIVE
    assert after.passed == (plain.page,)
    assert after.chain == ()
    assert after.address == "192.0.2.7"
    assert ("offers", "schedule", "") in observed(after)


def test_where_the_top_frame_went_is_a_redirect_like_any_other() -> None:
    after = as_drawn(visit(), rendering("https://goal7.example/home", passed=(URL,)))
    (hop,) = after.chain
    assert (hop.url, hop.to_url, hop.how) == (URL, "https://goal7.example/home", "browser")
    assert pointers(after) >= {("goal7.example", "script_redirect")}
    # What stands there is the other's.
    assert not after.is_own_page
    assert after.address is None
    assert not {o for o in observed(after) if o[0] == "offers"}
    assert ruling(after).rule == "live:redirects"


def test_the_steps_between_are_kept_and_bounded() -> None:
    stops = tuple(f"https://s{n}.example/" for n in range(40))
    after = as_drawn(visit(), rendering("https://end.example/", passed=(URL, *stops)))
    assert after.chain[0].url == URL
    assert after.chain[-1].to_url == "https://end.example/"
    assert len(after.chain) <= 10


def test_a_step_within_the_page_is_none() -> None:
    assert as_drawn(visit(), rendering("https://goal.example/#home", passed=(URL,))).chain == ()


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(rendering(dom=b"", ended="crash"), id="crashed"),
        pytest.param(rendering(dom=b" \n", ended="timeout"), id="timed-out"),
        pytest.param(rendering("about:blank"), id="nowhere"),
        pytest.param(rendering("chrome-error://chromewebdata/"), id="the-browsers-own-page"),
        pytest.param(rendering("data:text/html,<p>seized"), id="data"),
        pytest.param(rendering("blob:https://goal.example/1"), id="blob"),
        pytest.param(rendering("file:///etc/passwd"), id="file"),
    ],
)
def test_a_browser_that_brought_nothing_changes_nothing(seen: Rendering) -> None:
    plain = visit()
    after = as_drawn(plain, seen)
    assert after.page is plain.page
    assert after.chain == ()
    assert after.rendering is seen


def test_a_host_that_shuts_browsers_out_is_not_unseen_by_it() -> None:
    plain = visit()
    assert ruling(plain).availability is Availability.LIVE
    shut = Rendering(URL, URL, 404, dom=b"<html><body>Not found</body></html>")
    assert as_drawn(plain, shut).page is plain.page


def test_a_parking_page_that_scripts_draw_is_one() -> None:
    parked = (
        b"<html><body><p>This domain is parked free, courtesy of GoDaddy.com.</p></body></html>"
    )
    after = as_drawn(visit(), rendering(dom=parked))
    assert ruling(after).availability is Availability.PARKED


# ---------------------------------------------------------------- what a page asks for


VICTIM = "https://cdn.broadcaster.example/live/master.m3u8"


def test_what_a_page_asks_for_leads_nowhere() -> None:
    """Whoever writes a page can let it ask for anything: none of it becomes a candidate."""
    floods = asked(VICTIM, *(f"https://shop{n}.example/api/live.m3u8" for n in range(499)))
    after = as_drawn(visit(), rendering(requests=floods))
    assert not {host for host, _ in pointers(after)}


def test_a_frame_inside_of_a_frame_leads_nowhere() -> None:
    nested = asked("https://broadcaster.example/embed/live", kind="subframe")
    after = as_drawn(visit(), rendering(requests=nested))
    assert not pointers(after)
    # It plays, though: that is said of the page that was drawn, and of nobody else.
    assert ("offers", "player", "") in observed(after)


def test_what_was_asked_for_is_told_apart_from_what_the_page_names() -> None:
    dom = FULL.replace(
        b"</ul>", b"</ul><iframe src='https://play.named.example/embed/1'></iframe>"
    )
    requests = asked("https://api.asked.example/v1/events", "https://play.named.example/x.js")
    found = observed(as_drawn(visit(), rendering(dom=dom, requests=requests)))
    assert ("own_host", "play.named.example", "") in found
    assert ("own_host", "api.asked.example", "requests") in found


def test_a_page_that_asks_for_hundreds_hides_nothing_that_it_names() -> None:
    dom = FULL.replace(
        b"</ul>", b"</ul><iframe src='https://play.named.example/embed/1'></iframe>"
    )
    requests = asked(*(f"https://shop{n}.example/api" for n in range(500)))
    seen = as_drawn(visit(), rendering(dom=dom, requests=requests))
    first = next(iter(kinds["own_host"].read(seen)))
    assert first.value == "play.named.example"


def test_a_playlist_that_was_asked_for_is_a_stream() -> None:
    found = observed(as_drawn(visit(), rendering(requests=asked(VICTIM))))
    assert ("offers", "stream", "") in found


def test_accounts_of_advertisements_that_load_each_other_are_not_the_pages() -> None:
    chained = asked("https://ads.example/apu.php?zoneid=1234567", kind="script")
    found = observed(as_drawn(visit(), rendering(requests=chained)))
    assert not {o for o in found if o[0] in {"ad_id", "analytics_id"}}
