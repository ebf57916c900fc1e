"""What the world fenced promises, for whatever seed."""

import asyncio
from collections import Counter
from functools import cache

import pytest

from mirrorhunt.lab.abroad import ABROAD, Proxy
from mirrorhunt.lab.world import World
from mirrorhunt.lab.worlds import worlds


@cache
def world_of(seed: int) -> World:
    return worlds["fenced"](seed)


@pytest.fixture(params=(1, 2, 7))
def world(request: pytest.FixtureRequest) -> World:
    return world_of(request.param)


def test_half_of_the_mirrors_are_shut_to_a_plain_look(world: World) -> None:
    mirrors = [h for h in world.members if "mirror" in h.truth.relations]
    assert Counter(h.gate for h in mirrors) == {"": 7, "abroad": 4, "referrer": 2, "mobile": 2}
    assert all((h.closed is None) == (not h.gate) for h in world.hosts.values())


def test_every_mirror_is_reached_from_a_seed_that_is_open(world: World) -> None:
    assert {h.name for h in world.members} <= world.reached().keys()
    assert all(world.hosts[name].gate == "" for name in world.seeds)


def test_lawful_sites_are_shut_likewise(world: World) -> None:
    strangers = list(world.of_kind("fenced_stranger"))
    assert {h.gate for h in strangers} == {"abroad", "referrer", "mobile"}
    assert all(h.truth.network is None for h in strangers)


def test_the_same_seed_gives_the_same_world() -> None:
    assert worlds["fenced"](1) == world_of(1)
    assert {h.name for h in world_of(1).members} != {h.name for h in world_of(2).members}


def test_the_proxy_connects_from_an_address_of_its_own() -> None:
    came: list[str] = []

    async def meet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.append(writer.get_extra_info("peername")[0])
        writer.write(b"here")
        await writer.drain()
        writer.close()

    async def test() -> bytes:
        server = await asyncio.start_server(meet, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        proxy = Proxy()
        reader, writer = await asyncio.open_connection("127.0.0.1", await proxy.start())
        writer.write(f"CONNECT 127.0.0.1:{port} HTTP/1.1\r\n\r\n".encode())
        said = await reader.read()
        writer.close()
        await proxy.stop()
        server.close()
        return said

    assert asyncio.run(test()).endswith(b"\r\n\r\nhere")
    assert came == [ABROAD]


def test_the_proxy_does_nothing_but_connect() -> None:
    async def test() -> bytes:
        proxy = Proxy()
        reader, writer = await asyncio.open_connection("127.0.0.1", await proxy.start())
        writer.write(b"GET http://127.0.0.1/ HTTP/1.1\r\n\r\n")
        said = await reader.read()
        writer.close()
        await proxy.stop()
        return said

    assert asyncio.run(test()).startswith(b"HTTP/1.1 405 ")
