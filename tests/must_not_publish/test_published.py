"""From what was looked at to what is published, on a real database: none of the names is in it."""

from collections.abc import Callable, Iterable
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from mirrorhunt import judging, publishing, targets
from mirrorhunt.config import Config
from mirrorhunt.exports import Row
from mirrorhunt.model import Pointer, Verdict, Visit
from mirrorhunt.protected import ProtectedNames, builtin
from mirrorhunt.protecting import Keep
from mirrorhunt.store import candidates, findings
from mirrorhunt.targets import Hunting
from tests import make, stored
from tests.must_not_publish import corpus, forgeries
from tests.must_not_publish.forgeries import FACE, SEED

PROTECTING, NOTHING = Keep(builtin(), make.NOW), Keep(ProtectedNames(), make.NOW)
NAMES = corpus.everybody()
OWNED = [name for name in NAMES if "." in name]
OFFERS: dict[str, tuple[str, ...]] = {"offers": ("player", "stream")}
HOWS = ("redirect", "announcement", "link", "canonical", "text", "certificate")
MIRROR = "filmplatz.test"


def pointers(names: Iterable[str]) -> list[Pointer]:
    return [
        Pointer(name, how, "template", "page_links", "says so") for name in names for how in HOWS
    ]


def published(engine: Engine, keep: Keep, at_least: Verdict, *, only_live: bool) -> list[Row]:
    return list(
        publishing.rows(
            engine, keep, network=None, at_least=at_least, valid_days=7, only_live=only_live
        )
    )


def everything_published(engine: Engine, keep: Keep) -> set[str]:
    return {
        row.host
        for at_least in publishing.LEVELS
        for only_live in (True, False)
        for row in published(engine, keep, at_least, only_live=only_live)
    }


@pytest.fixture
def hunting(engine: Engine) -> Hunting:
    """A seed that shows all that is its own, and a mirror of it."""
    hunting = stored.begun(engine, SEED, listed=NAMES)
    stored.proposed(engine, hunting, *NAMES, MIRROR, seen_on=SEED)
    own = forgeries.copyable(SEED) | OFFERS
    stored.looked(
        engine,
        hunting,
        stored.look(SEED, own, pointers=pointers(NAMES)),
        stored.look(MIRROR, own),
    )
    return hunting


def the_networks_own(name: str) -> Visit:
    """A look at *name* that finds the network's very page, sending its visitors to the seed."""
    shown = {**forgeries.copyable(SEED), **OFFERS, "to_redirect": (SEED,)}
    # Byte for byte the same everywhere, it would be taken for a stop page.
    return stored.look(name, shown, html=f"<title>{name}</title>")


def its_own(name: str) -> Visit:
    shown = {k: v for k, v in forgeries.values(name).items() if k not in FACE}
    return stored.look(name, shown | OFFERS, html=f"<title>{name}</title>")


def test_no_pointer_makes_a_name_a_candidate(engine: Engine) -> None:
    hunting = stored.begun(engine, SEED)
    own = forgeries.copyable(SEED) | OFFERS
    stored.looked(engine, hunting, stored.look(SEED, own, pointers=pointers(NAMES)))
    generous = Config(candidates_per_host=100_000, hosts_per_domain=100_000)

    targets.next_round(engine, hunting, generous, PROTECTING, make.NOW)

    with engine.begin() as connection:
        assert candidates.considered(connection, hunting.network_id) == set()


def test_whoever_serves_the_very_page_is_held_by_the_list(
    engine: Engine, hunting: Hunting
) -> None:
    # Every name is a perfect mirror. What is residual for the policy is here, too.
    stored.looked(engine, hunting, *(the_networks_own(name) for name in OWNED))
    judging.judge_network(engine, hunting.network, make.NOW, PROTECTING.is_out)

    assert everything_published(engine, PROTECTING) <= {SEED, MIRROR}
    with engine.begin() as connection:
        found = {f.host for f in findings.findings(connection, "films", list(Verdict))}
    assert not found & set(NAMES)
    # And without the list they would all be there: the test does test it.
    judging.judge_network(engine, hunting.network, make.NOW, NOTHING.is_out)
    assert len(everything_published(engine, NOTHING) & set(OWNED)) > 0.8 * len(OWNED)
    # What was concluded then is not published under the list either, and not kept.
    assert everything_published(engine, PROTECTING) <= {SEED, MIRROR}
    judging.judge_network(engine, hunting.network, make.NOW, PROTECTING.is_out)
    with engine.begin() as connection:
        kept = {f.host: f for f in findings.findings(connection, "films", list(Verdict))}
    assert {kept[n].verdict for n in OWNED if n in kept} == {Verdict.PROTECTED}


def test_a_confirmation_by_hand_does_not_publish_a_name(engine: Engine, hunting: Hunting) -> None:
    stored.looked(engine, hunting, *(the_networks_own(name) for name in OWNED))
    stored.concluded(
        engine, hunting, *(stored.judgement(name, Verdict.CONFIRMED) for name in NAMES)
    )

    assert everything_published(engine, PROTECTING) == set()


def test_members_that_dress_up_as_everybody_publish_nobody(
    engine: Engine, hunting: Hunting
) -> None:
    # As if no list protected anybody: the policy, through the store and over two days.
    some = OWNED[::8]
    stored.looked(engine, hunting, *(its_own(name) for name in some))
    later = make.NOW + timedelta(days=1)
    again = stored.next_run(engine, hunting, later)
    dressed = {kind: list(found) for kind, found in (forgeries.copyable(SEED) | OFFERS).items()}
    for name in some:
        for kind, found in forgeries.copyable(name).items():
            dressed.setdefault(kind, []).extend(found)
    stored.looked(engine, again, stored.look(SEED, dressed, pointers=pointers(NAMES), at=later))

    judging.judge_network(engine, hunting.network, later, NOTHING.is_out)

    probable = published(engine, NOTHING, Verdict.PROBABLE, only_live=False)
    assert {row.host for row in probable} == {SEED, MIRROR}


# ---------------------------------------------------------------- below a platform


def test_a_mirror_below_a_platform_is_named_exactly_or_not_at_all(
    engine: Engine, hunting: Hunting
) -> None:
    platforms = corpus.platforms()
    mirrors = [f"{below}pirate-films.{p}" for p in platforms for below in ("", "cdn.")]
    stored.proposed(engine, hunting, *mirrors, seen_on=SEED)
    looks = (the_networks_own(host) for host in mirrors)
    stored.looked(engine, hunting, *looks)
    judging.judge_network(engine, hunting.network, make.NOW, PROTECTING.is_out)

    rows = published(engine, PROTECTING, Verdict.PROBABLE, only_live=True)
    found = {row.host: row.scope for row in rows if row.host not in {SEED, MIRROR}}
    # Of some platforms all that stands below is protected too, or is itself a suffix.
    free = [host for host in mirrors if PROTECTING.protection(host) is None]
    assert found == dict.fromkeys(free, "host")
    assert len(free) > 0.9 * len(mirrors)


def test_a_hosts_scope_is_never_its_platform(engine: Engine) -> None:
    scopes: Callable[[str], str] = publishing.scope_of
    for platform in corpus.platforms():
        assert scopes(f"pirate-films.{platform}") == "host", platform
