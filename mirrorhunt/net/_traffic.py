"""What a page in the browser asks the network for: decided, noted and counted.

Every request of the page and of its frames, workers and windows comes by here. That is for what we
want to be (a reader who takes no streams and writes nothing) and for the record; the address guard
is the proxy's and rests on nothing here.
"""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import (
    CDPSession,
    Download,
    Page,
    Request,
    Response,
    Route,
    WebSocketRoute,
)
from playwright.async_api import Error as PlaywrightError

from mirrorhunt.names import host_of_url
from mirrorhunt.net import _page_rules as rules
from mirrorhunt.net.forward_proxy import Account
from mirrorhunt.page import MAX_URL_CHARS
from mirrorhunt.rendering import MAX_REQUESTS, Requested

QUIET_S = 0.5
"""Without a request under way, and the page is at rest."""
QUIET_UNLOADED_S = 1.5
"""The same where the page has not said that it is loaded."""
AFTER_LOAD_S = 5.0
"""Requests that go on longer are polls and streams."""
MAX_HEADERS = 200
MAX_HEADER_CHARS = 8192
MAX_PASSED = 2 * rules.MAX_TOP_DOCUMENTS
_HTTP = ("http", "https")


@dataclass(slots=True)
class Asked:
    """A request of the page, while it is drawn."""

    url: str
    kind: str
    status: int | None = None
    refused: str = ""

    def frozen(self) -> Requested:
        """For the rendering."""
        return Requested(self.url, self.kind, self.status, self.refused)


@dataclass(frozen=True, slots=True)
class Document:
    """A response that the top frame got, no redirect."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]


def _nothing() -> None:
    pass


@dataclass(eq=False)
class Traffic:
    """Of one drawing."""

    url: str
    """That is drawn."""
    with_picture: bool
    account: Account
    page: Page | None = None
    """The one that is drawn; all others are windows of its."""
    asked: list[Asked] = field(default_factory=list)
    tops: list[str] = field(default_factory=list)
    """URLs that answered the top frame, redirects among them."""
    top_count: int = 0
    """Documents that the top frame has asked for."""
    documents: list[Document] = field(default_factory=list)
    failed_top: str = ""
    """The document that the top frame last asked for in vain."""
    has_download: bool = False
    on_flood: Callable[[], None] = _nothing
    """Called once, at the first request above `MAX_REQUESTS`."""
    active_at: float = 0.0
    _by_request: dict[Request, Asked] = field(default_factory=dict)
    _count: int = 0
    _under_way: set[Request] = field(default_factory=set)
    _loaded_at: float | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def is_flood(self) -> bool:
        """True if the page asks for more than any page needs."""
        return self._count > MAX_REQUESTS

    def is_at_rest(self, now: float) -> bool:
        """True if nothing is expected any more."""
        if self.account.is_spent or self.is_flood:
            return True
        if self._loaded_at is not None and now - self._loaded_at >= AFTER_LOAD_S:
            return True
        quiet_s = QUIET_UNLOADED_S if self._loaded_at is None else QUIET_S
        return not self._under_way and now - self.active_at >= quiet_s

    def requests(self) -> tuple[Requested, ...]:
        """For the rendering."""
        return tuple(asked.frozen() for asked in self.asked)

    def spawn(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Run *coroutine* beside, until the end of the drawing at most."""
        task = asyncio.ensure_future(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def end(self) -> None:
        """Let nothing run on."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _count_one(self) -> None:
        self._count += 1
        if self._count == MAX_REQUESTS + 1:
            self.on_flood()

    async def decide(self, route: Route) -> None:
        request = route.request
        asked = self._known(request)
        if not asked.refused:
            asked.refused = self._refusal(request, asked.kind)
        with contextlib.suppress(PlaywrightError):
            if asked.refused:
                self._under_way.discard(request)
                # Any other reason would put an error page in the place of the document.
                await route.abort("aborted")
            else:
                await route.continue_()

    def _refusal(self, request: Request, kind: str) -> str:
        if self._count > MAX_REQUESTS or self.account.is_spent:
            return "budget"
        if kind == "document" and self.top_count > rules.MAX_TOP_DOCUMENTS:
            return "budget"
        own_host = host_of_url(self.page.url if self.page else "") or ""
        return rules.refusal(
            request.url,
            kind,
            request.method,
            own_host=own_host or (host_of_url(self.url) or ""),
            with_picture=self.with_picture,
            is_popup=kind == "popup",
        )

    def _known(self, request: Request) -> Asked:
        asked = self._by_request.get(request)
        if asked is not None:
            return asked
        self._count_one()
        asked = Asked(request.url[:MAX_URL_CHARS], self._kind(request))
        if len(self.asked) < MAX_REQUESTS:
            self.asked.append(asked)
            self._by_request[request] = asked
        if asked.kind == "document":
            self.top_count += 1
            self._loaded_at = None
        if asked.kind != "popup" and self._count <= MAX_REQUESTS:
            self._under_way.add(request)
            self.active_at = _clock()
        return asked

    def _kind(self, request: Request) -> str:
        try:
            frame = request.frame
            if frame.page is not self.page:
                return "popup"
            if request.resource_type == "document" and frame.parent_frame is not None:
                return "subframe"
        except PlaywrightError:
            # Of a window that has no frame yet.
            return "popup" if request.is_navigation_request() else request.resource_type
        return request.resource_type

    async def refuse_socket(self, socket: WebSocketRoute) -> None:
        self._count_one()
        if len(self.asked) < MAX_REQUESTS:
            url = socket.url[:MAX_URL_CHARS]
            self.asked.append(Asked(url, "websocket", refused="websocket"))
        with contextlib.suppress(PlaywrightError):
            await socket.close()

    async def on_head(self, session: CDPSession, event: Mapping[str, Any]) -> None:
        """A response has begun: a stream's is read no further."""
        headers = event.get("responseHeaders") or ()
        kind = next((h["value"] for h in headers if h["name"].lower() == "content-type"), "")
        what = {"requestId": event["requestId"]}
        with contextlib.suppress(PlaywrightError):
            if rules.is_media_type(kind):
                url = event["request"]["url"][:MAX_URL_CHARS]
                for asked in reversed(self.asked):
                    if asked.url == url:
                        asked.refused = "media"
                        break
                await session.send("Fetch.failRequest", {**what, "errorReason": "BlockedByClient"})
            else:
                await session.send("Fetch.continueRequest", what)

    def on_request(self, request: Request) -> None:
        if rules.scheme_of(request.url) in _HTTP:
            self._known(request)

    def on_response(self, response: Response) -> None:
        asked = self._by_request.get(response.request)
        if asked is None:
            return
        self.active_at = _clock()
        asked.status = response.status
        if asked.kind != "document":
            return
        if len(self.tops) < MAX_PASSED:
            self.tops.append(asked.url)
        if not 300 <= response.status < 400:
            headers = tuple(
                (name.lower(), value[:MAX_HEADER_CHARS])
                for name, value in list(response.headers.items())[:MAX_HEADERS]
            )
            self.documents.append(Document(asked.url, response.status, headers))

    def on_done(self, request: Request) -> None:
        if request in self._under_way:
            self._under_way.discard(request)
            self.active_at = _clock()

    def on_failed(self, request: Request) -> None:
        self.on_done(request)
        asked = self._by_request.get(request)
        if asked is None:
            return
        if not asked.refused:
            host = host_of_url(asked.url) or _authority(asked.url)
            if host in {refused for refused, _ in self.account.refused}:
                asked.refused = "guard"
            elif self.account.is_spent:
                asked.refused = "budget"
        if asked.kind == "document" and asked.refused in ("", "guard"):
            self.failed_top = asked.url

    def on_load(self) -> None:
        self._loaded_at = self.active_at = _clock()

    def on_download(self, download: Download) -> None:
        self.has_download = True
        url = download.url[:MAX_URL_CHARS]
        # The page stays where it was.
        self.tops = [top for top in self.tops if top != url]
        self.documents = [document for document in self.documents if document.url != url]
        for asked in reversed(self.asked):
            if asked.url == url:
                asked.refused = "download"
                return

    def document(self, url: str) -> Document | None:
        """The response that *url* is of; a script can write another path into the address."""
        bare = url.partition("#")[0]
        for document in reversed(self.documents):
            if document.url.partition("#")[0] == bare:
                return document
        return self.documents[-1] if self.documents else None


def _clock() -> float:
    return asyncio.get_running_loop().time()


def _authority(url: str) -> str:
    return url.partition("://")[2].partition("/")[0].rpartition("@")[2].partition(":")[0]
