"""STUN binding requests (RFC 8489) as ICE uses them for its checks (RFC 8445), read from bytes that anybody may have sent.

A browser sends each of us a check every two or three seconds: with thousands of them, reading one must cost microseconds.
"""

import hmac
import socket
import struct
import zlib
from dataclasses import dataclass

Address = tuple[str, int]

_HEADER = struct.Struct("!HHI12s")  # type, length after the header, magic cookie, transaction
_ATTRIBUTE = struct.Struct("!HH")
_MAPPED = struct.Struct("!BBH")  # zero, family, port
_IPV4, _IPV6 = 1, 2
_COOKIE = 0x2112A442
_FINGERPRINT_XOR = 0x5354554E
_SIGNATURE_BYTES = 20  # HMAC-SHA1

_BINDING_REQUEST, _BINDING_SUCCESS, _BINDING_ERROR = 0x0001, 0x0101, 0x0111
_USERNAME, _MESSAGE_INTEGRITY, _ERROR_CODE = 0x0006, 0x0008, 0x0009
_XOR_MAPPED_ADDRESS, _USE_CANDIDATE, _FINGERPRINT, _ICE_CONTROLLED = 0x0020, 0x0025, 0x8028, 0x8029
_MOST_ATTRIBUTES = 32

ROLE_CONFLICT = 487, "Role Conflict"


class NotACheck(ValueError):
    """Bytes that are no STUN binding request with a user name and a signature."""


@dataclass(frozen=True, slots=True)
class Check:
    """One binding request. `signed` is what `signature` was computed of."""

    transaction: bytes  # 12 bytes
    local_ufrag: str  # whose check this is: the part of the user name that we gave
    remote_ufrag: str
    nominates: bool
    controlled: bool  # whether the sender takes itself for the controlled side
    signed: bytes
    signature: bytes

    def is_signed_with(self, password: str) -> bool:
        """Whether whoever sent it knows the password (RFC 8489, section 14.5)."""
        return hmac.compare_digest(_sign(self.signed, password), self.signature)


def parse(data: bytes) -> Check:
    """Read a check. What comes after the signature is not looked at, as RFC 8489, section 14.5 asks, but for the length.

    Raises:
        NotACheck: another kind of message, cut off, or without a user name or signature.
    """
    if len(data) < _HEADER.size:
        raise NotACheck
    kind, length, cookie, transaction = _HEADER.unpack_from(data)
    if kind != _BINDING_REQUEST or cookie != _COOKIE or length != len(data) - _HEADER.size or length % 4:
        raise NotACheck
    username: bytes | None = None
    nominates = controlled = False
    position = _HEADER.size
    for _ in range(_MOST_ATTRIBUTES):
        if position + _ATTRIBUTE.size > len(data):
            break
        attribute, size = _ATTRIBUTE.unpack_from(data, position)
        value = position + _ATTRIBUTE.size
        if value + size > len(data):
            break
        if attribute == _USERNAME:
            username = data[value : value + size]
        elif attribute == _USE_CANDIDATE:
            nominates = True
        elif attribute == _ICE_CONTROLLED:
            controlled = True
        elif attribute == _MESSAGE_INTEGRITY:
            if username is None or size != _SIGNATURE_BYTES:
                break
            local, _colon, remote = username.decode("ascii", "replace").partition(":")
            # The length that was signed ends with the signature itself.
            signed_length = value + size - _HEADER.size
            signed = data[:2] + signed_length.to_bytes(2, "big") + data[4:position]
            return Check(transaction, local, remote, nominates, controlled, signed, data[value : value + size])
        position = value + size + -size % 4
    raise NotACheck


def success(check: Check, address: Address, password: str) -> bytes:
    """The answer to a check: it came from `address` (section 14.2)."""
    return _answer(_BINDING_SUCCESS, check, _attribute(_XOR_MAPPED_ADDRESS, _mapped(address, check)), password)


def error(check: Check, code: int, reason: str, password: str) -> bytes:
    """The refusal of a check (section 14.8). `reason` is ASCII."""
    value = struct.pack("!HBB", 0, code // 100, code % 100) + reason.encode("ascii")
    return _answer(_BINDING_ERROR, check, _attribute(_ERROR_CODE, value), password)


def _sign(data: bytes, password: str) -> bytes:
    return hmac.digest(password.encode(), data, "sha1")


def _mapped(address: Address, check: Check) -> bytes:
    host, port = address
    if ":" not in host:
        packed = int.from_bytes(socket.inet_aton(host), "big") ^ _COOKIE
        return _MAPPED.pack(0, _IPV4, port ^ (_COOKIE >> 16)) + packed.to_bytes(4, "big")
    mask = int.from_bytes(_COOKIE.to_bytes(4, "big") + check.transaction, "big")
    packed = int.from_bytes(socket.inet_pton(socket.AF_INET6, host.partition("%")[0]), "big") ^ mask
    return _MAPPED.pack(0, _IPV6, port ^ (_COOKIE >> 16)) + packed.to_bytes(16, "big")


def _attribute(kind: int, value: bytes) -> bytes:
    return _ATTRIBUTE.pack(kind, len(value)) + value + bytes(-len(value) % 4)


def _answer(kind: int, check: Check, attributes: bytes, password: str) -> bytes:
    integrity, fingerprint = _ATTRIBUTE.size + _SIGNATURE_BYTES, _ATTRIBUTE.size + 4
    body = _HEADER.pack(kind, len(attributes) + integrity, _COOKIE, check.transaction) + attributes
    body += _attribute(_MESSAGE_INTEGRITY, _sign(body, password))
    whole = (
        _HEADER.pack(kind, len(body) - _HEADER.size + fingerprint, _COOKIE, check.transaction) + body[_HEADER.size :]
    )
    return whole + _attribute(_FINGERPRINT, (zlib.crc32(whole) ^ _FINGERPRINT_XOR).to_bytes(4, "big"))
