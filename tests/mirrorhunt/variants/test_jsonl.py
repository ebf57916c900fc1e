"""One question a line in, one answer a line out."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirrorhunt.variants import answer

QUESTION = {"known": ["films1.net", "films2.net"], "as_of": "2026-10-01T00:00:00Z", "k": 5}


def ask(**changes: object) -> object:
    return json.loads(answer(json.dumps({**QUESTION, **changes})))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        pytest.param("", "is not JSON", id="empty"),
        pytest.param("films.net", "is not JSON", id="a bare name"),
        pytest.param("[]", "no JSON object", id="a list"),
        pytest.param("[" * 100_000, "", id="nested without end"),
        pytest.param('{"as_of": "2026-10-01"}', "'known'", id="no names"),
        pytest.param('{"known": [1], "as_of": "2026-10-01"}', "'known'", id="a number for a name"),
        pytest.param('{"known": ["a b.net"], "as_of": "2026-10-01"}', "a b.net", id="no host"),
        pytest.param('{"known": []}', "'as_of'", id="no instant"),
        pytest.param('{"known": [], "as_of": "today"}', "'as_of'", id="an instant in words"),
        pytest.param(
            '{"known": ["a.net"], "first_seen": [], "as_of": "2026-10-01"}',
            "'first_seen'",
            id="a date missing",
        ),
        pytest.param('{"known": [], "as_of": "0001-01-01T00:00:00+14:00"}', "", id="year 0"),
        pytest.param('{"known": [], "as_of": "2026-10-01", "k": -1}', "'k'", id="below nothing"),
        pytest.param('{"known": [], "as_of": "2026-10-01", "k": true}', "'k'", id="a truth"),
    ],
)
def test_a_bad_line_is_answered_with_what_is_wrong(line: str, said: str) -> None:
    error = json.loads(answer(line))["error"]
    assert said in error
    assert len(error) <= 500


def test_the_answer_is_a_list_of_names_in_order() -> None:
    assert ask(k=3)[0] == "films3.net"  # type: ignore[index]
    assert len(ask()) == 5  # type: ignore[arg-type]


def test_dates_may_be_missing_null_or_without_an_offset() -> None:
    assert ask(first_seen=[None, None]) == ask()
    assert isinstance(ask(first_seen=["2024-01-01T00:00:00", "2025-01-01T00:00:00Z"]), list)


def test_nothing_known_is_answered_with_nothing() -> None:
    assert ask(known=[]) == []


def test_an_answer_is_one_line() -> None:
    assert "\n" not in answer(json.dumps(QUESTION))
    assert "\n" not in answer('{"known": ["a\\nb"], "as_of": "2026-10-01"}')


def test_a_protected_name_is_not_in_the_answer() -> None:
    line = json.dumps(QUESTION)
    assert "films3.net" not in json.loads(answer(line, is_excluded="films3.net".__eq__))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["known", "first_seen", "as_of", "k"]), inner, max_size=4
        )
    ),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60) | JSON.map(json.dumps))
def test_junk_never_raises(line: str) -> None:
    json.loads(answer(line))
