# SPDX-License-Identifier: GPL-2.0-only
"""ARP of many clients, and who answered it.

  arp.py ask MAC TARGET TO FIRST NUMBER
      broadcast questions, or to the MAC TO, in hex for inject: hosts with
      consecutive addresses from FIRST on, all of them at MAC
  arp.py judge FRAMES.tsv
      a line for each line of stdin:
      answers FROM TO TARGET FIRST NUMBER VHID...
          in that time, who told these clients where TARGET is:
          "clients=N once=N wrong=N V1=N V2=N ...": how many there are, how
          many have exactly one answer, how many have one from another vhid
          than the guide says, and by vhid
      names FROM TO TARGET TAP...
          what else in that time the hosts behind these taps have sent to all
          in the name of TARGET: "claims=N questions=N", and "unicast=N" such
          claims to one host
"""
import ipaddress
import sys

# The guide: the fraction of the product with this, times how many there are.
GOLDEN = 0x9E3779B9


def mac(text):
    return bytes.fromhex(text.replace(":", ""))


def addr(text):
    return ipaddress.IPv4Address(text)


def clients(first, number):
    return [addr(first) + i for i in range(int(number))]


def ask(sender, target, to, first, number):
    for client in clients(first, number):
        print((mac(to) + mac(sender) + bytes.fromhex("08060001080006040001")
               + mac(sender) + client.packed + bytes(6)
               + addr(target).packed).hex())


def choice(client, vhids):
    product = int(client) * GOLDEN % 2**32
    return vhids[product * len(vhids) // 2**32]


def arp_of(path):
    """ARP that came in at a port: time, tap, destination, the rest."""
    with open(path) as frames:
        for line in frames:
            ns, tap, way, _, frame = line.rstrip("\n").split("\t")[:5]
            if way == "in" and frame[24:28] == "0806":
                data = bytes.fromhex(frame)
                yield int(ns) / 1e9, tap, data[:6], data[14:42]


def answers(recorded, target, first, number, *vhids):
    vhids = sorted(map(int, vhids))
    who = {client.packed: [] for client in clients(first, number)}
    for _, _, _, arp in recorded:
        if arp[7] == 2 and arp[14:18] == target and arp[24:28] in who:
            who[arp[24:28]].append(arp[8:14])
    vmac = {v: bytes.fromhex("00005e0001") + bytes([v]) for v in vhids}
    wrong = sum(any(m != vmac[choice(addr(c), vhids)] for m in macs)
                for c, macs in who.items())
    return " ".join(
        ["clients=%d once=%d wrong=%d" % (
            len(who), sum(len(macs) == 1 for macs in who.values()), wrong)]
        + ["%d=%d" % (v, sum(vmac[v] in macs for macs in who.values()))
           for v in vhids])


def names(recorded, target, *taps):
    claims = questions = unicast = 0
    for _, tap, dest, arp in recorded:
        if tap not in taps or arp[14:18] != target or arp[7] != 1:
            continue
        if arp[24:28] != target:
            questions += 1
        elif dest == b"\xff" * 6:
            claims += 1
        else:
            unicast += 1
    return "claims=%d questions=%d unicast=%d" % (claims, questions, unicast)


def judge(path):
    recorded = list(arp_of(path))
    for line in sys.stdin:
        what, start, end, target, *rest = line.split()
        print({"answers": answers, "names": names}[what](
            [r for r in recorded if float(start) <= r[0] < float(end)],
            addr(target).packed, *rest))


if __name__ == "__main__":
    {"ask": ask, "judge": judge}[sys.argv[1]](*sys.argv[2:])
