"""Notices of abuse, a host: XARF v4 (category ``copyright``, type ``link_site``), and the mail
around it, ready for whoever sends it. Nothing is sent, and there is no ``To:``: whom to write to
is the registrar's and the hoster's to say (RDAP), and a person's to decide.

The mail has the frame of RFC 5965, multipart/report, as XARF v3 documented it; v4 says nothing of
mail. ``confidence`` is left out: the schema has it as a share of 1, and the ``xarf`` package (1.0)
takes whole numbers alone: it gives no report, and no error either.
"""

import base64
import json
import re
from collections.abc import Iterable
from email.headerregistry import Address
from email.message import MIMEPart
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from mirrorhunt import __version__, names
from mirrorhunt.errors import InputError
from mirrorhunt.exports import About, Format, Row, Written, formats
from mirrorhunt.exports._fit import fitting
from mirrorhunt.exports._said import (
    SCOPE_SAID,
    active,
    namespace_of,
    seconds,
    shown,
    verified_at,
)

XARF_VERSION = "4.2.0"
MAX_HOST_CHARS = 250
"""File systems take names of 255 characters, the ending among them."""
_MAX_REASONS = 20
_MAX_REASON_CHARS = 500
# Of a mail address: what needs no quotes.
_LOCAL = re.compile(r"[A-Za-z0-9_+-]+(?:[.][A-Za-z0-9_+-]+)*\Z")


def write(rows: Iterable[Row], folder: Path, about: About) -> Written:
    """Write ``<host>.json`` and ``<host>.eml`` for each of *rows*. Raises InputError where nobody
    answers for them."""
    contact = _contact(about)
    written = Written()
    for row in fitting(active(rows, written), written, max_chars=MAX_HOST_CHARS):
        report = _report(row, about, contact)
        encoded = json.dumps(report, indent=2).encode() + b"\n"
        (folder / f"{row.host}.json").write_bytes(encoded)
        (folder / f"{row.host}.eml").write_bytes(_mail(row, about, report, encoded))
    return written


def _contact(about: About) -> dict[str, str]:
    """Who answers for the notices, as XARF has it."""
    lacking = [key for key in ("publisher", "contact") if not getattr(about, key).strip()]
    if lacking:
        raise InputError(
            f"xarf: a notice names who answers for it: set {' and '.join(lacking)} in "
            "mirrorhunt.toml"
        )
    local, _, domain = about.contact.strip().rpartition("@")
    domain = names.find_host(domain) or ""
    if not domain or not _LOCAL.match(local):
        raise InputError(f"xarf: contact {about.contact[:80]!r} is no mail address: set contact")
    return {
        "org": shown(about.publisher, 200),
        "contact": f"{local}@{domain}",
        "domain": domain,
    }


def _report(row: Row, about: About, contact: dict[str, str]) -> dict[str, Any]:
    reasons = "".join(f"{line}\n" for line in _reasons(row)).encode("utf-8", "replace")
    report: dict[str, Any] = {
        "xarf_version": XARF_VERSION,
        "report_id": _report_id(row, about),
        "timestamp": seconds(verified_at(row)),
        "reporter": contact,
        "sender": contact,
        "source_identifier": row.host,
        "category": "copyright",
        "type": "link_site",
        "evidence_source": "automated_crawl",
        # What a row knows of is the name; it was seen live at this instant.
        "infringing_url": f"https://{row.host}/",
        "site_name": shown(names.unicode_form(row.host), 200),
        "description": shown(
            f"{row.host} ({row.scope}: {SCOPE_SAID[row.scope]}) belongs to the network "
            f"{row.network}; first seen {seconds(row.first_seen)}",
            1000,
        ),
        "tags": [f"scope:{row.scope}", f"relation:{row.relation}"],
    }
    if reasons:
        report["evidence"] = [
            {
                "content_type": "text/plain",
                "description": "why this host is held to belong to the network",
                "payload": base64.b64encode(reasons).decode(),
                "hash": f"sha256:{sha256(reasons).hexdigest()}",
                "size": len(reasons),
            }
        ]
    return report


def _reasons(row: Row) -> list[str]:
    return [shown(reason.because, _MAX_REASON_CHARS) for reason in row.evidence[:_MAX_REASONS]]


def _report_id(row: Row, about: About) -> str:
    """A UUID of version 4, which the schema wants, and yet the same each time: a receiver that
    gets it twice knows that it is one report."""
    name = namespace_of(about)(f"notice|{row.host}|{seconds(verified_at(row))}")
    digest = bytearray(sha256(name.encode()).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x40
    digest[8] = digest[8] & 0x3F | 0x80
    text = digest.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _mail(row: Row, about: About, report: dict[str, Any], encoded: bytes) -> bytes:
    contact = report["sender"]
    mail = MIMEPart(policy=SMTP)
    mail["From"] = Address(contact["org"], addr_spec=contact["contact"])
    mail["Subject"] = f"Copyright infringement: {names.defanged(row.host)}"
    mail["Date"] = format_datetime(about.at)
    mail["Message-ID"] = f"<{report['report_id']}@{contact['domain']}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["MIME-Version"] = "1.0"
    text = MIMEPart(policy=SMTP)
    text.set_content(_text(row, about, report), cte="quoted-printable")
    frame = MIMEPart(policy=SMTP)
    frame.set_content(
        f"Feedback-Type: xarf\r\nUser-Agent: mirrorhunt/{__version__}\r\nVersion: 1\r\n".encode(),
        maintype="message",
        subtype="feedback-report",
        cte="7bit",
    )
    attached = MIMEPart(policy=SMTP)
    attached.set_content(
        encoded, maintype="application", subtype="json", filename="xarf.json", cte="base64"
    )
    mail.set_type("multipart/report")
    mail.set_param("report-type", "feedback-report")
    # Else one is drawn at random.
    mail.set_boundary(f"=_{sha256(encoded).hexdigest()[:32]}")
    for part in (text, frame, attached):
        mail.attach(part)
    return mail.as_bytes()


def _text(row: Row, about: About, report: dict[str, Any]) -> str:
    """The part for people. Names are defanged: one click would open the site."""
    reasons = [names.defanged(line) for line in _reasons(row)]
    lines = [
        f"We report {names.defanged(row.host)} ({row.scope}: {SCOPE_SAID[row.scope]}).",
        f"As people read it: {names.defanged(names.unicode_form(row.host))}",
        f"It belongs to the network {shown(row.network, 200)}, which gives access to works "
        "without the consent of those who hold the rights.",
        f"First seen {seconds(row.first_seen)}, last verified {seconds(verified_at(row))}.",
        "",
        *(["Why:", *(f"- {line}" for line in reasons), ""] if reasons else []),
        *([f"Order: {shown(about.order, 200)}", ""] if about.order else []),
        f"Report {report['report_id']}; the attached xarf.json says the same for programs.",
        f"Objections: {report['sender']['contact']}",
    ]
    return "\n".join(lines) + "\n"


formats.offer(
    Format(
        "notices of abuse: XARF v4 and a mail to send, two files a host",
        file="xarf",
        write_folder=write,
        reads_evidence=True,
    ),
    module=__name__,
)
