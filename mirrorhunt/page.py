"""Page: what we keep of an HTTP response, and one bounded reading of its HTML.

Everything that reads a page (spiders, availability rules, indicators) reads it through here, so
that the HTML is walked once and the hostile cases (depth, size, a lying charset, NUL bytes) are
met in one place. No Scrapy inside.
"""

import hashlib
from dataclasses import dataclass
from functools import cached_property

from w3lib.encoding import html_to_unicode

from mirrorhunt.reading import (
    MAX_ELEMENTS,
    MAX_LINKS,
    MAX_SCRIPT_CHARS,
    MAX_TEXT_CHARS,
    MAX_URL_CHARS,
    Link,
    Mark,
    Reading,
    Resource,
    read,
)

__all__ = [
    "MAX_BODY_BYTES",
    "MAX_ELEMENTS",
    "MAX_LINKS",
    "MAX_SCRIPT_CHARS",
    "MAX_TEXT_CHARS",
    "MAX_URL_CHARS",
    "Link",
    "Mark",
    "Page",
    "Resource",
]

MAX_BODY_BYTES = 2 * 1024 * 1024
_FRAME_TAGS = frozenset({"iframe", "frame", "embed"})
_HTML_TYPES = ("text/html", "application/xhtml", "text/plain", "application/xml", "text/xml")


@dataclass(frozen=True)
class Page:
    """An HTTP response with its body already decompressed and cut to `MAX_BODY_BYTES`."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    """Lower-case names, in the order sent."""
    body: bytes
    is_cut: bool = False
    """True if the body was longer than what we read."""
    also_loaded: tuple[Resource, ...] = ()
    """What a browser loaded for it; empty if none drew it."""

    @classmethod
    def of(
        cls, url: str, body: bytes = b"", status: int = 200, headers: dict[str, str] | None = None
    ) -> "Page":
        """A page from plain parts."""
        pairs = tuple((k.lower(), v) for k, v in (headers or {}).items())
        return cls(url, status, pairs, body[:MAX_BODY_BYTES], len(body) > MAX_BODY_BYTES)

    @cached_property
    def host(self) -> str:
        """The host that served it; an empty text if the URL names none."""
        from mirrorhunt.names import host_of_url

        return host_of_url(self.url) or ""

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the body, hex."""
        return hashlib.sha256(self.body).hexdigest()

    def header(self, name: str) -> str:
        """The first header *name* (lower-case), or an empty text."""
        return next((value for key, value in self.headers if key == name), "")

    @cached_property
    def is_html(self) -> bool:
        """True if it says so, or says nothing and looks so."""
        kind = self.header("content-type").lower()
        if kind:
            return kind.startswith(_HTML_TYPES)
        return self.body.lstrip()[:1] == b"<"

    @cached_property
    def html(self) -> str:
        """The body as text, by header, BOM, meta or guess; wrong bytes become U+FFFD."""
        if not self.is_html:
            return ""
        text = html_to_unicode(self.header("content-type") or None, self.body)[1]
        return text.replace("\x00", "\ufffd")

    @cached_property
    def _reading(self) -> Reading:
        return read(self.html, self.url)

    @property
    def title(self) -> str:
        """The text of ``title``; empty if there is none."""
        return self._reading.title

    @property
    def text(self) -> str:
        """What a visitor reads, white space folded, without scripts and title."""
        return self._reading.text

    @property
    def own_text(self) -> str:
        """As `text`, without what visitors wrote (region ``comments``)."""
        return self._reading.own_text

    @property
    def visitor_text(self) -> str:
        """As `text`, what visitors wrote alone."""
        return self._reading.visitor_text

    @cached_property
    def link_urls(self) -> str:
        """The URLs of `links`, one a line: one search tells whether a look at each is worth it."""
        return "\n".join([link.url for link in self._reading.links])

    @property
    def other_links(self) -> tuple[Link, ...]:
        """Links of schemes other than http and https (``mailto:``, ``tg:``, ``magnet:`` …)."""
        return self._reading.other_links

    @property
    def marks(self) -> tuple[Mark, ...]:
        """``data-*`` attributes of what the page loads and of advertising zones."""
        return self._reading.marks

    @property
    def is_cut_short(self) -> bool:
        """True if body or HTML was above a bound, and the rest was not read."""
        return self.is_cut or self._reading.is_cut

    @property
    def base(self) -> str:
        """The URL that its relative URLs are read against: its own, or that of its ``base``."""
        return self._reading.base

    @property
    def links(self) -> tuple[Link, ...]:
        """Links in document order, at most `MAX_LINKS`."""
        return self._reading.links

    @property
    def named_resources(self) -> tuple[Resource, ...]:
        """`resources` without what a browser was seen to load besides: what others' scripts load
        is their doing."""
        return self._reading.resources

    @property
    def resources(self) -> tuple[Resource, ...]:
        """Scripts, styles, images, icons, frames and media, in document order; then what a browser
        loaded besides."""
        if not self.also_loaded:
            return self._reading.resources
        return (*self._reading.resources, *self.asked_for)

    @property
    def metas(self) -> tuple[tuple[str, str], ...]:
        """(name, property or http-equiv in lower case; content) of each ``meta``."""
        return self._reading.metas

    def meta(self, name: str) -> str:
        """The content of the first ``meta`` called *name*, or an empty text."""
        return next((content for key, content in self.metas if key == name), "")

    @property
    def scripts(self) -> tuple[str, ...]:
        """The inline scripts' sources."""
        return self._reading.scripts

    @cached_property
    def script_text(self) -> str:
        """The inline scripts' sources, one after the other."""
        return "\n".join(self._reading.scripts)

    @property
    def elements(self) -> tuple[tuple[str, str], ...]:
        """(tag, class attribute) of each element, in document order, head included."""
        return self._reading.elements

    @property
    def relations(self) -> tuple[tuple[str, str], ...]:
        """(rel, absolute URL) of each ``link`` element: canonical, alternate, icon …"""
        return self._reading.relations

    @cached_property
    def frames(self) -> tuple[str, ...]:
        """Absolute URLs of the frames that stand in the document.

        Not of those that a browser loaded besides, inside of other frames: those are somebody
        else's doing.
        """
        return tuple(r.url for r in self._reading.resources if r.tag in _FRAME_TAGS)

    @cached_property
    def asked_for(self) -> tuple[Resource, ...]:
        """What a browser loaded for it and the document does not name."""
        named = {r.url for r in self._reading.resources}
        return tuple(r for r in self.also_loaded if r.url not in named)
