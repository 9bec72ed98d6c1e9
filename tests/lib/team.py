# SPDX-License-Identifier: GPL-2.0-only
"""What teamd does with a team device.

  team.py DEV NAME=VALUE...    set options: mode=activebackup, activeport=PORT,
                               notify_peers_count=N
"""
import socket
import struct
import sys

GETFAMILY, ID = 3, 16
REQUEST, ACK = 1, 4
NESTED = 0x8000
U32, STRING = 3, 5
ESRCH = 3


def attr(kind, data):
    return struct.pack("=HH", 4 + len(data), kind) + data + bytes(-len(data) % 4)


def text(kind, value):
    return attr(kind, value.encode() + b"\0")


def call(sock, family, command, version, data, flags):
    body = struct.pack("=BBH", command, version, 0) + data
    sock.send(struct.pack("=IHHII", 16 + len(body), family, REQUEST | flags,
                          1, 0) + body)
    answer = sock.recv(65536)
    if struct.unpack_from("=H", answer, 4)[0] == 2:
        error = struct.unpack_from("=i", answer, 16)[0]
        # It is done, but nobody has listened to the news of it.
        if error not in (0, -ESRCH):
            sys.exit("error %d" % error)
    return answer


def family_of(sock, name):
    data = call(sock, ID, GETFAMILY, 1, text(2, name), 0)[20:]
    while data:
        length, kind = struct.unpack_from("=HH", data)
        if kind == 1:
            return struct.unpack_from("=H", data, 4)[0]
        data = data[(length + 3) & ~3:]
    sys.exit("no family " + name)


def main(dev, *settings):
    sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)
    sock.bind((0, 0))
    team = family_of(sock, "team")
    for setting in settings:
        name, value = setting.split("=")
        if name == "mode":
            data = attr(3, struct.pack("=B", STRING)) + text(4, value)
        else:
            number = (socket.if_nametoindex(value) if name == "activeport"
                      else int(value))
            data = attr(3, struct.pack("=B", U32)) + attr(
                4, struct.pack("=I", number))
        option = attr(1 | NESTED, text(1, name) + data)
        call(sock, team, 1, 1,
             attr(1, struct.pack("=I", socket.if_nametoindex(dev)))
             + attr(2 | NESTED, option), ACK)


if __name__ == "__main__":
    main(*sys.argv[1:])
