"""What is not live says nothing."""

import asyncio

import pytest

from mirrorhunt.model import Availability, Candidate, Visit
from pipelines.fingerprint import FingerprintPipeline
from tests import stored

HTML = (
    "<title>Films</title><script src='https://www.googletagmanager.com/gtag/js?id=G-ABCDE12345'>"
)
SPEAKING = {Availability.LIVE, Availability.CHALLENGE, Availability.RESTRICTED}


def read(state: Availability) -> Visit:
    pointers = [stored.pointer("films2.example")]
    seen = stored.look("films1.example", state=state, pointers=pointers, html=HTML)
    found = asyncio.run(FingerprintPipeline().process_item(seen))
    assert isinstance(found, Visit)
    return found


@pytest.mark.parametrize("state", sorted(set(Availability) - SPEAKING), ids=str)
def test_a_state_that_is_not_the_hosts_own_shows_and_points_to_nothing(
    state: Availability,
) -> None:
    # I4, at its root: a parking page's links and accounts are the parking company's.
    found = read(state)

    assert found.observations == ()
    assert found.pointers == ()


def test_a_live_page_shows_its_values() -> None:
    found = read(Availability.LIVE)

    assert ("analytics_id", "ga:G-ABCDE12345") in {
        (o.kind, o.value.replace("g-abcde12345", "G-ABCDE12345")) for o in found.observations
    }
    assert [p.host for p in found.pointers] == ["films2.example"]


@pytest.mark.parametrize("state", [Availability.CHALLENGE, Availability.RESTRICTED], ids=str)
def test_behind_a_human_test_the_page_says_nothing(state: Availability) -> None:
    found = read(state)

    assert not [o for o in found.observations if o.kind == "analytics_id"]
    assert [p.host for p in found.pointers] == ["films2.example"]


def test_a_candidate_passes() -> None:
    candidate = Candidate("films2.example", "films", "page_links", None, "linked", "link")

    assert asyncio.run(FingerprintPipeline().process_item(candidate)) is candidate
