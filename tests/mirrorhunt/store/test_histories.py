"""How other networks of the deployment moved: who counts, and which dates are honest."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine, update

from mirrorhunt.model import Relation, Verdict
from mirrorhunt.sources import Registration
from mirrorhunt.store import hosts, registrations, tables
from mirrorhunt.store.histories import MAX_NAMES, of_others
from mirrorhunt.targets import Hunting
from mirrorhunt.variants import Known, facts_of
from tests import make, stored
from tests.stored import judgement

FILMS = "films.example"


@pytest.fixture
def mine(any_engine: Engine) -> Hunting:
    """The network that is asked about; the others are to teach it."""
    return stored.begun(any_engine, "mine1.example", "mine2.example", network="mine")


def learned(engine: Engine, of: Hunting) -> list[list[tuple[str, float]]]:
    """The histories of the other networks, dates as days from now."""
    with engine.begin() as connection:
        found = of_others(connection, of.network_id)
    return [[(known.host, _days(known)) for known in history] for history in found]


def _days(known: Known) -> float:
    assert known.first_seen_at is not None
    return (known.first_seen_at.date() - make.NOW.date()).days


def registered(engine: Engine, **days: float | None) -> None:
    """Registries say of ``films`` when ``films.example`` was registered."""
    with engine.begin() as connection:
        said = [
            Registration(f"{name}.example", None if day is None else make.at(day))
            for name, day in days.items()
        ]
        registrations.record(connection, said, make.NOW)


def added(engine: Engine, of: Hunting, name: str, on: float = 0) -> None:
    """A seed that an operator adds later."""
    with engine.begin() as connection:
        hosts.add_seeds(connection, of.network_id, [name], make.at(on))


@pytest.mark.parametrize(
    ("verdict", "relation"),
    [
        # A copy that an adversary puts up next to a network is probable at most.
        pytest.param(Verdict.PROBABLE, Relation.MIRROR, id="merely probable"),
        pytest.param(Verdict.CANDIDATE, Relation.MIRROR, id="a candidate"),
        pytest.param(Verdict.REJECTED, Relation.MIRROR, id="rejected"),
        pytest.param(Verdict.PROTECTED, Relation.MIRROR, id="protected"),
        # Another site of the same people: nobody moved there.
        pytest.param(Verdict.CONFIRMED, Relation.OPERATOR, id="the operator's other site"),
    ],
)
def test_what_is_not_a_confirmed_mirror_teaches_nothing(
    any_engine: Engine, mine: Hunting, verdict: Verdict, relation: Relation
) -> None:
    films = stored.begun(any_engine, FILMS)
    judged = replace(judgement("other.example", verdict), relation=relation)
    stored.concluded(any_engine, films, judged)
    registered(any_engine, films=-90, other=-30)

    assert learned(any_engine, mine) == []


def test_seeds_and_confirmed_mirrors_teach_in_the_order_of_their_registration(
    any_engine: Engine, mine: Hunting
) -> None:
    films = stored.begun(any_engine, "www.films.example")
    stored.concluded(any_engine, films, judgement("films2.example"), judgement("a.films2.example"))
    registered(any_engine, films=-30, films2=-90)

    assert learned(any_engine, mine) == [[("films2.example", -90), (FILMS, -30)]]


def test_a_network_is_not_told_its_own_past_as_that_of_others(any_engine: Engine) -> None:
    films = stored.begun(any_engine, FILMS, "films2.example")
    registered(any_engine, films=-90, films2=-30)

    assert learned(any_engine, films) == []


def test_a_seed_that_came_under_protection_teaches_nothing(
    any_engine: Engine, mine: Hunting
) -> None:
    films = stored.begun(any_engine, FILMS, "films2.example")
    stored.concluded(any_engine, films, judgement(FILMS, Verdict.PROTECTED))
    registered(any_engine, films=-90, films2=-30)

    assert learned(any_engine, mine) == []


def test_what_one_night_brought_up_is_no_sequence(any_engine: Engine, mine: Hunting) -> None:
    films = stored.begun(any_engine, FILMS, "films2.example")
    for name in ("films3.example", "films4.example"):
        added(any_engine, films, name, on=9)
    registered(any_engine, films2=None)

    assert learned(any_engine, mine) == []


def test_what_came_alone_and_later_has_the_day_it_was_first_seen(
    any_engine: Engine, mine: Hunting
) -> None:
    films = stored.begun(any_engine, FILMS, "films2.example")
    added(any_engine, films, "films3.example", on=9)
    added(any_engine, films, "films4.example", on=30)

    assert learned(any_engine, mine) == [[("films3.example", 9), ("films4.example", 30)]]


@pytest.mark.parametrize(
    "days",
    [
        # Registered after we saw it: somebody else's now, or our own record of another owner.
        pytest.param(5.0, id="registered after it was seen"),
        pytest.param(None, id="a registry without a date, seen on the first day"),
    ],
)
def test_without_an_honest_date_a_name_is_left_out(
    any_engine: Engine, mine: Hunting, days: float | None
) -> None:
    stored.begun(any_engine, FILMS, "films2.example", "films3.example")
    registered(any_engine, films=-90, films2=-30, films3=days)

    assert learned(any_engine, mine) == [[(FILMS, -90), ("films2.example", -30)]]


def test_a_name_in_other_hands_than_before_is_left_out(any_engine: Engine, mine: Hunting) -> None:
    stored.begun(any_engine, FILMS, "films2.example")
    registered(any_engine, films=-90, films2=-30)
    with any_engine.begin() as connection:
        changed = update(tables.Host).where(tables.Host.name == "films2.example")
        connection.execute(changed.values(epoch_since=make.at(-1)))

    assert learned(any_engine, mine) == []


def test_a_name_below_a_shared_platform_is_left_out(any_engine: Engine, mine: Hunting) -> None:
    # Whoever runs the platform registered its suffix; its customers have no day of their own.
    stored.begun(any_engine, FILMS, "films.blogspot.com")
    registered(any_engine, films=-90)

    assert learned(any_engine, mine) == []


def test_names_registered_on_one_day_are_no_moves(any_engine: Engine, mine: Hunting) -> None:
    stored.begun(any_engine, "films.com", "films.net", "films.org")
    with any_engine.begin() as connection:
        said = [
            Registration("films.com", make.at(-90.2)),
            Registration("films.net", make.at(-90.0)),
            Registration("films.org", make.at(-30)),
        ]
        registrations.record(connection, said, make.NOW)
        found = of_others(connection, mine.network_id)

    assert [f.key for f in facts_of(found) if f.table == "swap"] == ["net>org"]


def test_a_network_of_thousands_is_heard_with_its_newest_names(
    any_engine: Engine, mine: Hunting
) -> None:
    names = [f"films{number}.example" for number in range(MAX_NAMES + 5)]
    stored.begun(any_engine, *names)
    days = {name.partition(".")[0]: number - 400.0 for number, name in enumerate(names)}
    registered(any_engine, **days)

    (history,) = learned(any_engine, mine)
    assert [name for name, _ in history] == names[5:]
