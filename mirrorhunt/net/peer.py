"""What a TLS certificate says, read from the bytes that a peer presented.

Nothing is verified: a broken or foreign certificate is an observation, and the names in it are
what its maker wrote.
"""

import hashlib
from collections.abc import Iterator, Sequence
from itertools import islice

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from mirrorhunt.model import PeerCertificate
from mirrorhunt.names import find_host

MAX_NAMES = 200
"""Names kept of one certificate. The largest lawful ones carry 100 (Let's Encrypt) to 250."""
MAX_TEXT_CHARS = 200
"""Of issuer and organization: both are free text."""
MAX_CERTIFICATE_BYTES = 128 * 1024
"""OpenSSL itself takes no chain above 100 kB."""


def peer_certificate(der: bytes) -> PeerCertificate | None:
    """What the certificate *der* says, or None where it cannot be read. Raises nothing."""
    if not der or len(der) > MAX_CERTIFICATE_BYTES:
        return None
    try:
        certificate = x509.load_der_x509_certificate(der)
        names, names_count = _names(certificate)
        return PeerCertificate(
            names=names,
            names_count=names_count,
            spki_sha256=_spki_sha256(certificate),
            issuer=certificate.issuer.rfc4514_string()[:MAX_TEXT_CHARS],
            not_before=certificate.not_valid_before_utc,
            not_after=certificate.not_valid_after_utc,
            is_self_signed=_is_self_signed(certificate),
            organization=_text(certificate.subject, NameOID.ORGANIZATION_NAME),
        )
    except Exception:
        # The parser meets whatever bytes a hostile server makes up. It raises ValueError,
        # TypeError, UnsupportedAlgorithm, ParsingError and more, by field and by release, and a
        # certificate that no parser takes is all the same to us.
        return None


def _names(certificate: x509.Certificate) -> tuple[tuple[str, ...], int]:
    """The names it is valid for, bounded and cleaned, and how many it carries."""
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        written: list[str] = extension.value.get_values_for_type(x509.DNSName)
    except x509.ExtensionNotFound:
        # Before SANs were required (RFC 6125, and browsers since 2017) the common name counted.
        common_name = _text(certificate.subject, NameOID.COMMON_NAME)
        written = [common_name] if common_name else []
    except ValueError:
        # A SAN that cannot be read does not take the key and the dates with it.
        written = []
    return tuple(islice(_clean(written), MAX_NAMES)), len(written)


def _clean(written: Sequence[str]) -> Iterator[str]:
    """Names as we write hosts, wildcards as ``*.x``, each once; what is no name is left out."""
    seen: set[str] = set()
    for text in written:
        rest = text.removeprefix("*.")
        host = find_host(rest)
        if host is None:
            continue
        name = host if rest == text else f"*.{host}"
        if name not in seen:
            seen.add(name)
            yield name


def _spki_sha256(certificate: x509.Certificate) -> str:
    spki = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(spki).hexdigest()


def _is_self_signed(certificate: x509.Certificate) -> bool:
    if certificate.issuer != certificate.subject:
        return False
    try:
        certificate.verify_directly_issued_by(certificate)
    except Exception:
        # A bad signature, or a key that this library cannot verify with (see above).
        return False
    return True


def _text(name: x509.Name, oid: x509.ObjectIdentifier) -> str | None:
    for attribute in name.get_attributes_for_oid(oid):
        text = attribute.value
        if isinstance(text, str) and text.strip():
            return text.strip()[:MAX_TEXT_CHARS]
    return None
