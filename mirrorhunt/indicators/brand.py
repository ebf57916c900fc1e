"""The name that the site gives itself.

From ``og:site_name`` and its like, and from the part of the title that names the site; normalised
so that ``Calcio12``, ``CALCIO-13`` and ``calcio 12 hd`` are one.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import groupby

from mirrorhunt.indicators import Indicator, kinds
from mirrorhunt.model import Observation, Visit
from mirrorhunt.names import parts, skeleton
from mirrorhunt.page import Page

MAX_BRANDS = 3
_MIN_CHARS = 4
_MAX_CHARS = 40
_MAX_WORDS = 3
_SEPARATOR = re.compile(r"\s*[|»«•·–—>]\s*|\s-{1,2}\s|:\s")
_WORD = re.compile(r"\w+")
_VERSUS = re.compile(r"\b(?:vs?|contra|gegen|contre)\b", re.I)
_METAS = ("og:site_name", "application-name", "apple-mobile-web-app-title")
# Words of titles that name nobody, in the languages of the networks we know.
_GENERIC_WORDS = """
    home homepage index page start welcome the a an of in on to and e y et und de la le il los das
    untitled document website site web blog official ufficiale oficial officiel offizielle new
    best top live stream streams streaming streamings watch free hd fullhd 4k uhd tv iptv online
    video videos player channel channels canali canales canais sport sports football soccer futbol
    fútbol futebol futbal foot voetbal piłka maç mac match matches partita partite partidos jogos
    game games today oggi hoy hoje diretta dirette gratis grátis gratuit gratuito kostenlos vivo
    ao en ver assistir guarda guardare regarder kijken oglądaj izle canlı canli direct directo
    directa film films movie movies series serie serietv anime tv-series episodes episode download
    torrent torrents mirror mirrors proxy link links news login sign access denied error not found
    forbidden loading redirecting please wait just moment test default apache nginx iis wordpress
    site123 com net org html php it es pt fr uk
"""
_GENERIC = frozenset(_GENERIC_WORDS.split())


def normalised(text: str) -> str:
    """*text* without case, form, spaces, punctuation, generic words and digits at the ends.

    Empty where nothing is left that could name somebody.
    """
    folded = unicodedata.normalize("NFKC", text[:300]).lower()
    words = [w for w in _WORD.findall(folded.replace("_", " ")) if w not in _GENERIC]
    if not words or len(words) > _MAX_WORDS:
        return ""
    name = "".join(words).strip("0123456789")
    if not _MIN_CHARS <= len(name) <= _MAX_CHARS or name in _GENERIC:
        return ""
    return name


def read(visit: Visit) -> Iterable[Observation]:
    """At most `MAX_BRANDS` names, the site's explicit ones first."""
    if visit.page is None:
        return ()
    found = dict.fromkeys(name for name in _all(visit.host, visit.page) if name)
    return [Observation("brand", name) for name in list(found)[:MAX_BRANDS]]


def _all(host: str, page: Page) -> Iterator[str]:
    wanted: dict[str, str] = {}
    for key, content in page.metas:
        if content:
            wanted.setdefault(key, content)
    for key in _METAS:
        yield normalised(wanted.get(key, ""))
    yield from _label_in_title(host, page.title)
    account = wanted.get("twitter:site", "").strip()
    if account.startswith("@"):
        yield normalised(account[1:])
    pieces = [piece for piece in _SEPARATOR.split(page.title) if piece]
    for piece in dict.fromkeys((*pieces[:1], *pieces[-1:])):
        if not _VERSUS.search(piece) and _is_one_run(piece):
            yield normalised(piece)


def _is_one_run(piece: str) -> bool:
    """True if the words of *piece* that are not generic stand together, as those of a name do.

    What is left of a sentence stands apart: "all matches live and free, no sign-up" is no name,
    and whoever sells the theme brings it along.
    """
    folded = unicodedata.normalize("NFKC", piece[:300]).lower()
    words = _WORD.findall(folded.replace("_", " "))
    return sum(key for key, _ in groupby(words, key=lambda w: w not in _GENERIC)) <= 1


def _label_in_title(host: str, title: str) -> Iterator[str]:
    """The registered label's skeleton, where the title says it."""
    name = skeleton(parts(host).label).lower()
    if len(name) >= _MIN_CHARS and name not in _GENERIC and not name.isdigit():
        said = skeleton("".join(_WORD.findall(unicodedata.normalize("NFKC", title).lower())))
        if name in said:
            yield name[:_MAX_CHARS]


kinds.offer(Indicator(read), module=__name__)
