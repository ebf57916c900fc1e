"""HTML made harmless for the parser, before `mirrorhunt.reading` hands it over.

The parser (lexbor) is fast on what people write, but three things grow with the square of their
number: levels, attributes of one tag, and formatting tags left open, which the HTML standard has
copied into each block that follows. Measured in 2026-11: 100,000 nested ``div`` took 13 s, 20,000
attributes 0.7 s. Nothing can stop the parser once it runs, so what it gets is bounded. Within the
bounds the worst page found took 1.6 s and 80 MB on a busy machine.
"""

import re

MAX_TAGS = 40_000
"""How many ``<``, opening and closing."""
MAX_UNCLOSED_TAGS = 10_000
MAX_COPIED_TAGS = 1_000_000
MAX_ATTRIBUTES = 400

# Tags that the parser opens again in each following block until they are closed (HTML standard,
# "reconstruct the active formatting elements"); ``a`` closes its like and cannot pile up.
_FORMATTING = "b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u"
_FORMATTING_START = re.compile(rf"<(?:{_FORMATTING})[\t\n\f\r />]", re.I)
_ATTRIBUTE = r"[\t\n\f\r ]+[\w-]+=(?:\"[^\"<>]*\"|'[^'<>]*'|[^\s\"'<>=/]+)"
_CLOSED_FORMATTING = re.compile(
    rf"<({_FORMATTING})(?:{_ATTRIBUTE}){{0,20}}+[\t\n\f\r ]*+>[^<]*+</\1>", re.I
)
_FORMATTING_TAG = re.compile(rf"<(/?)(?:{_FORMATTING})(?=[\t\n\f\r />])", re.I)
# As the HTML standard cuts a tag into attributes; from every start, as what is a comment or a
# script is not known before parsing. Possessive throughout: nothing is tried twice.
_CROWDED_TAG = re.compile(
    r"<[a-zA-Z][^\t\n\f\r />]*+(?:[\t\n\f\r /]*+[^\t\n\f\r />][^\t\n\f\r />=]*+"
    r"(?:[\t\n\f\r ]*+=[\t\n\f\r ]*+"
    r"(?:\"[^\"]*+\"|'[^']*+'|[^\t\n\f\r >\"'][^\t\n\f\r >]*+))?+"
    rf"){{{MAX_ATTRIBUTES}}}+"
)
# Below these the parser cannot be kept busy for long by crowded tags or by copied ones.
_SMALL_CHARS = 65_536
_FEW_TAGS = 2_000


def harmless(html: str) -> tuple[str, bool]:
    """*html* cut to what the parser reads in reasonable time, and whether it was cut.

    Where formatting tags could multiply they become ``span``, which the parser does not copy.
    """
    is_cut = False
    tags = html.count("<")
    allowed = MAX_TAGS
    if tags - 2 * html.count("</") > MAX_UNCLOSED_TAGS:
        allowed = MAX_UNCLOSED_TAGS
    if tags > allowed:
        at = -1
        for _ in range(allowed + 1):
            at = html.find("<", at + 1)
        html, tags, is_cut = html[:at], allowed, True
    if len(html) > _SMALL_CHARS and (crowded := _CROWDED_TAG.search(html)):
        html, is_cut = html[: crowded.start()], True
    if tags > _FEW_TAGS:
        # What is closed at once, as nearly all is, is not copied.
        formatting = len(_FORMATTING_START.findall(html)) - len(_CLOSED_FORMATTING.findall(html))
        if formatting * tags > MAX_COPIED_TAGS:
            html = _FORMATTING_TAG.sub(r"<\1span", html)
    return html, is_cut
