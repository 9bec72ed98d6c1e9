#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: corpus.py expand NAME DIR     files in DIR of what is known for NAME
#        corpus.py collect NAME DIR    and the other way round
#
# The corpus of a fuzzer is corpus/NAME, an input in hex per line. What others
# have sent, tests/vectors, is made inputs of "wire" too.

import hashlib
import ipaddress
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
VECTORS = os.path.join(HERE, "..", "vectors")
OVER6 = 1


def addresses(field):
    """Numbers and bytes, as many as fuzz_wire.c takes."""
    if field == "-":
        return 0, b""
    packed = [ipaddress.ip_address(a).packed for a in field.split(",")][:3]
    return len(packed), b"".join(packed)


def wire_input(packet, addrs4, addrs6, between=None):
    n4, bytes4 = addresses(addrs4)
    n6, bytes6 = addresses(addrs6)
    head = bytes([OVER6 if between else 0, n4 | n6 << 2])
    return head + (between or b"") + bytes4 + bytes6 + packet


def rows(name):
    with open(os.path.join(VECTORS, name)) as table:
        names = table.readline().lstrip("#").rstrip("\n").split("\t")
        for line in table:
            yield dict(zip(names, line.rstrip("\n").split("\t")))


def from_vectors():
    for row in rows("carp_frames.tsv"):
        frame = bytes.fromhex(row["frame_hex"])
        if row["family"] == "4":
            size = int.from_bytes(frame[16:18], "big")
            packet = frame[14 + (frame[14] & 15) * 4:14 + size]
            yield wire_input(packet, row["addrs4"], row["addrs6"])
        else:
            size = int.from_bytes(frame[18:20], "big")
            yield wire_input(frame[54:54 + size], row["addrs4"],
                             row["addrs6"], frame[22:54])
    for row in rows("carp_bsd.tsv"):
        yield wire_input(bytes.fromhex(row["carp_header_hex"]),
                         row["addrs4"], row["addrs6"])


def kept(name):
    try:
        with open(os.path.join(HERE, "corpus", name)) as lines:
            for line in lines:
                if not line.startswith("#"):
                    yield bytes.fromhex(line)
    except FileNotFoundError:
        pass


def expand(name, folder):
    os.makedirs(folder, exist_ok=True)
    inputs = list(kept(name))
    if name == "wire":
        inputs += from_vectors()
    for data in inputs:
        path = os.path.join(folder, hashlib.sha1(data).hexdigest())
        with open(path, "wb") as out:
            out.write(data)


def collect(name, folder):
    inputs = []
    for entry in os.scandir(folder):
        with open(entry.path, "rb") as data:
            inputs.append(data.read())
    with open(os.path.join(HERE, "corpus", name), "w") as out:
        for data in sorted(inputs, key=lambda d: (len(d), d)):
            out.write(data.hex() + "\n")


if __name__ == "__main__":
    {"expand": expand, "collect": collect}[sys.argv[1]](*sys.argv[2:])
