"""Looks again at a network's hosts as often as each may have changed, and finds no new ones.

By hand ``scrapy crawl recheck -a network=NAME``, or ``-a seeds=HOST`` with one of its seeds. Whose
turn it is follows from what is stored (`mirrorhunt.cadence`); run it as often as you like.
"""

from ._base import DiscoverySpider, all_techniques


class RecheckSpider(DiscoverySpider):
    """What is due, once; then what is known is judged again."""

    name = "recheck"
    only_due = True

    @classmethod
    def techniques(cls) -> list[type[DiscoverySpider]]:
        """All there are, for what they read: where a member leads now is for the next hunt."""
        return all_techniques()
