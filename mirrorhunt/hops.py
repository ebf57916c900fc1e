"""Where a page sends its visitor by itself, read without running anything.

An HTTP redirect is the visit's; here are those a browser would follow: a refresh and, on a page
with nothing else to show, a script. Pure.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from html import unescape
from urllib.parse import urljoin, urlsplit

from mirrorhunt import scripts
from mirrorhunt.model import Hop
from mirrorhunt.names import host_of_url, ip_literal
from mirrorhunt.page import MAX_URL_CHARS, Page

MAX_DELAY_S = 15
"""A longer refresh is a page that people read: a score board, a countdown with a way out."""
THIN_TEXT_CHARS = 600
THIN_LINKS = 8
"""A page with at most this much text and this many links has nothing to show but its way on.
Both are chosen, not measured."""
MAX_TARGETS = 50

# The HTML standard's "shared declarative refresh steps": a time, then perhaps an address with or
# without "url=", in quotes of either kind that may stay open.
_REFRESH = re.compile(r"\s*+([0-9]*+)(?:[.][0-9.]*+)?(?:\s*+[;,]|\s)\s*+(.*)", re.S)
_URL_PREFIX = re.compile(r"url\s*+=\s*+", re.I)
_BODY_TAG = re.compile(r"<body[\s/]([^>]{0,4000})", re.I)
_ON_LOAD = re.compile(r"""\bonload\s*+=\s*+(?:"([^"]*+)"|'([^']*+)')""", re.I)
_IS_ABOUT_LOCATION = re.compile(r"location|\beval\b|\bopen\b|\\x|\\u00|\[\s*+[\"']loc", re.I)
_HOST_IS_WHOLE = re.compile(r"(?:https?:)?[/\\]{2}[^/\\?#]+[/\\?#]", re.I)


def find_hop(page: Page) -> Hop | None:
    """Where *page* sends its visitor within `MAX_DELAY_S`, or None. Raises nothing.

    A script is believed only on a thin page, and only outside of functions that wait for the
    visitor: on a page with something to read, a script that moves the visitor mostly sits behind
    a condition we cannot see.
    """
    to = _refreshed_to(page)
    if to is not None:
        return Hop(page.url, page.status, to, "meta_refresh")
    if not is_thin(page):
        return None
    for target in _targets(page):
        to = _resolved(page, target) if target.when == "run" else None
        if to is not None and not _is_same(page.url, to):
            return Hop(page.url, page.status, to, "script_redirect")
    return None


def script_targets(page: Page) -> Iterator[str]:
    """Absolute URLs that the inline scripts assign to location, on pages of any size.

    Not those that wait for a click: advertisements live there. At most `MAX_TARGETS`, each once.
    """
    seen: set[str] = set()
    for target in _targets(page):
        to = _resolved(page, target) if target.when != "event" else None
        if to is not None and to not in seen and len(seen) < MAX_TARGETS:
            seen.add(to)
            yield to


def is_thin(page: Page) -> bool:
    """True if *page* has so little to show that sending on could be all it is for."""
    return len(page.links) <= THIN_LINKS and len(page.text) <= THIN_TEXT_CHARS


def _refreshed_to(page: Page) -> str | None:
    contents = [page.header("refresh")] if page.header("refresh") else []
    if page.is_html:
        contents += [content for key, content in page.metas if key == "refresh"]
    for content in contents:
        found = _REFRESH.match(content)
        if found is None or (not found[1] and not content.lstrip().startswith(".")):
            continue
        # A number of more digits than that is no short delay, whatever it is.
        if len(found[1]) > 4 or int(found[1] or 0) > MAX_DELAY_S:
            continue
        to = _absolute(page, _unquoted(found[2]))
        if to is not None and not _is_same(page.url, to):
            return to
    return None


def _unquoted(text: str) -> str:
    if prefix := _URL_PREFIX.match(text):
        text = text[prefix.end() :]
    if text[:1] in {'"', "'"}:
        return text[1:].partition(text[0])[0]
    return text


def _targets(page: Page) -> tuple[scripts.Target, ...]:
    if not page.is_html:
        return ()
    source = ";\n".join((*page.scripts, _on_load(page)))
    return _read(source, page.url) if _IS_ABOUT_LOCATION.search(source) else ()


@lru_cache(maxsize=16)
def _read(source: str, url: str) -> tuple[scripts.Target, ...]:
    """A page is asked more than once: for its hop while it is visited, for its targets after."""
    return tuple(scripts.targets(source, _parts(url)))


def _on_load(page: Page) -> str:
    """The script in the body's ``onload``."""
    tag = _BODY_TAG.search(page.html)
    found = _ON_LOAD.search(tag[1]) if tag else None
    return unescape(found[1] or found[2] or "") if found else ""


def _parts(url: str) -> dict[str, str]:
    """*url* as a script sees it in ``location``."""
    try:
        found = urlsplit(url)
        port = found.port
    except ValueError:
        return {}
    name = found.hostname or ""
    with_port = f"{name}:{port}" if port else name
    return {
        "href": url,
        "protocol": f"{found.scheme}:",
        "host": with_port,
        "hostname": name,
        "port": str(port or ""),
        "origin": f"{found.scheme}://{with_port}",
        "pathname": found.path or "/",
        "search": f"?{found.query}" if found.query else "",
        "hash": f"#{found.fragment}" if found.fragment else "",
    }


def _resolved(page: Page, target: scripts.Target) -> str | None:
    """The URL of *target*; of one whose end is unknown, what is known if that holds the host."""
    if not target.is_whole and not _HOST_IS_WHOLE.match(target.text):
        return None
    return _absolute(page, target.text)


def _absolute(page: Page, to: str) -> str | None:
    """*to* as a browser on *page* reads it, if that is a web address."""
    # The URL standard drops tabs and line ends, and reads a backslash as a slash up to the query.
    to = re.sub(r"[\t\r\n]", "", to).strip()
    head, sign, tail = to.partition("?")
    to = head.replace("\\", "/") + sign + tail
    if not to or len(to) > MAX_URL_CHARS:
        return None
    try:
        url = urljoin(page.base, to)
        found = urlsplit(url)
        name = found.hostname
    except ValueError:
        return None
    if found.scheme not in {"http", "https"} or not name:
        return None
    return url if host_of_url(url) or ip_literal(name) else None


def _is_same(url: str, to: str) -> bool:
    """True if *to* is the page itself: it loads again."""
    return _plain(url) == _plain(to)


def _plain(url: str) -> str:
    before = url.partition("#")[0]
    return before + "/" if before.count("/") == 2 else before
