"""What every technique is, and what every spider does.

A technique says what a look at a host tells about *other* hosts: `read` is a pure function of the
visit, so that a frozen visit is enough to test it. A technique that makes names up also says what
to ask for: `propose`. Looking itself (DNS, redirects, budgets, politeness) is
`mirrorhunt.crawling.visiting`'s, the same for all.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import TYPE_CHECKING, Any

import scrapy
from scrapy.exceptions import CloseSpider

from mirrorhunt.errors import MirrorhuntError
from mirrorhunt.model import Candidate, Pointer, Visit

if TYPE_CHECKING:
    from mirrorhunt.crawling.hunting import Hunt
    from mirrorhunt.crawling.scene import Scene


class DiscoverySpider(scrapy.Spider):
    """One technique; by hand ``scrapy crawl NAME -a seeds=a.example,b.example``."""

    technique_order: int = 500
    """Where two techniques read the same pointer, the lower one is named."""
    hunt: Hunt
    rounds: int | None = 1
    """How often it starts from what it has found; None: as often as the settings say."""
    only_due: bool = False
    """Whether it looks again at what is due, and takes up nothing new."""

    @classmethod
    def read(cls, visit: Visit) -> Iterable[Pointer]:
        """The hosts that *visit* brings up. Pure; raises nothing, whatever was served."""
        return ()

    @classmethod
    async def propose(cls, scene: Scene) -> AsyncIterator[Candidate]:
        """Hosts that nobody has brought up, but that are worth a look. Most propose none."""
        return
        yield  # An async generator without items.

    @classmethod
    def techniques(cls) -> list[type[DiscoverySpider]]:
        """The techniques this spider works by: itself, unless it says otherwise."""
        return [cls]

    def __init__(self, name: str | None = None, **arguments: Any) -> None:
        super().__init__(name)
        self.arguments = arguments
        """What was given by ``-a NAME=VALUE``."""

    async def start(self) -> AsyncIterator[Any]:
        """Look, round by round, until nothing is left to look at."""
        # Imported here: a frozen visit is read without the machinery. Made here and not earlier:
        # Scrapy makes a spider before the operator's settings are in.
        from mirrorhunt.crawling.hunting import Hunt

        try:
            self.hunt = Hunt.of(self, self.arguments)
        except MirrorhuntError as e:
            self.logger.error("%s", e)
            raise CloseSpider(str(e)) from None
        async for item in self.hunt.run():
            yield item


def all_techniques() -> list[type[DiscoverySpider]]:
    """Every technique of this folder, in their order. A new file is in it by being there."""
    package = __name__.rpartition(".")[0]
    found: list[type[DiscoverySpider]] = []
    for info in iter_modules(import_module(package).__path__):
        if not info.name.startswith("_"):
            found += _techniques_in(import_module(f"{package}.{info.name}"))
    return sorted(found, key=lambda t: (t.technique_order, t.name))


def _techniques_in(module: ModuleType) -> list[type[DiscoverySpider]]:
    return [
        thing
        for thing in vars(module).values()
        if isinstance(thing, type)
        and issubclass(thing, DiscoverySpider)
        and thing.__module__ == module.__name__
        # A spider that works by other techniques than itself is none.
        and "techniques" not in vars(thing)
    ]
