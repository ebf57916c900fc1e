"""Who hides what, and since when."""

from sqlalchemy import Engine

from mirrorhunt.store import blockings
from mirrorhunt.store.blockings import Blocking, Hidden
from tests import make, stored

SAID = "NXDOMAIN here, an address at 192.0.2.54:53"
HIDDEN = Hidden("films1.example", "192.0.2.53:53", "nxdomain", SAID)


def noted(engine: Engine, run: int, *found: Hidden, on: float = 0) -> None:
    with engine.begin() as connection:
        blockings.record(connection, run, found, make.at(on))


def of(engine: Engine, host: str) -> list[Blocking]:
    with engine.begin() as connection:
        return blockings.of(connection, host)


def test_a_name_that_nobody_proposed_is_not_written_down(any_engine: Engine) -> None:
    run = stored.begun(any_engine, "films1.example").run.id
    before = stored.everything(any_engine)

    noted(any_engine, run, Hidden("other.example", "192.0.2.53:53", "nxdomain", SAID))
    noted(any_engine, run)

    assert stored.everything(any_engine) == before
    assert of(any_engine, "other.example") == []


def test_seen_again_the_interval_grows_and_the_latest_answer_stands(any_engine: Engine) -> None:
    run = stored.begun(any_engine, "films1.example").run.id
    later = Hidden(HIDDEN.host, HIDDEN.nameserver, HIDDEN.how, "NXDOMAIN, once more")

    noted(any_engine, run, HIDDEN)
    noted(any_engine, run, later, HIDDEN, later, on=9)

    assert of(any_engine, "films1.example") == [
        Blocking("192.0.2.53:53", "nxdomain", "NXDOMAIN, once more", make.at(0), make.at(9))
    ]


def test_the_run_that_saw_it_first_is_kept_beside_the_last(any_engine: Engine) -> None:
    first = stored.begun(any_engine, "films1.example")
    noted(any_engine, first.run.id, HIDDEN)
    second = stored.next_run(any_engine, first, make.at(1))
    noted(any_engine, second.run.id, HIDDEN, on=1)

    [row] = stored.everything(any_engine)["blockings"]
    assert row[-2:] == (first.run.id, second.run.id)


def test_another_nameserver_and_another_way_are_blockings_of_their_own(
    any_engine: Engine,
) -> None:
    run = stored.begun(any_engine, "films1.example").run.id
    page = Hidden(HIDDEN.host, HIDDEN.nameserver, "address", "address 192.0.2.99 here")
    other = Hidden(HIDDEN.host, "192.0.2.55:53", HIDDEN.how, SAID)

    noted(any_engine, run, other, HIDDEN, page)

    found = [(b.nameserver, b.how) for b in of(any_engine, "films1.example")]
    assert found == [
        ("192.0.2.53:53", "address"),
        ("192.0.2.53:53", "nxdomain"),
        ("192.0.2.55:53", "nxdomain"),
    ]


def test_an_endless_answer_is_cut(any_engine: Engine) -> None:
    run = stored.begun(any_engine, "films1.example").run.id
    noted(any_engine, run, Hidden(HIDDEN.host, "192.0.2.53:53", "address", "x" * 10_000))
    assert of(any_engine, "films1.example")[0].answer == "x" * 300
