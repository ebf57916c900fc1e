"""Numbers put to a name that had none, and how likely each is the one."""

from collections.abc import Mapping

from mirrorhunt.variants._lore import Lore, shares


def numbers_of(lore: Lore) -> Mapping[str, float]:
    """Number to the chance that it is the one that is added, likeliest first."""
    return lore.keep("numbers", lambda: _numbers(lore))


def _numbers(lore: Lore) -> Mapping[str, float]:
    choice = {str(n): 3.0 / n**1.3 for n in range(1, 31)}
    choice |= {f"0{n}": 0.3 / n for n in range(1, 10)}
    choice |= {"0": 0.3, "24": 0.15, "88": 0.1, "99": 0.1, "123": 0.1, "247": 0.05, "365": 0.1}
    for key, count in lore.counts("number_added", 60.0).items():
        number = key.partition(":")[2]
        if number:
            choice[number] = choice.get(number, 0.0) + count
    return dict(sorted(shares(choice).items(), key=lambda item: (-item[1], item[0])))
