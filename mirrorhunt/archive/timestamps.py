"""Dates from an authority (RFC 3161): proof that the manifest existed at an instant.

The library (rfc3161-client, of Trail of Bits) builds, reads and verifies and does nothing on the
network; the one request is made here, by POST as the protocol has it, to the authority that the
operator configured. What is sent is a digest and a random number: nothing about the case.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

import requests
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from mirrorhunt.errors import InputError, MirrorhuntError

QUERY = "evidence/manifest.tsq"
REPLY = "evidence/manifest.tsr"
CERTIFICATES = "evidence/tsa-chain.pem"
MAX_REPLY_BYTES = 1 << 20
TIMEOUT_S = 20.0
_SHA256 = x509.ObjectIdentifier("2.16.840.1.101.3.4.2.1")
_REPLY_TYPE = "application/timestamp-reply"
_GRANTED = 0
_UNREADABLE = (ValueError, TypeError, LookupError, x509.InvalidVersion, UnsupportedAlgorithm)


class AuthorityError(MirrorhuntError):
    """The authority gave no date that can be used; nothing was written."""


@dataclass(frozen=True, slots=True)
class Dated:
    """What an authority said."""

    query: bytes
    reply: bytes
    certificates: bytes
    """PEM, the signer's first where the reply names it; empty if the reply held none."""
    at: datetime


def date(data: bytes, url: str) -> Dated:
    """Have *data* dated by the authority at *url*. Raises AuthorityError."""
    query = TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256).build()
    body = _ask(url, query.as_bytes())
    try:
        reply = _decoded(body)
        wrong = _mismatch(reply, data, query.nonce)
        if wrong:
            raise AuthorityError(f"{_refusal(url)}: {wrong}")
        at = _at(reply)
        return Dated(query.as_bytes(), body, _certificates(reply), at)
    except _UNREADABLE as e:
        raise AuthorityError(f"{_refusal(url)}: no reply that can be read: {e}") from None


def _refusal(url: str) -> str:
    return (
        f"timestamp_url {url!r} has dated nothing, and no package was written; "
        "try again, or --no-timestamp"
    )


def _ask(url: str, query: bytes) -> bytes:
    """The one POST that this program makes."""
    if not url.startswith(("https://", "http://")):
        raise InputError(f"timestamp_url {url!r} is no http:// or https:// address")
    try:
        with requests.Session() as session:
            # Only what the operator wrote: no proxy or password from the environment.
            session.trust_env = False
            with session.post(
                url,
                data=query,
                headers={"Content-Type": "application/timestamp-query", "Accept": _REPLY_TYPE},
                timeout=TIMEOUT_S,
                allow_redirects=False,
                stream=True,
            ) as response:
                if response.status_code != 200:
                    raise AuthorityError(f"{_refusal(url)}: HTTP {response.status_code}")
                body = response.raw.read(MAX_REPLY_BYTES + 1, decode_content=True)
    except (requests.RequestException, OSError, ValueError) as e:
        raise AuthorityError(f"{_refusal(url)}: {e}") from None
    if len(body) > MAX_REPLY_BYTES:
        raise AuthorityError(f"{_refusal(url)}: its reply is too long")
    return bytes(body)


def _decoded(reply: bytes) -> TimeStampResponse:
    """*reply* as the library reads it. Raises ValueError.

    It reads DER alone, in which the members of a set are sorted (X.690, §11.6); authorities that
    run OpenSSL send the signer's certificates in the order of their file. The signature does not
    cover that order, so that they are sorted before reading; what is kept is what was sent.
    """
    found = _certificate_set(reply)
    if not found:
        return decode_timestamp_response(reply)
    first, last = found[0][0], found[-1][1]
    ordered = b"".join(sorted(reply[start:end] for start, end in found))
    return decode_timestamp_response(reply[:first] + ordered + reply[last:])


def _certificate_set(reply: bytes) -> list[tuple[int, int]]:
    """Where the certificates in *reply* are: TimeStampResp, ContentInfo, SignedData."""
    response = _parts(reply, 0)
    if len(response) < 2:
        return []
    content = _parts(reply, response[1][0])
    if len(content) < 2:
        return []
    signed = _parts(reply, _content(reply, content[1][0])[0])
    return next((_parts(reply, at) for at, _ in signed if reply[at] == _CERTIFICATES_TAG), [])


_CERTIFICATES_TAG = 0xA0
_MAX_PARTS = 100


def _parts(data: bytes, start: int) -> list[tuple[int, int]]:
    """Where each value begins and ends that the value at *start* is made of."""
    at, end = _content(data, start)
    found: list[tuple[int, int]] = []
    while at < end and len(found) <= _MAX_PARTS:
        after = _content(data, at)[1]
        found.append((at, after))
        at = after
    if at != end:
        raise ValueError("the parts of a value do not fit into it")
    return found


def _content(data: bytes, at: int) -> tuple[int, int]:
    """Where the content of the value at *at* begins and ends (X.690, §8.1). Raises ValueError."""
    if len(data) < at + 2:
        raise ValueError("it ends within a value")
    length, start = data[at + 1], at + 2
    if length >= 0x80:
        count = length & 0x7F
        length = int.from_bytes(data[start : start + count], "big")
        start += count
        if not 0 < count <= 4:
            raise ValueError("a length that DER does not have")
    if start + length > len(data):
        raise ValueError("it ends within a value")
    return start, start + length


def _at(reply: TimeStampResponse) -> datetime:
    at = reply.tst_info.gen_time
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _mismatch(reply: TimeStampResponse, data: bytes, nonce: int | None) -> str:
    """Why *reply* is no answer about *data*; empty if it is one. Whose signature it bears is
    `verify`'s to say."""
    if reply.status != _GRANTED:
        said = "; ".join(reply.status_string) or "without a reason"
        return f"it refused with status {reply.status}: {said}"
    imprint = reply.tst_info.message_imprint
    if imprint.hash_algorithm != _SHA256 or imprint.message != sha256(data).digest():
        return "the token is about other data"
    if nonce is not None and reply.tst_info.nonce != nonce:
        return "the token answers another question"
    return ""


def _embedded(reply: TimeStampResponse) -> list[x509.Certificate]:
    found = [x509.load_der_x509_certificate(der) for der in reply.signed_data.certificates]
    signer = next(iter(reply.signed_data.signer_infos), None)

    def order(certificate: x509.Certificate) -> tuple[bool, bytes]:
        is_signer = (
            signer is not None
            and certificate.serial_number == signer.serial_number
            and certificate.issuer == signer.issuer
        )
        return (not is_signer, certificate.public_bytes(Encoding.DER))

    return sorted(found, key=order)


def _certificates(reply: TimeStampResponse) -> bytes:
    return b"".join(c.public_bytes(Encoding.PEM) for c in _embedded(reply))


def roots(pem: bytes) -> list[x509.Certificate]:
    """The certificates in *pem*. Raises InputError."""
    try:
        return x509.load_pem_x509_certificates(pem)
    except ValueError as e:
        raise InputError(f"no certificates in PEM: {e}") from None


def check(
    data: bytes, query: bytes, reply: bytes, trusted: Sequence[x509.Certificate] | None
) -> tuple[str, str]:
    """What is wrong with the *reply* to *query* about *data*, and what it says: one is empty.

    With *trusted*, it has to be signed by whom these vouch for; without, only that it is about
    these data is checked.
    """
    try:
        answer = _decoded(reply)
        asked = TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256)
        nonce = answer.tst_info.nonce
        wrong = _mismatch(answer, data, None)
        if not wrong and not _is_query(query, asked, nonce):
            wrong = "the token answers another question than the one beside it"
        if wrong:
            return wrong, ""
        at, embedded = _at(answer), _embedded(answer)
        signer = embedded[0].subject.rfc4514_string() if embedded else "an unnamed authority"
        said = f"dated {at:%Y-%m-%d %H:%M:%S} UTC by {signer}"
        if trusted is None:
            return "", f"{said}; whether it signed it was not checked: give --ca FILE"
        _verify(answer, data, trusted)
    except VerificationError as e:
        return f"the token is not signed by whom --ca vouches for: {e}", ""
    except _UNREADABLE as e:
        return f"it cannot be read: {e}", ""
    return "", f"{said}, whom --ca vouches for"


def _is_query(query: bytes, asked: TimestampRequestBuilder, nonce: int | None) -> bool:
    """Whether *query* asks about the same digest with this *nonce*.

    The library writes requests and does not read them. The digest and the number are in it as
    they are encoded (X.690, §8.3), and are long enough not to be there by chance.
    """
    imprint = asked.build().message_imprint.message
    if nonce is None:
        return imprint in query
    return imprint in query and nonce.to_bytes(nonce.bit_length() // 8 + 1, "big") in query


def _verify(answer: TimeStampResponse, data: bytes, trusted: Sequence[x509.Certificate]) -> None:
    # None of the token's own certificates is given: the library trusts whatever it is given as
    # intermediate, and finds what is between in the token by itself.
    builder = VerifierBuilder()
    for certificate in dict.fromkeys(trusted):
        builder = builder.add_root_certificate(certificate)
    builder.build().verify_message(answer, data)
