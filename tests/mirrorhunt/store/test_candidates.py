"""In which order candidates are looked at."""

from datetime import datetime

from sqlalchemy import Engine

from mirrorhunt import targets
from mirrorhunt.model import Candidate
from mirrorhunt.store import candidates
from mirrorhunt.store.runs import RunRecord
from tests import stored


def test_the_most_telling_channel_comes_first_and_within_it_who_was_proposed_first(
    any_engine: Engine, now: datetime
) -> None:
    hunting = stored.begun(any_engine)
    proposed = [
        ("films9.example", "other_suffix"),
        ("films4.example", "other_suffix"),
        ("films8.example", "numbered"),
        ("films3.example", "link"),
        ("films5.example", "redirect"),
        # Proposed again by what says more about it.
        ("films4.example", "redirect"),
        ("films2.example", "numbered"),
    ]
    for host, channel in proposed:
        found = [Candidate(host, hunting.network, "any", None, "", channel)]
        targets.propose(any_engine, hunting, found, now)
    later = RunRecord(hunting.run.id, hunting.run.started_at, 2, False)

    with any_engine.begin() as connection:
        due = candidates.due(connection, hunting.network_id, later, "default", 100)

    assert due[1:] == [
        "films5.example",
        "films4.example",
        "films8.example",
        "films2.example",
        "films3.example",
        "films9.example",
    ]
