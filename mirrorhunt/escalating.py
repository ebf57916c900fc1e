"""Whether a page is worth a browser, told from the plain response. Pure.

A drawn page costs a hundred times what a plain one does (docs/browser.md), so a browser is sent
only where the plain response does not say enough: where a script draws the page, sends its visitor
on or fills the frame, or where a click stands before it. Never before a human test, which is not
to be passed by a machine, and never where somebody else answers in the host's place.
"""

import re

from mirrorhunt.availability import ruling
from mirrorhunt.hops import is_thin
from mirrorhunt.indicators import kinds
from mirrorhunt.model import Availability, Visit
from mirrorhunt.names import host_of_url, is_below
from mirrorhunt.page import Page

BARE_TEXT_CHARS = 60
"""Fewer is no page that anybody reads; as in `mirrorhunt.availability.error`."""
PLAIN_TEXT_CHARS = 2_500
"""A page with more says enough by itself, whatever its scripts add; as in the rules of state."""
_READ_CHARS = 200_000

# The rules that find an error in a page on which there is nothing to believe *yet*.
_MAY_BE_DRAWN = frozenset({"error:script_only", "error:bare", "error:empty"})

_HUMAN_TEST = re.compile(
    r"captcha|turnstile|challenges\.cloudflare|geetest|cf-chl|/cdn-cgi/challenge-platform"
    r"|ddos-guard|type\s{0,3}=\s{0,3}[\"']?password",
    re.I,
)
"""A test that asks for a person, or a form that asks for one by name."""
_ROOT = re.compile(
    r"<(?:div|main|section)\b[^<>]{0,200}?\bid\s{0,3}=\s{0,3}[\"']?"
    r"(?:root|app|app-root|__next|__nuxt|___gatsby|q-app|svelte|main-app)\b|<app-root\b",
    re.I,
)
_MOVES = re.compile(
    r"\blocation\s{0,9}=(?!=)|\blocation\s{0,9}\.\s{0,9}(?:href|pathname|host|search|hash)"
    r"\s{0,9}=(?!=)|\blocation\s{0,9}\.\s{0,9}(?:replace|assign)\b|\bnavigation\.navigate\b"
    r"|\[\s{0,9}[\"'](?:lo|hre|ass|rep)",
    re.I,
)
_HIDES = re.compile(
    r"\beval\b|\batob\b|\bunescape\b|fromCharCode|\\x[0-9a-f]{2}|\\u00[0-9a-f]{2}"
    r"|_0x[0-9a-f]{3}|\bnew\s{1,9}Function\b",
    re.I,
)
"""How a script is written that is not to be read."""
_PACKED = re.compile(
    r"\beval\s{0,9}\(\s{0,9}function\s{0,9}\(\s{0,9}p\s{0,9},\s{0,9}a\s{0,9},\s{0,9}c\b"
    r"|\b_0x[0-9a-f]{4,8}\s{0,9}=\s{0,9}\[|\batob\s{0,9}\(\s{0,9}[\"'][A-Za-z0-9+/=]{80}",
    re.I,
)
_WRITES = re.compile(r"\bdocument\s{0,9}\.\s{0,9}write(?:ln)?\b|\binnerHTML\b|insertAdjacentHTML")
_ASKS = re.compile(r"\bfetch\s{0,9}\(|\bXMLHttpRequest\b|\baxios\b|\$\.(?:ajax|get|getJSON)\b")
_FRAMES = re.compile(
    r"createElement\s{0,9}\(\s{0,9}[\"'](?:iframe|video|embed|object)"
    r"|<\s{0,3}(?:i?frame|video)\b|<i?[\"']\s{0,9}\+\s{0,9}[\"']?f?rame",
    re.I,
)
_PLAYER = re.compile(r"player|stream|embed|hls|\blive\b|diretta|en vivo|canal|channel", re.I)
_PLAYER_BOX = re.compile(
    r"<div\b[^<>]{0,200}?\b(?:id|class)\s{0,3}=\s{0,3}[\"']?[^\"'<>]{0,60}?player", re.I
)
_NEEDS_SCRIPT = re.compile(r"<noscript\b[^<>]{0,100}>[^<]{0,300}?(?:javascript|java script)", re.I)
_ACTS = re.compile(
    r"<button\b|\bonclick\s{0,3}=|\brole\s{0,3}=\s{0,3}[\"']?button"
    r"|<input\b[^<>]{0,200}?\btype\s{0,3}=\s{0,3}[\"']?(?:button|submit|image)"
    r"|\bhref\s{0,3}=\s{0,3}[\"']?(?:#|javascript:)",
    re.I,
)
# What such a button says, in the languages of the networks seen.
_GATE = re.compile(
    r"\b(?:enter|continue|proceed|accept|i agree|over 18|18 ?\+|watch|unlock|click here|start"
    r"|entra|entrare|accedi|continua|prosegui|maggiorenne|guarda|clicca"
    r"|entrar|acceder|continuar|mayor de edad|ver ahora|maior de idade|assistir"
    r"|entrer|continuer|majeur|regarder|eintreten|weiter|volljährig|ansehen"
    r"|doorgaan|bekijk|wejdź|dalej|giriş|devam|izle)\b",
    re.I,
)
_BRINGS_NOTHING = (
    "google.com",
    "googletagmanager.com",
    "gstatic.com",
    "recaptcha.net",
    "doubleclick.net",
    "facebook.com",
)


def why_draw(visit: Visit) -> str:
    """The reason for which the page of *visit* is worth a browser; empty if it is not.

    Reads what was sent and nothing else, in time that grows with its size; raises nothing.
    """
    page = visit.page
    if page is None or visit.rendering is not None or not visit.is_own_page or not page.is_html:
        return ""
    if not 200 <= page.status <= 299 or not page.body.strip():
        return ""
    found = ruling(visit)
    if found.availability is Availability.ERROR:
        if found.rule not in _MAY_BE_DRAWN:
            return ""
    elif found.availability is not Availability.LIVE:
        return ""
    html = page.html[:_READ_CHARS]
    if _HUMAN_TEST.search(html) or _says_enough(visit, page):
        return ""
    if found.rule == "error:script_only":
        return "there is only a script to read"
    return _thin(page, html) if is_thin(page) else _filled(page, html)


def _says_enough(visit: Visit, page: Page) -> bool:
    """True if the plain page shows what it has to offer, or is much to read."""
    if len(page.text) > PLAIN_TEXT_CHARS:
        return True
    if page.meta("og:type").lower() == "article" or page.meta("article:published_time"):
        return True
    return next(iter(kinds["offers"].read(visit)), None) is not None


def _thin(page: Page, html: str) -> str:
    """Why a page with hardly anything on it may have more for a browser."""
    script = page.script_text
    has_script = bool(page.scripts) or any(r.tag == "script" for r in page.resources)
    is_bare = len(page.text) < BARE_TEXT_CHARS
    if has_script:
        if _ROOT.search(html):
            return "a script draws the page into an empty element"
        if _MOVES.search(script):
            return "a script can send its visitors on, and where to cannot be read"
        if _HIDES.search(script):
            return "there is hardly anything but a script that is not to be read"
        if _ASKS.search(script):
            return "a script asks for what the page shows"
        if _WRITES.search(script) or _FRAMES.search(script):
            return "a script writes the page"
        if _PLAYER_BOX.search(html):
            return "a script fills an empty player"
        if _NEEDS_SCRIPT.search(html):
            return "it says that it needs scripts"
        if is_bare and not page.links:
            return "there is hardly any text, and scripts"
    if is_bare and _is_framed(page):
        return "there is a frame and nothing else"
    if _ACTS.search(html) and _GATE.search(page.text):
        return "a click stands before the page"
    return ""


def _is_framed(page: Page) -> bool:
    if any(tag == "frameset" for tag, _ in page.elements):
        return True
    hosts = (host_of_url(url) or "" for url in page.frames)
    return any(h and not any(is_below(h, known) for known in _BRINGS_NOTHING) for h in hosts)


def _filled(page: Page, html: str) -> str:
    """Why a page with something to read, which offers nothing, may still play for a browser."""
    script = page.script_text
    if _FRAMES.search(script) and _PLAYER.search(script):
        return "a script makes a frame for a player"
    if _PACKED.search(script) and (_PLAYER_BOX.search(html) or _PLAYER.search(page.title)):
        return "a packed script may bring a player"
    return ""
