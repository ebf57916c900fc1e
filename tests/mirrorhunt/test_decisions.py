"""What people decided, and whether it still stands: tables, and properties of any history."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mirrorhunt import decisions
from mirrorhunt.decisions import ROLES, Decision, Review
from mirrorhunt.model import Availability, Evidence, Judgement, Side, Verdict
from tests import make, stored

C, R, P, U = Decision.CONFIRM, Decision.REJECT, Decision.PROTECT, Decision.UNDO
SEEN = (stored.evidence("ad_id", 4.0, value="a:1"), stored.evidence("handle", 4.0, value="t:x"))
AGAINST = stored.evidence("own_brand", -3.0, value="other")


def review(
    id_: int,
    decision: Decision,
    author: str = "ann",
    *,
    undoes: int | None = None,
    seen: Sequence[Evidence] = SEEN,
    at: datetime | None = None,
    expires_at: datetime | None = None,
    role: str = "",
) -> Review:
    instant = at or make.NOW + timedelta(minutes=id_)
    return Review(
        id_,
        decision,
        author,
        "why",
        instant,
        seen=tuple(seen),
        undoes=undoes,
        expires_at=expires_at,
        role=role,
    )


def judged(verdict: Verdict = Verdict.PROBABLE, evidence: Iterable[Evidence] = SEEN) -> Judgement:
    return stored.judgement("films2.example", verdict, evidence=evidence)


def came_to(
    reviews: Sequence[Review],
    judgement: Judgement | None = None,
    *,
    needs_two: str | None = None,
    state: Availability = Availability.LIVE,
) -> decisions.Standing:
    kept = decisions.in_force(reviews, None)
    host = make.host("films2.example", availability=state)
    return decisions.standing(kept, judgement or judged(), host, needs_two)


# ---------------------------------------------------------------- who has decided what

STANDINGS = {
    "nobody decided": ([], None, ()),
    "confirmed": ([review(1, C)], Verdict.CONFIRMED, ("ann",)),
    "rejected": ([review(1, R)], Verdict.REJECTED, ("ann",)),
    "protected": ([review(1, P)], Verdict.PROTECTED, ("ann",)),
    "confirmed twice": (
        [review(1, C), review(2, C, "bob")],
        Verdict.CONFIRMED,
        ("ann", "bob"),
    ),
    # The same person, typed otherwise, is one.
    "confirmed by one, twice": ([review(1, C), review(2, C, "Ann")], Verdict.CONFIRMED, ("ann",)),
    "the last one counts": ([review(1, C), review(2, R, "bob")], Verdict.REJECTED, ("bob",)),
    "changed her mind": ([review(1, R), review(2, C)], Verdict.CONFIRMED, ("ann",)),
    # Somebody else's rejection: one is not enough, and the policy decides meanwhile.
    "against another's rejection": ([review(1, R), review(2, C, "bob")], None, ("bob",)),
    "two against one": (
        [review(1, R), review(2, C, "bob"), review(3, C, "cyd")],
        Verdict.CONFIRMED,
        ("bob", "cyd"),
    ),
    "the same one twice against one": (
        [review(1, R), review(2, C, "bob"), review(3, C, "BOB")],
        None,
        ("bob",),
    ),
    "one more and the one who rejected": (
        [review(1, R), review(2, C, "bob"), review(3, C)],
        Verdict.CONFIRMED,
        ("bob", "ann"),
    ),
    "undone": ([review(1, C), review(2, U, undoes=1)], None, ()),
    "a confirmation undone by another": ([review(1, C), review(2, U, "bob", undoes=1)], None, ()),
    # Otherwise bob could undo and confirm, and nobody would have stood in the way.
    "a rejection undone by another": (
        [review(1, R), review(2, U, "bob", undoes=1)],
        Verdict.REJECTED,
        ("ann",),
    ),
    "a rejection undone by two others": (
        [review(1, R), review(2, U, "bob", undoes=1), review(3, U, "cyd", undoes=1)],
        None,
        (),
    ),
    "a rejection undone twice by one": (
        [review(1, R), review(2, U, "bob", undoes=1), review(3, U, "Bob", undoes=1)],
        Verdict.REJECTED,
        ("ann",),
    ),
    "a rejection undone by its author": ([review(1, R), review(2, U, undoes=1)], None, ()),
    "an undo undone": (
        [review(1, C), review(2, U, undoes=1), review(3, U, undoes=2)],
        Verdict.CONFIRMED,
        ("ann",),
    ),
    "what was before is in force again": (
        [review(1, C), review(2, R, "bob"), review(3, U, "bob", undoes=2)],
        Verdict.CONFIRMED,
        ("ann",),
    ),
    "a role says nothing of membership": ([review(1, Decision.RELATE, role="hub")], None, ()),
}


@pytest.mark.parametrize("case", STANDINGS.values(), ids=STANDINGS)
def test_what_decisions_come_to(
    case: tuple[list[Review], Verdict | None, tuple[str, ...]],
) -> None:
    reviews, verdict, authors = case
    found = came_to(reviews)

    assert (found.verdict, found.authors) == (verdict, authors)


def test_a_name_that_takes_two_takes_two_different_people() -> None:
    first = came_to([review(1, C)], needs_two="it is popular")
    second = came_to([review(1, C), review(2, C, "bob")], needs_two="it is popular")

    assert first.verdict is None
    assert first.why.endswith("a second person has to: it is popular")
    assert second.verdict is Verdict.CONFIRMED
    assert not decisions.is_confirmed([review(1, C)], "it is popular")


def test_the_last_role_counts() -> None:
    roles = [
        review(1, Decision.RELATE, role="hub"),
        review(2, C),
        review(3, Decision.RELATE, role="proxy"),
    ]
    found = came_to(roles)

    assert (found.verdict, found.role) == (Verdict.CONFIRMED, "proxy")


def test_the_role_outlives_an_undone_confirmation() -> None:
    assert came_to([review(1, Decision.RELATE, role="hub"), review(2, R)]).role == "hub"


# ---------------------------------------------------------------- what reopens

LATER = stored.evidence("wallet", 4.0, value="w")
KNOWN_SIDE = replace(stored.evidence("named_by_member", 3.0), side=Side.KNOWN)
REOPENINGS = {
    "nothing changed": (C, judged(), False),
    "it fell below the line, all is still there": (C, judged(Verdict.CANDIDATE), False),
    "something new speaks for it": (C, judged(evidence=(*SEEN, LATER)), False),
    "something new speaks against it": (C, judged(evidence=(*SEEN, AGAINST)), True),
    # What is not its own word neither makes nor breaks it.
    "a member says less": (C, judged(evidence=(*SEEN, KNOWN_SIDE)), False),
    "something is gone, it is probable all the same": (C, judged(evidence=SEEN[:1]), False),
    "something is gone, and it is no longer probable": (
        C,
        judged(Verdict.CANDIDATE, SEEN[:1]),
        True,
    ),
    "ignored is not seen": (
        C,
        judged(Verdict.CANDIDATE, [replace(SEEN[0], ignored="generic"), SEEN[1]]),
        True,
    ),
    "a rejection of all that was seen": (R, judged(), False),
    "one new kind is no reason": (R, judged(evidence=(*SEEN, LATER)), False),
    "two new groups are": (
        R,
        judged(evidence=(*SEEN, LATER, stored.evidence("icon", 3.0))),
        True,
    ),
    # More of a kind that was seen is what was rejected.
    "more of the same is no reason": (
        R,
        judged(evidence=[*SEEN, *(stored.evidence("ad_id", 9.0, value=v) for v in "bcd")]),
        False,
    ),
    "what members say is no reason": (
        R,
        judged(evidence=(*SEEN, replace(KNOWN_SIDE, bits=9.0))),
        False,
    ),
    "a rejection after something is gone": (R, judged(Verdict.CANDIDATE, ()), False),
}


@pytest.mark.parametrize("case", REOPENINGS.values(), ids=REOPENINGS)
def test_what_reopens_a_decision(case: tuple[Decision, Judgement, bool]) -> None:
    decision, judgement, reopened = case
    found = came_to([review(1, decision)], judgement)

    assert found.is_reopened is reopened
    assert ("reopened: " in found.why) is reopened
    if decision is R:
        # Sticky: it is shown again, and stays out until somebody says otherwise.
        assert found.verdict is Verdict.REJECTED
    else:
        assert found.verdict is (None if reopened else Verdict.CONFIRMED)


@pytest.mark.parametrize("state", [a for a in Availability if a is not Availability.LIVE])
def test_a_page_that_is_not_its_own_reopens_nothing(state: Availability) -> None:
    found = came_to([review(1, C)], judged(Verdict.CANDIDATE, ()), state=state)

    assert (found.verdict, found.is_reopened) == (Verdict.CONFIRMED, False)


# ---------------------------------------------------------------- owners and expiry


def test_a_decision_ends_with_the_owner_it_was_about() -> None:
    reviews = [review(1, R), review(2, Decision.RELATE, role="hub")]

    assert decisions.in_force(reviews, make.NOW + timedelta(days=1)) == ()
    assert len(decisions.in_force(reviews, make.NOW - timedelta(days=1))) == 2


def test_a_protection_ends_and_brings_nothing_back() -> None:
    end = make.NOW + timedelta(days=7)
    reviews = [review(1, C), review(2, P, expires_at=end)]

    assert decisions.is_refused(decisions.in_force(reviews, None, end - timedelta(seconds=1)))
    # Nobody has looked since: the policy decides, not the confirmation of before.
    assert decisions.in_force(reviews, None, end) == ()
    after = [*reviews, review(3, C, "bob")]
    assert [r.id for r in decisions.in_force(after, None, end)] == [3]


# ---------------------------------------------------------------- any history

PEOPLE = st.sampled_from(("ann", "Ann", "bob", "cyd"))


@st.composite
def histories(draw: st.DrawFn) -> list[Review]:
    """Decisions in the order they were made; an undo is about one before it."""
    made: list[Review] = []
    for id_ in range(1, draw(st.integers(0, 8)) + 1):
        decision = draw(st.sampled_from([d for d in Decision if made or d is not U]))
        made.append(
            review(
                id_,
                decision,
                draw(PEOPLE),
                undoes=draw(st.integers(1, len(made))) if decision is U else None,
                role=draw(st.sampled_from(ROLES)) if decision is Decision.RELATE else "",
            )
        )
    return made


EVIDENCE = st.lists(
    st.builds(
        stored.evidence,
        st.sampled_from(("ad_id", "handle", "wallet", "own_brand")),
        st.sampled_from((-4.0, 0.0, 4.0, 8.0)),
        st.sampled_from(("", "generic")),
        st.sampled_from(("a", "b")),
    ),
    max_size=5,
)
JUDGEMENTS = st.builds(judged, st.sampled_from((Verdict.CANDIDATE, Verdict.PROBABLE)), EVIDENCE)


@given(histories(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(made: list[Review], random: object) -> None:
    shuffled = list(made)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    assert decisions.in_force(shuffled, None) == decisions.in_force(made, None)


@given(histories(), JUDGEMENTS)
def test_a_verdict_of_people_names_its_people(made: list[Review], judgement: Judgement) -> None:
    found = came_to(made, judgement)

    assert found.verdict in (None, Verdict.CONFIRMED, Verdict.REJECTED, Verdict.PROTECTED)
    if found.verdict is not None:
        assert found.authors
        assert found.why
    else:
        assert not found.is_reopened or found.why


@settings(max_examples=300)
@given(histories(), JUDGEMENTS, st.lists(st.sampled_from((C, U)), min_size=1, max_size=6))
def test_one_person_never_confirms_what_another_keeps_out(
    made: list[Review], judgement: Judgement, does: list[Decision]
) -> None:
    latest = decisions.latest_on_membership(decisions.in_force(made, None))
    assume(latest is not None)
    assert latest is not None
    assume(latest.decision is not C)
    # Where somebody had undone it already, whoever does too is the second.
    assume(not any(r.decision is U and r.undoes == latest.id for r in made))

    history = list(made)
    for decision in does:
        history.append(review(len(history) + 1, decision, "dan", undoes=latest.id))
        assert came_to(history, judgement).verdict is not Verdict.CONFIRMED


@given(histories(), JUDGEMENTS)
def test_undoing_gives_what_was_before(made: list[Review], judgement: Judgement) -> None:
    before = came_to(made, judgement)
    last = made[-1].id if made else 0
    for decision in (C, R, P):
        done = review(last + 1, decision, "eve")
        undone = review(last + 2, U, "eve", undoes=last + 1)
        assert came_to([*made, done, undone], judgement) == before


@given(histories(), JUDGEMENTS)
def test_what_is_kept_out_stays_out_whatever_speaks_for_it(
    made: list[Review], judgement: Judgement
) -> None:
    kept = decisions.in_force(made, None)
    if decisions.is_refused(kept):
        assert came_to(made, judgement).verdict in (Verdict.REJECTED, Verdict.PROTECTED)
    if came_to(made, judgement).verdict is Verdict.CONFIRMED:
        assert decisions.is_confirmed(kept, None)


@given(histories(), JUDGEMENTS)
def test_nothing_before_a_change_of_hands_counts(made: list[Review], judgement: Judgement) -> None:
    since = make.NOW + timedelta(minutes=len(made) + 1)

    assert decisions.in_force(made, since) == ()
