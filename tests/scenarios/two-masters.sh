#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
# 6.1: long
#
# Two masters are seen: by the log, carpctl and events of both hosts, within three
# intervals, and so is the end of it. Neither a change of addresses in its time of
# grace is one, nor what is forged now and then; and whatever is forged, the log
# stays readable and a real one is named.
#
#	A (advskew 0)   ---+
#	B (advskew 100) ---+--- SW
#	P (forges)      ---+

# shellcheck disable=SC2317 # wait_ok calls them
. "${0%/*}/../lib/lib.sh"

# Two masters are what this is about, and both then say what they must not.
NO_RECORD=1
segment A B P
own6 A B P
export CARP_SPEC=$TESTS/carp.spec.json
for host in A B; do
	on $host carpctl monitor -j >"$OUT/$host.json" &
	on $host carpctl monitor >"$OUT/$host.text" &
done
on B python3 "$TESTS/lib/genl.py" listen 3600 >"$OUT/events" 2>"$OUT/listener" &
wait_for 20 grep -q listening "$OUT/events"
pair pass secret

# Both log to one ring, in which they cannot be told apart by name; B's device is
# another one.
ip -n B link set carp0 down
ip -n B link set carp0 name carpB
ip -n B link set carpB up
wait_state B BACKUP 5 carpB
declare -A dev=([A]=carp0 [B]=carpB)

# other HOST: addresses of other masters, as carpctl shows them
other() {
	on "$1" carpctl show -j "${dev[$1]}" |
		jq -r '[.interfaces[0].other_masters[].address] | join(" ")'
}
shows() { [[ $(other "$1") == "$2" ]]; }
# seen HOST: what monitor has said since the last time
declare -A told=([A]=0 [B]=0)
seen() {
	local all
	all=$(jq -c 'select(.event == "other_master") |
		[.address, .authentic, .seen]' "$OUT/$1.json" 2>/dev/null)
	tail -n +$((told[$1] + 1)) <<<"$all" | sed '/^$/d'
}
mark() {
	local host
	for host in A B; do
		told[$host]=$(jq -c 'select(.event == "other_master")' \
			"$OUT/$host.json" | wc -l)
	done
	log_clear
}
has_seen() { [[ $(seen "$1") == "$2" ]]; }
lines() { dmesg | grep -c "advertisements from"; }
calm() {
	is "$(lines) $(seen A)$(seen B) $(other A)$(other B)" "0  " "$1: nothing is said"
}
# The milliseconds since $start until COMMAND succeeds.
after() {
	local name=$1 most=$2
	shift 2
	wait_for $((most / 1000 + 10)) "$@" || true
	within $(($(tap_now) - start)) 0 "$most" "$name"
}

FAILS="fail authentication: other password or other addresses; two masters possible"
# both_see WHAT A's-VIEW-OF-B B's-VIEW-OF-A: from $start on, B being MASTER 3.4 s
# after A's last word at the latest, and A hearing three of its advertisements.
both_see() {
	local what=$1 b=$2 a=$3
	after "$what: B sees A within three intervals" 3200 shows B "$a"
	after "$what: A sees B within three intervals of its second master" \
		$((3391 + 3 * 1391 + 300)) shows A "$b"
	for host in A B; do
		local line=${dev[$host]} whom=$b
		[[ $host == A ]] || whom=$a
		wait_ok 1 "$what: $host has one event of each" has_seen $host \
			"$(printf '["%s",false,true]\n' $whom)"
		for addr in $whom; do
			logged "carp: $line \(vhid 1 on eth0\): advertisements from $addr $FAILS" 1
		done
	done
	is "$(lines)" "$(wc -w <<<"$a $b")" "$what: that is all there is in the log"
	sleep 8
	is "$(lines)" "$(wc -w <<<"$a $b")" "$what: once, however long it lasts"
	like "$(on A carpctl show carp0)" \
		"another master: ${b%% *} for [0-9.]+ s \\(fails authentication: other password or other addresses\\)" \
		"$what: and in words"
}
# over WHAT: from $start on, at most three intervals and what it takes to notice
over() {
	local what=$1 a=$2 b=$3
	after "$what: A sees that it is over" $((3 * 1391 + 1400)) shows A ""
	after "$what: so does B" $((3 * 1391 + 1400)) shows B ""
	for host in A B; do
		whom=$a
		[[ $host == A ]] || whom=$b
		for addr in $whom; do
			wait_ok 3 "$what: and $host says it once" has_logged \
				"carp: ${dev[$host]} .*: advertisements from $addr no longer fail authentication" 1
			wait_ok 1 "$what: and has told it" eval \
				"seen $host | grep -qF '[\"$addr\",false,false]'"
		done
	done
	is "$(lines)" "$(($(wc -w <<<"$a $b") * 2))" "$what: and that was all"
}

# A healthy pair, whose addresses are changed one host after the other
log_clear
ip -n A addr add 192.0.2.101/24 dev carp0
sleep 5
ip -n B addr add 192.0.2.101/24 dev carpB
sleep 4
ip -n B addr del 192.0.2.101/24 dev carpB
sleep 3
ip -n A addr del 192.0.2.101/24 dev carp0
sleep 12
calm "addresses changed in the time of grace"
is_state A MASTER "A is still MASTER"
isnt "$(counter B grace carpB)" 0 "B has heard some that it did not know"
# And one that comes back with the new list while the former is still sent, which it
# does not know.
ip -n B link set carpB down
ip -n A addr add 192.0.2.101/24 dev carp0
ip -n B addr add 192.0.2.101/24 dev carpB
before=$(counter B badauth carpB)
ip -n B link set carpB up
sleep 6
ok $(($(counter B badauth carpB) < before + 3)) "B cannot authenticate the former list"
sleep 6
ip -n A addr del 192.0.2.101/24 dev carp0
ip -n B addr del 192.0.2.101/24 dev carpB
sleep 2
calm "addresses changed while B is down"

# Another password on B
mark
start=$(tap_now)
ip -n B link set carpB type carp pass Secret
both_see "wrong password" 192.0.2.2 192.0.2.1
is "$(state A) $(state B carpB)" "MASTER MASTER" "wrong password: two masters they are"
start=$(tap_now)
ip -n B link set carpB type carp pass secret
over "right password" 192.0.2.2 192.0.2.1
is "$(state A) $(state B carpB)" "MASTER BACKUP" "right password: there is one"
is "$(grep -c 'another master: 192.0.2.1 (fails auth' "$OUT/B.text") $(grep -c 'another master: 192.0.2.1 is over' "$OUT/B.text")" \
	"1 1" "carpctl monitor says so in words"

# One address more on B, from the beginning; then on A, too
mark
ip -n B link set carpB down
ip -n B addr add 192.0.2.102/24 dev carpB
start=$(tap_now)
ip -n B link set carpB up
both_see "one address more" 192.0.2.2 192.0.2.1
start=$(tap_now)
ip -n A addr add 192.0.2.102/24 dev carp0
over "the same addresses" 192.0.2.2 192.0.2.1

# An IPv6 address on A: now it advertises over both families.
mark
ip -n A link set carp0 down
wait_state B MASTER 5 carpB
ip -n A addr add 2001:db8::100/64 dev carp0
start=$(tap_now)
ip -n A link set carp0 up
after "another family: A sees B" $((3 * 1391 + 300)) shows A 192.0.2.2
wait_ok 12 "another family: B sees both addresses of A" \
	eval '[[ $(other B | wc -w) == 2 ]]'
six=$(other B | tr ' ' '\n' | grep :)
like "$six" "^(fe80:|2001:db8::1$)" "another family: over IPv6, too"
logged "carpB .*: advertisements from $six $FAILS" 1
start=$(tap_now)
ip -n A link set carp0 down
wait_ok 6 "what goes down no longer sees any" eval \
	'[[ $(seen A | tail -n 1) == "[\"192.0.2.2\",false,false]" ]]'
ip -n A addr del 2001:db8::100/64 dev carp0
ip -n A link set carp0 up
wait_ok 8 "the same families: B sees none" shows B ""
wait_ok 8 "the same families: nor does A" shows A ""

# A link that carries one way only: B no longer hears A, but A hears B.
on A sysctl -qw net.carp.preempt=1
wait_state A MASTER 10
wait_state B BACKUP 10 carpB
mark
tc -n SW qdisc add dev B clsact
tc -n SW filter add dev B egress protocol ip flower \
		dst_mac 01:00:5e:00:00:12 action drop
start=$(tap_now)
after "one way: A sees B" $((3391 + 3 * 1391 + 300)) shows A 192.0.2.2
is "$(on A carpctl show -j carp0 | jq -c '.interfaces[0].other_masters[] | [.address, .authentic]')" \
	'["192.0.2.2",true]' "one way: which is authentic"
logged "carp0 .*: advertisements from 192.0.2.2 go on beside our own: two masters" 1
is "$(state A) $(state B carpB)" "MASTER MASTER" "one way: two masters they are"
is "$(other B)" "" "one way: B cannot know"
start=$(tap_now)
tc -n SW filter del dev B egress
wait_state B BACKUP 3 carpB
after "both ways: it is over" $((3 * 1391 + 1400)) shows A ""
logged "carp0 .*: advertisements from 192.0.2.2 no longer go on beside" 1
is "$(lines)" 2 "both ways: and that was all"

# Neither hears the other, and a third one hears both.
mark
ip -n P link add carp0 link eth0 type carp vhid 1 advskew 200 pass secret
for addr in 192.0.2.100 192.0.2.102; do
	ip -n P addr add $addr/24 dev carp0
done
ip -n P link set carp0 up
# P's addresses came one by one, before it was up.
on P carpctl monitor -j >"$OUT/P.json" &
for port in A B; do
	tc -n SW qdisc replace dev $port clsact
	tc -n SW filter add dev $port egress protocol ip flower \
		dst_mac 01:00:5e:00:00:12 action drop
done
dev[P]=carp0
wait_ok 12 "a third host sees both" eval '[[ $(other P | tr " " "\n" | sort | xargs) == "192.0.2.1 192.0.2.2" ]]'
is_state P BACKUP "of which it is none"
is "$(other A)$(other B)" "" "those who hear nothing see nothing"
for port in A B; do
	tc -n SW filter del dev $port egress
done
wait_state B BACKUP 3 carpB
wait_ok 8 "it sees that this is over" shows P ""
ip -n P link del carp0

# Forged now and then: counted, and no master.
sleep 6
mark
forge() {
	inject P:eth0 --carp pass=guess vhid=1 vips=192.0.2.100 skew=1 "$@" >/dev/null
}
for _ in 1 2 3 4 5; do
	forge -i 0 src=192.0.2.66
	sleep 4
done
forge -i 0 -c 50 src=192.0.2.67
calm "forged now and then"

# Bow-outs are no master either, though 256 s seem to be their interval.
for _ in 1 2 3 4 5 6 7 8 9; do
	forge -i 0 src=192.0.2.1 base=255 skew=255
	sleep 50
done
calm "forged good-byes"

# A flood for half a minute, from many addresses in turn, each as a master of
# another password would, and away: a few lines, and a real one among them is named.
mark
sleep 11
from=$(tap_now)
(
	n=0
	while (($(tap_now) - from < 30000)); do
		forge -i 3000 -c 3 base=0 skew=0 src="192.0.2.$((70 + n++ % 150))"
		forge -i 0 src="198.51.100.$((n % 200 + 1))"
	done
) &
flood=$!
sleep 10
before=$(lines)
diag "$before lines in ten seconds of a flood"
within "$before" 1 10 "a flood of strangers: few lines"
start=$(tap_now)
ip -n B link set carpB type carp pass Secret
after "flood: B sees A all the same" 3200 eval 'other B | grep -qw 192.0.2.1'
after "flood: and A sees B" $((3391 + 3 * 1391 + 300)) eval 'other A | grep -qw 192.0.2.2'
logged "carp0 .*: advertisements from 192.0.2.2 $FAILS" 1
logged "carpB .*: advertisements from 192.0.2.1 $FAILS" 1
wait $flood
took=$(($(tap_now) - from))
ip -n B link set carpB type carp pass secret
sleep 6
# On each host four at once, and one in ten seconds; each ends; and the two.
diag "$(lines) lines in $took ms"
within "$(lines)" 4 $((2 * 2 * (4 + took / 10000 + 1) + 4)) "flood: the log stays readable"
is "$(other A)$(other B)" "" "and nothing stays"
is "$(state A) $(state B carpB)" "MASTER BACKUP" "after all that: one MASTER"
is "$(on A carpctl show -j carp0 | jq -c '[.interfaces[0].peers[] | select(.age_ms > 10500)]')" \
	"[]" "nobody is listed who was last heard long ago"
sleep 11
is "$(on A carpctl show -j carp0 | jq -c '.interfaces[0].peers')" "[]" "a MASTER hears nobody"
is "$(on B carpctl show -j carpB | jq -r '[.interfaces[0].peers[].address] | join(" ")')" \
	192.0.2.1 "and a BACKUP the MASTER"

# Events as specified, and numbers without gaps
is "$(<"$OUT/listener")" "" "events are what the specification says"
like "$(grep -c "^{" "$OUT/events")" "^[1-9]" "there were some"
is "$(sed -n '/^{/p' "$OUT/events" | jq .seq | awk 'NR > 1 && $1 != last + 1 { print last, $1 } { last = $1 }')" \
	"" "their numbers have no gaps"
done_testing
