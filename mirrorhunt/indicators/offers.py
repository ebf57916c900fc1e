"""What the page itself offers: the content gate.

No shared identifier makes a host probable unless its own page offers what such networks offer.
Values: ``player``, ``stream``, ``playlist``, ``schedule``, ``channel_list``, ``episodes``,
``torrent``, ``subscription``, ``download``.

What it cannot tell: a lawful broadcaster with its own HLS player looks like ``player`` and
``stream``, a TV guide like ``schedule`` and ``channel_list``, a free-software site like
``torrent``. It answers "is this a page of that trade", not "is it lawful"; the protected names and
the other evidence do the rest. Embeds of the big video platforms, plain video files (in a player's
script, too), articles on the law of IPTV and what visitors wrote do not count, so that news, fan
and league pages usually show nothing, or ``schedule`` alone. How often it errs is counted in
``tests/mirrorhunt/indicators/test_offers_pages.py``.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from urllib.parse import urlsplit

from mirrorhunt.indicators import Indicator, kinds
from mirrorhunt.indicators._shared_hosts import is_shared
from mirrorhunt.model import Observation, Visit
from mirrorhunt.names import host_of_url, parts
from mirrorhunt.page import Link, Page

# A frame's path that says what it shows; whole words, so that "delivery" is not "live". The short
# ones are how cyberlockers write it: ``/e/3kd92ksl0a``.
_PLAYER_PATH = re.compile(
    r"(?:\b|_)(?:embed|embeds|player|stream|streams|live|hls|channel|canal|canale|play|diretta|vivo)"
    r"(?:\b|_|\d)|/[ev]/\w{8}",
    re.I,
)
_NO_PLAYER_PATH = re.compile(
    r"map|poll|form|widget|chart|comment|newsletter|tweet|post|table|standing|calendar|quiz"
    r"|podcast|audio|radio|score|odds|login|chat",
    re.I,
)
# (what a script that sets a player up holds) from general knowledge of the libraries, 2026-11.
_PLAYER_CODE = (
    "Clappr.Player(",
    "new Hls(",
    ".loadSource(",
    "new Plyr(",
    "new DPlayer(",
    "new Playerjs(",
    "new shaka.Player(",
    "dashjs.MediaPlayer(",
    "videojs(",
    "jwplayer(",
    "flowplayer(",
    "mpegts.createPlayer(",
    "flvjs.createPlayer(",
    "fluidPlayer(",
    "new Artplayer(",
    "new OvenPlayer(",
    "OvenPlayer.create(",
)
_PLAYER_SOURCE = re.compile(
    r"\.m3u8|\.mpd\b|\bsources?['\"]?\s?:|\bfile['\"]?\s?:|loadSource|\.src\(|atob\("
)
# A newspaper sets its clips up with the same libraries.
_PLAIN_FILE = re.compile(r"\.(?:mp4|m4v|webm|ogv|mp3|m4a|aac)\b", re.I)
_HIDDEN = "atob("
_MANIFESTS = (".m3u8", ".mpd")
_STREAM_SCHEMES = ("acestream:", "sop:", "rtmp:", "rtmps:", "rtsp:", "mms:")
_PLAYLIST = re.compile(r"\.m3u(?:[?#]|\Z)|[?&]type=m3u|/get\.php\?username=", re.I)

# A time of day, then two sides within a line. It starts at the sign inside the time, which is
# rarer than a digit; "10.00 €" is a price.
_FIXTURE = re.compile(
    r"[:h.](?<=\d[:h.])[0-5]\d(?!\d|\s?[€$£₺%])"
    r".{1,60}?\s(?:vs?\.?|x|contra|gegen|[-–—])\s(?=[^\W\d])",
    re.I,
)
_MIN_FIXTURES = 3

# Pay-TV channels and sports services: a word that names one, or the first of two words. A family
# counts once, however many numbers it has.
_CHANNEL_WORDS = """
    sky dazn espn bein eurosport movistar viaplay ziggo cosmote polsat supersport tudn sportv
    premiere combate exxen tivibu setanta sportsnet ssc alkass mediaset hbo tsn canal+ novasports
    supertennis rai sporttv rmc polsatsport ssport laligatv canalplus osn
"""
_CHANNELS = frozenset(_CHANNEL_WORDS.split())
_FIRST_WORDS = """
    canal tnt bt fox nbc cbs arena win digi premier gol eleven tyc sport nova astro antena italia
    magenta trt s
"""
_FIRST = frozenset(_FIRST_WORDS.split())
_SECOND = ("+", "plus", "spor", "tv", "play", "super")
_MIN_CHANNELS = 4

_EPISODE_HINT_WORDS = """
    episod épisode folge aflevering odcinek bölüm bolum capitulo capítulo επεισόδιο الحلقة
"""
_EPISODE_HINTS = tuple(_EPISODE_HINT_WORDS.split())
_EPISODE_WORD = re.compile(
    r"(?:episode|episodio|episódio|épisode|folge|aflevering|odcinek|episodul|bölüm|bolum|capitulo"
    r"|capítulo|επεισόδιο|الحلقة)s?[ /_-]?\d{1,4}|\d{1,4}[. -]{1,2}(?:bölüm|bolum|folge)"
)
_EPISODE_CODES = (re.compile(r"s\d{1,2} ?e\d{1,3}\b"), re.compile(r"x(?<=\dx)\d\d\b"))
_MIN_EPISODES = 3
_IPTV = ("iptv", "ip tv", "ip-tv", "m3u", "xtream", "smarters", "magbox", "mag box", "firestick")
_OFFER = re.compile(
    r"\b(?:subscri\w{2,8}|trial|reseller|abbonament\w|prova gratis|suscripci[oó]n|prueba"
    r"|assinatura|teste gr[aá]tis|abonnement|essai|abo|testzugang|proef\w{0,10}|abonament\w{0,3}"
    r"|deneme|abonelik|συνδρομ\w{1,4}|اشتراك|credits?|connections?|plans?)",
    re.I,
)
# Who writes about the trade names it, its prices and the law in one breath.
_LAW = re.compile(
    r"\b(?:il)?(?:legal|lecit|légal|lícit)|\bpirat|\bpolic[eií]|\bpolizei|\bpolizia|\bpolis\b"
    r"|\bmulta|\bmulte\b|\bsanzion|\bfines?\b|\bfined\b|\bamende|\bstraf|\barrest|\brisk|\brisch"
    r"|\bnielegaln|\byasa ?dışı|παράνομ|قرصن",
    re.I,
)
_OFFER_REACH_CHARS = 400
_PRICE = re.compile(
    r"[€$£₺]\s?\d{1,4}|\b\d{1,4}(?:[.,]\d{2})?\s?(?:€|\$|£|₺|euros?\b|eur\b|usd\b|zł|lei\b)", re.I
)
_MEDIA_FILES = (".mkv", ".avi")
"""Not ``.mp4`` and its like: lectures and podcasts are offered so."""
# Cyberlockers, by label: they change suffix as often as their customers (Ibosiola et al., 2018).
_LOCKER_LABELS = """
    mega 1fichier rapidgator nitroflare turbobit katfile ddownload gofile pixeldrain uptobox
    uploaded hitfile fikper filefactory mixdrop doodstream dood streamtape filemoon voe uqload
    krakenfiles 1cloudfile k2s keep2share
"""
_LOCKERS = frozenset(_LOCKER_LABELS.split())
_MIN_FILES = 3
_MAX_OFFERS = 20
_MAX_LINKS = 600
_MAX_TEXT_CHARS = 60_000


def read(visit: Visit) -> Iterable[Observation]:
    """Each kind of offer, once."""
    if visit.page is None:
        return ()
    page = visit.page
    links = [link for link in page.links[:_MAX_LINKS] if link.region != "comments"]
    found = [*_media(page, links), *_listed(page, links)]
    return [Observation("offers", value) for value in dict.fromkeys(found)]


def _media(page: Page, links: list[Link]) -> Iterator[str]:
    script = page.script_text
    streams = any(manifest in script for manifest in _MANIFESTS)
    # Of what a browser asked for only what plays: a frame inside of a frame, a playlist.
    asked_for = [r for r in page.asked_for if not is_shared(host_of_url(r.url) or "")]
    streams = streams or any(_is_manifest(r.url) for r in asked_for)
    nested = [r.url for r in asked_for if r.tag == "iframe"]
    if any(map(_is_player_frame, (*page.frames, *nested))) or _sets_up_player(script):
        yield "player"
    for url, tag, _ in page.resources:
        if (tag == "video" or tag == "source") and _is_manifest(url):
            yield "player"
            streams = True
    streams = streams or any(_is_manifest(mark.value) for mark in page.marks)
    others = [link for link in page.other_links if link.region != "comments"]
    streams = streams or any(_scheme(link) in _STREAM_SCHEMES for link in others)
    streams = streams or "acestream://" in script
    if streams or any(_is_manifest(link.url) for link in links):
        yield "stream"
    maybe = [link for link in links if "m3u" in link.url or "get.php" in link.url]
    if any(_PLAYLIST.search(link.url) for link in maybe):
        yield "playlist"
    if any(_scheme(link) == "magnet:" for link in others) or _count(links, ".torrent") >= 3:
        yield "torrent"


def _scheme(link: Link) -> str:
    return link.url[: link.url.find(":") + 1].lower()


def _is_manifest(url: str) -> bool:
    return any(manifest in url for manifest in _MANIFESTS)


def _is_player_frame(url: str) -> bool:
    if "http" not in url[:5] or is_shared(host_of_url(url) or ""):
        return False
    found = urlsplit(url)
    path = found.path[:300]
    if _is_manifest(found.path) or _is_manifest(found.query):
        return True
    return _PLAYER_PATH.search(path) is not None and _NO_PLAYER_PATH.search(path) is None


def _sets_up_player(script: str) -> bool:
    """True where a library is called within reach of a source: loading it alone says nothing, and
    neither does a plain file.
    """
    for code in _PLAYER_CODE:
        at = script.find(code)
        if at < 0:
            continue
        near = script[max(0, at - 2_000) : at + 4_000]
        is_stream = _is_manifest(near) or _HIDDEN in near
        if _PLAYER_SOURCE.search(near) and (is_stream or not _PLAIN_FILE.search(near)):
            return True
    return False


def _count(links: list[Link], ending: str) -> int:
    return len({link.url for link in links if ending in link.url})


def _listed(page: Page, links: list[Link]) -> Iterator[str]:
    text = page.own_text[:_MAX_TEXT_CHARS]
    if _is_found(_FIXTURE, text, _MIN_FIXTURES):
        yield "schedule"
    names = " | ".join(dict.fromkeys(link.text[:60] for link in links)).lower()
    if len(_channels(names)) >= _MIN_CHANNELS:
        yield "channel_list"
    paths = "\n".join(dict.fromkeys(link.url[:200] for link in links)).lower()
    if _names_episodes(names) or _names_episodes(paths):
        yield "episodes"
    if _sells(text):
        yield "subscription"
    if len({link.url for link in links if _is_file(link.url)}) >= _MIN_FILES:
        yield "download"


def _sells(text: str) -> bool:
    """True where IPTV, a subscription and a price stand together, and the law does not."""
    lower = text.lower()
    # The first few of each word: a page cannot make this slow.
    for word in _IPTV:
        at = lower.find(word)
        for _ in range(_MAX_OFFERS):
            if at < 0:
                break
            near = lower[max(0, at - _OFFER_REACH_CHARS) : at + _OFFER_REACH_CHARS]
            if _OFFER.search(near) and _PRICE.search(near) and not _LAW.search(near):
                return True
            at = lower.find(word, at + _OFFER_REACH_CHARS)
    return False


def _channels(names: str) -> set[str]:
    """The families of channels that *names* (lower-case) holds."""
    words = [word.strip("|:()[]0123456789-") for word in names.split()]
    found = _CHANNELS.intersection(words)
    if not _FIRST.isdisjoint(words):
        for first, second in pairwise(words):
            if first in _FIRST and second.startswith(_SECOND):
                found |= {first}
    return set(found)


def _names_episodes(text: str) -> bool:
    if any(hint in text for hint in _EPISODE_HINTS) and _is_found(
        _EPISODE_WORD, text, _MIN_EPISODES
    ):
        return True
    return any(_is_found(code, text, _MIN_EPISODES) for code in _EPISODE_CODES)


def _is_file(url: str) -> bool:
    if url.partition("?")[0].lower().endswith(_MEDIA_FILES):
        return True
    host = host_of_url(url)
    return (
        host is not None
        and parts(host).label in _LOCKERS
        and url.count("/") >= 3 + (url[-1] == "/")
    )


def _is_found(pattern: re.Pattern[str], text: str, times: int) -> bool:
    return any(count >= times for count, _ in enumerate(pattern.finditer(text), 1))


kinds.offer(Indicator(read), module=__name__)
