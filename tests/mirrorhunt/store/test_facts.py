"""What judging is told."""

from datetime import datetime, timedelta

from sqlalchemy import Engine

from mirrorhunt.facts import HostFacts
from mirrorhunt.model import Availability, Verdict
from mirrorhunt.sources import Registration
from mirrorhunt.store import facts, hosts, registrations, runs, sharing
from mirrorhunt.targets import Hunting
from tests import stored
from tests.stored import judgement, look


def of(engine: Engine, hunting: Hunting, *names: str) -> dict[str, HostFacts]:
    with engine.begin() as connection:
        ids = hosts.find_ids(connection, names)
        found = facts.host_facts(connection, hunting.network_id, ids.values())
    return {f.host: f for f in found.values()}


def shared(engine: Engine, hunting: Hunting, *confirmed: str) -> dict[tuple[str, str], set[str]]:
    """(kind, value) of members (seeds and *confirmed*) to the clusters outside that show it."""
    with engine.begin() as connection:
        sure = hosts.find_ids(connection, confirmed).values()
        known = facts.network_facts(connection, hunting.network_id, hunting.network, sure)
        ids = hosts.find_ids(connection, [m.host for m in known.members]).values()
        found = sharing.sharing(connection, hunting.network_id, ids)
    return {key: {found.clusters[id_] for id_ in ids_} for key, ids_ in found.hosts.items()}


def test_what_came_later_is_not_native(any_engine: Engine, now: datetime) -> None:
    first = stored.begun(any_engine)
    stored.looked(any_engine, first, look("films1.example", {"ad_id": ["own"]}))
    with any_engine.begin() as connection:
        runs.finish_run(connection, first.run.id, now, None)
    later = now + timedelta(days=9)
    second = stored.begun(any_engine, now=later)
    seen = look("films1.example", {"ad_id": ["own", "adopted"]}, at=later)
    stored.looked(any_engine, second, seen)

    found = of(any_engine, second, "films1.example")["films1.example"]
    assert {o.value: o.is_native for o in found.observations} == {"own": True, "adopted": False}


def test_what_was_seen_before_the_host_was_live_is_not_native(
    any_engine: Engine, now: datetime
) -> None:
    # DNS and TLS show values while a challenge hides the page.
    first = stored.begun(any_engine)
    hidden = look("films1.example", {"address": ["192.0.2.7"]}, state=Availability.CHALLENGE)
    stored.looked(any_engine, first, hidden)
    with any_engine.begin() as connection:
        runs.finish_run(connection, first.run.id, now, None)
    second = stored.begun(any_engine)
    stored.looked(any_engine, second, look("films1.example", {"address": ["192.0.2.7"]}))

    found = of(any_engine, second, "films1.example")["films1.example"]
    assert [o.is_native for o in found.observations] == [False]


def test_a_host_never_seen_live_has_nothing_native(any_engine: Engine) -> None:
    hunting = stored.begun(any_engine)
    seen = look("films1.example", {"address": ["192.0.2.7"]}, state=Availability.CHALLENGE)
    stored.looked(any_engine, hunting, seen)

    found = of(any_engine, hunting, "films1.example")["films1.example"]
    assert [o.is_native for o in found.observations] == [False]


def test_channels_of_other_networks_are_not_told(any_engine: Engine) -> None:
    films = stored.begun(any_engine)
    goals = stored.begun(any_engine, "goal1.example", network="goals")
    stored.proposed(any_engine, films, "x.example", channel="redirect")
    stored.proposed(any_engine, goals, "x.example", channel="link")

    assert of(any_engine, films, "x.example")["x.example"].channels == (
        ("redirect", "by redirect"),
    )


def test_members_are_seeds_and_confirmed_hosts_alone(any_engine: Engine) -> None:
    hunting = stored.begun(any_engine)
    stored.concluded(
        any_engine,
        hunting,
        judgement("confirmed.example"),
        judgement("probable.example", Verdict.PROBABLE),
        judgement("rejected.example", Verdict.REJECTED),
    )
    with any_engine.begin() as connection:
        sure = hosts.find_ids(connection, ["confirmed.example"]).values()
        known = facts.network_facts(connection, hunting.network_id, "films", sure)

    assert {m.host for m in known.members} == {"films1.example", "confirmed.example"}
    assert known.seeds == {"films1.example"}


def test_a_network_is_one_cluster_however_large(any_engine: Engine) -> None:
    # I5: a thousand hosts of one network have one vote.
    films = stored.begun(any_engine)
    goals = stored.begun(any_engine, "goal1.example", network="goals")
    others = [f"goal{n}.example" for n in range(2, 1001)]
    stored.looked(any_engine, films, look("films1.example", {"asset_path": ["/theme.js"]}))
    stored.looked(
        any_engine,
        goals,
        *(look(host, {"asset_path": ["/theme.js"]}) for host in ["goal1.example", *others]),
    )
    stored.concluded(
        any_engine, goals, *(judgement(h, Verdict.PROBABLE, network="goals") for h in others)
    )

    clusters = shared(any_engine, films)["asset_path", "/theme.js"]
    assert clusters == {f"network {goals.network_id}"}


def test_hosts_of_one_registrable_domain_are_one_cluster(any_engine: Engine) -> None:
    hunting = stored.begun(any_engine)
    stored.looked(
        any_engine,
        hunting,
        look("films1.example", {"asset_path": ["/theme.js"]}),
        *(look(f"a{n}.shop.example", {"asset_path": ["/theme.js"]}) for n in range(30)),
        look("films.github.io", {"asset_path": ["/theme.js"]}),
        look("other.github.io", {"asset_path": ["/theme.js"]}),
    )

    assert shared(any_engine, hunting)["asset_path", "/theme.js"] == {
        "shop.example",
        "films.github.io",
        "other.github.io",
    }


def test_members_do_not_count_against_their_own_network(any_engine: Engine) -> None:
    hunting = stored.begun(any_engine)
    names = [f"films{n}.example" for n in range(1, 5)]
    stored.looked(any_engine, hunting, *(look(n, {"ad_id": ["pub-1"]}) for n in names))
    stored.concluded(any_engine, hunting, *(judgement(n) for n in names[1:3]))

    # What is probable is what is being found out, so it does not stand yet.
    assert shared(any_engine, hunting, *names[1:3])["ad_id", "pub-1"] == {"films4.example"}


def test_pointers_are_no_shared_values(any_engine: Engine) -> None:
    hunting = stored.begun(any_engine)
    stored.looked(
        any_engine,
        hunting,
        look("films1.example", pointers=[stored.pointer("shop.example")]),
        look("x.example", pointers=[stored.pointer("shop.example")]),
    )

    assert shared(any_engine, hunting) == {}


# ---------------------------------------------------------------- a name that is registered anew


def with_registration(engine: Engine, domain: str, registered_at: datetime) -> None:
    with engine.begin() as connection:
        found = [Registration(domain, registered_at, registrar="Names")]
        registrations.record(connection, found, registered_at)


def test_the_registration_of_the_domain_is_told_of_each_of_its_hosts(
    any_engine: Engine, now: datetime
) -> None:
    hunting = stored.begun(any_engine)
    stored.looked(any_engine, hunting, look("a.films1.example"), look("x.example"))
    with_registration(any_engine, "films1.example", now - timedelta(days=9))

    found = of(any_engine, hunting, "a.films1.example", "x.example")
    assert found["a.films1.example"].registered_at == now - timedelta(days=9)
    assert found["a.films1.example"].registrar == "Names"
    assert (found["x.example"].registered_at, found["x.example"].registrar) == (None, "")


def test_what_an_owner_before_showed_weighs_nothing(any_engine: Engine, now: datetime) -> None:
    hunting = stored.begun(any_engine)
    old = {"ad_id": ["theirs"], "icon": ["kept"]}
    stored.looked(any_engine, hunting, look("films1.example", old))
    with any_engine.begin() as connection:
        runs.finish_run(connection, hunting.run.id, now, None)
    anew, later = now + timedelta(days=20), now + timedelta(days=30)
    second = stored.begun(any_engine, now=later)
    shows = {"icon": ["kept"], "brand": ["other"]}
    stored.looked(any_engine, second, look("films1.example", shows, at=later))
    before = stored.counts(any_engine)["observations"]
    with_registration(any_engine, "films1.example", anew)

    found = of(any_engine, second, "films1.example")["films1.example"]
    assert {(o.kind, o.value, o.first_seen_at, o.is_native) for o in found.observations} == {
        # Who took it up, and when, is not known.
        ("icon", "kept", anew, False),
        # What the new owner has shown from its first day is its own.
        ("brand", "other", later, True),
    }
    # Nothing is lost.
    assert stored.counts(any_engine)["observations"] == before


def test_a_seed_that_is_registered_anew_vouches_for_nothing(
    any_engine: Engine, now: datetime
) -> None:
    hunting = stored.begun(any_engine)
    stored.looked(any_engine, hunting, look("films1.example", {"ad_id": ["theirs"]}))

    def established() -> frozenset[tuple[str, str]]:
        with any_engine.begin() as connection:
            return facts.network_facts(connection, hunting.network_id, "films").established

    assert ("ad_id", "theirs") in established()
    with_registration(any_engine, "films1.example", now + timedelta(days=1))
    assert established() == frozenset()
