"""IP and hardware addresses."""

from __future__ import annotations

import ipaddress

from redaction.allow import is_public_address
from redaction.types import Hit, Rule, compile_bytes

_VERSION_BEFORE = compile_bytes(
    r"(?i)(?:\bv|version|ver|release|==|>=|<=|~=|\^|~|@|build|assembly|chrome/|safari/|firefox/"
    r"|edg/"
    r"|opr/|[a-z]-)[\"']?[ :=]{0,3}[\"']?v?$"
)


def _is_ipv4(hit: Hit) -> bool:
    if hit.before(1).isalnum() or hit.before(1) in (".", "_") or hit.after(1).isalnum():
        return False
    after = hit.after(2)
    if (after[:1] == "." and after[1:].isdigit()) or after[:1] == "_":
        return False
    try:
        address = ipaddress.IPv4Address(hit.value)
    except ValueError:
        return False
    if is_public_address(address):
        return False
    before = hit.before(16).encode("latin-1")
    if hit.value.startswith(("10.", "172.", "192.168.")) and not before.lower().endswith(
        b"version "
    ):
        return before[-1:] != b"v"
    if after[:1] == "-" and after[1:].isalpha():
        return False  # a pre-release: 4.2.0.1-rc1
    return not _VERSION_BEFORE.search(before)


def _is_ipv6(hit: Hit) -> bool:
    before, after = hit.before(1), hit.after(1)
    if before.isalnum() or before in (":", ".", "_") or after.isalnum() or after in (":", "_"):
        return False
    value = hit.value
    if len(value) < 6 or not any(c.isdigit() for c in value):
        return False
    try:
        address = ipaddress.IPv6Address(value)
    except ValueError:
        return False
    return not is_public_address(address)


def _is_mac(hit: Hit) -> bool:
    if hit.before(1) in (":", "-") or hit.after(1) in (":", "-"):
        return False  # part of a fingerprint
    after = hit.after(2)
    if hit.before(1) == "." or (after[:1] == "." and after[1:].isalnum()):
        return False  # four groups and more are another kind of number
    plain = hit.value.replace(":", "").replace("-", "").replace(".", "").lower()
    return len(set(plain)) > 1


RULES: tuple[Rule, ...] = (
    Rule(
        name="ipv4",
        type="pii.ip_address",
        keywords=(r"[0-9]\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]",),
        pattern=r"[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}",
        severity="medium",
        check=_is_ipv4,
        positives=("from «10.20.30.40»:8080", "peer=«93.184.216.34»,"),
        negatives=(
            "127.0.0.1:80",
            "192.0.2.7",
            "version 4.2.11.1",
            "numpy==1.2.3.4",
            "255.255.255.0",
            "1.2.3.4.5",
            "Chrome/120.0.6099.109",
        ),
    ),
    Rule(
        name="ipv6",
        type="pii.ip_address",
        keywords=(r"[0-9a-f]::|::[0-9a-f]|(?:[0-9a-f]{1,4}:){6}",),
        pattern=r"(?:[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){0,6})?::"
        r"(?:(?:[0-9A-Fa-f]{1,4}:){0,6}[0-9]{1,3}(?:\.[0-9]{1,3}){3}"
        r"|[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){0,6})?"
        r"|(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}",
        severity="medium",
        check=_is_ipv6,
        positives=(
            "src=[«2a01:4f8:c17:b0f::2»]:443",
            "«fe80::1c2a:3bff:fe4d:5e6f» up",
            "[«::ffff:10.1.2.3»]:80",
        ),
        negatives=("at 12:34:56", "::1", "2001:db8::1", "std::vector", "de:ad:be:ef"),
    ),
    Rule(
        name="mac_address",
        type="pii.mac_address",
        keywords=(
            r"[0-9a-f]{2}[:\-][0-9a-f]{2}[:\-][0-9a-f]{2}[:\-]",
            r"[0-9a-f]{4}\.[0-9a-f]{4}\.",
        ),
        pattern=r"\b(?:[0-9A-Fa-f]{2}(?:(?::[0-9A-Fa-f]{2}){5}|(?:-[0-9A-Fa-f]{2}){5})"
        r"|[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4})\b",
        severity="medium",
        check=_is_mac,
        positives=("ether «0a:1b:2c:3d:4e:5f»", "«00-1A-2B-3C-4D-5E»"),
        negatives=("ff:ff:ff:ff:ff:ff", "aa:bb:cc:dd:ee:ff:00:11", "4242.4242.4242.4242"),
    ),
)
