"""What confirming without a person has to know, on both databases."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Engine

from mirrorhunt.auditing import AUTOMATIC
from mirrorhunt.model import Availability, Verdict
from mirrorhunt.store import automatic, hosts, runs
from tests import make, stored


def test_only_live_front_pages_count_as_seen_live(any_engine: Engine) -> None:
    hunting = stored.begun(any_engine)
    at = make.NOW + timedelta(hours=1)
    stored.looked(
        any_engine,
        hunting,
        stored.look("films2.example"),
        stored.look("films2.example", path="/live", at=at),
        stored.look("films3.example", state=Availability.PARKED),
    )
    later = stored.next_run(any_engine, hunting, at)
    stored.looked(any_engine, later, stored.look("films2.example", at=at))
    with any_engine.begin() as connection:
        ids = hosts.find_ids(connection, ["films2.example", "films3.example", "films1.example"])
        seen = automatic.live_looks(connection, ids.values())

    assert seen == {ids["films2.example"]: [make.NOW, at]}


def test_only_what_no_person_confirmed_is_counted(any_engine: Engine) -> None:
    for network in ("films", "sports", "books"):
        hunting = stored.begun(any_engine, f"{network}1.example", network=network)
        said = {
            "films": [(Verdict.CONFIRMED, AUTOMATIC), (Verdict.CONFIRMED, "confirmed by ann")],
            "sports": [(Verdict.CONFIRMED, AUTOMATIC), (Verdict.CONFIRMED, AUTOMATIC)],
            # What begins like it is not it.
            "books": [(Verdict.PROBABLE, AUTOMATIC), (Verdict.CONFIRMED, "confirmed without")],
        }[network]
        for n, (verdict, gate) in enumerate(said):
            judged = stored.judgement(f"{network}{n}.example", verdict, network=network)
            stored.concluded(any_engine, hunting, replace(judged, gate=f"{gate}: as it says"))
        with any_engine.begin() as connection:
            runs.finish_run(connection, hunting.run.id, make.NOW, None)

    with any_engine.begin() as connection:
        assert automatic.count(connection) == {"films": 1, "sports": 2}


def test_a_network_says_for_itself_or_the_setting_does(any_engine: Engine) -> None:
    with any_engine.begin() as connection:
        for name, bound in (("books", None), ("films", 0.05), ("sports", 0.0)):
            network = hosts.network_id(connection, name, make.NOW)
            hosts.set_auto_confirm(connection, network, bound)
            assert hosts.auto_confirm(connection, network) == bound

        assert automatic.asked(connection, 0.01) == {"books": 0.01, "films": 0.05, "sports": 0.0}
