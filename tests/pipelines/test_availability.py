"""State first."""

from collections.abc import Callable
from dataclasses import replace

from scrapy.crawler import Crawler

from mirrorhunt.model import Availability, Candidate, Rcode, Visit
from pipelines.availability import AvailabilityPipeline
from tests import make


def ruled(crawler: Crawler, visit: Visit) -> Visit:
    found = AvailabilityPipeline.from_crawler(crawler).process_item(visit)
    assert isinstance(found, Visit)
    return found


def test_a_candidate_has_no_state_yet(crawler: Crawler) -> None:
    candidate = Candidate("films2.example", "films", "page_links", None, "linked", "link")

    assert AvailabilityPipeline.from_crawler(crawler).process_item(candidate) is candidate


def test_each_visit_gets_a_ruling_and_is_counted(
    crawler: Crawler, numbers: Callable[[], dict[str, object]]
) -> None:
    gone = replace(make.visit(html=None, state=None), dns=make.dns(rcode=Rcode.NXDOMAIN))
    found = ruled(crawler, gone)

    assert found.ruling is not None
    assert found.ruling.availability is Availability.DEAD
    assert numbers() == {"mirrorhunt/availability/dead": 1}


def test_a_ruling_that_came_with_the_visit_is_not_believed(crawler: Crawler) -> None:
    gone = replace(make.visit(html=None), dns=make.dns(rcode=Rcode.NXDOMAIN))
    found = ruled(crawler, gone)

    assert found.ruling is not None
    assert found.ruling.availability is Availability.DEAD


def test_only_the_front_page_is_counted(
    crawler: Crawler, numbers: Callable[[], dict[str, object]]
) -> None:
    gone = replace(make.visit(html=None), dns=make.dns(rcode=Rcode.NXDOMAIN), path="/contact")
    ruled(crawler, gone)

    assert numbers() == {}
