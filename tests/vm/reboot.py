#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The host's part of tests/vm/reboot: what the network card has sent."""

import hashlib
import hmac
import struct
import sys

KEY = b"secret".ljust(20, b"\0")
VIRTUAL_MAC = bytes.fromhex("00005e000101")
PREFIX = bytes([2, 1, 1]) + bytes([192, 0, 2, 100])


def frames(name):
    """The frames of a pcap file, in their order."""
    with open(name, "rb") as file:
        data = file.read()
    order = "<" if data[:4] == b"\xd4\xc3\xb2\xa1" else ">"
    at = 24
    while at + 16 <= len(data):
        length = struct.unpack_from(order + "I", data, at + 8)[0]
        yield data[at + 16:at + 16 + length]
        at += 16 + length


def authentic(frame):
    """Whether the digest of an advertisement is right (RFC 2104)."""
    header = frame[34:70]
    wanted = hmac.new(KEY, PREFIX + header[8:16], hashlib.sha1).digest()
    return hmac.compare_digest(wanted, header[16:36])


def main():
    number = int(sys.argv[2])
    failed = False

    def test(good, name):
        nonlocal number, failed
        number += 1
        failed = failed or not good
        print(f"{'ok' if good else 'not ok'} {number} - {name}")

    sent = [f for f in frames(sys.argv[1]) if f[6:12] == VIRTUAL_MAC]
    adverts = [f for f in sent
               if f[12:14] == b"\x08\x00" and f[23] == 112 and f[34] == 0x21]
    farewells = [f for f in adverts if f[36] == 255 and f[39] == 255]
    test(len(adverts) >= 3, f"{len(adverts)} advertisements were recorded")
    test(all(authentic(f) for f in adverts), "their digests are right")
    test(len(farewells) == 1, "one of them is a bow-out")
    test(farewells and sent[-1] == farewells[0],
         "and nothing follows it from the virtual MAC")
    print(f"1..{number}")
    sys.exit(failed)


main()
