"""New names against all networks: the same answer block by block as name by name."""

import gzip
from collections.abc import Sequence
from datetime import timedelta
from io import BytesIO

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import Engine

from mirrorhunt import scanning
from mirrorhunt.errors import InputError, UnknownNameError
from mirrorhunt.likeness import AFFIX, LABEL, Match, Patterns
from mirrorhunt.model import Verdict
from mirrorhunt.name_lists import Junk, NameList, Reader
from mirrorhunt.scanning import MAX_PER_NETWORK, Scan, Tally
from mirrorhunt.store import candidates
from tests import make, stored

PATTERNS = Patterns(
    {
        "calcio": ["calciostream12.example", "goala1.example"],
        "kino": ["kinofilms.test", "movies24.co.uk", "calcio-stream.com"],
    }
)


def never(_: str) -> bool:
    return False


# ---------------------------------------------------------------- blocks and lines

_WORDS = """
    calciostream calcio-stream-13 CALCIOSTREAM goala2 goala kinofilms tvkinofilms kinofilmsxx
    movies movies9 www films com example co.uk github.io 1 123 xn-- ｋｉｎｏ ü 💥 @ NS IN
"""
_SIGNS = [".", ".", ".", "..", "-", "_", "*.", " ", "\t", ",", ";", "#", '"', "\r", "\x00", "/"]
_LONG = ["a" * 60, "1" * 70, "$ORIGIN com.", "$ORIGIN ", "$TTL 1"]
_JUNK_LINES = st.binary(max_size=80).map(lambda line: line.replace(b"\n", b"."))
_LINES = st.lists(st.sampled_from(_WORDS.split() + _SIGNS + _LONG), max_size=6).map(
    lambda pieces: "".join(pieces).encode()
)
_TEXTS = st.lists(_LINES | _LINES | _JUNK_LINES, min_size=1, max_size=12)
# A first block that says which of the two it is.
_FIRST = st.sampled_from([b"first.example", b"$TTL 1", b"$ORIGIN com."])


@given(first=_FIRST, rest=_TEXTS, cuts=st.sets(st.integers(1, 12)))
@example(first=b"first.example", rest=[b"*.", b"", b"*.goala3.net"], cuts={1})
@example(first=b"$TTL 1", rest=[b"..", b"calciostream"], cuts=set())
def test_blocks_say_what_lines_say(first: bytes, rest: list[bytes], cuts: set[int]) -> None:
    scan = Scan(PATTERNS, never)
    texts = [first + b"\n", *_cut(rest, cuts)]
    by_block = [match for text in texts for match in scan.block(text)]

    reader = Reader()
    read = [reader.block(first + b"\n").read(0, first)]
    block = reader.block(b"\n".join(rest) + b"\n")
    read += [block.read(number, line) for number, line in enumerate(rest)]
    named = [name for name in read if name is not None and not isinstance(name, Junk)]
    by_name = dict.fromkeys(match for name in named for match in PATTERNS.match(name))

    assert {(m.host, m.network) for m in by_block} == {(m.host, m.network) for m in by_name}
    assert scan.tally.lines == 1 + len(rest)
    assert scan.tally.names == len(named)
    assert scan.tally.junk.total() == sum(isinstance(name, Junk) for name in read)


def _cut(lines: Sequence[bytes], cuts: set[int]) -> list[bytes]:
    """The text of *lines* in blocks that end at *cuts*."""
    ends = sorted({*(cut for cut in cuts if cut < len(lines)), len(lines)})
    starts = [0, *ends[:-1]]
    return [b"\n".join(lines[start:end]) + b"\n" for start, end in zip(starts, ends, strict=True)]


@given(st.binary(max_size=3000))
def test_no_file_makes_a_scan_fail(text: bytes) -> None:
    packed = gzip.compress(text)
    scan = Scan(PATTERNS, never)
    for _ in scan.of(NameList(BytesIO(packed[: len(packed) - len(text) % 3]), "the list")):
        pass

    assert scan.tally.lines >= scan.tally.names + scan.tally.junk.total()


def test_a_long_first_line_is_too_long_whatever_its_first_field() -> None:
    scan = Scan(PATTERNS, never)

    assert scan.block(b"goala2.example," + b"x" * 70_000 + b"\ngoala3.example,x\n") == [
        *PATTERNS.match("goala3.example")
    ]
    assert scan.tally.junk == {Junk.TOO_LONG: 1}


def test_a_match_is_told_once() -> None:
    scan = Scan(PATTERNS, never)
    first = scan.block(b"goala2.example\nwww.goala2.example\n")
    second = scan.block(b"*.goala2.example\n")

    assert [m.host for m in first] == ["goala2.example"]
    assert second == []


def test_a_protected_name_is_no_match() -> None:
    scan = Scan(PATTERNS, lambda host: host == "goala2.example")

    assert [m.host for m in scan.block(b"goala2.example\ngoala3.example\n")] == ["goala3.example"]
    assert scan.tally.out == 1


def test_a_label_that_is_a_common_word_does_not_flood_a_network() -> None:
    scan = Scan(PATTERNS, never)
    names = "".join(f"movies{n}.example\nmovies{n}x.example\n" for n in range(MAX_PER_NETWORK + 7))
    found = scan.block(names.encode())

    assert len(found) == MAX_PER_NETWORK
    assert scan.tally.over == {"kino": 7}
    assert not scan.tally.is_full


# ---------------------------------------------------------------- what is stored


def names_of(engine: Engine, network: str) -> set[str]:
    ids = scanning.networks(engine, network).ids
    with engine.begin() as connection:
        return candidates.considered(connection, ids[network])


def test_all_that_stands_is_looked_for(any_engine: Engine) -> None:
    hunting = stored.begun(any_engine, "calcios1.example", network="calcio")
    stored.begun(any_engine, "kinofilms.example", network="kino")
    stored.proposed(any_engine, hunting, "probably.example", "perhaps.example")
    stored.concluded(
        any_engine,
        hunting,
        stored.judgement("www.probably.example", Verdict.PROBABLE, network="calcio"),
        stored.judgement("perhaps.example", Verdict.CANDIDATE, network="calcio"),
    )
    known = scanning.networks(any_engine)

    assert sorted(known.patterns) == ["calcios", "kinofilms", "probably"]
    assert sorted(scanning.networks(any_engine, "kino").patterns) == ["kinofilms"]


def test_nothing_to_look_for_is_said(engine: Engine) -> None:
    with pytest.raises(InputError, match="no label long enough"):
        scanning.networks(engine)
    stored.begun(engine, "goal1.example", network="goal")
    with pytest.raises(InputError, match="'goal' has no label"):
        scanning.networks(engine, "goal")
    with pytest.raises(UnknownNameError, match="no network 'nobody'"):
        scanning.networks(engine, "nobody")


def test_matches_become_candidates_once(any_engine: Engine) -> None:
    stored.begun(any_engine, "calcios1.example", network="calcio")
    known = scanning.networks(any_engine)
    found = [
        Match("calcios2.example", "calcio", LABEL, "its label"),
        Match("calciosxx.example", "calcio", AFFIX, "its label and more"),
    ]
    for expected in (2, 0):
        scan = scanning.begin(any_engine, "new.txt", make.NOW)
        new = scanning.store(any_engine, scan, known, "new.txt", found, make.NOW)
        scanning.finish(any_engine, scan, "new.txt", Tally(), "", make.NOW)

        assert new == expected
    assert names_of(any_engine, "calcio") >= {"calcios2.example", "calciosxx.example"}


def test_a_scan_that_was_killed_goes_on_in_its_run(engine: Engine) -> None:
    stored.begun(engine, "calcios1.example", network="calcio")
    first = scanning.begin(engine, "new.txt", make.NOW)
    second = scanning.begin(engine, "new.txt", make.NOW + timedelta(hours=1))
    scanning.finish(engine, second, "new.txt", Tally(), "", make.NOW)

    assert (second.run.id, second.run.is_resumed) == (first.run.id, True)
    assert not scanning.begin(engine, "new.txt", make.NOW).run.is_resumed


def test_a_feed_that_shrinks_is_noticed(engine: Engine) -> None:
    for day, names in enumerate((1000, 1200, 900), 1):
        scan = scanning.begin(engine, f"new-2026-11-0{day}.txt", make.NOW)
        scanning.finish(engine, scan, f"new-2026-11-0{day}.txt", Tally(names=names), "", make.NOW)
    # One that was cut is no measure, and another feed none either.
    cut = scanning.begin(engine, "new-2026-11-04.txt", make.NOW)
    scanning.finish(engine, cut, "new-2026-11-04.txt", Tally(names=1), "cut", make.NOW)
    today = scanning.begin(engine, "new-2026-11-24.txt", make.NOW)

    assert today.usual_names == 1000
    assert scanning.has_shrunk(Tally(names=400), today)
    assert not scanning.has_shrunk(Tally(names=600), today)
    assert scanning.begin(engine, "other.txt", make.NOW).usual_names is None
