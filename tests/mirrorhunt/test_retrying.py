"""When a host is asked once more, in another way."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mirrorhunt.availability import ruling
from mirrorhunt.model import DnsFacts, Rcode, Visit
from mirrorhunt.page import Page
from mirrorhunt.retrying import PROFILES, headers, is_better, worth_trying

AT = datetime(2026, 11, 24, tzinfo=UTC)
STREAMS = b"<html><head><title>Goal TV</title></head><body>" + b"<p>live streams tonight" * 40
EMPTY = b"<!doctype html><html><head></head><body></body></html>"
CHALLENGE = (("cf-mitigated", "challenge"), ("server", "cloudflare"))
PARKED = b"<html><body>This domain is parked free, courtesy of sedoparking.com</body></html>"


def _visit(body: bytes, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Visit:
    html = (("content-type", "text/html"), *headers)
    page = Page("https://goal.example/", status, html, body)
    dns = DnsFacts(rcode=Rcode.NOERROR, addresses=("192.0.2.1",))
    return Visit("goal.example", "goal", "hunt", "default", AT, dns=dns, page=page)


@pytest.mark.parametrize(
    "visit",
    [
        # What shows what it has is asked no more.
        pytest.param(_visit(STREAMS), id="live"),
        # A human test is not ours to pass, by whatever header.
        pytest.param(_visit(b"<html>Just a moment...", 403, CHALLENGE), id="challenge"),
        pytest.param(_visit(b"<html>Too many requests", 429), id="asked too often"),
        pytest.param(_visit(b"<html>Unavailable for legal reasons", 451), id="blocked"),
        pytest.param(_visit(b"<html>Internal Server Error", 500), id="broken"),
        pytest.param(_visit(b"<html>Not Found", 404), id="not found"),
        # Drawn by a script: a browser is what it needs.
        pytest.param(
            _visit(b"<html><body><script src=/app.js></script><script>go()</script>"), id="script"
        ),
        pytest.param(replace(_visit(b"no", 403), page=None), id="no page"),
        pytest.param(replace(_visit(b"<html>No", 403), path="/list"), id="inner page"),
        pytest.param(replace(_visit(b"<html>No", 403), profile="mobile"), id="asked so already"),
    ],
)
def test_whom_another_look_would_not_help_is_left_alone(visit: Visit) -> None:
    assert worth_trying(visit, ruling(visit), is_standing=True) == ()


@pytest.mark.parametrize(
    "visit", [pytest.param(_visit(b"<html>Forbidden", 403), id="403"), pytest.param(_visit(EMPTY))]
)
def test_whoever_is_shut_out_asks_once_more_in_each_way(visit: Visit) -> None:
    assert worth_trying(visit, ruling(visit), is_standing=False) == PROFILES


def test_a_way_that_was_tried_within_a_day_is_not_tried_again() -> None:
    visit = _visit(b"<html>Forbidden", 403)
    found = worth_trying(visit, ruling(visit), is_standing=False, tried={"referrer"})
    assert found == ("mobile",)


def test_the_telephone_still_says_who_asks() -> None:
    sent = headers("mobile", "", "Mozilla/5.0 (compatible; mirrorhunt/1; +https://us.example/)")
    assert "mirrorhunt/1; +https://us.example/" in sent["User-Agent"]
    assert "Mobile" in sent["User-Agent"]
    assert "mirrorhunt" in headers("mobile", "", "mirrorhunt")["User-Agent"]


def test_the_visitor_from_a_page_says_from_which() -> None:
    assert headers("referrer", "https://goal1.example/", "x") == {
        "Referer": "https://goal1.example/"
    }


def test_there_is_no_third_way() -> None:
    with pytest.raises(ValueError, match="'tablet'"):
        headers("tablet", "", "x")


def test_only_a_live_page_is_better() -> None:
    assert is_better(ruling(_visit(STREAMS)))
    assert not is_better(ruling(_visit(b"<html>Forbidden", 403)))
