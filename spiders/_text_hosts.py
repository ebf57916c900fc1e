"""Hosts that a text names without linking to them."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from mirrorhunt.names import SPECIAL_SUFFIXES, find_host, parts, registrable_domain

MAX_HOSTS = 2_000

# Invisible characters that turn or cut a name for its reader: zero-width, joiners, and the
# marks of writing direction (Unicode 16, general category Cf).
_INVISIBLE = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
# Words joined by a dot or by what is written for one. Possessive, and never from within a word:
# each character is looked at a fixed number of times.
_DOT = r"\.|\x20?+(?:\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\)|\{dot\})\x20?+|\x20dot\x20"
_JOINED = re.compile(rf"(?<![\w-])[\w-]{{1,80}}+(?:(?:{_DOT})[\w-]{{1,80}}+)++", re.I)
_DOT_INSIDE = re.compile(r"\.[\w-]")
_OTHER_DOTS = ("[.]", "(.)", "{.}", "[dot]", "(dot)", "{dot}", " dot ")
_DOT_WRITTEN = re.compile(_DOT, re.I)
_WORD_DOT = re.compile(r"\x20dot\x20", re.I)
# Suffixes of two letters that are no words, so that "goal dot tv" is a name, "polka dot it" not.
_NO_WORDS = frozenset({"tv", "cc", "io", "ru", "eu", "nl", "pl", "cz", "fr", "ws", "sx"})
# Suffixes that are more often the end of a file's name.
_FILE_ENDS = frozenset({"zip", "mov", "py", "cab", "ps"})
_FILE_STEMS = frozenset({"readme", "install", "setup", "main", "index", "run", "script", "player"})
_PRODUCTS = frozenset({"asp.net", "vb.net", "ado.net", "paint.net"})
_TEST_SUFFIXES = frozenset({"example", "test"}) & SPECIAL_SUFFIXES


class Named(NamedTuple):
    """A host, and where in the text it stands."""

    host: str
    start: int
    end: int


def visible(text: str) -> str:
    """*text* without characters that cannot be seen."""
    return text if text.isascii() else _INVISIBLE.sub("", text)


def find_hosts(text: str) -> Iterator[Named]:
    """Hosts named in *text*, at most `MAX_HOSTS`, in their order.

    Not: mail domains, handles, file names, numbers, abbreviations, or a sentence that begins
    without a space after the last one ("ciao.Come").
    """
    if not _has_dot(text):
        return
    count = 0
    for found in _JOINED.finditer(text):
        start, end = found.span()
        if text[max(0, start - 1) : start] in {"@", "\ufffd"} or text[end : end + 1] in {"@", "("}:
            continue
        is_address = text[max(0, start - 3) : start] == "://"
        if not is_address and text[start - 1 : start] in {"/", "\\", "#", "="} and start:
            continue
        host = _host(found.group(), is_address or text[end : end + 1] == "/")
        if host is not None:
            yield Named(host, start, end)
            count += 1
            if count >= MAX_HOSTS:
                return


def _has_dot(text: str) -> bool:
    """False if no words of *text* are joined by what `_JOINED` joins: a far quicker search."""
    if _DOT_INSIDE.search(text):
        return True
    lower = text.lower()
    return any(dot in lower for dot in _OTHER_DOTS)


def _host(written: str, is_address: bool) -> str | None:
    """The host in *written*; *is_address* if its surroundings say that it is one."""
    has_word_dot = _WORD_DOT.search(written) is not None
    labels = [label.strip("_-") for label in _DOT_WRITTEN.split(written)]
    # "goal2.example.Guardate": the next sentence.
    while len(labels) > 2 and not _is_one_case(labels[-1]):
        labels.pop()
    if not _is_one_case(labels[-1]) or not 1 < len(labels) <= 10:
        return None
    host = find_host(".".join(labels))
    domain = registrable_domain(host) if host else None
    if host is None or domain is None or domain in _PRODUCTS:
        return None
    found = parts(host)
    if not found.is_known_suffix and found.suffix not in _TEST_SUFFIXES:
        return None
    if has_word_dot and len(found.suffix) < 3 and found.suffix not in _NO_WORDS:
        return None
    if is_address or host.startswith("www."):
        return host
    is_name = len(found.label) > 2 if found.label.isdigit() else len(found.label) > 1
    is_file = found.suffix in _FILE_ENDS or (found.label in _FILE_STEMS and not found.below)
    return host if is_name and not is_file else None


def _is_one_case(label: str) -> bool:
    return label in {label.lower(), label.upper()}
