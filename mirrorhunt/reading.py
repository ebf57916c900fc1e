"""The one bounded walk over a page's HTML, for `mirrorhunt.page`; nothing else calls it.

Each byte was written by somebody who may read this. Therefore the HTML is made harmless before the
parser sees it, the tree is walked once without looking up or down from a node, and whatever is
collected has a bound.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from mirrorhunt.harmless import harmless

# Bounds on what one page may cost. The largest of 2,192 real pages measured in 2026-11 had
# 12,000 elements; a page above a bound is read up to it and marked as cut.
MAX_ELEMENTS = 30_000
MAX_LINKS = 2_000
MAX_TEXT_CHARS = 200_000
MAX_SCRIPT_CHARS = 200_000
MAX_URL_CHARS = 2_000
MAX_RESOURCES = 2_000
MAX_METAS = 300
MAX_MARKS = 500

_TEMPLATE_TAGS = frozenset({"header", "nav", "footer", "aside"})
_COMMENTS = re.compile(r"comment|reply|replies|disqus|\bugc\b|guestbook|forum-post|chatbox", re.I)
_SILENT_TAGS = frozenset({"script", "style", "noscript", "template", "svg", "head", "title"})
_PLACING_TAGS = _TEMPLATE_TAGS | _SILENT_TAGS
_MARKED_TAGS = frozenset({"script", "ins", "iframe", "video", "source", "embed", "object"})
_MARKS_OF_ANY_TAG = frozenset({"data-zone", "data-zone-id", "data-zoneid", "data-ad-client"})
# Schemes by which a page names a contact, a wallet or a stream; not those that run a script.
_OTHER_SCHEME = re.compile(
    r"(?!javascript:|data:|blob:|about:|vbscript:|https?:)[a-z][a-z0-9+.-]{1,20}:.", re.I
)


class Link(NamedTuple):
    """An ``a`` or ``area`` that leads somewhere."""

    url: str
    """Absolute; http or https only in `Page.links`."""
    text: str
    rel: str
    region: str
    """``template``, ``body`` or ``comments`` (written by visitors)."""


class Resource(NamedTuple):
    """Something the page loads: script, style, image, icon, frame, media."""

    url: str
    """Absolute."""
    tag: str
    rel: str = ""


class Mark(NamedTuple):
    """A ``data-*`` attribute of an element that loads something, or an advertisement's zone."""

    tag: str
    name: str
    """With its ``data-``, lower-case."""
    value: str
    url: str
    """What the element loads, absolute; empty if nothing."""


@dataclass(frozen=True)
class Reading:
    """What the walk saw; `mirrorhunt.page.Page` says what each part means."""

    title: str
    text: str
    own_text: str
    visitor_text: str
    links: tuple[Link, ...]
    other_links: tuple[Link, ...]
    marks: tuple[Mark, ...]
    resources: tuple[Resource, ...]
    metas: tuple[tuple[str, str], ...]
    scripts: tuple[str, ...]
    elements: tuple[tuple[str, str], ...]
    relations: tuple[tuple[str, str], ...]
    base: str
    is_cut: bool


def read(html: str, url: str) -> Reading:
    """Read *html*, found at *url*. Raises nothing, whatever it holds."""
    html, is_cut = harmless(html)
    tree = LexborHTMLParser(html)
    base_node = tree.css_first("base[href]")
    base = _absolute(url, base_node.attributes.get("href") or "") if base_node else None
    walk = _Walk(base or url)
    if tree.root is not None:
        is_cut = walk.over(tree.root) or is_cut
    text = _fold(" ".join(walk.texts))[:MAX_TEXT_CHARS]
    own_text, visitor_text = text, ""
    if walk.visitor_texts:
        own_text = _fold(" ".join(walk.own_texts))[:MAX_TEXT_CHARS]
        visitor_text = _fold(" ".join(walk.visitor_texts))[:MAX_TEXT_CHARS]
    return Reading(
        walk.title,
        text,
        own_text,
        visitor_text,
        tuple(walk.links()),
        tuple(walk.other_links),
        tuple(walk.marks),
        tuple(walk.resources),
        tuple(walk.metas),
        tuple(walk.scripts),
        tuple(walk.elements),
        tuple(walk.relations),
        base or url,
        is_cut,
    )


# What an element hands down to what stands inside it: region; whether its text is read by no
# visitor; what takes the text of the innermost link. A bare tuple, as one is made for each link.
_Place = tuple[str, bool, list[str] | None]
_TOP: _Place = ("body", False, None)


class _Walk:
    """Collects in one pass. A parent's place is looked up, so that depth costs nothing."""

    def __init__(self, base: str) -> None:
        self.title = ""
        self.texts: list[str] = []
        self.own_texts: list[str] = []
        self.visitor_texts: list[str] = []
        self.other_links: list[Link] = []
        self.marks: list[Mark] = []
        self.resources: list[Resource] = []
        self.metas: list[tuple[str, str]] = []
        self.scripts: list[str] = []
        self.elements: list[tuple[str, str]] = []
        self.relations: list[tuple[str, str]] = []
        self._links: list[tuple[str, list[str], str, str, str]] = []
        self._script_chars = 0
        self._urls = _Urls(base)
        self._are_comments: dict[str | None, bool] = {None: False}
        self._readers = {
            "a": self._read_link,
            "area": self._read_link,
            "meta": self._read_meta,
            "link": self._read_relation,
            "script": self._read_script,
            "title": self._read_title,
            **dict.fromkeys(
                ("iframe", "frame", "embed", "img", "source", "video", "audio", "object"),
                self._read_loading,
            ),
        }

    def over(self, root: LexborNode) -> bool:
        """Read all below *root*; True if a bound was met.

        Runs once per node of every page: calls and look-ups are kept out of it on purpose.
        """
        places: dict[int, _Place] = {}
        elements, texts, own_texts = self.elements, self.texts, self.own_texts
        readers, are_comments = self._readers, self._are_comments
        text_chars = 0
        for node in root.traverse(include_text=True):
            tag = node.tag
            parent = node.parent
            place = _TOP if parent is None else places.get(parent.mem_id, _TOP)
            if tag == "-text":
                region, is_silent, link = place
                if is_silent or text_chars > MAX_TEXT_CHARS:
                    continue
                text = node.text_content
                if text and link is not None and len(link) < 40:
                    link.append(text)
                if text and not text.isspace():
                    text_chars += len(text)
                    texts.append(text)
                    if region == "comments":
                        self.visitor_texts.append(text)
                    else:
                        own_texts.append(text)
                continue
            if not tag or tag[0] in "-!_":
                continue
            if len(elements) >= MAX_ELEMENTS:
                return True
            attributes = node.attributes
            css_class = attributes.get("class")
            elements.append((tag, css_class or ""))
            link = None
            if reader := readers.get(tag):
                link = reader(node, tag, attributes, place)
            if tag in _MARKED_TAGS or not _MARKS_OF_ANY_TAG.isdisjoint(attributes):
                self._read_marks(tag, attributes)
            name = attributes.get("id")
            if (
                (css_class and are_comments.get(css_class) is not False)
                or (name and are_comments.get(name) is not False)
                or tag in _PLACING_TAGS
            ):
                place = self._inside(tag, css_class, name, place)
            if link is not None:
                place = (place[0], place[1], link)
            if place is not _TOP:
                places[node.mem_id] = place
        return False

    def _inside(
        self,
        tag: str,
        css_class: str | None,
        name: str | None,
        place: _Place,
    ) -> _Place:
        region, is_silent, link = place
        if tag != "body" and tag != "html" and region != "comments":
            # Those two carry the marks of the whole page: "has-comments".
            if self._is_comments(css_class) or self._is_comments(name):
                region = "comments"
            elif tag in _TEMPLATE_TAGS:
                region = "template"
        return (region, is_silent or tag in _SILENT_TAGS, link)

    def _is_comments(self, mark: str | None) -> bool:
        known = self._are_comments.get(mark)
        if known is None:
            known = self._are_comments[mark] = _COMMENTS.search(mark or "") is not None
        return known

    def _read_link(
        self, node: LexborNode, tag: str, attributes: dict[str, str | None], place: _Place
    ) -> list[str] | None:
        """Read a link; the list that takes its text."""
        href = attributes.get("href")
        if not href or len(href) > MAX_URL_CHARS:
            return None
        rel = attributes.get("rel")
        rel = rel.lower() if rel else ""
        region = "comments" if "ugc" in rel else place[0]
        to = self._urls.web(href)
        if to is None:
            other = href.strip()
            if len(self.other_links) < MAX_LINKS and _OTHER_SCHEME.match(other):
                self.other_links.append(Link(other, "", rel, region))
            return None
        if len(self._links) >= MAX_LINKS:
            return None
        texts = [""]
        self._links.append((to, texts, attributes.get("title") or "", rel, region))
        return texts

    def links(self) -> list[Link]:
        """The links, now that the walk has seen their text."""
        return [
            Link(to, (_fold("".join(texts)) or _fold(title))[:200], rel, region)
            for to, texts, title, rel, region in self._links
        ]

    def _read_meta(
        self, node: LexborNode, tag: str, attributes: dict[str, str | None], place: _Place
    ) -> None:
        key = attributes.get("name") or attributes.get("property") or attributes.get("http-equiv")
        if key and len(self.metas) < MAX_METAS:
            content = (attributes.get("content") or "")[:MAX_URL_CHARS]
            self.metas.append((key.lower()[:100], content))

    def _read_relation(
        self, node: LexborNode, tag: str, attributes: dict[str, str | None], place: _Place
    ) -> None:
        rel = (attributes.get("rel") or "").lower()
        to = self._urls.web(attributes.get("href"))
        if to and len(self.relations) < MAX_RESOURCES:
            self.relations.append((rel, to))
            if "stylesheet" in rel or "icon" in rel or "preload" in rel:
                self._load(to, tag, rel)

    def _read_script(
        self, node: LexborNode, tag: str, attributes: dict[str, str | None], place: _Place
    ) -> None:
        if source := attributes.get("src"):
            if to := self._urls.web(source):
                self._load(to, tag)
        elif self._script_chars < MAX_SCRIPT_CHARS:
            script = (node.text() or "")[: MAX_SCRIPT_CHARS - self._script_chars]
            self._script_chars += len(script)
            if script and not script.isspace():
                self.scripts.append(script)

    def _read_loading(
        self, node: LexborNode, tag: str, attributes: dict[str, str | None], place: _Place
    ) -> None:
        source = attributes.get("src") or attributes.get("data-src") or attributes.get("data")
        if to := self._urls.web(source):
            self._load(to, tag)

    def _load(self, url: str, tag: str, rel: str = "") -> None:
        if len(self.resources) < MAX_RESOURCES:
            self.resources.append(Resource(url, tag, rel))

    def _read_title(
        self, node: LexborNode, tag: str, attributes: dict[str, str | None], place: _Place
    ) -> None:
        parent = node.parent
        if not self.title and (parent is None or parent.tag in {"head", "body", "html"}):
            # A drawing (svg) has titles, too.
            self.title = _fold(node.text()[:2_000])[:500]

    def _read_marks(self, tag: str, attributes: dict[str, str | None]) -> None:
        for name, value in attributes.items():
            if name.startswith("data-") and value and len(self.marks) < MAX_MARKS:
                url = self._urls.web(attributes.get("src")) or ""
                self.marks.append(Mark(tag, name, value[:MAX_URL_CHARS], url))


def _fold(text: str) -> str:
    """*text* with each run of white space as one space, none at the ends."""
    return " ".join(text.split())


def _absolute(base: str, to: str) -> str | None:
    try:
        return urljoin(base, to.strip())
    except ValueError:
        return None


# Printable ASCII without the backslash, which browsers read as a slash; no dot segments.
_PLAIN_URL = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:[/?#][!-\[\]-~]*)?")
_PLAIN_PATH = re.compile(r"/(?![/.])(?:[!-.0-\[\]-~]|/(?!\.))*")


class _Urls:
    """Makes absolute URLs; most links of a page are plain, and many are repeated."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._known: dict[str, str | None] = {}
        self._origin = ""
        try:
            found = urlsplit(base)
        except ValueError:
            return
        if found.scheme in {"http", "https"} and found.netloc:
            self._origin = f"{found.scheme}://{found.netloc}"

    def web(self, to: str | None) -> str | None:
        """*to* as an absolute http(s) URL, or None."""
        if not to or len(to) > MAX_URL_CHARS:
            return None
        if to[0] == "/":
            if self._origin and _PLAIN_PATH.fullmatch(to):
                return self._origin + to
        elif _PLAIN_URL.fullmatch(to):
            return to
        if to not in self._known:
            self._known[to] = self._join(to)
        return self._known[to]

    def _join(self, to: str) -> str | None:
        url = _absolute(self._base, to)
        if url is None:
            return None
        try:
            found = urlsplit(url)
        except ValueError:
            return None
        return url if found.scheme in {"http", "https"} and found.netloc else None
