"""Reading one kind from a page or from what DNS and TLS showed."""

import gc
import warnings
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from mirrorhunt.indicators import kinds
from mirrorhunt.model import Availability, Observation, Ruling, Visit
from mirrorhunt.names import public_registrable_domain, registrable_domain
from mirrorhunt.page import Page

Read = Callable[..., list[Observation]]


def visit(html: str | bytes | None = None, host: str = "films12.example", **facts: Any) -> Visit:
    body = html.encode() if isinstance(html, str) else html
    page = None if body is None else Page.of(f"https://{host}/", body)
    at = datetime(2026, 11, 24, tzinfo=UTC)
    made = Visit(host, "films", "page_links", "here", at, page=page)
    ruling = Ruling(Availability.LIVE, "live", "it answers with a page")
    return replace(made, ruling=ruling, **facts)


@pytest.fixture(scope="session", autouse=True)
def _suffix_list_is_loaded() -> None:
    """tldextract leaves the file to the collector, which warns in whatever test runs then."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        registrable_domain("films.example")
        public_registrable_domain("films.example")
        gc.collect()


@pytest.fixture
def read() -> Read:
    """``read(kind, html, …)``: the observations of that kind."""

    def of(kind: str, html: str | bytes | None = None, **facts: Any) -> list[Observation]:
        return list(kinds[kind].read(visit(html, **facts)))

    return of


@pytest.fixture
def values(read: Read) -> Callable[..., list[str]]:
    """``values(kind, html, …)``: their values alone."""

    def of(kind: str, html: str | bytes | None = None, **facts: Any) -> list[str]:
        return [observation.value for observation in read(kind, html, **facts)]

    return of


@pytest.fixture
def make_visit() -> Callable[..., Visit]:
    return visit
