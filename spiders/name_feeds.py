"""New names that look like the network's: from lists, zone files and certificate logs.

Somebody else has seen the name already; all that is asked here is whether it looks like one of the
network's. `mirrorhunt scan` does the same for all networks at once.
"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from mirrorhunt import name_lists, scanning
from mirrorhunt.crawling.scene import Scene
from mirrorhunt.likeness import Patterns
from mirrorhunt.model import Candidate

from ._base import DiscoverySpider


class NameFeedsSpider(DiscoverySpider):
    """Looks through files of new names; by hand ``-a feed=FILE``."""

    name = scanning.TECHNIQUE
    technique_order = 450

    @classmethod
    async def propose(cls, scene: Scene) -> AsyncIterator[Candidate]:
        """The names in the feeds that look like one that stands, but are none yet."""
        patterns = Patterns({scene.network: [domain for domain, _ in scene.known]})
        if not len(patterns):
            return
        for file in scene.feeds:
            scan = scanning.Scan(patterns, scene.is_out)
            feed = Path(file).name
            with name_lists.opened(file) as names:
                blocks = scan.of(names)
                # A block takes a tenth of a second, which nobody's answer should wait for.
                while (matches := await asyncio.to_thread(next, blocks, None)) is not None:
                    for match in matches:
                        yield scanning.candidate(match, feed)
