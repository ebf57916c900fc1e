"""What is read of certificates, honest and hostile."""

import datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtensionOID, NameOID
from hypothesis import given
from hypothesis import strategies as st

from mirrorhunt.net.peer import MAX_NAMES, peer_certificate

SAN_OID = ExtensionOID.SUBJECT_ALTERNATIVE_NAME


def _der(
    *,
    names: list[str] | None = None,
    common_name: str = "films.example",
    organization: str | None = None,
    san_bytes: bytes | None = None,
    issuer: str | None = None,
    key: ec.EllipticCurvePrivateKey | None = None,
) -> bytes:
    """A certificate signed by its own key, whatever it claims about its issuer."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, common_name)]
    if organization is not None:
        attributes.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization))
    subject = x509.Name(attributes)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(
            x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]) if issuer else subject
        )
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC))
        .not_valid_after(datetime.datetime(2026, 4, 1, tzinfo=datetime.UTC))
    )
    if names is not None:
        san = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
        builder = builder.add_extension(san, critical=False)
    if san_bytes is not None:
        extension = x509.UnrecognizedExtension(SAN_OID, san_bytes)
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def test_names_are_hosts_and_wildcards_as_we_write_them() -> None:
    found = peer_certificate(
        _der(names=["Films.EXAMPLE", "*.films.example", "films.example", "xn--bcher-kva.example"])
    )
    assert found is not None
    assert found.names == ("films.example", "*.films.example", "xn--bcher-kva.example")
    assert found.names_count == 4


def test_what_is_no_host_is_left_out_and_counted() -> None:
    names = [
        "localhost",
        "10.0.0.1",
        "*",
        "*.",
        "a b.example",
        "*.*.films.example",
        "films.example",
    ]
    found = peer_certificate(_der(names=names))
    assert found is not None
    assert found.names == ("films.example",)
    assert found.names_count == len(names)


def test_a_certificate_of_a_thousand_names_is_bounded() -> None:
    found = peer_certificate(_der(names=[f"m{i}.example" for i in range(1000)]))
    assert found is not None
    assert len(found.names) == MAX_NAMES
    assert found.names_count == 1000


def test_without_alternative_names_the_common_name_counts() -> None:
    found = peer_certificate(_der())
    assert found is not None
    assert found.names == ("films.example",)
    assert found.names_count == 1


@pytest.mark.parametrize(
    "san_bytes", [b"", b"\x30\x05\x82\x03\xff\xfe\xfd", b"\x30\x84\xff\xff\xff\xff", b"\x05\x00"]
)
def test_names_that_cannot_be_read_do_not_take_the_key_with_them(san_bytes: bytes) -> None:
    found = peer_certificate(_der(san_bytes=san_bytes))
    assert found is not None
    assert found.names == ()
    assert len(found.spki_sha256) == 64


def test_dates_are_aware_and_organization_is_the_subjects() -> None:
    found = peer_certificate(_der(organization="  Lawful Broadcasting " + "x" * 60))
    assert found is not None
    assert found.not_before == datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    assert found.not_after.tzinfo is not None
    assert found.organization is not None
    assert found.organization.startswith("Lawful Broadcasting")


def test_self_signed_is_what_its_own_key_signed() -> None:
    own, foreign = peer_certificate(_der()), peer_certificate(_der(issuer="Some CA"))
    assert own is not None
    assert foreign is not None
    assert own.is_self_signed
    assert not foreign.is_self_signed
    assert foreign.issuer == "CN=Some CA"


def test_the_digest_is_of_the_key_and_not_of_the_certificate() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    one, two = (
        peer_certificate(_der(key=key)),
        peer_certificate(_der(names=["b.example"], key=key)),
    )
    other = peer_certificate(_der())
    assert one is not None
    assert two is not None
    assert other is not None
    assert one.spki_sha256 == two.spki_sha256 != other.spki_sha256


@pytest.mark.parametrize(
    "der", [b"", b"\x30\x00", b"no certificate", b"\x30\x82\xff\xff" * 50_000]
)
def test_what_is_no_certificate_is_nothing(der: bytes) -> None:
    assert peer_certificate(der) is None


_HONEST = _der(names=["films.example", "*.films.example"], organization="Films")


@given(at=st.integers(0, len(_HONEST) - 1), byte=st.integers(0, 255))
def test_a_certificate_with_any_byte_changed_raises_nothing(at: int, byte: int) -> None:
    damaged = bytearray(_HONEST)
    damaged[at] = byte
    found = peer_certificate(bytes(damaged))
    assert found is None or len(found.names) <= 2


@given(st.binary(max_size=300))
def test_any_bytes_raise_nothing(der: bytes) -> None:
    peer_certificate(der)
