"""Page: hostile and ordinary HTML."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirrorhunt.harmless import MAX_UNCLOSED_TAGS, harmless
from mirrorhunt.page import MAX_BODY_BYTES, MAX_ELEMENTS, MAX_LINKS, MAX_TEXT_CHARS, Link, Page

URL = "https://films.example/live/today.html"


def page(html: str | bytes, **more: object) -> Page:
    body = html.encode() if isinstance(html, str) else html
    return Page.of(URL, body, **more)  # type: ignore[arg-type]


# ---------------------------------------------------------------- what hostile pages cost


@pytest.mark.parametrize(
    "html",
    [
        pytest.param("<div>" * 100_000, id="100,000 levels"),
        pytest.param("<ul><li>" * 50_000, id="lists in lists"),
        pytest.param("<b>" * 50_000, id="formatting in formatting"),
        pytest.param("<p " + " ".join(f"a{i}" for i in range(100_000)) + ">", id="attributes"),
        pytest.param("<p a='" + "<p a='" * 100_000, id="no quote is closed"),
        pytest.param("<a href=/x>y</a>" * 100_000, id="100,000 links"),
        pytest.param("<a href=/x>t<object>" * 50_000, id="links in links"),
        pytest.param("<!--" * 100_000, id="comments"),
        pytest.param("<svg><title>" * 50_000, id="titles of drawings"),
        pytest.param("<" * 500_000, id="nothing but <"),
        pytest.param("x " * 900_000, id="text"),
        # Five thousand tags left open are opened again in each of the blocks.
        pytest.param(
            "<p>"
            + "".join(f"<b id={i}>" for i in range(5_000))
            + "</p>"
            + "<div>x</div>" * 15_000,
            id="copied formatting",
        ),
    ],
)
def test_a_hostile_page_is_read_within_bounds(html):
    read = page(html)
    assert len(read.elements) <= MAX_ELEMENTS
    assert len(read.links) <= MAX_LINKS
    assert len(read.text) <= MAX_TEXT_CHARS
    assert all(len(link.text) <= 200 for link in read.links)


def test_a_page_that_is_cut_says_so():
    assert page("<div>" * 100_000).is_cut_short
    assert page(b"x" * (MAX_BODY_BYTES + 1)).is_cut_short
    assert not page("<p>x</p>" * 100).is_cut_short


def test_what_stands_before_the_cut_is_read():
    read = page("<a href=/x>first</a>" + "<div>" * 100_000)
    assert [link.text for link in read.links] == ["first"]
    assert len(read.elements) <= MAX_UNCLOSED_TAGS + 3


def test_an_ordinary_page_is_left_as_it_is():
    html = "<p class=x>a <b>b</b> <i class='fa fa-tv'></i></p>" * 2_000
    assert harmless(html) == (html, False)


def test_a_large_value_of_one_attribute_is_no_crowd():
    html = "<img src='data:image/png;base64," + "A/b+" * 30_000 + "'><p>x</p>"
    assert harmless(html) == (html, False)


@given(st.binary(max_size=2000))
def test_arbitrary_bytes_never_raise(body):
    read = page(body, headers={"content-type": "text/html"})
    assert isinstance(read.text + read.title + read.html, str)
    assert "\x00" not in read.html


@given(st.text(max_size=300), st.text(max_size=300))
def test_every_link_is_absolute_and_of_the_web(href, base):
    html = f'<base href="{base.replace(chr(34), "")}"><a href="{href.replace(chr(34), "")}">x</a>'
    for link in page(html.encode("utf-8", "replace")).links:
        assert link.url.startswith(("http://", "https://"))


# ---------------------------------------------------------------- what it says


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        pytest.param("<p>è".encode("latin-1"), "text/html; charset=iso-8859-1", "è", id="header"),
        pytest.param(
            "<meta charset=windows-1251><p>ж".encode("cp1251"), "text/html", "ж", id="meta"
        ),
        pytest.param("\ufeff<p>è".encode("utf-16-le"), "text/html", "è", id="BOM"),
        # The charset lies, or does not exist: wrong bytes are replaced, nothing is raised.
        pytest.param(b"<p>\xff", "text/html; charset=utf-8", "\ufffd", id="lie"),
        pytest.param("<p>è".encode(), "text/html; charset=no-such", "è", id="unknown"),
        pytest.param(b"<p>a\x00b", "text/html", "a\ufffdb", id="NUL"),
    ],
)
def test_the_charset_is_found(body, content_type, expected):
    assert page(body, headers={"Content-Type": content_type}).text == expected


@pytest.mark.parametrize("content_type", ["application/pdf", "image/png", "application/json"])
def test_what_is_no_html_is_not_read(content_type):
    read = page("<a href=/x>x</a>", headers={"content-type": content_type})
    assert not read.is_html
    assert read.links == ()


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        pytest.param("https://a.example/x?y=1#z", "https://a.example/x?y=1#z", id="absolute"),
        pytest.param("//a.example/x", "https://a.example/x", id="without scheme"),
        pytest.param("/x/y", "https://films.example/x/y", id="from the root"),
        pytest.param("/../x", "https://films.example/x", id="dots from the root"),
        pytest.param("/x/../y", "https://films.example/y", id="dots within"),
        pytest.param("y.html", "https://films.example/live/y.html", id="relative"),
        pytest.param("?p=2", "https://films.example/live/today.html?p=2", id="query"),
        pytest.param(" /x ", "https://films.example/x", id="white space"),
        pytest.param("HTTPS://A.example/", "https://A.example/", id="upper case"),
        pytest.param("https://films.example:8443/", "https://films.example:8443/", id="port"),
    ],
)
def test_a_link_is_made_absolute(href, expected):
    assert page(f"<a href='{href}'>x</a>").links == (Link(expected, "x", "", "body"),)


@pytest.mark.parametrize(
    "href",
    [
        "",
        "javascript:x()",
        "JavaScript:x()",
        "data:text/html,x",
        "http://",
        "https://[",
        "http:///x",
    ],
)
def test_what_leads_nowhere_is_no_link(href):
    read = page(f"<a href='{href}'>x</a><a>y</a>")
    assert all(link.url for link in read.links)
    assert not any("javascript" in link.url or "data:" in link.url for link in read.other_links)
    assert read.links == ()


def test_links_of_other_schemes_are_kept_apart():
    read = page("<a href='mailto:a@b.test'>x</a><a href=' tg://resolve?domain=x'>y</a>")
    assert read.links == ()
    assert [link.url for link in read.other_links] == ["mailto:a@b.test", "tg://resolve?domain=x"]


def test_base_counts_for_links_before_it_too():
    read = page(
        "<a href=x>x</a><base href='https://b.example/dir/'><base href='https://c.example'>"
    )
    assert [link.url for link in read.links] == ["https://b.example/dir/x"]


@pytest.mark.parametrize(
    ("html", "region"),
    [
        pytest.param("<main><p>{}</p></main>", "body", id="body"),
        pytest.param("<footer><div><p>{}</p></div></footer>", "template", id="footer"),
        pytest.param("<div id=comments><p>{}</p></div>", "comments", id="by id"),
        pytest.param(
            "<footer><ol class='x comment-list'><li>{}</ol></footer>", "comments", id="class"
        ),
        pytest.param(
            "<div class=comment><footer>{}</footer></div>", "comments", id="inner footer"
        ),
        # WordPress says of the whole page that it may have comments.
        pytest.param("<body class='comments-open'><p>{}</p>", "body", id="mark of the body"),
        pytest.param("<div class=comment>x</div><p>{}</p>", "body", id="after the comments"),
        pytest.param("<div class=comments>" + "<div>" * 200 + "{}", "comments", id="far below"),
    ],
)
def test_a_link_knows_its_region(html, region):
    read = page(html.format("<a href=/x>x</a>"))
    assert [link.region for link in read.links] == [region]


def test_a_link_marked_by_its_author_is_a_visitor_s():
    assert page("<a href=/x rel='nofollow UGC'>x</a>").links[0].region == "comments"


def test_text_is_told_by_who_wrote_it():
    read = page("<p>ours</p><div class=comments><b>theirs</b></div><p>ours too</p>")
    assert read.text == "ours theirs ours too"
    assert read.own_text == "ours ours too"
    assert read.visitor_text == "theirs"


@pytest.mark.parametrize(
    "html",
    [
        "<script>hidden</script>",
        "<style>hidden</style>",
        "<noscript><p><b>hidden</b></p></noscript>",
        "<svg><text>hidden</text></svg>",
        "<template><p>hidden</p></template>",
        "<!-- hidden -->",
    ],
)
def test_what_no_visitor_reads_is_no_text(html):
    assert page(f"<p>seen</p>{html}").text == "seen"


def test_the_title_is_the_page_s_and_not_a_drawing_s():
    read = page("<body><svg><title>icon</title></svg><head><title> A \n B </title></head>")
    assert read.title == "A B"
    assert page("<head><title>first</title><title>second</title></head>").title == "first"


def test_the_text_of_a_link_is_all_text_within_it():
    read = page("<a href=/x> a <b>b</b>\n<span>c</span></a><a href=/y title='t'><img src=/i></a>")
    assert [link.text for link in read.links] == ["a b c", "t"]


def test_what_the_page_loads_is_read_in_order():
    read = page(
        "<link rel=stylesheet href=/s.css><script src=/j.js></script><img data-src=/i.png>"
        "<iframe src='//p.example/1'></iframe><noscript><img src='/n.gif'></noscript>"
        "<link rel=canonical href='https://c.example/'>"
    )
    assert [(r.tag, r.url.rpartition("/")[2]) for r in read.resources] == [
        ("link", "s.css"),
        ("script", "j.js"),
        ("img", "i.png"),
        ("iframe", "1"),
        ("img", "n.gif"),
    ]
    assert read.frames == ("https://p.example/1",)
    assert ("canonical", "https://c.example/") in read.relations


def test_marks_of_what_is_loaded_are_read():
    read = page("<script data-zone='7' src='//a.example/t.js'></script><p data-x=1>x</p>")
    assert [(m.name, m.value, m.url) for m in read.marks] == [
        ("data-zone", "7", "https://a.example/t.js")
    ]


def test_scripts_and_metas_are_read():
    read = page("<meta property='OG:Site_Name' content=x><script>a()</script><script> </script>")
    assert read.meta("og:site_name") == "x"
    assert read.scripts == ("a()",)
