"""Names one way."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from mirrorhunt.model import Candidate, Visit
from pipelines.tidy import TidyPipeline
from tests import stored


def candidate(host: str) -> Candidate:
    return Candidate(host, "films", "page_links", None, "linked", "link")


@pytest.mark.parametrize(
    "host", ["", "films", "192.0.2.7", "co.uk", "github.io", "a b.example", "x" * 300, "\ud800.a"]
)
def test_what_is_no_host_leaves_here(host: str, crawler: Crawler) -> None:
    with pytest.raises(DropItem):
        TidyPipeline.from_crawler(crawler).process_item(candidate(host))


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("FILMS2.Example.", "films2.example"),
        ("www.films2.example", "films2.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("films.github.io", "films.github.io"),
    ],
)
def test_a_candidate_is_written_one_way(host: str, expected: str, crawler: Crawler) -> None:
    tidy = TidyPipeline.from_crawler(crawler).process_item(candidate(host))

    assert tidy == candidate(expected)


def test_pointers_are_written_one_way_and_once(
    crawler: Crawler, numbers: Callable[[], dict[str, object]]
) -> None:
    hosts = [
        "films1.example",
        "WWW.films1.example",
        "192.0.2.7",
        "www.films2.example",
        "films2.example",
        "films2.example.",
    ]
    pointers = [*map(stored.pointer, hosts), stored.pointer("films2.example", "text")]
    tidy = TidyPipeline.from_crawler(crawler).process_item(
        stored.look("films1.example", pointers=pointers)
    )

    assert isinstance(tidy, Visit)
    assert [(p.host, p.how) for p in tidy.pointers] == [
        ("films2.example", "link"),
        ("films2.example", "text"),
    ]
    assert numbers() == {"mirrorhunt/tidy/itself": 2, "mirrorhunt/tidy/no_host": 1}


def test_the_rest_of_a_visit_is_left_alone(crawler: Crawler) -> None:
    seen = stored.look("films1.example", pointers=[stored.pointer("www.films2.example")])
    tidy = TidyPipeline.from_crawler(crawler).process_item(seen)

    assert isinstance(tidy, Visit)
    assert replace(tidy, pointers=()) == replace(seen, pointers=())
