"""Frozen pages of each state, and what the rules say about them.

The first line of a case holds what surrounds the page (status, headers, DNS, redirects); the rest
is the body. The folder is the state.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mirrorhunt.availability import ruling
from mirrorhunt.model import DnsFacts, Hop, Rcode, Visit
from mirrorhunt.page import Page

CASES = sorted((Path(__file__).parent / "cases").rglob("*.html"))
LEAST_CASES = 2


def read(path: Path) -> Visit:
    """The visit that the file at *path* holds."""
    first, _, body = path.read_text(encoding="utf-8").partition("\n")
    around: dict[str, Any] = json.loads(first.removeprefix("<!-- visit ").removesuffix(" -->"))
    url = around.get("url", "https://films.example/")
    hops = [(at, status) for at, status in around.get("chain", ())]
    ends = [*(at for at, _ in hops[1:]), url][: len(hops)]
    headers = {"content-type": "text/html; charset=utf-8"} | around.get("headers", {})
    return Visit(
        host=around.get("host", "films.example"),
        network="films",
        technique="recheck",
        vantage="here",
        at=datetime(2026, 11, 24, tzinfo=UTC),
        dns=DnsFacts(
            Rcode.NOERROR,
            addresses=tuple(around.get("addresses", ("192.0.2.7",))),
            nameservers=tuple(around.get("nameservers", ("ns1.dns.example", "ns2.dns.example"))),
        ),
        chain=tuple(
            Hop(at, status, to, "redirect") for (at, status), to in zip(hops, ends, strict=True)
        ),
        page=Page.of(url, body.encode(), around.get("status", 200), headers),
    )


@pytest.mark.parametrize("path", CASES, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_a_page_is_in_the_state_of_its_folder(path: Path) -> None:
    found = ruling(read(path))

    assert found.availability == path.parent.name, f"{found.rule}: {found.because}"
    assert found.because
    assert "\n" not in found.because


def test_each_state_that_a_page_can_show_has_cases() -> None:
    states = {path.parent.name for path in CASES}

    assert states == {
        "live",
        "seized",
        "blocked",
        "sinkholed",
        "challenge",
        "for_sale",
        "parked",
        "restricted",
        "error",
    }
    for state in states:
        assert sum(path.parent.name == state for path in CASES) >= LEAST_CASES


def test_no_page_of_another_state_is_ever_live() -> None:
    # What is live weighs in attribution: two parked hosts would be a perfect match.
    wrongly_live = [
        path.stem
        for path in CASES
        if path.parent.name != "live" and ruling(read(path)).availability == "live"
    ]

    assert wrongly_live == []
