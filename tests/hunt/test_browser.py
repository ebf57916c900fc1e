"""Hunts with a browser, in a world that shows half of itself to one."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from mirrorhunt.lab.run import Lab, lab_running
from mirrorhunt.lab.world import MEMBER, World
from mirrorhunt.lab.worlds._draft import Draft
from mirrorhunt.lab.worlds._names import Brand
from mirrorhunt.lab.worlds._network import BOTH, identity, show
from mirrorhunt.lab.worlds._surroundings import Surroundings
from mirrorhunt.lab.worlds.scripted import flood, hide
from mirrorhunt.store import pictures, tables
from tests.hunt.conftest import Ended, Place, place_in

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]

SEED, PLAIN, DRAWN, GATED, MOVER, LED_TO = (
    "goalvento.com",
    "goalvento2.xyz",
    "goalvento.live",
    "goalvento.sx",
    "goalvento.to",
    "tibalomi.top",
)
DELIVERY = "cdn.bolamedia.net"


def small() -> World:
    """Two plain mirrors, one drawn by a script, one behind a button, one that a script alone leads
    to, and a page that would run for ever."""
    draft = Draft("scripted", 5, "scripted")
    hoster = draft.hoster("velatohost.net", 2)
    brand = Brand("goalvento", "it")
    who = identity(draft, "Goalvento", "ventoplay.net", hoster)
    for name in (SEED, PLAIN, DRAWN, GATED, MOVER, LED_TO):
        host = draft.add(name, MEMBER, hoster.dns(draft.rng), network="scripted", relations=BOTH)
        show(draft, host, brand, who, "full")
    hide(draft, draft.hosts[DRAWN], "app")
    flood(draft, DRAWN, DELIVERY)
    hide(draft, draft.hosts[GATED], "gate")
    mover = draft.hosts[MOVER]
    mover.routes.clear()
    draft.page(mover, "sent_on", "/", way="timed")
    draft.lead(MOVER, LED_TO, "script_redirect")
    around = Surroundings(draft, brand, who, [SEED, PLAIN], hoster)
    around.site(DELIVERY, "delivery", "library", brand="Delivery")
    around.site("bola-endless.top", "hostile", "endless")
    for name in (PLAIN, DRAWN, GATED, MOVER, "bola-endless.top"):
        draft.lead(SEED, name, "link", region="template")
    return draft.build((SEED,), (), (), {})


@pytest.fixture(scope="module")
def scripts() -> Iterator[Lab]:
    with lab_running(small()) as running:
        yield running


def hunted(folder: Path, lab: Lab, *options: str) -> tuple[Place, Ended]:
    place = place_in(folder, lab)
    # On a busy machine a page takes longer than an operator would wait for it.
    place.environment["MIRRORHUNT_BROWSER_PAGE_S"] = "40"
    return place, place.run("hunt", SEED, "--yes", "--rounds", "3", *options)


def verdicts(place: Place) -> dict[str, str]:
    rows = place.run("export", "jsonl", "--verdict", "candidate")
    return {r["host"]: r["verdict"] for r in map(json.loads, rows.out.splitlines())}


@pytest.fixture(scope="module")
def drawn(
    scripts: Lab, tmp_path_factory: pytest.TempPathFactory, chromium: object
) -> tuple[Place, Ended]:
    return hunted(tmp_path_factory.mktemp("drawn"), scripts, "--browser")


def test_without_a_browser_it_says_what_it_passed_over(scripts: Lab, tmp_path: Path) -> None:
    place, ended = hunted(tmp_path, scripts, "--no-browser")
    assert ended.code == 0, ended.err
    assert "pages that only a browser can read were read as sent (--no-browser)" in ended.err
    found = verdicts(place)
    assert found[PLAIN] == "probable"
    assert found.get(GATED) != "probable"
    assert LED_TO not in found


def test_a_browser_finds_what_scripts_draw_lead_to_and_keep_behind_a_button(
    drawn: tuple[Place, Ended],
) -> None:
    place, ended = drawn
    assert ended.code == 0, ended.err
    found = verdicts(place)
    assert [found.get(h) for h in (PLAIN, DRAWN, GATED, LED_TO)] == ["probable"] * 4
    assert "a browser drew" in ended.err


def test_nothing_that_a_page_asked_for_is_taken_up(drawn: tuple[Place, Ended]) -> None:
    place, _ = drawn
    engine = place.engine()
    with engine.begin() as connection:
        names = set(connection.scalars(select(tables.Host.name)))
        asked = set(
            connection.scalars(
                select(tables.Observation.value).where(tables.Observation.region == "requests")
            )
        )
    engine.dispose()
    assert DELIVERY in asked
    assert not {name for name in names if name.endswith("-market.com") or name == DELIVERY}


def test_what_stands_has_its_picture(drawn: tuple[Place, Ended]) -> None:
    place, _ = drawn
    engine = place.engine()
    host, visit, seen = tables.Host, tables.Visit, tables.Observation
    with engine.begin() as connection:
        taken = set(
            connection.scalars(select(host.name).join(visit).where(visit.path == pictures.PATH))
        )
        hashed = set(
            connection.scalars(select(host.name).join(seen).where(seen.kind == "picture"))
        )
    engine.dispose()
    assert {SEED, PLAIN, DRAWN, LED_TO} <= taken
    assert {SEED, PLAIN} <= hashed


def test_what_was_drawn_this_week_is_not_drawn_again(drawn: tuple[Place, Ended]) -> None:
    place, _ = drawn
    again = place.run("hunt", SEED, "--yes", "--rounds", "1", "--browser")
    assert again.code == 0, again.err
    assert "0 pictures were taken" in again.err or "a browser drew" not in again.err
