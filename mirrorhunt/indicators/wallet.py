"""Where the operator takes money: wallets and donation pages.

Whoever copies one pays the other party, so it speaks for both relations. Addresses count only with
a right checksum where the currency has one (Monero: shape alone).
"""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from mirrorhunt.indicators import Indicator, kinds
from mirrorhunt.indicators._checksums import base58check_version, is_bech32, is_ethereum
from mirrorhunt.model import Observation, Visit
from mirrorhunt.names import host_of_url
from mirrorhunt.page import Page

_MIN_CHARS = 26
_MAX_WORDS = 200
_ADDRESS = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"(?:bc1|ltc1|BC1|LTC1)[A-Za-z0-9]{11,71}|0x[0-9a-fA-F]{40}"
    r"|[13LMT][1-9A-HJ-NP-Za-km-z]{25,34}|[48][0-9AB][1-9A-HJ-NP-Za-km-z]{93}"
    r")(?![A-Za-z0-9])"
)
_MONEY_WORDS = ("bitcoin", "btc", "usdt", "ethereum", "monero", "litecoin", "crypto", "wallet")
_BASE58_SYSTEMS = {0x00: "btc", 0x05: "btc", 0x30: "ltc", 0x32: "ltc", 0x41: "tron"}
_PAGES = {
    "paypal.me": ("paypal", 0),
    "ko-fi.com": ("kofi", 0),
    "buymeacoffee.com": ("buymeacoffee", 0),
    "patreon.com": ("patreon", 0),
    "liberapay.com": ("liberapay", 0),
    "donationalerts.com": ("donationalerts", 1),
    "boosty.to": ("boosty", 0),
}
_PAGE_NAME = re.compile(r"[A-Za-z0-9_.-]{3,40}\Z")
_NO_PAGE_NAME_WORDS = """
    home shop explore about login signup widgets button account paypalme r s posts membership user
    c join checkout api developers policy terms privacy support
"""
_NO_PAGE_NAME = frozenset(_NO_PAGE_NAME_WORDS.split())
_PAGE_MARKERS = (*_PAGES, "paypal.com/paypalme")


def read(visit: Visit) -> Iterable[Observation]:
    """``currency:address`` or ``service:name``; ``comments`` where only visitors name it."""
    if visit.page is None:
        return ()
    page = visit.page
    own = dict.fromkeys(_own(page))
    found = [Observation("wallet", value) for value in own]
    visitors = dict.fromkeys(_in_words(page.visitor_text))
    return found + [Observation("wallet", v, "comments") for v in visitors if v not in own]


def _own(page: Page) -> Iterator[str]:
    yield from _in_words(page.own_text)
    for link in page.other_links:
        if link.region != "comments":
            yield from _addresses(link.url.partition(":")[2])
    if any(marker in page.link_urls for marker in _PAGE_MARKERS):
        for link in page.links:
            if link.region != "comments":
                yield from _donation_page(link.url)
    text = page.own_text.lower()
    if any(word in text for word in _MONEY_WORDS):
        # "Click to copy": the address stands in a script or an attribute. Without a checksum
        # (0x in one case, Monero) that could be anything.
        yield from (v for v in _addresses(page.script_text) if v[:4] not in ("eth:", "xmr:"))


def _in_words(text: str) -> Iterator[str]:
    """Addresses among the words of *text* that are long enough; most pages have hardly one."""
    long_words = [word for word in text.split() if len(word) >= _MIN_CHARS]
    for word in long_words[:_MAX_WORDS]:
        yield from _addresses(word[:300])


def _addresses(text: str) -> Iterator[str]:
    for count, match in enumerate(_ADDRESS.finditer(text)):
        if count >= _MAX_WORDS:
            return
        if value := _checked(match[0]):
            yield value


def _checked(address: str) -> str | None:
    if address[:2] == "0x":
        return f"eth:{address.lower()}" if is_ethereum(address) else None
    lower = address.lower()
    if lower.startswith(("bc1", "ltc1")):
        if address not in (lower, address.upper()) or not is_bech32(lower):
            return None
        return f"btc:{lower}" if lower[0] == "b" else f"ltc:{lower}"
    if len(address) == 95:
        return f"xmr:{address}"
    version = base58check_version(address)
    system = _BASE58_SYSTEMS.get(version) if version is not None else None
    return f"{system}:{address}" if system else None


def _donation_page(url: str) -> Iterator[str]:
    host = (host_of_url(url) or "").removeprefix("www.")
    steps = [step for step in urlsplit(url).path.split("/") if step]
    if host == "paypal.com" and steps[:1] == ["paypalme"]:
        host, steps = "paypal.me", steps[1:]
    if host not in _PAGES:
        return
    system, at = _PAGES[host]
    name = steps[at] if len(steps) > at else ""
    if _PAGE_NAME.match(name) and name.lower() not in _NO_PAGE_NAME:
        yield f"{system}:{name.lower()}"


kinds.offer(Indicator(read), module=__name__)
