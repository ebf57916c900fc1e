"""How the page is built, by elements and classes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirrorhunt.indicators.page_shape import similarity


def page(rows: int, prefix: str = "", extra: str = "") -> str:
    row = f"<div class='{prefix}row'><h3 class={prefix}t>x</h3><a class={prefix}go>y</a></div>"
    form = "<form><input><button>x</button></form>"
    side = f"<aside class={prefix}side><ul><li>a<li>b</ul>{form}</aside>"
    return (
        f"<header class={prefix}top><nav><a>1</a><a>2</a></nav></header>{row * rows}{extra}{side}"
    )


def other_page() -> str:
    return "<table class=data>" + "<tr><td class=c1>x<td><b>y</b><td><i>z</i>" * 20 + "</table>"


@pytest.mark.parametrize("html", ["", "<p>x</p>", "<p>x</p>" * 10])
def test_a_small_page_has_no_shape(values, html):
    assert values("page_shape", html) == []


def test_unrelated_pages_are_not_similar(values):
    (a,), (b,) = values("page_shape", page(20)), values("page_shape", other_page())
    assert similarity(a, b) < 0.2


def test_more_rows_of_the_same_kind_make_the_same_shape(values):
    (a,), (b,) = values("page_shape", page(20)), values("page_shape", page(50))
    assert similarity(a, b) == 1.0


def test_numbers_in_classes_do_not_matter(values):
    a = values("page_shape", page(20).replace("row'", "row post-17'"))
    b = values("page_shape", page(20).replace("row'", "row post-2234'"))
    assert similarity(a[0], b[0]) == 1.0


def test_a_block_more_leaves_pages_similar(values):
    ad = "<div class=ad><iframe src=/x></iframe></div>"
    (a,), (b,) = values("page_shape", page(20)), values("page_shape", page(20, extra=ad))
    assert 0.5 < similarity(a, b) < 1.0


def test_renamed_classes_defeat_it(values):
    """The known weakness, for which `page_tags` exists."""
    (a,), (b,) = values("page_shape", page(20)), values("page_shape", page(20, prefix="z"))
    assert similarity(a, b) < 0.3


def test_the_value_never_changes(values):
    """Stored shapes are compared with new ones: this value may change with no release."""
    (value,) = values("page_shape", page(20))
    assert len(value) == 128
    assert value.startswith("5e38cdbcc664732f8fb054f93ab0a7b6")


@pytest.mark.parametrize("text", ["", "00", "zz" * 64])
def test_what_is_no_shape_is_refused(text):
    with pytest.raises(ValueError):
        similarity(text, "00" * 64)


@given(st.binary(min_size=64, max_size=64), st.binary(min_size=64, max_size=64))
def test_similarity_is_symmetric_and_bounded(a, b):
    assert 0.0 <= similarity(a.hex(), b.hex()) <= 1.0
    assert similarity(a.hex(), b.hex()) == similarity(b.hex(), a.hex())
    assert similarity(a.hex(), a.hex()) == 1.0
