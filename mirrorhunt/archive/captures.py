"""Make a capture of a look: its WARC, its drawn document and its picture, into the vault."""

from collections.abc import Iterator

from mirrorhunt import __version__
from mirrorhunt.archive import warc
from mirrorhunt.archive.vault import Vault
from mirrorhunt.model import Visit
from mirrorhunt.rendering import Capture, CapturedFile

__all__ = ["TOOL", "Capture", "CapturedFile", "capture_of"]

TOOL = f"mirrorhunt {__version__}"
_OWN_MISTAKES = frozenset({"unresolved:own", "unresolved:unseen"})
"""Rulings on looks that never reached the host."""


def is_worth_keeping(visit: Visit) -> bool:
    """False for a look that saw nothing of its host, through our own failure."""
    return visit.ruling is not None and visit.ruling.rule not in _OWN_MISTAKES


def capture_of(
    visit: Visit,
    vault: Vault,
    *,
    reason: str,
    tool: str = TOOL,
    user_agent: str = "",
    author: str = "",
    note: str = "",
    original: tuple[bytes, str] | None = None,
) -> Capture:
    """Put what is kept of *visit*, ruled on, into *vault*, and say where.

    *original* is the file that a person brought in, and its media type. Raises QuotaError or
    StoreError; what was put there until then is named by nobody, and is cleared away later.
    """
    assert visit.ruling is not None
    if visit.rendering is not None and visit.rendering.browser:
        tool = f"{tool}; {visit.rendering.browser}"
    tool = tool[:200]
    files = tuple(
        CapturedFile(role, vault.put(data), len(data), media_type)
        for role, data, media_type in _files(visit, tool, user_agent, original)
    )
    return Capture(
        files=files,
        at=visit.at,
        vantage=visit.vantage,
        path=visit.path,
        reason=reason,
        availability=visit.ruling.availability.value,
        final_url=visit.page.url if visit.page else None,
        tool=tool,
        author=author,
        note=note,
    )


def _files(
    visit: Visit, tool: str, user_agent: str, original: tuple[bytes, str] | None
) -> Iterator[tuple[str, bytes, str]]:
    yield "warc", warc.warc(visit, tool=tool, user_agent=user_agent), warc.MEDIA_TYPE
    rendering = visit.rendering
    if rendering is not None and rendering.dom:
        yield "dom", rendering.dom, "text/html"
    if rendering is not None and rendering.screenshot:
        kind = warc.media_type_of_picture(rendering.screenshot)
        yield "screenshot", rendering.screenshot, kind
    if original is not None:
        yield "original", *original
