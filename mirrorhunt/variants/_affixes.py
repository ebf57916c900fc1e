"""Words put before and after a name, and how likely each is the one."""

from collections.abc import Mapping

from mirrorhunt.variants._lore import Lore, shares
from mirrorhunt.variants._rule import Question
from mirrorhunt.variants._words import beginning_words, ending_words

# Words in use before anything was counted; those among them that do occur are counted higher.
COMMON_WORDS = (
    *("app", "best", "club", "free", "get", "go", "hd", "hub", "live", "my", "net", "new", "now"),
    *("official", "online", "org", "plus", "pro", "proxy", "read", "site", "the", "to", "top"),
    *("tv", "watch", "web", "world", "www", "zone"),
)
# What such sites offer, in the languages that share these words.
GENRE_WORDS = (
    *("anime", "cine", "comic", "comics", "film", "films", "hentai", "manga", "mangas", "manhua"),
    *("manhwa", "mirror", "movie", "movies", "novel", "novels", "play", "porn", "raw", "reader"),
    *("scan", "scans", "serie", "series", "stream", "streaming", "team", "toon", "toons"),
    *("torrent", "torrents", "tracker", "tube", "video", "webtoon"),
)


def words_of(question: Question) -> Mapping[tuple[str, str], float]:
    """(place, word) to the chance that it is the one, this network's own words weighing more."""
    general = question.lore.keep("affixes", lambda: affixes(question.lore))
    own: dict[tuple[str, str], float] = {}
    for rule in ("affixed", "other_ending", "unaffixed"):
        for detail, count in question.own_details(rule).items():
            place, _, word = detail.partition(":")
            if word:
                own[place, word] = own.get((place, word), 0.0) + count
    strength = sum(own.values())
    if not strength:
        return general
    part = 0.6 * strength / (strength + 2.0)
    mixed = {key: (1 - part) * share for key, share in general.items()}
    for key, share in shares(own).items():
        mixed[key] = mixed.get(key, 0.0) + part * share
    return mixed


def affixes(lore: Lore) -> Mapping[tuple[str, str], float]:
    """(place, word) to the chance that it is the one, over all networks."""
    counted: dict[tuple[str, str], float] = {}
    for place in ("end", "begin"):
        for word in COMMON_WORDS:
            counted[place, word] = 0.3
        for word in GENRE_WORDS:
            counted[place, word] = 0.2
    for table, worth in (("affixed", 1.0), ("other_ending", 0.7), ("unaffixed", 0.3)):
        for key, count in lore.counts(table, 60.0).items():
            place, _, word = key.partition(":")
            if word and len(word) <= 12:
                counted[place, word] = counted.get((place, word), 0.0) + worth * count
    for place, words in (("end", ending_words(lore)), ("begin", beginning_words(lore))):
        for word, count in words.items():
            # Two letters that many names end in are mostly the end of longer words.
            worth = 0.06 * count**0.8 * min(1.0, 0.15 * 2.6 ** (len(word) - 2))
            counted[place, word] = counted.get((place, word), 0.0) + worth
    return dict(sorted(shares(counted).items(), key=lambda item: (-item[1], item[0]))[:400])
