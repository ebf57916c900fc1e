"""How the operator can be reached."""

import pytest

from mirrorhunt.model import Observation


@pytest.mark.parametrize(
    "html",
    [
        pytest.param("<a href='https://t.me/share/url?url=x'>share</a>", id="Telegram share"),
        pytest.param("<a href='https://telegram.me/share?url=x'>share</a>", id="share, old host"),
        pytest.param("<a href='https://wa.me/?text=hello'>share</a>", id="WhatsApp share"),
        pytest.param(
            "<a href='https://api.whatsapp.com/send?text=x'>share</a>", id="WhatsApp send text"
        ),
        pytest.param("<a href='tg://msg_url?url=x'>share</a>", id="tg: share"),
        pytest.param("<a href='https://t.me.example/films'>x</a>", id="host that looks like it"),
        pytest.param("<a href='https://not-t.me/films'>x</a>", id="host that ends like it"),
        pytest.param("<a href='https://discord.com/login'>x</a>", id="Discord's own page"),
        pytest.param("<a href='mailto:?subject=x&body=a@b.example'>x</a>", id="mail this page"),
        pytest.param("<p>logo@2x.png</p>", id="picture for dense screens"),
        pytest.param("<p>you@example.com</p>", id="vendor's example"),
        pytest.param("<p>@films and @ alone</p>", id="no address"),
        pytest.param("<script>var a='films@mail.test'</script>", id="address in a script"),
    ],
)
def test_what_is_no_handle_is_not_read(values, html):
    assert values("handle", html) == []


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        pytest.param("<a href='https://t.me/Films_Live'>x</a>", "telegram:films_live", id="name"),
        pytest.param(
            "<a href='https://t.me/s/filmslive'>x</a>", "telegram:filmslive", id="preview"
        ),
        pytest.param("<a href='https://t.me/filmslive/42'>x</a>", "telegram:filmslive", id="post"),
        pytest.param("<a href='https://films.t.me'>x</a>", "telegram:films", id="subdomain"),
        pytest.param(
            "<a href='https://t.me/+AbCdEf123'>x</a>", "telegram:+AbCdEf123", id="invite"
        ),
        pytest.param(
            "<a href='https://telegram.me/joinchat/AbCdEf123'>x</a>",
            "telegram:+AbCdEf123",
            id="invite, old form",
        ),
        pytest.param("<a href='tg://resolve?domain=Films'>x</a>", "telegram:films", id="tg:"),
        pytest.param("<p>join t.me/filmslive now</p>", "telegram:filmslive", id="text"),
        pytest.param(
            "<script>window.open('https://t.me/filmslive')</script>",
            "telegram:filmslive",
            id="script",
        ),
        pytest.param("<a href='https://discord.gg/AbCd12'>x</a>", "discord:AbCd12", id="Discord"),
        pytest.param(
            "<a href='https://wa.me/393331234567'>x</a>", "whatsapp:393331234567", id="wa"
        ),
        pytest.param(
            "<a href='https://api.whatsapp.com/send?phone=%2B393331234567&text=x'>x</a>",
            "whatsapp:393331234567",
            id="WhatsApp send",
        ),
        pytest.param(
            "<a href='mailto:DMCA@Films.test?subject=x'>x</a>",
            "email:dmca@films.test",
            id="mailto",
        ),
        pytest.param("<p>write to: info@films.test.</p>", "email:info@films.test", id="text mail"),
        pytest.param("<p>info [at] films [dot] test</p>", "email:info@films.test", id="spelt out"),
        # a@b.test, each byte XOR 0x42.
        pytest.param(
            "<a href='/cdn-cgi/l/email-protection#422302206c36273136'>x</a>",
            "email:a@b.test",
            id="hidden by Cloudflare",
        ),
    ],
)
def test_a_handle_is_read(values, html, expected):
    assert values("handle", html) == [expected]


def test_what_only_visitors_wrote_is_marked_so(read):
    html = "<div id=comments><p>t.me/visitor</p><a href='https://t.me/other1'>x</a></div>"
    assert {(o.value, o.region) for o in read("handle", html)} == {
        ("telegram:visitor", "comments"),
        ("telegram:other1", "comments"),
    }


def test_what_the_page_says_too_is_the_page_s(read):
    html = "<div class=comment>t.me/films1</div><footer>t.me/films1</footer>"
    assert read("handle", html) == [Observation("handle", "telegram:films1", "body")]
