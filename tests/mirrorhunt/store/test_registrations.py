"""What registries said, and whose domains are asked about."""

from datetime import datetime, timedelta

from sqlalchemy import Engine

from mirrorhunt.model import Verdict
from mirrorhunt.sources import Registration
from mirrorhunt.store import registrations
from tests import make, stored
from tests.stored import judgement


def said(
    engine: Engine, domain: str, days: float | None, registrar: str = "Names", on: float = 0
) -> None:
    found = Registration(domain, None if days is None else make.at(days), registrar=registrar)
    with engine.begin() as connection:
        registrations.record(connection, [found], make.at(on))


def current(engine: Engine, *domains: str) -> dict[str, datetime | None]:
    with engine.begin() as connection:
        found = registrations.current(connection, domains)
    return {name: registration.registered_at for name, registration in found.items()}


def due(engine: Engine, network: int, on: float = 0) -> list[str]:
    with engine.begin() as connection:
        return registrations.due(connection, network, make.at(on))


def test_the_same_answer_grows_its_interval(any_engine: Engine) -> None:
    for on in (0, 10, 20):
        said(any_engine, "films.example", -100, on=on)
        said(any_engine, "undated.example", None, on=on)

    rows = stored.everything(any_engine)["registrations"]
    assert len(rows) == 2
    assert all(row[-1] - row[-2] == timedelta(days=20) for row in rows)  # type: ignore[operator]


def test_a_new_date_is_what_counts_and_the_old_one_is_kept(any_engine: Engine) -> None:
    said(any_engine, "films.example", -900)
    said(any_engine, "films.example", -3, on=10)

    assert current(any_engine, "films.example", "other.example") == {"films.example": make.at(-3)}
    assert len(stored.everything(any_engine)["registrations"]) == 2


def test_an_answer_without_a_date_does_not_unsay_one(any_engine: Engine) -> None:
    said(any_engine, "films.example", -900)
    said(any_engine, "films.example", None, "", on=10)

    assert current(any_engine, "films.example") == {"films.example": make.at(-900)}


def test_seeds_and_who_is_called_otherwise_are_asked_about_by_turns_and_then_the_strongest(
    any_engine: Engine,
) -> None:
    hunting = stored.begun(any_engine, "films9.example")
    stored.concluded(
        any_engine,
        hunting,
        judgement("weak.example", Verdict.CANDIDATE, bits=0.5),
        judgement("films8.example", Verdict.PROBABLE, bits=20),
        judgement("strong.example", Verdict.PROBABLE, bits=9),
        judgement("probable.example", Verdict.PROBABLE, bits=4),
        judgement("far.example", Verdict.CANDIDATE, bits=-2),
        judgement("refused.example", Verdict.REJECTED, bits=9),
        judgement("www.confirmed.example", bits=6),
    )

    assert due(any_engine, hunting.network_id) == [
        "films9.example",
        "strong.example",
        "probable.example",
        "confirmed.example",
        # It is called like the seed: its age clears nobody.
        "films8.example",
        "weak.example",
    ]


def test_what_stands_below_a_platform_was_registered_with_nobody(any_engine: Engine) -> None:
    hunting = stored.begun(any_engine, "films.github.io", "films1.example")
    assert due(any_engine, hunting.network_id) == ["films1.example"]


def test_a_fresh_answer_is_not_asked_for_again(any_engine: Engine) -> None:
    hunting = stored.begun(any_engine, "films1.example")
    said(any_engine, "films1.example", -100)

    assert due(any_engine, hunting.network_id, on=6) == []
    # A name that lapses is caught within days.
    assert due(any_engine, hunting.network_id, on=8) == ["films1.example"]


def test_other_networks_have_domains_of_their_own(any_engine: Engine) -> None:
    stored.begun(any_engine, "goal1.example", network="goals")
    films = stored.begun(any_engine, "films1.example")

    assert due(any_engine, films.network_id) == ["films1.example"]
