#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Makes the tables and C headers of this folder from its JSON and captures.

Run it after a change of those and commit what it writes: tests need no Python.
With --check it only says whether everything is as it would write it. Every
digest and checksum is computed again here, and which of the ways to hash a
vector was made in is found out, not believed.
"""

import hashlib
import hmac
import ipaddress
import json
import pathlib
import struct
import sys

HERE = pathlib.Path(__file__).resolve().parent
HEAD = "/* SPDX-License-Identifier: GPL-2.0-only */\n" \
       "/* Written by generate.py; see README.md for what the rows mean. */\n"


def packed(addrs):
    """Addresses as bytes; the scope of a link-local one is of its host only."""
    return [ipaddress.ip_address(a.split("%")[0]).packed for a in addrs]


def link_local(addr):
    if addr[0] == 0xff:
        return addr[1] & 15 in (1, 2)
    return len(addr) == 16 and addr[0] == 0xfe and addr[1] & 0xc0 == 0x80


def message(vhid, v4, v6, counter, full=True):
    v6 = [a for a in v6 if full or not link_local(a)]
    return b"\x02\x01" + bytes([vhid]) + b"".join(sorted(set(v4))) + \
        b"".join(sorted(set(v6))) + counter


def digest(key, data):
    return hmac.new(key, data, hashlib.sha1).digest()


def sum16(data):
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return total


def accepted(key, vhid, v4, v6, counter, md):
    """How a receiver with these settings finds the digest good, if it does."""
    if digest(key, message(vhid, v4, v6, counter)) == md:
        return "full"
    if digest(key, message(vhid, v4, v6, counter, full=False)) == md:
        return "noll"
    return "no"


def c_bytes(data):
    return "{ " + ", ".join(f"0x{b:02x}" for b in data) + " }" if data else "{}"


def c_string(data):
    out = ""
    for b in data:
        out += chr(b) if 32 <= b < 127 and b not in b'"\\?' else f"\\{b:03o}"
    return f'"{out}"'


def wrap(name, data, indent="\t\t"):
    """A designated initializer of bytes, twelve on a line."""
    if len(data) <= 8:
        return f"{indent}.{name} = {c_bytes(data)},\n"
    lines = [", ".join(f"0x{b:02x}" for b in data[i:i + 12])
             for i in range(0, len(data), 12)]
    return f"{indent}.{name} = {{\n" + \
        "".join(f"{indent}\t{line},\n" for line in lines) + f"{indent}}},\n"


def c_addrs(v4, v6):
    out = ""
    for name, addrs in (("4", v4), ("6", v6)):
        if addrs:
            out += f"\t\t.n{name} = {len(addrs)},\n\t\t.addrs{name} = {{\n"
            out += "".join(f"\t\t\t{c_bytes(a)},\n" for a in addrs)
            out += "\t\t},\n"
    return out


def read_bsd():
    for row in json.loads((HERE / "carp_bsd.json").read_text())["vectors"]:
        v4, v6 = packed(row["addrs4"]), packed(row["addrs6"])
        key = bytes.fromhex(row["key_hex"])
        password = bytes.fromhex(row["pass_hex"])
        counter = bytes.fromhex(row["counter"])
        md = bytes.fromhex(row["md_hex"])
        hashed = bytes.fromhex(row["hmac_input_hex"])
        header = bytes.fromhex(row["carp_header_hex"])
        assert digest(key, hashed) == md
        assert sum16(header) == 0xffff and header[16:] == md
        assert header[8:16] == counter and header[1] == row["vhid"]
        yield {
            "impl": row["impl"],
            "accept": accepted(key, row["vhid"], v4, v6, counter, md),
            "key_from_pass": int(key == password[:19].ljust(20, b"\0")),
            "sent": int(row["sent_by_impl"]),
            "vhid": row["vhid"], "advbase": row["advbase"],
            "advskew": row["advskew"], "demote": row["demote_or_pad"],
            "counter": counter, "password": password, "key": key,
            "v4": v4, "v6": v6, "text4": row["addrs4"], "text6": row["addrs6"],
            "mac": bytes.fromhex(row["hashed_src_mac"] or ""),
            "message": hashed, "md": md, "header": header,
            "note": row["note"],
        }


def bsd_header(rows):
    message_max = max(len(r["message"]) for r in rows)
    out = HEAD + f"""#ifndef CARP_VECTORS_H
#define CARP_VECTORS_H

/* u8, u16, u32 and u64 come from whoever includes this. */

enum carp_vector_accept {{
	CARP_VECTOR_REJECT,	/* hashed in a way nobody understands today */
	CARP_VECTOR_FULL,	/* with every address */
	CARP_VECTOR_NO_LL,	/* without link-local ones, as OpenBSD sends */
}};

struct carp_vector {{
	const char *impl;	/* whose code computed it */
	u8 accept;		/* enum carp_vector_accept */
	u8 sent;		/* impl really sends this, not only accepts it */
	u8 key_from_pass;	/* key is the first 19 bytes of pass */
	u8 pass_len;
	const char *pass;	/* may hold zeros */
	u8 key[20];
	u8 vhid, advbase, advskew, demote;
	u64 counter;
	u8 n4, n6;		/* in the order of configuration */
	u8 addrs4[{max(len(r["v4"]) for r in rows)}][4];
	u8 addrs6[{max(len(r["v6"]) for r in rows)}][16];
	u8 mac_len;		/* 6: OpenBSD with a changed lladdr hashed mac */
	u8 mac[6];
	u8 message_len;		/* what the HMAC is of */
	u8 message[{message_max}];
	u8 digest[20];
	u8 header[36];		/* as sent, checksum without pseudo-header */
}};

static const struct carp_vector carp_vectors[] __attribute__((__unused__)) = {{
"""
    words = {"no": "REJECT", "full": "FULL", "noll": "NO_LL"}
    for r in rows:
        out += "\t{\n"
        if r["note"]:
            note = r["note"].replace("*/", "")
            out += f"\t\t/* {note} */\n"
        out += f'\t\t.impl = "{r["impl"]}",\n'
        out += f'\t\t.accept = CARP_VECTOR_{words[r["accept"]]},\n'
        out += f'\t\t.sent = {r["sent"]},\n'
        out += f'\t\t.key_from_pass = {r["key_from_pass"]},\n'
        out += f'\t\t.pass_len = {len(r["password"])},\n'
        out += f'\t\t.pass = {c_string(r["password"])},\n'
        out += wrap("key", r["key"])
        for name in ("vhid", "advbase", "advskew", "demote"):
            out += f"\t\t.{name} = {r[name]},\n"
        out += f'\t\t.counter = 0x{r["counter"].hex()}ULL,\n'
        out += c_addrs(r["v4"], r["v6"])
        if r["mac"]:
            out += f'\t\t.mac_len = {len(r["mac"])},\n' + wrap("mac", r["mac"])
        out += f'\t\t.message_len = {len(r["message"])},\n'
        out += wrap("message", r["message"]) + wrap("digest", r["md"])
        out += wrap("header", r["header"]) + "\t},\n"
    return out + "};\n\n#endif\n"


def tsv(columns, rows):
    out = "#" + "\t".join(columns) + "\n"
    for row in rows:
        assert len(row) == len(columns)
        out += "\t".join(str(c) if str(c) else "-" for c in row) + "\n"
    return out


def bsd_tsv(rows):
    columns = ("impl accept sent key_from_pass vhid pass_hex key_hex advbase "
               "advskew demote counter addrs4 addrs6 mac hmac_input_hex md_hex "
               "carp_header_hex note").split()
    return tsv(columns, [
        (r["impl"], r["accept"], r["sent"], r["key_from_pass"], r["vhid"],
         r["password"].hex(), r["key"].hex(), r["advbase"], r["advskew"],
         r["demote"], r["counter"].hex(), ",".join(r["text4"]),
         ",".join(r["text6"]), r["mac"].hex(), r["message"].hex(),
         r["md"].hex(), r["header"].hex(), r["note"]) for r in rows])


def pcap_frames(path):
    data = path.read_bytes()
    assert data[:4] == bytes.fromhex("d4c3b2a1")
    at = 24
    while at < len(data):
        size = struct.unpack("<I", data[at + 8:at + 12])[0]
        yield data[at + 16:at + 16 + size]
        at += 16 + size


def frame_row(impl, kind, frame, key=b"", v4=(), v6=()):
    """kind is carp or vrrp; what a CARP frame says is read from the frame."""
    row = {"impl": impl, "kind": kind, "frame": frame, "key": key or bytes(20),
           "v4": list(v4), "v6": list(v6), "sum": "none", "vhid": 0,
           "family": 6 if frame[12:14] == b"\x86\xdd" else 4}
    at = 14 + (40 if row["family"] == 6 else (frame[14] & 15) * 4)
    row["offset"] = at
    if kind == "vrrp":
        return row
    head = frame[at:]
    assert len(head) == 36 and head[0] == 0x21 and head[3] == 7
    row["vhid"] = head[1]
    pseudo = frame[22:54] + struct.pack(">II", 36, 112)
    if sum16(head) == 0xffff:
        row["sum"] = "plain"
    elif row["family"] == 6 and sum16(pseudo + head) == 0xffff:
        row["sum"] = "pseudo"
    assert row["sum"] != "none"
    assert accepted(key, head[1], v4, v6, head[8:16], head[16:]) == "full"
    return row


def read_frames():
    for f in json.loads((HERE / "carp_frames.json").read_text())["frames"]:
        yield frame_row(f["impl"], "carp", bytes.fromhex(f["frame_hex"]),
                        bytes.fromhex(f["key_hex"]),
                        packed(f["addrs4_in_order_added"]),
                        packed(f["addrs6"]))
    for line in (HERE / "ucarp/configs.tsv").read_text().splitlines():
        if line.startswith("#"):
            continue
        name, vip, _, password = line.split("\t")[:4]
        for frame in pcap_frames(HERE / f"ucarp/{name}.pcap"):
            yield frame_row("ucarp-1.5.2", "carp", frame,
                            password.encode().ljust(20, b"\0"), packed([vip]))
    for path in sorted((HERE / "vrrp").glob("*.pcap")):
        for frame in pcap_frames(path):
            yield frame_row(path.stem, "vrrp", frame)


def frames_header(rows):
    out = HEAD + f"""#ifndef CARP_FRAMES_H
#define CARP_FRAMES_H

/* u8, u16, u32 and u64 come from whoever includes this. */

enum carp_frame_kind {{
	CARP_FRAME_CARP,	/* to be accepted with key and addresses */
	CARP_FRAME_VRRP,	/* to be left alone */
}};

enum carp_frame_sum {{
	CARP_FRAME_SUM_NONE,
	CARP_FRAME_SUM_PLAIN,
	CARP_FRAME_SUM_PSEUDO,	/* with the IPv6 pseudo-header */
}};

struct carp_frame {{
	const char *impl;
	u8 kind, sum, family;	/* family is 4 or 6 */
	u8 vhid;
	u8 key[20];
	u8 n4, n6;
	u8 addrs4[1][4];
	u8 addrs6[1][16];
	u8 offset;		/* of what follows the IP header */
	u8 len;
	u8 frame[{max(len(r["frame"]) for r in rows)}];	/* from the Ethernet header on */
}};

static const struct carp_frame carp_frames[] __attribute__((__unused__)) = {{
"""
    for r in rows:
        out += f'\t{{\n\t\t.impl = "{r["impl"]}",\n'
        out += f'\t\t.kind = CARP_FRAME_{r["kind"].upper()},\n'
        out += f'\t\t.sum = CARP_FRAME_SUM_{r["sum"].upper()},\n'
        out += f'\t\t.family = {r["family"]},\n\t\t.vhid = {r["vhid"]},\n'
        out += wrap("key", r["key"]) + c_addrs(r["v4"], r["v6"])
        out += f'\t\t.offset = {r["offset"]},\n\t\t.len = {len(r["frame"])},\n'
        out += wrap("frame", r["frame"]) + "\t},\n"
    return out + "};\n\n#endif\n"


def frames_tsv(rows):
    columns = "impl kind sum family vhid key_hex addrs4 addrs6 frame_hex".split()
    return tsv(columns, [
        (r["impl"], r["kind"], r["sum"], r["family"], r["vhid"], r["key"].hex(),
         ",".join(str(ipaddress.ip_address(a)) for a in r["v4"]),
         ",".join(str(ipaddress.ip_address(a)) for a in r["v6"]),
         r["frame"].hex()) for r in rows])


def main():
    bsd, frames = list(read_bsd()), list(read_frames())
    files = {
        "carp_vectors.h": bsd_header(bsd), "carp_bsd.tsv": bsd_tsv(bsd),
        "carp_frames.h": frames_header(frames),
        "carp_frames.tsv": frames_tsv(frames),
    }
    stale = [n for n, text in files.items()
             if not (HERE / n).exists() or (HERE / n).read_text() != text]
    if "--check" in sys.argv[1:]:
        sys.exit(f"not up to date: {' '.join(stale)}" if stale else 0)
    for name in stale:
        (HERE / name).write_text(files[name])


main()
