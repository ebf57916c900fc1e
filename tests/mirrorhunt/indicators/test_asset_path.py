"""Paths of the site's own files."""

import pytest

from mirrorhunt.indicators.asset_path import MAX_PATHS, normalised


@pytest.mark.parametrize(
    "html",
    [
        pytest.param("<link rel=icon href='/favicon.ico'>", id="icon"),
        pytest.param("<script src='/js/jquery.min.js'></script>", id="jQuery"),
        pytest.param("<link rel=stylesheet href='/css/bootstrap.min.css'>", id="Bootstrap"),
        pytest.param("<script src='/wp-includes/js/x.js'></script>", id="WordPress"),
        pytest.param("<link rel=stylesheet href='/style.css'>", id="everybody's name"),
        pytest.param("<script src='https://other.example/a/b.js'></script>", id="another host's"),
        pytest.param("<script src='https://cdn.jsdelivr.net/a/b.js'></script>", id="shared CDN"),
        pytest.param("<iframe src='/frame/player.html'></iframe>", id="a frame"),
    ],
)
def test_what_says_nothing_about_the_layout_is_not_read(values, html):
    assert values("asset_path", html) == []


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/css/films.3fa9c1d2.css", "/css/films.css"),
        ("/js/films-v1.2.3.min.js", "/js/films.min.js"),
        ("/_build/chunk-B7xK2p9Q.js", "/_build/chunk.js"),
        ("/up/20261124/logo.png", "/up/#/logo.png"),
        ("/img/team-123.png", "/img/team-#.png"),
        ("/js/films.js", "/js/films.js"),
    ],
)
def test_builds_and_versions_do_not_make_another_path(path, expected):
    assert normalised(path) == expected


def test_scripts_and_styles_come_before_pictures(values):
    html = (
        "<img src='/i/goal.png'><script src='https://cdn3.back.example/js/goal.js?v=3'></script>"
        "<link rel=stylesheet href='/c/goal.css?x'>"
    )
    assert values("asset_path", html) == ["/js/goal.js", "/c/goal.css", "/i/goal.png"]


def test_there_are_never_many(values):
    html = "".join(
        f"<img src='/i/{chr(97 + i % 26)}{chr(97 + i // 26)}x.png'>" for i in range(400)
    )
    assert len(values("asset_path", html)) == MAX_PATHS
