"""Who may load what: by token, also while the database is away."""

import asyncio
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text

from mirrorhunt.store import consumers
from mirrorhunt.store.session import storing
from mirrorhunt.web import admission
from mirrorhunt.web.admission import Admission, Admitted, Refused
from tests import make

HERE = "192.0.2.7"
TOKEN = "a token of the provider"


class Door:
    """An admission, a clock that tests move on, and what the operator was told."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.now_s = 1000.0
        self.said: list[str] = []
        self.admission = Admission(engine, self.said.append, clock=lambda: self.now_s)

    def __call__(self, token: str | None, address: str = HERE) -> Admitted | Refused:
        header = None if token is None else f"Bearer {token}"
        return self._loop.run(self.admission.admit(header, address))

    def __enter__(self) -> "Door":
        # One loop for all questions, as a server has.
        self._loop = asyncio.Runner()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.close()

    def database(self, change: str) -> None:
        with self.engine.begin() as connection:
            connection.execute(text(change))

    def loses_the_database(self) -> None:
        self.database("alter table consumers rename to elsewhere")

    def finds_it_again(self) -> None:
        self.database("alter table elsewhere rename to consumers")


@pytest.fixture
def door(any_engine: Engine) -> Iterator[Door]:
    with storing(), any_engine.begin() as connection:
        digest = consumers.digest_of(TOKEN)
        consumers.add(connection, "provider", digest, ("isp",), "ann", make.NOW)
    with Door(any_engine) as door:
        yield door


def status(answer: Admitted | Refused) -> int:
    return answer.status if isinstance(answer, Refused) else 200


def test_a_consumer_loads_its_feeds_and_no_others(door: Door) -> None:
    found = door(TOKEN)

    assert isinstance(found, Admitted)
    assert (found.may_load("isp"), found.may_load("other")) == (True, False)


def test_without_any_consumer_nobody_has_to_say_who_they_are(any_engine: Engine) -> None:
    with Door(any_engine) as door:
        found = door(None)

    assert isinstance(found, Admitted)
    assert found.consumer is None


@pytest.mark.parametrize("token", [None, "", "another", f"{TOKEN}x"])
def test_nobody_else_is_let_in(token: str | None, door: Door) -> None:
    assert status(door(token)) == 401


def test_an_ended_token_is_told_so_and_opens_nothing_for_others(door: Door) -> None:
    assert status(door(TOKEN)) == 200
    with storing(), door.engine.begin() as connection:
        consumers.end(connection, "provider", "ann", "left", make.NOW)
    door.now_s += admission.FRESH_S

    assert status(door(TOKEN)) == 403
    assert status(door(None)) == 401


def test_those_who_were_known_are_served_while_the_database_is_away(door: Door) -> None:
    assert status(door(TOKEN)) == 200
    door.loses_the_database()
    door.now_s += admission.FRESH_S

    assert status(door(TOKEN)) == 200
    assert status(door("another")) == 401
    assert door.admission.problem
    [said] = door.said
    assert "feeds are served on, to those who were known" in said

    door.now_s += admission.STALE_S
    assert status(door(TOKEN)) == 503
    assert len(door.said) == 1

    door.finds_it_again()
    door.now_s += admission.FRESH_S
    assert status(door(TOKEN)) == 200
    assert door.said[1:] == ["the database is back"]


def test_nobody_is_let_in_by_a_database_that_was_never_there(door: Door) -> None:
    door.loses_the_database()

    assert status(door(TOKEN)) == 503
    assert status(door(None)) == 503
    door.finds_it_again()


def test_whoever_guesses_is_told_to_wait_and_a_good_token_is_not(door: Door) -> None:
    for number in range(admission.MAX_FAILURES):
        assert status(door(f"guess {number}")) == 401

    assert status(door("guess")) == 429
    assert status(door(TOKEN)) == 200
    assert status(door("guess", "192.0.2.8")) == 401
    door.now_s += admission.WINDOW_S
    assert status(door("guess")) == 401


def test_the_addresses_of_one_subscriber_count_together(door: Door) -> None:
    for number in range(admission.MAX_FAILURES):
        door(f"guess {number}", f"2001:db8:1:2::{number:x}")

    assert status(door("guess", "2001:db8:1:2:ffff::1")) == 429
    assert status(door("guess", "2001:db8:1:3::1")) == 401
