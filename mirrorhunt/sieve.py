"""Which lines of a block have to be read, found for a megabyte at a time.

A feed of new names has hundreds of millions of lines, and nearly none is of interest. So a block
is searched as one array: its labels without digits and hyphens, the first and the last eight
letters of each as one number, looked up among those of all patterns. What is left (a few lines in
a thousand, and every line that is not plainly a name) is read by the exact rules. The sieve may
keep a line for nothing; it never loses one.

Measured 2026-11 on one core (benchmarks/bench_scan.py): 5 to 7 million names a second against 100
to 10,000 labels, 1.9 million against a million; `grep -F -f` 4.8 to 0.3 million.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]
Places = NDArray[np.intp]

KEY_CHARS = 8
"""As many letters as fit into one 64-bit number; of a label that may carry a word more, at least
as many."""
MAX_AFFIX_CHARS = 6
MAX_PLAIN_CHARS = 63
"""A longer line may hold an over-long label, and is read."""

_NEWLINE, _DOT, _OTHER = 1, 2, 3
_DELETED = b"0123456789-_"
_MASKS = np.array([(1 << (8 * n)) - 1 for n in range(KEY_CHARS)] + [2**64 - 1], np.uint64)
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
"""Fibonacci hashing (Knuth, TAOCP vol. 3, §6.4). Whoever finds names that collide gains nothing
but that their lines are read."""
_OTHER_MULTIPLIER = np.uint64(0xC2B2AE3D27D4EB4F)
"""The second prime of xxHash: any odd number far from the first will do."""
_PLACES_PER_KEY = 16


def _classes() -> bytes:
    """Letters to lower case, all else to what it means to the sieve."""
    table = bytearray([_OTHER] * 256)
    for upper, lower in zip(
        range(ord("A"), ord("Z") + 1), range(ord("a"), ord("z") + 1), strict=True
    ):
        table[upper] = table[lower] = lower
    table[ord("\n")] = _NEWLINE
    table[ord(".")] = _DOT
    return bytes(table)


_CLASSES = _classes()


class Sifted(NamedTuple):
    """What the sieve says about a block."""

    lines: int
    blank: int
    """Empty lines, unless they are to be read."""
    to_read: list[int]
    """Numbers of the lines that have to be read, from 0, in order. All others hold one plain name
    or nothing, and match no pattern."""


class Sieve:
    """Patterns as two sets of numbers."""

    def __init__(self, stems: Iterable[str]) -> None:
        """*stems*: labels without digits and hyphens. Those of eight letters and more are found
        with up to `MAX_AFFIX_CHARS` more at an end, too."""
        labels = [stem.encode("ascii") for stem in stems]
        long = [label for label in labels if len(label) >= KEY_CHARS]
        heads, tails = (_words(part) for part in _ends(long))
        self._least = min(map(len, labels), default=KEY_CHARS)
        short = _words([label for label in labels if len(label) < KEY_CHARS])
        self._heads = _Keys(np.concatenate((heads, short)))
        self._tails = _Keys(tails)
        self._wholes = _Keys(_mixed(heads, tails, np.array([len(s) for s in long], np.intp)))

    def sift(self, text: bytes, *, single_labels: bool, blanks: bool) -> Sifted:
        """The lines of *text*, which ends in a newline, that have to be read.

        *single_labels*: a line of one label is a name (in a zone file); *blanks*: empty lines are
        to be read.
        """
        folded = (b"\n" + text).translate(_CLASSES, _DELETED)
        # Room for the eight letters from the last label on.
        signs = np.frombuffer(folded + bytes([_OTHER]) * KEY_CHARS, np.uint8)
        inner = signs[: len(folded)]
        breaks = np.flatnonzero(inner < _OTHER)
        is_newline = inner[breaks] == _NEWLINE
        newlines = breaks[is_newline]
        starts, ends = breaks[:-1] + 1, breaks[1:]
        lengths = ends - starts
        is_first, is_last = is_newline[:-1], is_newline[1:]
        # Digits and hyphens alone, or nothing: an empty label, a dot at the end, an address.
        is_odd = (lengths == 0) & ~(is_first & is_last)
        if not single_labels:
            is_odd |= is_first & is_last & (lengths > 0)
        near = self._near(folded, signs, starts, lengths)
        places = np.concatenate((starts[is_odd], near, np.flatnonzero(inner == _OTHER)))
        found = [np.searchsorted(newlines, places) - 1]
        line_ends = _line_ends(text)
        found += _odd_lines(text, line_ends)
        blank = np.flatnonzero(np.diff(line_ends, prepend=-1) == 1)
        # Empty, or digits and hyphens alone.
        bare = np.flatnonzero(np.diff(newlines) == 1)
        if blanks or len(bare) > len(blank):
            found.append(bare if blanks else np.setdiff1d(bare, blank, assume_unique=True))
        to_read = np.unique(np.concatenate(found))
        return Sifted(len(line_ends), 0 if blanks else len(blank), to_read.tolist())

    def _near(
        self, folded: bytes, signs: NDArray[np.uint8], starts: Places, lengths: Places
    ) -> Places:
        """Where labels start that are near a pattern."""
        kept = np.flatnonzero(lengths >= self._least)
        starts, lengths = starts[kept], lengths[kept]
        # A number at every byte; of the last eight bytes no label's starts.
        words: Words = np.ndarray((len(folded),), np.dtype("<u8"), signs, 0, (1,))
        heads = words[starts] & _MASKS[np.minimum(lengths, KEY_CHARS)]
        is_near = self._heads.contain(heads)
        # A short label is its own head. A long one has to be looked at more closely.
        long = np.flatnonzero(lengths >= KEY_CHARS)
        is_near[long] = self._is_whole(words, starts[long], lengths[long], is_near[long])
        return starts[is_near]

    def _is_whole(
        self, words: Words, starts: Places, lengths: Places, has_head: NDArray[np.bool_]
    ) -> NDArray[np.bool_]:
        """Which labels of eight letters and more are a pattern, with a short word more or not."""
        is_whole = np.zeros(len(starts), np.bool_)
        has_tail = self._tails.contain(words[starts + lengths - KEY_CHARS])
        for has_end, is_front in ((has_head, True), (has_tail, False)):
            asked = np.flatnonzero(has_end)
            for chars in range(MAX_AFFIX_CHARS + 1):
                asked = asked[lengths[asked] - chars >= KEY_CHARS]
                rest = lengths[asked] - chars
                first = starts[asked] + (0 if is_front else chars)
                mixed = _mixed(words[first], words[first + rest - KEY_CHARS], rest)
                is_whole[asked] |= self._wholes.contain(mixed)
        return is_whole


def _ends(labels: Sequence[bytes]) -> tuple[list[bytes], list[bytes]]:
    return [s[:KEY_CHARS] for s in labels], [s[-KEY_CHARS:] for s in labels]


def _words(texts: Sequence[bytes]) -> Words:
    """Texts of at most eight letters as numbers."""
    padded = b"".join(text.ljust(KEY_CHARS, b"\0") for text in texts)
    return np.frombuffer(padded, np.dtype("<u8")).astype(np.uint64)


def _mixed(heads: Words, tails: Words, lengths: Places) -> Words:
    """One number of both ends and the length."""
    mixed: Words = (heads * _MULTIPLIER) ^ (tails + lengths.astype(np.uint64)) * _OTHER_MULTIPLIER
    return mixed


class _Keys:
    """A set of numbers: a table of hashes first, which nearly all fail, then the numbers."""

    def __init__(self, keys: Words) -> None:
        self._sorted = np.unique(keys)
        bits = max(10, (len(self._sorted) * _PLACES_PER_KEY).bit_length())
        self._shift = np.uint64(64 - bits)
        self._table = np.zeros(1 << bits, np.bool_)
        self._table[(self._sorted * _MULTIPLIER) >> self._shift] = True

    def contain(self, words: Words) -> NDArray[np.bool_]:
        """Which of *words* are in the set."""
        is_in: NDArray[np.bool_] = self._table[(words * _MULTIPLIER) >> self._shift]
        likely = np.flatnonzero(is_in)
        if len(likely):
            asked = words[likely]
            at = np.minimum(np.searchsorted(self._sorted, asked), len(self._sorted) - 1)
            is_in[likely] = self._sorted[at] == asked
        return is_in


def _odd_lines(text: bytes, newlines: Places) -> list[Places]:
    """Lines that may hold an over-long label, or a label with a hyphen at an end."""
    long = np.flatnonzero(np.diff(newlines, prepend=-1) > MAX_PLAIN_CHARS + 1)
    signs = np.frombuffer(text, np.uint8)
    hyphens = np.flatnonzero(signs == ord("-"))
    # Before the first byte stands the last, which is a newline, as if there were a line before.
    beside = np.concatenate((signs[hyphens - 1], signs[hyphens + 1]))
    is_edge = (beside == ord(".")) | (beside == ord("\n"))
    return [long, np.searchsorted(newlines, np.concatenate((hyphens, hyphens))[is_edge])]


def longer_lines(text: bytes, chars: int) -> list[int]:
    """Numbers of the lines of *text*, which ends in a newline, that have more than *chars*."""
    line_ends = _line_ends(text)
    found: list[int] = np.flatnonzero(np.diff(line_ends, prepend=-1) > chars + 1).tolist()
    return found


def lines_at(text: bytes, numbers: Sequence[int]) -> list[bytes]:
    """The lines of *text* of these *numbers*, without their newline."""
    if not numbers:
        return []
    line_ends = _line_ends(text)
    starts = np.concatenate(([0], line_ends + 1))
    return [
        text[start:end]
        for start, end in zip(starts[numbers].tolist(), line_ends[numbers].tolist(), strict=True)
    ]


def _line_ends(text: bytes) -> Places:
    return np.flatnonzero(np.frombuffer(text, np.uint8) == ord("\n"))
