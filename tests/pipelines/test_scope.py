"""What a hunt keeps its hands off leaves here."""

from collections.abc import Callable

import pytest
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from mirrorhunt.model import Candidate, Visit
from pipelines.scope import ScopePipeline
from tests import stored


def candidate(host: str) -> Candidate:
    return Candidate(host, "films", "page_links", None, "linked", "link")


@pytest.mark.parametrize(
    ("host", "says"),
    [
        ("protected.example", "protected: our shop"),
        ("a.protected.example", "protected: our shop"),
        ("co.uk", "protected: a public suffix"),
        ("pagead2.googlesyndication.com", "an advertising network"),
    ],
)
def test_what_is_out_of_bounds_is_no_candidate(host: str, says: str, crawler: Crawler) -> None:
    with pytest.raises(DropItem, match=says):
        ScopePipeline.from_crawler(crawler).process_item(candidate(host))


def test_a_candidate_in_bounds_passes(crawler: Crawler) -> None:
    passed = candidate("films2.example")

    assert ScopePipeline.from_crawler(crawler).process_item(passed) is passed


def test_pointers_out_of_bounds_leave_counted(
    crawler: Crawler, numbers: Callable[[], dict[str, object]]
) -> None:
    hosts = ["protected.example", "films2.example", "pagead2.googlesyndication.com"]
    seen = stored.look("films1.example", pointers=map(stored.pointer, hosts))
    scoped = ScopePipeline.from_crawler(crawler).process_item(seen)

    assert isinstance(scoped, Visit)
    assert [p.host for p in scoped.pointers] == ["films2.example"]
    assert numbers() == {
        "mirrorhunt/scope/protected": 1,
        "mirrorhunt/scope/an advertising network": 1,
    }
