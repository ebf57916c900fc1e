"""Accounts that the page's advertising pays into.

Whoever copies the identifier pays the other party, so it speaks for both relations
(docs/attribution.md: around 90 % of the top million tie to one publisher). Networks for
streaming sites change their script hosts weekly to slip past ad blockers; where the shape of the
code tells the network, the value is ``network:account``, without the host.
"""

import re
from collections.abc import Iterable, Iterator

from mirrorhunt.indicators import Indicator, kinds
from mirrorhunt.indicators._shared_hosts import domain_of_url, is_shared
from mirrorhunt.model import Observation, Visit
from mirrorhunt.names import host_of_url
from mirrorhunt.page import Page

_ADSENSE = re.compile(r"\b(?:ca-)?(pub-\d{16})\b")
# (a text the script must hold, network, the account in group 1), as such scripts are
# commonly written. From general knowledge, 2026-11; none was checked against a live page.
_IN_SCRIPTS: tuple[tuple[str, str, re.Pattern[str]], ...] = (
    ("google_ad_client", "adsense", _ADSENSE),
    ("adsbygoogle", "adsense", _ADSENSE),
    (
        "aclib.run",
        "adcash",
        re.compile(r"aclib\.run\w{2,30}\(\s{0,20}\{\s{0,20}zoneId:\s?['\"](\d{4,10})"),
    ),
    ("idzone", "exoclick", re.compile(r"\bad_idzone\s?=\s?['\"]?(\d{5,9})")),
    ("atOptions", "adsterra", re.compile(r"['\"]key['\"]\s?:\s?['\"]([0-9a-f]{32})['\"]")),
    ("siteId", "popads", re.compile(r"_pop\.push\(\[\s?['\"]siteId['\"]\s?,\s?(\d{4,9})")),
    (
        "popundersPerIP",
        "popads",
        re.compile(r"['\"]?siteId['\"]?\s?[:,]\s?(\d{4,9})"),
    ),
    (
        "createElement",
        "zone",
        re.compile(
            r"\(\s?['\"][a-z0-9.-]{4,80}['\"]\s?,\s?(\d{5,9})\s?,"
            r"\s?document\.createElement\(\s?['\"]script"
        ),
    ),
)
_POPCASH = re.compile(
    r"\bvar\s+uid\s?=\s?['\"](\d{3,9})['\"]\s?;?\s{0,20}(?:var\s+)?wid\s?=\s?['\"]\d{3,9}['\"]"
)
_ZONE_MARKS = frozenset({"data-zone", "data-zone-id", "data-zoneid"})
_ZONE = re.compile(r"\d{5,9}\Z")
_PARAMETER = re.compile(
    r"[?&](?:idzone|ad_idzone|zoneid|zone_id|zone|spotid|spot_id|pubid|pub_id|publisher_id"
    r"|publisherid|siteid|site_id|affid|aff_id|affiliate_id)=(\d{4,12}|[0-9a-f]{24,36})(?![\w-])",
    re.I,
)
# Adsterra: the account's key as file name under its first six digits, or ``pl`` and a number.
_KEYED_PATH = re.compile(r"//[^/]+/(?:[0-9a-f]{2}/){3}([0-9a-f]{32})\.js")
_KEYED_INVOKE = re.compile(r"//[^/]+/([0-9a-f]{32})/invoke\.js")
_NUMBERED_HOST = re.compile(r"https?://pl(\d{6,10})\.")
_NUMBERED_PATH = re.compile(r"//[^/]+/(?:401|400|apu\.php\?zoneid=|5/|4/)/?(\d{6,9})\b")
_NATIVE_SITE = re.compile(r"//jsc\.(?:mgid|adskeeper)\.[a-z.]{2,6}/[^?#]{0,100}?\.?(\d{5,9})\.js")
_CODED_QUERY = re.compile(r"\?[a-z]{1,8}=(\d{5,9})\Z")
_TAG_URL = re.compile(r"https?:\\?/\\?/[^\s'\"<>]{8,400}")
_EXO_HOSTS = ("exoclick.com", "exosrv.com", "exdynsrv.com", "realsrv.com", "magsrv.com")


def read(visit: Visit) -> Iterable[Observation]:
    """``network:account``, ``zone:number`` or ``domain:account`` of each advertisement."""
    if visit.page is None:
        return ()
    page = visit.page
    found = dict.fromkeys((*_from_urls(page), *_from_marks(page), *_from_scripts(page)))
    return [Observation("ad_id", value) for value in found]


def _from_urls(page: Page) -> Iterator[str]:
    own = domain_of_url(page.url)
    # Advertisements load each other, and each with an account of its own.
    for url, tag, _ in page.named_resources:
        if tag == "script" or tag == "iframe":
            yield from _from_url(url, own)


def _from_url(url: str, own: str | None) -> Iterator[str]:
    if "googlesyndication.com/" in url:
        if match := _ADSENSE.search(url):
            yield f"adsense:{match[1]}"
        return
    if ".js" in url:
        if match := _KEYED_PATH.search(url) or _KEYED_INVOKE.search(url):
            yield f"adsterra:{match[1]}"
        if match := _NUMBERED_HOST.match(url):
            yield f"adsterra:pl{match[1]}"
        if match := _NATIVE_SITE.search(url):
            yield f"mgid:{match[1]}"
    if match := _NUMBERED_PATH.search(url):
        yield f"zone:{match[1]}"
    elif "?" in url and (match := _PARAMETER.search(url)):
        host = host_of_url(url)
        domain = domain_of_url(url)
        if host and domain and domain != own and not is_shared(host):
            yield f"{'exoclick' if domain in _EXO_HOSTS else domain}:{match[1].lower()}"


def _from_marks(page: Page) -> Iterator[str]:
    own = domain_of_url(page.url)
    for tag, name, value, url in page.marks:
        if name in _ZONE_MARKS:
            if _ZONE.match(value):
                yield f"zone:{value}"
        elif name == "data-ad-client" and (match := _ADSENSE.match(value)):
            yield f"adsense:{match[1]}"
        elif name == "data-cfasync" and tag == "script" and (match := _CODED_QUERY.search(url)):
            # So marked to keep Cloudflare from delaying it: anti-ad-block scripts above all.
            domain = domain_of_url(url)
            if domain and domain != own:
                yield f"{domain}:{match[1]}"


def _from_scripts(page: Page) -> Iterator[str]:
    script = page.script_text
    for needed, network, pattern in _IN_SCRIPTS:
        if needed in script:
            for match in pattern.finditer(script):
                yield f"{network}:{match[1]}"
    if "wid" in script:
        for match in _POPCASH.finditer(script):
            yield f"popcash:{match[1]}"
    if "vast" in script or "VAST" in script or "adtag" in script.lower():
        own = domain_of_url(page.url)
        for match in _TAG_URL.finditer(script):
            yield from _from_url(match[0].replace("\\/", "/").replace("\\u0026", "&"), own)


kinds.offer(Indicator(read), module=__name__)
