"""Paths of the site's own scripts, styles and pictures: how its files are laid out.

Sets of them are compared, rare paths weighing more (IDF-Jaccard, AUC 0.98 between the same site
and another with the same theme, docs/attribution.md). Versions and digests in names are
dropped: they change with each build.
"""

import re
from collections.abc import Iterable, Iterator

from mirrorhunt.indicators import Indicator, kinds
from mirrorhunt.indicators._shared_hosts import is_shared
from mirrorhunt.model import Observation, Visit
from mirrorhunt.names import registrable_domain, url_parts
from mirrorhunt.page import Page

MAX_PATHS = 60
_MAX_CHARS = 200
_OWN_CDN = re.compile(r"(?:cdn|static|assets?|img|images?|media|files|s)\d{0,3}[.-]")
_DIGEST = re.compile(r"[.\-_]?\b(?=[0-9a-f]{0,40}[0-9])(?=[0-9]{0,40}[a-f])[0-9a-f]{6,64}\b", re.I)
_BUILD = re.compile(r"[.-](?=[A-Za-z_]{0,12}\d)[A-Za-z0-9_]{8,12}(?=\.(?:js|mjs|css)\Z)")
_VERSION = re.compile(r"[.\-_@]?v?\d+(?:\.\d+)+")
_NUMBER = re.compile(r"\d{3,}")
# Of thousands of sites of one content system or library each.
_GENERIC = re.compile(
    r"/(?:favicon\.\w+|robots\.txt|style\.css|styles\.css|main\.(?:css|js)|app\.(?:css|js)"
    r"|script\.js|scripts\.js|logo\.\w+|apple-touch-icon[^/]*|index\.\w+)\Z"
    r"|/wp-includes/|/cdn-cgi/|\bjquery\b|\bbootstrap\b|font-?awesome|\bpopper\b|\bswiper\b",
    re.I,
)


def normalised(path: str) -> str:
    """*path* without digests, versions and long numbers; in the case it has."""
    path = _VERSION.sub("", path[:_MAX_CHARS])
    path = _BUILD.sub("", path)
    path = _DIGEST.sub("", path)
    return _NUMBER.sub("#", path)


def read(visit: Visit) -> Iterable[Observation]:
    """At most `MAX_PATHS` paths, scripts and styles before pictures."""
    if visit.page is None:
        return ()
    code: dict[str, None] = {}
    pictures: dict[str, None] = {}
    for is_code, path in _paths(visit.page):
        (code if is_code else pictures).setdefault(path)
    return [Observation("asset_path", path) for path in [*code, *pictures][:MAX_PATHS]]


def _paths(page: Page) -> Iterator[tuple[bool, str]]:
    own = registrable_domain(page.host)
    of_host: dict[str, bool] = {}
    for url, tag, rel in dict.fromkeys(page.resources):
        if tag not in {"script", "link", "img"}:
            continue
        host, path, _ = url_parts(url)
        if not host:
            continue
        if host not in of_host:
            is_own = registrable_domain(host) == own and own is not None
            of_host[host] = is_own or (_OWN_CDN.match(host) is not None and not is_shared(host))
        if not of_host[host]:
            continue
        if len(path) > 4 and not _GENERIC.search(path):
            yield tag != "img" and "icon" not in rel, normalised(path)


kinds.offer(Indicator(read), module=__name__)
