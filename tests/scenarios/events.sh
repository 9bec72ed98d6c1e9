#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
#
# Events of generic netlink: every transition and every change of demotion, in
# order, with numbers that have no gaps, and not held up by RTNL.
#
#	A:eth0 ---+
#	B:eth0 ---+--- SW
#	P:eth0 ---+	forges
#
# shellcheck disable=SC2317 # functions that wait_for calls

. "${0%/*}/../lib/lib.sh"

export CARP_SPEC=$TESTS/carp.spec.json
segment A B P
foreign P
pair pass secret
on B python3 "$TESTS/lib/genl.py" listen 3600 >"$OUT/events" 2>"$OUT/listener" &
on B carpctl monitor -j >"$OUT/json" 2>"$OUT/json.end" &
monitors=($!)
on B carpctl monitor >"$OUT/text" 2>"$OUT/text.end" &
monitors+=($!)
wait_ok 20 "the listener listens" grep -q listening "$OUT/events"
# Monitors are in two groups, and in that of carp last.
has_monitors() { [[ $(on B cat /proc/net/netlink | groups_of 16) == "1 2 2" ]]; }
groups_of() {
	python3 -c 'import sys
rows = [line.split() for line in sys.stdin]
print(*sorted(n for n in (bin(int(row[3], 16)).count("1") for row in rows
                          if row[1] == sys.argv[1]) if n))' "$1"
}
wait_ok 5 "so do the monitors" has_monitors
events() { sed -n '/^{/p' "$OUT/events" | jq -c "$1"; }
count() { sed -n '/^{/p' "$OUT/events" | wc -l; }
has_events() { (($(count) >= $1)); }
seq_of() { on B python3 "$TESTS/lib/genl.py" ask get-demotion | jq .seq; }
first=$(($(seq_of) + 1))
forge() {
	inject P:eth0 --carp -i 0 pass=secret vips=192.0.2.100 src=192.0.2.3 \
		"$@" >/dev/null
}
log_clear

# All kinds of transitions, and demotions among them
ip -n A link set carp0 type carp advskew 200
ip -n B link set carp0 type carp state master
wait_state A BACKUP
ip -n B link set carp0 type carp state backup
is_state A MASTER "A is MASTER again"
on B carpctl demote bgp 10
on B carpctl demote bgp 10
on B carpctl demote bgp 7
ip -n B link set carp0 down
on B sysctl -qw net.carp.demotion=-9
ip -n B link set carp0 up
on B carpctl undemote bgp
on B sysctl -qw net.carp.demotion=9
wait_ok 5 "nine events" has_events 9
is "$(events 'select(.event == "state-changed") | [."old-state", .state, ."reason-text", .peer[0].addr4]')" \
	'["backup","master","requested by the administrator",null]
["master","backup","requested by the administrator",null]
["backup","init","interface is down",null]
["init","backup","ready",null]' "transitions, with reasons"
is "$(events 'select(.event == "demotion-changed") | [."demote-reason", ."old-weight", .weight, ."old-total", .total]')" \
	'["bgp",0,10,0,10]
["bgp",10,7,10,7]
["sysctl",0,-9,7,-2]
["bgp",7,0,-2,-9]
["sysctl",-9,0,-9,0]' "changes of demotion, each once"
is "$(events '[.event] | .[0][0:1]' | tr -d '"\n[]')" ssddsdsdd "in the order in which they happened"

# A storm: back and forth, as fast as it goes, each time in softirq. A, which
# would log the same, has no part in it.
frames=()
for ((i = 0; i < 50; i++)); do
	frames+=("$(inject P:eth0 --carp -n pass=secret vips=192.0.2.100 \
		src=192.0.2.3 base=255 skew=255 counter=$((1000 + 2 * i)) | head -n 1)")
	frames+=("$(inject P:eth0 --carp -n pass=secret vips=192.0.2.100 \
		src=192.0.2.3 base=0 skew=1 counter=$((1001 + 2 * i)) | head -n 1)")
done
before=$(count)
# Not earlier: in the time that the frames take to make B would be MASTER.
cut A
inject P:eth0 -i 100 "${frames[@]}" >/dev/null
wait_ok 5 "100 transitions within 10 ms" has_events $((before + 100))
wait_state B MASTER
is "$(events 'select(.event == "state-changed") | "\(.reason) \(.state) \(.peer[0].addr4)"' |
	sed -n '5,104p' | sort | uniq -c | xargs)" \
	"50 better-advert backup 192.0.2.3 50 bowed-out master 192.0.2.3" \
	"from the one that was heard"

# What is the same of them all
is "$(events .seq | tr '\n' ' ')" "$(seq -s ' ' "$first" $((first + $(count) - 1))) " \
	"numbers have no gaps"
is "$(seq_of)" "$(events .seq | tail -n 1)" "the last one is that of the replies"
is "$(events .time)" "$(events .time | sort -n)" "time goes on"
moves B | awk '{ print $2, $3 }' >"$OUT/moves"
events 'select(.event == "state-changed") | "\(."old-state") \(.state)"' |
	tr -d '"' | tr a-z A-Z >"$OUT/told"
run_ok "they are the transitions of the trace" \
	cmp <(tail -n "$(wc -l <"$OUT/told")" "$OUT/moves") "$OUT/told"
log_lines() { dmesg | sed -n 's/.*carp0 .*: \([A-Z]*\) -> \([A-Z]*\) .* from 192.0.2.3)$/\1 \2/p'; }
all_logged() { (($(log_lines | wc -l) >= 100)); }
wait_for 5 all_logged
is "$(log_lines)" "$(sed -n '5,104p' "$OUT/told")" "and those of the log"
diag "latest after $(events .age | sort -n | tail -n 1) s"

# The monitors
wait_for 2 eval '(($(wc -l <"$OUT/json") >= $(count)))'
is "$(jq -c '[.event, .seq, .time_ns]' "$OUT/json")" \
	"$(events '[(.event | sub("-changed"; "")), .seq, .time]')" "carpctl monitor -j has them all"
is "$(jq -c 'select(.event == "state") | [.ifname, .vhid, .carrier, .old_state, .state, .reason_text, .peer]' "$OUT/json" | sed -n '1p;6p')" \
	'["carp0",1,"eth0","BACKUP","MASTER","requested by the administrator",null]
["carp0",1,"eth0","MASTER","BACKUP","a better advertisement","192.0.2.3"]' "with what belongs to them"
is "$(wc -l <"$OUT/text")" "$(count)" "so has carpctl monitor"
like "$(sed -n '3p;5p' "$OUT/text")" \
	"^\\[ *[0-9]+\\.[0-9]{6}\\] demotion 0 -> 10 \\(bgp 0 -> 10\\).*: BACKUP -> INIT \\(interface is down\\)$" \
	"in words"

# RTNL is held: events come, reasons are put in force, and all is shown. The
# debug kernel may lack what it is held with.
before=$(count)
can_hold() { ! is_slow || [[ -e /proc/sys/vm/unprivileged_userfaultfd ]]; }
if can_hold; then
	on A python3 "$TESTS/lib/hold.py" 20 >"$OUT/hold" &
	holder=$!
	wait_ok 20 "RTNL is held" grep -q held "$OUT/hold"
	ip -n B link set lo up &
	waiter=$!
	sleep 1
	run_ok "ip link has to wait" kill -0 $waiter
else
	skip "no userfaultfd" 2
fi
forge base=0 skew=1 counter=5000
wait_ok 1 "a transition is told" has_events $((before + 1))
run_ok "a reason is put in force" timeout 5 ip netns exec B carpctl demote held 3
wait_ok 1 "which is told" has_events $((before + 2))
like "$(timeout 5 ip netns exec B carpctl show carp0)" " for [0-9.]+ s.* demotion 3.*held 3" "carpctl show shows it"
if can_hold; then
	ok $(($(grep -c released "$OUT/hold") != 0)) "RTNL is still held"
	wait $holder $waiter
	is "$(tail -n 1 "$OUT/hold")" released "and was held until now"
else
	skip "no userfaultfd" 2
fi
on B carpctl undemote held

# A listener that does not listen: what it misses shows in the numbers.
on B python3 - >"$OUT/lazy" <<-'END' &
	import json, os, socket, sys, time
	sys.argv = ["genl.py"]
	sys.path.insert(0, os.environ["TESTS"] + "/lib")
	import genl
	g = genl.Genl(genl.Spec())
	g.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
	g.sock.setsockopt(270, 1, g.groups()["events"])
	print("listening", flush=True)
	time.sleep(2)
	seqs, overrun = [], 0
	g.sock.settimeout(3)
	while True:
	    try:
	        data = g.sock.recv(1 << 16)
	        seqs.append(g.spec.decode("carp", data[20:])["seq"])
	    except TimeoutError:
	        break
	    except OSError:
	        overrun += 1
	gaps = seqs[-1] - seqs[0] + 1 - len(seqs)
	print(json.dumps([overrun > 0, gaps > 0]), flush=True)
END
wait_for 20 grep -q listening "$OUT/lazy"
for ((i = 0; i < 40; i++)); do echo $((i % 2 ? -1 : 1)); done |
	on B bash -c 'while read -r n; do echo $n >/proc/sys/net/carp/demotion; done'
sleep 3
on B sysctl -qw net.carp.demotion=1
on B sysctl -qw net.carp.demotion=-1
wait_ok 8 "one that does not read is told that it has lost something" \
	grep -q '^\[true, true\]' "$OUT/lazy"

# None of it harms an unload.
is "$(<"$OUT/listener")" "" "everything was as specified"
judge
before=$(count)
run_ok "rmmod" rmmod carp
wait_ok 2 "the last word is told: down" has_events $((before + 1))
is "$(events '[.state, ."reason-text"]' | tail -n 1)" '["init","shutting down"]' "shutting down"
# What is loaded next tells others: the monitors end, and not before that.
ended() { ! kill -0 "$1" 2>/dev/null; }
for way in json text; do
	wait_ok 2 "carpctl monitor ends" ended "${monitors[0]}" ||
		kill "${monitors[0]}"
	status=0
	wait "${monitors[0]}" || status=$?
	is $status 1 "with status 1"
	like "$(<"$OUT/$way.end")" "^Error: the module carp was unloaded; load it with: modprobe carp" \
		"and says why"
	monitors=("${monitors[@]:1}")
done
is "$(tail -n 1 "$OUT/json" | jq -c '[.state, .reason_text]')" \
	'["INIT","shutting down"]' "after the last word"
done_testing
