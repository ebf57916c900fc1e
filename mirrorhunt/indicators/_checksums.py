"""Checksums of payment addresses, so that a random string is not taken for a wallet."""

from hashlib import sha256

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BASE58_VALUES = {character: value for value, character in enumerate(_BASE58)}
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BECH32_VALUES = {character: value for value, character in enumerate(_BECH32)}
_BECH32_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_BECH32_CONSTANTS = frozenset({1, 0x2BC830A3})
"""BIP 173 and its correction for newer addresses, BIP 350."""


def base58check_version(text: str) -> int | None:
    """The version byte of a Base58Check address (Bitcoin, Litecoin, TRON), None if it is none.

    25 bytes: version, 20 bytes of key hash, the first 4 of their double SHA-256.
    """
    number = 0
    for character in text:
        value = _BASE58_VALUES.get(character)
        if value is None:
            return None
        number = number * 58 + value
    if number >> 200:
        return None
    data = number.to_bytes(25, "big")
    if sha256(sha256(data[:-4]).digest()).digest()[:4] != data[-4:]:
        return None
    return data[0]


def is_bech32(text: str) -> bool:
    """True if *text*, in lower case, carries a right Bech32 or Bech32m checksum."""
    prefix, separator, payload = text.rpartition("1")
    if not separator or len(payload) < 6:
        return False
    values = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    for character in payload:
        if character not in _BECH32_VALUES:
            return False
        values.append(_BECH32_VALUES[character])
    checksum = 1
    for value in values:
        top = checksum >> 25
        checksum = (checksum & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_BECH32_GENERATOR):
            if top >> bit & 1:
                checksum ^= generator
    return checksum in _BECH32_CONSTANTS


def is_ethereum(text: str) -> bool:
    """True if *text* (``0x`` and 40 hex digits) has a right EIP-55 checksum, or carries none."""
    digits = text[2:]
    lower = digits.lower()
    if digits in (lower, digits.upper()):
        return True
    hashed = keccak256(lower.encode("ascii")).hex()
    return all(
        c.isdigit() or c.isupper() == (int(h, 16) >= 8)
        for c, h in zip(digits, hashed, strict=False)
    )


_MASK = (1 << 64) - 1


def _rotated(value: int, by: int) -> int:
    by %= 64
    return ((value << by) | (value >> (64 - by))) & _MASK


def _permuted(lanes: list[list[int]]) -> list[list[int]]:
    """Keccak-f[1600] (FIPS 202 §3.3); round constants from its linear feedback register."""
    register = 1
    for _ in range(24):
        parity = [x[0] ^ x[1] ^ x[2] ^ x[3] ^ x[4] for x in lanes]
        mixed = [parity[(x + 4) % 5] ^ _rotated(parity[(x + 1) % 5], 1) for x in range(5)]
        lanes = [[lanes[x][y] ^ mixed[x] for y in range(5)] for x in range(5)]
        x, y, current = 1, 0, lanes[1][0]
        for step in range(24):
            x, y = y, (2 * x + 3 * y) % 5
            current, lanes[x][y] = lanes[x][y], _rotated(current, (step + 1) * (step + 2) // 2)
        for row in range(5):
            old = [lanes[column][row] for column in range(5)]
            for column in range(5):
                lanes[column][row] = old[column] ^ (~old[(column + 1) % 5] & old[(column + 2) % 5])
        for bit in range(7):
            register = (register << 1 ^ (register >> 7) * 0x71) % 256
            if register & 2:
                lanes[0][0] ^= 1 << ((1 << bit) - 1)
    return lanes


def keccak256(data: bytes) -> bytes:
    """The original Keccak-256 that Ethereum uses; hashlib's SHA3-256 pads differently."""
    rate = 136
    padded = data + b"\x01" + bytes(-(len(data) + 1) % rate)
    padded = padded[:-1] + bytes([padded[-1] | 0x80])
    lanes = [[0] * 5 for _ in range(5)]
    for start in range(0, len(padded), rate):
        for i in range(rate // 8):
            lane = padded[start + 8 * i : start + 8 * i + 8]
            lanes[i % 5][i // 5] ^= int.from_bytes(lane, "little")
        lanes = _permuted(lanes)
    return b"".join(lanes[i % 5][i // 5].to_bytes(8, "little") for i in range(4))
