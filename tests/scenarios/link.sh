#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# options: --leaks
# debug: long
#
# ip link: names, options, what is shown, and as many interfaces as there are
# ids.
#
#	A:eth0 ---+--- SW
#	C:eth0 ---+
#
# shellcheck disable=SC2317 # functions that wait_for calls

. "${0%/*}/../lib/lib.sh"

segment A C
rtnl() { on A python3 "${0%/*}/../lib/rtnl.py" "$@"; }
all_info() { ip -n A -d link show "$1" | tail -n 1; }
settings() { ip -n A -d -j link show "$1" | jq -c '.[0].linkinfo.info_data | [.state, .vhid, .advbase, .advskew]'; }
names() { ip -n A -j link show type carp | jq -r '.[].ifname' | sort | xargs; }

like "$(ip link help carp 2>&1)" "Usage: ip link add NAME link CARRIER type carp vhid VHID" \
	"ip link help carp"

# Names
run_ok "without a name" ip -n A link add link eth0 type carp vhid 1
run_ok "again" ip -n A link add link eth0 type carp vhid 2
run_ok "with one" ip -n A link add virtual link eth0 type carp vhid 3
run_ok "with a pattern" ip -n A link add name vip%d link eth0 type carp vhid 4
is "$(names)" "carp0 carp1 vip0 virtual" "carp0, carp1, and what was asked for"
is "$(mac A carp1)" 00:00:5e:00:01:02 \
	"the MAC is the virtual one"
is "$(value "$(ip -n A -j link show carp1)" link)" eth0 "the carrier is shown"
run_ok "rename" ip -n A link set virtual name carp7
ip -n A link del carp0
run_ok "a free name is taken again" ip -n A link add link eth0 type carp vhid 1
is "$(names)" "carp0 carp1 carp7 vip0" "the names"
for dev in carp0 carp1 carp7 vip0; do
	ip -n A link del $dev
done
is "$(names)" "" "all deleted"

# Options and what is shown
run_ok "defaults" ip -n A link add carp0 link eth0 type carp vhid 9
is "$(settings carp0)" '["INIT",9,1,0]' "in JSON"
like "$(ip -n A -d link show carp0)" " carp state INIT vhid 9 advbase 1 advskew 0 " "in words"
run_ok "all options" ip -n A link add carp1 link eth0 type carp vhid 200 \
	advbase 3 advskew 254 pass "a word" state master
is "$(settings carp1)" '["INIT",200,3,254]' "in JSON"
run_ok "change one" ip -n A link set carp1 type carp advskew 1
is "$(settings carp1)" '["INIT",200,3,1]' "the others stay"
run_ok "0/0 is accepted" ip -n A link set carp1 type carp advbase 0 advskew 0
is "$(settings carp1)" '["INIT",200,0,0]' "as it is"
run_ok "254 is the highest" ip -n A link set carp1 type carp advbase 254 advskew 254
run_ok "what is printed can be entered" ip -n A link set carp1 type carp \
	vhid 200 advbase 1 advskew 0 state INIT
ip -n A link del carp1

# state master: at once, without waiting for a master to fall silent
run_ok "state master" ip -n A link add carp1 link eth0 type carp vhid 5 state master
vip A 192.0.2.105/24 carp1
up A carp1
is_state A MASTER "MASTER as soon as it is up" carp1
run_ok "state backup" ip -n A link set carp1 type carp state backup
is_state A BACKUP "is complete when the command returns" carp1
run_ok "state master" ip -n A link set carp1 type carp state master
is_state A MASTER "so is that" carp1

# Copies
ip -n A link set carp1 type carp advbase 2 advskew 99 preempt on preempt-delay 77
before=$(all_info carp1)
like "$(rtnl copy carp1)" "^error=0 " "what was reported makes another one"
is "$(settings carp1)" '["INIT",5,2,99]' "the same"
is "$(all_info carp1)" "${before/MASTER/INIT}" "in everything"
vip A 192.0.2.105/24 carp1
up A carp1
is_state A MASTER "MASTER again" carp1
ip -n A link del carp1
rtnl copy carp0 >"$OUT/copy"
is "$(settings carp0)" '["INIT",9,1,0]' "one in INIT, too"
ip -n A link del carp0

has_heard() { (($(counter C ipackets) >= 2)); }

# Secrets: word, file and hex digits of one key authenticate each other.
peer() {
	ip -n C link add carp0 link eth0 type carp vhid 6 advskew 100 "$@"
	ip -n C addr add 192.0.2.106/24 dev carp0
	ip -n C link set carp0 up
}
echo "vip 192.0.2.106 6 A C" >>"$OUT/vips"
printf 'correct horse\nsecond line\n' >"$OUT/passfile"
ip -n A link add carp0 link eth0 type carp vhid 6 pass "correct horse" state master
ip -n A addr add 192.0.2.106/24 dev carp0
up A
for secret in "passfile $OUT/passfile" "key 636f727265637420686f72736500000000000000" \
	"pass wrong"; do
	# shellcheck disable=SC2086 # two words
	peer $secret
	wait_for 4 has_heard
	case $secret in
	*wrong) isnt "$(counter C badauth)" 0 "another word is not accepted" ;;
	*) is "$(counter C badauth)" 0 "${secret%% *}: the same key" ;;
	esac
	ip -n C link del carp0
done
run_ok "a new word for one that runs" ip -n A link set carp0 type carp pass other
echo other | peer passfile -
wait_for 4 has_heard
is "$(counter C badauth)" 0 "is used at once"
ip -n C link del carp0
ip -n A link del carp0

# MTU and names of the carrier
carp A vhid 1
mtu() { on_sys A cat /sys/class/net/carp0/mtu; }
is "$(mtu)" 1500 "the MTU is the carrier's"
ip -n A link set eth0 mtu 9000
is "$(mtu)" 9000 "it follows up"
ip -n A link set eth0 mtu 1400
is "$(mtu)" 1400 "and down"
ip -n A link set eth0 mtu 9000
ip -n A link del carp0
run_ok "a smaller one from the beginning" \
	ip -n A link add carp0 mtu 2000 link eth0 type carp vhid 1
is "$(mtu)" 2000 "is what was asked for"
run_fails "but none above the carrier's" ip -n A link set carp0 mtu 9001
like "$(ip -n A link add carp1 mtu 9500 link eth0 type carp vhid 2 2>&1)" \
	"carp: the mtu is greater than the carrier's" "nor from the beginning"
ip -n A link del carp0
ip -n A link set eth0 mtu 1500
carp A vhid 1
# Only since 6.2 while it is up
ip -n A link set eth0 down
ip -n A link set eth0 name lan0
ip -n A link set lan0 up
is "$(value "$(ip -n A -j link show carp0)" link)" lan0 "the carrier has a new name"
vip A 192.0.2.100/24
up A
wait_state A MASTER
logged "carp0 .vhid 1 on lan0.: BACKUP -> MASTER" 1
ip -n A link set lan0 down
ip -n A link set lan0 name eth0
ip -n A link set eth0 up
like "$(on A ethtool -i carp0)" "driver: carp" "ethtool knows the driver"
wait_state A MASTER
is "$(value "$(ip -n A -j link show carp0)" operstate)" UP "operstate UP"
ip -n A link del carp0

# One for each id
for vhid in {1..255}; do
	echo "link add c$vhid link eth0 type carp vhid $vhid"
	echo "addr add 10.0.$vhid.1/24 dev c$vhid"
	echo "link set c$vhid up"
	echo "vip 10.0.$vhid.1 $vhid A" >>"$OUT/vips"
done >"$OUT/batch"
run_ok "255 interfaces on one carrier" ip -n A -b "$OUT/batch"
all_masters() {
	(($(ip -n A -d link show type carp | grep -c "carp state MASTER") == 255))
}
wait_ok 10 "all of them MASTER" all_masters
ip -n C addr add 10.0.77.3/24 dev eth0
ip -n C addr add 10.0.255.3/24 dev eth0
run_ok "one of them answers" on C ping -c 1 -W 1 10.0.77.1
run_ok "another one answers" on C ping -c 1 -W 1 10.0.255.1
is "$(lladdr C 10.0.255.1)" 00:00:5e:00:01:ff \
	"with its own MAC"
sed -n 's/^link add \(c[0-9]*\) .*/link del \1/p' "$OUT/batch" >"$OUT/batch.del"
run_ok "all deleted" ip -n A -b "$OUT/batch.del"
is "$(names)" "" "none left"
like "$(on_sys A cat /sys/class/net/eth0/flags)" "0x1003" "the carrier is not promiscuous"
finish
