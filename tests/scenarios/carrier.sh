#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
#
# What happens to a carrier: down, no link, another MTU or MAC, deleted, moved.
# What it has been made to receive it receives in the end, and nothing is left
# behind.
#
#	A:eth0, vlan 10 on it ---+
#	B:eth0, vlan 10 on it ---+--- SW:br0
#	C:eth0                ---+
#	A:eth1 ---+
#	B:eth1 ---+--- SW:br1

. "${0%/*}/../lib/lib.sh"

segment A B C
nic A eth1 br1
nic B eth1 br1

filters() { ip -n A maddr show dev "$1"; on A bridge fdb show dev "$1"; }
promiscuity() { value "$(ip -n "$1" -d -j link show "$2")" promiscuity; }
member() {
	on "$1" cat /proc/net/igmp | awk -v dev="$2" '/^[0-9]/ { at = $2 }
		$1 == "120000E0" && at == dev { n++ } END { print n + 0 }'
}
# receives HOST DEV VHID WHEN: advertisements, and what is for the address
receives() {
	local uc
	is "$(member "$1" "$2")" 1 "$4: $1 is in the group"
	like "$(ip -n "$1" maddr show dev "$2" | xargs)" \
		"link 01:00:5e:00:00:12.* inet 224.0.0.18" "$4: and has its MAC in the filter"
	uc=$(printf 00:00:5e:00:01:%02x "$3")
	like "$(on "$1" bridge fdb show dev "$2")" "$uc" "$4: and the virtual one"
}
before=$(filters eth0)
promisc=$(promiscuity A eth0)
pair pass secret
receives A eth0 1 "up"
receives B eth0 1 "up"
isnt "$(promiscuity A eth0)" "$promisc" "a device that cannot filter unicast is promiscuous"
report() { sed -n "s/^$1=//p" "$OUT/pulse"; }

# Down and up
pulse -n C -i eth0 -t 192.0.2.100 -p 1000 -d 2000 -o "$OUT/pulse" \
	-u A=SW:A -u B=SW:B --at 1000:down:A:eth0
is "$(report action0_bow_out)" yes "carrier down: A bows out"
within "$(report lost)" 0 1 "no packet is lost, but the one that was under way"
is_state A INIT "A is INIT"
is_state B MASTER "B is MASTER"
ip -n A link set eth0 up
wait_state A BACKUP
receives A eth0 1 "carrier down and up"
sleep 5
is_state A BACKUP "A hears B"
ip -n A link set carp0 type carp state master
wait_state B BACKUP

# No link
ip -n SW link set A down
wait_state A INIT
wait_state B MASTER 5
ip -n SW link set A up
wait_state A BACKUP
receives A eth0 1 "link lost and back"
sleep 5
is_state A BACKUP "A hears B"
ip -n A link set carp0 type carp state master
wait_state B BACKUP

# Another MAC
mac=02:00:00:00:0a:0a
pulse -n C -i eth0 -t 192.0.2.100 -p 1000 -d 1500 -o "$OUT/pulse" -b -P "$OUT/pulse.pid"
ip -n A link set eth0 address $mac
wait_for 5 test -s "$OUT/pulse"
none_lost "$(report lost)" "another MAC for the carrier: no packet is lost"
is_state A MASTER "A is still MASTER"
receives A eth0 1 "another MAC"
ip -n B link set eth0 address 02:00:00:00:0b:0b
sleep 5
is_state B BACKUP "another MAC for B: it hears A"

# All groups, as a multicast router on the interface wants them
all_groups() { value "$(ip -n A -d -j link show eth0)" allmulti; }
is "$(all_groups)" 0 "the carrier receives no group but what it must"
ip -n A link set carp0 allmulticast on
is "$(all_groups)" 1 "all for the interface: all for the carrier"
ip -n A link set carp0 down
is "$(all_groups)" 0 "not while it is down"
ip -n A link set carp0 allmulticast off
ip -n A link set carp0 allmulticast on
is "$(all_groups)" 0 "nor when it is asked for then"
up A
is "$(all_groups)" 1 "up: all again"
ip -n A link set carp0 allmulticast off
is "$(all_groups)" 0 "off: no longer"
ip -n A link set carp0 allmulticast on
ip -n A link set eth0 allmulticast on

# Promiscuous mode and all, by someone else, stays his.
ip -n A link set eth0 promisc on
ip -n A link del carp0
is "$(promiscuity A eth0)" $((promisc + 1)) "deleted: promiscuity of others stays"
ip -n A link set eth0 promisc off
is "$(promiscuity A eth0)" "$promisc" "and is what it was in the end"
is "$(all_groups)" 1 "all groups for others, too"
ip -n A link set eth0 allmulticast off
is "$(all_groups)" 0 "and then for nobody"
is "$(filters eth0)" "$before" "nothing is left in the filters"
is "$(member A eth0)" 0 "nor in the group"
is_state B MASTER "B is MASTER"
ip -n B link del carp0

# An MTU that is too small for IPv4, and a good one again
for host in A B; do
	ip -n $host link add v10 link eth0 type vlan id 10
	ip -n $host addr add 198.51.100.$((++n))/24 dev v10
	ip -n $host link set v10 up
	ip -n $host link add carp1 link v10 type carp vhid 10 advskew $((n * 50))
	ip -n $host addr add 198.51.100.100/24 dev carp1
	up $host carp1
done
wait_state A MASTER 10 carp1
wait_state B BACKUP 10 carp1
receives B v10 10 "vlan"
ip -n B link set v10 mtu 60
is "$(on B grep -w v10 /proc/net/igmp)" "" "MTU 60: no IPv4 on the carrier"
ip -n B link set v10 mtu 1500
ip -n B addr add 198.51.100.2/24 dev v10
receives B v10 10 "MTU 60 and 1500 again"
is "$(on_sys B cat /sys/class/net/carp1/mtu)" 1500 "the interface has the carrier's MTU"
like "$(ip -n B -4 addr show dev carp1)" "198.51.100.100/24" "and its address"
sleep 5
is_state B BACKUP "B hears A" carp1
ip -n A link set v10 mtu 60
ip -n A link set v10 mtu 1500
sleep 5
is "$(state A carp1) $(state B carp1)" "MASTER BACKUP" "the MASTER likewise"

# Deleted
log_clear
left=$(now)
ip -n A link del v10
run_fails "carrier deleted: the interface goes along" ip -n A link show carp1
logged "carp1 goes with its carrier v10$"
wait_state B MASTER 1 carp1
ip -n B link del carp1
ip -n B link del v10

# Moved
for host in A B; do
	ip -n $host link add carp2 link eth1 type carp vhid 20 advskew $((skew2 += 50))
	ip -n $host addr add 203.0.113.1/24 dev carp2
	up $host carp2
done
wait_state A MASTER 10 carp2
wait_state B BACKUP 10 carp2
log_clear
ip -n A link set eth1 netns C
run_fails "carrier moved: the interface goes along" ip -n A link show carp2
logged "carp2 goes with its carrier eth1$"
run_ok "the carrier has arrived" ip -n C link show eth1
run_ok "and can carry there" ip -n C link add carp2 link eth1 type carp vhid 20
ip -n C link del carp2
wait_state B MASTER 1 carp2
ip -n B link del carp2
# The kernel ends it where it was not up at the time.
ip -n C link set eth1 up
is "$(promiscuity C eth1)" 0 "promiscuity is 0"

judge
is "$(during "$left" "$(now)" A "vlan 10 and proto 112" | tail -n 1 |
	grep -c "prio 255.*intvl 255")" 1 "the last word was a bow-out"
done_testing
