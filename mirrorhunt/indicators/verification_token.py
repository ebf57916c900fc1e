"""Tokens by which a site proves itself to a search engine or an advertising network.

A token belongs to one account there, but stands in the page, or in the zone, for all to copy
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
# What TXT records begin with that hold such a token. Who may send mail (SPF, DKIM, DMARC, BIMI) or
# issue certificates is not among them: that names a service, not an account there.
_IN_ZONE = {
    "adobe-idp-site-verification=": "adobe",
    "ahrefs-site-verification_": "ahrefs",
    "apple-domain-verification=": "apple",
    "atlassian-domain-verification=": "atlassian",
    "baidu-site-verification=": "baidu",
    "brevo-code:": "brevo",
    "docusign=": "docusign",
    "dropbox-domain-verification=": "dropbox",
    "facebook-domain-verification=": "facebook",
    "globalsign-domain-verification=": "globalsign",
    "google-site-verification=": "google",
    "google-site-verification:": "google",
    "have-i-been-pwned-verification=": "hibp",
    "keybase-site-verification=": "keybase",
    "mailru-verification:": "mailru",
    "ms=": "microsoft",
    "naver-site-verification=": "naver",
    "openai-domain-verification=": "openai",
    "pinterest-site-verification=": "pinterest",
    "protonmail-verification=": "proton",
    "sendinblue-code:": "brevo",
    "stripe-verification=": "stripe",
    "wmail-verification:": "mailru",
    "yandex-verification:": "yandex",
    "yandex-verification=": "yandex",
    "zoho-verification=": "zoho",
}
_TOKEN = re.compile(r"[A-Za-z0-9_+/=.-]{8,128}\Z")
_BEGINNING = re.compile(r"[A-Za-z-]{2,40}[=:_]")
_EXAMPLES = re.compile(r"(?:your|xxxx|insert|token|code|verification)", re.I)


def read(visit: Visit) -> Iterable[Observation]:
    """``system:token`` of each verification, in the page and in TXT records."""
    for key, content in visit.page.metas if visit.page else ():
        if (system := _SYSTEMS.get(key)) and (token := _token(content)):
            yield Observation("verification_token", f"{system}:{token}")
    for text in visit.dns.texts if visit.dns else ():
        written = text.strip(' "')
        begun = _BEGINNING.match(written)
        if (
            begun
            and (system := _IN_ZONE.get(begun[0].lower()))
            and (token := _token(written[begun.end() :]))
        ):
            yield Observation("verification_token", f"{system}:{token}", "dns")


def _token(text: str) -> str:
    """The token that *text* is; empty if it is none."""
    token = text.strip()
    return token if _TOKEN.match(token) and not _EXAMPLES.match(token) else ""


kinds.offer(Indicator(read), module=__name__)
