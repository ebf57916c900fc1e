"""Names on the page."""

from tests import make


def test_the_networks_name_on_another_name_speaks() -> None:
    candidate = make.host("streams.example", {"brand": "calcio"}, channels=["redirect"])
    (found,) = make.evidence(
        "brand", make.case(candidate, make.host("s.test", {"brand": "calcio"}))
    )
    assert found.bits == 5
    assert "the same name “calcio” as s.test" in found.because


def test_another_name_says_nothing() -> None:
    candidate = make.host(shows={"brand": "bakery"})
    assert (
        make.evidence("brand", make.case(candidate, make.host("s.test", {"brand": "calcio"})))
        == ()
    )


def test_a_business_named_after_its_own_label_is_ignored() -> None:
    # Found because it is called calcio-something: that its page says so too is no news.
    candidate = make.host("calcio-12.example", {"brand": "calcio"}, channels=["numbered"])
    (found,) = make.evidence(
        "brand", make.case(candidate, make.host("s.test", {"brand": "calcio"}))
    )
    assert found.ignored.startswith("its host name was the reason")


def test_a_name_rule_does_not_silence_a_name_that_is_not_in_the_label() -> None:
    candidate = make.host("kt-12.example", {"brand": "calcio"}, channels=["numbered"])
    (found,) = make.evidence(
        "brand", make.case(candidate, make.host("s.test", {"brand": "calcio"}))
    )
    assert found.bits == 5
