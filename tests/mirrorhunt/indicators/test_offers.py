"""The content gate."""

import pytest

MATCHES = "".join(
    f"<li>{t} Serie A: {a} {sep} {b}</li>"
    for t, a, sep, b in [
        ("18:30", "Rossi", "-", "Verdi"),
        ("20:45", "Bianchi", "vs", "Neri"),
        ("21:00", "Nord", "–", "Sud"),
    ]
)


def links(*names: str, to: str = "/c/") -> str:
    return "".join(f"<a href='{to}{i}'>{name}</a>" for i, name in enumerate(names))


@pytest.mark.parametrize(
    "html",
    [
        # News and fan pages.
        pytest.param("<p>The stream at films.m3u8 was shut down by the police.</p>", id="article"),
        pytest.param("<iframe src='https://www.youtube.com/embed/abc'></iframe>", id="platform"),
        pytest.param("<iframe src='https://maps.other.example/embed/map?x'></iframe>", id="map"),
        pytest.param("<iframe src='https://a.example/delivery/1'></iframe>", id="not 'live'"),
        pytest.param("<iframe src='/embed/poll/12'></iframe>", id="a poll"),
        pytest.param("<video src='/goal.mp4'></video>", id="a plain video file"),
        pytest.param("<script src='/jwplayer.js'></script>", id="library alone"),
        pytest.param("<script>jwplayer('box').stop()</script>", id="library without source"),
        pytest.param("<p>Opening hours 9:00 - 18:00</p>" * 5, id="opening hours"),
        pytest.param("<p>Menu 10.00 € - Pizza</p>" * 5, id="prices"),
        pytest.param("<p>Kick-off 20:45 Nord - Sud</p>", id="one match"),
        pytest.param(
            links("Sky", "Sky Sport 1", "Sky Sport 2", "Sky F1"), id="one channel family"
        ),
        pytest.param(links("Blue sky", "Weather", "News", "Sport"), id="ordinary words"),
        pytest.param("<p>Watch on DAZN, Sky, ESPN, beIN, Eurosport</p>", id="channels in text"),
        pytest.param("<p>IPTV is illegal, subscribers risk fines.</p>", id="IPTV without price"),
        pytest.param("<p>Subscription plans from $9.99 a month</p>", id="any subscription"),
        pytest.param(links("Episode 1", "Episode 2"), id="two podcasts"),
        pytest.param(links("a", "b", to="/v.mp4?"), id="two files"),
        pytest.param("<a href='mailto:a@b.test'>x</a>", id="other scheme"),
        pytest.param(
            "<div class=comments><a href='magnet:?xt=urn:btih:x'>x</a>"
            "<a href='https://x.example/a.m3u8'>x</a>" + MATCHES + "</div>",
            id="written by visitors",
        ),
    ],
)
def test_a_page_of_another_trade_offers_nothing(values, html):
    assert values("offers", html) == []


PLAYER = "<script>new Clappr.Player({source: atob('aHR0cHM6')})</script>"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        pytest.param("<iframe src='https://p.example/embed/7'></iframe>", {"player"}, id="embed"),
        pytest.param("<iframe src='//x.example/player.php?id=7'></iframe>", {"player"}, id="php"),
        pytest.param("<iframe src='//x.example/e/3kd92ksl0a'></iframe>", {"player"}, id="locker"),
        pytest.param(PLAYER, {"player"}, id="Clappr, hidden source"),
        pytest.param(
            "<script>var h=new Hls();h.loadSource('https://a.example/x.m3u8')</script>",
            {"player", "stream"},
            id="hls.js",
        ),
        pytest.param(
            "<video><source src='/x.m3u8'></video>", {"player", "stream"}, id="video tag"
        ),
        pytest.param("<a href='acestream://0123'>x</a>", {"stream"}, id="Ace Stream"),
        pytest.param("<a href='/list.m3u'>x</a>", {"playlist"}, id="playlist"),
        pytest.param(
            "<a href='http://x.example/get.php?username=a&password=b&type=m3u_plus'>x</a>",
            {"playlist"},
            id="Xtream",
        ),
        pytest.param(f"<ul>{MATCHES}</ul>", {"schedule"}, id="schedule"),
        pytest.param(
            links("Sky Sport 1", "DAZN 2", "ESPN", "TNT Sports 1"), {"channel_list"}, id="channels"
        ),
        pytest.param(links("S01E01", "S01E02", "S01E03"), {"episodes"}, id="episode codes"),
        pytest.param(links("1. Bölüm", "2. Bölüm", "3. Bölüm"), {"episodes"}, id="Turkish"),
        pytest.param(links("a", "b", "c", to="/serie/odcinek-"), {"episodes"}, id="in URLs"),
        pytest.param("<a href='magnet:?xt=urn:btih:x'>x</a>", {"torrent"}, id="magnet"),
        pytest.param(
            "<p>IPTV abbonamento 12 mesi: 49,99 €</p>", {"subscription"}, id="subscription"
        ),
        pytest.param(
            links("a", "b", "c", to="https://rapidgator.example/file/x"),
            {"download"},
            id="lockers",
        ),
    ],
)
def test_an_offer_is_seen(values, html, expected):
    assert set(values("offers", html)) == expected
