"""Made-up names: what is asked, what is proposed, and what is remembered of it."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import Engine

from mirrorhunt.config import Config
from mirrorhunt.crawling.asking import Asker
from mirrorhunt.crawling.scene import Scene
from mirrorhunt.model import Candidate
from mirrorhunt.net.nameserver import Nameserver
from mirrorhunt.net.resolver import Resolver
from mirrorhunt.protecting import keep
from mirrorhunt.sources import Registration
from mirrorhunt.store import questions, registrations
from mirrorhunt.targets import Hunting
from spiders.dns_names import DnsNamesSpider
from tests import make, stored
from tests.nameserver import Nameserver as Server

# tldextract leaves its list file to the garbage collector, which may find it in any test.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Exception ignored in.*public_suffix_list:pytest.PytestUnraisableExceptionWarning"
)

SOA = ["ns.example who.example 1 7200 900 1209600 60"]
OWN = {"A": ["192.0.2.80"], "SOA": SOA}


def _round(
    engine: Engine, hunting: Hunting, server: Server, asked: set[str], budget: int = 300
) -> list[Candidate]:
    """What one round proposes; what was asked is stored."""

    async def run() -> list[Candidate]:
        resolver = Resolver([Nameserver(server.address, server.port)])
        asker = Asker(resolver, timeout_s=5.0)
        consult: Any = None
        scene = Scene.of(
            engine,
            hunting,
            keep(engine, make.NOW),
            resolver,
            asked,
            Config(dns_names_per_round=budget),
            consult,
            asker,
        )
        try:
            return [candidate async for candidate in DnsNamesSpider.propose(scene)]
        finally:
            scene.record(engine, hunting)
            await asker.close()

    return asyncio.run(run())


def test_names_that_exist_are_proposed_and_the_questions_stored(engine: Engine) -> None:
    hunting = stored.begun(engine, "films3.com")
    zones = {"films4.com": OWN, "films5.com": {"SOA": SOA}, "unrelated.com": OWN}
    asked: set[str] = set()
    with Server(zones) as server:
        found = _round(engine, hunting, server, asked)

    said = {candidate.host: candidate.because for candidate in found}
    assert set(said) == {"films4.com", "films5.com"}
    assert said["films5.com"].endswith("registered, but without an address")
    assert {candidate.technique for candidate in found} == {"dns_names"}
    with engine.begin() as connection:
        tallies = questions.tallies(connection, hunting.network_id, "dns_names")
    assert sum(tally.asked for tally in tallies.values()) == len(asked) <= 300


def test_no_name_is_asked_for_twice_in_a_run(engine: Engine) -> None:
    hunting = stored.begun(engine, "films3.com")
    asked: set[str] = set()
    with Server({}) as server:
        _round(engine, hunting, server, asked, budget=20)
        first = set(asked)
        _round(engine, hunting, server, asked, budget=20)

        assert len(first) == 20
        assert len(asked) == 40
        assert all(server.asked(name) == 1 for name in asked)


def test_a_run_that_was_killed_goes_on_with_the_names_after(engine: Engine) -> None:
    hunting = stored.begun(engine, "films3.com")
    whole: set[str] = set()
    with Server({}) as server:
        _round(engine, hunting, server, whole, budget=20)
        # Another process knows only what is stored.
        resumed: set[str] = set()
        _round(engine, hunting, server, resumed, budget=20)

        assert whole < resumed
        assert all(server.asked(name) == 1 for name in resumed)
    with engine.begin() as connection:
        assert sum(
            len(of_rule.names) for of_rule in questions.of_run(connection, hunting.run.id).values()
        ) == len(resumed)


def test_how_other_networks_of_the_deployment_moved_steers_what_is_asked(engine: Engine) -> None:
    hunting = stored.begun(engine, "films3.com")
    # A suffix that hardly anybody moves to, but that every network here did.
    for number in range(40):
        names = [f"cine{number}.net", f"cine{number}.horse"]
        stored.begun(engine, *names, network=f"cine{number}")
        with engine.begin() as connection:
            said = [Registration(names[0], make.at(-300)), Registration(names[1], make.at(-60))]
            registrations.record(connection, said, make.NOW)
    with Server({}) as server:
        asked: set[str] = set()
        _round(engine, hunting, server, asked, budget=40)

    assert "films3.horse" in asked


def test_without_a_budget_nothing_is_asked(engine: Engine) -> None:
    hunting = stored.begun(engine, "films3.com")
    with Server({"films4.com": OWN}) as server:
        assert _round(engine, hunting, server, set(), budget=0) == []
        assert server.asked("films4.com") == 0
