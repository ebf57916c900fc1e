"""What the feeds of a hunt propose."""

import asyncio
import gzip
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from mirrorhunt.crawling.scene import Scene
from mirrorhunt.errors import InputError
from mirrorhunt.model import Candidate
from spiders.name_feeds import NameFeedsSpider
from tests import make


def proposed(*feeds: Path, standing: str = "filmnetz12.example") -> list[Candidate]:
    given: dict[str, Any] = {
        "network": "films",
        "known": ((standing, make.NOW),),
        "is_out": lambda host: host == "filmnetz66.example",
        "feeds": tuple(map(str, feeds)),
    }
    # The rest is what other techniques ask by.
    rest: dict[str, Any] = {field.name: None for field in fields(Scene) if field.name not in given}

    async def all_of() -> list[Candidate]:
        return [c async for c in NameFeedsSpider.propose(Scene(**given, **rest))]

    return asyncio.run(all_of())


def test_without_feeds_nothing_is_proposed() -> None:
    assert proposed() == []


def test_what_is_protected_or_stands_or_looks_like_nothing_is_not_proposed(tmp_path: Path) -> None:
    feed = tmp_path / "new.txt"
    feed.write_text("filmnetz66.example\nwww.filmnetz12.example\nthegreatfilmnetzsite.example\n")

    assert proposed(feed) == []


def test_a_label_too_short_to_be_looked_for_costs_no_look_at_the_feed(tmp_path: Path) -> None:
    assert proposed(tmp_path / "gone.txt", standing="film1.example") == []


def test_names_that_look_alike_are_proposed_from_each_feed(tmp_path: Path) -> None:
    (tmp_path / "new.txt").write_text("unrelated.example\nfilmnetz13.example\n")
    (tmp_path / "com.zone.gz").write_bytes(
        gzip.compress(b"$ORIGIN com.\nFILMNETZTV NS ns1.host.example.\n")
    )
    found = proposed(tmp_path / "new.txt", tmp_path / "com.zone.gz")

    assert found == [
        Candidate(
            "filmnetz13.example",
            "films",
            "name_feeds",
            None,
            "its label is “filmnetz” as that of filmnetz12.example, digits and hyphens apart; "
            "in new.txt",
            "feed_label",
        ),
        Candidate(
            "filmnetztv.com",
            "films",
            "name_feeds",
            None,
            "its label is that of filmnetz12.example with “tv” after it; in com.zone.gz",
            "feed_affix",
        ),
    ]


def test_a_feed_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read"):
        proposed(tmp_path / "gone.txt")
