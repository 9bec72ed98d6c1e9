# SPDX-License-Identifier: GPL-2.0-only
"""Reads TCP connections in a pcap file and checks every number in them.

usage: tcptrace.py PCAP SERVER PORT

Prints each segment with absolute sequence numbers and what it is, then
"connections=N bad=N reset=N". What must hold (RFC 9293, 3.4 and 3.6): a SYN
counts one; a SYN-ACK acknowledges the SYN; data begins where the last ended, or
is sent again; nothing is acknowledged that was not sent, nor taken back; a FIN
counts one and each side's is acknowledged, unless the connection is reset.
"""

import struct
import sys

FIN, SYN, RST, ACK = 1, 2, 4, 16
MODULO = 1 << 32


def packets(name):
    """Time in seconds and IPv4 packet of each frame of a pcap file."""
    with open(name, "rb") as file:
        data = file.read()
    nano = data[:4] == b"\x4d\x3c\xb2\xa1"
    if not nano and data[:4] != b"\xd4\xc3\xb2\xa1":
        sys.exit(f"{name}: not a pcap file of this machine")
    at = 24
    while at + 16 <= len(data):
        sec, frac, length = struct.unpack_from("<III", data, at)
        frame = data[at + 16:at + 16 + length]
        at += 16 + length
        if frame[12:14] == b"\x08\x00" and frame[23] == 6:
            yield sec + frac / (1e9 if nano else 1e6), frame[14:]


class Segment:
    """One TCP segment."""

    def __init__(self, time, packet):
        start = (packet[0] & 15) * 4
        total = struct.unpack_from("!H", packet, 2)[0]
        self.time = time
        self.src = ".".join(str(b) for b in packet[12:16])
        self.dst = ".".join(str(b) for b in packet[16:20])
        (self.sport, self.dport, self.seq, self.ack,
         offset, self.flags) = struct.unpack_from("!HHIIBB", packet, start)
        self.data = packet[start + (offset >> 4) * 4:total]
        self.length = (len(self.data) + bool(self.flags & SYN)
                       + bool(self.flags & FIN))
        self.end = (self.seq + self.length) % MODULO


class Connection:
    """Both directions of one connection, by what its segments say."""

    def __init__(self, number):
        self.number = number
        self.sent = {}      # of a side: what follows the last octet it sent
        self.acked = {}     # of a side: what it has acknowledged
        self.fin = set()
        self.reset = False
        self.bad = 0

    def complain(self, what):
        """Something does not hold."""
        self.bad += 1
        print(f"    WRONG: {what}")

    def is_over(self):
        """Whether a further SYN begins another one."""
        return self.reset or len(self.fin) == 2

    def see(self, seg, who, other):
        """Check a segment, which side WHO has sent to OTHER."""
        expected = self.sent.get(who)
        again = False
        if seg.flags & RST:
            self.reset = True
            if seg.flags & ACK:
                if seg.ack != self.sent.get(other):
                    self.complain("a reset that acknowledges something else")
            elif seg.seq != self.acked.get(other):
                self.complain("a reset that the other side must ignore")
            return
        if seg.flags & SYN:
            if expected is not None and expected != seg.end:
                self.complain("another SYN")
        elif expected is None:
            self.complain("no SYN was seen")
        elif seg.seq != expected:
            again = (expected - seg.seq) % MODULO < 1 << 31
            if not again:
                self.complain(f"begins at {seg.seq}, not at {expected}")
        if not again:
            self.sent[who] = seg.end
        if seg.flags & ACK:
            sent = self.sent.get(other)
            if sent is None or (sent - seg.ack) % MODULO >= 1 << 31:
                self.complain(f"acknowledges {seg.ack} of {sent}")
            elif seg.flags & SYN and seg.ack != sent:
                self.complain("a SYN-ACK that does not acknowledge the SYN")
            before = self.acked.get(who, seg.ack)
            if (seg.ack - before) % MODULO >= 1 << 31:
                self.complain("takes back an acknowledgement")
            self.acked[who] = seg.ack
        if seg.flags & FIN:
            self.fin.add(who)

    @staticmethod
    def name(seg):
        """What a segment is, in words."""
        if seg.flags & RST:
            return "RST"
        if seg.flags & SYN:
            return "SYN-ACK" if seg.flags & ACK else "SYN"
        text = "FIN" if seg.flags & FIN else "ACK"
        if seg.data:
            text = seg.data.decode("ascii", "replace").strip()
            text = text.replace("\r\n", " | ")[:60]
            text += " + FIN" if seg.flags & FIN else ""
        return text

    def finish(self):
        """Whether the end of it is complete."""
        if self.reset:
            return
        if len(self.fin) < 2:
            print(f"# connection {self.number}: not closed by both")
            self.bad += 1
        for side, other in (("client", "server"), ("server", "client")):
            if self.acked.get(side) != self.sent.get(other):
                print(f"# connection {self.number}: {side} has not"
                      " acknowledged all")
                self.bad += 1


def main():
    """Read, check, print."""
    name, server, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
    connections, first = {}, None
    done = []
    for time, packet in packets(name):
        seg = Segment(time, packet)
        if (seg.src, seg.sport) == (server, port):
            who, other, key = "server", "client", (seg.dst, seg.dport)
        elif (seg.dst, seg.dport) == (server, port):
            who, other, key = "client", "server", (seg.src, seg.sport)
        else:
            continue
        conn = connections.get(key)
        if conn is None or (conn.is_over() and seg.flags & SYN):
            conn = connections[key] = Connection(len(done) + 1)
            done.append(conn)
        first = time if first is None else first
        print(f"{(time - first) * 1000:10.3f} ms {conn.number} "
              f"{'C > S' if who == 'client' else 'S > C'} "
              f"seq {seg.seq:10d} ack {seg.ack:10d} len {len(seg.data):3d}  "
              f"{Connection.name(seg)}")
        conn.see(seg, who, other)
    for conn in done:
        conn.finish()
    print(f"connections={len(done)} bad={sum(c.bad for c in done)} "
          f"reset={sum(c.reset for c in done)}")


main()
