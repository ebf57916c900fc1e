"""A world answers for its names, and a walk over its truth finds what can be found."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import mirrorhunt.lab
from mirrorhunt.lab.world import Content, Edge, Host, Html, Truth, World

LIVE = Truth("live")
ONE, TWO, THREE = Content(b"1"), Content(b"2"), Content(b"3")


def world(*hosts: Host, edges: tuple[Edge, ...] = ()) -> World:
    return World("small", 0, "films", ("a.example",), {h.name: h for h in hosts}, edges)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/nothing", None),
        # A covering route covers what begins so, not the path without its slash.
        ("/match", None),
        ("/", ONE),
        ("/match/", TWO),
        ("/match/12/3", TWO),
        ("/match/live/12", THREE),
    ],
)
def test_the_longest_route_wins(path: str, expected: Content | None) -> None:
    host = Host("a.example", LIVE, routes={"/": ONE, "/match/*": TWO, "/match/live/*": THREE})
    assert host.behaviour(path) is expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("nobody.example", None),
        ("below.a.example", None),
        ("a.example", "a.example"),
        ("www.a.example", "a.example"),
        ("b.example", "www.b.example"),
        ("x.y.wild.example", "wild.example"),
        ("any.test", "a.example"),
        ("test", None),
    ],
)
def test_a_name_is_answered_for_by_its_host(name: str, expected: str | None) -> None:
    found = World(
        "small",
        0,
        "films",
        (),
        {
            n: Host(n, LIVE, is_wildcard=n == "wild.example")
            for n in ("a.example", "www.b.example", "wild.example")
        },
        wildcard_suffixes={"test": "a.example"},
    ).find(name)
    assert (found and found.name) == expected


def test_a_search_goes_on_from_live_members_and_their_channels_only() -> None:
    member = Truth("live", "member", "films")
    hosts = (
        Host("a.example", member),
        Host("seized.example", Truth("seized", "member", "films")),
        Host("channel.example", Truth("live", "platform")),
        Host("news.example", Truth("live", "news_article")),
        *(Host(f"{n}.example", member) for n in ("b", "c", "d")),
    )
    edges = (
        Edge("a.example", "seized.example", "link"),
        Edge("a.example", "channel.example", "link"),
        Edge("a.example", "news.example", "link"),
        Edge("channel.example", "b.example", "announcement"),
        Edge("seized.example", "c.example", "link"),
        Edge("news.example", "d.example", "link"),
    )
    reached = world(*hosts, edges=edges).reached()
    assert reached["b.example"] == 2
    assert "seized.example" in reached
    assert not {"c.example", "d.example"} & reached.keys()
    assert "b.example" not in world(*hosts, edges=edges).reached(frozenset({"link"}))


def test_a_registrable_domain_is_stood_for_by_its_shortest_name() -> None:
    found = world(Host("player.a.example", LIVE), Host("a.example", LIVE)).domains
    assert {domain: host.name for domain, host in found.items()} == {"a.example": "a.example"}


def test_a_template_that_does_not_exist_is_an_error() -> None:
    from mirrorhunt.lab import pages

    host = Host("a.example", LIVE, routes={"/": Html("atlantis")})
    with pytest.raises(KeyError, match="atlantis"):
        pages.render(world(host), host, "/", Html("atlantis"))


def imports() -> Iterator[tuple[str, str]]:
    for file in Path(mirrorhunt.lab.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                yield file.name, node.module
            elif isinstance(node, ast.Import):
                yield from ((file.name, alias.name) for alias in node.names)


def test_the_judge_uses_nothing_of_what_it_judges() -> None:
    borrowed = {"mirrorhunt.names", "mirrorhunt.errors", "mirrorhunt.registry"}
    ours = [
        (file, module)
        for file, module in imports()
        if module.startswith("mirrorhunt") and not module.startswith("mirrorhunt.lab")
    ]
    assert [found for found in ours if found[1] not in borrowed] == []
