# SPDX-License-Identifier: GPL-2.0-only
"""rtnetlink without ip, for what ip does not send or does not show.

  rtnl.py add NAME [ATTR=VALUE]...   RTM_NEWLINK that creates
  rtnl.py set NAME [ATTR=VALUE]...   RTM_NEWLINK that changes
      link=NAME|INDEX  mac=MAC  mtu=N  netns=PID
      vhid= advbase= advskew= state= key= preempt= preempt_delay=
      peer= peer6= minttl= deliver= broadcast= link_delay=
      announce_interval= lladdr=
                                   a number, or 0xHEX for raw bytes
      prints "error=N blames=ATTR text=..." of the answer
  rtnl.py copy NAME    delete it, and create one from what was reported of it
  rtnl.py dump         RTM_GETLINK of everything, as it came, to stdout
"""
import socket
import struct
import sys

NEWLINK, DELLINK, GETLINK = 16, 17, 18
REQUEST, ACK, DUMP, CREATE, EXCL = 1, 4, 0x300, 0x400, 0x200
ADDRESS, IFNAME, MTU, LINK, LINKINFO, NETNS_PID = 1, 3, 4, 5, 18, 19
KIND, DATA = 1, 2
CARP = {"vhid": 1, "advbase": 2, "advskew": 3, "key": 4, "state": 5,
        "demotion": 6, "preempt": 7, "preempt_delay": 8,
        "peer": 9, "peer6": 10, "minttl": 11,
        "deliver": 12, "broadcast": 13, "link_delay": 14,
        "announce_interval": 15, "lladdr": 16}
# 32 bits
WORDS = "demotion", "preempt_delay", "link_delay", "announce_interval"
NESTED = 0x8000


def attr(kind, data):
    pad = -len(data) % 4
    return struct.pack("=HH", 4 + len(data), kind) + data + bytes(pad)


def attrs(data):
    while len(data) >= 4:
        length, kind = struct.unpack_from("=HH", data)
        yield kind & 0x3FFF, data[4:length]
        data = data[(length + 3) & ~3:]


class Rtnl:
    def __init__(self):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
        self.sock.bind((0, 0))
        # NETLINK_CAP_ACK and NETLINK_EXT_ACK
        self.sock.setsockopt(270, 10, 1)
        self.sock.setsockopt(270, 11, 1)

    def send(self, kind, flags, payload, index=0):
        body = struct.pack("=BxHiII", 0, 0, index, 0, 0) + payload
        request = struct.pack("=IHHII", 16 + len(body), kind,
                              REQUEST | flags, 1, 0) + body
        self.sock.send(request)
        return request

    def replies(self):
        while True:
            data = self.sock.recv(1 << 20)
            while data:
                length, kind, flags = struct.unpack_from("=IHH", data)
                yield kind, flags, data[16:length]
                data = data[(length + 3) & ~3:]

    def ask(self, kind, flags, payload, index=0):
        """(errno, offset of the attribute that is blamed, sentence)"""
        request = self.send(kind, flags | ACK, payload, index)
        for kind, flags, data in self.replies():
            if kind != 2:
                continue
            error, = struct.unpack_from("=i", data)
            # After the code comes the header of the request, capped.
            extra = dict(attrs(data[20:])) if flags & 0x200 else {}
            text = extra.get(1, b"").rstrip(b"\0").decode()
            offset = struct.unpack("=I", extra[2])[0] if 2 in extra else 0
            return -error, name_at(request, offset), text
        return None

    def links(self):
        self.send(GETLINK, DUMP, b"")
        for kind, _, data in self.replies():
            if kind == 3:
                return
            yield data

    def find(self, name):
        for data in self.links():
            found = dict(attrs(data[16:]))
            if found[IFNAME].rstrip(b"\0").decode() == name:
                return struct.unpack_from("=BxHi", data)[2], found
        return 0, {}


def name_at(request, offset):
    """What the attribute at an offset of a request is called."""
    if not offset:
        return "-"
    kind = struct.unpack_from("=HH", request, offset)[1] & 0x3FFF
    where = request.find(attr(KIND, b"carp\0"))
    if offset > where:
        for name, number in CARP.items():
            if number == kind:
                return name
    return {ADDRESS: "mac", IFNAME: "name", MTU: "mtu", LINK: "link",
            LINKINFO: "linkinfo", NETNS_PID: "netns"}.get(kind, str(kind))


def value(name, text):
    if text.startswith("0x"):
        return bytes.fromhex(text[2:])
    return struct.pack("=I" if name in WORDS else "B", int(text))


def build(words):
    head, data = b"", b""
    for word in words:
        name, text = word.split("=", 1)
        if name == "link":
            number = int(text) if text.isdigit() else socket.if_nametoindex(text)
            head += attr(LINK, struct.pack("=I", number))
        elif name == "mac":
            head += attr(ADDRESS, bytes.fromhex(text.replace(":", "")))
        elif name == "mtu":
            head += attr(MTU, struct.pack("=I", int(text)))
        elif name == "netns":
            head += attr(NETNS_PID, struct.pack("=I", int(text)))
        else:
            data += attr(CARP[name], value(name, text))
    info = attr(KIND, b"carp\0")
    if data:
        info += attr(DATA | NESTED, data)
    return head + attr(LINKINFO | NESTED, info)


def show(answer):
    print("error=%d blames=%s text=%s" % answer)
    return answer[0] != 0


def main(argv):
    rtnl = Rtnl()
    what = argv[1]
    if what == "dump":
        for data in rtnl.links():
            sys.stdout.buffer.write(data)
        return 0
    name = argv[2]
    ifname = attr(IFNAME, name.encode() + b"\0")
    if what == "add":
        return show(rtnl.ask(NEWLINK, CREATE | EXCL, ifname + build(argv[3:])))
    index, found = rtnl.find(name)
    if not index:
        sys.exit("no " + name)
    if what == "set":
        return show(rtnl.ask(NEWLINK, 0, build(argv[3:]), index))
    # copy: the kind and all that fill_info said, and the link
    if what == "copy":
        rtnl.ask(DELLINK, 0, b"", index)
        return show(rtnl.ask(NEWLINK, CREATE | EXCL, ifname +
                             attr(LINK, found[LINK]) +
                             attr(LINKINFO | NESTED, copyable(found))))
    sys.exit(__doc__)


def copyable(found):
    info = dict(attrs(found[LINKINFO]))
    return attr(KIND, info[KIND]) + attr(DATA | NESTED, info[DATA])


if __name__ == "__main__":
    sys.exit(main(sys.argv))
