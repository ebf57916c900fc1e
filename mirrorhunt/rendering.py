"""What a browser saw: the vocabulary between the browser, the visit and the archive.

Plain data, made by `mirrorhunt.net.browser` and read by everybody else. A page and all that it
loaded was written by an adversary: whoever makes a `Rendering` has cut it to bounds already.
"""

from dataclasses import dataclass

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
    ``bytes``, ``download``, ``failed``."""

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
