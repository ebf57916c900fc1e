"""What a browser saw: the vocabulary between the browser, the visit and the archive.

Plain data, made by `mirrorhunt.net.browser` and read by everybody else. A page and all that it
loaded was written by an adversary: whoever makes a `Rendering` has cut it to bounds already.
"""

from dataclasses import dataclass
from datetime import datetime

from mirrorhunt.page import MAX_BODY_BYTES, Page, Resource

MAX_REQUESTS = 500
"""Of one page, in the order made; what comes later is counted alone."""


@dataclass(frozen=True, slots=True)
class Requested:
    """Something that the page asked the network for, whether it got it or not."""

    url: str
    kind: str
    """As the browser names it: ``document``, ``script``, ``xhr``, ``fetch``, ``media``,
    ``websocket``, ``image`` …"""
    status: int | None = None
    """None if nothing came back: refused by us, failed, or still under way at the end."""
    refused: str = ""
    """Why we let it get nothing: ``media``, ``image``, ``guard``, ``budget`` …; empty if we did
    not stand in its way."""


@dataclass(frozen=True, slots=True)
class Rendering:
    """A page as a browser drew it."""

    url: str
    """What was asked for."""
    final_url: str
    """Where the top frame was in the end."""
    status: int
    """Of the last document; 0 if there was none."""
    headers: tuple[tuple[str, str], ...] = ()
    """Of the last document, lower-case names."""
    dom: bytes = b""
    """The document serialized after its scripts ran, UTF-8, at most `MAX_BODY_BYTES`."""
    is_cut: bool = False
    """True if the document was longer."""
    passed: tuple[str, ...] = ()
    """The documents that the top frame was at before, in order, each once."""
    requests: tuple[Requested, ...] = ()
    """At most `MAX_REQUESTS`."""
    screenshot: bytes = b""
    """A picture of the whole page (WebP, PNG or JPEG), or of as much as the bounds allow; empty
    if none was asked for."""
    browser: str = ""
    """Product and version, ``Chromium 156.0.8078.79``."""
    ended: str = ""
    """Empty if the page came to rest; else what ended it: ``timeout``, ``crash``, ``memory``,
    ``bytes``, ``requests``, ``dialogs``, ``popups``, ``download``, ``failed``. There may be
    a document all the same."""
    addresses: tuple[tuple[str, str], ...] = ()
    """Hosts, and the address that was last connected to for each."""

    def page(self) -> Page:
        """What was drawn, as everything that reads pages reads one.

        What was loaded counts as resources of the page: the player in a frame that a script made
        is in the document, the playlist that the player asked for is not.
        """
        kept = [(n, v) for n, v in self.headers if n not in {"content-type", "content-length"}]
        return Page(
            self.final_url,
            self.status,
            (*kept, ("content-type", "text/html; charset=utf-8")),
            self.dom[:MAX_BODY_BYTES],
            self.is_cut,
            also_loaded=tuple(
                Resource(r.url, _TAGS.get(r.kind, r.kind))
                for r in self.requests
                if r.kind != "document"
            ),
        )


_TAGS = {"stylesheet": "link", "image": "img", "media": "video", "subframe": "iframe"}


# ---------------------------------------------------------------- what is kept of a look


@dataclass(frozen=True, slots=True)
class CapturedFile:
    """One file of a capture, in the archive by its digest."""

    role: str
    """``warc``, ``dom``, ``screenshot``, or ``original``: what a person brought in, as it was."""
    digest: str
    """SHA-256, hex."""
    size_bytes: int
    media_type: str


@dataclass(frozen=True, slots=True)
class Capture:
    """What is kept of one look. Its files are in the archive before anything names them."""

    files: tuple[CapturedFile, ...]
    at: datetime
    vantage: str
    path: str
    reason: str
    """Why it is kept: ``seed``, ``confirmed``, ``probable`` (what its host stood as), ``state``
    (another state was seen), ``manual``; or ``candidate``: its host is not judged yet."""
    availability: str
    final_url: str | None
    tool: str
    """This program's version, and the browser's where one drew it."""
    author: str = ""
    """Who brought it in; empty where this program looked."""
    note: str = ""
    """Why they did."""

    def file(self, role: str) -> CapturedFile | None:
        """The file of *role*, or None."""
        return next((f for f in self.files if f.role == role), None)
