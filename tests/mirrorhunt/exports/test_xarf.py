"""Notices of abuse: XARF by its own parser and schema, mail by the email package."""

import base64
import json
from dataclasses import replace
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest
import xarf
from hypothesis import given, settings
from hypothesis import strategies as st

from mirrorhunt.errors import InputError
from mirrorhunt.exports import About, Row
from tests import make
from tests.exported import ABOUT, ROWS, export_folder, row


def notice(one: Row, about: About = ABOUT) -> tuple[dict[str, Any], EmailMessage]:
    """The report and the mail about *one*."""
    files, said = export_folder("xarf", [one], about)
    assert said.entries == 1
    assert sorted(files) == sorted([f"{one.host}.json", f"{one.host}.eml"])
    mail = BytesParser(EmailMessage, policy=policy.default).parsebytes(files[f"{one.host}.eml"])
    return json.loads(files[f"{one.host}.json"]), mail


def check(report: dict[str, Any]) -> None:
    # The parser gives no report and no error for a share of 1 as confidence: both are asked.
    result = xarf.parse(report, strict=False)
    assert result.report is not None
    assert not result.errors
    assert not result.warnings


def test_the_parser_notices_what_is_wrong() -> None:
    report, _ = notice(row())

    for key in ("report_id", "infringing_url", "sender", "timestamp"):
        assert xarf.parse({k: v for k, v in report.items() if k != key}).errors
    assert xarf.parse(report | {"confidence": 0.9}).report is None


def test_a_report_is_one_of_xarf() -> None:
    report, _ = notice(row(network="films"))

    check(report)
    assert (report["category"], report["type"]) == ("copyright", "link_site")
    assert report["source_identifier"] == "films2.example"
    assert report["timestamp"] == "2026-11-01T12:00:00Z"
    assert report["reporter"] == report["sender"]
    assert report["sender"] == {
        "org": "Example Rights",
        "contact": "a@b.example",
        "domain": "b.example",
    }
    assert "confidence" not in report


@settings(max_examples=50)
@given(ROWS, st.text(st.characters()))
def test_any_row_gives_a_report_and_a_mail(one: Row, text: str) -> None:
    about = replace(ABOUT, publisher=f"Rights {text}", order=text)
    report, mail = notice(replace(one, valid_until=make.at(7)), about)

    check(report)
    assert mail.defects == []
    assert mail.get_content_type() == "multipart/report"
    assert sorted(mail.keys()) == [
        "Auto-Submitted",
        "Content-Type",
        "Date",
        "From",
        "MIME-Version",
        "Message-ID",
        "Subject",
    ]


def test_the_evidence_is_what_its_digest_says() -> None:
    report, _ = notice(row(because="the same\nplayer \u202e"))
    [item] = report["evidence"]
    payload = base64.b64decode(item["payload"])

    assert payload.decode() == "the same player \\u202e\n"
    assert item["hash"] == f"sha256:{sha256(payload).hexdigest()}"
    assert item["size"] == len(payload)


def test_without_evidence_none_is_attached() -> None:
    report, _ = notice(row(evidence=()))

    check(report)
    assert "evidence" not in report


def test_an_id_is_a_uuid_of_version_4_and_the_same_each_time() -> None:
    report, _ = notice(row())
    again, _ = notice(row(), replace(ABOUT, serial=ABOUT.serial + 1))
    later, _ = notice(row(last_verified=make.at(1)))

    assert UUID(report["report_id"]).version == 4
    assert UUID(report["report_id"]).variant == "specified in RFC 4122"
    assert again["report_id"] == report["report_id"] != later["report_id"]


def test_the_mail_has_the_report_and_is_addressed_to_nobody() -> None:
    report, mail = notice(row())
    text, frame, attached = mail.iter_parts()

    assert mail["To"] is None
    assert mail["From"] == "Example Rights <a@b.example>"
    assert mail["Subject"] == "Copyright infringement: films2[.]example"
    assert mail["Date"].datetime == ABOUT.at
    assert mail["Content-Type"].params["report-type"] == "feedback-report"
    assert text.get_content_type() == "text/plain"
    [fields] = frame.get_payload()  # type: ignore[misc]  # A message in a list.
    assert frame.get_content_type() == "message/feedback-report"
    assert (fields["Feedback-Type"], fields["Version"]) == ("xarf", "1")
    assert attached.get_filename() == "xarf.json"
    assert json.loads(attached.get_content()) == report


def test_the_text_shows_no_link() -> None:
    _, mail = notice(row(because="https://films1.example links to it", network="films"))
    [text, *_] = mail.iter_parts()
    body = text.get_content()

    assert "films2[.]example" in body
    assert "films2.example" not in body
    assert "films1.example" not in body


@pytest.mark.parametrize(
    ("about", "keys"),
    [
        pytest.param({"publisher": ""}, "set publisher in", id="no publisher"),
        pytest.param({"contact": " "}, "set contact in", id="no contact"),
        pytest.param(
            {"publisher": "", "contact": ""}, "set publisher and contact in", id="neither"
        ),
        pytest.param({"contact": "nobody"}, "no mail address", id="no address"),
        pytest.param({"contact": "a@localhost"}, "no mail address", id="no domain"),
        pytest.param({"contact": "a@b.example\nBcc: x@y.example"}, "no mail address", id="lines"),
        pytest.param({"contact": "a b@c.example"}, "no mail address", id="a space"),
    ],
)
def test_who_does_not_answer_for_a_notice_gets_none(about: dict[str, str], keys: str) -> None:
    with pytest.raises(InputError, match=keys):
        export_folder("xarf", [row()], replace(ABOUT, **about))  # type: ignore[arg-type]


def test_a_name_that_no_file_can_have_is_left_out() -> None:
    host = ".".join(["a" * 60] * 4 + ["example"])
    one = row(host, registrable_domain=f"{'a' * 60}.example", scope="host")
    files, said = export_folder("xarf", [one])

    assert len(host) == 251
    assert files == {}
    assert said.left_out == {"longer than 250 characters": 1}
