"""Builders of evidence packages: a host and its seed, looked at, drawn, captured and judged.

Imported as ``from tests import packed``.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from PIL import Image
from sqlalchemy import Engine

from mirrorhunt.archive import packaging
from mirrorhunt.archive.captures import capture_of
from mirrorhunt.archive.packaging import Made, Tools
from mirrorhunt.archive.packet import Outside
from mirrorhunt.archive.timestamps import Dated
from mirrorhunt.archive.vault import Vault
from mirrorhunt.decisions import Decision
from mirrorhunt.model import Hop, Visit
from mirrorhunt.page import Page
from mirrorhunt.rendering import Rendering
from mirrorhunt.sources import Registration
from mirrorhunt.store import captures, case, hosts, registrations
from mirrorhunt.store.case import Case
from mirrorhunt.store.session import storing
from tests import make, stored

HOST = "films2.example"
SEED = "films1.example"
OUTSIDE = Outside(
    scope="domain",
    scope_because="as the test says",
    warnings=(),
    valid_days=7,
    reporter="ann",
    binding={},
)


def picture(color: str = "white") -> bytes:
    """A small PNG."""
    out = io.BytesIO()
    Image.new("RGB", (320, 240), color).save(out, "PNG")
    return out.getvalue()


def look(
    host: str,
    html: str,
    *,
    screenshot: bytes = b"",
    at: datetime = make.NOW,
    url: str | None = None,
    title: str = "",
) -> Visit:
    """One look at *host*, which sent the browser of a visitor from http to https."""
    final = url or f"https://{host}/"
    first = Page(f"http://{host}/", 301, (("location", final),), b"moved")
    body = f"<title>{title}</title>{html}" if title else html
    last = make.page(body, final)
    drawn = Rendering(
        url=final,
        final_url=final,
        status=200,
        dom=last.body,
        screenshot=screenshot,
        browser="Chromium 1.2.3",
    )
    dns = make.dns("192.0.2.1", "192.0.2.2", nameservers=["ns1.hoster.example"])
    visit = make.visit(host, html, dns=dns, certificate=make.certificate(host, f"*.{host}"))
    return replace(
        visit,
        at=at,
        vantage="default",
        address="192.0.2.1",
        chain=(Hop(first.url, 301, final, "redirect"),),
        page=last,
        fetched=(first, last),
        rendering=drawn if screenshot else None,
    )


@dataclass(frozen=True)
class Archive:
    """A database and a vault with one case in them."""

    engine: Engine
    vault: Vault

    def case(self, host: str = HOST) -> Case:
        """The case of *host*."""
        with storing(), self.engine.begin() as connection:
            return case.read(connection, host)

    def made(
        self,
        path: Path,
        *,
        outside: Outside = OUTSIDE,
        print_pdf: Callable[[bytes], bytes | None] | None = None,
        date: Callable[[bytes], Dated] | None = None,
    ) -> Made:
        """The package on `HOST` at *path*."""
        tools = Tools(self.vault.get, print_pdf, date, "ann")
        return packaging.make(self.case(), outside, tools, path, make.at(1))


def archive(
    engine: Engine,
    folder: Path,
    *,
    html: str = "<h1>Films</h1>",
    title: str = "Films",
    reason: str = "seen by the test",
    with_picture: bool = True,
    size: int = 0,
) -> Archive:
    """A seed and a confirmed host, each captured; *size* more bytes of it in the WARC."""
    vault = Vault(folder, 1 << 30)
    hunting = stored.begun(engine, SEED)
    stored.proposed(engine, hunting, HOST)
    white, grey = (picture("white"), picture("grey")) if with_picture else (b"", b"")
    seen = (
        look(SEED, html, screenshot=white, title=title),
        look(HOST, html + "x" * size, screenshot=grey, title=title, at=make.at(0.1)),
    )
    stored.looked(engine, hunting, *seen)
    evidence = [
        stored.evidence("ad_id", 4.0, value="pub-1"),
        stored.evidence("brand", -1.0),
        stored.evidence("address", 2.0, ignored=reason),
    ]
    stored.concluded(engine, hunting, stored.judgement(HOST, evidence=evidence))
    stored.decided(engine, HOST, Decision.CONFIRM)
    # Deciding judges, and finds none of this evidence.
    stored.concluded(engine, hunting, stored.judgement(HOST, evidence=evidence), now=make.at(0.2))
    with storing(), engine.begin() as connection:
        registered = Registration(HOST, make.at(-40), make.at(300), registrar="A Registrar")
        registrations.record(connection, [registered], make.NOW)
        ids = hosts.find_ids(connection, [SEED, HOST])
        for visit in seen:
            kept = capture_of(visit, vault, reason="confirmed")
            captures.record(connection, hunting.run.id, ids[visit.host], kept)
    return Archive(engine, vault)
