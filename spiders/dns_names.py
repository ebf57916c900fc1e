"""Names that nobody has announced yet: what this network would call its next host."""

from collections.abc import AsyncIterator, Iterator
from itertools import takewhile

from mirrorhunt.crawling.asking import existing
from mirrorhunt.crawling.scene import Scene
from mirrorhunt.model import Candidate
from mirrorhunt.variants import Known, Proposal, Statistics, propose

from ._base import DiscoverySpider

MIN_PROBABILITY = 1e-5
"""A name less likely than this is not worth a question: 100,000 of them would find one host."""


class DnsNamesSpider(DiscoverySpider):
    """Make names from the names that stand, ask DNS which exist, and propose those."""

    name = "dns_names"
    technique_order = 400

    @classmethod
    async def propose(cls, scene: Scene) -> AsyncIterator[Candidate]:
        """The names that exist, the most likely first, within the budget."""
        async for proposal in existing(scene.resolver, _worth_asking(scene)):
            yield Candidate(
                proposal.host, scene.network, cls.name, None, proposal.because, proposal.rule
            )


def _worth_asking(scene: Scene) -> Iterator[Proposal]:
    """The most likely names that were not asked for yet."""
    proposals = propose(
        [Known(domain, first_seen_at) for domain, first_seen_at in scene.known],
        scene.now,
        Statistics.shipped(),
        limit=scene.budget_names,
        is_excluded=lambda name: (
            name in scene.asked or name in scene.considered or scene.is_out(name)
        ),
    )
    for proposal in takewhile(lambda p: p.probability >= MIN_PROBABILITY, proposals):
        scene.asked.add(proposal.host)
        yield proposal
