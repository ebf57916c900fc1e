"""What readers of feeds load: each request is answered from one delivery, whole."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from datetime import datetime
from typing import Any, BinaryIO

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from mirrorhunt.store.consumers import Download
from mirrorhunt.web import sending
from mirrorhunt.web.admission import Admission, Admitted, Refused
from mirrorhunt.web.app import Part, line
from mirrorhunt.web.journal import Journal
from mirrorhunt.web.sending import Answer, Asked
from mirrorhunt.web.shelf import DamagedDeliveryError, Delivery, Shelf

STALLED_S = 60.0
"""Whoever takes nothing for so long is let go."""
_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
_NOTHING = "no such feed or file, or not for you"


class Feeds:
    """The part of the application that serves feeds."""

    def __init__(
        self,
        shelf: Shelf,
        admission: Admission,
        journal: Journal,
        say: Callable[[str], None],
        now: Callable[[], datetime],
    ) -> None:
        self._shelf = shelf
        self._admission = admission
        self._journal = journal
        self._say = say
        self._now = now

    def part(self) -> Part:
        """Its pages."""
        return Part(
            (
                Route("/healthz", self.health),
                Route("/feeds/", self.list),
                Route("/feeds/{feed}/{path:path}", self.file),
            ),
            self._running,
        )

    @asynccontextmanager
    async def _running(self) -> AsyncIterator[None]:
        self._journal.start()
        try:
            yield
        finally:
            await anyio.to_thread.run_sync(self._journal.close)

    async def health(self, _: Request) -> Response:
        """Whether all is well, for whoever watches; feeds are served either way."""
        is_well = not (self._admission.problem or self._journal.lost)
        return JSONResponse(
            {
                "status": "ok" if is_well else "degraded",
                "database": "gone" if self._admission.problem else "ok",
                "downloads_not_written_down": self._journal.lost,
            }
        )

    async def list(self, request: Request) -> Response:
        """What the consumer may load."""
        admitted = await self._admit(request)
        if isinstance(admitted, Refused):
            return _refusal(admitted)
        found = []
        for name in self._shelf.feeds:
            if not admitted.may_load(name):
                continue
            try:
                delivery = await anyio.to_thread.run_sync(self._shelf.delivery, name)
            except DamagedDeliveryError as e:
                self._say(str(e))
                continue
            if delivery is not None:
                found.append(_described(name, delivery))
        return JSONResponse(found, headers={"Cache-Control": "no-cache"})

    async def file(self, request: Request) -> Response:
        """A file of the delivery that stands, or of ``SERIAL/``, one that did."""
        feed, path = request.path_params["feed"], request.path_params["path"]
        admitted = await self._admit(request)
        if isinstance(admitted, Refused):
            response = _refusal(admitted)
            if admitted.is_counted:
                self._note(request, None, None, feed, path, response.status_code, 0)
            return response
        serial, name = _wanted(path)
        opened, delivery = None, None
        try:
            if admitted.may_load(feed):
                opened, delivery = await anyio.to_thread.run_sync(self._open, feed, serial, name)
        except DamagedDeliveryError as e:
            self._say(str(e))
            return line(503, "this delivery is damaged; it was noted")
        if opened is None or delivery is None:
            self._note(request, admitted, None, feed, name, 404, 0)
            return line(404, _NOTHING)
        headers = request.headers
        asked = Asked(
            headers.get("if-none-match", ""),
            headers.get("if-modified-since", ""),
            headers.get("accept-encoding", ""),
        )
        sha256, size = delivery.digests[name]
        answer = sending.answer(name, sha256, size, delivery.at, asked)

        def note(sent_bytes: int) -> None:
            self._note(request, admitted, delivery.serial, feed, name, answer.status, sent_bytes)

        return _File(answer, opened, note)

    def _open(
        self, feed: str, serial: int | None, name: str
    ) -> tuple[BinaryIO | None, Delivery | None]:
        delivery = self._shelf.delivery(feed, serial)
        if delivery is None:
            return None, None
        opened = self._shelf.open(delivery, name)
        if opened is None and name in delivery.digests and serial is None:
            # Removed between the two: a newer one stands by now.
            delivery = self._shelf.delivery(feed)
            opened = self._shelf.open(delivery, name) if delivery is not None else None
        return opened, delivery

    async def _admit(self, request: Request) -> Admitted | Refused:
        found = await self._admission.admit(
            request.headers.get("authorization"), _address(request)
        )
        is_open = isinstance(found, Admitted) and found.consumer is None
        if is_open and any(name in request.headers for name in _FORWARDED):
            # A proxy would let everybody be this machine.
            return Refused(403, "behind a proxy, feeds are for consumers: mirrorhunt consumer add")
        return found

    def _note(
        self,
        request: Request,
        admitted: Admitted | None,
        serial: int | None,
        feed: str,
        file: str,
        status: int,
        sent_bytes: int,
    ) -> None:
        consumer = admitted.consumer if admitted is not None else None
        self._journal.note(
            Download(
                consumer.id if consumer is not None else None,
                feed,
                serial,
                file,
                self._now(),
                status,
                sent_bytes,
                _address(request),
            )
        )


class _File(Response):
    """One opened file on its way; closed at the end, whatever happens."""

    def __init__(self, answer: Answer, opened: BinaryIO, note: Callable[[int], None]) -> None:
        super().__init__(None, answer.status, dict(answer.headers))
        if "Content-Length" not in answer.headers:
            del self.headers["content-length"]
        self._answer, self._opened, self._done = answer, opened, note

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        sent = 0
        try:
            await send(
                {
                    "type": "http.response.start",
                    "status": self.status_code,
                    "headers": self.raw_headers,
                }
            )
            if scope["method"] != "HEAD" and self._answer.status == 200:
                packed = self._answer.is_packed
                async with aclosing(sending.chunks(self._opened, is_packed=packed)) as chunks:
                    async for data in chunks:
                        async with asyncio.timeout(STALLED_S):
                            message = {"type": "http.response.body", "body": data}
                            await send({**message, "more_body": True})
                        sent += len(data)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        except (TimeoutError, OSError):
            return  # They went away, or take nothing; the connection is closed unfinished.
        finally:
            self._opened.close()
            self._done(sent)


def _wanted(path: str) -> tuple[int | None, str]:
    """The serial, if one is named, and the file."""
    first, _, rest = path.partition("/")
    if rest and first.isascii() and first.isdecimal() and len(first) <= 10:
        return int(first), rest
    return None, path


def _described(name: str, delivery: Delivery) -> dict[str, Any]:
    said = delivery.manifest
    return {
        "feed": name,
        "serial": delivery.serial,
        "at": said["at"],
        "not_valid_after": said.get("not_valid_after"),
        "entries": said.get("counts", {}).get("entries"),
        "manifest": f"/feeds/{name}/manifest.json",
        "files": [
            {"format": p["format"], "path": p["path"], "files": len(p["files"])}
            for p in said["formats"]
        ],
    }


def _refusal(refused: Refused) -> Response:
    headers = {401: {"WWW_Authenticate": 'Bearer realm="mirrorhunt"'}, 429: {"Retry_After": "60"}}
    return line(refused.status, refused.said, **headers.get(refused.status, {}))


def _address(request: Request) -> str:
    return request.client.host if request.client is not None else ""
