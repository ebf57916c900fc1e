"""Accounts of visitor counting that the page really sets up.

Mirrors keep the operator's counter, and so do copies of the page by others: it speaks for the
relation *mirror* only (docs/attribution.md; Akamai found 396 Google accounts on 874
phishing domains, many of them the victim's own). Read from what the page loads and from its inline
scripts, never from its text: an article about a counter does not use it.
"""

import re
import string
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from mirrorhunt.indicators import Indicator, kinds
from mirrorhunt.model import Observation, Visit
from mirrorhunt.page import Page

# The property number is dropped (``UA-1234567-3``): one account, one operator.
_GOOGLE = re.compile(
    r"(?:(UA-\d{5,10})-\d{1,4}|(G-[A-Z0-9]{8,12}|GT-[A-Z0-9]{6,12}|AW-\d{8,12})"
    r"|(GTM-[A-Z0-9]{4,9}))\b"
)
# Looked for first: a search for one of few letters is ten times as fast as one for a choice.
_MAYBE_GOOGLE = re.compile(r"[UGA][TAWM]{0,2}-[A-Z0-9]")
_WORD_CHARACTERS = frozenset(string.ascii_letters + string.digits + "_-")
_GOOGLE_CODE = ("gtag", "_gaq", "_gat", "ga(", "GoogleAnalyticsObject", "googletagmanager", "gtm.")
# What the vendors' own instructions show in the place of an account.
_EXAMPLES = re.compile(r"(?:UA-(?:12345\d*|0+|1234567)|(?:G|GT|GTM)-X+|.*XXXX.*|AW-1234567\d*)\Z")

# (a text the script must hold, system, the account in group 1)
_IN_SCRIPTS: tuple[tuple[str, str, re.Pattern[str]], ...] = (
    ("ym(", "metrika", re.compile(r"\bym\(\s{0,9}(\d{5,10})\s{0,9},\s{0,9}['\"]init")),
    ("Ya.Metrika", "metrika", re.compile(r"Ya\.Metrika2?\([^)]{0,40}?\bid['\"]?:\s?(\d{5,10})")),
    ("Histats.start", "histats", re.compile(r"Histats\.start\(\s?\d,\s?(\d{4,9})")),
    (
        "Histats.start",
        "histats",
        re.compile(r"Histats\.start['\"],\s{0,9}['\"]\d,\s?(\d{4,9}),"),
    ),
    ("fbq(", "facebook", re.compile(r"\bfbq\(\s?['\"]init['\"],\s?['\"]?(\d{10,20})")),
    ("hjid", "hotjar", re.compile(r"\bhjid['\"]?[:=]\s?(\d{4,9})")),
    ("sc_project", "statcounter", re.compile(r"\bsc_project\s?=\s?(\d{4,10})")),
)
# (host or the end of it, system, the account in path and query)
_IN_URLS: tuple[tuple[str, str, re.Pattern[str]], ...] = (
    ("mc.yandex.ru", "metrika", re.compile(r"/watch/(\d{5,10})|[?&]id=(\d{5,10})")),
    ("mc.yandex.com", "metrika", re.compile(r"/watch/(\d{5,10})|[?&]id=(\d{5,10})")),
    ("histats.com", "histats", re.compile(r"/0\.gif\?(\d{4,9})&|/stats/0\.php\?(\d{4,9})&")),
    ("facebook.com", "facebook", re.compile(r"/tr/?\?(?:.{0,200}&)?id=(\d{10,20})")),
    ("static.hotjar.com", "hotjar", re.compile(r"/c/hotjar-(\d{4,9})\.js")),
    ("c.statcounter.com", "statcounter", re.compile(r"/(\d{4,10})/\d/")),
    ("whos.amung.us", "amung", re.compile(r"/(?:swidget|widget|pingjs)/\??(?:k=)?(\w{4,16})")),
)
_MATOMO_SITE = re.compile(r"setSiteId['\"],\s?['\"]?(\d{1,6})")
_MATOMO_HOST = re.compile(r"(?:https?:)?\\?/\\?/([a-z0-9.-]{4,100})[^'\"\s]{0,100}['\"]", re.I)
_CLOUDFLARE = re.compile(r"\"token\":\s?\"([0-9a-f]{32})\"")


def read(visit: Visit) -> Iterable[Observation]:
    """``system:account`` of each counter, once."""
    if visit.page is None:
        return ()
    found = dict.fromkeys((*_from_urls(visit.page), *_from_scripts(visit.page.script_text)))
    found.update(dict.fromkeys(_from_marks(visit.page)))
    return [Observation("analytics_id", value) for value in found]


def _google(text: str) -> Iterator[str]:
    for maybe in _MAYBE_GOOGLE.finditer(text):
        start = maybe.start()
        match = _GOOGLE.match(text, start)
        if match is None or (start and text[start - 1] in _WORD_CHARACTERS):
            continue
        account, tag, container = match.groups()
        if _EXAMPLES.match(account or tag or container):
            continue
        yield f"gtm:{container}" if container else f"ga:{account or tag}"


def _from_urls(page: Page) -> Iterator[str]:
    for resource in page.named_resources:
        url = resource.url
        if "google" in url:
            host = urlsplit(url).hostname or ""
            if host.endswith(("googletagmanager.com", "google-analytics.com")):
                yield from _google(url)
            continue
        for end, system, pattern in _IN_URLS:
            if end in url and (urlsplit(url).hostname or "").endswith(end):
                if match := pattern.search(url):
                    yield f"{system}:{next(g for g in match.groups() if g)}"
                break


def _from_scripts(script: str) -> Iterator[str]:
    if any(code in script for code in _GOOGLE_CODE):
        yield from _google(script)
    for needed, system, pattern in _IN_SCRIPTS:
        if needed in script:
            for match in pattern.finditer(script):
                yield f"{system}:{match[1]}"
    if "setSiteId" in script:
        yield from _matomo(script)


def _matomo(script: str) -> Iterator[str]:
    """A site number means something only together with the Matomo that counts it."""
    site = _MATOMO_SITE.search(script)
    at = script.find("setTrackerUrl")
    before = script[max(0, at - 300) : at + 200] if at >= 0 else ""
    host = _MATOMO_HOST.search(before)
    if site and host:
        yield f"matomo:{host[1].lower()}/{site[1]}"


def _from_marks(page: Page) -> Iterator[str]:
    for mark in page.marks:
        if mark.name == "data-cf-beacon" and (match := _CLOUDFLARE.search(mark.value)):
            yield f"cloudflare:{match[1]}"


kinds.offer(Indicator(read), module=__name__)
