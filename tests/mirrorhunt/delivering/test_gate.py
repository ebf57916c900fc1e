"""What refuses a delivery, whoever asks for it."""

from dataclasses import replace

import pytest

from mirrorhunt.delivering import gate, snapshots
from mirrorhunt.errors import BoundsError
from mirrorhunt.exports import Row
from mirrorhunt.model import Verdict
from mirrorhunt.protected import Protection
from tests import make
from tests.exported import row
from tests.published import Desk


def hosts(count: int, stem: str = "films") -> list[str]:
    return [f"{stem}{number}.example" for number in range(100, 100 + count)]


def test_an_empty_feed_is_a_decision(desk: Desk) -> None:
    with pytest.raises(BoundsError, match=r"0 entries are fewer than the 1 of min_entries"):
        desk.deliver()

    assert desk.log == []
    assert not desk.current.exists()
    assert desk.deliver(min_entries=0).chosen.entries == 0


def test_more_than_the_bounds_is_refused_and_says_what_to_do(desk: Desk) -> None:
    desk.stands(*hosts(5))
    desk.deliver()
    desk.stands(*hosts(4, "goals"))

    with pytest.raises(BoundsError, match=r"4 added are more than the 3 of max_added; .*--force"):
        desk.deliver(max_added=3)

    assert desk.names == sorted(hosts(5))


def test_a_share_counts_from_twenty_entries_on(desk: Desk) -> None:
    desk.stands(*hosts(gate.SMALL))
    desk.deliver()
    desk.stands(*hosts(gate.SMALL // 2 + 1, "goals"))

    with pytest.raises(BoundsError, match=r"11 added are more than 50% of the 20 that stood"):
        desk.deliver()


def test_many_at_once_withdrawn_are_refused(desk: Desk) -> None:
    desk.stands(*hosts(30))
    desk.deliver()
    desk.stands(*hosts(20), verdict=Verdict.REJECTED)

    with pytest.raises(BoundsError, match=r"20 withdrawn are more than 50% of the 30"):
        desk.deliver()


def test_the_first_delivery_may_add_as_many_as_the_feed_holds(desk: Desk) -> None:
    desk.stands(*hosts(30))

    assert desk.deliver(max_added=3).chosen.added == 30


def test_a_forced_release_needs_a_reason_and_is_on_record(desk: Desk) -> None:
    desk.stands(*hosts(5))
    desk.deliver()
    desk.stands(*hosts(4, "goals"))

    outcome = desk.deliver(max_added=3, force="the final is tonight")

    assert [refusal.rule for refusal in outcome.forced] == ["max_added"]
    assert desk.log[0].because == "the final is tonight"
    assert desk.manifest["forced_because"] == "the final is tonight"


def test_a_reason_that_was_not_needed_is_not_on_record(desk: Desk) -> None:
    desk.stands(*hosts(5))

    assert desk.deliver(force="just in case").forced == ()
    assert desk.log[0].because == ""


# ---------------------------------------------------------------- rows, asked once more


def refused(desk: Desk, *rows: Row, force: str = "the final is tonight") -> str:
    """What the gate says where choosing let *rows* through, though a person forces it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            snapshots.publishing, "chosen", lambda *_, **__: iter(enumerate(rows, start=1))
        )
        with pytest.raises(BoundsError) as told:
            desk.deliver(force=force)
    assert desk.log == []
    return str(told.value)


def fresh(host: str, **other: object) -> Row:
    return row(host, valid_until=make.at(7), last_verified=make.NOW, **other)


def test_a_protected_name_is_refused_though_it_was_chosen_and_forced(desk: Desk) -> None:
    desk.protections.append(Protection("ours.example", "domain", "operator", "our shop"))

    said = refused(desk, fresh("films2.example"), fresh("ours.example"))

    assert "ours.example" in said
    assert "films2.example" not in said


def test_a_protected_name_below_a_domain_is_refused(desk: Desk) -> None:
    desk.protections.append(Protection("shop.films2.example", "domain", "operator", "ours"))

    assert "a protected name stands below" in refused(desk, fresh("films2.example"))


def test_a_popular_name_takes_two_signatures(desk: Desk) -> None:
    soft = Protection("films2.example", "domain", "operator", "popular", is_soft=True)
    desk.protections.append(soft)
    desk.stands("films2.example", "films3.example", reviewed_by=["ann"])

    with pytest.raises(BoundsError, match=r"not signed: films2\.example; a second person"):
        desk.deliver()

    assert desk.deliver(unsigned="leave_out").chosen.entries == 1
    assert desk.names == ["films3.example"]
    desk.stands("films2.example", reviewed_by=["ann", "bob"])
    desk.deliver()
    assert desk.names == ["films2.example", "films3.example"]


@pytest.mark.parametrize("verified", [-8, 0.5], ids=["too long ago", "in the future"])
def test_an_entry_without_fresh_proof_of_life_is_refused(verified: float, desk: Desk) -> None:
    stale = replace(fresh("films2.example"), last_verified=make.at(verified))

    assert "no proof of life" in refused(desk, stale)


def test_an_entry_that_nobody_ever_saw_live_is_refused(desk: Desk) -> None:
    never = replace(fresh("films2.example"), last_verified=None, valid_until=None)

    assert "no proof of life" in refused(desk, never)


@pytest.mark.parametrize("host", ["co.uk", "pages.dev", "*.films.example", "1.2.3.4", "films"])
def test_what_no_server_can_load_is_refused(host: str, desk: Desk) -> None:
    assert "no names that a server can load" in refused(desk, fresh(host))


def test_what_is_named_is_bounded(desk: Desk) -> None:
    desk.protections.append(Protection("ours.example", "domain", "operator", "our shop"))
    many = [fresh(f"s{n:02}.ours.example", scope="host") for n in range(20)]

    assert "and 15 more" in refused(desk, *many)
