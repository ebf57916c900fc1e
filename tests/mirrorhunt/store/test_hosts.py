"""Who is who."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from mirrorhunt.errors import InputError, UnknownNameError
from mirrorhunt.store import hosts
from mirrorhunt.store.tables import Host, Network, Seed


def test_an_unknown_network_lists_what_there_is(any_engine: Engine, now: datetime) -> None:
    with any_engine.begin() as connection:
        with pytest.raises(UnknownNameError, match="none yet: start with `mirrorhunt hunt SEED`"):
            hosts.find_network_id(connection, "films")
        hosts.network_id(connection, "goals", now)
        with pytest.raises(UnknownNameError, match="no network 'films'; there are: goals"):
            hosts.find_network_id(connection, "films")


def test_writing_down_twice_changes_nothing(any_engine: Engine, now: datetime) -> None:
    later = now + timedelta(days=1)
    with any_engine.begin() as connection:
        network = hosts.network_id(connection, "films", now)
        first = hosts.ids_of(connection, ["b.example", "a.example", "a.example"], now)
        hosts.add_seeds(connection, network, ["a.example"], now)
        hosts.add_seeds(connection, network, ["a.example"], later)

        assert hosts.network_id(connection, "films", later) == network
        assert hosts.ids_of(connection, ["a.example", "b.example"], later) == first
        assert connection.execute(select(Host.first_seen_at).distinct()).scalar_one() == now
        assert connection.execute(select(Seed.added_at)).scalar_one() == now
        assert connection.execute(select(Network.created_at)).scalar_one() == now


def test_more_hosts_than_one_question_holds_are_found(any_engine: Engine, now: datetime) -> None:
    names = [f"films{n}.example" for n in range(1203)]
    with any_engine.begin() as connection:
        ids = hosts.ids_of(connection, names, now)

        assert len(set(ids.values())) == 1203
        assert hosts.find_ids(connection, [*names, "absent.example"]) == ids


def test_a_host_knows_its_registrable_domain(any_engine: Engine, now: datetime) -> None:
    with any_engine.begin() as connection:
        hosts.ids_of(connection, ["a.films.github.io", "co.uk"], now)
        rows = connection.execute(select(Host.name, Host.registrable_domain)).all()

    assert {row.name: row.registrable_domain for row in rows} == {
        "a.films.github.io": "films.github.io",
        # Nobody's: it stands for itself.
        "co.uk": "co.uk",
    }


def test_a_seed_may_belong_to_two_networks(any_engine: Engine, now: datetime) -> None:
    with any_engine.begin() as connection:
        for name in ("films", "goals"):
            network = hosts.network_id(connection, name, now)
            hosts.add_seeds(connection, network, ["b.example", "a.example"], now)

        assert hosts.networks_of_seed(connection, "a.example") == ["films", "goals"]
        assert hosts.networks_of_seed(connection, "c.example") == []
        assert hosts.network_names(connection) == ["films", "goals"]
        assert hosts.seeds_of(connection, network) == ["a.example", "b.example"]


def test_a_name_is_as_long_in_either_database(any_engine: Engine, now: datetime) -> None:
    # The operator's `--network`; bad input, so a line that says what to do, and exit code 2.
    with any_engine.begin() as connection, pytest.raises(InputError):
        hosts.network_id(connection, "x" * 101, now)
