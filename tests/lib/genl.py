# SPDX-License-Identifier: GPL-2.0-only
"""The generic netlink family as its specification says, and nothing of ours.

  genl.py ask OP [ATTR=VALUE]...	one request; prints the reply as JSON, or
				"error=N blames=ATTR text=..."
  genl.py dump OP [ATTR=VALUE]...	prints an array
  genl.py listen SECONDS	prints "listening", then events, a line each
  genl.py check			compares what the kernel says of itself with the
				specification; prints what differs
  genl.py drift N		changes reasons N times at random, and looks
				each time; prints "ok", or what differs

A VALUE is a number, a word, or 0xHEX for raw bytes. CARP_SPEC is the
specification, as JSON. Whatever comes that is not in it, or not of its type,
ends the program.
"""
import json
import os
import random
import socket
import struct
import sys
import time

GENERIC, CTRL = 16, 16
REQUEST, ACK, DUMP = 1, 4, 0x300
ERROR, DONE = 2, 3
NESTED = 0x8000
GETFAMILY, GETPOLICY = 3, 10
NUMBERS = {"u8": "B", "u16": "H", "u32": "I", "u64": "Q", "s32": "i",
           "s64": "q"}
# enum netlink_attribute_type
POLICY_TYPES = {"u8": (2,), "u16": (3,), "u32": (4,), "u64": (5,),
                "s32": (8,), "s64": (9,), "string": (11, 12),
                "binary": (10,), "nest": (13,), "flag": (1,)}


def attr(kind, data):
    return struct.pack("=HH", 4 + len(data), kind) + data + bytes(-len(data) % 4)


def attrs(data):
    while len(data) >= 4:
        length, kind = struct.unpack_from("=HH", data)
        yield kind & 0x3FFF, data[4:length]
        data = data[(length + 3) & ~3:]


class Spec:
    def __init__(self):
        with open(os.environ["CARP_SPEC"], encoding="utf-8") as f:
            self.raw = json.load(f)
        self.sets = {}
        for one in self.raw["attribute-sets"]:
            value, table = 0, {}
            for a in one["attributes"]:
                value = a.get("value", value + 1)
                table[value] = a
            self.sets[one["name"]] = table
        self.enums = {d["name"]: [e if isinstance(e, str) else e["name"]
                                  for e in d["entries"]]
                      for d in self.raw["definitions"] if d["type"] == "enum"}
        self.consts = {d["name"]: d["value"] for d in self.raw["definitions"]
                       if d["type"] == "const"}
        self.ops, value = {}, 0
        for op in self.raw["operations"]["list"]:
            value = op.get("value", value + 1)
            self.ops[value] = op
        self.numbers = {op["name"]: n for n, op in self.ops.items()}

    def number(self, space, name):
        return next(n for n, a in self.sets[space].items()
                    if a["name"] == name)

    def limit(self, value):
        return self.consts.get(value, value)

    def decode_one(self, a, data):
        kind = a["type"]
        if kind in NUMBERS:
            value, = struct.unpack("=" + NUMBERS[kind], data)
            return self.enums[a["enum"]][value] if "enum" in a else value
        if kind == "string":
            if not data.endswith(b"\0"):
                raise ValueError(a["name"] + " does not end")
            text = data[:-1].decode("ascii")
            if len(text) > self.limit(a.get("checks", {}).get("max-len", 99)):
                raise ValueError(a["name"] + " is too long")
            return text
        if kind == "nest":
            return self.decode(a["nested-attributes"], data)
        if kind == "binary":
            want = self.limit(a.get("checks", {}).get("exact-len", len(data)))
            if len(data) != want:
                raise ValueError(a["name"] + " is %d bytes" % len(data))
            family = {"ipv4": socket.AF_INET, "ipv6": socket.AF_INET6}
            return socket.inet_ntop(family[a["display-hint"]], data)
        raise ValueError("no way to read " + kind)

    def decode(self, space, data):
        out = {}
        for kind, payload in attrs(data):
            a = self.sets[space][kind]
            if a["type"] == "pad":
                continue
            value = self.decode_one(a, payload)
            if a.get("multi-attr"):
                out.setdefault(a["name"], []).append(value)
            elif a["name"] in out:
                raise ValueError(a["name"] + " twice")
            else:
                out[a["name"]] = value
        return out

    def encode(self, space, words):
        out = b""
        for word in words:
            name, text = word.split("=", 1)
            if name.isdigit():
                out += attr(int(name), bytes.fromhex(text[2:]))
                continue
            kind = self.number(space, name)
            a = self.sets[space][kind]
            if text.startswith("0x"):
                data = bytes.fromhex(text[2:])
            elif a["type"] == "string":
                data = text.encode() + b"\0"
            elif "enum" in a and not text.isdigit():
                data = bytes([self.enums[a["enum"]].index(text)])
            else:
                data = struct.pack("=" + NUMBERS[a["type"]], int(text))
            out += attr(kind, data)
        return out


class Refused(Exception):
    pass


class Genl:
    def __init__(self, spec):
        self.spec = spec
        self.seq = 0
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, GENERIC)
        self.sock.bind((0, 0))
        # NETLINK_CAP_ACK and NETLINK_EXT_ACK
        self.sock.setsockopt(270, 10, 1)
        self.sock.setsockopt(270, 11, 1)
        self.family_attrs = self.ctrl(GETFAMILY, 0)[0]
        self.family, = struct.unpack("=H", self.family_attrs[1])
        self.version, = struct.unpack("=I", self.family_attrs[3])

    def ctrl(self, cmd, flags):
        name = attr(2, self.spec.raw["name"].encode() + b"\0")
        replies, _ = self.talk(CTRL, cmd, 1, flags, name)
        return [dict(attrs(r)) if cmd == GETFAMILY else list(attrs(r))
                for r in replies]

    def talk(self, family, cmd, version, flags, payload):
        """What was replied, and the error: (errno, attribute, sentence)"""
        self.seq += 1
        body = struct.pack("=BBH", cmd, version, 0) + payload
        request = struct.pack("=IHHII", 16 + len(body), family,
                              REQUEST | ACK | flags, self.seq, 0) + body
        self.sock.send(request)
        replies = []
        while True:
            data = self.sock.recv(1 << 17)
            while data:
                length, kind, flags, seq = struct.unpack_from("=IHHI", data)
                message, data = data[16:length], data[(length + 3) & ~3:]
                if seq != self.seq:
                    continue
                if kind == ERROR:
                    return replies, self.error(request, message[20:], message,
                                               flags)
                if kind == DONE:
                    return replies, self.error(request, message[4:], message,
                                               flags)
                replies.append(message[4:])

    def error(self, request, rest, message, flags):
        code, = struct.unpack_from("=i", message)
        extra = dict(attrs(rest)) if flags & 0x200 else {}
        text = extra.get(1, b"").rstrip(b"\0").decode()
        blames = "-"
        if 2 in extra:
            offset, = struct.unpack("=I", extra[2])
            kind = struct.unpack_from("=HH", request, offset)[1] & 0x3FFF
            blames = self.spec.sets["carp"].get(kind, {"name": kind})["name"]
        return -code, blames, text

    def ask(self, op, flags, words):
        number = self.spec.numbers[op]
        space = self.spec.ops[number]["attribute-set"]
        replies, error = self.talk(self.family, number, self.version, flags,
                                   self.spec.encode(space, words))
        if error[0]:
            raise Refused("error=%d blames=%s text=%s" % error)
        got = [self.spec.decode(space, r) for r in replies]
        mode = self.spec.ops[number]["dump" if flags else "do"]
        known = set(mode.get("reply", {}).get("attributes", []))
        for one in got:
            if set(one) - known:
                raise ValueError("not in a reply: %s" % (set(one) - known))
        return got

    def groups(self):
        out = {}
        for _, group in attrs(self.family_attrs[7]):
            one = dict(attrs(group))
            out[one[1].rstrip(b"\0").decode()] = struct.unpack("=I", one[2])[0]
        return out


def check_ops(genl):
    spec, kernel = genl.spec, {}
    for _, op in attrs(genl.family_attrs[6]):
        one = dict(attrs(op))
        kernel[struct.unpack("=I", one[1])[0]], = struct.unpack("=I", one[2])
    for number, op in spec.ops.items():
        if "event" in op:
            continue
        flags = kernel.pop(number, None)
        want = 2 * ("do" in op) + 4 * ("dump" in op)
        # Of the user namespace that owns the network.
        want += 0x10 * ("admin-perm" in op.get("flags", []))
        if flags is None or flags & ~8 != want:
            yield "%s: flags %s, want %#x" % (op["name"], flags, want)
    for number in kernel:
        yield "operation %d is not specified" % number


def policies(genl):
    """Operation and mode -> policy, and policy -> attribute -> type."""
    by_op, types = {}, {}
    for reply in genl.ctrl(GETPOLICY, DUMP):
        for kind, data in reply:
            if kind == 9:
                for op, modes in attrs(data):
                    by_op[op] = {m: struct.unpack("=I", i)[0]
                                 for m, i in attrs(modes)}
            elif kind == 8:
                for index, table in attrs(data):
                    for number, entry in attrs(table):
                        value, = struct.unpack("=I", dict(attrs(entry))[1])
                        types.setdefault(index, {})[number] = value
    return by_op, types


def check_policies(genl):
    spec = genl.spec
    by_op, types = policies(genl)
    for number, op in spec.ops.items():
        space = op["attribute-set"]
        want = op.get("do", {}).get("request", {}).get("attributes", [])
        if not want:
            continue
        table = types.get(by_op.get(number, {}).get(1), {})
        have = {n for n, t in table.items() if t}
        if have != {spec.number(space, name) for name in want}:
            yield "%s: takes %s, want %s" % (op["name"], sorted(have), want)
        for name in want:
            a = spec.sets[space][spec.number(space, name)]
            got = table.get(spec.number(space, name))
            if got not in POLICY_TYPES[a["type"]]:
                yield "%s: %s has type %s" % (op["name"], name, got)


def check(genl):
    spec = genl.spec
    wrong = list(check_ops(genl)) + list(check_policies(genl))
    groups = {g["name"] for g in spec.raw["mcast-groups"]["list"]}
    if set(genl.groups()) != groups:
        wrong.append("groups %s" % genl.groups())
    print("\n".join(wrong))
    return bool(wrong)


def listen(genl, seconds):
    genl.sock.setsockopt(270, 1, genl.groups()["events"])
    genl.sock.setsockopt(socket.SOL_SOCKET, 33, 1 << 22)
    print("listening", flush=True)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        genl.sock.settimeout(max(0.001, end - time.monotonic()))
        try:
            data = genl.sock.recv(1 << 16)
        except TimeoutError:
            break
        now = time.monotonic()
        length, kind = struct.unpack_from("=IH", data)
        cmd = data[16]
        op = genl.spec.ops[cmd]
        if kind != genl.family or length != len(data) or "event" not in op:
            raise ValueError("what is this?")
        event = genl.spec.decode(op["attribute-set"], data[20:])
        if set(event) - set(op["event"]["attributes"]):
            raise ValueError("not in an event: %s" % sorted(event))
        event["event"] = op["name"]
        event["age"] = now - event["time"] / 1e9
        print(json.dumps(event), flush=True)


def drift(genl, count):
    rng, want = random.Random(1), {}
    path = "/proc/sys/net/carp/"

    def expected():
        return sum(want.values())

    for i in range(count):
        name = "r%d" % rng.randrange(8)
        what = rng.randrange(4)
        if what == 0:
            by = rng.randrange(-500, 500)
            with open(path + "demotion", "w", encoding="ascii") as f:
                f.write(str(by))
            want["sysctl"] = want.get("sysctl", 0) + by
        elif what == 1:
            try:
                genl.ask("undemote", 0, ["demote-reason=" + name])
                if want.pop(name, None) is None:
                    return "%d: %s ended, but was not in force" % (i, name)
            except Refused:
                if name in want:
                    return "%d: %s did not end" % (i, name)
        else:
            weight = rng.randrange(1, 1000)
            for _ in range(rng.randrange(1, 4)):
                genl.ask("demote", 0, ["demote-reason=" + name,
                                       "weight=%d" % weight])
            want[name] = weight
        if not want.get("sysctl"):
            want.pop("sysctl", None)
        got = {r["demote-reason"]: r["weight"]
               for r in genl.ask("get-demotion", DUMP, [])}
        if got != want:
            return "%d: %s, want %s" % (i, got, want)
        one = genl.ask("get-demotion", 0, [])[0]
        if one["total"] != expected() or one["demotion"] != max(0, expected()):
            return "%d: %s, want %d" % (i, one, expected())
    return "ok"


def main(argv):
    genl = Genl(Spec())
    what = argv[1] if len(argv) > 1 else ""
    try:
        if what == "ask":
            for reply in genl.ask(argv[2], 0, argv[3:]):
                print(json.dumps(reply))
            return 0
        if what == "dump":
            print(json.dumps(genl.ask(argv[2], DUMP, argv[3:])))
            return 0
    except Refused as error:
        print(error)
        return 1
    if what == "check":
        return check(genl)
    if what == "listen":
        return listen(genl, float(argv[2]))
    if what == "drift":
        print(drift(genl, int(argv[2])))
        return 0
    sys.exit(__doc__)


if __name__ == "__main__":
    sys.exit(main(sys.argv))
