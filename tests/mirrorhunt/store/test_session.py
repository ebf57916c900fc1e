"""Engines and what they make of errors."""

import threading

import pytest
from sqlalchemy import Engine, insert, select, text
from sqlalchemy.exc import InvalidRequestError

from mirrorhunt.errors import StoreError
from mirrorhunt.store.session import engine_for, storing
from mirrorhunt.store.tables import Host, Network, Seed
from tests import make


def test_what_the_database_says_is_one_line(any_engine: Engine) -> None:
    with pytest.raises(StoreError) as error, storing(), any_engine.begin() as connection:
        connection.execute(text("select *\nfrom nowhere"))

    assert "\n" not in str(error.value)
    assert "nowhere" in str(error.value)


def test_other_faults_of_the_library_are_ours_too() -> None:
    with pytest.raises(StoreError), storing():
        raise InvalidRequestError("a closed transaction")


def test_what_is_no_fault_of_the_database_passes() -> None:
    with pytest.raises(ValueError, match="mine"), storing():
        raise ValueError("mine")


def test_a_reference_to_nothing_is_refused(any_engine: Engine) -> None:
    row = {"network_id": 1, "host_id": 1, "added_at": make.NOW}

    with pytest.raises(StoreError), storing(), any_engine.begin() as connection:
        connection.execute(insert(Seed).values(row))


def test_a_failed_transaction_leaves_nothing(any_engine: Engine) -> None:
    def write_and_fail() -> None:
        with storing(), any_engine.begin() as connection:
            connection.execute(insert(Network).values(name="films", created_at=make.NOW))
            connection.execute(text("select * from nowhere"))

    with pytest.raises(StoreError):
        write_and_fail()

    with any_engine.begin() as connection:
        assert connection.execute(select(Network.id)).all() == []


def test_two_writers_who_read_first_wait_for_each_other(any_engine: Engine) -> None:
    # On SQLite a transaction that began by reading could not be upgraded while another writes.
    faults: list[Exception] = []

    def write(number: int) -> None:
        own = engine_for(any_engine.url.render_as_string(hide_password=False))
        try:
            for step in range(10):
                with storing(), own.begin() as connection:
                    connection.execute(select(Host.id)).all()
                    name = f"films{number}-{step}.example"
                    connection.execute(
                        insert(Host).values(
                            name=name, registrable_domain=name, first_seen_at=make.NOW
                        )
                    )
        except Exception as e:
            faults.append(e)
        finally:
            own.dispose()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []
    with any_engine.begin() as connection:
        assert len(connection.execute(select(Host.id)).all()) == 40
