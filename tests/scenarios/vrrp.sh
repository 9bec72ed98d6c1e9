#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
# 6.1: long
#
# VRRP has the same protocol number, group, and even virtual MAC. It is counted
# as foreign and left to whom it is for; the election does not notice. A VRRP
# daemon on a carp host works, and nobody is told that we do not speak VRRP.
#
#	A (carp master; keepalived, vrid 51)                         ---+
#	B (carp backup)                                              ---+--- SW
#	V (keepalived, vrid 51 and, with id and version of ours, 1)  ---+

# shellcheck disable=SC2317 # wait_ok calls them
. "${0%/*}/../lib/lib.sh"

vectors=${TESTS:-${0%/*}/..}/vectors

segment A B V
foreign V
# Slower than VRRP: keepalived does not advertise while it hears what it cannot
# read more often than it would itself.
pair advbase 2 pass secret
tally A >/dev/null
tally B >/dev/null

for version in 2 3; do
	inject V:eth0 -f "$vectors/vrrp/keepalived-vrrpv$version-vrid1.pcap" >/dev/null
	is "$(tally A)" "foreign=5" "recorded VRRPv$version: A counts it as foreign"
	like "$(tally B)" "^(ipackets=[0-9]* )?foreign=5$" \
		"recorded VRRPv$version: B counts it as foreign"
done

# vrrp HOST VERSION VRID PRIORITY ADDRESS
vrrp() {
	local dir=/tmp/keepalived.$1
	mkdir -p "$dir"
	cat >"$dir/conf" <<-END
		global_defs {
			vrrp_version $2
		}
		vrrp_instance test {
			state BACKUP
			interface eth0
			virtual_router_id $3
			priority $4
			advert_int 1
			virtual_ipaddress {
				$5/24
			}
		}
	END
	on "$1" keepalived -P -n -l -f "$dir/conf" -p "$dir/pid" \
		-r "$dir/vrrp.pid" >"$OUT/keepalived.$1" 2>&1 &
	disown
}
ended() { [[ ! -e /tmp/keepalived.$1/pid ]]; }
no_vrrp() {
	kill "$(<"/tmp/keepalived.$1/pid")"
	wait_ok 5 "keepalived on $1 has ended" ended "$1"
}
# of an address of VRRP's
has() { ip -n "$1" addr show dev eth0 | grep -qF " $2/24 "; }
has_not() { ! has "$@"; }
foreigners() { (($(counter B foreign) >= before + 3)); }

for version in 2 3; do
	vrrp V $version 1 200 192.0.2.201
	wait_ok 20 "keepalived, VRRPv$version, our id: is master" has V 192.0.2.201
	before=$(counter B foreign)
	wait_ok 10 "VRRPv$version: B hears it" foreigners
	is "$(state A) $(state B)" "MASTER BACKUP" \
		"VRRPv$version: the election has not noticed"
	no_vrrp V
	wait_ok 5 "VRRPv$version: keepalived is gone" has_not V 192.0.2.201
done
like "$(tally A)" "^foreign=[0-9]*$" "A finds nothing wrong"
like "$(tally B)" "^ipackets=[0-9]* foreign=[0-9]*$" "nor does B"
is "$(moves A | wc -l) $(moves B | wc -l)" "2 1" "nothing has moved"

# On a carp host itself: it hears the better one, and it is heard.
vrrp V 2 51 200 192.0.2.202
wait_ok 20 "keepalived on V is master" has V 192.0.2.202
vrrp A 2 51 100 192.0.2.202
ours() { has A 192.0.2.202; }
never_ok 10 "keepalived on the carp host hears it" ours
cut V
wait_ok 8 "V is cut off: keepalived on the carp host is master" ours
join V
wait_ok 5 "V is back: keepalived on the carp host gives way" has_not A 192.0.2.202
is "$(state A) $(state B)" "MASTER BACKUP" "the election has not noticed"
no_vrrp A
no_vrrp V

# A raw socket gets CARP as well as VRRP.
on B timeout 10 python3 -c '
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 112)
open("'"$OUT"'/raw.ready", "w").close()
packet = s.recv(2048)
print(len(packet), packet[20])' >"$OUT/raw" &
reader=$!
wait_ok 10 "a raw socket of protocol 112 on B" test -e "$OUT/raw.ready"
wait $reader
is "$(<"$OUT/raw")" "56 33" "it receives A's advertisement"

# To us alone, and none of ours: no word about it, though there would be one
# about a protocol that nobody speaks.
mac=$(mac A)
for settings in ver=3 authlen=1 proto=112 len=8 proto=113; do
	inject V:eth0 --carp -i 0 "$settings" src=192.0.2.3 dst=192.0.2.1 \
		"dmac=$mac" >/dev/null
done
judge
is "$(frames A 'src host 192.0.2.1 and icmp[0] == 3 and icmp[1] == 2' | wc -l)" 1 \
	"ICMP protocol unreachable: of the five only for 113"

finish
