"""The lab's certificate authority: one TLS context for each certificate, made when first asked.

Keys are ECDSA P-256, since a run meets thousands of names. Certificates of one group are one
certificate with one key, as a small multi-name certificate is. Certificates are domain validated
(no organization in the subject) unless the world gives one; broken ones are made here as well.
trustme is not used for leaves, as it writes its own name into the subject of each.
"""

import datetime
import ssl
import tempfile
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from mirrorhunt.lab.world import Certificate

# Fixed, so that a world's certificates do not depend on the day; far enough for any test run.
_EXPIRED_FROM = datetime.datetime(2023, 3, 1, tzinfo=datetime.UTC)
_EXPIRED_UNTIL = datetime.datetime(2023, 5, 30, tzinfo=datetime.UTC)
_VALID_FROM = datetime.datetime(2025, 1, 1, tzinfo=datetime.UTC)
_VALID_UNTIL = datetime.datetime(2038, 1, 1, tzinfo=datetime.UTC)
_ISSUER = x509.Name(
    [
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Lab Trust"),
        x509.NameAttribute(NameOID.COMMON_NAME, "Lab Trust E1"),
    ]
)


class Authority:
    """Issues, keeps and loads certificates. `close` removes what it wrote."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._root = (
            _builder(_ISSUER, _ISSUER, self._key.public_key(), _VALID_FROM, _VALID_UNTIL)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(self._key.public_key()), False
            )
            .add_extension(_CA_USAGE, True)
            .sign(self._key, hashes.SHA256())
        )
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._folder = tempfile.TemporaryDirectory(prefix="lab-ca-")

    @property
    def ca_pem(self) -> bytes:
        """The root certificate, for a client that wants to trust the lab."""
        return self._root.public_bytes(serialization.Encoding.PEM)

    def close(self) -> None:
        """Remove the folder of key files."""
        self._folder.cleanup()

    def context(self, certificate: Certificate) -> ssl.SSLContext:
        """A server context that presents *certificate*."""
        found = self._contexts.get(certificate.group)
        if found is None:
            found = server_context()
            # OpenSSL reads keys from files only; each is gone once it is loaded.
            file = Path(self._folder.name) / f"{len(self._contexts)}.pem"
            file.write_bytes(self._pem(certificate))
            found.load_cert_chain(file)
            file.unlink()
            self._contexts[certificate.group] = found
        return found

    def _pem(self, certificate: Certificate) -> bytes:
        key = ec.generate_private_key(ec.SECP256R1())
        attributes = [x509.NameAttribute(NameOID.COMMON_NAME, certificate.names[0][:64])]
        if certificate.organization is not None:
            name = x509.NameAttribute(NameOID.ORGANIZATION_NAME, certificate.organization)
            attributes.append(name)
        subject = x509.Name(attributes)
        is_expired, is_own = certificate.kind == "expired", certificate.kind == "self_signed"
        issued = (
            _builder(
                subject,
                subject if is_own else _ISSUER,
                key.public_key(),
                _EXPIRED_FROM if is_expired else _VALID_FROM,
                _EXPIRED_UNTIL if is_expired else _VALID_UNTIL,
            )
            .add_extension(
                x509.SubjectAlternativeName([x509.DNSName(n) for n in certificate.names]), False
            )
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(
                    (key if is_own else self._key).public_key()
                ),
                False,
            )
            .sign(key if is_own else self._key, hashes.SHA256())
        )
        private = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        return private + issued.public_bytes(serialization.Encoding.PEM)


_CA_USAGE = x509.KeyUsage(
    digital_signature=True,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)


def server_context() -> ssl.SSLContext:
    """A server's context, as yet without a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["http/1.1"])
    # Nobody comes back to resume a session, and each ticket costs a write.
    context.num_tickets = 0
    return context


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    not_before: datetime.datetime,
    not_after: datetime.datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(not_before)
        .not_valid_after(not_after)
    )
