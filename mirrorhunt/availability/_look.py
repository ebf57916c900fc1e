"""What a rule may look at: a visit, read with the question *is the page mostly that?*

Whoever serves a page decides what stands on it, and a pirate who wants out of the feeds may hide
"this domain has been seized" on a page full of films. So a notice counts where there is room for
nothing else: on a page with little text, few elements, hardly a link into itself, no player and
no foreign frame. Such a page is called *plain*. A page with more on it is *substantial*, and only
its HTTP status or the known host that it was redirected to can say more than the page itself.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

from mirrorhunt.availability._signatures import Signature, of
from mirrorhunt.availability._visible import fold, visible_text
from mirrorhunt.model import Availability, Ruling, Visit
from mirrorhunt.names import host_of_url, is_below, registrable_domain, url_parts
from mirrorhunt.page import Page

# Bounds by judgement, not by measurement: real notices cannot be collected in numbers. The public
# samples read (2026-11) had 50 to 1,500 characters; pages of 642 ordinary sites had a median of
# 477 elements (research of 2026-11).
PLAIN_TEXT_CHARS = 2_500
PLAIN_ELEMENTS = 200
PLAIN_LINKS = 40
PLAIN_OWN_LINKS = 6
"""Links into the same site, other than its front page and legal pages. A notice leads nowhere."""
PARKED_OWN_LINKS = 30
"""The "related searches" of a parking page lead back to itself."""

# A landing page belongs to somebody else and is longer: there a notice counts where it leads.
LANDING_TEXT_CHARS = 12_000
LANDING_LEAD_CHARS = 1_000

_MARKUP_CHARS = 200_000
_PLAYERS = (
    *("jwplayer", "clappr", "hls.js", "hls.light.js", "hls.min.js", "hls.light.min.js", "videojs"),
    *("video-js", "plyr", "shaka-player", "dash.all", "flowplayer", ".m3u8", "<video", "<audio"),
    *("<object", "/embed/"),
)
_MANIFEST = re.compile(r"\.mpd\b")
_APP_ROOT = re.compile(
    r"""<(?:div|main|app-root)\b[^<>]{0,200}?\bid=["']?(?:root|app|__next|__nuxt)\b"""
)
_LEGAL = re.compile(
    r"privacy|cookie|terms|legal|imprint|impressum|contact|contatti|contacto|abuse|lander|/?search\b",
    re.I,
)
_HARMLESS_FRAMES = (
    "google.com",
    "gstatic.com",
    "recaptcha.net",
    "hcaptcha.com",
    "challenges.cloudflare.com",
    "googletagmanager.com",
)
_MESSENGERS = (
    "t.me",
    "telegram.me",
    "telegram.org",
    "discord.gg",
    "discord.com",
    "wa.me",
    "whatsapp.com",
)
_MOVED = re.compile(
    r"\b(?:new|current|official|latest) (?:address|domain|url|link|mirror)\b"
    r"|\bwe(?:'ve| have)? moved\b|\bmirrors?\b|\b(?:nuovo|nuovi) (?:indirizzo|dominio|link)\b"
    r"|\bci siamo (?:spostati|trasferiti)\b|\bcambiato (?:dominio|indirizzo)\b"
    r"|\bnuev[oa] (?:dirección|dominio|enlace)\b|\bnos (?:hemos mudado|mudamos)\b"
    r"|\bnouv(?:eau|elle) (?:adresse|domaine|lien)\b"
    r"|\bneue (?:adresse|domain)\b"
    r"|\bnovo (?:endereço|domínio|link)\b|\bnieuw (?:adres|domein)\b|\bnieuwe link\b"
    r"|\bнов(?:ый|ое) (?:адрес|домен|зеркало)\b|\byeni (?:adres|domain)",
)


@dataclass(frozen=True)
class Look:
    """One visit, with the questions that several rules ask answered once."""

    visit: Visit

    @cached_property
    def domain(self) -> str:
        """The visited registrable domain, or the host where nobody could register one."""
        return registrable_domain(self.visit.host) or self.visit.host

    @cached_property
    def page(self) -> Page | None:
        """The page, where an HTML page came back."""
        page = self.visit.page
        return page if page is not None and page.is_html and page.body.strip() else None

    @property
    def status(self) -> int | None:
        """The HTTP status of the last response, of whatever kind."""
        return None if self.visit.page is None else self.visit.page.status

    @cached_property
    def end_url(self) -> str:
        """Where the redirects led, whether or not that answered; empty without redirects."""
        if self.visit.page is not None:
            return self.visit.page.url
        return self.visit.chain[-1].to_url if self.visit.chain else ""

    @cached_property
    def end_host(self) -> str:
        """The host of `end_url`, or an empty text."""
        return host_of_url(self.end_url) or ""

    @cached_property
    def is_away(self) -> bool:
        """True if the visit ended on another registrable domain."""
        end = registrable_domain(self.end_host) or self.end_host
        return bool(end) and end != self.domain

    @cached_property
    def _markup(self) -> str:
        """The beginning of the HTML, in lower case."""
        return "" if self.page is None else self.page.html[:_MARKUP_CHARS].lower()

    @cached_property
    def _has_player(self) -> bool:
        markup = self._markup
        return any(text in markup for text in _PLAYERS) or _MANIFEST.search(markup) is not None

    @cached_property
    def own_links(self) -> int:
        """How many different pages of its own site the page links to."""
        if self.page is None:
            return 0
        own = registrable_domain(self.page.host) or self.page.host
        found: set[str] = set()
        for link in self.page.links:
            host, path, query = url_parts(link.url)
            leads = path.strip("/") or query
            if leads and is_below(host, own) and not _LEGAL.search(path):
                found.add(f"{path}?{query}")
        return len(found)

    @cached_property
    def is_shell(self) -> bool:
        """True if a script will write the page: what stands there now is not what is shown."""
        page = self.page
        if page is None or not _APP_ROOT.search(self._markup):
            return False
        return any(r.tag == "script" for r in page.resources)

    @cached_property
    def plays(self) -> bool:
        """True if it shows media, or another site in a frame."""
        page = self.page
        if page is None:
            return False
        if self._has_player or any(_is_media(r.url, r.tag) for r in page.asked_for):
            return True
        hosts = (host_of_url(url) or "" for url in page.frames)
        return any(not _is_any(host, _HARMLESS_FRAMES) for host in hosts if host)

    @cached_property
    def is_small(self) -> bool:
        """True if there is little on the page; it may still be a player and nothing else."""
        page = self.page
        return page is not None and (
            len(page.text) <= PLAIN_TEXT_CHARS
            and len(page.elements) <= PLAIN_ELEMENTS
            and len(page.links) <= PLAIN_LINKS
        )

    @cached_property
    def is_plain(self) -> bool:
        """True if there is room for a notice and nothing else."""
        return self.is_small and not self.plays

    @property
    def is_substantial(self) -> bool:
        """True if the host serves a page with something on it."""
        return self.page is not None and 200 <= self.page.status <= 299 and not self.is_plain

    @cached_property
    def title(self) -> str:
        """The title, folded, where a title may tell the state; else empty."""
        return fold(self.page.title) if self.page is not None and self._may_tell else ""

    @cached_property
    def text(self) -> str:
        """The visible text in which a signature counts, folded; else empty."""
        page = self.page
        if page is None or not self._may_tell:
            return ""
        if self.is_plain:
            return visible_text(page.html)
        return fold(page.text[:LANDING_LEAD_CHARS])

    @cached_property
    def words(self) -> str:
        """Title and text in which a signature counts."""
        return f"{self.title} {self.text}".strip()

    @cached_property
    def _may_tell(self) -> bool:
        page = self.page
        if page is None:
            return False
        has_room = self.is_plain or (
            self.is_away
            and len(page.text) <= LANDING_TEXT_CHARS
            and not self.plays
            and not any(tag == "article" for tag, _ in page.elements)
        )
        return has_room and not self.is_shell and not self._is_news

    @cached_property
    def announces(self) -> bool:
        """True if the page sends its visitors on, as a pirate does whose old name was taken.

        Such a page talks of seizures and blocks, and is the operator's own all the same. No
        authority and no parking service points to a messenger or to "our new address".
        """
        page = self.page
        if page is None or self.is_away:
            return False
        hosts = {host for link in page.links if (host := host_of_url(link.url))}
        if any(_is_any(host, _MESSENGERS) for host in hosts):
            return True
        if all(registrable_domain(host) == self.domain for host in hosts):
            return False
        return _MOVED.search(fold(f"{page.title} {page.text[:PLAIN_TEXT_CHARS]}")) is not None

    @cached_property
    def _is_news(self) -> bool:
        """True for a piece of news: a report about a seizure is no seizure."""
        page = self.page
        return page is not None and (
            page.meta("og:type").lower() == "article"
            or bool(page.meta("article:published_time"))
            or "newsarticle" in self._markup
        )

    # ------------------------------------------------------------------------- signatures

    def find(self, availability: Availability) -> Ruling | None:
        """The first signature of *availability* that this visit shows."""
        for signature in of(availability):
            pattern = self._match(signature)
            if pattern is not None:
                shown = pattern.replace("{domain}", self.domain)
                because = f"{_PLACE_WORDS[signature.place]} {shown!r}"
                if signature.place == "landing":
                    because = f"redirects to {self.end_host}, where {availability.value} ones lead"
                return Ruling(availability, signature.rule, because)
        return None

    def _match(self, signature: Signature) -> str | None:
        if signature.statuses and self.status not in signature.statuses:
            return None
        if signature.max_chars is not None and len(self.text) > signature.max_chars:
            return None
        links = len(self.page.links) if self.page is not None else 0
        if signature.max_links is not None and links > signature.max_links:
            return None
        pattern = self._place(signature)
        if pattern is None:
            return None
        if signature.also and not any(text in self.words for text in signature.also):
            return None
        return pattern

    def _place(self, signature: Signature) -> str | None:
        place, patterns = signature.place, signature.patterns
        if place in _ON_PAGE and not (
            (self.is_small or self.is_away)
            and self.own_links <= self._own_links_allowed(signature)
        ):
            return None
        if place == "words" or place == "title":
            text = self.words if place == "words" else self.title
            if not text or (signature.availability in _TAKEN and self.announces):
                return None
            return next((p for p in patterns if p.replace("{domain}", self.domain) in text), None)
        if place == "landing":
            return self._landing(patterns)
        if place == "resource":
            return self._resource(patterns)
        if self.is_substantial:
            return None
        if place == "header":
            return self._header(patterns)
        if place == "markup" or place == "script":
            if not self.is_plain or self.page is None:
                return None
            text = self._markup if place == "markup" else self.page.script_text.lower()
            return next((p for p in patterns if p in text), None)
        return next((p for p in patterns if any(is_below(n, p) for n in self._names(place))), None)

    def _own_links_allowed(self, signature: Signature) -> int:
        if self.is_away:
            return PLAIN_LINKS
        is_parking = signature.availability in {Availability.PARKED, Availability.FOR_SALE}
        return PARKED_OWN_LINKS if is_parking else PLAIN_OWN_LINKS

    def _landing(self, patterns: Iterable[str]) -> str | None:
        if not self.is_away:
            return None
        path = urlsplit(self.end_url).path.lower()
        for pattern in patterns:
            host, _, start = pattern.partition("/")
            if is_below(self.end_host, host) and path.startswith(f"/{start}"):
                return pattern
        return None

    def _header(self, patterns: Iterable[str]) -> str | None:
        if self.visit.page is None:
            return None
        lines = [f"{k}: {v}".lower()[:500] for k, v in self.visit.page.headers[:100]]
        return next((p for p in patterns if any(line.startswith(p) for line in lines)), None)

    def _resource(self, patterns: Iterable[str]) -> str | None:
        if not self.is_small or self.page is None or self._has_player:
            return None
        frames = [host for url in self.page.frames if (host := host_of_url(url))]
        loaded = [(host_of_url(r.url) or "", r.url.lower()) for r in self.page.resources[:200]]
        for pattern in patterns:
            for host, url in loaded:
                if not (("/" in pattern and pattern in url) or is_below(host, pattern)):
                    continue
                # A frame of somebody else beside it may be the whole site.
                known = (*_HARMLESS_FRAMES, pattern.partition("/")[0])
                if all(_is_any(frame, known) for frame in frames):
                    return pattern
        return None

    def _names(self, place: str) -> tuple[str, ...]:
        dns, certificate = self.visit.dns, self.visit.certificate
        if place == "nameserver":
            return () if dns is None else dns.nameservers
        if place == "cname":
            return () if dns is None else dns.aliases
        if certificate is None or self.page is not None:
            return ()
        return tuple(name.removeprefix("*.") for name in certificate.names)


_TAKEN = frozenset(
    {Availability.SEIZED, Availability.BLOCKED, Availability.FOR_SALE, Availability.PARKED}
)
_ON_PAGE = frozenset({"words", "title", "markup", "script", "resource"})
_PLACE_WORDS = {
    "words": "the page says",
    "title": "the title says",
    "header": "the response carries",
    "markup": "the page contains",
    "script": "a script of the page contains",
    "resource": "the page loads",
    "landing": "redirects to",
    "nameserver": "the nameservers are those of",
    "cname": "the name is an alias of",
    "certificate": "the certificate is one for",
}


def _is_media(url: str, tag: str) -> bool:
    """True of a stream that a browser was seen to ask for."""
    return tag == "video" or ".m3u8" in url or _MANIFEST.search(url) is not None


def _is_any(host: str, parents: Iterable[str]) -> bool:
    return any(is_below(host, parent) for parent in parents)


_latest: list[Look] = []


def look(visit: Visit) -> Look:
    """*visit*, read once for all rules. Only the latest one is kept: rules ask in a row."""
    kept = _latest[0] if _latest else None
    if kept is None or kept.visit is not visit:
        kept = Look(visit)
        _latest[:] = [kept]
    return kept
