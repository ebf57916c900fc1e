"""What operators protect and who changed it, on both databases."""

from datetime import datetime, timedelta

from alembic import command
from sqlalchemy import Engine, text

from mirrorhunt.store import migrate, protections


def test_more_names_than_one_question_holds_are_kept(any_engine: Engine, now: datetime) -> None:
    names = [f"films{n}.example" for n in range(1203)]
    with any_engine.begin() as connection:
        assert protections.protect(connection, names, "ours", now) == {}
        replaced = protections.protect(connection, names[:700], "theirs", now, owner="legal")
        protections.end(connection, names, "sold", now + timedelta(hours=1), author="ann")

        assert len(replaced) == 700
        assert protections.names(connection, now + timedelta(hours=1)) == {}
        changes = [c.change.value for c in protections.log(connection)]
    assert changes == ["added"] * 1203 + ["changed"] * 700 + ["ended"] * 1203


def test_what_is_not_protected_is_not_ended(any_engine: Engine, now: datetime) -> None:
    with any_engine.begin() as connection:
        protections.protect(connection, ["films.example"], "ours", now, expires_at=now)
        protections.end(connection, ["films.example", "b.example"], "sold", now, author="ann")

        assert [c.change.value for c in protections.log(connection)] == ["added"]


def test_a_name_that_comes_back_is_there_since_then(any_engine: Engine, now: datetime) -> None:
    later = now + timedelta(days=9)
    with any_engine.begin() as connection:
        protections.protect(connection, ["films.example"], "ours", now, expires_at=now)
        protections.protect(connection, ["films.example"], "ours", later)
        [at] = connection.execute(text("select added_at from protected")).scalars()

        assert str(at)[:10] == f"{later:%Y-%m-%d}"
        assert protections.latest_at(connection) == later


def test_what_was_protected_before_there_was_a_history_begins_it(any_empty_engine: Engine) -> None:
    config = migrate.alembic_config(any_empty_engine)
    command.upgrade(config, "0006")
    with any_empty_engine.begin() as connection:
        connection.execute(
            text(
                "insert into protected (name, owner, reason, added_at, expires_at) values "
                "('b.example', 'legal', 'ours', '2026-10-01 00:00:00', '2027-01-01 00:00:00'), "
                "('a.example', 'ann', 'a partner', '2026-10-02 00:00:00', null)"
            )
        )
    migrate.upgrade(any_empty_engine)

    with any_empty_engine.begin() as connection:
        found = [
            (c.name, c.change.value, c.author, c.owner, c.reason, f"{c.at:%Y-%m-%d}")
            for c in protections.log(connection)
        ]
    assert found == [
        ("b.example", "added", "legal", "legal", "ours", "2026-10-01"),
        ("a.example", "added", "ann", "ann", "a partner", "2026-10-02"),
    ]
