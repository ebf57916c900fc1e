"""Verdicts: what was concluded before is kept."""

from datetime import datetime, timedelta

from sqlalchemy import Engine, select

from mirrorhunt.model import Verdict
from mirrorhunt.store import findings, verdicts
from mirrorhunt.store.tables import Evidence as Reason
from mirrorhunt.store.tables import Verdict as Stored
from tests import stored
from tests.stored import evidence, judgement


def current(engine: Engine) -> list[str]:
    with engine.begin() as connection:
        rows = connection.execute(select(Stored.verdict).where(Stored.is_current))
        return list(rows.scalars())


def test_the_same_verdict_on_the_same_evidence_is_one_row(
    any_engine: Engine, now: datetime
) -> None:
    hunting = stored.begun(any_engine)
    later = now + timedelta(days=1)

    assert stored.concluded(any_engine, hunting, judgement("films2.example")) == 1
    before = stored.counts(any_engine)
    assert stored.concluded(any_engine, hunting, judgement("films2.example"), now=later) == 0

    assert stored.counts(any_engine) == before
    with any_engine.begin() as connection:
        row = connection.execute(select(Stored.judged_at, Stored.last_judged_at)).one()
    assert tuple(row) == (now, later)


def test_the_same_evidence_keeps_its_row_and_gets_its_bits_of_now(any_engine: Engine) -> None:
    # What is stored must not depend on when a host was first judged.
    hunting = stored.begun(any_engine)
    for bits in (4.0, 7.0):
        judged = judgement("films2.example", bits=bits, evidence=[evidence(bits=bits)])
        stored.concluded(any_engine, hunting, judged)

    with any_engine.begin() as connection:
        assert list(connection.execute(select(Stored.score_bits)).scalars()) == [7.0]
        assert list(connection.execute(select(Reason.bits)).scalars()) == [7.0]


def test_new_evidence_is_a_new_row_and_the_old_one_is_history(any_engine: Engine) -> None:
    hunting = stored.begun(any_engine)
    stored.concluded(any_engine, hunting, judgement("films2.example", Verdict.CANDIDATE))
    fresh = judgement("films2.example", Verdict.CANDIDATE, evidence=[evidence()])

    # The evidence changed, the verdict did not.
    assert stored.concluded(any_engine, hunting, fresh) == 0
    assert stored.counts(any_engine)["verdicts"] == 2
    assert current(any_engine) == ["candidate"]


def test_a_changed_verdict_is_counted_and_one_is_current(any_engine: Engine) -> None:
    hunting = stored.begun(any_engine)
    for verdict in (Verdict.CANDIDATE, Verdict.PROBABLE, Verdict.CANDIDATE):
        changed = stored.concluded(any_engine, hunting, judgement("films2.example", verdict))
        assert changed == 1

    assert current(any_engine) == ["candidate"]
    with any_engine.begin() as connection:
        history = findings.history_of(connection, "films2.example")
    assert [row[2] for row in history] == ["candidate", "probable", "candidate"]


def test_networks_do_not_touch_each_other(any_engine: Engine) -> None:
    films = stored.begun(any_engine)
    goals = stored.begun(any_engine, "goal1.example", network="goals")
    stored.concluded(any_engine, films, judgement("films2.example", Verdict.PROBABLE))
    stored.concluded(any_engine, goals, judgement("films2.example", Verdict.CANDIDATE))

    with any_engine.begin() as connection:
        [in_films] = verdicts.current(connection, films.network_id).values()
        [in_goals] = verdicts.current(connection, goals.network_id).values()
    assert (in_films.verdict, in_goals.verdict) == ("probable", "candidate")


def test_evidence_is_read_back_as_it_was_weighed(any_engine: Engine) -> None:
    hunting = stored.begun(any_engine)
    weighed = (
        evidence("ad_id", 4.0, value="pub\x00-1"),
        evidence("brand", 0.0, "written by visitors"),
    )
    stored.concluded(any_engine, hunting, judgement("films2.example", evidence=weighed))

    with any_engine.begin() as connection:
        [found] = findings.findings(connection, "films", list(Verdict))
    assert [(e.kind, e.bits, e.side, e.relations, e.ignored) for e in found.evidence] == [
        (e.kind, e.bits, e.side, e.relations, e.ignored) for e in weighed
    ]
    assert found.evidence[0].value == "pub\ufffd-1"


def test_a_thousand_verdicts_are_judged_again(any_engine: Engine) -> None:
    hunting = stored.begun(any_engine)
    judged = [judgement(f"films{n}.example", Verdict.CANDIDATE) for n in range(1000)]

    assert stored.concluded(any_engine, hunting, *judged) == 1000
    assert stored.concluded(any_engine, hunting, *judged) == 0
