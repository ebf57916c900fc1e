"""Mail servers."""

from tests import make


def _case(value: str, theirs: str) -> tuple[str, ...]:
    case = make.case(
        make.host(shows={"mail_exchanger": value}),
        make.host("seed.test", {"mail_exchanger": theirs}),
    )
    return tuple(e.ignored or f"{e.bits:.0f}" for e in make.evidence("mail_exchanger", case))


def test_the_same_server_speaks() -> None:
    assert _case("mail.films.test", "mail.films.test") == ("3",)


def test_another_server_says_nothing() -> None:
    assert _case("mail.other.test", "mail.films.test") == ()


def test_a_service_for_everybodys_mail_is_ignored() -> None:
    assert _case("aspmx.l.google.com", "aspmx.l.google.com") == (
        "a mail service that takes in strangers' mail",
    )
