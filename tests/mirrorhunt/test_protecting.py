"""Which hosts a hunt keeps its hands off."""

import tracemalloc
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from mirrorhunt.errors import InputError, UnknownNameError
from mirrorhunt.protecting import add, history, keep, own, read, remove
from mirrorhunt.store import protections
from mirrorhunt.store.tables import Protected


def protect(engine: Engine, now: datetime, *names: str, reason: str = "ours") -> None:
    with engine.begin() as connection:
        protections.protect(connection, names, reason, now)


@pytest.mark.parametrize(
    "host",
    [
        "films.example",
        "films-protected.example",
        # The list protects what it names and what is below, not what looks alike.
        "notprotected.example",
    ],
)
def test_what_nobody_named_may_be_a_candidate(host: str, engine: Engine, now: datetime) -> None:
    protect(engine, now, "protected.example")

    assert keep(engine, now).why_out(host) is None
    assert not keep(engine, now).is_out(host)


def test_the_database_the_files_and_the_program_all_count(
    any_engine: Engine, now: datetime, tmp_path: Path
) -> None:
    protect(any_engine, now, "stored.example", reason="our own shop")
    (tmp_path / "protect.txt").write_text("filed.example # a partner\n")
    held = keep(any_engine, now, [str(tmp_path / "protect.txt")])

    assert held.why_out("stored.example") == "protected: our own shop"
    assert held.why_out("a.stored.example") == "protected: our own shop"
    assert held.why_out("filed.example") == "protected: a partner"
    assert held.is_out("co.uk")
    assert held.why_out("pixel.adsrvr.org") == "an advertising network"


def test_infrastructure_is_no_candidate_but_is_not_protected(
    engine: Engine, now: datetime
) -> None:
    held = keep(engine, now)

    assert held.is_out("pixel.adsrvr.org")
    assert held.protection("pixel.adsrvr.org") is None


def test_a_protection_ends_when_it_expires(any_engine: Engine, now: datetime) -> None:
    protect(any_engine, now, "protected.example")
    with any_engine.begin() as connection:
        connection.execute(update(Protected).values(expires_at=now + timedelta(days=1)))

    assert keep(any_engine, now).is_out("protected.example")
    assert not keep(any_engine, now + timedelta(days=1)).is_out("protected.example")


def test_protecting_twice_keeps_one_row_and_the_newer_reason(
    any_engine: Engine, now: datetime
) -> None:
    protect(any_engine, now, "protected.example", "protected.example", reason="first")
    protect(any_engine, now, "protected.example", reason="second")

    assert keep(any_engine, now).why_out("protected.example") == "protected: second"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param(b"192.0.2.7\n", "line 1", id="an address"),
        pytest.param(b"films.example\nhttps://x.example/\n", "line 2", id="a URL"),
        pytest.param(b"\xff\xfe", "cannot read", id="no UTF-8"),
        pytest.param(b"a.example until=soon\n", "2027-06-30", id="no date"),
        pytest.param(b"a.example b.example\n", "line 1", id="two names"),
        pytest.param(b"=~a.example\n", "line 1", id="two marks"),
        # What stands behind so many blanks would not be read.
        pytest.param(b"a.example" + b" " * 2000 + b"b.example\n", "longer than", id="long"),
        pytest.param(b" " * 2000 + b"b.example\n", "longer than 1,000", id="far to the right"),
        # Nothing is half loaded: the first five are named, the others counted.
        pytest.param(b"a.example\n" + b"junk\n" * 9, "(and 4 more)", id="many"),
    ],
)
def test_a_file_that_protects_less_than_it_says_is_refused(
    content: bytes, says: str, tmp_path: Path
) -> None:
    file = tmp_path / "protect.txt"
    file.write_bytes(content)

    with pytest.raises(InputError) as error:
        read(file)

    assert says in str(error.value)
    assert str(file) in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read"):
        read(tmp_path / "absent.txt")


def test_a_file_is_read_with_its_reasons(tmp_path: Path) -> None:
    file = tmp_path / "protect.txt"
    file.write_text("\n# ours\nFILMS.example # our shop\n=www.b.example\n")
    first, second = read(file)

    assert (first.name, first.scope, first.reason) == ("films.example", "domain", "our shop")
    assert replace(second, reason="") == replace(second, reason="", scope="host")


def test_a_file_of_windows_is_read_as_any_other(tmp_path: Path) -> None:
    file = tmp_path / "protect.txt"
    file.write_bytes(b"\xef\xbb\xbffilms.example # ours\r\n\r\n# none\r\nb.example\r\n")

    assert [(p.name, p.reason) for p in read(file)] == [
        ("films.example", "ours"),
        ("b.example", "named by the operator"),
    ]


def test_a_line_may_say_until_when(tmp_path: Path, engine: Engine) -> None:
    file = tmp_path / "protect.txt"
    file.write_text("films.example until=2026-11-30 # for the season\n")
    last = datetime(2026, 11, 30, 23, 59, tzinfo=UTC)

    assert keep(engine, last, [str(file)]).is_out("films.example")
    assert not keep(engine, last + timedelta(minutes=1), [str(file)]).is_out("films.example")


def test_a_soft_name_takes_two_people_and_protects_nothing(
    tmp_path: Path, engine: Engine, now: datetime
) -> None:
    file = tmp_path / "protect.txt"
    file.write_text("~films.example # a partner asked us to be careful\n")
    held = keep(engine, now, [str(file)])

    assert not held.is_out("films.example")
    assert held.needs_two("other.example") is None
    for host in ("films.example", "tv.films.example"):
        assert held.needs_two(host) == (
            "operator asks for a second person at films.example: a partner asked us to be careful"
        )


def test_a_popular_name_takes_two_people(engine: Engine, now: datetime) -> None:
    # A real name: that it is popular is the very point. It stands in two lists of a million.
    held = keep(engine, now)

    assert "tranco of 20" in (held.needs_two("aa.co.nz") or "")
    assert held.standing("aa.co.nz")[0] == "two people"
    assert held.needs_two("films.example") is None


@pytest.mark.parametrize(
    ("host", "word", "says"),
    [
        ("ours.example", "protected", "ours.example of legal: our shop, until 2026-12-01"),
        ("a.ours.example", "protected", "our shop"),
        ("co.uk", "protected", "a public suffix"),
        ("pixel.adsrvr.org", "infrastructure", "an advertising network"),
        ("shared.b.example", "nothing", "no list protects it"),
        ("b.example", "nothing", "shop.b.example below it is protected"),
        ("films.pages.dev", "nothing", "no list protects it"),
    ],
)
def test_whoever_asks_is_told_what_a_name_is_under(
    host: str, word: str, says: str, engine: Engine, now: datetime
) -> None:
    add(engine, ["OURS.example"], "our shop", "legal", datetime(2026, 12, 1, tzinfo=UTC), now)
    add(engine, ["shop.b.example"], "ours too", "legal", None, now)
    standing, because = keep(engine, now).standing(host)

    assert standing == word
    assert says in because


def test_what_is_ended_stays_on_record(any_engine: Engine, now: datetime) -> None:
    add(any_engine, ["ours.example"], "our shop", "legal", None, now)
    remove(any_engine, ["ours.example"], "sold", "ann", now)

    assert not keep(any_engine, now).is_out("ours.example")
    [kept] = own(any_engine)
    assert (kept.owner, kept.expires_at) == ("legal", now)
    assert kept.reason == "our shop; ended: sold (ann, 2026-11-01)"
    with pytest.raises(UnknownNameError, match="protect list"):
        remove(any_engine, ["ours.example"], "sold", "ann", now)


def test_a_reason_may_be_as_long_as_it_likes(tmp_path: Path) -> None:
    file = tmp_path / "protect.txt"
    file.write_text("a.example # " + "because " * 1000 + "\n")

    [protection] = read(file)
    assert len(protection.reason) <= 200


def test_every_change_is_kept_with_who_when_and_why(any_engine: Engine, now: datetime) -> None:
    def day(number: int) -> datetime:
        return now + timedelta(days=number)

    until = day(30)
    add(any_engine, ["ours.example", "b.example"], "our shop", "legal", until, now, "ann")
    [before] = add(any_engine, ["ours.example"], "sold", "the buyer", None, day(1), "bob").replaced
    remove(any_engine, ["ours.example"], "they asked", "cyd", day(2))
    again = add(any_engine, ["ours.example"], "bought back", "legal", None, day(3), "ann")

    assert (before.owner, before.reason, before.expires_at) == ("legal", "our shop", until)
    # What had ended was not replaced.
    assert again.replaced == ()
    assert [
        (c.at, c.author, c.change, c.owner, c.reason, c.expires_at)
        for c in history(any_engine, ["OURS.example"])
    ] == [
        (now, "ann", "added", "legal", "our shop", until),
        (day(1), "bob", "changed", "the buyer", "sold", None),
        (day(2), "cyd", "ended", "the buyer", "they asked", day(2)),
        (day(3), "ann", "added", "legal", "bought back", None),
    ]
    assert [c.name for c in history(any_engine)][:2] == ["b.example", "ours.example"]
    assert [c.author for c in history(any_engine, since=day(2))] == ["cyd", "ann"]


def test_what_is_said_again_in_the_same_words_is_no_change(
    any_engine: Engine, now: datetime
) -> None:
    for hour in range(3):
        at = now + timedelta(hours=hour)
        assert add(any_engine, ["ours.example"], "our shop", "legal", None, at).replaced == ()

    assert len(history(any_engine)) == 1


def test_a_clock_that_goes_backwards_lets_nothing_go_and_still_protects(
    any_engine: Engine, now: datetime
) -> None:
    add(any_engine, ["ours.example"], "our shop", "legal", None, now)
    earlier = now - timedelta(hours=1)

    with pytest.raises(InputError, match=r"last change .* 2026-11-01 12:00:00: set the clock"):
        remove(any_engine, ["ours.example"], "sold", "ann", earlier)
    add(any_engine, ["b.example"], "ours too", "legal", None, earlier)

    assert keep(any_engine, earlier).is_out("ours.example")
    assert keep(any_engine, earlier).is_out("b.example")


def test_what_protects_for_less_time_than_before_is_on_record(
    any_engine: Engine, now: datetime
) -> None:
    add(any_engine, ["ours.example"], "our shop", "legal", None, now, "ann")
    end = now + timedelta(hours=1)
    add(any_engine, ["ours.example"], "our shop", "legal", end, now, "mallory")

    first, second = history(any_engine)
    assert (first.author, first.expires_at) == ("ann", None)
    assert (second.author, second.change, second.expires_at) == ("mallory", "changed", end)


def test_one_bad_name_and_nothing_is_changed(engine: Engine, now: datetime) -> None:
    add(engine, ["ours.example"], "our shop", "legal", None, now)
    for wrong in (["b.example", "192.0.2.7"], ["b.example", "co.uk"]):
        with pytest.raises(InputError):
            add(engine, wrong, "ours", "legal", None, now)
    with pytest.raises(UnknownNameError):
        remove(engine, ["ours.example", "b.example"], "sold", "ann", now)
    with pytest.raises(InputError, match="past"):
        add(engine, ["b.example"], "ours", "legal", now, now)
    with pytest.raises(InputError, match="reason"):
        add(engine, ["b.example"], " ", "legal", None, now)

    assert [p.name for p in own(engine) if p.is_current(now)] == ["ours.example"]
    assert len(history(engine)) == 1


def test_a_long_list_is_read_in_bounded_memory(tmp_path: Path) -> None:
    count = 20_000
    file = tmp_path / "protect.txt"
    file.write_text("".join(f"films{n}.example # ours {n}\n" for n in range(count)))
    tracemalloc.start()
    try:
        names = read(file)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert len(names) == count
    # A million lines have to fit beside a hunt.
    assert peak_bytes / count < 500
