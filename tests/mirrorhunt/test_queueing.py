"""What a person is asked about next."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from mirrorhunt import queueing
from mirrorhunt.decisions import Decision, Review
from mirrorhunt.errors import InputError, UnknownNameError
from mirrorhunt.model import Availability, Judgement, Verdict
from mirrorhunt.queueing import Item, Slice, Waits, Which
from mirrorhunt.sources import Registration
from mirrorhunt.store import registrations, reviews
from mirrorhunt.store.queue import Waiting
from mirrorhunt.targets import Hunting
from tests import make, stored


def put(
    engine: Engine,
    hunting: Hunting,
    *judged: Judgement,
    state: Availability = Availability.LIVE,
) -> None:
    """Verdicts on hosts that were looked at."""
    stored.looked(engine, hunting, *(stored.look(j.host, state=state) for j in judged))
    stored.concluded(engine, hunting, *judged)


def probable(host: str, bits: float = 6.0, **more: object) -> Judgement:
    return replace(stored.judgement(host, Verdict.PROBABLE, bits=bits), **more)  # type: ignore[arg-type]  # The caller knows the fields.


def candidate(host: str, bits: float = 0.0, **more: object) -> Judgement:
    return replace(stored.judgement(host, Verdict.CANDIDATE, bits=bits), **more)  # type: ignore[arg-type]  # The caller knows the fields.


def listed(
    engine: Engine, which: Which = Which.QUEUE, limit: int = 20, **more: object
) -> list[Item]:
    return list(queueing.queue(engine, which, limit=limit, **more).items)  # type: ignore[arg-type]  # The caller knows the fields.


def hosts_of(items: Iterable[Item], slice_: Slice | None = None) -> list[str]:
    return [i.finding.host for i in items if slice_ in (None, i.slice)]


@pytest.fixture
def hunting(any_engine: Engine) -> Hunting:
    return stored.begun(any_engine)


@pytest.fixture
def full(any_engine: Engine, hunting: Hunting) -> Hunting:
    """Forty probable hosts from 3.5 bits up, and forty candidates around even odds."""
    put(any_engine, hunting, *(probable(f"p{n:02}.example", 3.5 + n / 4) for n in range(40)))
    put(any_engine, hunting, *(candidate(f"c{n:02}.example", n / 10 - 2) for n in range(40)))
    return hunting


@pytest.mark.usefixtures("full")
def test_the_queue_is_split_by_what_a_decision_teaches(any_engine: Engine) -> None:
    items = listed(any_engine)
    counts = {s: len(hosts_of(items, s)) for s in Slice}

    assert counts == {
        Slice.AGAIN: 0,
        Slice.UNCERTAIN: 12,
        Slice.TOP: 6,
        Slice.RANDOM: 2,
        Slice.GONE: 0,
    }
    doubtful = [abs(i.finding.score_bits) for i in items if i.slice is Slice.UNCERTAIN]
    assert doubtful == sorted(doubtful)
    assert doubtful[-1] < 1
    surest = [i.finding.score_bits for i in items if i.slice is Slice.TOP]
    assert surest == sorted(surest, reverse=True)
    assert surest[-1] > 11


@pytest.mark.usefixtures("full")
def test_no_host_is_there_twice_and_the_order_is_the_same_each_time(any_engine: Engine) -> None:
    for limit in (1, 2, 3, 7, 20, 79, 80, 500):
        items = listed(any_engine, limit=limit)
        found = hosts_of(items)
        assert len(found) == len(set(found)) == min(limit, 80)
        assert listed(any_engine, limit=limit) == items


@pytest.mark.usefixtures("full")
def test_the_random_slice_is_the_head_of_what_chance_draws(any_engine: Engine) -> None:
    with any_engine.begin() as connection:
        order = [row.host for row in queueing.drawn_next(connection)]

    assert hosts_of(listed(any_engine, limit=40), Slice.RANDOM) == order[:4]
    assert sorted(order) == [f"p{n:02}.example" for n in range(40)]


def test_what_nobody_could_see_is_not_asked_about(any_engine: Engine, hunting: Hunting) -> None:
    for state in Availability:
        put(any_engine, hunting, probable(f"{state.value.replace('_', '-')}.example"), state=state)

    assert sorted(hosts_of(listed(any_engine, Which.ALL))) == [
        "challenge.example",
        "live.example",
        "restricted.example",
    ]


def test_what_is_far_from_any_verdict_teaches_little(any_engine: Engine, hunting: Hunting) -> None:
    put(any_engine, hunting, candidate("far.example", -5.6), candidate("near.example", -2.0))
    # It has the bits, but not the page: somebody has to look.
    put(any_engine, hunting, candidate("shut.example", 9.0))

    assert hosts_of(listed(any_engine)) == ["near.example", "shut.example"]


def test_what_was_decided_goes_before_up_to_half(any_engine: Engine, hunting: Hunting) -> None:
    put(
        any_engine,
        hunting,
        *(probable(f"again{n}.example", reviewed_by=("ann",)) for n in range(9)),
        *(probable(f"new{n}.example") for n in range(9)),
    )
    items = listed(any_engine, limit=8)

    assert [i.slice for i in items[:4]] == [Slice.AGAIN] * 4
    assert [i.waits for i in items[4:]] == [Waits.NEW] * 4
    assert len(listed(any_engine, Which.CHANGED)) == 9
    assert len(listed(any_engine, Which.NEW)) == 9


def test_each_says_what_it_waits_for(any_engine: Engine, hunting: Hunting) -> None:
    put(
        any_engine,
        hunting,
        candidate("moved.example", is_reopened=True, gate="confirmed by ann; reopened: gone"),
        probable("popular.example", reviewed_by=("ann",), gate="a second person has to"),
        stored.judgement("sold.example", Verdict.REJECTED),
        replace(stored.judgement("odd.example"), flags=("decoy",), reviewed_by=("ann",)),
        replace(
            stored.judgement("stubborn.example", Verdict.REJECTED), is_reopened=True, gate="news"
        ),
        stored.judgement("settled.example"),
    )
    found = {i.finding.host: (i.waits, i.because) for i in listed(any_engine)}

    assert found == {
        "moved.example": (Waits.CHANGED, "confirmed by ann; reopened: gone"),
        "odd.example": (Waits.FLAGGED, "a member, but: decoy"),
        "popular.example": (Waits.SECOND, "a second person has to"),
        "stubborn.example": (Waits.CHANGED, "news"),
    }


# ---------------------------------------------------------------- gone


@pytest.mark.parametrize("state", ["dead", "parked", "for_sale", "seized", "sinkholed"])
def test_a_member_whose_page_is_gone_is_listed(
    any_engine: Engine, hunting: Hunting, state: str
) -> None:
    put(any_engine, hunting, stored.judgement("films2.example"), state=Availability(state))
    [item] = listed(any_engine, Which.GONE)

    assert (item.finding.host, item.waits) == ("films2.example", Waits.GONE)
    assert item.because == f"{state.replace('_', ' ')}, as the test says"
    assert listed(any_engine) == []
    assert hosts_of(listed(any_engine, Which.ALL)) == ["films2.example"]


@pytest.mark.parametrize("state", ["live", "challenge", "restricted", "blocked", "error"])
def test_a_member_that_may_be_there_still_is_not_gone(
    any_engine: Engine, hunting: Hunting, state: str
) -> None:
    # Blocked where we look from is not gone; nor is a server that has a bad day.
    put(any_engine, hunting, stored.judgement("films2.example"), state=Availability(state))

    assert listed(any_engine, Which.GONE) == []


def test_a_member_in_other_hands_is_gone_until_somebody_decides(
    any_engine: Engine, hunting: Hunting
) -> None:
    put(any_engine, hunting, candidate("films2.example"))
    with any_engine.begin() as connection:
        [subject] = reviews.subjects(connection, ["films2.example"])["films2.example"]
        confirmed = Review(0, Decision.CONFIRM, "ann", "seen", make.NOW)
        reviews.add(connection, [(subject, confirmed)])
        bought_at = make.NOW + timedelta(days=9)
        record = Registration("films2.example", bought_at, None, "")
        registrations.record(connection, [record], bought_at)

    [item] = listed(any_engine, Which.GONE)
    assert item.because == "in other hands since 2026-11-10"
    # It is not asked about as something new as well.
    assert hosts_of(listed(any_engine, Which.ALL)) == ["films2.example"]
    assert listed(any_engine, Which.GONE, since=bought_at + timedelta(days=1)) == []

    stored.concluded(any_engine, hunting, stored.judgement("films2.example", Verdict.REJECTED))
    assert listed(any_engine, Which.GONE) == []


# ---------------------------------------------------------------- narrowing


def test_one_network_is_asked_about_alone(any_engine: Engine, full: Hunting) -> None:
    other = stored.begun(any_engine, "sports1.example", network="sports")
    put(any_engine, other, replace(probable("sports2.example"), network="sports"))

    assert hosts_of(listed(any_engine, network="sports")) == ["sports2.example"]
    with pytest.raises(UnknownNameError, match="no network 'music'; there are: films, sports"):
        queueing.queue(any_engine, network="music")


def test_where_chance_draws_from_another_network_that_is_said(
    any_engine: Engine, full: Hunting
) -> None:
    other = stored.begun(any_engine, "sports1.example", network="sports")
    put(any_engine, other, replace(candidate("sports2.example"), network="sports"))

    assert queueing.queue(any_engine, network="sports").drawn_in == "films"
    assert queueing.queue(any_engine, network="films").drawn_in == ""
    assert queueing.queue(any_engine).drawn_in == ""


def test_since_leaves_out_what_has_waited_for_longer(any_engine: Engine, hunting: Hunting) -> None:
    put(any_engine, hunting, probable("old.example"))
    later = make.NOW + timedelta(days=2)
    stored.looked(any_engine, hunting, stored.look("young.example"))
    stored.concluded(any_engine, hunting, probable("young.example"), now=later)

    items = listed(any_engine, since=later)
    assert hosts_of(items) == ["young.example"]
    # A sample of what is young would be no sample of all.
    assert hosts_of(items, Slice.RANDOM) == []


@pytest.mark.parametrize("limit", [0, -1, queueing.MAX_LIMIT + 1])
def test_a_limit_that_cannot_be_is_refused(engine: Engine, limit: int) -> None:
    with pytest.raises(InputError, match="between 1 and"):
        queueing.queue(engine, limit=limit)


def test_an_empty_database_asks_nothing(any_engine: Engine) -> None:
    for which in Which:
        assert listed(any_engine, which) == []


# ---------------------------------------------------------------- chance


def waiting(host: str) -> Waiting:
    return Waiting(
        *(1, "films", host, host, "probable", 5.0, "", "live", None, "", "", False, "", None)
    )


@given(st.sets(st.from_regex(r"[a-z]{1,8}\.example", fullmatch=True), max_size=12), st.data())
def test_the_order_of_chance_depends_on_the_salt_alone(
    hosts: set[str], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(sorted(hosts)))
    order = [w.host for w in queueing.audit_order([waiting(h) for h in shuffled], "salt")]

    assert order == [
        w.host for w in queueing.audit_order([waiting(h) for h in sorted(hosts)], "salt")
    ]
    # Who is decided upon goes, and the others stay in their order.
    if order:
        gone = data.draw(st.sampled_from(order))
        rest = queueing.audit_order([waiting(h) for h in hosts if h != gone], "salt")
        assert [w.host for w in rest] == [h for h in order if h != gone]


def test_another_database_draws_others() -> None:
    hosts = [waiting(f"films{n}.example") for n in range(50)]

    assert queueing.audit_order(hosts, "one") != queueing.audit_order(hosts, "other")
