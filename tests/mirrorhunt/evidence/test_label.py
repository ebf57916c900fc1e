"""Registered labels."""

import pytest

from tests import make


@pytest.mark.parametrize(
    ("name", "member", "bits"),
    [
        pytest.param("calciostreaming.example", "calciostreaming.test", 4.4, id="ten-and-more"),
        pytest.param("calcio-12-hd.example", "calciohd.test", 3.1, id="hyphens-and-digits-apart"),
        pytest.param("calcio13.example", "calcio12.test", 1.4, id="six"),
        # Short labels are taken by everybody.
        pytest.param("kt.example", "kt.test", 0, id="two"),
    ],
)
def test_the_same_label_speaks_by_its_length(name: str, member: str, bits: float) -> None:
    (found,) = make.evidence("label", make.case(make.host(name), make.host(member)))
    assert found.bits == bits


@pytest.mark.parametrize(
    ("name", "member"),
    [
        pytest.param("calciobar.example", "calcio.test", id="a-part-is-not-the-label"),
        pytest.param("calcio.host.example", "calcio.test", id="a-label-below-is-not-registered"),
        pytest.param("www.calcio.test", "calcio.test", id="the-same-domain"),
    ],
)
def test_another_label_says_nothing(name: str, member: str) -> None:
    assert make.evidence("label", make.case(make.host(name), make.host(member))) == ()


def test_a_name_that_was_guessed_is_not_weighed_again() -> None:
    candidate = make.host("calcio.example", channels=["other_suffix"])
    (found,) = make.evidence("label", make.case(candidate, make.host("calcio.test")))
    assert found.bits == 0
    assert found.ignored.startswith("the name was the reason")
