#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The specification of generic netlink and the header for programs, compared.

Names in C follow from those in the specification by the rules of the kernel's
ynl-gen: FAMILY_CMD_OPERATION, FAMILY_A_ATTRIBUTE, FAMILY_A_SET_ATTRIBUTE,
FAMILY_ENUM_ENTRY, FAMILY_CONST. Whether the kernel keeps to it is what
tests/scenarios/genl.sh asks it.
"""
import os
import re
import sys

import yaml

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
TYPES = {"u8", "u16", "u32", "u64", "s32", "s64", "string", "binary", "nest",
         "flag", "pad"}
failed = count = 0


def ok(good, name, *why):
    global failed, count
    count += 1
    failed += not good
    print("%sok %d - %s" % ("" if good else "not ", count, name))
    if not good:
        for line in why:
            print("#", line)


def read(path):
    with open(os.path.join(TOP, path), encoding="utf-8") as f:
        return f.read()


def c_name(*parts):
    return "_".join(parts).replace("-", "_").upper()


def header_constants(text):
    """Enumerators and integers of #define, by name, and enums by name."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    values, enums = {}, {}
    for name, body in re.findall(r"enum (\w+) \{(.*?)\}", text, re.S):
        value, enums[name] = -1, []
        for item in filter(None, map(str.strip, body.split(","))):
            item, _, given = item.partition("=")
            value = int(given, 0) if given else value + 1
            values[item.strip()] = value
            enums[name].append(item.strip())
    for name, value in re.findall(r"#define (\w+)\s+(\d+)$", text, re.M):
        values[name] = int(value)
    strings = dict(re.findall(r'#define (\w+)\s+"(.*)"$', text, re.M))
    return values, enums, strings


def numbered(items, first=1):
    value = first - 1
    for item in items:
        value = item.get("value", value + 1)
        yield value, item


def compare(what, want, enum, values, enums):
    """All of the enumeration, and nothing but it."""
    have = {n: values[n] for n in enums.get(enum, [])
            if not n.startswith("__") and not n.endswith("_UNSPEC")}
    ok(have == want, what,
       "only in the header: %s" % sorted(set(have.items()) - set(want.items())),
       "only in the specification: %s" %
       sorted(set(want.items()) - set(have.items())))


def check_enums(spec, values, enums):
    family = spec["name"]
    ops = spec["operations"]["list"]
    compare("operations", {c_name(family, "cmd", op["name"]): n
                           for n, op in numbered(ops)},
            "carp_cmd", values, enums)
    for space in spec["attribute-sets"]:
        name = space["name"]
        prefix = [family, "a"] + ([] if name == family else [name])
        compare("attributes of " + name,
                {c_name(*prefix, a["name"]): n
                 for n, a in numbered(space["attributes"])},
                "carp_attr" if name == family else "carp_%s_attr" % name,
                values, enums)
    for one in spec["definitions"]:
        if one["type"] == "enum":
            entries = [e if isinstance(e, dict) else {"name": e}
                       for e in one["entries"]]
            compare("enum " + one["name"],
                    {c_name(family, one["name"], e["name"]): n
                     for n, e in numbered(entries, 0)},
                    "carp_" + one["name"], values, enums)
        else:
            name = c_name(family, one["name"])
            ok(values.get(name) == one["value"], "constant " + one["name"],
               "%s in the header" % values.get(name))


def check_references(spec):
    spaces = {s["name"]: {a["name"]: a for a in s["attributes"]}
              for s in spec["attribute-sets"]}
    enums = {d["name"] for d in spec["definitions"] if d["type"] == "enum"}
    consts = {d["name"] for d in spec["definitions"] if d["type"] == "const"}
    groups = {g["name"] for g in spec["mcast-groups"]["list"]}
    wrong = []
    for name, attributes in spaces.items():
        for a in attributes.values():
            if a["type"] not in TYPES:
                wrong.append("type %s of %s" % (a["type"], a["name"]))
            if a["type"] == "nest" and a["nested-attributes"] not in spaces:
                wrong.append("nest of " + a["name"])
            if a.get("enum", "state") not in enums:
                wrong.append("enum of " + a["name"])
            for limit in a.get("checks", {}).values():
                if isinstance(limit, str) and limit not in consts:
                    wrong.append("limit of " + a["name"])
            if a["type"] != "pad" and not a.get("doc"):
                wrong.append("no words about " + a["name"])
    used = set()
    for op in spec["operations"]["list"]:
        parts = [op.get("event", {})]
        for mode in ("do", "dump"):
            parts += [op.get(mode, {}).get("request", {}),
                      op.get(mode, {}).get("reply", {})]
        for part in parts:
            for name in part.get("attributes", []):
                used.add(name)
                if name not in spaces[op["attribute-set"]]:
                    wrong.append("%s in %s" % (name, op["name"]))
        if "event" in op and op.get("mcgrp") not in groups:
            wrong.append("group of " + op["name"])
    ok(not wrong, "what is named is there", *wrong)
    idle = {n for n, a in spaces[spec["name"]].items()
            if a["type"] != "pad"} - used
    ok(not idle, "every attribute is in some message", *idle)


def main():
    spec = yaml.safe_load(read("Documentation/netlink/specs/carp.yaml"))
    values, enums, strings = header_constants(
        read("include/uapi/" + spec["uapi-header"]))
    ok(strings.get("CARP_FAMILY_NAME") == spec["name"], "name of the family")
    groups = [g["name"] for g in spec["mcast-groups"]["list"]]
    ok([strings.get("CARP_MCGRP_EVENTS")] == groups, "multicast groups")
    check_enums(spec, values, enums)
    check_references(spec)
    print("1..%d" % count)
    return failed > 0


sys.exit(main())
