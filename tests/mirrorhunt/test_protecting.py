"""Which hosts a hunt keeps its hands off."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from mirrorhunt.errors import InputError
from mirrorhunt.protecting import keep, read
from mirrorhunt.store import hosts
from mirrorhunt.store.tables import Protected


def protect(engine: Engine, now: datetime, *names: str, reason: str = "ours") -> None:
    with engine.begin() as connection:
        hosts.protect(connection, names, reason, now)


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
    assert held.why_out("pagead2.googlesyndication.com") == "an advertising network"


def test_infrastructure_is_no_candidate_but_is_not_protected(
    engine: Engine, now: datetime
) -> None:
    held = keep(engine, now)

    assert held.is_out("pagead2.googlesyndication.com")
    assert held.protection("pagead2.googlesyndication.com") is None


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
