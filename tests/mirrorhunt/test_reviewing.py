"""People decide; what they decide stands, falls or waits by the evidence under it."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from mirrorhunt import judging, protecting, queueing, reviewing
from mirrorhunt.decisions import Decision
from mirrorhunt.errors import InputError
from mirrorhunt.model import Verdict
from mirrorhunt.reviewing import RefusedWishesError
from mirrorhunt.sources import Registration
from mirrorhunt.store import findings, protections, registrations, reviews
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


# ---------------------------------------------------------------- what cannot be kept


def wish(
    host: str = "films2.example",
    decision: Decision = Decision.CONFIRM,
    author: str = "ann",
    reason: str = "seen",
    **more: Any,
) -> reviewing.Wish:
    return reviewing.Wish(host, decision, author, reason, **more)


REFUSED = {
    "no host": (wish("https://films2.example/"), "not a host name"),
    "never seen": (wish("unseen.example"), "unseen.example has no verdict, so there is nothing"),
    "not in that network": (wish(network="sports"), "has no verdict in 'sports'"),
    "no reason": (wish(reason=" \n "), "films2.example: a decision needs a reason"),
    "nobody": (wish(author=" "), "author ' ': say who decides"),
    # It is kept with others, separated by commas.
    "an author with a comma": (wish(author="ann, bob"), "without commas"),
    "an author who steers terminals": (wish(author="ann\x1b[2J"), "say who decides"),
    "a role that is none": (wish(decision=Decision.RELATE, role="boss"), "role 'boss'; there"),
    "nothing to undo": (wish(decision=Decision.UNDO), "no decision is in force"),
    "a protection that is over": (
        wish(decision=Decision.PROTECT, until=make.NOW),
        "a protection until 2026-11-01 is over already",
    ),
    "too little of a digest": (wish(digest="0" * 11), "too little of a digest"),
    "a stale digest": (wish(digest="0" * 12), "the evidence has changed since you looked"),
}


@pytest.mark.usefixtures("hunting")
@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_a_wish_that_cannot_be_kept_is_one_line(
    any_engine: Engine, case: tuple[reviewing.Wish, str]
) -> None:
    refused, why = case
    with pytest.raises(InputError, match=re.escape(why)) as raised:
        reviewing.decide(any_engine, [refused], make.NOW, BENCH)

    assert "\n" not in str(raised.value)
    assert stored.counts(any_engine)["reviews"] == 0


@pytest.mark.usefixtures("hunting")
def test_all_are_kept_or_none(any_engine: Engine) -> None:
    wishes = [wish(), wish("unseen.example"), wish("films3.example", reason="")]

    with pytest.raises(RefusedWishesError, match="2 of 3 decisions cannot be kept") as raised:
        reviewing.decide(any_engine, wishes, make.NOW, BENCH)

    assert [place for place, _ in raised.value.refusals] == [1, 2]
    assert stored.counts(any_engine)["reviews"] == 0
    assert found(any_engine).verdict is Verdict.PROBABLE


@pytest.mark.usefixtures("hunting")
def test_decisions_that_contradict_each_other_are_refused(any_engine: Engine) -> None:
    wishes = [wish(), wish("WWW.films2.example", Decision.REJECT)]

    with pytest.raises(RefusedWishesError, match="reject contradicts confirm before it"):
        reviewing.decide(any_engine, wishes, make.NOW, BENCH)
    with pytest.raises(RefusedWishesError, match="relate hub contradicts relate proxy before it"):
        reviewing.decide(
            any_engine,
            [wish(decision=Decision.RELATE, role=role) for role in ("proxy", "hub")],
            make.NOW,
            BENCH,
        )


@pytest.mark.usefixtures("hunting")
def test_what_is_said_twice_is_kept_once(any_engine: Engine) -> None:
    role = wish(decision=Decision.RELATE, role="proxy")
    decided = reviewing.decide(
        any_engine, [wish(), role, wish(author="Ann"), role], make.NOW, BENCH
    )

    assert [(d.host, d.after) for d in decided] == [("films2.example", Verdict.CONFIRMED)] * 2
    assert stored.counts(any_engine)["reviews"] == 2
    assert found(any_engine).role == "proxy"


@pytest.mark.usefixtures("hunting")
def test_a_host_in_two_networks_is_asked_about(any_engine: Engine) -> None:
    other = stored.begun(any_engine, "sports1.example", network="sports")
    stored.proposed(any_engine, other, "films2.example")
    judging.judge_network(any_engine, "sports", make.NOW, lambda _: False)

    with pytest.raises(InputError, match="has a verdict in films, sports: say which"):
        reviewing.decide(any_engine, [wish()], make.NOW, BENCH)
    [decided] = reviewing.decide(any_engine, [wish(network="sports")], make.NOW, BENCH)

    assert decided.network == "sports"
    assert found(any_engine).verdict is Verdict.PROBABLE


@pytest.mark.usefixtures("hunting")
def test_the_beginning_of_the_digest_is_enough(any_engine: Engine) -> None:
    seen = found(any_engine).digest[: reviewing.LEAST_DIGEST_CHARS].upper()
    [decided] = reviewing.decide(any_engine, [wish(digest=seen)], make.NOW, BENCH)

    assert decided.after is Verdict.CONFIRMED


@pytest.mark.usefixtures("hunting")
def test_a_clock_that_goes_backwards_is_refused(any_engine: Engine) -> None:
    stored.decided(any_engine, "films2.example", Decision.CONFIRM)

    with pytest.raises(InputError, match="set the clock"):
        reviewing.decide(
            any_engine, [wish("films3.example")], make.NOW - timedelta(seconds=1), BENCH
        )


@pytest.mark.usefixtures("hunting")
def test_a_check_writes_nothing(any_engine: Engine) -> None:
    before = stored.everything(any_engine)
    [about] = reviewing.check(any_engine, [wish()], make.NOW, BENCH)

    assert about.host == "films2.example"
    after = stored.everything(any_engine)
    del before["secrets"], after["secrets"]
    assert after == before


# ---------------------------------------------------------------- people against each other


@pytest.mark.usefixtures("hunting")
def test_a_rejection_is_not_undone_by_one_other(any_engine: Engine) -> None:
    stored.decided(any_engine, "films2.example", Decision.REJECT)

    first = stored.decided(any_engine, "films2.example", Decision.UNDO, author="bob")
    confirmed = stored.decided(any_engine, "films2.example", Decision.CONFIRM, author="bob")

    assert first.after is Verdict.REJECTED
    assert "stands until its author or a second person undoes it" in first.note
    assert confirmed.after is Verdict.PROBABLE
    assert "a second person has to: ann had rejected it" in confirmed.note

    second = stored.decided(any_engine, "films2.example", Decision.CONFIRM, author="cyd")
    assert second.after is Verdict.CONFIRMED


@pytest.mark.usefixtures("hunting")
def test_two_people_who_decide_in_the_same_second_are_kept_in_their_order(
    any_engine: Engine,
) -> None:
    stored.decided(any_engine, "films2.example", Decision.CONFIRM)
    decided = stored.decided(any_engine, "films2.example", Decision.REJECT, author="bob")
    back = stored.decided(any_engine, "films2.example", Decision.CONFIRM)

    assert decided.after is Verdict.REJECTED
    assert decided.note.endswith("ann had confirmed it on 2026-11-01")
    # Whoever was overruled does not win by being last.
    assert back.after is Verdict.PROBABLE
    assert "a second person has to: bob had rejected it" in back.note


@pytest.mark.usefixtures("hunting")
def test_two_people_who_contradict_each_other_in_one_file_are_refused(any_engine: Engine) -> None:
    wishes = [wish(), wish(decision=Decision.REJECT, author="bob")]

    with pytest.raises(RefusedWishesError, match="reject contradicts confirm before it"):
        reviewing.decide(any_engine, wishes, make.NOW, BENCH)

    assert stored.counts(any_engine)["reviews"] == 0


@pytest.mark.usefixtures("hunting")
def test_who_rejects_what_another_confirmed_is_told(any_engine: Engine) -> None:
    stored.decided(any_engine, "films2.example", Decision.CONFIRM)
    decided = stored.decided(any_engine, "films2.example", Decision.REJECT, author="bob")

    assert decided.after is Verdict.REJECTED
    assert decided.note.endswith("ann had confirmed it on 2026-11-01")


# ---------------------------------------------------------------- protection


def bench(engine: Engine, now: datetime = make.NOW) -> reviewing.Bench:
    kept = protecting.keep(engine, now)
    return reviewing.Bench(kept.is_out, lambda _: None, lambda: bench(engine, now))


@pytest.mark.usefixtures("hunting")
def test_a_protection_holds_in_every_network_and_below(any_engine: Engine) -> None:
    other = stored.begun(any_engine, "sports1.example", network="sports")
    stored.proposed(any_engine, other, "films2.example", "en.films2.example")
    judging.judge_network(any_engine, "sports", make.NOW, lambda _: False)

    protect = wish(decision=Decision.PROTECT, network="films", reason="our licensee")
    [decided] = reviewing.decide(any_engine, [protect], make.NOW, bench(any_engine))

    assert decided.after is Verdict.PROTECTED
    with any_engine.begin() as connection:
        verdicts = {
            (f.host, f.network): f.verdict for f in findings.findings(connection, None, [*Verdict])
        }
    assert verdicts["films2.example", "sports"] is Verdict.PROTECTED
    assert verdicts["en.films2.example", "sports"] is Verdict.PROTECTED
    assert verdicts["films3.example", "films"] is Verdict.PROBABLE
    with pytest.raises(InputError, match="is protected: no evidence and no decision publishes"):
        reviewing.decide(any_engine, [wish(network="films")], make.NOW, bench(any_engine))


@pytest.mark.usefixtures("hunting")
def test_an_undone_protection_gives_the_name_back(any_engine: Engine) -> None:
    reviewing.decide(any_engine, [wish(decision=Decision.PROTECT)], make.NOW, bench(any_engine))
    assert found(any_engine).verdict is Verdict.PROTECTED

    undo = wish(decision=Decision.UNDO, reason="")
    [undone] = reviewing.decide(any_engine, [undo], make.NOW, bench(any_engine))

    assert undone.after is Verdict.PROBABLE
    assert protecting.keep(any_engine, make.NOW).protection("films2.example") is None
    assert [(c.change, c.author, c.reason) for c in protecting.history(any_engine)] == [
        ("added", "ann", "seen"),
        ("ended", "ann", ""),
    ]


@pytest.mark.usefixtures("hunting")
def test_an_undo_leaves_what_the_operator_protected_by_other_means(any_engine: Engine) -> None:
    with any_engine.begin() as connection:
        protections.protect(connection, ["films2.example"], "our own", make.NOW)
    reviewing.decide(any_engine, [wish(decision=Decision.PROTECT)], make.NOW, bench(any_engine))
    reviewing.decide(any_engine, [wish(decision=Decision.UNDO)], make.NOW, bench(any_engine))

    kept = protecting.keep(any_engine, make.NOW).protection("films2.example")
    assert kept is not None
    assert "our own" in kept.reason


@pytest.mark.usefixtures("hunting")
def test_a_protection_that_has_ended_lets_the_policy_decide(any_engine: Engine) -> None:
    stored.decided(any_engine, "films2.example", Decision.CONFIRM)
    end = make.NOW + timedelta(days=3)
    protect = wish(decision=Decision.PROTECT, until=end)
    reviewing.decide(any_engine, [protect], make.NOW, bench(any_engine))

    judging.judge_network(any_engine, "films", end, bench(any_engine, end).is_out)

    assert found(any_engine).verdict is Verdict.PROBABLE


# ---------------------------------------------------------------- the audited sample


def drawn(engine: Engine) -> list[str]:
    with engine.begin() as connection:
        return [row.host for row in queueing.drawn_next(connection)]


def drawn_of(engine: Engine, *wishes: reviewing.Wish) -> list[str]:
    """The hosts of *wishes* that count as drawn by chance."""
    reviewing.decide(engine, wishes, make.NOW, BENCH)
    with engine.begin() as connection:
        return [e.host for e in reviews.log(connection) if e.review.drawn == "random"]


@pytest.mark.usefixtures("hunting")
def test_only_what_chance_drew_next_counts_as_drawn(any_engine: Engine) -> None:
    first, second = drawn(any_engine)

    assert drawn_of(any_engine, wish(second)) == []
    # The one that was passed over is next still.
    assert drawn_of(any_engine, wish(first)) == [first]


@pytest.mark.usefixtures("hunting")
def test_all_that_chance_drew_may_be_decided_at_once_in_any_order(any_engine: Engine) -> None:
    first, second = drawn(any_engine)

    assert sorted(drawn_of(any_engine, wish(second), wish(first))) == sorted((first, second))


@pytest.mark.usefixtures("hunting")
def test_a_role_uses_up_nothing_of_the_sample(any_engine: Engine) -> None:
    first, second = drawn(any_engine)
    role = wish(first, Decision.RELATE, role="proxy")

    assert drawn_of(any_engine, role) == []
    assert drawn(any_engine) == [first, second]
