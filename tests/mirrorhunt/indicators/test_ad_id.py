"""Accounts that advertising pays into."""

import pytest


@pytest.mark.parametrize(
    "html",
    [
        pytest.param("<p>ca-pub-1234567890123456 was banned.</p>", id="article"),
        pytest.param("<script>var x='pub-1234567890123456'</script>", id="no advertising code"),
        pytest.param("<script src='/widget.js?zone=eu-west'></script>", id="zone is a word"),
        pytest.param("<script src='/api.js?siteid=123456'></script>", id="the page's own host"),
        pytest.param(
            "<script src='https://cdn.jsdelivr.net/x.js?siteid=123456'></script>", id="shared host"
        ),
        pytest.param("<div data-zone='header'></div>", id="zone of a layout"),
        pytest.param("<div data-zone='12'></div>", id="too short to be an account"),
        pytest.param("<script data-cfasync=false src='/x.js'></script>", id="own script"),
        pytest.param("<a href='https://ads.example/?zoneid=123456'>x</a>", id="only a link"),
        pytest.param("<script>loader('host.example', 12345, 7)</script>", id="no script made"),
    ],
)
def test_what_is_no_advertising_account_is_not_read(values, html):
    assert values("ad_id", html) == []


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        pytest.param(
            "<script src='https://pagead2.googlesyndication.com/pagead/js/adsbygoogle.js"
            "?client=ca-pub-1234567890123456'></script>",
            "adsense:pub-1234567890123456",
            id="AdSense",
        ),
        pytest.param(
            "<ins class=adsbygoogle data-ad-client='ca-pub-1234567890123456'></ins>",
            "adsense:pub-1234567890123456",
            id="AdSense unit",
        ),
        pytest.param(
            "<script data-zone='7654321' src='https://random-words.example/tag.min.js'></script>",
            "zone:7654321",
            id="zone, whatever the host",
        ),
        pytest.param(
            "<script>(function(d,z,s){s.src='https://'+d+'/401/'+z;})"
            "('random.example',7654321,document.createElement('script'))</script>",
            "zone:7654321",
            id="zone in a loader",
        ),
        pytest.param(
            "<script>aclib.runPop({ zoneId: '7654321' });</script>", "adcash:7654321", id="aclib"
        ),
        pytest.param(
            "<script>var ad_idzone = \"4567890\", ad_width='300'</script>",
            "exoclick:4567890",
            id="ExoClick",
        ),
        pytest.param(
            "<iframe src='https://syndication.exoclick.com/ads-iframe.php?idzone=4567890'></iframe>",
            "exoclick:4567890",
            id="ExoClick frame",
        ),
        pytest.param(
            "<script>atOptions={'key':'0123456789abcdef0123456789abcdef','format':'iframe'}"
            "</script>",
            "adsterra:0123456789abcdef0123456789abcdef",
            id="Adsterra",
        ),
        pytest.param(
            "<script src='//pl7654321.random.example/01/23/45/"
            "0123456789abcdef0123456789abcdef.js'></script>",
            "adsterra:0123456789abcdef0123456789abcdef",
            id="Adsterra path",
        ),
        pytest.param(
            "<script>_pop.push(['siteId', 765432]);</script>", "popads:765432", id="PopAds"
        ),
        pytest.param(
            "<script>var uid = '76543'; var wid = '123456';</script>",
            "popcash:76543",
            id="PopCash",
        ),
        pytest.param(
            "<script>player.vast='https://vast.adnet.example/tag?spot_id=765432&t=1'</script>",
            "adnet.example:765432",
            id="VAST tag",
        ),
        pytest.param(
            "<script src='https://jsc.mgid.com/f/i/films.example.765432.js'></script>",
            "mgid:765432",
            id="native network",
        ),
        pytest.param(
            "<script data-cfasync=false src='//d1x.adcdn.example/?abcde=765432'></script>",
            "adcdn.example:765432",
            id="kept from Cloudflare's loader",
        ),
    ],
)
def test_an_advertising_account_is_read(values, html, expected):
    assert expected in values("ad_id", html)
