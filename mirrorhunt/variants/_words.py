"""Where a label comes apart: hyphens, numbers, and the words that networks put at the ends."""

import re
from collections.abc import Mapping
from functools import lru_cache

from mirrorhunt.variants._lore import Lore

NUMBER = re.compile(r"[0-9]+")
MIN_STEM = 3


def plain(label: str) -> str:
    """*label* without its hyphens."""
    return label.replace("-", "")


@lru_cache(maxsize=65536)
def bare(label: str) -> str:
    """*label* without digits, and without the hyphens that then stand alone."""
    return re.sub(r"-+", "-", NUMBER.sub("", label)).strip("-")


@lru_cache(maxsize=65536)
def shape(label: str) -> str:
    """*label* with ``#`` for each number."""
    return NUMBER.sub("#", label)


def ending_words(lore: Lore) -> Mapping[str, float]:
    """Words at the end of names, with how many networks used them."""
    return lore.keep("ending words", lambda: _words(lore, "end"))


def beginning_words(lore: Lore) -> Mapping[str, float]:
    """Words at the beginning of names, with how many networks used them."""
    return lore.keep("beginning words", lambda: _words(lore, "begin"))


def _words(lore: Lore, place: str) -> Mapping[str, float]:
    words = {w: c for w, c in lore.counts(f"word_{place}", 240.0).items() if c >= 2}
    for table in ("affixed", "unaffixed", "other_ending"):
        for key, c in lore.counts(table, 240.0).items():
            where, _, word = key.partition(":")
            if where == place and len(word) >= 2 and c >= 2:
                words[word] = words.get(word, 0.0) + c
    return words


def cuts(label: str, lore: Lore) -> dict[int, float]:
    """Positions where *label* comes apart, each with how sure that is, 0 to 1."""
    found: dict[int, float] = {}
    ends, begins = ending_words(lore), beginning_words(lore)
    for at in range(1, len(label)):
        if label[at] == "-" or label[at - 1] == "-":
            sure = 1.0
        elif label[at].isdigit() != label[at - 1].isdigit():
            sure = 0.8
        else:
            right, left = ends.get(label[at:], 0.0), begins.get(label[:at], 0.0)
            # A word seen at the ends of many names is a word; a short one may be chance.
            sure = max(
                right / (right + 4 + 60 * 0.2 ** (len(label) - at - 1)),
                left / (left + 4 + 60 * 0.2 ** (at - 1)),
            )
        if sure > 0.02:
            found[at] = sure
    return found


def shared_beginning(one: str, other: str) -> str:
    """The longest text that both start with."""
    shorter = min(len(one), len(other))
    at = next((at for at in range(shorter) if one[at] != other[at]), shorter)
    return one[:at]
