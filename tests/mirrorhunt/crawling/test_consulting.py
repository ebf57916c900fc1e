"""Sources over real TLS on loopback: who is asked, in what order, and what is said of failures."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.settings import Settings

from mirrorhunt.config import Config
from mirrorhunt.crawling.consulting import MAX_FAILURES, Consulting
from mirrorhunt.errors import UnknownNameError
from mirrorhunt.sources import CERTIFICATES, REGISTRATIONS, Question
from tests.library import (
    CONFIG,
    CT,
    IANA,
    RDAP,
    REGISTRY,
    SPOTTER,
    library,
    logged,
    registered,
    reply,
    run,
    spotted,
)
from tests.nameserver import SERVFAIL

# tldextract leaves its list file to the garbage collector, which may find it in any test.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Exception ignored in.*public_suffix_list:pytest.PytestUnraisableExceptionWarning"
)

DOMAIN = Question("films.example")
LABEL = Question("filmsenzalimiti", is_label=True)
BUSY = reply("<html>502</html>", 502)
ENOUGH = reply('{"code":"rate_limited"}', 429)
NOTHING = reply("[]")
UNKNOWN = reply('{"errorCode":404}', 404)


# ---------------------------------------------------------------- certificates


def test_a_label_is_asked_of_the_source_that_can_be_asked() -> None:
    async def test() -> None:
        async with library({CT: [logged("filmsenzalimiti.test")]}) as lib:
            answer = await lib.consult.certificates(LABEL)
            assert answer is not None
            assert answer.issuances[0].names == ("filmsenzalimiti.test",)
            assert lib.asked == {CT: ["/?q=%25filmsenzalimiti%25&output=json"]}
            # It has been put: not again in this run.
            assert await lib.consult.certificates(LABEL) is None
            assert lib.stat("source_answered/crt_sh") == lib.stat("source_items/crt_sh") == 1

    run(test)


def test_the_first_source_that_knows_something_is_enough() -> None:
    async def test() -> None:
        async with library({SPOTTER: [spotted("films.example", "other.test")]}) as lib:
            answer = await lib.consult.certificates(DOMAIN)
            assert answer is not None
            assert answer.issuances[0].names == ("films.example", "other.test")
            assert CT not in lib.asked

    run(test)


def test_an_empty_answer_is_checked_with_the_next_source() -> None:
    # An ailing source gives an empty list where there are certificates.
    async def test() -> None:
        async with library({SPOTTER: [NOTHING], CT: [logged("films.example")]}) as lib:
            answer = await lib.consult.certificates(DOMAIN)
            assert answer is not None
            assert answer.items == 1
            assert lib.stat("source_failed/cert_spotter") is None

    run(test)


@pytest.mark.parametrize(
    ("said", "error"),
    [
        pytest.param(BUSY, "status 502", id="error status"),
        pytest.param(reply("<html>maintenance"), "no JSON list", id="a page"),
        pytest.param(reply('[{"dns_names": ["fil'), "no JSON", id="half an answer"),
        pytest.param(b"", "reset", id="hangs up"),
        pytest.param(reply("", 302), "without a Location", id="to nowhere"),
        pytest.param(reply("", 302, Location="http://crt.sh/"), "not https", id="unencrypted"),
        pytest.param(reply("", 302, Location="https://10.0.0.1/"), "guarded", id="to the inside"),
        pytest.param(
            reply("", 302, Location="https://api.certspotter.com/"), "redirects", id="in circles"
        ),
    ],
)
def test_a_source_that_fails_is_named_and_the_next_one_asked(said: bytes, error: str) -> None:
    async def test() -> None:
        async with library({SPOTTER: [said], CT: [logged("films.example")]}) as lib:
            answer = await lib.consult.certificates(DOMAIN)
            assert answer is not None
            assert answer.items == 1
            health = lib.consult.health["cert_spotter"]
            assert (health.asked, health.answered, health.failed) == (1, 0, 1)
            assert error in health.last_error
            assert "\n" not in health.last_error
            assert lib.stat("source_failed/cert_spotter") == 1
            assert lib.stat("source_error/cert_spotter") == health.last_error

    run(test)


def test_one_failed_answer_is_asked_for_again() -> None:
    async def test() -> None:
        async with library({CT: [BUSY, logged("filmsenzalimiti.test")]}) as lib:
            answer = await lib.consult.certificates(LABEL)
            assert answer is not None
            assert answer.items == 1
            assert lib.stat("source_failed/crt_sh") is None

    run(test)


def test_a_source_that_keeps_failing_is_left_alone() -> None:
    async def test() -> None:
        async with library({CT: [BUSY]}) as lib:
            for n in range(5):
                assert (
                    await lib.consult.certificates(Question(f"label{n}a", is_label=True)) is None
                )
            assert lib.consult.health["crt_sh"].failed == MAX_FAILURES

    run(test)


def test_a_source_that_has_enough_is_not_asked_again_and_has_not_failed() -> None:
    async def test() -> None:
        says = {SPOTTER: [spotted("a.example"), ENOUGH], CT: [logged("b.example")]}
        async with library(says) as lib:
            for name in ("a.example", "b.example", "c.example"):
                assert await lib.consult.certificates(Question(name)) is not None
            assert len(lib.asked[SPOTTER]) == 2
            assert lib.stat("source_spent/cert_spotter") == 1
            assert lib.stat("source_failed/cert_spotter") is None

    run(test)


def test_a_source_that_never_answered_for_having_enough_has_failed() -> None:
    async def test() -> None:
        async with library({SPOTTER: [ENOUGH], CT: [logged("a.example")]}) as lib:
            await lib.consult.certificates(DOMAIN)
            assert lib.stat("source_failed/cert_spotter") == 1

    run(test)


def test_a_source_that_does_not_exist_here_is_absent() -> None:
    async def test() -> None:
        async with library({}, zones={}) as lib:
            assert await lib.consult.certificates(DOMAIN) is None
            assert await lib.consult.registration("films.example") is None
            for name, health in lib.consult.health.items():
                assert health.is_absent, name
                assert lib.stat(f"source_absent/{name}") == 1
                assert lib.stat(f"source_failed/{name}") is None
            assert lib.consult.left(CERTIFICATES) == lib.consult.left(REGISTRATIONS) == 0

    run(test)


def test_a_nameserver_that_does_not_know_makes_nobody_absent() -> None:
    async def test() -> None:
        async with library({}, zones={CT: SERVFAIL}) as lib:
            assert await lib.consult.certificates(LABEL) is None
            assert lib.stat("source_failed/crt_sh") == 1

    run(test)


# ---------------------------------------------------------------- registrations


def test_a_redirector_is_followed_to_the_registry() -> None:
    async def test() -> None:
        to = f"https://{REGISTRY}/v1/domain/films.example"
        says = {RDAP: [reply("", 302, Location=to)], REGISTRY: [registered("FILMS.EXAMPLE")]}
        async with library(says) as lib:
            said = await lib.consult.registration("films.example")
            assert said is not None
            assert said.registered_at == datetime(2026, 3, 18, tzinfo=UTC)
            assert await lib.consult.registration("films.example") is None
            assert lib.asked[REGISTRY] == ["/v1/domain/films.example"]

    run(test)


def test_without_the_redirector_the_registry_is_found_by_the_list_fetched_once() -> None:
    guide = json.dumps({"services": [[["example"], [f"https://{REGISTRY}/"]]]})

    async def test() -> None:
        says = {
            RDAP: [BUSY],
            IANA: [reply(guide)],
            REGISTRY: [registered("a.example"), registered("b.example")],
        }
        async with library(says) as lib:
            assert await lib.consult.registration("a.example") is not None
            assert await lib.consult.registration("b.example") is not None
            assert lib.asked[IANA] == ["/rdap/dns.json"]
            assert lib.stat("source_failed/rdap_org") == 2

    run(test)


def test_a_domain_that_no_registry_knows_is_no_failure() -> None:
    async def test() -> None:
        async with library({RDAP: [UNKNOWN]}) as lib:
            assert await lib.consult.registration("films.example") is None
            assert IANA not in lib.asked
            assert lib.stat("source_failed/rdap_org") is None

    run(test)


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(registered("other.example"), id="another name"),
        pytest.param(
            registered("films.example", (datetime.now(UTC) + timedelta(days=9)).isoformat()),
            # Would be another owner, and all that was seen would weigh nothing.
            id="not yet",
        ),
    ],
)
def test_what_cannot_be_is_not_believed(said: bytes) -> None:
    async def test() -> None:
        async with library({RDAP: [said]}) as lib:
            assert await lib.consult.registration("films.example") is None

    run(test)


# ---------------------------------------------------------------- budgets


def test_no_more_is_asked_than_a_round_allows() -> None:
    config = replace(CONFIG, ct_questions_per_round=2, rdap_questions_per_round=1)

    async def test() -> None:
        says = {CT: [logged("a.example")], RDAP: [registered("a.example")]}
        async with library(says, config=config) as lib:
            for n in range(5):
                await lib.consult.certificates(Question(f"label{n}a", is_label=True))
                await lib.consult.registration("a.example")
            assert (len(lib.asked[CT]), len(lib.asked[RDAP])) == (2, 1)
            # What there was no budget for is put in the next round.
            lib.consult.begin_round()
            assert await lib.consult.certificates(Question("label2a", is_label=True)) is not None

    run(test)


def test_a_source_is_given_time_between_two_questions() -> None:
    config = replace(CONFIG, source_pause_s=0.2)

    async def test() -> None:
        async with library({CT: [logged("a.example")]}, config=config) as lib:
            loop = asyncio.get_running_loop()
            began = loop.time()
            # At the same time: each waits for its turn.
            await asyncio.gather(
                *(
                    lib.consult.certificates(Question(f"label{n}a", is_label=True))
                    for n in range(3)
                )
            )
            assert loop.time() - began >= 0.4

    run(test)


def test_sources_that_are_not_enabled_are_not_asked() -> None:
    async def test() -> None:
        async with library({}, config=replace(CONFIG, sources=())) as lib:
            assert lib.consult.left(CERTIFICATES) == 0
            assert await lib.consult.certificates(DOMAIN) is None
            assert await lib.consult.registration("films.example") is None

    run(test)


def test_a_source_that_there_is_not_is_an_error() -> None:
    with pytest.raises(UnknownNameError, match="no source 'crtsh'; there are: cert_spotter"):
        Consulting(Crawler(Spider, Settings()), Config(sources=("crtsh",)))
