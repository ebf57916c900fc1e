"""Which looks are kept, and that a full archive costs no visit."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from scrapy.crawler import Crawler
from sqlalchemy import Engine

from mirrorhunt.archive.vault import Vault
from mirrorhunt.config import Config
from mirrorhunt.crawling.addon import KEY
from mirrorhunt.model import Availability, Candidate, Ruling, Verdict, Visit
from mirrorhunt.rendering import Rendering
from pipelines.archive import ArchivePipeline
from pipelines.store import StorePipeline
from tests import stored

Numbers = Callable[[], dict[str, object]]


@pytest.fixture
def step(crawler: Crawler, tmp_path: Path) -> ArchivePipeline:
    """The step, with an archive of this test's own."""
    return step_with(crawler, archive=str(tmp_path / "kept"))


def step_with(crawler: Crawler, **settings: object) -> ArchivePipeline:
    config = crawler.settings[KEY]
    crawler.settings.set(KEY, replace(config, **settings))
    return ArchivePipeline.from_crawler(crawler)


def through(step: ArchivePipeline, visit: Visit) -> Visit:
    seen = asyncio.run(step.process_item(visit))
    assert isinstance(seen, Visit)
    return seen


def reason(step: ArchivePipeline, visit: Visit) -> str:
    capture = through(step, visit).capture
    return capture.reason if capture else ""


def with_picture(visit: Visit) -> Visit:
    drawn = Rendering("https://x.example/", "https://x.example/", 200, screenshot=b"\x89PNG")
    return replace(visit, rendering=drawn)


def test_a_live_front_page_of_a_candidate_is_kept_for_now(
    step: ArchivePipeline, tmp_path: Path
) -> None:
    seen = through(step, stored.look("films2.example"))

    assert seen.capture is not None
    assert seen.capture.reason == "candidate"
    vault = Vault(tmp_path / "kept", 0)
    assert [vault.holds(f.digest) for f in seen.capture.files] == [True]


@pytest.mark.parametrize(
    "visit",
    [
        pytest.param(stored.look("films2.example", path="/contact"), id="another page"),
        pytest.param(
            stored.look("films2.example", state=Availability.PARKED),
            id="a candidate that is parked when first seen",
        ),
        pytest.param(
            replace(
                stored.look("films1.example"),
                ruling=Ruling(Availability.UNRESOLVED, "unresolved:own", "our line is down"),
            ),
            id="a seed that was not reached through our own failure",
        ),
    ],
)
def test_what_is_not_kept(step: ArchivePipeline, visit: Visit) -> None:
    assert reason(step, visit) == ""


def test_what_stands_is_kept_in_every_state(step: ArchivePipeline, engine: Engine) -> None:
    hunting = stored.begun(engine)
    stored.proposed(engine, hunting, "films2.example", "films3.example")
    stored.concluded(
        engine,
        hunting,
        stored.judgement("films2.example", Verdict.PROBABLE),
        stored.judgement("films3.example", Verdict.CONFIRMED),
    )
    hosts = {"films1.example": "seed", "films2.example": "probable", "films3.example": "confirmed"}
    for host, word in hosts.items():
        for state in (Availability.LIVE, Availability.DEAD, Availability.CHALLENGE):
            assert reason(step, stored.look(host, state=state)) == word
        assert reason(step, stored.look(host, path="/contact")) == ""


def test_another_state_than_before_is_kept(step: ArchivePipeline, engine: Engine) -> None:
    hunting = stored.begun(engine)
    stored.proposed(engine, hunting, "films8.example")
    stored.looked(engine, hunting, stored.look("films8.example", state=Availability.PARKED))

    assert reason(step, stored.look("films8.example", state=Availability.PARKED)) == ""
    assert reason(step, stored.look("films8.example", state=Availability.SEIZED)) == "state"
    assert reason(step, stored.look("films8.example")) == "state"


def test_a_picture_is_kept_whatever_page_it_is_of(step: ArchivePipeline) -> None:
    seen = through(step, with_picture(stored.look("films2.example", path="/#picture")))

    assert seen.capture is not None
    assert [f.role for f in seen.capture.files] == ["warc", "screenshot"]


def test_candidates_pass(step: ArchivePipeline) -> None:
    item = Candidate("films2.example", "films", "page_links", None, "linked", "link")

    assert asyncio.run(step.process_item(item)) is item


def test_a_full_archive_costs_the_capture_and_not_the_visit(
    crawler: Crawler, engine: Engine, tmp_path: Path, numbers: Numbers
) -> None:
    step = step_with(crawler, archive=str(tmp_path / "kept"), archive_quota_mib=1)
    Vault(tmp_path / "kept", 1024 * 1024).put(b"x" * (1024 * 1024 - 10))
    seen = through(step, stored.look("films2.example"))
    store = StorePipeline.from_crawler(crawler)

    async def written() -> None:
        await store.process_item(seen)
        await store.close_spider()

    asyncio.run(written())
    assert seen.capture is None
    assert numbers()["mirrorhunt/archive/full"] == 1
    assert "is full" in str(numbers()["mirrorhunt/archive/why"])
    counts = stored.counts(engine)
    assert (counts["visits"], counts["captures"]) == (1, 0)


def test_an_archive_that_cannot_be_written_is_told(
    crawler: Crawler, tmp_path: Path, numbers: Numbers
) -> None:
    (tmp_path / "kept").write_text("no folder")
    step = step_with(crawler, archive=str(tmp_path / "kept"))

    assert through(step, stored.look("films2.example")).capture is None
    assert numbers()["mirrorhunt/archive/failed"] == 1


def test_without_a_quota_nothing_is_kept_and_nobody_complains(
    crawler: Crawler, tmp_path: Path, numbers: Numbers
) -> None:
    step = step_with(crawler, archive=str(tmp_path / "kept"), archive_quota_mib=0)

    assert through(step, stored.look("films2.example")).capture is None
    assert not (tmp_path / "kept").exists()
    assert numbers() == {}


def test_the_archive_is_beside_the_database() -> None:
    def path(**settings: str) -> Path:
        return Config(**settings).archive_path  # type: ignore[arg-type]  # Texts alone here.

    assert path() == Path("mirrorhunt-archive")
    assert path(database_url="sqlite:////srv/data/goal.db") == Path("/srv/data/goal-archive")
    assert path(database_url="sqlite:///data/goal.db?x=1") == Path("data/goal-archive")
    assert path(database_url="sqlite://") == Path("mirrorhunt-archive")
    assert path(database_url="postgresql+psycopg://u@h/goal") == Path("mirrorhunt-archive")
    assert path(archive="/srv/a") == Path("/srv/a")
