#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
# 6.1: long
#
# Demotion: what the administrator adds, a carrier that is lost, and that all
# addresses of a host move together. What is on the wire is read by framecheck.
#
#	A:eth0, carp0 (vhid 1) ---+
#	B:eth0, carp0          ---+--- SW:br0
#	A:eth1, carp1 (vhid 2) ---+
#	B:eth1, carp1          ---+--- SW:br1
#	C:eth0                 ---+--- SW:br0

. "${0%/*}/../lib/lib.sh"

segment A B C
two_pairs
get() { on "${2:-A}" sysctl -n "net.carp.${1:-demotion}"; }
add() { on A sysctl -qw "net.carp.demotion=$1"; }
shown() { info A demotion "${1:-carp0}"; }

# The administrator
is "$(get) $(shown)" "0 0" "nothing demotes"
log_clear
add 5
is "$(get) $(shown) $(shown carp1)" "5 5 5" "added, and shown with every interface"
logged "carp: demotion 0 -> 5 \\(sysctl\\)$"
add 5
is "$(get)" 10 "what is written is added"
logged "carp: demotion 5 -> 10 \\(sysctl weighs 10 instead of 5\\)$"
add -10
logged "carp: demotion 10 -> 0 \\(sysctl is over\\)$"
is "$(get)" 0 "and taken away"
add -3
is "$(get) $(shown)" "-3 0" "a total below 0 is shown, and promotes nobody"
add 3
like "$(ip -n A -d link show carp0)" " advskew 0 demotion 0 " "as text, too"
for bad in x '' 99999999999 -99999999999 1.5 "1 x"; do
	run_fails "'$bad' is not added" add "$bad"
done
is "$(get)" 0 "and has changed nothing"
add 2147483647
add 2147483647
is "$(get) $(shown)" "2147483647 2147483647" "what is shown is clamped"
add -2147483647
is "$(get)" 2147483647 "what is in force is not"
add -2147483647
is "$(get)" 0 "and comes to nothing in the end"
is "$(get demotion B)" 0 "another namespace has its own"
wait_ok 5 "after all that A is MASTER of both" is_both "MASTER MASTER BACKUP BACKUP"

# Factors
for factor in ifdown senderr; do
	knob=${factor}_demotion_factor
	is "$(get $knob)" 240 "$knob is 240"
	for bad in -1 2147483648 x; do
		run_fails "$knob=$bad is refused" on A sysctl -qw net.carp.$knob=$bad
	done
	run_ok "$knob=0" on A sysctl -qw net.carp.$knob=0
	run_ok "$knob=240" on A sysctl -qw net.carp.$knob=240
	is "$(get $knob)" 240 "$knob is read again"
done

# One carrier lost: both addresses go, and come back.
log_clear
from=$(now)
ip -n SW link set A.eth1 down
wait_ok 5 "a carrier is lost: all addresses have moved" is_both "BACKUP INIT MASTER MASTER"
is "$(get) $(shown) $(shown carp1)" "240 240 240" "A is demoted by 240"
logged "carp: demotion 0 -> 240 \\(carrier:eth1\\)$"
sleep 3
is "$(both)" "BACKUP INIT MASTER MASTER" "and stay where they are"
on A sysctl -qw net.carp.ifdown_demotion_factor=100
is "$(get)" 100 "the weight follows the factor"
logged "carp: demotion 240 -> 100 \\(carrier:eth1 weighs 100 instead of 240\\)$"
ip -n SW link set A.eth1 up
wait_ok 6 "the carrier is back: so are the addresses" is_both "MASTER MASTER BACKUP BACKUP"
is "$(get)" 0 "nothing has drifted"
logged "carp: demotion 100 -> 0 \\(carrier:eth1 is over\\)$"
on A sysctl -qw net.carp.ifdown_demotion_factor=240

# Several interfaces on one carrier are one reason.
ip -n A link add carp2 link eth1 type carp vhid 3
up A carp2
ip -n SW link set A.eth1 down
wait_state A INIT 3 carp1
is "$(get)" 240 "two interfaces on the carrier: 240 all the same"
ip -n A link set eth0 down
is "$(get)" 480 "both carriers: 480"
ip -n A link set eth0 up
is "$(get)" 240 "one of them is back: 240"

# What nobody misses does not demote.
ip -n A link set carp1 down
is "$(get)" 240 "another interface is up on the lost carrier"
ip -n A link set carp2 down
is "$(get)" 0 "none is up: nothing is missed"
ip -n A link set carp2 up
is "$(get)" 240 "up again: demoted again"
ip -n A link del carp2
is "$(get)" 0 "the last one is gone"
ip -n A link set carp1 up
is "$(get)" 240 "up on a carrier without link"
ip -n A link add carp3 link eth0 type carp vhid 4
is "$(shown carp3)" 240 "a new interface is demoted as the others are"
ip -n A link del carp3
log_clear
ip -n A link del eth1
is "$(get)" 0 "a reason goes with its carrier"
logged "carp: demotion 240 -> 0 \\(carrier:eth1 is over\\)$"
wait_state A MASTER

# No drift: 100 changes. In one shell, as programs take long to start here.
cat >"$OUT/drift" <<'END'
RANDOM=1
dir=/proc/sys/net/carp admin=0 lost=0 factor=240
for ((i = 0; i < 100; i++)); do
	case $((RANDOM % 5)) in
	0 | 1)
		n=$((RANDOM % 500 - 250))
		echo $n >$dir/demotion
		((admin += n)) || true
		;;
	2)
		factor=$((RANDOM % 300))
		echo $factor >$dir/ifdown_demotion_factor
		;;
	3)
		ip link set eth0 down
		lost=1
		;;
	4)
		ip link set eth0 up
		lost=0
		;;
	esac
	read -r got <$dir/demotion
	[[ $got == $((admin + lost * factor)) ]] || break
done
echo $i $admin
END
read -r i admin < <(on A bash "$OUT/drift")
is "$i" 100 "100 changes, and the total was the sum each time"
ip -n A link set eth0 up
add $((-admin))
is "$(get)" 0 "and is 0 in the end"
on A sysctl -qw net.carp.ifdown_demotion_factor=240
wait_state A MASTER
sleep 1

# Bytes on the wire: the skew is raised to 240 at most, byte 4 up to 255.
marks=()
ip -n B link del carp0
wait_state A MASTER 6
ip -n A link set carp0 type carp advskew 1
for n in 1 138 239 240 254 255 256 100000; do
	marks+=("$(now)")
	add "$n"
	marks+=("$(now)")
	add "-$n"
done
ip -n A link set carp0 type carp advskew 250
marks+=("$(now)")
add 10
marks+=("$(now)")

judge
run_ok "all of A's advertisements are what they claim to be" framecheck adverts \
	-f "$OUT/frames.tsv" --host A --vhid 1 --pass secret --vips 192.0.2.100
# first_after TIME: skew and byte 4 of A's next
first_after() {
	framecheck adverts -f "$OUT/frames.tsv" --host A --vhid 1 >"$OUT/adverts"
	awk -v from="$1" -v to="$2" '{
			for (i = 1; i <= NF; i++) {
				split($i, w, "=")
				v[w[1]] = w[2]
			}
			if (v["time"] >= from && v["time"] < to) {
				print v["skew"], v["demote"]
				exit
			}
		}' "$OUT/adverts"
}
i=0
for want in "1:2 1" "138:139 138" "239:240 239" "240:240 240" "254:240 254" \
	"255:240 255" "256:240 255" "100000:240 255" "10:250 10"; do
	is "$(first_after "${marks[i]}" "${marks[i + 1]}")" "${want#*:}" \
		"demoted by ${want%:*}: skew and byte 4, at once"
	((i += 2))
done
done_testing
