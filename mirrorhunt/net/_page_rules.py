"""What a page in the browser may load, how long it is waited for, and which gate is opened.

Pure functions over what the page said of itself, so that each can be tested without a browser.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from mirrorhunt.names import host_of_url, registrable_domain

MAX_TOP_DOCUMENTS = 20
"""Of one drawing: a chain that is longer goes round in circles."""
THIN_CHARS = 600
"""A page with less text than this has more to come, or a gate before it."""
THIN_WAIT_S = 4.0
"""For a thin page to do something."""
TIMED_WAIT_S = 7.0
"""For a page that has a timer and speaks of another address: countdowns are of 3 to 5 s."""
MAX_REFRESH_WAIT_S = 8.0
"""A refresh that takes longer is read from the page, as it is without a browser."""

MEDIA_KINDS = frozenset({"media", "texttrack"})
_UNSEEN_KINDS = frozenset({"font", "ping", "cspreport", "prefetch", "signedexchange"})
_READING_METHODS = frozenset({"GET", "HEAD"})
# Playlists and segments of HLS (RFC 8216) and DASH, and what players load as one file.
_MEDIA_PATH = re.compile(
    r"\.(?:m3u8?|mpd|ism|f4m|ts|m4s|m4v|m4a|mp4|mp3|aac|mkv|webm|flv|avi|mov|ogv|vtt)$", re.I
)
_MEDIA_TYPE = re.compile(
    r"(?:video|audio)/|application/(?:vnd\.apple\.mpegurl|x-mpegurl|dash\+xml|vnd\.ms-sstr\+xml"
    r"|f4m\b)",
    re.I,
)


def refusal(
    url: str, kind: str, method: str, *, own_host: str, with_picture: bool, is_popup: bool
) -> str:
    """Why a request of the page is not let through; an empty text if it is.

    *own_host* is the top frame's, whose images alone are loaded, and only *with_picture*.
    """
    if is_popup:
        return "popup"
    if method not in _READING_METHODS:
        return "method"
    scheme = scheme_of(url)
    if scheme not in ("http", "https"):
        # What a page makes itself (data:, blob:) asks nothing of the network.
        return "" if scheme in ("data", "blob", "about") else "scheme"
    if kind in MEDIA_KINDS or is_media_url(url):
        return "media"
    if kind in _UNSEEN_KINDS:
        return kind
    if kind == "image" and not (with_picture and _is_same_site(url, own_host)):
        return "image"
    return ""


def scheme_of(url: str) -> str:
    """The scheme, lower-case; empty if there is none."""
    return url.partition(":")[0].lower() if ":" in url else ""


def is_media_url(url: str) -> bool:
    """True if the path ends as a stream's playlist, a segment or a recording does."""
    try:
        return _MEDIA_PATH.search(urlsplit(url).path[-200:]) is not None
    except ValueError:
        return False


def is_media_type(content_type: str) -> bool:
    """True for the types of streams, playlists and recordings."""
    return _MEDIA_TYPE.match(content_type.strip()) is not None


def _is_same_site(url: str, own_host: str) -> bool:
    host = host_of_url(url) or ""
    return bool(host) and (
        host == own_host
        or (registrable_domain(host) or host) == (registrable_domain(own_host) or own_host)
    )


# ---------------------------------------------------------------- what a page says of itself


@dataclass(frozen=True, slots=True)
class Control:
    """Something that a visitor can click."""

    text: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Glance:
    """A few facts about a page at rest."""

    chars: int
    """Of text that is there to be read."""
    controls: tuple[Control, ...] = ()
    controls_count: int = 0
    """With those above the bound of `controls`."""
    refresh: str = ""
    """The content of a ``meta http-equiv=refresh``."""
    has_timer: bool = False
    """True if an inline script has a timer and speaks of a location."""
    has_player: bool = False
    """True if there is a video or a frame of some size."""


def patience_s(glance: Glance) -> float:
    """How much longer a page that has come to rest is waited for to go elsewhere or to go on."""
    wait_s = 0.0
    delay = re.match(r"\s*([0-9]{1,3})", glance.refresh)
    if delay is not None and int(delay[1]) <= MAX_REFRESH_WAIT_S:
        wait_s = int(delay[1]) + 1.0
    if glance.has_timer:
        wait_s = max(wait_s, TIMED_WAIT_S)
    if glance.chars < THIN_CHARS and not glance.has_player and not glance.controls_count:
        wait_s = max(wait_s, THIN_WAIT_S)
    return wait_s


# ---------------------------------------------------------------- gates

MAX_GATE_CHARS = 2500
"""Age notices bring two paragraphs of law with them; a page of content has more."""
MAX_GATE_CONTROLS = 12
MAX_LABEL_CHARS = 60
# A label is split at what is between its words; one of these, and it lets a visitor in.
_ENTER = frozenset(
    phrase.strip()
    for phrase in """
    enter|enter site|enter the site|enter website|enter the website|enter here|enter now
    click to enter|click here to enter|click to continue|click here to continue|tap to enter
    continue|continue to site|continue to the site|continue to website|continue to the website
    proceed|proceed to site|go to site|go to the site|go to website|go to the website|go to home
    go to homepage|visit site|visit the site|visit website|open site|open website|main page
    i agree|agree and enter|agree and continue|i agree enter|skip intro|i understand continue
    entra|entra nel sito|entra sul sito|entra nel sito web|entra ora|clicca per entrare
    clicca qui per entrare|clicca per continuare|clicca qui per continuare|continua
    continua sul sito|prosegui|vai al sito|apri il sito|accedi al sito|accetto|accetto ed entra
    accetta ed entra|accetta e continua
    entrar|entrar al sitio|entrar en el sitio|entrar a la web|entrar no site|entrar ao site
    continuar|continuar al sitio|ir al sitio|ir a la web|ir para o site|acceder al sitio
    haz clic para entrar|haz clic para continuar|clique para entrar|clique para continuar
    entrer|entrer sur le site|continuer|continuer vers le site|accéder au site|aller sur le site
    cliquez pour entrer|weiter|weiter zur seite|zur seite|zur website|eintreten|betreten
    verder|doorgaan|naar de site|wejdź|przejdź do strony|kontynuuj|giriş|siteye git|devam et
    войти на сайт|перейти на сайт|продолжить|intra|continuă|intra pe site
    """.replace("\n", "|").split("|")
    if phrase.strip()
)
_OF_AGE = re.compile(
    r"\b(?:18|21)\b.{0,12}(?:or over|or older|years|anni|años|anos|ans|jahre|\+)"
    r"|\bover (?:18|21)\b"
    r"|\b(?:adult|of age|of legal age|maggiorenne|mayor de edad|maior de idade|majeure?"
    r"|volljährig)\b",
    re.I,
)
# What leads into a trade, an account, an installation or a human test, and the way out.
_NOT_ENTER = re.compile(
    r"download|scarica|descarg|télécharg|install|update|log ?in|sign|regist|subscri|abbona|suscri"
    r"|allow|consent|permit|notif|buy|pay|paga|compra|price|prezz|human|robot|captcha|verif|umano"
    r"|exit|leave|esci|salir|sortir|\b(?:under|not|no|non|minor|minorenne|menor)\b|cookie",
    re.I,
)
_NO_WORD = re.compile(r"[^\w']+")


def gate(glance: Glance) -> Control | None:
    """The one control that lets a visitor in, where the page is little else; None without one.

    The caller has made sure that no human test stands there. Two that fit are one too many,
    unless they say the same.
    """
    if glance.chars > MAX_GATE_CHARS or glance.controls_count > MAX_GATE_CONTROLS:
        return None
    if glance.has_player:
        return None
    fitting = [control for control in glance.controls if _lets_in(control.text)]
    if len({" ".join(control.text.split()).lower() for control in fitting}) != 1:
        return None
    return fitting[0]


def _lets_in(text: str) -> bool:
    label = " ".join(_NO_WORD.sub(" ", text).split()).lower()
    if not 0 < len(label) <= MAX_LABEL_CHARS or _NOT_ENTER.search(label):
        return False
    return label in _ENTER or _OF_AGE.search(text) is not None


def controls(entries: Sequence[object]) -> tuple[Control, ...]:
    """Controls from what the page's reader returned; whatever does not fit is left out."""
    found = []
    for entry in entries:
        if not isinstance(entry, list | tuple) or len(entry) != 3:
            continue
        text, x, y = entry
        if isinstance(text, str) and _is_number(x) and _is_number(y):
            found.append(Control(text, float(x), float(y)))
    return tuple(found)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and -1e6 < value < 1e6
