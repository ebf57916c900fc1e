"""Questions and refusals as bytes, for names that are not worth a message library's time.

Sources: RFC 1035 §4 (format), RFC 2308 (negative answers carry the SOA), RFC 6891 (EDNS).
"""

import struct

NEGATIVE_TTL_S = 60
SERIAL = 2026112401
_HEADER = struct.Struct("!6H")
_MAX_NAME_BYTES = 255
_PLAIN_UDP_BYTES = 512
_ANSWER_FLAGS = 0x8180  # QR, RD, RA
_NXDOMAIN = 3
_SOA = 6


def refusal(wire: bytes, name: str, end: int) -> bytes:
    """NXDOMAIN, with the SOA of the suffix: its owner points into the question."""
    suffix = name.rpartition(".")[2]
    pointer = (0xC000 | (12 + len(name) - len(suffix))).to_bytes(2, "big")
    numbers = struct.pack("!5I", SERIAL, 7200, 900, 1209600, NEGATIVE_TTL_S)
    soa = b"\x02ns\x03nic" + pointer + b"\x0ahostmaster\x03nic" + pointer + numbers
    head = struct.pack("!HHIH", _SOA, 1, NEGATIVE_TTL_S, len(soa))
    flags = _ANSWER_FLAGS | _NXDOMAIN
    header = _HEADER.pack(int.from_bytes(wire[:2], "big"), flags, 1, 0, 1, 0)
    return header + wire[12:end] + pointer + head + soa


def question(wire: bytes) -> tuple[str, int, int] | None:
    """(name, type, end of the question) of a query with one uncompressed question, or None."""
    if len(wire) < 17 or wire[2] & 0xF8 or wire[4:6] != b"\0\1":
        return None
    labels: list[str] = []
    at = 12
    while at < len(wire) and wire[at]:
        size = wire[at]
        if size > 63 or at + size >= len(wire) or at > _MAX_NAME_BYTES + 12:
            return None
        labels.append(wire[at + 1 : at + 1 + size].decode("latin-1").lower())
        at += size + 1
    if at + 5 > len(wire):
        return None
    return ".".join(labels), int.from_bytes(wire[at + 1 : at + 3], "big"), at + 5


def udp_limit(wire: bytes, end: int) -> int:
    """The largest answer the client takes: its EDNS size, if an OPT comes right after."""
    if wire[10:12] != b"\0\0" and wire[end : end + 3] == b"\0\0\x29":
        return max(_PLAIN_UDP_BYTES, int.from_bytes(wire[end + 3 : end + 5], "big"))
    return _PLAIN_UDP_BYTES


def fitted(wire: bytes, end: int, full: bytes, limit: int) -> bytes:
    """*full* as the answer to *wire*: its id, its spelling of the name, TC if too long."""
    if len(full) <= limit:
        return wire[:2] + full[2:12] + wire[12:end] + full[end:]
    flags = int.from_bytes(full[2:4], "big") | 0x0200
    header = _HEADER.pack(int.from_bytes(wire[:2], "big"), flags, 1, 0, 0, 0)
    return header + wire[12:end]
