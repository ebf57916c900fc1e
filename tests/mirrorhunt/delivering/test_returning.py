"""The way back: an earlier delivery once more, and feeds that are held."""

from pathlib import Path

import pytest

from mirrorhunt.delivering import returning
from mirrorhunt.errors import BoundsError, InputError, UnknownNameError
from mirrorhunt.model import Availability, Verdict
from mirrorhunt.protected import Protection
from tests.published import Desk


@pytest.fixture
def wrong(any_desk: Desk) -> Desk:
    """A desk whose second delivery added what it should not have."""
    any_desk.stands("films2.example", "films3.example", "films4.example")
    any_desk.deliver()
    any_desk.day = 1
    any_desk.stands("news.example")
    any_desk.deliver()
    return any_desk


def test_a_rollback_publishes_what_stood_under_a_new_serial(wrong: Desk) -> None:
    second, first = wrong.log

    outcome = wrong.rollback(first.serial, "a newspaper")

    assert outcome.serial > second.serial
    assert wrong.names == ["films2.example", "films3.example", "films4.example"]
    assert wrong.delta == [("withdraw", "news.example", "rolled_back")]
    assert wrong.log[0].restores == first.serial
    assert (wrong.log[0].author, wrong.log[0].because) == ("bob", "a newspaper")
    assert wrong.manifest["restores"] == first.serial


def test_a_rollback_holds_the_feed_until_somebody_lets_it(wrong: Desk) -> None:
    wrong.rollback(wrong.log[-1].serial, "a newspaper")

    with pytest.raises(BoundsError, match=r"held since .* by bob: a newspaper; .*feed resume isp"):
        wrong.deliver()
    assert "news.example" not in wrong.names

    returning.set_held(wrong.engine, wrong.feed, None, wrong.now)
    assert wrong.deliver().is_new
    assert "news.example" in wrong.names


def test_what_may_not_stand_any_more_does_not_come_back(wrong: Desk) -> None:
    first = wrong.log[-1].serial
    wrong.stands("films2.example", verdict=Verdict.REJECTED)
    wrong.stands("films3.example", state=Availability.PARKED)
    wrong.protections.append(Protection("films4.example", "domain", "operator", "ours"))

    wrong.rollback(first)

    assert wrong.names == []


def test_what_has_expired_does_not_come_back(wrong: Desk) -> None:
    first = wrong.log[-1].serial
    wrong.day = 7.5

    wrong.rollback(first)

    assert wrong.names == []


@pytest.mark.parametrize("because", ["", "  "])
def test_it_takes_a_reason(because: str, wrong: Desk) -> None:
    with pytest.raises(InputError, match="takes a reason"):
        wrong.rollback(wrong.log[-1].serial, because)


def test_it_takes_a_delivery_that_was_made_and_does_not_stand(wrong: Desk) -> None:
    with pytest.raises(UnknownNameError, match="feed log isp"):
        wrong.rollback(1)
    with pytest.raises(InputError, match="is the one that stands"):
        wrong.rollback(wrong.log[0].serial)


def test_what_changed_between_two_deliveries_has_reasons(wrong: Desk) -> None:
    wrong.day = 8
    wrong.stands("films5.example")
    wrong.deliver(max_withdrawn=100)

    changes = returning.between(wrong.engine, wrong.feed, wrong.log[-1], wrong.log[0])

    assert {(c.op, c.host, c.reason) for c in changes} == {
        ("withdraw", "films2.example", "expired"),
        ("withdraw", "films3.example", "expired"),
        ("withdraw", "films4.example", "expired"),
        ("add", "news.example", ""),
        ("add", "films5.example", ""),
    }


def test_a_preview_writes_nothing(any_desk: Desk, tmp_path: Path) -> None:
    any_desk.stands("films2.example")
    folder = tmp_path / "preview"
    folder.mkdir()

    chosen, changes, refusals = returning.preview(
        any_desk.engine, any_desk.keep, any_desk.feed, any_desk.now, folder
    )

    assert (chosen.entries, [c.host for c in changes], refusals) == (1, ["films2.example"], [])
    assert any_desk.log == []
    assert not any_desk.folder.exists()
