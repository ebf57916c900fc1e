"""An item is done when it is stored, and a fault of the database is heard."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import replace
from typing import Any

import pytest
from scrapy.crawler import Crawler
from sqlalchemy import Engine, text

from mirrorhunt.errors import StoreError
from mirrorhunt.model import Candidate
from pipelines.store import BATCH_ITEMS, StorePipeline
from tests import stored


@pytest.fixture
def store(any_engine: Engine, crawler_on: Callable[[Engine], Crawler]) -> Iterator[StorePipeline]:
    """The step, on either database."""
    made = StorePipeline.from_crawler(crawler_on(any_engine))
    yield made
    asyncio.run(made.close_spider())


def candidate(host: str) -> Candidate:
    return Candidate(host, "films", "page_links", None, "linked", "link")


def run(work: Coroutine[Any, Any, Any]) -> Any:
    # A writer that nobody wakes would wait for ever.
    return asyncio.run(asyncio.wait_for(work, timeout=20))


def test_an_item_is_stored_when_it_is_done(any_engine: Engine, store: StorePipeline) -> None:
    seen, found = stored.look("films1.example"), candidate("films2.example")

    async def both() -> None:
        assert await store.process_item(seen) is seen
        assert stored.counts(any_engine)["visits"] == 1
        assert await store.process_item(found) is found
        assert stored.counts(any_engine)["candidates"] == 1

    run(both())


def test_many_items_at_once_are_all_stored(any_engine: Engine, store: StorePipeline) -> None:
    hosts = [f"films{n}.example" for n in range(2 * BATCH_ITEMS + 7)]

    async def all_of_them() -> None:
        visits = [store.process_item(stored.look(host)) for host in hosts]
        found = [store.process_item(candidate(host)) for host in hosts]
        await asyncio.gather(*visits, *found)

    run(all_of_them())
    counts = stored.counts(any_engine)
    assert (counts["visits"], counts["candidates"]) == (len(hosts), len(hosts))


def test_storing_again_changes_nothing(any_engine: Engine, store: StorePipeline) -> None:
    seen = stored.look("films1.example", {"brand": ["films"]})
    run(store.process_item(seen))
    before = stored.everything(any_engine)
    run(store.process_item(seen))

    assert stored.everything(any_engine) == before


def test_a_fault_of_the_database_reaches_every_item(
    any_engine: Engine, store: StorePipeline
) -> None:
    with any_engine.begin() as connection:
        connection.execute(text("alter table observations rename to hidden"))

    async def three() -> list[Any]:
        seen = [stored.look(f"films{n}.example", {"brand": ["films"]}) for n in range(3)]
        return await asyncio.gather(*map(store.process_item, seen), return_exceptions=True)

    assert {type(fault) for fault in run(three())} == {StoreError}
    # Whole or not at all.
    with any_engine.begin() as connection:
        assert connection.execute(text("select count(*) from visits")).scalar() == 0
        connection.execute(text("alter table hidden rename to observations"))


def test_after_a_fault_the_next_item_is_written(any_engine: Engine, store: StorePipeline) -> None:
    broken = replace(stored.look("films1.example"), ruling=None)

    async def one_and_another() -> None:
        # Whatever it is, it is told as what it came to: the item could not be stored.
        with pytest.raises(StoreError):
            await store.process_item(broken)
        await store.process_item(stored.look("films2.example"))

    run(one_and_another())
    assert stored.counts(any_engine)["visits"] == 1


def test_an_item_that_nobody_waits_for_any_more_does_not_stop_the_writer(
    any_engine: Engine, store: StorePipeline
) -> None:
    async def cancelled_and_not() -> None:
        first = asyncio.create_task(store.process_item(stored.look("films1.example")))
        second = asyncio.create_task(store.process_item(stored.look("films2.example")))
        # One turn of the loop: both wait, and neither is written yet.
        await asyncio.sleep(0)
        first.cancel()
        await second

    run(cancelled_and_not())
    assert stored.counts(any_engine)["visits"] == 2
