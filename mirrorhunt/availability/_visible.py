"""The text of a small page that its visitors can see.

A notice that the page itself hides (by attribute, style, class or its own style sheet) is written
for us and nobody else. What an external sheet or a script hides stays unseen by this.
"""

import re

from selectolax.lexbor import LexborHTMLParser

from mirrorhunt.harmless import harmless

_STYLE_CHARS = 200_000
_HIDING = re.compile(
    r"display\s{0,4}:\s{0,4}none|visibility\s{0,4}:\s{0,4}(?:hidden|collapse)"
    r"|(?<![\w-])opacity\s{0,4}:\s{0,4}0(?:\.0{1,4})?(?![.\d])|font-size\s{0,4}:\s{0,4}[01](?:px|pt|em)?(?![.\d])"
    r"|(?:left|top|right|text-indent|margin-left)\s{0,4}:\s{0,4}-\d{3,6}"
    r"|clip(?:-path)?\s{0,4}:|(?<![\w-])(?:height|width)\s{0,4}:\s{0,4}[01](?:px)?(?![.\d%])",
    re.I,
)
_STYLE_RULE = re.compile(r"([.#][\w-]{1,60})\s{0,8}\{([^{}]{0,400})\}")
_HIDDEN_CLASSES = frozenset(
    {"hidden", "sr-only", "visually-hidden", "screen-reader-text", "d-none", "invisible", "hide"}
)
_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "\u00a0": " ", "\u00ad": None})


def fold(text: str) -> str:
    """*text* in lower case, with plain quotes and single spaces."""
    return " ".join(text.translate(_QUOTES).lower().split())


def visible_text(html: str) -> str:
    """The text that a visitor of a small page can see: without what its own markup hides."""
    # Without this a page of 200,000 attributes holds the parser for minutes.
    tree = LexborHTMLParser(harmless(html)[0])
    hidden = {
        selector
        for node in tree.css("style")
        for selector, body in _STYLE_RULE.findall((node.text() or "")[:_STYLE_CHARS])
        if _HIDING.search(body)
    }
    body = tree.body
    if body is None:
        return ""
    for node in tree.css("body *"):
        attributes = node.attributes
        classes = (attributes.get("class") or "").split()
        style = (attributes.get("style") or "")[:500]
        is_hidden = (
            node.tag in {"script", "style", "noscript", "template", "svg"}
            or "hidden" in attributes
            or not _HIDDEN_CLASSES.isdisjoint(classes)
            or any(f".{name}" in hidden for name in classes)
            or f"#{attributes.get('id')}" in hidden
            or (style and _HIDING.search(style) is not None)
        )
        if is_hidden and node.parent is not None:
            node.decompose()
    return fold(body.text(separator=" "))
