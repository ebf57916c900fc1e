"""What people's decisions teach, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from mirrorhunt import judging, queueing
from mirrorhunt.decisions import Decision, Label
from mirrorhunt.model import Verdict
from mirrorhunt.store import labels
from tests import make, stored

OWN = {"ad_id": ["propeller:4455667"], "offers": ["player", "schedule"]}


@pytest.fixture
def judged(any_engine: Engine) -> None:
    """A seed and four mirrors of it, one found in two ways."""
    hunting = stored.begun(any_engine)
    names = [f"films{n}.example" for n in range(1, 6)]
    stored.proposed(any_engine, hunting, *names[1:])
    stored.proposed(any_engine, hunting, names[1], channel="recombined")
    stored.looked(any_engine, hunting, *(stored.look(name, OWN) for name in names))
    judging.judge_network(any_engine, "films", make.NOW, lambda _: False)


pytestmark = pytest.mark.usefixtures("judged")


def all_of(engine: Engine, *, only_drawn: bool = False) -> dict[str, Label]:
    with engine.begin() as connection:
        found = labels.all_of(connection, only_drawn=only_drawn)
    return {label.judgement.host: label for label in found}


def order(engine: Engine) -> list[str]:
    with engine.begin() as connection:
        return [row.host for row in queueing.drawn_next(connection)]


def test_nobody_decided_and_nothing_is_taught(any_engine: Engine) -> None:
    assert all_of(any_engine) == {}


def test_a_label_is_what_was_seen_and_what_was_said(any_engine: Engine) -> None:
    stored.decided(any_engine, "films2.example", Decision.CONFIRM)
    stored.decided(any_engine, "films3.example", Decision.REJECT)
    found = all_of(any_engine)

    label = found["films2.example"]
    assert label.belongs
    assert label.channels == ("link", "recombined")
    assert label.registrable_domain == "films2.example"
    assert label.judgement.verdict is Verdict.PROBABLE
    assert {e.kind for e in label.judgement.evidence if e.bits} >= {"ad_id"}
    assert not found["films3.example"].belongs
    # Oldest first.
    assert list(found) == ["films2.example", "films3.example"]


def test_only_what_says_whether_it_belongs_is_a_label(any_engine: Engine) -> None:
    stored.decided(any_engine, "films2.example", Decision.RELATE, role="proxy")
    stored.decided(any_engine, "films3.example", Decision.CONFIRM)
    stored.decided(any_engine, "films3.example", Decision.UNDO)
    stored.decided(any_engine, "films4.example", Decision.PROTECT)
    found = all_of(any_engine)

    assert list(found) == ["films4.example"]
    assert not found["films4.example"].belongs


def test_the_last_word_counts_of_what_was_seen_when_chance_drew_it(any_engine: Engine) -> None:
    first, second, third, _ = order(any_engine)
    stored.decided(any_engine, first, Decision.CONFIRM)
    # Chosen by somebody, not drawn: the next one was passed over.
    stored.decided(any_engine, third, Decision.CONFIRM)
    later = make.NOW + timedelta(days=1)
    stored.decided(any_engine, first, Decision.REJECT, author="bob", now=later)
    drawn = all_of(any_engine, only_drawn=True)

    assert list(drawn) == [first]
    assert drawn[first].is_drawn
    assert not drawn[first].belongs
    assert drawn[first].judgement.verdict is Verdict.PROBABLE
    assert set(all_of(any_engine)) == {first, third}
    assert not all_of(any_engine)[third].is_drawn
    assert second not in all_of(any_engine)


def test_what_was_drawn_and_undone_leaves_the_sample(any_engine: Engine) -> None:
    first = order(any_engine)[0]
    stored.decided(any_engine, first, Decision.CONFIRM)
    assert list(all_of(any_engine, only_drawn=True)) == [first]

    stored.decided(any_engine, first, Decision.UNDO)

    assert all_of(any_engine, only_drawn=True) == {}
