#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# options: -p wireguard-tools -p openvpn -p dnsmasq-base -p radvd -p bird2 -p ipvsadm -p frr
# kernels: stock-6.12
# debug: long
#
# Who asks whether the interface has link learns whether its host serves: LOWER_UP,
# carrier, operstate, BIRD's "check link", and FRR, which by default does so. A takeover does not wait for these,
# not even of a host whose only way is the interface, while RTNL is held.
#
#	A:eth0 (192.0.2.1) ---+
#	B:eth0 (192.0.2.2) ---+--- SW
#	C:eth0 (192.0.2.3, 203.0.113.3, 2001:db8:5::3) ---+

# shellcheck disable=SC2317 # wait_ok calls them
. "${0%/*}/../lib/lib.sh"

segment A B C
pair_vips=(203.0.113.100/24 2001:db8:5::64/64)
ip -n C addr add 203.0.113.3/24 dev eth0
ip -n C addr add 2001:db8:5::3/64 dev eth0 nodad
pair pass secret

cat >"$OUT/bird.conf" <<'END_BIRD'
router id 10.0.0.1;
protocol device { scan time 1; }
protocol direct d { ipv4; ipv6; interface "carp0", "d0"; check link yes; }
END_BIRD
# Control: a cable that is not plugged in
ip -n B link add d0 type veth peer name d1
ip -n B link set d0 up
ip -n B addr add 198.18.0.1/24 dev d0
for host in A B; do
	on $host bird -c "$OUT/bird.conf" -s "$OUT/bird.$host" -P "$OUT/bird.$host.pid"
done
# FRR's zebra, which tells its routing protocols what is connected
grep -q frrvty /etc/group || echo "frrvty:x:85:root" >>/etc/group
for host in A B; do
	mkdir -p "/tmp/frr.$host"
	echo "hostname $host" >"/tmp/frr.$host/zebra.conf"
	on $host /usr/lib/frr/zebra -d -u root -g root -z "/tmp/frr.$host/zserv" \
		-i "/tmp/frr.$host/zebra.pid" --vty_socket "/tmp/frr.$host" -P 0 \
		-f "/tmp/frr.$host/zebra.conf" >"$OUT/zebra.$host" 2>&1
done
# Its shell wants PAM: each command ends with a zero, each answer with four bytes,
# of which the last one is its status.
cat >"$OUT/zebra.py" <<'END_PYTHON'
import socket, sys
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
for command in "enable", "show ip route connected", "show ipv6 route connected":
    s.send(command.encode() + b"\0")
    answer = b""
    while answer[-4:-1] != b"\0\0\0":
        answer += s.recv(65536)
    print(answer[:-4].decode())
END_PYTHON
connects() {
	python3 "$OUT/zebra.py" "/tmp/frr.$1/zebra.vty" |
		grep -qE "^C>\* $2.*connected"
}
apart() { ! connects "$@"; }
announces() { on "$1" birdc -s "$OUT/bird.$1" show route protocol d 2>&1 | grep -q "^$2"; }
silent() { ! announces "$@"; }
announced() {
	local host=$1 yes=$2 what
	for what in 203.0.113.0 2001:db8:5::; do
		if [[ $yes ]]; then
			wait_ok 5 "BIRD on $host announces $what" announces $host $what
			wait_ok 5 "FRR has it as connected" connects $host $what
		else
			wait_ok 5 "BIRD on $host does not announce $what" silent $host $what
			wait_ok 5 "FRR does not have it" apart $host $what
		fi
	done
}
flags() { ip -n "$1" -j link show carp0 | jq -r '.[0] | "\(.operstate) \(.flags | map(select(. == "LOWER_UP" or . == "NO-CARRIER")) | join(","))"'; }
shows() { [[ "$(flags "$1")" == "$2" ]]; }
carrier() { is "$(on_sys "$1" cat /sys/class/net/carp0/carrier)" "$2" "$1: carrier $2"; }

roles() {
	wait_ok 2 "$1 is MASTER: LOWER_UP" shows "$1" "UP LOWER_UP"
	wait_ok 2 "$2 is not: no carrier" shows "$2" "DOWN NO-CARRIER"
	carrier "$1" 1
	carrier "$2" 0
	announced "$1" yes
	announced "$2" ""
}
roles A B
run_ok "control: BIRD does not announce a cable that is not plugged in" silent B 198.18.0.0
run_ok "nor does FRR have it" apart B 198.18.0.0
run_ok "what is plugged in FRR has" connects B 192.0.2.0
addresses=$(ip -n B -o addr show carp0 | awk '{ print $4 }' | xargs)
cut A
wait_state B MASTER
announced B yes
join A
wait_state B BACKUP
wait_state A MASTER
roles A B
is "$(ip -n B -o addr show carp0 | awk '{ print $4 }' | xargs)" "$addresses" "addresses stay"

# INIT, for want of a link below, and back
ip -n SW link set B down
wait_ok 2 "B has no link" shows B "LOWERLAYERDOWN NO-CARRIER"
ip -n SW link set B up
wait_state B BACKUP
wait_ok 2 "B has link and does not serve" shows B "DOWN NO-CARRIER"
ip -n B link set carp0 down
ip -n B link set carp0 up
wait_state B BACKUP
wait_ok 2 "down and up" shows B "DOWN NO-CARRIER"

# The queue is closed while it has no carrier; a new one, too.
on B tc qdisc replace dev carp0 root pfifo limit 100

# Take-over of a host whose only way to these clients is the interface, while RTNL
# is held. The cable is pulled before: that takes RTNL, too.
ask() {
	pulse -n C -i eth0 -t "$2" -p 2000 -d 7000 -o "$OUT/pulse$1" \
		--at 4500:mark:served >"$OUT/pulse.log$1" 2>&1
}
hold() {
	on B python3 "${0%/*}/../lib/hold.py" 12 >"$OUT/hold" &
	wait_for 5 grep -q held "$OUT/hold"
}
cut A
hold
ask 4 203.0.113.100
is "$(grep -c released "$OUT/hold")" 0 "RTNL is still held"
in_time "$(field longest_gap_us <"$OUT/pulse4")" 1000000 3500000 \
	"IPv4: the silence is that of the election"
none_lost "$(field action0_lost <"$OUT/pulse4")" "and nothing is lost afterwards"
# ip would wait for RTNL.
is "$(on_sys B cat /sys/class/net/carp0/operstate)" down "though the flags wait for RTNL"
run_ok "B sends by it" on B ping -c 2 -i 0.2 -W 1 203.0.113.3
run_ok "and IPv6" on B ping -c 2 -i 0.2 -W 1 2001:db8:5::3
is "$(grep -c released "$OUT/hold")" 0 "all this while RTNL is held"
wait_ok 15 "RTNL is free again" grep -q released "$OUT/hold"
wait_ok 2 "and B shows what it does" shows B "UP LOWER_UP"
announced B yes
run_ok "its queue is open" on B ping -c 2 -i 0.2 -W 1 203.0.113.3
like "$(on B tc -s qdisc show dev carp0)" "pfifo .*Sent [1-9]" "and used"
for host in A B; do
	kill "$(<"$OUT/bird.$host.pid")" "$(<"/tmp/frr.$host/zebra.pid")"
done
finish
