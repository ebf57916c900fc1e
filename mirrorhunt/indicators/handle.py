"""How the operator can be reached: Telegram, Discord, WhatsApp, e-mail.

Domains go, the channel stays: the stable layer of a network (docs/attribution.md).
What visitors wrote is marked by its region and is evidence of nothing.
"""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import parse_qs, unquote, urlsplit

from mirrorhunt.indicators import Indicator, kinds
from mirrorhunt.model import Observation, Visit
from mirrorhunt.names import find_host, host_of_url
from mirrorhunt.page import Page

_TELEGRAM_NAME = re.compile(r"[a-z][a-z0-9_]{3,31}\Z")
_TELEGRAM_SECRET = re.compile(r"[A-Za-z0-9_-]{6,40}\Z")
# Words of Telegram's own links, and everybody's; from general knowledge, 2026-11.
_NO_TELEGRAM_WORDS = """
    share joinchat addstickers addemoji addtheme addlist proxy socks login confirmphone iv bg
    setlanguage invoice telegram durov username channel yourchannel your_channel
"""
_NO_TELEGRAM = frozenset(_NO_TELEGRAM_WORDS.split())
_DISCORD_CODE = re.compile(r"[A-Za-z0-9-]{2,32}\Z")
_PHONE = re.compile(r"\+?(\d{7,15})\Z")
_IN_TEXT = re.compile(
    r"\b(?:t\.me|telegram\.me|telegram\.dog|discord\.gg|wa\.me)/[A-Za-z0-9_+/-]{2,60}", re.I
)
_MARKERS = ("t.me/", ".t.me", "telegram.", "discord.", "wa.me/", "whatsapp.com/")
_LOCAL_END = re.compile(r"[A-Za-z0-9._+-]{1,64}\Z")
_DOMAIN_START = re.compile(r"[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}")
_SPELT = ("[at]", "(at)", "{at}", "[AT]", "(AT)")
_SPELT_AT = re.compile(r" ?[\[({]at[\])}] ?", re.I)
_SPELT_DOT = re.compile(r" ?[\[({](?:dot|punto|point)[\])}] ?", re.I)
_FILE_SUFFIXES = frozenset(
    [
        "png",
        "jpg",
        "jpeg",
        "gif",
        "svg",
        "webp",
        "avif",
        "js",
        "mjs",
        "css",
        "ico",
        "woff",
        "woff2",
        "map",
    ]
)
_EXAMPLE_MAIL = frozenset(
    {"example.com", "example.org", "domain.com", "email.com", "yoursite.com"}
)
_MAX_MAILS = 50
_PROTECTED = "/cdn-cgi/l/email-protection#"


def read(visit: Visit) -> Iterable[Observation]:
    """``telegram:``, ``discord:``, ``whatsapp:`` or ``email:`` and the name; once, by the region
    that says most (``comments`` only where nothing else shows it).
    """
    if visit.page is None:
        return ()
    regions: dict[str, str] = {}
    for value, region in _all(visit.page):
        known = regions.get(value)
        if known is None or (known == "comments" and region != "comments"):
            regions[value] = region
    return [Observation("handle", value, region) for value, region in regions.items()]


def _all(page: Page) -> Iterator[tuple[str, str]]:
    if any(marker in page.link_urls for marker in (*_MARKERS, _PROTECTED)):
        for link in page.links:
            if value := _of_link(link.url):
                yield value, link.region
    for link in page.other_links:
        if value := _of_other(link.url):
            yield value, link.region
    for value in _of_text(page.own_text):
        yield value, "body"
    for value in _of_text(page.visitor_text):
        yield value, "comments"
    script = page.script_text
    if any(marker in script for marker in _MARKERS):
        for match in _IN_TEXT.finditer(script):
            if value := _of_url("https://" + match[0]):
                yield value, "script"


def _of_link(url: str) -> str | None:
    if _PROTECTED in url:
        mail = _unprotected(url.partition("#")[2])
        return f"email:{mail}" if mail else None
    return _of_url(url) if any(marker in url for marker in _MARKERS) else None


def _of_url(url: str) -> str | None:
    host = (host_of_url(url) or "").removeprefix("www.")
    found = urlsplit(url)
    steps = [step for step in unquote(found.path).split("/") if step]
    if host in {"t.me", "telegram.me", "telegram.dog"}:
        return _telegram(steps)
    if host.endswith(".t.me"):
        return _telegram([host.removesuffix(".t.me")])
    if host in {"discord.gg", "discord.com", "discordapp.com"}:
        if host != "discord.gg" and steps[:1] != ["invite"]:
            return None
        code = steps[-1] if steps else ""
        return f"discord:{code}" if _DISCORD_CODE.match(code) else None
    if host == "wa.me" or host.endswith("whatsapp.com"):
        return _whatsapp(host, steps, found.query)
    return None


def _telegram(steps: list[str]) -> str | None:
    if not steps:
        return None
    first = steps[0]
    if first.startswith("+"):
        return f"telegram:{first}" if _TELEGRAM_SECRET.match(first[1:]) else None
    word = first.lower()
    if word == "joinchat" and len(steps) > 1:
        return f"telegram:+{steps[1]}" if _TELEGRAM_SECRET.match(steps[1]) else None
    if word == "addlist" and len(steps) > 1:
        return f"telegram:addlist/{steps[1]}" if _TELEGRAM_SECRET.match(steps[1]) else None
    if word in {"s", "c", "boost"} and len(steps) > 1:
        if word == "c":
            return f"telegram:c/{steps[1]}" if steps[1].isdigit() else None
        word = steps[1].lower()
    return f"telegram:{word}" if _TELEGRAM_NAME.match(word) and word not in _NO_TELEGRAM else None


def _whatsapp(host: str, steps: list[str], query: str) -> str | None:
    if host == "chat.whatsapp.com":
        code = steps[-1] if steps else ""
        return f"whatsapp:{code}" if re.fullmatch(r"[A-Za-z0-9]{15,30}", code) else None
    if steps[:1] == ["channel"] and len(steps) > 1:
        channel = steps[1]
        return f"whatsapp:{channel}" if re.fullmatch(r"[A-Za-z0-9]{15,40}", channel) else None
    phone = steps[0] if host == "wa.me" and steps else ""
    if host != "wa.me":
        phone = parse_qs(query, max_num_fields=20).get("phone", [""])[0] if query else ""
    match = _PHONE.match(phone.strip())
    return f"whatsapp:{match[1]}" if match else None


def _of_other(url: str) -> str | None:
    scheme, _, rest = url.partition(":")
    scheme = scheme.lower()
    if scheme == "mailto":
        mails = list(_mails(unquote(rest.partition("?")[0])))
        return f"email:{mails[0]}" if mails else None
    query = parse_qs(rest.partition("?")[2], max_num_fields=20) if rest.count("&") < 20 else {}
    if scheme == "tg":
        if "resolve" in rest:
            return _telegram([query.get("domain", [""])[0] or "share"])
        if "join" in rest and "invite" in query:
            return _telegram(["joinchat", query["invite"][0]])
    if scheme == "whatsapp" and (match := _PHONE.match(query.get("phone", [""])[0])):
        return f"whatsapp:{match[1]}"
    return None


def _of_text(text: str) -> Iterator[str]:
    if any(marker in text for marker in _MARKERS):
        for match in _IN_TEXT.finditer(text):
            if value := _of_url("https://" + match[0]):
                yield value
    if "@" in text:
        for mail in _mails(text):
            yield f"email:{mail}"
    elif any(spelt in text for spelt in _SPELT):
        for mail in _mails(_SPELT_DOT.sub(".", _SPELT_AT.sub("@", text))):
            yield f"email:{mail}"


def _mails(text: str) -> Iterator[str]:
    """E-mail addresses around each ``@``, from a bounded stretch on both sides."""
    at = -1
    for _ in range(_MAX_MAILS):
        at = text.find("@", at + 1)
        if at < 0:
            return
        local = _LOCAL_END.search(text[max(0, at - 64) : at])
        domain = _DOMAIN_START.match(text[at + 1 : at + 255])
        if local is None or domain is None:
            continue
        host = find_host(domain[0].rstrip("-"))
        name = local[0].strip(".-+")
        if not host or not name or host in _EXAMPLE_MAIL:
            continue
        if host.rpartition(".")[2] not in _FILE_SUFFIXES:
            yield f"{name.lower()}@{host}"


def _unprotected(code: str) -> str | None:
    """An address as Cloudflare hides it from harvesters: hex, each byte XOR the first."""
    try:
        data = bytes.fromhex(code[:512])
    except ValueError:
        return None
    mail = bytes(b ^ data[0] for b in data[1:]).decode("utf-8", "replace") if data else ""
    return next(_mails(mail), None)


kinds.offer(Indicator(read), module=__name__)
