# SPDX-License-Identifier: GPL-2.0-only
"""Many clients that ask for an address, and who answers them; by ARP or, if the
address is an IPv6 one, by neighbour discovery.

  clients.py ask MAC TARGET TO FIRST NUMBER
      questions to all, or to the MAC TO, in hex for inject: from hosts with
      consecutive addresses from FIRST on, all of them at MAC
  clients.py claim MAC TARGET
      in hex, an IPv6 host that tells all that it has the address
  clients.py judge FRAMES.tsv
      a line for each line of stdin:
      answers FROM TO TARGET FIRST NUMBER VHID...
          in that time, who told these clients where TARGET is:
          "clients=N once=N wrong=N V1=N V2=N ...": how many there are, how
          many have exactly one answer, how many have one from another vhid
          than the guide says, and by vhid
      names FROM TO TARGET TAP...
          what else in that time the hosts behind these taps have said of where
          TARGET is: "claims=N" to all, "questions=N" in its name, and
          "unicast=N" claims to one host
"""
import ipaddress
import struct
import sys

# The guide: the fraction of the product with this, times how many there are.
GOLDEN = 0x9E3779B9
ALL = "ff:ff:ff:ff:ff:ff"
NODES = bytes.fromhex("ff02" + "00" * 13 + "01")


def mac(text):
    return bytes.fromhex(text.replace(":", ""))


def addr(text):
    return ipaddress.ip_address(text)


def clients(first, number):
    return [addr(first) + i for i in range(int(number))]


def arp_question(sender, target, to, client):
    return (mac(to) + sender + bytes.fromhex("08060001080006040001") + sender
            + client.packed + bytes(6) + target.packed)


def checksum(data):
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def nd_frame(to, sender, source, dest, kind, flags, target):
    body = (struct.pack("!BBHI", kind, 0, 0, flags) + target
            + bytes([kind - 134, 1]) + sender)
    pseudo = source + dest + struct.pack("!II", len(body), 58)
    body = body[:2] + struct.pack("!H", checksum(pseudo + body)) + body[4:]
    return (to + sender + b"\x86\xdd"
            + struct.pack("!IHBB", 6 << 28, len(body), 58, 255)
            + source + dest + body)


def nd_question(sender, target, to, client):
    dest = target.packed
    if to == ALL:
        dest = bytes.fromhex("ff02" + "00" * 9 + "01ff") + dest[-3:]
    return nd_frame(mac(to) if to != ALL else b"\x33\x33" + dest[-4:],
                    sender, client.packed, dest, 135, 0, target.packed)


def claim(sender, target):
    target = addr(target).packed
    print(nd_frame(b"\x33\x33" + NODES[-4:], mac(sender), target, NODES,
                   136, 1 << 29, target).hex())


def ask(sender, target, to, first, number):
    target = addr(target)
    question = nd_question if target.version == 6 else arp_question
    for client in clients(first, number):
        print(question(mac(sender), target, to, client).hex())


def choice(client, vhids):
    words = struct.unpack("!%dI" % (len(client) // 4), client)
    product = sum(words) * GOLDEN % 2**32
    return vhids[product * len(vhids) // 2**32]


class Said:
    """What a frame says: that an address is at a MAC, and to whom."""

    def __init__(self, line):
        ns, self.tap, way, _, frame = line.rstrip("\n").split("\t")[:5]
        self.at, self.is_any = int(ns) / 1e9, False
        self.mac = b""
        if way != "in":
            return
        if frame[24:28] == "0806":
            self.arp(bytes.fromhex(frame))
        elif frame[24:28] == "86dd" and frame[40:42] == "3a":
            self.nd(bytes.fromhex(frame))

    def arp(self, data):
        self.is_any, self.question = True, data[21] == 1
        self.who, self.mac = data[28:32], data[22:28]
        self.whom = data[38:42]
        self.claim = self.question and self.who == self.whom
        self.to_all = data[:6] == b"\xff" * 6

    def nd(self, data):
        kind, self.whom = data[54], data[38:54]
        if kind not in (135, 136):
            return
        self.is_any, self.question = True, kind == 135
        self.who = data[22:38] if self.question else data[62:78]
        # An answer to one host need not say it again.
        self.mac = (data[80:86] if len(data) >= 86 else
                    b"" if self.question else data[6:12])
        self.claim = kind == 136 and self.whom == NODES
        self.to_all = data[0] & 1 == 1


def answers(said, target, first, number, *vhids):
    vhids = sorted(map(int, vhids))
    who = {client.packed: [] for client in clients(first, number)}
    for s in said:
        if not s.question and s.who == target and s.whom in who:
            who[s.whom].append(s.mac)
    vmac = {v: bytes.fromhex("00005e0001") + bytes([v]) for v in vhids}
    wrong = sum(any(m != vmac[choice(c, vhids)] for m in macs)
                for c, macs in who.items())
    return " ".join(
        ["clients=%d once=%d wrong=%d" % (
            len(who), sum(len(macs) == 1 for macs in who.values()), wrong)]
        + ["%d=%d" % (v, sum(vmac[v] in macs for macs in who.values()))
           for v in vhids])


def names(said, target, *taps):
    mine = [s for s in said if s.tap in taps and s.who == target and s.mac]
    return "claims=%d questions=%d unicast=%d" % (
        sum(s.claim and s.to_all for s in mine),
        sum(s.question and not s.claim for s in mine),
        sum(s.claim and not s.to_all for s in mine))


def judge(path):
    with open(path) as frames:
        next(frames)
        said = [s for s in map(Said, frames) if s.is_any]
    for line in sys.stdin:
        what, start, end, target, *rest = line.split()
        print({"answers": answers, "names": names}[what](
            [s for s in said if float(start) <= s.at < float(end)],
            addr(target).packed, *rest))


if __name__ == "__main__":
    {"ask": ask, "claim": claim, "judge": judge}[sys.argv[1]](*sys.argv[2:])
