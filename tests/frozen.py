"""Visits as they were frozen in a folder: ``response.json``, ``body.html``, ``expected.json``."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mirrorhunt.model import Hop, PeerCertificate, Visit
from mirrorhunt.names import host_of_url
from mirrorhunt.page import Page

FILES = ("response.json", "body.html", "expected.json")
AT = datetime(2026, 11, 24, 12, tzinfo=UTC)


def visit_of(folder: Path) -> Visit:
    """The visit that *folder* holds.

    ``response.json``: ``url``, ``status``, ``headers``; ``host`` where it is not the URL's;
    ``chain`` (hops as objects); ``certificate`` (``names``, perhaps ``names_count``); ``passed``
    (pages as objects with their ``body``); ``repeat`` (how often the body is written one after
    the other, so that a flood need not be kept as one).
    """
    seen: dict[str, Any] = json.loads((folder / "response.json").read_text("utf-8"))
    body = (folder / "body.html").read_bytes() * seen.get("repeat", 1)
    page = Page.of(seen["url"], body, seen.get("status", 200), seen.get("headers", {}))
    passed = tuple(
        Page.of(p["url"], p["body"].encode(), p.get("status", 200), p.get("headers", {}))
        for p in seen.get("passed", ())
    )
    return Visit(
        host=seen.get("host") or host_of_url(seen["url"]) or "",
        network="goal",
        technique=folder.parent.name,
        vantage="here",
        at=AT,
        certificate=_certificate(seen.get("certificate")),
        chain=tuple(Hop(**hop) for hop in seen.get("chain", ())),
        page=page,
        passed=passed,
    )


def expected_of(folder: Path) -> list[dict[str, str]]:
    """The pointers that *folder* expects, as plain objects."""
    expected: list[dict[str, str]] = json.loads((folder / "expected.json").read_text("utf-8"))
    return expected


def _certificate(seen: dict[str, Any] | None) -> PeerCertificate | None:
    if seen is None:
        return None
    names = tuple(seen["names"])
    return PeerCertificate(
        names=names,
        names_count=seen.get("names_count", len(names)),
        spki_sha256="00" * 32,
        issuer="CN=Test CA",
        not_before=AT,
        not_after=AT,
        is_self_signed=False,
    )
