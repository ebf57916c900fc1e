"""How the page is built, by tags alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirrorhunt.indicators.page_tags import distance

SAME = 12
"""Up to here pages count as the same site (docs/attribution.md)."""

FILMS = (
    "<header><nav><ul>"
    + "<li><a>x</a>" * 9
    + "</ul></nav></header><main><h1>x</h1>"
    + "<div class=a><img><h3>t</h3><p>x<a>y</a></p></div>" * 12
    + "</main><section><video></video><form><input><button>x</button></form></section>"
    + "<footer>x</footer>"
)
SHOP = (
    "<table><tr><th>x<th>y</table><dl>"
    + "<dt>x<dd><span><b>y</b></span>" * 20
    + "</dl><article><h2>x</h2><blockquote><cite>x</cite></blockquote></article><p><em>x</em>"
)


@pytest.mark.parametrize("html", ["", "<p>x</p>", "<p>x</p>" * 10])
def test_a_small_page_has_no_shape(values, html):
    assert values("page_tags", html) == []


def test_unrelated_pages_are_far_apart(values):
    (a,), (b,) = values("page_tags", FILMS), values("page_tags", SHOP)
    assert distance(a, b) > SAME


def test_renamed_classes_change_nothing(values):
    renamed = FILMS.replace("class=a", "class=zz9")
    assert values("page_tags", FILMS) == values("page_tags", renamed)


def test_a_longer_list_changes_nothing(values):
    longer = FILMS.replace("<li><a>x</a>", "<li><a>x</a>" * 3)
    assert values("page_tags", FILMS) == values("page_tags", longer)


def test_a_block_more_leaves_pages_near(values):
    (a,) = values("page_tags", FILMS)
    (b,) = values("page_tags", FILMS.replace("<footer>", "<div><iframe></iframe></div><footer>"))
    assert distance(a, b) <= SAME


def test_the_value_never_changes(values):
    """Stored fingerprints are compared with new ones: this value may change with no release."""
    assert values("page_tags", FILMS) == ["4dbeb064645a958f"]


@pytest.mark.parametrize("text", ["", "00", "z" * 16])
def test_what_is_no_fingerprint_is_refused(text):
    with pytest.raises(ValueError):
        distance(text, "0" * 16)


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1))
def test_distance_is_symmetric_and_bounded(a, b):
    left, right = f"{a:016x}", f"{b:016x}"
    assert distance(left, right) == distance(right, left) <= 64
    assert (distance(left, right) == 0) == (a == b)
