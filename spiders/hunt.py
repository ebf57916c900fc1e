"""The main job: every technique, to a fixed point."""

from ._base import DiscoverySpider, all_techniques


class HuntSpider(DiscoverySpider):
    """All techniques of this folder, round by round until nothing new stands."""

    name = "hunt"
    rounds = None

    @classmethod
    def techniques(cls) -> list[type[DiscoverySpider]]:
        """All there are."""
        return all_techniques()
