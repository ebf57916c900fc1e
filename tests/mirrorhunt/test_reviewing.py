"""People decide; what they decide stands, falls or waits by the evidence under it."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from mirrorhunt import judging, reviewing
from mirrorhunt.decisions import Decision
from mirrorhunt.errors import InputError
from mirrorhunt.model import Verdict
from mirrorhunt.sources import Registration
from mirrorhunt.store import findings, registrations
from mirrorhunt.store.findings import Finding
from mirrorhunt.targets import Hunting
from tests import make, stored

OWN = {
    "ad_id": ["propeller:4455667"],
    "handle": ["telegram:filmsofficial"],
    "offers": ["player", "schedule"],
}
BENCH = reviewing.Bench(lambda _: False, lambda _: None)


def found(engine: Engine, host: str = "films2.example") -> Finding:
    with engine.begin() as connection:
        return next(findings.findings(connection, "films", list(Verdict), host))


@pytest.fixture
def hunting(any_engine: Engine) -> Hunting:
    """A seed and a mirror of it, judged."""
    hunting = stored.begun(any_engine)
    stored.proposed(any_engine, hunting, "films2.example", "films3.example")
    stored.looked(
        any_engine,
        hunting,
        *(stored.look(f"films{n}.example", OWN) for n in (1, 2, 3)),
    )
    judging.judge_network(any_engine, "films", make.NOW, lambda _: False)
    return hunting


@pytest.mark.usefixtures("hunting")
def test_what_is_confirmed_is_a_member_and_says_who_signed(any_engine: Engine) -> None:
    assert found(any_engine).verdict is Verdict.PROBABLE

    decided = stored.decided(any_engine, "films2.example", Decision.CONFIRM)

    assert (decided.before, decided.after) == (Verdict.PROBABLE, Verdict.CONFIRMED)
    assert found(any_engine).reviewed_by == ("ann",)
    assert found(any_engine).gate == "confirmed by ann on 2026-11-01: as the test says"


@pytest.mark.usefixtures("hunting")
def test_a_stale_screen_is_refused(any_engine: Engine) -> None:
    wish = reviewing.Wish("films2.example", Decision.CONFIRM, "ann", "seen", digest="0" * 64)

    with pytest.raises(InputError, match="evidence has changed since you looked"):
        reviewing.decide(any_engine, [wish], make.NOW, BENCH)


@pytest.mark.usefixtures("hunting")
def test_an_undo_takes_back_and_is_kept(any_engine: Engine) -> None:
    stored.decided(any_engine, "films2.example", Decision.REJECT)
    assert found(any_engine).verdict is Verdict.REJECTED

    stored.decided(any_engine, "films2.example", Decision.UNDO)

    assert found(any_engine).verdict is Verdict.PROBABLE
    assert stored.counts(any_engine)["reviews"] == 2


@pytest.mark.usefixtures("hunting")
def test_a_popular_name_needs_two_people(any_engine: Engine) -> None:
    first = stored.decided(
        any_engine, "films2.example", Decision.CONFIRM, needs_two="it is popular"
    )
    again = stored.decided(
        any_engine, "films2.example", Decision.CONFIRM, needs_two="it is popular"
    )
    second = stored.decided(
        any_engine, "films2.example", Decision.CONFIRM, author="bob", needs_two="it is popular"
    )

    assert (first.after, again.after) == (Verdict.PROBABLE, Verdict.PROBABLE)
    assert "a second person has to: it is popular" in first.note
    assert second.after is Verdict.CONFIRMED
    assert found(any_engine).reviewed_by == ("ann", "bob")


def test_a_rejected_seed_vouches_for_nobody(any_engine: Engine, hunting: Hunting) -> None:
    stored.decided(any_engine, "films1.example", Decision.REJECT)

    assert found(any_engine, "films1.example").verdict is Verdict.REJECTED
    assert found(any_engine).verdict is Verdict.CANDIDATE


def test_a_confirmation_falls_with_what_was_seen(any_engine: Engine, hunting: Hunting) -> None:
    stored.decided(any_engine, "films2.example", Decision.CONFIRM)
    later = make.NOW + timedelta(days=900)
    # The registry names a new owner: nothing that was seen counts any more.
    with any_engine.begin() as connection:
        registrations.record(
            connection,
            [Registration("films2.example", make.NOW + timedelta(days=400), None, "")],
            later,
        )
    judging.judge_network(any_engine, "films", later, lambda _: False)

    assert found(any_engine).verdict is Verdict.CANDIDATE
    assert found(any_engine).reviewed_by == ()
