"""What was found, read back."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Engine

from mirrorhunt.model import Availability, Verdict
from mirrorhunt.store import findings
from tests import make, stored
from tests.stored import judgement, look


def test_history_is_not_among_the_findings(any_engine: Engine) -> None:
    hunting = stored.begun(any_engine)
    stored.concluded(any_engine, hunting, judgement("films2.example", Verdict.CANDIDATE))
    stored.concluded(any_engine, hunting, judgement("films2.example", Verdict.PROBABLE))

    with any_engine.begin() as connection:
        assert list(findings.findings(connection, None, [Verdict.CANDIDATE])) == []
        [found] = findings.findings(connection, None, list(Verdict))
    assert found.verdict is Verdict.PROBABLE


def test_findings_are_in_order_of_host_and_network(any_engine: Engine) -> None:
    goals = stored.begun(any_engine, "goal1.example", network="goals")
    films = stored.begun(any_engine)
    stored.concluded(any_engine, goals, judgement("b.example"), judgement("a.example"))
    stored.concluded(any_engine, films, judgement("b.example"))

    with any_engine.begin() as connection:
        found = list(findings.findings(connection, None, list(Verdict)))
        one = list(findings.findings(connection, "goals", list(Verdict), "b.example"))
    assert [(f.host, f.network) for f in found] == [
        ("a.example", "goals"),
        ("b.example", "films"),
        ("b.example", "goals"),
    ]
    assert [(f.host, f.network) for f in one] == [("b.example", "goals")]


def test_a_proposal_is_told_once_and_of_its_network_alone(any_engine: Engine) -> None:
    films = stored.begun(any_engine)
    goals = stored.begun(any_engine, "goal1.example", network="goals")
    for seen_on in ("films1.example", "films3.example"):
        stored.proposed(any_engine, films, "films2.example", seen_on=seen_on)
    stored.proposed(any_engine, goals, "films2.example", technique="redirects")
    stored.concluded(any_engine, films, judgement("films2.example"))

    with any_engine.begin() as connection:
        [found] = findings.findings(connection, "films", list(Verdict))
    assert found.techniques == ("page_links",)
    assert found.proposals == ("by link",)


def test_looks_are_told_newest_first(any_engine: Engine) -> None:
    hunting = stored.begun(any_engine)
    pages = [
        look("films2.example", path=f"/{n}", at=make.NOW + timedelta(minutes=n)) for n in range(4)
    ]
    stored.looked(any_engine, hunting, *pages, replace(look("films3.example"), page=None))

    with any_engine.begin() as connection:
        found = findings.visits_of(connection, "films2.example", limit=3)
        [other] = findings.visits_of(connection, "films3.example", limit=3)
        assert findings.visits_of(connection, "films9.example", limit=3) == []
    assert [v.path for v in found] == ["/3", "/2", "/1"]
    assert (found[0].http_status, found[0].final_url) == (200, "https://films2.example/")
    assert (other.http_status, other.final_url) == (None, None)


def test_candidates_are_counted_by_state_once(any_engine: Engine) -> None:
    hunting = stored.begun(any_engine)
    stored.proposed(any_engine, hunting, "a.example", "b.example", "c.example")
    stored.proposed(any_engine, hunting, "a.example", channel="redirect")
    stored.looked(
        any_engine,
        hunting,
        look("a.example"),
        look("b.example", state=Availability.SEIZED),
        look("not-proposed.example"),
    )

    with any_engine.begin() as connection:
        assert findings.availability_counts(connection, "films") == {
            "live": 1,
            "seized": 1,
            "unresolved": 1,
        }


def test_a_host_is_known_once_it_was_brought_up(any_engine: Engine) -> None:
    stored.proposed(any_engine, stored.begun(any_engine), "films2.example")

    with any_engine.begin() as connection:
        assert findings.is_known(connection, "films2.example")
        assert not findings.is_known(connection, "films3.example")
