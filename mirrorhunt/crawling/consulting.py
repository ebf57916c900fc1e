"""Ask public sources about names: politely, one after the other, and never failing in silence.

Sources that answer the same question are asked in their order until one answers. Each has its
health kept and written into the crawl's stats, so that whoever reads the summary sees which source
answered and which has stopped to: a hunt that found nothing and one that could not ask must not
look alike.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from scrapy import Request

from mirrorhunt.crawling.failing import UnresolvedHostError, failure_of
from mirrorhunt.model import Rcode
from mirrorhunt.page import MAX_BODY_BYTES
from mirrorhunt.sources import (
    CERTIFICATES,
    REGISTRATIONS,
    Answer,
    Question,
    Registration,
    Source,
    UnreadableAnswerError,
    sources,
)

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from mirrorhunt.config import Config

TIMEOUT_S = 60.0
"""For one answer: crt.sh takes half a minute for a label that many names hold."""
MAX_HOPS = 3
"""A redirector sends on once; a registry may send on to another."""
TRIES = 2
"""One failed answer of a busy source is no reason to go without it."""
MAX_FAILURES = 2
"""Questions in a row that may fail before a source is left alone for the rest of the run."""
_MAX_ERROR_CHARS = 200
# The domain is not registered, or the registry does not speak of it: an answer, and a short one.
_NOTHING_KNOWN = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_SPENT = frozenset({HTTPStatus.TOO_MANY_REQUESTS})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(slots=True)
class Health:
    """How one source has done in this run."""

    asked: int = 0
    answered: int = 0
    failed: int = 0
    items: int = 0
    """Certificates, or registrations, that it told of."""
    last_error: str = ""
    failures_in_a_row: int = 0
    is_spent: bool = False
    """It answered, until it said that this was enough for now (429)."""
    is_absent: bool = False
    """Its name does not exist in the DNS that we ask: a closed network, or gone for good."""
    is_resting: bool = False
    """Not asked again in this run."""


class _FailedError(Exception):
    """No answer, and why."""

    def __init__(self, why: str, *, is_spent: bool = False, is_absent: bool = False) -> None:
        super().__init__(why)
        self.is_spent = is_spent
        self.is_absent = is_absent

    @property
    def is_final(self) -> bool:
        """True if asking again would end the same way."""
        return self.is_spent or self.is_absent


class Consulting:
    """Asks sources through one crawler's downloader, guard and all."""

    def __init__(self, crawler: Crawler, config: Config) -> None:
        self._crawler = crawler
        self.now = config.now
        self._pause_s = config.source_pause_s
        self._sources = {name: sources[name] for name in config.sources}
        self._health = {name: Health() for name in self._sources}
        self._turns = {name: asyncio.Lock() for name in self._sources}
        self._free_at: dict[str, float] = {}
        self._guides: dict[str, bytes] = {}
        self._put: set[tuple[str, Question]] = set()
        self._per_round = {
            CERTIFICATES: config.ct_questions_per_round,
            REGISTRATIONS: config.rdap_questions_per_round,
        }
        self._left = dict.fromkeys(self._per_round, 0)

    @property
    def health(self) -> Mapping[str, Health]:
        """By source, those that are enabled."""
        return self._health

    def begin_round(self, rounds: int = 1) -> None:
        """Give out the budget of one round, or of several that a killed run asked before."""
        self._left = {kind: budget * rounds for kind, budget in self._per_round.items()}

    def left(self, kind: str) -> int:
        """How many questions of *kind* may still be put in this round; 0 where nobody is left to
        answer."""
        return self._left.get(kind, 0) if self._answering(kind) else 0

    async def certificates(self, question: Question) -> Answer | None:
        """The certificates that sources know for *question*, each asked once a run.

        None: put already, no budget, or nobody answered. An empty answer is checked with the next
        source, as an ailing one gives nothing where there is something.
        """
        if (CERTIFICATES, question) in self._put:
            return None
        answer: Answer | None = None
        for name, source in self._answering(CERTIFICATES):
            if self._left[CERTIFICATES] <= 0:
                break
            found = await self._ask(name, source, question)
            answer = found or answer
            self._put.add((CERTIFICATES, question))
            if found is not None and found.items:
                break
        return answer

    async def registration(self, domain: str) -> Registration | None:
        """What the registry of *domain* says, asked once a run; None if it says nothing, or
        nobody answered.

        An answer about another name is none, and neither is a date that has not come yet.
        """
        question = Question(domain)
        if (REGISTRATIONS, question) in self._put:
            return None
        for name, source in self._answering(REGISTRATIONS):
            if self._left[REGISTRATIONS] <= 0:
                break
            answer = await self._ask(name, source, question)
            self._put.add((REGISTRATIONS, question))
            if answer is None:
                continue
            found = answer.registration
            if found is None or found.domain != domain:
                return None
            at = found.registered_at
            return found if at is None or at <= self.now() else None
        return None

    def _answering(self, kind: str) -> list[tuple[str, Source]]:
        able = [
            (name, source)
            for name, source in self._sources.items()
            if source.answers == kind and not self._health[name].is_resting
        ]
        return sorted(able, key=lambda pair: (pair[1].order, pair[0]))

    async def _ask(self, name: str, source: Source, question: Question) -> Answer | None:
        """The answer of one source; None if it cannot be asked this, or did not answer."""
        async with self._turns[name]:
            health = self._health[name]
            if health.is_resting:
                return None
            try:
                url = source.url(question, await self._guide(name, source))
                if url is None:
                    return None
                self._left[source.answers] -= 1
                health.asked += 1
                self._count("asked", name)
                answer = await self._tried(name, source, url)
            except _FailedError as e:
                self._note_failure(name, e)
                return None
            health.answered += 1
            health.items += answer.items
            health.failures_in_a_row = 0
            self._count("answered", name)
            self._count("items", name, answer.items)
            return answer

    async def _guide(self, name: str, source: Source) -> bytes:
        if not source.guide:
            return b""
        if name not in self._guides:
            response = await self._fetch(name, source.guide)
            self._guides[name] = response.body
        return self._guides[name]

    async def _tried(self, name: str, source: Source, url: str) -> Answer:
        for attempt in range(TRIES):
            try:
                response = await self._fetch(name, url)
                if response.status in _NOTHING_KNOWN:
                    return Answer()
                answer = source.read(response.body)
            except UnreadableAnswerError as e:
                failed = _FailedError(f"{e} ({len(response.body)} bytes)")
            except _FailedError as e:
                failed = e
            else:
                return answer
            if failed.is_final or attempt == TRIES - 1:
                raise failed
        raise AssertionError("every try returns or raises")

    async def _fetch(self, name: str, url: str) -> Response:
        """The last response of the chain that begins at *url*: a 200, or one that means that
        nothing is known. Raises _FailedError."""
        for _ in range(MAX_HOPS + 1):
            await self._wait(name)
            try:
                response = await self._download(name, url)
            finally:
                # From the answer on, not from the question: a slow source has enough to do.
                self._free_at[name] = asyncio.get_running_loop().time() + self._pause_s
            if response.status in _REDIRECTS:
                url = _redirected(response)
                continue
            if response.status == HTTPStatus.OK or response.status in _NOTHING_KNOWN:
                return response
            raise _FailedError(f"status {response.status}", is_spent=response.status in _SPENT)
        raise _FailedError(f"more than {MAX_HOPS} redirects, the last to {url[:80]}")

    async def _wait(self, name: str) -> None:
        """Until *name* may be asked again."""
        pause_s = self._free_at.get(name, 0.0) - asyncio.get_running_loop().time()
        if pause_s > 0:
            await asyncio.sleep(pause_s)

    async def _download(self, name: str, url: str) -> Response:
        engine = self._crawler.engine
        assert engine is not None
        request = Request(
            url,
            headers={"Accept": "application/rdap+json, application/json"},
            meta={
                "download_timeout": TIMEOUT_S,
                "download_maxsize": MAX_BODY_BYTES,
                # An interface made for programs; robots.txt is about its pages.
                "dont_obey_robotstxt": True,
            },
            dont_filter=True,
        )
        try:
            return await engine.download_async(request)
        except Exception as e:
            failure = failure_of(e)
            if failure is None:
                raise
            is_absent = isinstance(e, UnresolvedHostError) and e.rcode is Rcode.NXDOMAIN
            raise _FailedError(
                f"{failure.kind.value}: {failure.detail}",
                # Of a redirect's target that would say nothing about the source.
                is_absent=is_absent and _is_own(url, self._sources[name]),
            ) from e

    def _note_failure(self, name: str, failure: _FailedError) -> None:
        health = self._health[name]
        health.failures_in_a_row += 1
        health.last_error = " ".join(str(failure).split())[:_MAX_ERROR_CHARS]
        health.is_absent = failure.is_absent
        health.is_spent = failure.is_spent and health.answered > 0
        health.is_resting = failure.is_final or health.failures_in_a_row >= MAX_FAILURES
        if health.is_absent:
            self._count("absent", name)
        elif health.is_spent:
            self._count("spent", name)
        else:
            health.failed += 1
            self._count("failed", name)
        assert self._crawler.stats is not None
        self._crawler.stats.set_value(f"mirrorhunt/source_error/{name}", health.last_error)

    def _count(self, what: str, name: str, by: int = 1) -> None:
        assert self._crawler.stats is not None
        self._crawler.stats.inc_value(f"mirrorhunt/source_{what}/{name}", by)


def _redirected(response: Response) -> str:
    location = response.headers.get("Location")
    if location is None:
        raise _FailedError(f"status {response.status} without a Location")
    try:
        to = urljoin(response.url, location.decode("latin-1").strip())
        scheme = urlsplit(to).scheme
    except ValueError:
        raise _FailedError("a redirect to no URL") from None
    if scheme != "https":
        # Dates decide what counts: no unencrypted way, though certificates are not checked here.
        raise _FailedError(f"a redirect to {to[:80]}, which is not https")
    return to


def _is_own(url: str, source: Source) -> bool:
    first = source.guide or source.url(Question("example.com"), b"") or ""
    return urlsplit(url).hostname == urlsplit(first).hostname
