"""What texts and lists of a script become, without running it: the arithmetic of `scripts`."""

import base64
import binascii
import re
from typing import NamedTuple, TypeAlias
from urllib.parse import unquote, unquote_to_bytes

MAX_VALUE_CHARS = 4_000


class Text(NamedTuple):
    text: str
    is_whole: bool = True


Value: TypeAlias = Text | list[Text | None] | None
UNKNOWN = Text("", False)


_ESCAPE = re.compile(
    r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\r\n|[\s\S]))"
)
_SHORT = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}


def unescaped(text: str) -> str:
    def one(found: re.Match[str]) -> str:
        code = found[1] or found[2] or found[3]
        if code:
            number = int(code, 16)
            return chr(number) if number <= 0x10FFFF else "\ufffd"
        return "" if found[4] in {"\n", "\r\n"} else _SHORT.get(found[4], found[4])

    return _ESCAPE.sub(one, text)


def is_known(value: Value) -> bool:
    return isinstance(value, list) or (isinstance(value, Text) and value.text != "")


def join(left: Value, right: Value) -> Value:
    """The sum; where a part is unknown, its known beginning."""
    if not isinstance(left, Text):
        return UNKNOWN
    if not left.is_whole:
        return left
    if not isinstance(right, Text):
        return Text(left.text, False)
    text = left.text + right.text
    return Text(text[:MAX_VALUE_CHARS], right.is_whole and len(text) <= MAX_VALUE_CHARS)


def element(values: list[Text | None], index: Value) -> Value:
    if isinstance(index, Text) and index.text.isascii() and index.text.isdigit():
        at = int(index.text[:6])
        return values[at] if at < len(values) else None
    return None


def _whole(values: list[Value], i: int = 0) -> str | None:
    value = values[i] if i < len(values) else None
    return value.text if isinstance(value, Text) and value.is_whole else None


def method(value: Value, name: str, arguments: list[Value]) -> Value:
    """What a method of a text or of a list returns."""
    if isinstance(value, list):
        return _listmethod(value, name, arguments)
    if not isinstance(value, Text):
        return None
    if not value.is_whole:
        return value if name in {"toString", "trim"} else None
    first = _whole(arguments)
    if name in {"toString", "valueOf"}:
        return value
    if name == "trim":
        return Text(value.text.strip())
    if name == "toLowerCase":
        return Text(value.text.lower())
    if name == "concat":
        for argument in arguments:
            value = join(value, argument)
        return value
    if name == "split" and first is not None:
        pieces = value.text.split(first) if first else list(value.text)
        return [Text(piece) for piece in pieces]
    if name in {"replace", "replaceAll"} and first:
        new = _whole(arguments, 1)
        if new is None:
            return None
        count = 1 if name == "replace" else -1
        return Text(value.text.replace(first, new, count)[:MAX_VALUE_CHARS])
    return None


def _listmethod(values: list[Text | None], name: str, arguments: list[Value]) -> Value:
    if name == "reverse":
        return values[::-1]
    if name == "join":
        between = Text("," if not arguments else _whole(arguments) or "")
        value: Value = Text("")
        for n, piece in enumerate(values):
            value = join(join(value, between) if n else value, piece)
        return value
    return None


def _atob(arguments: list[Value]) -> Value:
    text = _whole(arguments)
    if text is None:
        return None
    try:
        raw = base64.b64decode("".join(text.split()) + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return None
    return Text(raw.decode("latin-1"))


def _percent(arguments: list[Value]) -> Value:
    text = _whole(arguments)
    return None if text is None else Text(unquote(text))


def _oldunescaped(arguments: list[Value]) -> Value:
    text = _whole(arguments)
    if text is None:
        return None
    text = re.sub(r"%u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), text)
    return Text(unquote_to_bytes(text).decode("latin-1") if text.isascii() else unquote(text))


def _from_char_codes(arguments: list[Value]) -> Value:
    codes = [_whole(arguments, n) for n in range(len(arguments))]
    if all(c is not None and c.isascii() and c.isdigit() and len(c) < 6 for c in codes):
        return Text("".join(chr(int(c or "0") & 0xFFFF) for c in codes)[:MAX_VALUE_CHARS])
    return None


def _same(arguments: list[Value]) -> Value:
    return arguments[0] if arguments else None


KNOWN_FUNCTIONS = {
    "atob": _atob,
    "decodeURIComponent": _percent,
    "decodeURI": _percent,
    "unescape": _oldunescaped,
    "String.fromCharCode": _from_char_codes,
    "String": _same,
    "URL": _same,
    "encodeURI": _same,
}
