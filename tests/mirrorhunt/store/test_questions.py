"""What asking for a rule's names has brought a network."""

from sqlalchemy import Engine

from mirrorhunt.model import Verdict
from mirrorhunt.store import questions, runs
from mirrorhunt.store.questions import Asked, Tally
from mirrorhunt.store.session import storing
from mirrorhunt.targets import Hunting
from tests import make, stored


def _tallies(engine: Engine, hunting: Hunting) -> dict[str, Tally]:
    with storing(), engine.begin() as connection:
        return questions.tallies(connection, hunting.network_id, "dns_names")


def _record(engine: Engine, hunting: Hunting, **asked: Asked) -> None:
    with storing(), engine.begin() as connection:
        questions.record(connection, hunting.run.id, asked)


def test_a_network_that_was_never_asked_for_has_no_tallies(any_engine: Engine) -> None:
    assert _tallies(any_engine, stored.begun(any_engine)) == {}


def test_what_a_run_asked_is_replaced_and_not_doubled(any_engine: Engine) -> None:
    hunting = stored.begun(any_engine)
    edited = Asked(("fi1ms.example",), 0.25)
    _record(any_engine, hunting, numbered=Asked(("films2.example",), 0.5), edited=edited)
    both = Asked(("films2.example", "films3.example"), 0.75)
    _record(any_engine, hunting, numbered=both)

    assert _tallies(any_engine, hunting) == {
        "numbered": Tally(2, 0.75),
        "edited": Tally(1, 0.25),
    }
    with any_engine.begin() as connection:
        assert questions.of_run(connection, hunting.run.id) == {
            "numbered": both,
            "edited": edited,
        }


def test_another_networks_questions_are_not_counted(any_engine: Engine) -> None:
    films = stored.begun(any_engine)
    series = stored.begun(any_engine, "series1.example", network="series")
    _record(any_engine, series, numbered=Asked(("series2.example",), 0.5))

    assert _tallies(any_engine, films) == {}


def test_of_an_earlier_run_only_the_numbers_are_kept(any_engine: Engine) -> None:
    first = stored.begun(any_engine)
    other = stored.begun(any_engine, "series1.example", network="series")
    _record(any_engine, first, numbered=Asked(("films2.example",), 0.5))
    _record(any_engine, other, numbered=Asked(("series2.example",), 0.5))
    with any_engine.begin() as connection:
        runs.finish_run(connection, first.run.id, make.NOW, None)
    second = stored.begun(any_engine)
    _record(any_engine, second, numbered=Asked(("films2.example", "films3.example"), 0.75))

    assert _tallies(any_engine, second) == {"numbered": Tally(3, 1.25)}
    with any_engine.begin() as connection:
        assert questions.of_run(connection, first.run.id)["numbered"].names == ()
        assert questions.of_run(connection, other.run.id)["numbered"].names == ("series2.example",)


def test_a_hit_is_a_host_that_stands_and_was_made_up(any_engine: Engine) -> None:
    hunting = stored.begun(any_engine)
    for number, (technique, channel, verdict) in enumerate(
        (
            ("dns_names", "numbered", Verdict.PROBABLE),
            ("dns_names", "numbered", Verdict.CONFIRMED),
            # It resolves, and is nobody we know.
            ("dns_names", "numbered", Verdict.CANDIDATE),
            ("dns_names", "numbered", Verdict.REJECTED),
            # Somebody linked to it.
            ("page_links", "link", Verdict.PROBABLE),
            ("dns_names", "edited", Verdict.CANDIDATE),
        )
    ):
        host = f"films{number + 2}.example"
        stored.proposed(any_engine, hunting, host, channel=channel, technique=technique)
        stored.concluded(any_engine, hunting, stored.judgement(host, verdict))
    _record(any_engine, hunting, edited=Asked(("fi1ms.example",) * 5, 0.5))

    assert _tallies(any_engine, hunting) == {
        "numbered": Tally(0, 0.0, 2),
        "edited": Tally(5, 0.5, 0),
    }
