"""A detached signature of a manifest: Ed25519 (RFC 8032), 64 bytes, as OpenSSL 3 checks it:

    openssl pkeyutl -verify -rawin -pubin -inkey feed.pub.pem -in manifest.json \\
        -sigfile manifest.json.sig
"""

import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from mirrorhunt.errors import ConfigError, InputError


def new_key(file: Path) -> bytes:
    """Write a new private key to *file*, readable by its owner alone; returns the public one.

    Raises InputError if there is such a file, or it cannot be written.
    """
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        with open(file, "xb", opener=_open_private) as out:
            out.write(pem)
    except FileExistsError:
        raise InputError(f"{str(file)!r} is there already: a key is never overwritten") from None
    except OSError as e:
        raise InputError(f"cannot write {str(file)!r}: {e.strerror}") from None
    return _public_pem(key)


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def sign(text: bytes, key_file: Path) -> tuple[bytes, bytes]:
    """The signature of *text*, and the public key (PEM) that checks it. Raises ConfigError."""
    key = _private(key_file)
    return key.sign(text), _public_pem(key)


def is_signed(text: bytes, signature: bytes, public_key: bytes) -> bool:
    """Whether *signature* of *text* was made by the owner of *public_key* (PEM). Raises InputError
    where that is no such key."""
    try:
        key = load_pem_public_key(public_key)
        is_ours = isinstance(key, Ed25519PublicKey)
    except ValueError:
        is_ours = False
    if not is_ours:
        raise InputError("no Ed25519 public key in PEM: `mirrorhunt feed key FILE` makes a pair")
    assert isinstance(key, Ed25519PublicKey)
    try:
        key.verify(signature, text)
    except InvalidSignature:
        return False
    return True


def _private(file: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(file.read_bytes(), None)
    except OSError as e:
        raise ConfigError(f"sign_key: cannot read {str(file)!r}: {e.strerror}") from None
    except (ValueError, TypeError):
        raise ConfigError(
            f"sign_key: {str(file)!r} holds no private key in PEM without a password; "
            "`mirrorhunt feed key FILE` makes one"
        ) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigError(
            f"sign_key: {str(file)!r} holds another key than Ed25519; "
            "`mirrorhunt feed key FILE` makes one"
        )
    return key


def _public_pem(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
