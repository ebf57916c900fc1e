"""Hosts that the site's player, interface and playlists come from."""

import pytest


@pytest.mark.parametrize(
    "html",
    [
        pytest.param("<img src='/a.png'>", id="itself"),
        pytest.param("<img src='https://cdn.films12.example/a.png'>", id="its own domain"),
        pytest.param("<script src='https://cdn.jsdelivr.net/x.js'></script>", id="shared CDN"),
        pytest.param("<iframe src='https://www.youtube.com/embed/x'></iframe>", id="platform"),
        pytest.param("<a href='https://friend.example/'>x</a>", id="a link"),
        pytest.param("<script>var a='https://friend.example/about'</script>", id="no back end"),
        pytest.param("<script>// see //comment text</script>", id="a comment"),
        pytest.param("<img src='https://192.0.2.7/a.png'>", id="an address"),
        pytest.param(
            "<div class=comments><a href='https://x.example/a.m3u8'>x</a></div>", id="visitor's"
        ),
    ],
)
def test_what_everybody_or_nobody_loads_is_not_read(values, html):
    assert values("own_host", html) == []


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        pytest.param("<iframe src='https://p.player.example/1'></iframe>", "p.player.example"),
        pytest.param("<img src='//img.back.example/a.png'>", "img.back.example"),
        pytest.param("<script>f('https://c.back.example/x.m3u8')</script>", "c.back.example"),
        pytest.param(
            '<script>x={"u":"https:\\/\\/c.back.example\\/api\\/1"}</script>', "c.back.example"
        ),
        pytest.param("<script>new WebSocket('wss://w.back.example')</script>", "w.back.example"),
        pytest.param("<script>a='//C.Back.example/hls/1'</script>", "c.back.example"),
    ],
)
def test_a_back_end_is_read(values, html, expected):
    assert values("own_host", html) == [expected]
