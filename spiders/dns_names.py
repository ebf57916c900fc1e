"""Names that nobody has announced yet: what this network would call its next host."""

from collections.abc import AsyncIterator, Iterator
from random import Random

from mirrorhunt.crawling.budgeting import POOL, worth_asking
from mirrorhunt.crawling.scene import Scene
from mirrorhunt.model import Candidate
from mirrorhunt.variants import Known, Proposal, Statistics, propose_for_brands

from ._base import DiscoverySpider


class DnsNamesSpider(DiscoverySpider):
    """Make names from the names that stand, ask DNS which exist, and propose those."""

    name = "dns_names"
    technique_order = 400

    @classmethod
    async def propose(cls, scene: Scene) -> AsyncIterator[Candidate]:
        """The names that exist, the most likely first, within the budget."""
        newest_first = [domain for domain, _ in reversed(scene.known)]
        async for found in scene.asker.existing(_worth_asking(scene), newest_first):
            name, because = found.proposal, found.proposal.because
            if not found.has_address:
                because += "; registered, but without an address"
            yield Candidate(name.host, scene.network, cls.name, None, because, name.rule)


def _statistics(scene: Scene) -> Statistics:
    """How networks move: those in the package, and the others of this deployment."""
    shipped = Statistics.shipped()
    return shipped.with_hops(scene.histories) if scene.histories else shipped


def _worth_asking(scene: Scene) -> Iterator[Proposal]:
    """The most likely names that were not asked for yet."""
    proposals = propose_for_brands(
        [Known(domain, first_seen_at) for domain, first_seen_at in scene.known],
        scene.now,
        _statistics(scene),
        limit=scene.budget_names * POOL,
        is_excluded=lambda name: (
            name in scene.asked or name in scene.considered or scene.is_out(name)
        ),
    )
    # The same questions when a run that was killed gets here again.
    random = Random(f"{scene.network} {len(scene.asked)}")
    for proposal in worth_asking(proposals, scene.tallies, scene.budget_names, random):
        scene.asked.add(proposal.host)
        scene.asker.ledger.note(proposal)
        yield proposal
