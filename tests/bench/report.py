#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What tests/bench/run has measured, as a table, as JSON and as plots.

  report.py FOLDER RESULTS.json FIGURES.rst PLOTS

FOLDER has what each scenario left.  RESULTS.json holds all samples, also what
was measured before and is not in FOLDER, until it is removed; FIGURES.rst
is included by Documentation/performance.rst; plots go to PLOTS/*.svg.
"""
import glob
import json
import math
import os
import subprocess
import sys

SKEW = 1e6 / 256
# Silence until a master counts as dead, us: the backup's formula.
FORMULA = {
    "carp.4ms": 3 * SKEW, "carp.12ms": 9 * SKEW, "carp.1s": 3e6 + SKEW,
    "carp.default": 3e6 + 100 * SKEW,
    "keepalived.10ms": 30000 + 3 * 10000 / 256,
    "keepalived.1s": 3e6 + 3 * SKEW,
    "frr.10ms": 30000 + 3 * 10000 / 256, "frr.1s": 3e6 + 3 * SKEW,
    "ucarp.1s": 3e6 + SKEW,
}
INTERVAL = {"4ms": SKEW, "12ms": 3 * SKEW, "10ms": 1e4, "1s": 1e6}



def linear(row):
    """Those beyond 2,800 do not take much longer than those before 1,300.

    The groups that there are advertise meanwhile, which is some of it.
    """
    steps = sorted((int(k.split(" ")[1]), s["median"]) for k, s in row.items()
                   if k.startswith("carp "))
    first = sorted(us for n, us in steps if n < 1275)
    last = sorted(us for n, us in steps if n >= 2805)
    return last[len(last) // 2] <= 1.25 * first[len(first) // 2]


# Row: title, unit, decimals, goal in words, and of carp's statistics the limit
ROWS = [
    ("detection", "Power cut, fast intervals: last advertisement to the first of the new master",
     "ms", 2, "p99 <= 12.2 ms", lambda r: r["carp.4ms"]["p99"] <= 12.2),
    ("answered", "Power cut: from there until the client is answered", "ms", 3,
     "<= 0.3 ms, less than keepalived",
     lambda r: r["carp.4ms"]["max"] <= 0.3 and
     r["carp.4ms"]["median"] <= r["keepalived.10ms"]["median"]),
    ("excess", "Power cut, 1 s intervals: detection beyond the protocol's formula",
     "ms", 3, "<= 0.5 ms", lambda r: r["carp.default"]["max"] <= 0.5),
    ("handover", "Planned handover: farewell to announcement", "ms", 3,
     "<= 0.3 ms", lambda r: all(v["max"] <= 0.3 for k, v in r.items()
                                if k.startswith("carp"))),
    ("lost", "Planned handover: echoes lost of 1,000 a second", "", 0, "0",
     lambda r: all(v["max"] == 0 for k, v in r.items()
                   if k.startswith("carp"))),
    ("period", "Advertisement period: mean error", "us", 2, "< 10 us",
     lambda r: abs(r["carp.4ms"]["median"]) < 10),
    ("jitter", "Advertisement period: deviation of single ones", "us", 1,
     "p99 <= a third of the peers'",
     lambda r: 3 * r["carp.4ms"]["p99"] <= r["keepalived.10ms"]["p99"]),
    ("hour", "False takeovers in a virtual hour at 1/256 s", "", 0, "0",
     lambda r: r["carp.4ms"]["max"] == 0),
    ("gap", "Under load: longest silence beyond the interval", "ms", 3,
     "<= 1 ms", lambda r: all(v["max"] <= 1 for k, v in r.items()
                              if k.startswith("carp"))),
    ("false", "Under load: takeovers of a master that is alive", "",
     0, "0", lambda r: all(v["max"] == 0 for k, v in r.items()
                           if k.startswith("carp"))),
    ("rtnl", "Power cut while RTNL is not to be had: detection beyond the formula",
     "ms", 3, "+- 0.5 ms", lambda r: all(abs(v["max"]) <= 0.5
                                         for k, v in r.items()
                                         if k.startswith("carp"))),
    ("rtnl answered", "From there until the client is answered", "ms", 3,
     "as with RTNL free", lambda r: all(v["max"] <= 0.3
                                        for k, v in r.items()
                                        if k.startswith("carp"))),
    ("pause", "Master paused for 6 s: two masters after the first frame heard",
     "ms", 3, "<= a round trip", lambda r: all(
         v["max"] <= 0.2 for k, v in r.items() if k.startswith("carp"))),
    ("pause lost", "From its return on: echoes lost of 500 a second", "", 0,
     "no longer than an interval", lambda r: all(
         2e3 * v["max"] <= INTERVAL[k.split(".")[1]] for k, v in r.items()
         if k.startswith("carp"))),
    ("clock", "Wall clock stepped by an hour: transitions", "", 0, "0",
     lambda r: r["carp.1s"]["max"] == 0),
    ("mass", "All groups move at once: each beyond its own deadline", "ms", 2,
     "5 ms of 255, 100 ms of 4,096", lambda r: r["carp.255"]["max"] <= 5 and
     r["carp.4096"]["max"] <= 100),
    ("mass together", "The same where all were heard last at the same moment",
     "ms", 2, "as before", lambda r: r["carp.255"]["max"] <= 5 and
     r["carp.4096"]["max"] <= 100),
    ("spread", "There, from the first announcement to the last", "ms", 2,
     "less than keepalived",
     lambda r: r["carp.255"]["max"] < r["keepalived.255"]["min"]),
    ("burst", "All deadlines at once, and nothing else on the CPU: first to last",
     "ms", 2, "<= 1.3 N (digest + 2 frames)", lambda r: all(
         r["carp" + n]["max"] <= 1.3 * r["digest+2 frames" + n]["median"]
         for n in (".255", ".4096"))),
    ("create", "A group more, by name: with so many there already", "us", 0,
     "linear", linear),
    ("memory", "Memory of a group beyond a plain device", "bytes", 0,
     "< 4096", lambda r: r["carp"]["median"] < 4096),
    ("cpu", "CPU of a master of N groups, 1 s intervals", "% at 1 ns", 2,
     "<= 1.3 N (digest + bare transmit)", lambda r:
     r["carp.4096"]["max"] <= 1.3 * r["digest+transmit.4096"]["median"]),
    ("takeovers", "Hosts on a segment: how many take over for a dead master", "",
     0, "1", lambda r: all(v["max"] == 1 for v in r.values())),
    ("settled", "Hosts that were all MASTER, each alone: until one of them is left",
     "ms", 1, "an interval of 1.4 s", lambda r: all(v["max"] <= 1391
                                                 for v in r.values())),
    ("segment", "An advertisement a second: what all hosts and the switch spend on it",
     "us", 0, "linear: a host more as much of 64 as of 16, + 25 %", lambda r:
     (r["carp.64"]["median"] - r["carp.16"]["median"]) / 48 <= 1.25 *
     (r["carp.16"]["median"] - r["carp.2"]["median"]) / 14),
    ("sent", "An advertisement sent", "instructions", 0,
     "<= keepalived / 4, <= 1.3 (digest + bare transmit)",
     lambda r: 4 * r["carp.255"]["median"] <= r["keepalived.255"]["median"] and
     r["carp.255"]["median"] <= 1.3 * r["digest+transmit"]["median"]),
    ("received", "An advertisement received, beyond its coming to the host",
     "instructions", 0, "<= keepalived / 4",
     lambda r: 4 * r["carp.255"]["median"] <= r["keepalived.255"]["median"]),
    ("forged", "A forged advertisement, beyond its coming to the host",
     "instructions", 0, "<= 1.2 digests; a flood far less",
     lambda r: r["known source"]["median"] <= 1.2 * r["digest"]["median"]),
    ("flood", "Genuine advertisements lost and false takeovers in a flood", "",
     0, "0", lambda r: all(v["max"] == 0 for k, v in r.items()
                           if k.startswith("carp"))),
    ("loglines", "Log lines a second in a flood", "", 1, "<= 10",
     lambda r: r["carp.4ms"]["max"] <= 10),
    ("path", "A packet through the interface", "instructions", 0,
     "<= 1.05 macvlan", lambda r: all(
         r[k]["median"] <= 1.05 * r["macvlan" + k[4:]]["median"]
         for k in r if k.startswith("carp"))),
    ("stream", "A TCP stream of 32 MB through the interface",
     "instructions a byte", 3, "<= 1.05 macvlan", lambda r: all(
         r[k]["median"] <= 1.05 * r["macvlan" + k[4:]]["median"]
         for k in r if k.startswith("carp"))),
    ("others", "A packet of the carrier's own, with 255 groups on it",
     "instructions", 0, "<= 1.03 the bare device", lambda r: all(
         r[k]["median"] <= 1.03 * r["bare" + k[4:]]["median"]
         for k in r if k.startswith("carp"))),
]


def percentile(values, share):
    """The smallest value that at least that share does not exceed."""
    return values[max(0, math.ceil(share * len(values)) - 1)]


def summary(values):
    values = sorted(values)
    return {
        "n": len(values), "min": values[0], "median": percentile(values, .5),
        "p99": percentile(values, .99), "max": values[-1],
        "mean": sum(values) / len(values), "samples": values,
    }


class Samples:
    def __init__(self):
        self.rows = {}

    def add(self, row, system, value):
        self.rows.setdefault(row, {}).setdefault(system, []).append(value)


def pulses(samples, folder):
    """Reports of pulse: takeover.SYSTEM.N and handover.SYSTEM.WAY.N."""
    for path in sorted(glob.glob(folder + "/*/*.json")):
        what, *name = os.path.basename(path)[:-5].split(".")
        system = ".".join(name[:2])
        with open(path) as f:
            report = json.load(f)
        if what == "takeover":
            takeover(samples, system, report)
        elif what == "rtnl":
            system += " " + name[2]
            for action in report["action"]:
                if ":block:" in action["what"] and action["detect_us"]:
                    samples.add("rtnl", system, (
                        action["detect_us"] -
                        FORMULA[".".join(name[:2])]) / 1e3)
                    samples.add("rtnl answered", system, (
                        action["reply_us"] - action["first_advert_us"]) / 1e3)
        elif what == "handover":
            action = report["action"][0]
            if system.startswith("carp"):
                system += " " + name[2]
            samples.add("lost", system, report["lost"])
            if action["garp_target_us"] is not None and \
                    action["last_advert_us"] is not None:
                samples.add("handover", system, (
                    action["garp_target_us"] - action["last_advert_us"]) / 1e3)


def takeover(samples, system, report):
    for action in report["action"]:
        if ":block:" not in action["what"]:
            continue
        # Cut before it was heard for the first time
        if action["old_tap"] is None:
            continue
        if action["old_tap"] != "A" or action["new_tap"] != "B":
            sys.exit(f"{system}: {action['what']}: not a takeover of B from A")
        detect = action["detect_us"]
        if system.endswith("ms"):
            samples.add("detection", system, detect / 1e3)
        else:
            samples.add("excess", system, (detect - FORMULA[system]) / 1e3)
        if system.split(".")[0] != "ucarp":
            samples.add("answered", system, (
                action["reply_us"] - action["first_advert_us"]) / 1e3)


def recorded(path, ways=("in",)):
    """What hosts sent: (us, port, group or None for an announcement, address).

    A group is (VLAN, id).  With the way "out", also what came to them, with the
    port's name in small letters.
    """
    with open(path) as f:
        for line in f:
            if line[0] == "#":
                continue
            ns, port, way, _, hexa = line.rstrip("\n").split("\t")
            if way not in ways:
                continue
            if way == "out":
                port = port.lower()
            vlan, at = 0, 24
            if hexa[at:at + 4] == "8100":
                vlan, at = int(hexa[at + 4:at + 8], 16) & 0xfff, at + 8
            kind, at = hexa[at:at + 4], at + 4
            if kind == "0800" and hexa[at + 18:at + 20] == "70":
                vhid = int(hexa[at + 42:at + 44], 16)
                yield int(ns) / 1e3, port, (vlan, vhid), None
            elif kind == "0806" and hexa[at + 28:at + 36] == \
                    hexa[at + 48:at + 56]:
                yield int(ns) / 1e3, port, None, hexa[at + 28:at + 36]


def loads(samples, folder):
    """load.SYSTEM.KIND.N/frames.tsv: silences of A, and takeovers of B."""
    for path in sorted(glob.glob(folder + "/*/load.*/frames.tsv")):
        name = os.path.basename(os.path.dirname(path))[len("load."):]
        system, kind, _ = name.rsplit(".", 2)
        interval = INTERVAL[system.split(".")[1]]
        last, speaker, false, longest = None, "A", 0, 0
        for us, port, group, _ in recorded(path):
            if not group:
                continue
            if port == "B" and speaker == "A":
                false += 1
            speaker = port
            if port == "A":
                if last:
                    longest = max(longest, us - last - interval)
                last = us
        samples.add("gap", f"{system} {kind}", longest / 1e3)
        samples.add("false", f"{system} {kind}", false)


def pauses(samples, folder):
    """pause.SYSTEM.N/frames.tsv: A is away for a while, and then there again.

    What it has sent meanwhile was not heard, and what was sent to it came when
    it was over; nobody sends it any of this before he takes over from it.
    """
    for path in sorted(glob.glob(folder + "/*/pause.*/frames.tsv")):
        system = os.path.basename(os.path.dirname(path))[len("pause."):]
        system = system.rsplit(".", 1)[0]
        taken, heard, last = None, None, {}
        for us, port, group, _ in recorded(path, ("in", "out")):
            if not group:
                continue
            if port == "B" and not taken:
                taken = us
            elif taken and port in "ab" and not heard:
                heard = us
            if heard and port in "AB":
                last[port] = us
        if not taken or not heard:
            sys.exit(f"{path}: nobody took over, or was heard of again")
        # Who has spoken before the other one for the last time
        loser = min(last.values()) if len(last) > 1 else heard
        samples.add("pause", system, max(0, loser - heard) / 1e3)
    for path in sorted(glob.glob(folder + "/*/pause.*.json")):
        system = os.path.basename(path)[len("pause."):-5].rsplit(".", 1)[0]
        with open(path) as f:
            samples.add("pause lost", system, json.load(f)["action"][1]["lost"])


def scales(samples, folder):
    """scale.SYSTEM.N.KIND/frames.tsv: all groups move from A to B.

    KIND ends with a number.  Of a burst only B is there.
    """
    for path in sorted(glob.glob(folder + "/*/scale.*/frames.tsv")):
        name = os.path.basename(os.path.dirname(path))[len("scale."):]
        system, kind = name.rsplit(".", 1)
        kind = kind.rstrip("0123456789")
        formula = FORMULA[system.split(".")[0] + ".1s"]
        last, first, announced = {}, {}, {}
        for us, port, group, addr in recorded(path, ("in", "out")):
            if group and port == "b":
                last[group] = us
            elif group and port == "B":
                first.setdefault(group, us)
            elif addr and port == "B" and first:
                announced.setdefault(addr, us)
        number = int(system.split(".")[1])
        if len(first) != number or len(announced) != number:
            sys.exit(f"{path}: {len(first)} groups have moved, "
                     f"{len(announced)} announced")
        if kind == "burst":
            samples.add("burst", system, (max(announced.values()) -
                                          min(first.values())) / 1e3)
            continue
        for group, us in first.items():
            samples.add("mass" if kind == "own" else "mass together", system,
                        (us - last[group] - formula) / 1e3)
        if kind == "together":
            samples.add("spread", system, (max(announced.values()) -
                                           min(announced.values())) / 1e3)


def periods(samples, folder):
    for path in sorted(glob.glob(folder + "/*/period.*/frames.tsv")):
        system = os.path.basename(os.path.dirname(path))[len("period."):]
        nominal = INTERVAL[system.split(".")[1]] * 1e3
        times = []
        with open(path) as f:
            for line in f:
                if line[0] == "#":
                    continue
                ns, _, way, _, hexa = line.split("\t")
                # IPv4, protocol 112, received from the host
                if way == "in" and hexa[24:28] == "0800" and \
                        hexa[46:48] == "70":
                    times.append(int(ns))
        gaps = [b - a for a, b in zip(times, times[1:])]
        for gap in gaps:
            samples.add("jitter", system, abs(gap - nominal) / 1e3)
        # In ten parts, each with a mean of its own
        part = max(1, len(gaps) // 10)
        for i in range(0, len(gaps) - part + 1, part):
            samples.add("period", system,
                        (times[i + part] - times[i] - part * nominal) /
                        part / 1e3)


def figures(samples, folder):
    """Lines "ROW SYSTEM VALUE..." of figures; _ in a system is a blank."""
    for path in sorted(glob.glob(folder + "/*/figures")):
        with open(path) as f:
            for line in f:
                row, system, *values = line.split()
                for value in values:
                    samples.add(row, system.replace("_", " "), float(value))


def number(value, decimals):
    text = f"{value:,.{decimals}f}"
    return text if text.strip("-0.,") else text.lstrip("-")


def ratio(row, system):
    """To the best peer's median; of carp only."""
    if not system.startswith("carp"):
        return ""
    # Of what is done in the same way, if that is told apart
    peers = [v["median"] for k, v in row.items()
             if k.split(" ")[0].split(".")[0].split("-")[0] in
             ("keepalived", "frr", "ucarp", "macvlan", "bare") and
             k.split(" ")[1:] in ([], system.split(" ")[1:])]
    if not peers or not min(peers) > 0:
        return ""
    share = row[system]["median"] / min(peers)
    return f"{share:.2f}" if share >= .01 else "< 0.01"


def tabulate(results):
    lines = []
    for row in results:
        met = {True: "met", False: "MISSED", None: "see text"}[row["met"]]
        unit = f" [{row['unit']}]" if row["unit"] else ""
        lines += ["", f"{row['title']}{unit}; goal: {row['goal']}: {met}", ""]
        lines.append(f"  {'':28}{'n':>7}{'min':>12}{'median':>12}{'p99':>12}"
                     f"{'max':>12}{'ratio':>8}")
        for name, s in row["systems"].items():
            cells = [number(s[k], row["decimals"])
                     for k in ("min", "median", "p99", "max")]
            lines.append(f"  {name:28}{s['n']:>7}" +
                         "".join(f"{c:>12}" for c in cells) +
                         f"{s['ratio']:>8}")
    return "\n".join(lines) + "\n"


def rst(results, conditions):
    out = [".. SPDX-License-Identifier: GPL-2.0", "",
           ".. Made by tests/bench/report.py; make bench makes it anew.", ""]
    out += [f"Measured {conditions}.", ""]
    for row in results:
        unit = f", {row['unit']}" if row["unit"] else ""
        title = row["title"] + unit
        out += [title, "-" * len(title), ""]
        verdict = {True: "met", False: "**missed**",
                   None: "see below"}[row["met"]]
        out += [f"Goal: {row['goal']}: {verdict}.", ""]
        out += [".. list-table::", "   :header-rows: 1", ""]
        head = ["", "n", "min", "median", "p99", "max", "to the best peer"]
        for cells in [head] + [
                [name, str(s["n"])] +
                [number(s[k], row["decimals"])
                 for k in ("min", "median", "p99", "max")] + [s["ratio"]]
                for name, s in row["systems"].items()]:
            out += [("   * - " if i == 0 else "     - ") + c
                    for i, c in enumerate(cells)]
        out.append("")
        if row["plot"]:
            out += [f".. image:: ../bench/{row['id'].replace(' ', '-')}.svg", ""]
    return "\n".join(line.rstrip() for line in out) + "\n"


def plot(row, path):
    """Median, and from the least to the greatest, of each system."""
    names = list(row["systems"])
    values = [row["systems"][n] for n in names]
    log = min(v["min"] for v in values) > 0 and \
        max(v["max"] for v in values) > 20 * min(v["min"] for v in values)
    height = 90 + 26 * len(names)
    data = "\n".join(f"{len(names) - i} {v['median']} {v['min']} {v['max']}"
                     for i, v in enumerate(values))
    ticks = ",".join(f"'{n}' {len(names) - i}" for i, n in enumerate(names))
    title = row["title"].replace("'", "''")
    script = f"""
set terminal svg size 760,{height} font 'sans,11'
set output '{path}'
set title '{title}'
set ytics ({ticks})
set yrange [0.4:{len(names) + 0.6}]
set xlabel '{row["unit"] or "number"}'
set grid xtics
unset key
{"set logscale x" if log else ""}
$data << EOD
{data}
EOD
plot $data using 2:1:3:4 with xerrorbars pt 7 ps 0.7 lw 2 lc rgb '#1f77b4'
"""
    subprocess.run(["gnuplot"], input=script, text=True, check=True)


def former(path):
    """What was measured before, and is kept unless it is measured anew."""
    try:
        with open(path) as f:
            return {row["id"]: row["systems"] for row in json.load(f)["rows"]}
    except FileNotFoundError:
        return {}


def main(folder, json_path, rst_path, plots):
    samples = Samples()
    pulses(samples, folder)
    periods(samples, folder)
    loads(samples, folder)
    pauses(samples, folder)
    scales(samples, folder)
    figures(samples, folder)
    with open(folder + "/conditions") as f:
        conditions = f.read().strip()
    before = former(json_path)
    results = []
    for row_id, title, unit, decimals, goal, judge in ROWS:
        systems = before.get(row_id, {})
        systems.update((k, summary(v))
                       for k, v in samples.rows.get(row_id, {}).items())
        if not systems:
            continue
        row = {"id": row_id, "title": title, "unit": unit,
               "decimals": decimals, "goal": goal}
        for name, s in systems.items():
            s["ratio"] = ratio(systems, name)
        row["systems"] = systems
        try:
            row["met"] = bool(judge(systems)) if judge else None
        except KeyError:
            row["met"] = None
        row["plot"] = len(systems) > 1 and \
            any(s["max"] > 0 for s in systems.values())
        results.append(row)
        if row["plot"]:
            plot(row, f"{plots}/{row_id.replace(' ', '-')}.svg")
    for row in results:
        for s in row["systems"].values():
            # Enough to draw them again.
            if len(s["samples"]) > 101:
                step = len(s["samples"]) / 100
                s["samples"] = [s["samples"][int(i * step)]
                                for i in range(100)] + s["samples"][-1:]
            s["samples"] = [round(v, 4) for v in s["samples"]]
    with open(json_path, "w") as f:
        json.dump({"conditions": conditions, "rows": results}, f, indent=1)
        f.write("\n")
    with open(rst_path, "w") as f:
        f.write(rst(results, conditions))
    print(f"Measured {conditions}.")
    print(tabulate(results), end="")


if len(sys.argv) != 5:
    sys.exit(__doc__)
main(*sys.argv[1:])
