"""What a page may load, how long it is waited for, which gate is opened."""

import pytest

from mirrorhunt.net._page_rules import (
    Control,
    Glance,
    controls,
    gate,
    is_media_type,
    is_media_url,
    patience_s,
    refusal,
)

THIN = 120


def glance(*labels: str, chars: int = THIN, **more: object) -> Glance:
    found = tuple(Control(label, 10, 10 * i) for i, label in enumerate(labels))
    return Glance(chars, found, len(found), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "labels",
    [
        (),
        ("Home", "Films", "Series"),
        # Ways out, and ways into something else than the site.
        ("I am under 18",),
        ("No, I am not 18 years old",),
        ("Exit",),
        ("Leave this site",),
        ("Log in to continue",),
        ("Sign up",),
        ("Download the app",),
        ("Scarica per continuare",),
        ("Allow notifications to continue",),
        ("Subscribe",),
        ("Paga e continua",),
        ("Accept cookies",),
        # Human tests.
        ("I am human",),
        ("I'm not a robot",),
        ("Verify and continue",),
        # Which of the two?
        ("Enter", "Continue to the site"),
        # A text that has the word in it is no button.
        ("Enter your e-mail address",),
        ("Continue reading: how the sites of 2026 were seized",),
        ("x" * 200,),
    ],
)
def test_no_gate_is_opened_by(labels: tuple[str, ...]) -> None:
    assert gate(glance(*labels)) is None


@pytest.mark.parametrize(
    "label",
    [
        "ENTER",
        " enter  site » ",
        "Click here to continue",
        "I am over 18",
        "Yes, I am 18 or older",
        "18+",
        "Sono maggiorenne",
        "Entra nel sito",
        "Ho più di 18 anni",
        "Entrar",
        "Soy mayor de edad",
        "J'ai plus de 18 ans",
        "Weiter zur Seite",
        "Войти на сайт",
    ],
)
def test_a_gate_is_opened_by(label: str) -> None:
    found = gate(glance("Exit", label, "Privacy"))

    assert found is not None
    assert found.text == label


@pytest.mark.parametrize(
    "page",
    [
        glance("Enter", chars=9000),
        Glance(THIN, (Control("Enter", 1, 1),), controls_count=80),
        glance("Enter", has_player=True),
    ],
    ids=["much to read", "much to click", "something to see"],
)
def test_a_page_with_content_is_no_gate(page: Glance) -> None:
    assert gate(page) is None


@pytest.mark.parametrize(
    ("page", "waits"),
    [
        (glance("Home", chars=5000), False),
        (glance("Home"), False),
        (glance(chars=5000), False),
        # Read from the page, without waiting for it.
        (glance(chars=5000, refresh="600; url=/"), False),
        (glance(chars=5000, refresh="nonsense"), False),
        (glance(chars=0), True),
        (glance(chars=0, has_player=True), False),
        (glance(chars=5000, has_timer=True), True),
        (glance(chars=5000, refresh="3; url=/"), True),
    ],
)
def test_a_page_is_waited_for_where_it_has_more_to_come(page: Glance, waits: bool) -> None:
    assert (patience_s(page) > 0) is waits
    assert patience_s(page) <= 10


@pytest.mark.parametrize(
    ("url", "kind", "method", "why"),
    [
        ("https://films.example/", "document", "GET", ""),
        ("https://films.example/", "document", "HEAD", ""),
        ("https://films.example/", "document", "POST", "method"),
        ("https://films.example/a", "xhr", "PUT", "method"),
        ("https://films.example/a.js", "script", "GET", ""),
        ("https://cdn.other.example/a.js", "script", "GET", ""),
        ("https://films.example/f.woff2", "font", "GET", "font"),
        ("https://films.example/a", "ping", "GET", "ping"),
        ("https://films.example/a", "media", "GET", "media"),
        ("https://films.example/live.m3u8?t=1", "xhr", "GET", "media"),
        ("https://films.example/a.png", "image", "GET", ""),
        ("https://img.films.example/a.png", "image", "GET", ""),
        ("https://ads.example/a.png", "image", "GET", "image"),
        ("ftp://films.example/", "document", "GET", "scheme"),
        ("file:///etc/passwd", "subframe", "GET", "scheme"),
        ("data:text/html,x", "subframe", "GET", ""),
        ("blob:https://films.example/1", "script", "GET", ""),
    ],
)
def test_a_request_is_let_through_or_not(url: str, kind: str, method: str, why: str) -> None:
    said = refusal(url, kind, method, own_host="films.example", with_picture=True, is_popup=False)
    assert said == why


def test_no_picture_no_images_and_no_windows_at_all() -> None:
    url = "https://films.example/a.png"
    assert refusal(
        url, "image", "GET", own_host="films.example", with_picture=False, is_popup=False
    )
    assert refusal(
        url, "document", "GET", own_host="films.example", with_picture=True, is_popup=True
    )


@pytest.mark.parametrize(
    ("url", "is_media"),
    [
        ("https://x.example/watch.html", False),
        ("https://x.example/films.mp4/info.json", False),
        ("https://x.example/player.js?file=a.m3u8", False),
        # The language, not the container.
        ("https://x.example/app.tsx", False),
        ("https://x.example/a.m3u8", True),
        ("https://x.example/a.M3U8?token=1#x", True),
        ("https://x.example/seg-1.ts", True),
        ("https://x.example/a.mpd", True),
        ("http://[broken", False),
    ],
)
def test_media_are_known_by_the_end_of_the_path(url: str, is_media: bool) -> None:
    assert is_media_url(url) is is_media


def test_media_are_known_by_their_type() -> None:
    assert is_media_type("application/vnd.apple.mpegurl; charset=utf-8")
    assert is_media_type("application/x-mpegURL")
    assert is_media_type("video/mp2t")
    assert not is_media_type("application/json")
    assert not is_media_type("text/html; x=video/mp4")


def test_what_a_page_says_of_its_controls_is_checked() -> None:
    assert controls([["Enter", 1, 2.5], ["x", "1", 2], None, [1, 2, 3], ["x", 1e300, 0]]) == (
        Control("Enter", 1.0, 2.5),
    )
