"""The worlds, one a file: each offers a function from a seed to a `World`.

A world is made for judging. It is deterministic: the same seed gives the same world, down to the
bytes of its pages. Another seed gives other names, identifiers and arrangements, so that nothing
can be tuned to one of them.
"""

from collections.abc import Callable

from mirrorhunt.lab.world import World
from mirrorhunt.registry import Registry

worlds: Registry[Callable[[int], World]] = Registry(__name__, "world")
