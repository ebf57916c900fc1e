"""The spider that looks again: it reads what every technique reads, and is none itself."""

from spiders._base import DiscoverySpider, all_techniques
from spiders.hunt import HuntSpider
from spiders.recheck import RecheckSpider


def test_it_reads_all_that_a_hunt_reads() -> None:
    assert RecheckSpider.techniques() == HuntSpider.techniques() == all_techniques()


def test_it_is_no_technique() -> None:
    assert RecheckSpider not in all_techniques()


def test_it_alone_takes_up_nothing_new_and_looks_once() -> None:
    assert RecheckSpider.only_due
    assert RecheckSpider.rounds == 1
    others: list[type[DiscoverySpider]] = [DiscoverySpider, HuntSpider, *all_techniques()]
    assert [spider for spider in others if spider.only_due] == []
