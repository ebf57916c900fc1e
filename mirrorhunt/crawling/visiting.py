"""Look at one host: DNS, TLS, the front page, the chain of redirects behind it.

The same for every technique. Nothing is believed here and nothing is thrown away: what went wrong
on the other side is part of the visit; what went wrong on ours is told apart, so that it is never
stored as a fact about the target.
"""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import Callable
from contextlib import asynccontextmanager
from copy import copy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from scrapy import Request
from scrapy.exceptions import IgnoreRequest

from mirrorhunt import retrying
from mirrorhunt.config import Config
from mirrorhunt.crawling.failing import failure_of
from mirrorhunt.hops import find_hop
from mirrorhunt.model import (
    DnsFacts,
    Failure,
    FailureKind,
    Hop,
    PeerCertificate,
    Rcode,
    Visit,
)
from mirrorhunt.names import host_of_url, registrable_domain, url_parts
from mirrorhunt.net.peer import peer_certificate
from mirrorhunt.net.reverse import reverse_name
from mirrorhunt.page import Page
from mirrorhunt.vantages import Vantage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from mirrorhunt.net.resolver import Resolver

MAX_HOPS = 10
VISIT_DEADLINE_S = 90.0
"""For one whole visit, whatever it runs into."""
MAX_ICON_BYTES = 512 * 1024
MAX_INNER_PATHS = 8
_REMEMBERED_LANDINGS = 256
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
# What an operator writes on the links to a list of addresses, a contact or a channel list.
_TELLING = re.compile(
    r"mirror|dom[ai]in|indiriz|address|direcci|endere|adresse|proxy|altern|officia?l|ufficial"
    r"|unblock|sblocc|contact|contatt|kontakt|about|chi-siamo|faq|telegram|canal|channel|link"
)


@dataclass(frozen=True, slots=True)
class _Fetched:
    """One response, or why there is none."""

    page: Page | None = None
    certificate: PeerCertificate | None = None
    address: str | None = None
    failure: Failure | None = None


class Visitor:
    """Looks at hosts through one crawler's downloader, politely."""

    def __init__(
        self,
        crawler: Crawler,
        config: Config,
        resolver: Resolver,
        vantage: Vantage | None = None,
    ) -> None:
        self._crawler = crawler
        self._config = config
        self._resolver = resolver
        self._vantage = vantage
        """Another place than the default to look from; *resolver* is then its own."""
        self._gates: dict[str, asyncio.Semaphore] = {}
        self._landings: OrderedDict[str, _Fetched] = OrderedDict()
        self._headers: dict[str, str] = {}
        self._profile = ""
        if vantage is not None:
            named = {"Accept-Language": vantage.language, "User-Agent": vantage.user_agent}
            self._headers = {name: text for name, text in named.items() if text}

    def as_profile(self, profile: str, referrer: str) -> Visitor:
        """The same visitor, asking as *profile* (`mirrorhunt.retrying`) does."""
        asking = copy(self)
        asking._headers = retrying.headers(profile, referrer, self._user_agent)
        asking._profile = profile
        asking._landings = OrderedDict()
        return asking

    @property
    def _user_agent(self) -> str:
        own = self._vantage.user_agent if self._vantage else ""
        return own or self._config.user_agent

    def _blank(self, host: str, network: str, technique: str, path: str = "/") -> Visit:
        name = self._vantage.name if self._vantage else self._config.vantage
        now = self._config.now()
        return Visit(host, network, technique, name, now, path, profile=self._profile)

    async def front(
        self, host: str, network: str, technique: str, wants_icon: Callable[[Page], bool]
    ) -> Visit:
        """Look at the front page of *host*. Raises nothing that the target could bring about."""
        blank = self._blank(host, network, technique)
        dns = await self._resolver.facts(host)
        if not dns.addresses:
            return replace(blank, dns=dns, failure=_unresolved(dns))
        blank = replace(blank, dns=dns)
        async with self._gate(dns.addresses[0]):
            try:
                async with asyncio.timeout(VISIT_DEADLINE_S):
                    return await self._front(blank, wants_icon)
            except TimeoutError:
                late = Failure(FailureKind.TIMEOUT, f"no page within {VISIT_DEADLINE_S:.0f} s")
                return replace(blank, failure=late)

    async def _front(self, blank: Visit, wants_icon: Callable[[Page], bool]) -> Visit:
        visit = await self._follow(blank, f"https://{blank.host}/")
        if visit.page is None and not _is_final(visit.failure):
            plain = await self._follow(blank, f"http://{blank.host}/")
            visit = replace(plain, certificate=plain.certificate or visit.certificate)
        return await self.completed(visit, wants_icon)

    async def completed(self, visit: Visit, wants_icon: Callable[[Page], bool]) -> Visit:
        """*visit* with what its page gives occasion to ask for: the server's name, the icon."""
        page = visit.page
        if page is None or not visit.is_own_page:
            return visit
        named = replace(visit, inner_paths=inner_paths(page, visit.host))
        visit = await self._with_reverse_name(named)
        if visit.icon is not None or not wants_icon(page):
            return visit
        return replace(visit, icon=await self._icon(page))

    async def _with_reverse_name(self, visit: Visit) -> Visit:
        """*visit* with the name of the server that it came from."""
        if visit.dns is None or not visit.dns.addresses:
            return visit
        name = await reverse_name(self._resolver, visit.dns.addresses[0])
        return replace(visit, dns=replace(visit.dns, reverse_name=name)) if name else visit

    async def inner(self, host: str, path: str, network: str, technique: str) -> Visit:
        """Look at another page of *host*; *path* is an absolute path on it."""
        blank = self._blank(host, network, technique, path)
        try:
            async with asyncio.timeout(VISIT_DEADLINE_S):
                visit = await self._follow(blank, f"https://{host}{path}")
                if visit.page is None and not _is_final(visit.failure):
                    visit = await self._follow(blank, f"http://{host}{path}")
                return visit
        except TimeoutError:
            late = Failure(FailureKind.TIMEOUT, f"no page within {VISIT_DEADLINE_S:.0f} s")
            return replace(blank, failure=late)

    async def _follow(self, blank: Visit, url: str) -> Visit:
        """Fetch *url* and whatever it sends us on to, and keep the chain."""
        own_domain = registrable_domain(blank.host) or blank.host
        chain: list[Hop] = []
        passed: list[Page] = []
        fetched: list[Page] = []
        seen = {url}
        certificate: PeerCertificate | None = None
        while True:
            got = await self._fetch(url, is_landing=_domain(url) != own_domain)
            if _domain(url) == own_domain:
                certificate = certificate or got.certificate
            if got.page is not None:
                fetched.append(got.page)
            visit = replace(
                blank,
                certificate=certificate,
                address=got.address,
                chain=tuple(chain),
                passed=tuple(passed),
                fetched=tuple(fetched),
                page=got.page,
                failure=got.failure,
            )
            hop = _next(got.page) if got.page is not None else None
            if hop is None or got.page is None:
                return visit
            if hop.how != "redirect" and _domain(url) == own_domain:
                passed.append(got.page)
            chain.append(hop)
            visit = replace(visit, chain=tuple(chain), passed=tuple(passed))
            if hop.to_url in seen or len(chain) > MAX_HOPS:
                why = f"comes back to {hop.to_url}" if hop.to_url in seen else "too many redirects"
                return replace(visit, page=None, failure=Failure(FailureKind.REDIRECT_LOOP, why))
            seen.add(hop.to_url)
            url = hop.to_url

    async def _fetch(self, url: str, *, is_landing: bool) -> _Fetched:
        # 134 seized domains lead to one page: it is fetched once.
        if is_landing and url in self._landings:
            self._landings.move_to_end(url)
            return self._landings[url]
        got = await self._download(url)
        if is_landing:
            self._landings[url] = got
            if len(self._landings) > _REMEMBERED_LANDINGS:
                self._landings.popitem(last=False)
        return got

    async def _download(self, url: str, max_bytes: int | None = None) -> _Fetched:
        engine, stats = self._crawler.engine, self._crawler.stats
        assert engine is not None
        assert stats is not None
        stats.inc_value("mirrorhunt/requests")
        try:
            request = Request(url, headers=self._headers, dont_filter=True)
        except ValueError as e:
            return _Fetched(failure=Failure(FailureKind.UNREADABLE, str(e)))
        if self._vantage is not None:
            request.meta["vantage"] = self._vantage.name
        if max_bytes is not None:
            request.meta["download_maxsize"] = max_bytes
        try:
            response = await engine.download_async(request)
        except IgnoreRequest as e:
            # robots.txt, where the operator wants it obeyed.
            return _Fetched(failure=Failure(FailureKind.UNREADABLE, str(e)[:300]))
        except Exception as e:
            failure = failure_of(e)
            if failure is None:
                raise
            return _Fetched(failure=failure)
        return _Fetched(
            page_of(response),
            peer_certificate(response.certificate) if response.certificate else None,
            str(response.ip_address) if response.ip_address else None,
        )

    async def _icon(self, page: Page) -> bytes | None:
        url = next((to for rel, to in page.relations if "icon" in rel.split()), None)
        url = url or urljoin(page.url, "/favicon.ico")
        got = await self._download(url, MAX_ICON_BYTES)
        if got.page is None or got.page.status != 200 or not got.page.body:
            return None
        return got.page.body if not got.page.header("content-type").startswith("text/") else None

    @asynccontextmanager
    async def _gate(self, address: str) -> AsyncIterator[None]:
        gate = self._gates.get(address)
        if gate is None:
            gate = self._gates[address] = asyncio.Semaphore(self._config.concurrency_per_address)
        async with gate:
            yield


def page_of(response: Response) -> Page:
    """What we keep of Scrapy's *response*."""
    headers = tuple(
        (name.decode("latin-1").lower(), value.decode("latin-1"))
        for name, values in response.headers.items()
        for value in values
    )
    return Page(
        response.url, response.status, headers, response.body, is_cut="cut" in response.flags
    )


def _unresolved(dns: DnsFacts) -> Failure:
    return Failure(FailureKind.UNRESOLVED, f"no address: {dns.rcode.value}")


def is_doubtful(visit: Visit) -> bool:
    """True if our own connection could be why nothing came back."""
    if visit.failure is None:
        return False
    if visit.failure.kind is FailureKind.UNRESOLVED:
        return visit.dns is None or visit.dns.rcode not in {Rcode.NOERROR, Rcode.NXDOMAIN}
    return visit.failure.kind in _BY_WHOEVER


# A gateway that is down, or wants us to log in, refuses and resets as targets do.
_BY_WHOEVER = frozenset(
    {
        FailureKind.OWN,
        FailureKind.REFUSED,
        FailureKind.RESET,
        FailureKind.TIMEOUT,
        FailureKind.TLS,
    }
)


def _is_final(failure: Failure | None) -> bool:
    """True if plain HTTP would end the same way."""
    return failure is not None and failure.kind in {
        FailureKind.GUARDED,
        FailureKind.REDIRECT_LOOP,
        FailureKind.UNRESOLVED,
    }


def _domain(url: str) -> str:
    host = host_of_url(url) or ""
    return registrable_domain(host) or host


def _next(page: Page) -> Hop | None:
    """Where *page* sends its visitor by itself."""
    if page.status in _REDIRECTS:
        location = page.header("location").strip()
        if not location:
            return None
        try:
            to = urljoin(page.url, location)
        except ValueError:
            return None
        return Hop(page.url, page.status, to, "redirect")
    return find_hop(page)


def inner_paths(page: Page, host: str) -> tuple[str, ...]:
    """Paths on *host* that are worth reading if it stands, the most telling first."""
    own = {host, f"www.{host}"}
    ranked: dict[str, tuple[bool, bool, int]] = {}
    for position, link in enumerate(page.links):
        on, path, query = url_parts(link.url)
        if on not in own or link.region == "comments":
            continue
        words = f"{path} {link.text}".lower()
        if query:
            path += f"?{query}"
        if path in {"", "/"} or len(path) > 300 or path in ranked:
            continue
        is_telling = _TELLING.search(words) is not None
        ranked[path] = (not is_telling, link.region != "template", position)
    return tuple(sorted(ranked, key=lambda path: ranked[path])[:MAX_INNER_PATHS])
