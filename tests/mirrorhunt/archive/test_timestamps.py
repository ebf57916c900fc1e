"""Dates: asked of a real authority, and believed only where it signed them."""

import zipfile
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine

from mirrorhunt.archive import manifest, timestamps, verifying
from mirrorhunt.archive.timestamps import AuthorityError, Dated
from mirrorhunt.errors import InputError
from tests import packed, tsa
from tests.tsa import Authority

DATA = b"a manifest\n"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return tsa.authority(tmp_path_factory.mktemp("tsa") / "good")


@pytest.fixture(scope="module")
def rogue(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    # Of the same name, and so with the same subjects: only the keys are others.
    return tsa.authority(tmp_path_factory.mktemp("tsa") / "rogue")


def dated_by(authority: Authority, data: bytes = DATA) -> Dated:
    with tsa.served(lambda query: (200, authority.reply(query))) as (url, _):
        return timestamps.date(data, url)


def check(dated: Dated, authority: Authority, data: bytes = DATA) -> tuple[str, str]:
    trusted = timestamps.roots(authority.root.read_bytes())
    return timestamps.check(data, dated.query, dated.reply, trusted)


def test_an_authority_dates_what_it_is_sent_a_digest_of(authority: Authority) -> None:
    with tsa.served(lambda query: (200, authority.reply(query))) as (url, asked):
        dated = timestamps.date(DATA, url)
    wrong, said = check(dated, authority)

    [(method, kind, body)] = asked
    assert (method, kind) == ("POST", "application/timestamp-query")
    assert DATA not in body
    assert len(body) < 100
    assert wrong == ""
    assert "CN=Stamps" in said
    assert dated.certificates.count(b"BEGIN CERTIFICATE") == 2


def test_without_trusted_certificates_it_says_what_was_not_checked(authority: Authority) -> None:
    dated = dated_by(authority)
    wrong, said = timestamps.check(DATA, dated.query, dated.reply, None)

    assert wrong == ""
    assert "not checked" in said


def test_another_authority_of_the_same_name_is_not_believed(
    authority: Authority, rogue: Authority
) -> None:
    # Its root is in its token: a reader that trusted what the token brings would believe it.
    dated = dated_by(rogue)
    wrong, _ = check(dated, authority)

    assert "vouches for" in wrong
    assert check(dated, rogue)[0] == ""


def test_a_date_of_other_data_is_none(authority: Authority) -> None:
    dated = dated_by(authority)

    assert "other data" in check(dated, authority, b"another manifest\n")[0]


def test_an_answer_to_another_question_is_none(authority: Authority) -> None:
    first, second = dated_by(authority), dated_by(authority)
    mixed = Dated(first.query, second.reply, b"", first.at)

    assert "another question" in check(mixed, authority)[0]


def test_any_flipped_byte_of_a_token_is_told(authority: Authority) -> None:
    # What the signature does not cover is told by the digests of the package.
    dated = dated_by(authority)
    unsigned = 0
    for at in range(len(dated.reply)):
        reply = bytearray(dated.reply)
        reply[at] ^= 1
        if check(Dated(dated.query, bytes(reply), b"", dated.at), authority)[0] == "":
            unsigned += 1

    assert unsigned < len(dated.reply) * 0.4


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (200, b"", "no reply that can be read"),
        (200, b"<html>sorry</html>", "no reply that can be read"),
        (200, bytes(timestamps.MAX_REPLY_BYTES + 10), "too long"),
        (500, b"", "HTTP 500"),
        (302, b"", "HTTP 302"),
    ],
)
def test_an_authority_that_gives_no_date_is_one_line(status: int, body: bytes, said: str) -> None:
    with (
        tsa.served(lambda _: (status, body)) as (url, _),
        pytest.raises(AuthorityError, match=said),
    ):
        timestamps.date(DATA, url)


def test_an_authority_that_is_not_there_is_one_line() -> None:
    with pytest.raises(AuthorityError, match="--no-timestamp"):
        timestamps.date(DATA, "http://127.0.0.1:1/")
    with pytest.raises(InputError):
        timestamps.date(DATA, "file:///etc/passwd")


def test_an_old_answer_is_refused(authority: Authority) -> None:
    old = dated_by(authority)
    with (
        tsa.served(lambda _: (200, old.reply)) as (url, _),
        pytest.raises(AuthorityError, match="another question"),
    ):
        timestamps.date(DATA, url)


def test_a_refusal_is_told(authority: Authority) -> None:
    # openssl answers nonsense with a refusal that is a reply by itself.
    refusal = authority.reply(b"nonsense")
    with (
        tsa.served(lambda _: (200, refusal)) as (url, _),
        pytest.raises(AuthorityError, match="has dated nothing"),
    ):
        timestamps.date(DATA, url)


def test_a_dated_package_is_good_and_openssl_says_so_too(
    engine: Engine, tmp_path: Path, authority: Authority, rogue: Authority
) -> None:
    archive = packed.archive(engine, tmp_path / "vault")
    with tsa.served(lambda query: (200, authority.reply(query))) as (url, _):
        made = archive.made(tmp_path / "a.wacz", date=partial(timestamps.date, url=url))
    trusted = timestamps.roots(authority.root.read_bytes())
    others = timestamps.roots(rogue.root.read_bytes())

    assert verifying.verify(made.path, trusted).problems == []
    assert [p.check for p in verifying.verify(made.path, others).problems] == ["timestamp"]
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(made.path) as zipped:
        zipped.extractall(folder)
    arguments = (
        "ts", "-verify", "-in", timestamps.REPLY, "-data", manifest.MANIFEST, "-CAfile",
    )  # fmt: skip
    good = tsa.openssl(*arguments, str(authority.root), cwd=folder)
    bad = tsa.openssl(*arguments, str(rogue.root), cwd=folder)
    by_query = tsa.openssl(
        "ts", "-verify", "-in", timestamps.REPLY, "-queryfile", timestamps.QUERY,
        "-CAfile", str(authority.root), cwd=folder,
    )  # fmt: skip
    assert (good.returncode, bad.returncode, by_query.returncode) == (0, 1, 0)


def test_ca_asks_for_a_date(engine: Engine, tmp_path: Path, authority: Authority) -> None:
    made = packed.archive(engine, tmp_path / "vault").made(tmp_path / "a.wacz")
    trusted = timestamps.roots(authority.root.read_bytes())

    assert [p.check for p in verifying.verify(made.path, trusted).problems] == ["timestamp"]


def test_no_certificates_are_one_line() -> None:
    with pytest.raises(InputError, match="PEM"):
        timestamps.roots(b"nothing")
