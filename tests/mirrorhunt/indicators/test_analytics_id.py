"""Accounts of visitor counting."""

import pytest

GTAG = "<script async src='https://www.googletagmanager.com/gtag/js?id={0}'></script>"


@pytest.mark.parametrize(
    "html",
    [
        pytest.param("<p>Their account is UA-7654321-1, we found.</p>", id="article"),
        pytest.param("<div class=comments>gtag UA-7654321-1</div>", id="comment"),
        # The account stands in no code that counts.
        pytest.param("<script>var part='UA-7654321-1';</script>", id="part number"),
        pytest.param("<script>gtag('config','UA-XXXXX-Y')</script>", id="placeholder"),
        pytest.param("<script>gtag('config','G-XXXXXXXXXX')</script>", id="placeholder of GA4"),
        pytest.param("<script>gtag('config','UA-12345-6')</script>", id="vendor's example"),
        pytest.param("<script>gtag(x,'MEGA-ABCD12345')</script>", id="within a longer word"),
        pytest.param("<a href='https://mc.yandex.ru/watch/7654321'>x</a>", id="only a link"),
        pytest.param(
            "<img src='https://evil.example/mc.yandex.ru/watch/76543'>", id="host in path"
        ),
        pytest.param("<script src='https://x.example/?u=histats.com'></script>", id="in query"),
        pytest.param("<script>_paq.push(['setSiteId','3'])</script>", id="Matomo without host"),
        pytest.param("<script>ym(x, 'init')</script>", id="Metrika without number"),
    ],
)
def test_what_is_no_counter_of_the_page_is_not_read(values, html):
    assert values("analytics_id", html) == []


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        pytest.param(GTAG.format("UA-7654321-3"), ["ga:UA-7654321"], id="property dropped"),
        pytest.param(GTAG.format("G-AB12CD34EF"), ["ga:G-AB12CD34EF"], id="GA4"),
        pytest.param(
            "<script>ga('create','UA-7654321-2','auto')</script>", ["ga:UA-7654321"], id="ga()"
        ),
        pytest.param(
            "<script>(function(w,d,s,l,i){w[l].push({'gtm.start':1})})"
            "(window,document,'script','dataLayer','GTM-AB12CD');</script>",
            ["gtm:GTM-AB12CD"],
            id="tag manager",
        ),
        pytest.param(
            "<noscript><iframe src='https://www.googletagmanager.com/ns.html?id=GTM-AB12CD'>"
            "</iframe></noscript>",
            ["gtm:GTM-AB12CD"],
            id="tag manager without script",
        ),
        pytest.param(
            "<script>ym(76543210, 'init', {clickmap:true});</script>",
            ["metrika:76543210"],
            id="ym",
        ),
        pytest.param(
            "<img src='//mc.yandex.ru/watch/76543210'>", ["metrika:76543210"], id="Metrika pixel"
        ),
        pytest.param(
            "<script>_Hasync.push(['Histats.start', '1,4512345,4,0,0,0,00010000']);</script>"
            "<noscript><img src='//sstatic1.histats.com/0.gif?4512345&101'></noscript>",
            ["histats:4512345"],
            id="Histats, once",
        ),
        pytest.param(
            "<script>var u='//stats.films.example/';_paq.push(['setTrackerUrl',u+'matomo.php']);"
            "_paq.push(['setSiteId','3']);</script>",
            ["matomo:stats.films.example/3"],
            id="Matomo with its host",
        ),
        pytest.param(
            "<script src='https://static.cloudflareinsights.com/beacon.min.js' "
            'data-cf-beacon=\'{"token": "0123456789abcdef0123456789abcdef"}\'></script>',
            ["cloudflare:0123456789abcdef0123456789abcdef"],
            id="Cloudflare beacon",
        ),
        pytest.param(
            "<script>fbq('init', '123456789012345');</script>",
            ["facebook:123456789012345"],
            id="Facebook pixel",
        ),
        pytest.param(
            "<script>h._hjSettings={hjid:765432,hjsv:6};</script>", ["hotjar:765432"], id="Hotjar"
        ),
        pytest.param(
            "<script>var sc_project=7654321; var sc_invisible=1;</script>",
            ["statcounter:7654321"],
            id="Statcounter",
        ),
    ],
)
def test_a_counter_is_read_by_system_and_account(values, html, expected):
    assert values("analytics_id", html) == expected
