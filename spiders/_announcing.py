"""Words by which a network says where it has moved, or which addresses are its own.

Written down by us in thirteen languages, from the wording such notices use; how many notices they
catch has not been measured. An article *about* a network uses the same words; only who says it
tells the two apart, and that is judged by whose page it is.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MAX_PHRASES = 100
REACH_CHARS = 60
"""How far behind the words the first address may stand."""
REACH_OPAQUE_CHARS = 25
"""The same for a link whose words show only that one is to follow it: "here"."""
REACH_BEFORE_CHARS = 30
MAX_LISTED = 60

_STRONG = (
    # Italian
    r"nuov[oai] (?:indirizz[oi]|domini[oi]?|url|dns)",
    r"(?:i )?nostr[io] (?:(?:nuov[oi]|altr[oi]|unic[oi]) )*"
    r"(?:domini[oi]?|sit[oi]|indirizz[oi]|mirror)",
    r"(?:domini[oi]?|indirizz[oi]) (?:ufficial[ei]|aggiornat[oi]|attual[ei]|alternativ[oi])",
    r"ci siamo (?:spostati|trasferiti)|(?:ora|adesso) (?:siamo|ci trovate) (?:su|qui)",
    # Spanish
    r"nuev[oa]s? (?:dominios?|direcci(?:ó|o)n(?:es)?|url)|nuestr[oa]s? (?:nuev[oa]s? )?"
    r"(?:dominios?|direcci(?:ó|o)n(?:es)?|espejos?)",
    r"dominios? (?:oficial(?:es)?|actual(?:es)?|alternativos?)",
    r"nos (?:hemos mudado|mudamos|hemos trasladado|trasladamos)|ahora estamos en",
    # Portuguese
    r"nov[oa]s? (?:dom(?:í|i)nios?|endere(?:ç|c)os?|url)",
    r"noss[oa]s? (?:nov[oa]s? )?(?:dom(?:í|i)nios?|endere(?:ç|c)os?|espelhos?)",
    r"(?:dom(?:í|i)nios?|endere(?:ç|c)os?) (?:oficia(?:l|is)|atua(?:l|is))",
    r"mudamos (?:para|de)|agora estamos em",
    # French
    r"nouve(?:lles?|aux?|l) (?:adresses?|domaines?|noms? de domaine|url)",
    r"nos (?:nouve(?:aux|lles) )?(?:domaines|adresses|miroirs)",
    r"(?:adresses?|domaines?) officiel(?:le)?s?",
    r"nous avons (?:d(?:é|e)m(?:é|e)nag(?:é|e)|chang(?:é|e) d['’]adresse)",
    # English
    r"new (?:official )?(?:address(?:es)?|domains?(?: names?)?|url)",
    r"our (?:(?:new|other|only|official|current|working|alternative|backup|mirror) )*"
    r"(?:mirrors?|domains?|address(?:es)?|prox(?:y|ies)|sites|urls?)",
    r"our (?:new|official) (?:web)?site",
    r"official (?:domains?|mirrors?|address(?:es)?|urls?)",
    r"(?:alternative|alternate|backup|mirror) (?:domains?|address(?:es)?|urls?)",
    r"(?:we(?:['’]ve| have)? |(?:has|have) )?moved to|we are now (?:at|on)",
    # German
    r"neue[rsn]? (?:adressen?|domains?|url)|unsere (?:neuen? )?(?:domains?|adressen?|mirrors?)",
    r"offizielle[rsn]? (?:domains?|adressen?)|umgezogen (?:nach|auf|zu)"
    r"|wir sind (?:jetzt|umgezogen)",
    # Dutch
    r"nieuwe? (?:adres(?:sen)?|domein(?:en|naam)?|url)|onze (?:nieuwe )?(?:domeinen|adressen)",
    r"offici(?:ë|e)le (?:domeinen|adressen)|verhuisd naar|we zijn verhuisd",
    # Polish
    r"now(?:y|e|a|ej|ym) (?:adres(?:y|em)?|domen(?:a|y|ie|ę))|nasz[ea]? (?:domen[ay]|adresy?)",
    r"oficjaln[ea] (?:domen[ay]|adresy)|przenie(?:ś|s)li(?:ś|s)my si(?:ę|e)",
    # Romanian
    r"nou(?:a|ă) adres(?:a|ă)|adres(?:a|ă) nou(?:a|ă)|noul domeniu|domeni(?:u|ul) nou",
    r"domeniile noastre|domenii oficiale|ne-am mutat",
    # Turkish
    r"yen(?:i|İ) (?:giri(?:ş|s) )?(?:adres|domain|alan ad)\w{0,8}+",
    r"g(?:ü|u)ncel (?:giri(?:ş|s) )?(?:adres|domain)\w{0,8}+|ta(?:ş|s)(?:ı|i)nd(?:ı|i)k",
    # Arabic
    r"(?:العنوان|الرابط|الدومين|النطاق) الجديد",
    r"(?:موقعنا|نطاقنا|رابطنا) الجديد|انتقلنا (?:إلى|الى)",
    # Russian
    r"нов(?:ый|ого|ом|ые) (?:адрес|домен)\w{0,4}+|наш[аеи]? (?:нов\w{1,3}+ )?"
    r"(?:домен|зеркал|адрес)\w{0,4}+",
    r"(?:официальн|актуальн|рабоч)\w{1,4}+ (?:зеркал|адрес|домен)\w{0,4}+"
    r"|мы переехали|переехал\w?+ на",
    # Greek
    r"ν(?:έ|ε)α (?:μας )?διε(?:ύ|υ)θυνση|ν(?:έ|ε)ο (?:μας )?(?:domain|όνομα τομέα)"
    r"|μεταφερθήκαμε|επίσημ\w{1,4}+ (?:domain|διευθύν)\w{0,5}+",
)
# Said of other things as often: believed of a host whose name is like the page's own.
_WEAK = (
    r"mirrors?|sit[oi] (?:ufficial[ei]|nuov[oi])|nuovo (?:sito|link)|siamo su|nuev[oa] (?:sitio|"
    r"web|p(?:á|a)gina)|novo (?:site|link)|nouveau (?:site|lien)|new (?:site|website|link)"
    r"|official (?:web)?site|working (?:domains?|links?)|prox(?:y|ies)|espejos?|espelhos?|miroirs?"
    r"|neue seite|nieuwe site|nowa strona|site nou|yeni site\w{0,4}+|зеркал\w{1,3}+|νέο site"
)
# What case makes of these is more than one character, or depends on the language.
_FOLDED = str.maketrans("\u0130\u0131\u017f\u03c2\u03a3", "iis\u03c3\u03c3")
_STRONG_WORDS, _WEAK_WORDS = (
    # For folded text: regardless of case, a search takes three times as long.
    re.compile(rf"(?<!\w)(?:{words})(?!\w)".translate(_FOLDED))
    for words in ("|".join(_STRONG), _WEAK)
)
# One of these stands in all announcing words, and none of them on most pages.
_STEM_LINES = """
    domain|domein|domen|domeni|domini|domíni|τομέα|dns|url|addres|adres|alan ad|direcci|endere
    indirizz|διευθ|διεύθ|адрес|домен|mirror|espej|espelh|miroir|зеркал|proxy|proxies|nostr|ufficial|nuov
    siamo|trovate|nuev|mudado|mudamos|traslad|estamos em|estamos en|novo site|novo link|nouveau
    nous avons|sites|new site|new website|new link|official site|official website|moved to
    we are now|working link|umgezogen|wir sind|neue seite|verhuisd|zijn verhuisd|nieuwe site
    przenie|nowa strona|ne-am mutat|site nou|yeni site|taşind|tasind|الجديد|انتقلنا|переехал
    νέο site|μεταφερθήκαμε
"""
_STEMS = tuple(stem.strip() for stem in _STEM_LINES.replace("\n", "|").split("|") if stem.strip())
# "Beware of fake mirrors", "our old domain": the address behind these is nobody's new one.
_DENIAL = re.compile(
    r"(?<!\w)(?:fakes?|fals[oaei]s?|clon[ei]s?|cloni|scams?|truff\w{1,4}+|phishing|imitat\w{1,6}+"
    r"|imposters?|not our|isn['’]t our|non (?:è|e|sono)|no es|n['’]est pas|faux|fausses?"
    r"|gefälscht\w{0,2}+|nep|sahte|фейк\w{0,4}+|мошенни\w{1,4}+|поддел\w{1,5}+|مزيف\w{0,2}+"
    r"|old|former|vecchi[oae]?|viejos?|antigu[oa]s?|antig[oa]s?|anciens?|alte[rsn]?|стар\w{1,3}+)"
    r"(?!\w)",
    re.I,
)
_LIST_SIGNS = re.compile(
    r"[^\w]{0,12}+(?:(?:e|ed|and|or|o|y|ou|et|und|oder|en|i|lub|sau|și|ve|и|или|και|أو|mirror|\d{1,2})"
    r"(?!\w)[^\w]{0,12}+)?+",
    re.I,
)
# What may stand between announcing words and a link whose own words do not show where it leads.
_LINKING = re.compile(
    r"[^\w.!?;]{0,6}+(?:(?:è|is|are|sono|es|son|é|são|est|sont|ist|sind|jest)\W)?+\W{0,3}+", re.I
)
_POINTING = re.compile(
    r"(?<!\w)(?:qui|qua|here|click|clicca\w{0,4}+|aqu(?:í|i)|clic|clique|ici|hier|klik\w{0,4}+|tutaj"
    r"|aici|burada|buraya|t(?:ı|i)kla\w{0,4}+|тут|здесь|сюда|εδώ|هنا|اضغط|visit\w{0,2}+|enter|entra"
    r"|vai|go)(?!\w)",
    re.I,
)
_SENTENCE_END = re.compile(r"[.!?…;](?=\s)")


def may_announce(text: str) -> bool:
    """False if there are surely no announcing words in *text*: most texts cost no more."""
    return _has_stem(_folded(text))


def _folded(text: str) -> str:
    """*text* in lower case, each character at its place."""
    return text.translate(_FOLDED).lower()


def _has_stem(folded: str) -> bool:
    return any(stem in folded for stem in _STEMS)


def announcing(text: str) -> Iterator[tuple[int, int, bool]]:
    """(start, end, is strong) of the announcing words of *text*, at most `MAX_PHRASES`."""
    folded = _folded(text)
    if not _has_stem(folded):
        return
    count = 0
    for words, is_strong in ((_STRONG_WORDS, True), (_WEAK_WORDS, False)):
        for found in words.finditer(folded):
            if not _is_denied(text, found.start(), found.end()):
                yield found.start(), found.end(), is_strong
            count += 1
            if count >= MAX_PHRASES:
                return


def _is_denied(text: str, start: int, end: int) -> bool:
    before = text[max(0, start - 40) : start]
    borders = list(_SENTENCE_END.finditer(before))
    if borders:
        before = before[borders[-1].end() :]
    return _DENIAL.search(before) is not None


@dataclass(frozen=True, slots=True)
class Spot:
    """A host at a place in the text: named there, or linked from the words that stand there."""

    start: int
    end: int
    host: str
    region: str
    is_plain: bool
    """True if the words show that the host is meant: its name, or a name like the page's."""


def reached(text: str, start: int, end: int, spots: Sequence[Spot]) -> Iterator[Spot]:
    """Which of *spots* (sorted) the announcing words from *start* to *end* speak of.

    The link that they are the words of; else the host just before them ("x is our new address");
    else the first behind them in the same sentence and what is listed right after that one. The
    borders of paragraphs are not in the text, so a list goes on only over signs and an "and".
    """
    n = bisect_left(spots, end, key=lambda spot: spot.start)
    nearby = spots[max(0, n - 6) : n]
    holding = next((spot for spot in nearby if spot.start <= start and end <= spot.end), None)
    if holding is not None:
        yield holding
        return
    after = spots[n] if n < len(spots) else None
    before = next((s for s in reversed(nearby) if s.end <= start), None)
    if after is not None and not _is_near(text, end, after.start, after, REACH_CHARS):
        after = None
    if before is not None and before.is_plain:
        is_near = _is_near(text, before.end, start, before, REACH_BEFORE_CHARS)
        is_nearer = after is None or not after.is_plain
        if is_near and is_nearer and not _LIST_SIGNS.fullmatch(text[before.end : start]):
            yield before
            return
    if after is None:
        return
    yield after
    at = after.end
    for spot in spots[n + 1 : n + MAX_LISTED]:
        if spot.end <= at or spot.start < at:
            continue
        if not spot.is_plain or not _LIST_SIGNS.fullmatch(text[at : spot.start]):
            return
        yield spot
        at = spot.end


def _is_near(text: str, start: int, end: int, spot: Spot, reach_chars: int) -> bool:
    """True if what stands from *start* to *end* lets the announcing words speak of *spot*."""
    between = text[start:end]
    if not spot.is_plain and not _LINKING.fullmatch(between):
        # An advertisement's link stands beside announcing words by chance.
        if not _POINTING.search(text, spot.start, spot.end):
            return False
        reach_chars = REACH_OPAQUE_CHARS
    return (
        len(between) <= reach_chars
        and not _SENTENCE_END.search(between + " ")
        and not _DENIAL.search(between)
    )
