"""What the worlds for attribution promise alike, for whatever seed."""

import os
import subprocess
import sys
from functools import cache

import pytest

from mirrorhunt.lab.world import BACKGROUND, World
from mirrorhunt.lab.worlds import worlds
from mirrorhunt.names import host
from tests.mirrorhunt.lab.promised import digest

NAMES = ("brands", "epochs", "proxies")


@cache
def world_of(name: str, seed: int) -> World:
    return worlds[name](seed)


@pytest.fixture(params=[(name, seed) for name in NAMES for seed in (1, 2, 7)])
def world(request: pytest.FixtureRequest) -> World:
    return world_of(*request.param)


def test_a_world_is_bounded_and_starts_from_one_seed(world: World) -> None:
    for day in world.days:
        assert 50 < len(world.on(day).hosts) <= 300
        assert len(world.on(day).seeds) == 1
        assert world.on(day).network == world.name


def test_names_are_written_as_names_are(world: World) -> None:
    for day in world.days:
        today = world.on(day)
        for name in (*today.hosts, *today.protect, *today.candidates):
            assert host(name) == name


def test_protected_names_are_nobodys_members(world: World) -> None:
    assert world.protect
    assert all(world.hosts[name].truth.network is None for name in world.protect)


def test_there_are_decoys_and_a_background(world: World) -> None:
    assert sum(1 for _ in world.of_kind(BACKGROUND)) == 60
    assert len({h.truth.kind for h in world.decoys}) >= 6


@pytest.mark.parametrize("name", NAMES)
def test_the_same_seed_gives_the_same_world_and_another_another(name: str) -> None:
    assert worlds[name](1) == world_of(name, 1)
    members = [{h.name for h in world_of(name, seed).members} for seed in (1, 2)]
    assert len(members[0] & members[1]) < 3


def test_another_process_gives_the_same_worlds() -> None:
    """Sets of text are in another order in each: a world must not be drawn from one."""
    script = (
        "from mirrorhunt.lab.worlds import worlds\n"
        "from tests.mirrorhunt.lab.promised import digest\n"
        f"print([digest(worlds[name](1)) for name in {NAMES!r}])"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout.strip()
        for hash_seed in ("1", "2")
    ]
    assert said[0] == said[1] == str([digest(world_of(name, 1)) for name in NAMES])
