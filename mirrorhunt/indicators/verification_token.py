"""Tokens by which a site proves itself to a search engine or an advertising network.

A token belongs to one account there, but stands in the page for all to copy
(docs/attribution.md: at most 5 bits, mirror only).
"""

import re
from collections.abc import Iterable

from mirrorhunt.indicators import Indicator, kinds
from mirrorhunt.model import Observation, Visit

_SYSTEMS = {
    "google-site-verification": "google",
    "verify-v1": "google",
    "msvalidate.01": "bing",
    "yandex-verification": "yandex",
    "p:domain_verify": "pinterest",
    "facebook-domain-verification": "facebook",
    "baidu-site-verification": "baidu",
    "naver-site-verification": "naver",
    "seznam-wmt": "seznam",
    "monetag": "monetag",
    "propeller": "propeller",
    "exoclick-site-verification": "exoclick",
    "juicyads-site-verification": "juicyads",
    "clckd": "clickadu",
    "coinzilla": "coinzilla",
    "a.validate.02": "adnetwork",
}
_TOKEN = re.compile(r"[A-Za-z0-9_+/=.-]{8,128}\Z")
_EXAMPLES = re.compile(r"(?:your|xxxx|insert|token|code|verification)", re.I)


def read(visit: Visit) -> Iterable[Observation]:
    """``system:token`` of each verification."""
    if visit.page is None:
        return
    for key, content in visit.page.metas:
        system = _SYSTEMS.get(key)
        token = content.strip()
        if system and _TOKEN.match(token) and not _EXAMPLES.match(token):
            yield Observation("verification_token", f"{system}:{token}")


kinds.offer(Indicator(read), module=__name__)
