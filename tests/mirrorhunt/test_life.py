"""What becomes of a member: gone, taken, returned; what is believed of it then, and published."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import pytest
from sqlalchemy import Engine

from mirrorhunt import judging, publishing
from mirrorhunt.decisions import Decision
from mirrorhunt.facts import HostFacts
from mirrorhunt.model import Availability, Verdict
from mirrorhunt.protected import ProtectedNames, Protection
from mirrorhunt.protecting import Keep
from mirrorhunt.publishing import Withheld
from mirrorhunt.sources import Registration
from mirrorhunt.store import candidates, facts, findings, hosts, registrations
from mirrorhunt.store.findings import Finding
from mirrorhunt.targets import Hunting
from tests import make, stored

A = Availability
OFFERS = {"offers": ("player", "schedule")}
OWN: Mapping[str, Iterable[str]] = {
    "analytics_id": ("ga:UA-1",),
    "asset_path": tuple(f"/films/own-{n}.js" for n in range(6)),
    **OFFERS,
}
THEIRS: Mapping[str, Iterable[str]] = {
    "analytics_id": ("ga:UA-2",),
    "asset_path": tuple(f"/shop/part-{n}.js" for n in range(6)),
    **OFFERS,
}
SEED, MIRROR = "films1.example", "mirror.example"
KEEP = Keep(ProtectedNames(), make.NOW)
VALID_DAYS = 7


class Life:
    """A network of a seed and a mirror, looked at again and again."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.hunting: Hunting = stored.begun(engine, SEED)
        self.days = 0.0
        stored.proposed(engine, self.hunting, MIRROR)
        self._look(A.LIVE, OWN)

    def goes_on(
        self, days: float, state: Availability, shows: Mapping[str, Iterable[str]] | None = None
    ) -> None:
        """The next run, so many days later, finds the mirror in *state*."""
        self.days += days
        self.hunting = stored.next_run(self.engine, self.hunting, make.at(self.days))
        self._look(state, shows or {})

    def _look(self, state: Availability, shows: Mapping[str, Iterable[str]]) -> None:
        at = make.at(self.days)
        seen = stored.look(MIRROR, shows if state is A.LIVE else {}, state=state, at=at)
        stored.looked(self.engine, self.hunting, stored.look(SEED, OWN, at=at), seen)
        self.judge()

    def judge(self) -> None:
        judging.judge_network(self.engine, "films", make.at(self.days), lambda _: False)

    def is_confirmed_by_a_person(self) -> None:
        stored.decided(self.engine, MIRROR, Decision.CONFIRM, now=make.at(self.days))

    @property
    def found(self) -> Finding:
        with self.engine.begin() as connection:
            return next(findings.findings(connection, "films", list(Verdict), MIRROR))

    @property
    def facts(self) -> HostFacts:
        with self.engine.begin() as connection:
            ids = hosts.find_ids(connection, [MIRROR])
            found = facts.host_facts(connection, self.hunting.network_id, ids.values())
        return found[ids[MIRROR]]

    def published(self, at_least: Verdict = Verdict.CONFIRMED) -> list[str]:
        rows = publishing.rows(
            self.engine,
            KEEP,
            network="films",
            at_least=at_least,
            valid_days=VALID_DAYS,
            only_live=True,
            now=make.at(self.days),
        )
        return [row.host for row in rows]

    def withheld(self, at_least: Verdict = Verdict.CONFIRMED, keep: Keep = KEEP) -> list[Withheld]:
        return publishing.withheld(
            self.engine,
            keep,
            network="films",
            at_least=at_least,
            valid_days=VALID_DAYS,
            now=make.at(self.days),
        )

    def why_withheld(self, at_least: Verdict = Verdict.CONFIRMED) -> str:
        [one] = [w for w in self.withheld(at_least) if w.host == MIRROR]
        return one.reason


@pytest.fixture
def life(any_engine: Engine) -> Life:
    return Life(any_engine)


@pytest.fixture
def taken(life: Life) -> Life:
    """A confirmed mirror that was parked."""
    life.is_confirmed_by_a_person()
    life.goes_on(10, A.PARKED)
    life.goes_on(1, A.PARKED)
    return life


# ---------------------------------------------------------------- other hands


def test_a_name_returned_to_a_stranger_is_not_probable(taken: Life) -> None:
    taken.goes_on(30, A.LIVE, THEIRS)

    assert taken.found.verdict is Verdict.CANDIDATE
    assert {o.value for o in taken.facts.observations} == {
        value for values in THEIRS.values() for value in values
    }
    assert taken.facts.epoch_since == make.at(41)
    assert MIRROR not in taken.published(Verdict.PROBABLE)


def test_a_name_returned_to_its_network_is_probable_by_its_evidence_and_no_more(
    taken: Life,
) -> None:
    taken.goes_on(30, A.LIVE, OWN)

    assert taken.found.verdict is Verdict.PROBABLE
    # Somebody took these values up again: they are no one's from the first day.
    assert not any(o.is_native for o in taken.facts.observations)
    # The confirmation was of who held the name before.
    assert taken.found.reviewed_by == ()
    assert MIRROR not in taken.published()
    taken.is_confirmed_by_a_person()
    assert MIRROR in taken.published()


def test_what_a_new_holder_shows_first_is_its_own(taken: Life) -> None:
    taken.goes_on(30, A.LIVE, {**THEIRS, "handle": ["tg:kept"]})
    assert {o.is_native for o in taken.facts.observations if o.kind != "offers"} == {True}
    taken.goes_on(1, A.LIVE, {"icon": ["later"]})
    assert [o.is_native for o in taken.facts.observations if o.kind == "icon"] == [False]


def test_a_name_registered_anew_is_judged_by_what_it_shows_since(life: Life) -> None:
    life.is_confirmed_by_a_person()
    life.goes_on(40, A.LIVE, THEIRS)
    assert life.found.verdict is Verdict.CONFIRMED or life.found.is_reopened
    with life.engine.begin() as connection:
        said = Registration(MIRROR, make.at(20), registrar="Names")
        registrations.record(connection, [said], make.at(40))
    life.judge()

    assert life.found.verdict is Verdict.CANDIDATE
    assert life.why_withheld() == "changed_hands"
    [one] = life.withheld()
    assert one.because == "registered anew on 2026-11-21 with Names: in other hands than before"
    assert {o.is_native for o in life.facts.observations if o.kind == "analytics_id"} == {True}


def test_a_seed_that_came_into_other_hands_vouches_for_nobody_and_leads_nowhere(
    any_engine: Engine,
) -> None:
    life = Life(any_engine)
    for days, state in ((5.0, A.SEIZED), (6.0, A.SEIZED), (30.0, A.LIVE)):
        hunting = stored.next_run(any_engine, life.hunting, make.at(days))
        life.hunting, life.days = hunting, days
        seen = stored.look(SEED, THEIRS if state is A.LIVE else {}, state=state, at=make.at(days))
        stored.looked(any_engine, hunting, seen)
        life.judge()

    with any_engine.begin() as connection:
        assert SEED not in candidates.standing(connection, life.hunting.network_id)
        known = facts.network_facts(connection, life.hunting.network_id, "films")
    assert known.members == ()
    assert [(w.host, w.reason) for w in life.withheld()] == [(SEED, "changed_hands")]


# ---------------------------------------------------------------- out of the feed, and why


def test_one_look_takes_nothing_off_and_keeps_nothing_on(life: Life) -> None:
    life.is_confirmed_by_a_person()
    life.goes_on(3, A.DEAD)
    assert MIRROR in life.published()
    assert life.withheld() == []
    # Nobody has seen it live for longer than an entry stands, and nobody looked again.
    life.days += 5
    assert MIRROR not in life.published()
    [one] = [w for w in life.withheld() if w.host == MIRROR]
    assert one.reason == "expired"
    assert one.because == "not seen live since 2026-11-01 12:00; last seen dead"


@pytest.mark.parametrize(
    "state",
    [A.PARKED, A.FOR_SALE, A.SEIZED, A.SINKHOLED, A.BLOCKED, A.DEAD, A.RESTRICTED],
    ids=str,
)
def test_what_is_in_another_state_is_withheld_with_the_reason(
    state: Availability, life: Life
) -> None:
    life.is_confirmed_by_a_person()
    for _ in range(4):
        life.goes_on(1, state)

    assert life.published() == [SEED]
    [one] = life.withheld()
    assert (one.host, one.reason, one.since) == (MIRROR, state.value, make.at(1))
    assert one.because == f"{state.value}: as the test says"


@pytest.mark.parametrize("state", [A.PARKED, A.FOR_SALE, A.SEIZED, A.SINKHOLED], ids=str)
def test_one_look_that_finds_other_hands_withholds_at_once(
    state: Availability, life: Life
) -> None:
    life.is_confirmed_by_a_person()
    life.goes_on(1, state)

    # Not settled, and yet nothing to be named.
    assert life.facts.availability is A.LIVE
    assert life.published() == [SEED]
    [one] = life.withheld()
    assert (one.host, one.reason, one.since) == (MIRROR, state.value, make.at(1))
    assert one.because == (
        f"{state} when looked at on 2026-11-02 12:00, and not seen live since; "
        "not settled yet: as the test says"
    )
    # What is no answer does not bring it back, a live page does.
    life.goes_on(1, A.ERROR)
    assert life.why_withheld() == state.value
    life.goes_on(1, A.LIVE, OWN)
    assert life.published() == [SEED, MIRROR]
    assert life.withheld() == []


def test_a_parked_look_from_elsewhere_withholds_although_it_settles_nothing(life: Life) -> None:
    life.is_confirmed_by_a_person()
    later = make.at(1)
    hunting = stored.next_run(life.engine, life.hunting, later)
    seen = stored.look(MIRROR, state=A.PARKED, at=later)
    stored.looked(life.engine, hunting, replace(seen, vantage="elsewhere"))

    assert MIRROR not in life.published()
    assert life.why_withheld() == "parked"


def test_a_probable_host_that_lost_its_page_is_withheld_too(life: Life) -> None:
    assert life.published(Verdict.PROBABLE) == [SEED, MIRROR]
    life.goes_on(1, A.PARKED)
    life.goes_on(1, A.PARKED)

    assert life.found.verdict is Verdict.CANDIDATE
    assert life.why_withheld(Verdict.PROBABLE) == "parked"
    assert life.withheld(Verdict.CONFIRMED) == []


def test_a_host_whose_evidence_is_gone_is_withheld_as_weaker(life: Life) -> None:
    life.goes_on(1, A.LIVE, THEIRS)
    stored.decided(life.engine, SEED, Decision.REJECT, now=make.at(life.days))
    life.judge()

    assert life.why_withheld(Verdict.PROBABLE) == "weaker"
    assert [(w.host, w.reason) for w in life.withheld()] == [(SEED, "rejected")]


def test_what_came_under_protection_is_withheld_as_that(life: Life) -> None:
    life.is_confirmed_by_a_person()
    shop = Protection(MIRROR, "domain", "operator", "our shop")
    keep = Keep(ProtectedNames().with_names([shop]), make.NOW)

    assert [(w.host, w.reason, w.because) for w in life.withheld(keep=keep)] == [
        (MIRROR, "protected", "protected: our shop")
    ]


def test_what_never_stood_is_not_withheld(life: Life) -> None:
    stored.proposed(life.engine, life.hunting, "stranger.example")
    stored.looked(life.engine, life.hunting, stored.look("stranger.example", THEIRS))
    life.judge()

    assert life.withheld(Verdict.PROBABLE) == []


def test_what_is_published_and_what_is_withheld_are_all_that_stood(life: Life) -> None:
    life.is_confirmed_by_a_person()
    for days, state in ((1, A.PARKED), (1, A.PARKED), (9, A.LIVE), (1, A.DEAD), (1, A.LIVE)):
        life.goes_on(days, state, OWN)
        gone = {w.host for w in life.withheld()}
        assert gone.isdisjoint(life.published())
        assert gone | set(life.published()) == {SEED, MIRROR}
