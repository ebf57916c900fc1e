"""Writes the pages of a world: the same bytes each time for the same world, host and path."""

import random
from collections.abc import Callable, Mapping
from functools import cache

from mirrorhunt.lab.templates import background, catalogue, decoys, scripted, states, streaming
from mirrorhunt.lab.templates.scene import Scene
from mirrorhunt.lab.world import Host, Html, World


@cache
def templates() -> Mapping[str, Callable[[Scene], str]]:
    """All templates by name."""
    return {
        **states.TEMPLATES,
        **streaming.TEMPLATES,
        **decoys.TEMPLATES,
        **background.TEMPLATES,
        **catalogue.TEMPLATES,
        **scripted.TEMPLATES,
    }


def render(world: World, host: Host, path: str, html: Html) -> bytes:
    """The page *path* of *host*.

    Raises KeyError for a template that does not exist: the world is wrong.
    """
    rng = random.Random(f"{world.name}:{world.seed}:{host.name}:{path}")
    return templates()[html.template](Scene(world, host, path, html, rng)).encode()
