"""The report: readable, whole, and dead, whatever it was made of."""

import re
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from mirrorhunt.archive import report
from mirrorhunt.rendering import CapturedFile
from tests import packed
from tests.hostile_texts import ALL


class _Reader(HTMLParser):
    """What a page is made of."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


ALLOWED = {"html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "code", "span", "b"}
ALLOWED |= {"table", "thead", "tbody", "tr", "th", "td", "div", "figure", "img", "figcaption"}
ALLOWED |= {"br", "ul", "li", "svg", "rect"}


def of(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    return reader


def reported(package: Path) -> str:
    with zipfile.ZipFile(package) as zipped:
        return zipped.read(report.REPORT).decode()


@pytest.fixture
def hostile(engine: Engine, tmp_path: Path) -> str:
    archive = packed.archive(
        engine, tmp_path / "vault", html=ALL, title=ALL[:290], reason=ALL[:290]
    )
    return reported(archive.made(tmp_path / "a.wacz").path)


def test_nothing_hostile_becomes_part_of_the_page(hostile: str) -> None:
    tags = of(hostile).tags

    assert {tag for tag, _ in tags} <= ALLOWED
    assert not [name for _, attributes in tags for name in attributes if name.startswith("on")]
    assert not [a for _, a in tags if a.keys() & {"href", "action", "formaction", "srcdoc"}]
    assert {str(a["src"])[:15] for tag, a in tags if tag == "img"} == {"data:image/png;"}
    assert "&lt;script&gt;" in hostile
    # The template's own language is text too.
    assert "{{ 7 * 7 }}" in hostile


def test_names_and_addresses_of_the_web_are_no_links(hostile: str) -> None:
    body = hostile.partition("<body>")[2]

    assert "films2.example" not in body
    assert "films2[.]example" in body
    assert "http://" not in body
    assert "https://" not in body
    assert "javascript:" not in body


def test_what_cannot_be_seen_is_shown(hostile: str) -> None:
    assert "⟨U+202E⟩" in report.shown("\u202e")
    assert "\u202e" not in hostile
    assert "\x1b" not in hostile


@given(st.text())
def test_any_text_is_shown_without_anything_to_follow(text: str) -> None:
    shown = report.shown(text)

    assert "http://" not in shown.lower()
    assert "javascript:" not in shown.lower()
    assert all(c.isprintable() or c == " " or c.isspace() for c in shown)


def test_the_page_forbids_itself_everything(hostile: str) -> None:
    [policy] = [
        a["content"] for tag, a in of(hostile).tags if a.get("http-equiv") and tag == "meta"
    ]

    assert policy is not None
    assert policy.startswith("default-src 'none'; img-src data:; style-src 'sha256-")


def test_the_page_says_what_and_why(engine: Engine, tmp_path: Path) -> None:
    html = reported(packed.archive(engine, tmp_path / "v").made(tmp_path / "a.wacz").path)
    text = " ".join(re.sub(r"<[^>]*>", " ", html.partition("<body>")[2]).split())

    for said in (
        "Evidence on films2[.]example",
        "Proposed for blocking",
        "the same ad_id",
        "seen by the test",
        "hxxp://films2[.]example/ 301 redirect hxxps://films2[.]example/",
        "192.0.2.1, 192.0.2.2",
        "ns1[.]hoster[.]example",
        "A Registrar",
        "confirm as the test says yes",
        "from vantage “default”",
        "SHA-256 of the whole picture",
        "What this does not prove",
        "nobody watched a stream",
        "no authority has dated this package",
    ):
        assert said in text, said


@pytest.mark.parametrize(
    ("media_type", "data"),
    [
        ("image/svg+xml", b"<svg onload=alert(1)>"),
        ("image/png", b"<svg onload=alert(1)>"),
        ("text/html", packed.picture()),
        ("image/webp", b"RIFF"),
    ],
)
def test_what_is_no_picture_is_not_shown(
    engine: Engine, tmp_path: Path, media_type: str, data: bytes
) -> None:
    [kept] = packed.archive(engine, tmp_path / "vault").case().captures
    file = CapturedFile("screenshot", "0" * 64, len(data), media_type)

    assert report.picture(kept, packed.HOST, file, data).source == ""


def test_long_tables_are_cut_and_say_so() -> None:
    rows: list[tuple[object, ...]] = [(n,) for n in range(report.MAX_ROWS + 10)]
    cut = report._cut(rows)

    assert len(cut) == report.MAX_ROWS + 1
    assert cut[report.MAX_ROWS // 2] == ("10 more are not shown",)
