"""Suffixes of public bodies."""

import pytest

from tests import make


@pytest.mark.parametrize("name", ["films.gov", "films.edu", "films.ac.uk", "films.go.jp"])
def test_a_public_body_is_as_good_as_vetoed(name: str) -> None:
    (found,) = make.evidence("official_suffix", make.case(make.host(name), make.host("s.test")))
    assert found.bits == -12


@pytest.mark.parametrize(
    "name",
    [
        # Ascension Island's suffix is sold to everybody; pirates like it.
        pytest.param("films.ac", id="ac-alone"),
        pytest.param("gov.films.example", id="not-the-suffix"),
        pytest.param("films-gov.example", id="in-the-label"),
        pytest.param("films.co.uk", id="commerce"),
    ],
)
def test_other_suffixes_say_nothing(name: str) -> None:
    assert make.evidence("official_suffix", make.case(make.host(name), make.host("s.test"))) == ()
