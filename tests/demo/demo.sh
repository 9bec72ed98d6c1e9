#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The demonstration: an address moves between two carp hosts and a ucarp host,
# while a client pings it a thousand times a second.
#
#	A (carp, advskew 0)   ---+
#	B (carp, advskew 100) ---+--- SW
#	U (ucarp, advskew 200)---+
#	C (client)            ---+

. "${0%/*}/../lib/lib.sh"

say() { echo "> $*"; }

show() {
	local host
	for host in A B; do
		say "    $host: $(ip -n $host -d link show carp0 |
			grep -o 'carp state.*advskew [0-9]*')"
	done
	say "    U: ucarp $(ip -n U -j addr show eth0 | jq -r \
		'if any(.[].addr_info[]; .local == "192.0.2.100")
		 then "holds the address" else "does not hold the address" end')"
}

# ms US: microseconds as milliseconds
ms() { awk -v us="$1" 'BEGIN { if (us == "-") print us; else printf "%.2f ms", us / 1000 }'; }

table=()

# event NAME MASTER LOST ACTION [MS]: have the client ping for so long while
# something happens. MASTER must take over, and the client lose no more than LOST
# packets.
event() {
	local name=$1 master=$2 most=$3 action=$4 lost detect reply mac
	pulse -n C -i eth0 -t 192.0.2.100 -p 1000 -d "${5:-7000}" -v 1 \
		--at "1500:$action" -o "$OUT/pulse" >/dev/null
	ok $? "$name: the client's measurement"
	lost=$(measured lost)
	detect=$(measured action0_first_advert_us)
	reply=$(measured action0_reply_us)
	mac=$(lladdr C 192.0.2.100)
	say "    new master: $master, first heard after $(ms "$detect"), client" \
		"answered after $(ms "$reply"), $lost of $(measured sent) packets lost"
	ok $((lost > most)) "$name: $lost packets lost, at most $most promised"
	table+=("$name|$master|$(ms "$detect")|$(ms "$reply")|$lost|$mac")
}

measured() { sed -n "s/^$1=//p" "$OUT/pulse"; }

start_ucarp() {
	local script
	for script in add del; do
		printf '#!/bin/sh\nip addr %s 192.0.2.100/32 dev eth0\n' $script \
			>/tmp/ucarp-$script
		chmod +x /tmp/ucarp-$script
	done
	on U ucarp -i eth0 -s 192.0.2.3 -v 1 -p secret -a 192.0.2.100 -b 1 -k 200 \
		-u /tmp/ucarp-add -d /tmp/ucarp-del -z -B
}

# As after a power cut: the machine comes back with nothing remembered.
boot() {
	ip -n "$1" link set carp0 down
	ip -n "$1" link set carp0 up
	join "$1"
}

segment A B U C
foreign U
say "Three hosts on one segment share 192.0.2.100: A and B run carp, U runs"
say "ucarp. C is a client. Times are the virtual machine's own."
say
say "On A, and on B with advskew 100:"
say "    # ip link add carp0 link eth0 type carp vhid 1 advskew 0 pass secret"
say "    # ip addr add 192.0.2.100/24 dev carp0"
say "    # ip link set carp0 up"
say "    # sysctl net.carp.preempt=1"
on A sysctl -q net.carp.preempt=1
on B sysctl -q net.carp.preempt=1
start_ucarp
pair pass secret
say "Who is master?"
show
is "$(masters A B)" A "A is the only master"

say
say "A's power is cut. No good-bye: B must notice by itself, 3 s + 100/256 s"
say "after it last heard A."
event "A's power is cut" B 3420 cut:SW:A
is_state B MASTER "B took over"

say
say "B's power is cut too. U, which is ucarp, reads its packets once a second."
event "B's power is cut" U 6500 cut:SW:B 10000

say
say "A is switched on again. It hears U, and preempts it."
boot A
wait_state A MASTER 5
run_ok "the client reaches A" on C ping -c 3 -i 0.2 -W 1 192.0.2.100
boot B
wait_state B BACKUP 5
is "$(masters A B)" A "A is the only master again"
show

say
say "Planned handover: on A, ip link set carp0 down. A says good-bye and serves"
say "until B has spoken."
event "A: ip link set carp0 down" B 0 down:A:carp0
is_state A INIT "A has left"
is_state B MASTER "B took over"

say
say "The return: on A, ip link set carp0 up. A preempts B."
event "A: ip link set carp0 up" A 0 up:A:carp0
is_state A MASTER "A is master"
is_state B BACKUP "B is backup"
show
on U pkill ucarp

say
say "$(printf '%-27s %-4s %13s %13s %6s  %s' event new 'first advert' \
	'first answer' lost "client's ARP entry")"
for row in "${table[@]}"; do
	IFS='|' read -r name master detect reply lost mac <<<"$row"
	say "$(printf '%-27s %-4s %13s %13s %6s  %s' "$name" "$master" "$detect" \
		"$reply" "$lost" "$mac")"
done
say
finish
