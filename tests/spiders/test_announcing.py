"""The words that announce."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders import _announcing
from spiders._announcing import announcing, may_announce

# Possessive signs, which hypothesis cannot make texts for, change nothing about what is matched.
WORDINGS = [
    re.sub(r"([}?])\+", r"\1", words) for words in (*_announcing._STRONG, _announcing._WEAK)
]


@pytest.mark.parametrize("text", ["", "Films, series and matches.", "renew domainfoo", "zurls"])
def test_a_text_without_them_announces_nothing(text):
    assert list(announcing(text)) == []


@pytest.mark.parametrize("flags", [re.NOFLAG, re.IGNORECASE], ids=["as written", "any case"])
@pytest.mark.parametrize("wording", WORDINGS)
@given(data=st.data())
def test_each_wording_is_found_in_any_case(wording, flags, data):
    words = data.draw(st.from_regex(re.compile(wording, flags), fullmatch=True))
    assert may_announce(words)
    found = [(start, end) for start, end, _ in announcing(words)]
    # A denial can be part of a wording's own words: "altri", "neue".
    assert found or _announcing._DENIAL.search(words)


@given(st.text(alphabet="İıſςΣaNEWdomain \u0345", max_size=60))
def test_where_words_stand_is_where_they_stand_in_the_text(text):
    text += " NEW DOMAIN"
    spans = [text[start:end].lower() for start, end, _ in announcing(text)]
    assert all(len(span) >= len("new url") for span in spans)
    assert spans[-1:] in ([], ["new domain"])
