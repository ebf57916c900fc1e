"""The name that the site gives itself."""

import pytest

from mirrorhunt.indicators.brand import MAX_BRANDS, normalised


@pytest.mark.parametrize(
    "title",
    [
        pytest.param("Home", id="generic"),
        pytest.param("Watch Live Sports Online Free HD", id="all generic"),
        pytest.param("Diretta Streaming Gratis", id="generic, Italian"),
        pytest.param("Juventus vs Milan", id="a match"),
        pytest.param("How to cook rice without a pot at home", id="a sentence"),
        pytest.param(
            "all football matches live and free, no sign-up, in HD", id="a slogan's rest"
        ),
        pytest.param("1234", id="a number"),
        pytest.param("abc", id="too short"),
        pytest.param("", id="empty"),
    ],
)
def test_a_title_that_names_nobody_gives_no_brand(values, title):
    assert values("brand", f"<title>{title}</title>", host="unrelated.example") == []


@pytest.mark.parametrize(
    ("html", "host", "expected"),
    [
        pytest.param(
            "<title>Calcio12 – streaming</title>",
            "calcio12.example",
            ["calcio"],
            id="title, label",
        ),
        pytest.param(
            "<title>Live streaming | GoalStrada HD</title>",
            "other.example",
            ["goalstrada"],
            id="last part",
        ),
        pytest.param(
            "<meta property=og:site_name content='Goal-Strada 13'><title>Watch free</title>",
            "other.example",
            ["goalstrada"],
            id="og:site_name",
        ),
        pytest.param(
            "<meta name=twitter:site content='@GoalStrada'>", "o.example", ["goalstrada"], id="x"
        ),
        # Full-width letters are what NFKC is for.
        pytest.param(
            "<meta name=application-name content='ＧｏａｌＳｔｒａｄａ'>",
            "o.example",
            ["goalstrada"],
            id="other letters",
        ),
        pytest.param(
            "<title>Best goal strada site ever made for you</title>",
            "goal-strada7.example",
            ["goalstrada"],
            id="label across words",
        ),
    ],
)
def test_a_brand_is_read(values, html, host, expected):
    assert values("brand", html, host=host) == expected


def test_numbers_and_suffixes_do_not_make_another_brand():
    assert {normalised(n) for n in ("Calcio12", "CALCIO-13", "calcio 12 HD", "Calcio TV")} == {
        "calcio"
    }


def test_there_are_never_many(values):
    metas = "".join(
        f"<meta name='{name}' content='Brand {word}'>"
        for name, word in [("og:site_name", "aaaa"), ("application-name", "bbbb")]
    )
    html = metas + "<title>first cccc | last dddd</title>"
    assert len(values("brand", html)) == MAX_BRANDS
