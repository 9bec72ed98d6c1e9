#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
# long-options: --leaks
#
# Generic netlink and carpctl: the family is what its specification says, what
# it tells of interfaces is what ip and ethtool tell, reasons are put in force
# and ended, and who may do that.
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
genl() { on "${host:-A}" python3 "$TESTS/lib/genl.py" "$@"; }
ctl() { on "${host:-A}" carpctl "$@"; }
# refused ERRNO ATTRIBUTE REGEX NAME WORD...: by the kernel, with a sentence
refused() {
	like "$(genl "${@:5}")" "^error=$1 blames=$2 text=carp: .*$3" "$4"
}

# The family
is "$(genl check)" "" "operations, policies and groups are as specified"

# One interface
link=$(ip -n A -d -j link show carp0)
got=$(genl ask get ifname=carp0)
of() { jq -c "$2" <<<"$1"; }
is "$(of "$got" '[.ifindex, .ifname, .vhid, ."carrier-name", .advbase, .advskew, .demotion]')" \
	"$(of "$link" '.[0] | [.ifindex, .ifname, (.linkinfo.info_data |
		.vhid), .link, (.linkinfo.info_data | .advbase, .advskew, .demotion)]')" \
	"it is what ip says it is"
is "$(of "$got" '.state, ."effective-skew", .preempt' | xargs)" "master 0 0" \
	"state, skew and preempt"
is "$(of "$(genl ask get "ifindex=$(of "$got" .ifindex)")" 'del(.stats)')" \
	"$(of "$got" 'del(.stats)')" "found by index, too"
took=$(moved A MASTER)
within $(($(of "$got" .since) / 1000 - took)) -1000 1000 \
	"since when, in us"
is "$(on A ethtool -S carp0 | sed -n 's/^ *\([a-z0-9_]*\): .*/\1/p' | sort | xargs)" \
	"$(of "$got" '.stats | keys[] | gsub("-"; "_")' | xargs -n 1 | sort | xargs)" \
	"counters have the names of ethtool -S"
# When no advertisement comes in between
same_counters() {
	local a b c
	a=$(on B ethtool -S carp0 | sed -n 's/^ *\([a-z0-9_]*\): \([0-9]*\)/\1=\2/p' | sort | xargs)
	b=$(host=B genl ask get ifname=carp0 | jq -r '.stats | to_entries[] |
		"\(.key | gsub("-"; "_"))=\(.value)"' | sort | xargs)
	c=$(on B ethtool -S carp0 | sed -n 's/^ *\([a-z0-9_]*\): \([0-9]*\)/\1=\2/p' | sort | xargs)
	[[ $a == "$b" || $b == "$c" ]]
}
wait_ok 5 "and their values" same_counters

# Whom it hears
peers() { host=B genl ask get ifname=carp0 | jq -c "[.peer[]? | $1]"; }
is "$(peers '[.addr4, .advbase, .advskew, .demote, .authentic]')" \
	'[["192.0.2.1",1,0,0,1]]' "B hears A"
is "$(host=A genl ask get ifname=carp0 | jq -c '[.peer[]? | .addr4]')" "[]" \
	"A, which was MASTER first, has heard nobody"
inject P:eth0 --carp -i 0 pass=other vips=192.0.2.100 src=192.0.2.1 skew=7 \
	demote=3 counter=0x1122334455 >/dev/null
is "$(peers 'select(.authentic == 0) | [.addr4, .advbase, .advskew, .demote, .counter]')" \
	'[["192.0.2.1",1,7,3,73588229205]]' \
	"what is said in its name is shown apart"
for ((i = 10; i < 30; i++)); do
	inject P:eth0 --carp -i 0 pass=other vips=192.0.2.100 src=192.0.2.$i >/dev/null
done
is "$(peers 'select(.authentic == 1) | .addr4')" '["192.0.2.1"]' \
	"twenty forgers do not push it out"
is "$(peers .addr4 | jq length)" 8 "and no more than eight are kept"
like "$(host=B ctl show carp0)" "^carp0 \\(vhid 1 on eth0\\): BACKUP for [0-9.]+ s.*    peer 192.0.2.1 advbase 1 advskew 0 demote 0 heard [0-9.]+ s ago.*    not authentic 192.0.2.29 .* ipackets [0-9]+ badauth 21.*demotion 0" \
	"carpctl shows it in words"
is "$(host=B ctl show -j carp0 | jq -c '[(.interfaces[0] | .state, .vhid, .carrier, .stats.badauth, (.peers | length)), (.demotion | .demotion, .total, .reasons)]')" \
	'["BACKUP",1,"eth0",21,8,0,0,[]]' "and as JSON"

# A message as long as one can be
many() { printf 0x; seq -f "$1" 1 32 | tr -d '\n'; }
run_ok "32 peers of each family" on A python3 "$TESTS/lib/rtnl.py" add fifteen-letters \
	link=eth0 vhid=9 preempt_delay=3600 minttl=1 deliver=2 broadcast=1 \
	link_delay=3599 announce_interval=999 lladdr=1 \
	peer="$(many c000%04g)" peer6="$(many fe80%028g)"
for ((i = 1; i < 9; i++)); do
	inject P:eth0 --carp -i 0 vhid=9 pass=other vips=2001:db8::100 src=fe80::$i >/dev/null
done
long=$(genl ask get ifname=fifteen-letters)
# What ip says, and whom carpctl calls by name
cat >"$OUT/same" <<'SAME'
import json, sys
link, one, ctl = map(json.loads, sys.argv[1:])
want = link[0]["linkinfo"]["info_data"]
ctl = ctl["interfaces"][0]
print(one["unicast4"] == want["peer"], one["unicast6"] == want["peer6"],
      ctl["unicast"] == want["peer"] + want["peer6"],
      len(one["unicast4"]), len(one["unicast6"]),
      [[o["preempt-delay"], o["min-ttl"]] for o in [one]] +
      [[o["preempt_delay"], o["minttl"]] for o in [want, ctl]],
      [[o["deliver"], o["broadcast"], o["link-delay"], o["announce-interval"],
        o["lladdr"]] for o in [one]] +
      [[o["deliver"], o["broadcast"], o["link_delay"], o["announce_interval"],
        o["lladdr"]] for o in [want, ctl]],
      sorted(p["addr6"] for p in one["peer"]) ==
      sorted(p["address"] for p in ctl["peers"]) ==
      ["fe80::%d" % i for i in range(1, 9)])
SAME
is "$(python3 "$OUT/same" "$(ip -n A -d -j link show fifteen-letters)" "$long" \
	"$(ctl show -j fifteen-letters)")" \
	"True True True 32 32 [[3600, 1], [3600, 1], [3600, 1]] [['self', 1, 3599, 999, 'lower'], ['self', 'on', 3599, 999, 'lower'], ['self', True, 3599, 999, 'lower']] True" \
	"it has all peers and settings, and eight IPv6 hosts that were heard"
is "$(genl dump get | jq -c '[.[] | [.ifname, (.unicast6 | length)]]')" \
	'[["carp0",0],["fifteen-letters",32]]' "a dump has it, too"
like "$(ctl show fifteen-letters)" \
	"demotion 0 preempt-delay 3600 minttl 1 link-delay 3599 announce-interval 999 deliver self broadcast on lladdr lower.    unicast to 192.0.0.1,192.0.0.2,.*,192.0.0.50,fe80::1,.*fe80::32.    not authentic fe80::" \
	"carpctl shows them in words"
unlike "$(ctl show carp0)" "unicast|preempt-delay|minttl|link-delay|announce|deliver|broadcast|lladdr" "and nothing that is as usual"
ip -n A link del fifteen-letters

# What is refused
refused 22 - "which interface.*index or its name" "none is named" ask get
refused 22 - "which interface.*either" "two are named" ask get ifname=carp0 ifindex=1
refused 19 ifname "no such interface" "one that is not there" ask get ifname=carp9
refused 19 ifindex "no such interface" "nor by index" ask get ifindex=99999
refused 95 ifname "not a carp interface" "another kind" ask get ifname=eth0
refused 22 ifname "no interface has such a name" "a long name" ask get ifname=sixteen-bytes-xx
refused 22 - "without NLM_F_DUMP" "a dump of one" dump get ifname=carp0
refused 22 - "to which state" "no state" ask set ifname=carp0
refused 34 state "there is no such state" "state 9" ask set ifname=carp0 state=9
refused 22 state "INIT cannot be forced" "state INIT" ask set ifname=carp0 state=init
like "$(genl ask get ifname=carp0 99=0x00)" "^error=22 " "an attribute that does not exist"
like "$(genl ask get ifindex=0x0001)" "^error=(22|34) " "a number of two bytes"
like "$(genl ask undemote demote-reason=0x6162)" "^error=22 " "a name that does not end"
refused 22 demote-reason "has no name" "no name" ask demote demote-reason=
refused 22 - "give it a name" "not even an empty one" ask demote weight=3
refused 34 demote-reason "too long" "32 characters" ask demote \
	demote-reason=12345678901234567890123456789012
for bad in "two words" -x 'a"b' 'a\b' é; do
	like "$(ctl demote -- "$bad" 2>&1)" "^Error: carp: the name of a reason is made of letters" \
		"'$bad' is no name"
done
for ours in carrier:eth0 senderr:carp0 sysctl; do
	refused 1 demote-reason "kernel's own" "$ours is the kernel's" ask demote "demote-reason=$ours"
	refused 1 demote-reason "kernel's own" "also to end it" ask undemote "demote-reason=$ours"
done
for bad in 0 -1 -2147483648; do
	refused 34 weight "give one from 1 to 2147483647" "weight $bad" ask demote \
		demote-reason=x "weight=$bad"
done
refused 2 demote-reason "not in force" "to end what is not in force" ask undemote demote-reason=x
is "$(genl dump get-demotion) $(on A sysctl -n net.carp.demotion)" "[] 0" \
	"and nothing has changed"

# Commands that are not understood
for bad in "" "frobnicate" "demote" "demote a b c" "undemote" "state carp0" \
	"state carp0 sideways" "demote x 1x" "demote x 4294967296" "show -q"; do
	# shellcheck disable=SC2086
	ctl $bad >"$OUT/said" 2>&1
	is "$?" 2 "'carpctl $bad' is not understood"
	like "$(<"$OUT/said")" "Usage: carpctl" "and says how it is done"
done
run_ok "help" ctl help
ctl show carp9 >"$OUT/said" 2>&1
is "$? $(<"$OUT/said")" "1 Error: carp: there is no such interface; ip link show type carp lists those there are." \
	"exit status 1 and the kernel's sentence"

# Reasons
reasons() { genl dump get-demotion | jq -r '.[] | "\(."demote-reason")=\(.weight)"' | xargs; }
total() { genl ask get-demotion | jq -c '[.demotion, .total]'; }
run_ok "a reason" ctl demote pfsync
run_ok "another, with a weight" ctl demote bgp 10
is "$(reasons) $(total)" "pfsync=240 bgp=10 [250,250]" "both are in force"
is "$(info A demotion)" 250 "ip says so"
run_ok "the same again" ctl demote pfsync
run_ok "another weight" ctl demote bgp 20
is "$(reasons)" "pfsync=240 bgp=20" "twice is once"
like "$(ctl show)" "demotion 260.    pfsync 240.    bgp 20$" "carpctl shows them"
on A sysctl -qw net.carp.demotion=-300
is "$(reasons) $(total)" "sysctl=-300 pfsync=240 bgp=20 [0,-40]" "the administrator's is one of them"
ip -n SW link set A down
has_three() { [[ $(reasons) == *carrier:eth0=240 ]]; }
wait_ok 3 "a lost carrier is another" has_three
is "$(total)" "[200,200]" "the sum"
ip -n A link set eth0 down
ip -n A link set eth0 name uplink
is "$(reasons)" "sysctl=-300 pfsync=240 bgp=20 carrier:eth0=240" "it ends under the name that it has begun with"
ip -n A link set uplink name eth0
ip -n A link set eth0 up
ip -n SW link set A up
wait_ok 3 "and is over" eval '[[ $(reasons) != *carrier* ]]'
run_ok "one ends" ctl undemote pfsync
is "$(reasons)" "sysctl=-300 bgp=20" "and exactly that one"
run_ok "the other ends" ctl undemote bgp
on A sysctl -qw net.carp.demotion=300
is "$(reasons) $(total)" " [0,0]" "nothing is left"
is "$(genl drift 100)" "ok" "100 random changes: the sum is the sum each time"
for reason in $(reasons); do
	[[ $reason == sysctl=* ]] || ctl undemote "${reason%=*}"
done
on A sysctl -qw "net.carp.demotion=$((-$(on A sysctl -n net.carp.demotion)))"
is "$(reasons) $(total)" " [0,0]" "and nothing is left again"
on A bash -c 'for i in {0..63}; do carpctl demote "limit$i"; done' >"$OUT/said" 2>&1
is "$(<"$OUT/said") $(total)" " [15360,15360]" "64 reasons"
refused 28 demote-reason "64 reasons already" "the 65th is one too many" ask demote demote-reason=more
ctl undemote limit7
run_ok "when one has ended there is room" ctl demote more

# Who may
nobody() { on A setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }
run_ok "everybody may ask" nobody carpctl show
for words in "demote x" "undemote limit1" "state carp0 backup"; do
	# shellcheck disable=SC2086
	run_fails "not everybody may say: $words" nobody carpctl $words
	# shellcheck disable=SC2086
	run_fails "nor the root of another user namespace" on A unshare -Ur carpctl $words
done
is "$(total)" "[15360,15360]" "nothing has changed"
on A setpriv --reuid=65534 --regid=65534 --clear-groups unshare -Urn bash -c '
	ip link set lo up
	carpctl demote mine 5 && carpctl show -j' >"$OUT/own" 2>&1
is "$(jq -c '[(.interfaces | length), (.demotion | .demotion, .total, .reasons)]' "$OUT/own")" \
	'[0,5,5,[{"reason":"mine","weight":5}]]' \
	"in a network namespace of one's own everything, and nothing else is seen"
is "$(total)" "[15360,15360]" "nor does it demote anybody else"
on A bash -c 'for i in {0..6} {8..63}; do carpctl undemote "limit$i"; done
	carpctl undemote more'

# State
wait_state A BACKUP
run_ok "state master" ctl state carp0 master
is_state A MASTER "complete on return"
run_ok "state backup" ctl state carp0 backup
is_state A BACKUP "as well"
is_state B MASTER "B has taken over"
ip -n A link set carp0 down
is "$(ctl state carp0 master 2>&1)" \
	"$(ip -n A link set carp0 type carp state master 2>&1)" "refused in the words of ip link"
is "$(total)" "[0,0]" "nothing demotes"

# A dump of many
for ((i = 2; i < 62; i++)); do echo "link add c$i link eth0 type carp vhid $i"; done |
	ip -n A -batch -
is "$(genl dump get | jq -r '.[] | "\(.ifname) \(.vhid)"' | sort)" \
	"$(ip -n A -d -j link show type carp | jq -r '.[] | "\(.ifname) \(.linkinfo.info_data.vhid)"' | sort)" \
	"a dump has all of 61 interfaces, each once"
is "$(ctl show -j | jq '.interfaces | length')" 61 "so has carpctl"
finish
