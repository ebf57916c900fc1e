"""The rows that name what is in the archive."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Engine

from mirrorhunt.decisions import Decision
from mirrorhunt.model import Availability, Verdict
from mirrorhunt.rendering import Capture, CapturedFile
from mirrorhunt.store import captures
from tests import make, stored

HOUR = timedelta(hours=1)


def capture(digest: str = "ab" * 32, reason: str = "probable", **changes: object) -> Capture:
    """A capture of one file."""
    made = Capture(
        files=(CapturedFile("warc", digest, 1200, "application/warc"),),
        at=make.NOW,
        vantage="default",
        path="/",
        reason=reason,
        availability="live",
        final_url="https://films2.example/",
        tool="mirrorhunt 1",
        author="ann",
        note="for the court",
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # As the test says.


def test_a_row_is_written_with_its_visit_and_read_back(any_engine: Engine) -> None:
    hunting = stored.begun(any_engine)
    stored.looked(any_engine, hunting, replace(stored.look("films2.example"), capture=capture()))

    with any_engine.begin() as connection:
        [found] = captures.of_host(connection, "films2.example")
        assert captures.count(connection) == 1
    assert found.capture == capture()
    assert (found.host, found.run_id) == ("films2.example", hunting.run.id)
    warc = found.capture.file("warc")
    assert warc is not None
    assert warc.digest == "ab" * 32
    assert found.capture.file("dom") is None


def test_a_visit_that_is_stored_already_brings_no_second_row(any_engine: Engine) -> None:
    hunting = stored.begun(any_engine)
    for _ in range(2):
        visit = replace(stored.look("films2.example"), capture=capture())
        stored.looked(any_engine, hunting, visit, visit)

    assert stored.counts(any_engine)["captures"] == 1


def test_those_of_a_host_come_newest_first(any_engine: Engine) -> None:
    hunting = stored.begun(any_engine)
    for hours in (1, 3, 2):
        at = make.NOW + hours * HOUR
        visit = stored.look("films2.example", at=at, path=f"/{hours}")
        stored.looked(any_engine, hunting, replace(visit, capture=capture(at=at)))

    with any_engine.begin() as connection:
        found = captures.of_host(connection, "films2.example")
        assert captures.of_host(connection, "films3.example") == []
    assert [c.capture.at for c in found] == [make.NOW + hours * HOUR for hours in (3, 2, 1)]


def test_everything_is_read_in_steps(any_engine: Engine) -> None:
    hunting = stored.begun(any_engine)
    digests = [f"{n:064x}" for n in range(1203)]
    looks = [
        replace(stored.look("films2.example", path=f"/{d}"), capture=capture(d)) for d in digests
    ]
    stored.looked(any_engine, hunting, *looks)

    with any_engine.begin() as connection:
        whole = [c.capture.files[0].digest for c in captures.everything(connection)]
        assert captures.named(connection) == set(digests)
        assert captures.named(connection, {digests[1100], "ff" * 32}) == {digests[1100]}
        assert captures.named(connection, set()) == set()
    assert whole == digests


def test_what_hosts_stand_as(any_engine: Engine) -> None:
    hunting = stored.begun(any_engine, "films1.example")
    stored.proposed(any_engine, hunting, "films2.example", "films3.example", "films4.example")
    stored.looked(any_engine, hunting, stored.look("films4.example"))
    stored.concluded(
        any_engine,
        hunting,
        stored.judgement("films2.example", Verdict.CONFIRMED),
        stored.judgement("films3.example", Verdict.PROBABLE),
        stored.judgement("films4.example", Verdict.CANDIDATE),
    )
    expected = {
        "films1.example": "seed",
        "films2.example": "confirmed",
        "films3.example": "probable",
    }
    names = [*expected, "films4.example", "films5.example"]

    with any_engine.begin() as connection:
        assert captures.standings(connection, hunting.network_id) == expected
        assert captures.stand_anywhere(connection, names) == expected
        assert captures.states_in(connection, hunting.network_id) == {
            "films4.example": Availability.LIVE
        }


def test_the_stronger_word_of_two_networks_counts(any_engine: Engine) -> None:
    for network, verdict in (("films", Verdict.PROBABLE), ("goals", Verdict.CONFIRMED)):
        hunting = stored.begun(any_engine, f"{network}.example", network=network)
        stored.proposed(any_engine, hunting, "both.example")
        judged = stored.judgement("both.example", verdict, network=network)
        stored.concluded(any_engine, hunting, judged)

    with any_engine.begin() as connection:
        assert captures.stand_anywhere(connection, ["both.example"]) == {
            "both.example": "confirmed"
        }


def test_the_last_look_before_each_review_is_relied_on(any_engine: Engine) -> None:
    hunting = stored.begun(any_engine)
    stored.proposed(any_engine, hunting, "films2.example")
    for hours in range(6):
        at = make.NOW + hours * HOUR
        for path in ("/", "/#picture"):
            visit = stored.look("films2.example", at=at, path=f"{path}{hours}")
            kept = capture(at=at, path=path)
            stored.looked(any_engine, hunting, replace(visit, capture=kept))
    stored.concluded(any_engine, hunting, stored.judgement("films2.example", Verdict.PROBABLE))
    for hours in (2, 4):
        when = make.NOW + hours * HOUR + HOUR / 2
        stored.decided(any_engine, "films2.example", Decision.CONFIRM, now=when)

    with any_engine.begin() as connection:
        needed = captures.relied_on(connection)
        found = [c for c in captures.of_host(connection, "films2.example") if c.id in needed]
        old = captures.older_than(connection, make.NOW + 2 * HOUR)
    assert sorted((c.capture.at - make.NOW) // HOUR for c in found) == [2, 2, 4, 4]
    assert {c.capture.path for c in found} == {"/", "/#picture"}
    assert [(c.capture.at - make.NOW) // HOUR for c in old] == [0, 0, 1, 1]
