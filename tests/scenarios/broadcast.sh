#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# options: -p wireguard-tools -p openvpn -p dnsmasq-base -p radvd -p bird2 -p ipvsadm -p frr
# kernels: stock-6.12
#
# broadcast on: DHCP server, relay and client bound to carp0 work on the MASTER
# and are silent on the BACKUP. DHCPv6, which is multicast, needs no setting.
#
#	A:eth0 ---+
#	B:eth0 ---+--- SW	A and B serve, or relay to S
#	D:eth0 ---+		a client without an address
#	S:eth0 ---+		a server elsewhere
#	A, B, S:eth1 --- SW:br1	S serves what is relayed
#
# shellcheck disable=SC2317 # functions that wait_for calls

. "${0%/*}/../lib/lib.sh"

segment A B D S
# DHCPv6 speaks from and to link-local addresses.
pair_vips=(192.0.2.100/24 2001:db8::100/64 fe80::100/64)
pair pass secret
for h in A B S; do nic $h eth1 br1; done
ip -n A addr add 198.51.100.1/24 dev eth1
ip -n B addr add 198.51.100.2/24 dev eth1
ip -n S addr add 198.51.100.4/24 dev eth1
# What answers a relay goes to its virtual address, by the other segment.
ip -n S route add 192.0.2.100/32 via 198.51.100.1
bare D
cd "$OUT" || exit
# Replaces the subshell, so that kill reaches it
bg() { local h=$1; shift; exec nsenter --net="/run/netns/$h" "$@"; }
server() {
	local host=$1
	shift
	: >"leases.$host"
	bg "$host" dnsmasq -k -p 0 -u root --conf-file=/dev/null --except-interface=lo \
		--dhcp-authoritative --dhcp-leasefile="leases.$host" --log-dhcp \
		--log-facility="$OUT/log.$host" --pid-file= "$@"
}
serve() {
	server "$1" --interface="$2" --dhcp-range=192.0.2.170,192.0.2.180,255.255.255.0,600 \
		--dhcp-range=2001:db8::170,2001:db8::180,64,600
}
stop() { kill "${daemons[@]}"; wait "${daemons[@]}" 2>/dev/null; daemons=(); }
lease() { on D timeout 20 busybox udhcpc -f -i eth0 -n -q -t 3 -T 2 -s /bin/true 2>&1; }
hears() { grep -q DHCP "log.$1" 2>/dev/null; }
ready() { on "$1" ss -Hlun | grep -q ':67 '; }

# The control: a server on the lower device
serve A eth0 &
daemons=($!)
wait_ok 5 "a server on eth0 is there" ready A
like "$(lease)" "lease of 192.0.2.1[78][0-9] obtained" "and gives a lease"
stop

# Off, which is the default
for h in A B; do
	serve $h carp0 &
	daemons+=($!)
done
wait_ok 5 "servers on carp0 are there" ready A
wait_ok 5 "on both" ready B
rm -f log.A log.B
unlike "$(lease)" "lease of" "broadcast off: no lease"
stop

for h in A B; do
	run_ok "$h: broadcast on" ip -n $h link set carp0 type carp broadcast on
	rm -f log.$h
	serve $h carp0 &
	daemons+=($!)
done
wait_ok 5 "servers are there" ready A
wait_ok 5 "on both" ready B
like "$(lease)" "lease of 192.0.2.1[78][0-9] obtained from 192.0.2.100" \
	"broadcast on: the MASTER gives a lease"
run_ok "its server has heard the client" hears A
run_fails "that of the BACKUP has not" grep -q DHCPDISCOVER log.B

# Renewal: unicast from the client's address to the server's
cat >renew.sh <<'END'
#!/bin/sh
case $1 in
bound | renew)
	echo "$1 $ip" >>renewals
	ip addr replace "$ip/24" dev "$interface"
	;;
esac
END
chmod +x renew.sh
: >renewals
: >log.A
bg D busybox udhcpc -f -i eth0 -s "$OUT/renew.sh" >client.log 2>&1 &
client=$!
wait_ok 10 "a client is bound" grep -q bound renewals
: >log.A
kill -USR1 $client
wait_ok 5 "and renews its lease" grep -q renew renewals
wait_ok 2 "at the MASTER's server" grep -q "DHCPACK(carp0)" log.A
unlike "$(<log.A)" DHCPDISCOVER "by asking it alone"

# The BACKUP takes over
: >log.A
: >log.B
: >renewals
ip -n A link set carp0 type carp state backup
wait_state B MASTER
kill -USR1 $client
wait_ok 5 "after a takeover it renews" grep -q renew renewals
wait_ok 2 "at the new MASTER" grep -q "DHCPACK(carp0)" log.B
unlike "$(<log.A)" DHCP "and the old one hears nothing"
kill $client
wait $client 2>/dev/null
bare D
stop
ip -n B link set carp0 type carp state backup
wait_state A MASTER

# A relay on carp0, and a server behind
for h in A B; do
	rm -f log.$h
	ip -n $h link set carp0 type carp broadcast on
	server $h --interface=carp0 --interface=eth1 --dhcp-relay=192.0.2.100,198.51.100.4 &
	daemons+=($!)
done
server S --interface=eth1 --dhcp-range=192.0.2.190,192.0.2.199,255.255.255.0,600 &
daemons+=($!)
wait_ok 5 "relays are there" ready A
wait_ok 5 "on both" ready B
wait_ok 5 "and the server" ready S
like "$(lease)" "lease of 192.0.2.19[0-9] obtained" "the MASTER's relay serves a client"
run_ok "it has heard the client" grep -q "DHCP relay at" log.A
run_fails "that of the BACKUP has not" grep -q "DHCP relay at" log.B
stop

# A client on carp0 of the MASTER: the answer comes to the virtual MAC
server S --interface=eth0 --dhcp-range=192.0.2.190,192.0.2.199,255.255.255.0,600 &
daemons=($!)
wait_ok 5 "a server elsewhere" ready S
client() { on "$1" timeout 20 busybox udhcpc -f -i carp0 -n -q -t 3 -T 2 -s /bin/true 2>&1; }
like "$(client A)" "lease of 192.0.2.19[0-9] obtained from 192.0.2.4" \
	"a client on carp0 of the MASTER gets a lease"
: >log.S
unlike "$(client B)" "lease of" "one on the BACKUP gets none"
unlike "$(<log.S)" DHCPDISCOVER "and asks nobody"
stop
for h in A B; do ip -n $h link set carp0 type carp broadcast off; done

# DHCPv6
for h in A B; do
	rm -f log.$h
	serve $h carp0 &
	daemons+=($!)
done
wait_ok 5 "servers are there" ready A
ip -n D addr add fe80::d/64 dev eth0 nodad
cat >solicit.py <<'END'
import socket, struct, sys
s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
index = socket.if_nametoindex("eth0")
s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
s.bind(("::", 546))
s.settimeout(3)
duid = bytes.fromhex("00030001020000000099")
opts = struct.pack("!HH", 1, len(duid)) + duid + \
    struct.pack("!HHIII", 3, 12, 1, 0, 0) + struct.pack("!HHH", 8, 2, 0)
s.sendto(b"\x01\x01\x02\x03" + opts, ("ff02::1:2", 547, 0, index))
try:
    print("advertise" if s.recv(1500)[0] == 2 else "other")
except socket.timeout:
    print("nothing")
END
is "$(on D python3 solicit.py)" advertise "DHCPv6: the MASTER answers"
wait_ok 1 "its server has heard the client" grep -q DHCPSOLICIT log.A
run_fails "that of the BACKUP has not" grep -q DHCPSOLICIT log.B
stop

# What does not go together
log=$(ip -n A link set carp0 type carp broadcast on deliver lower 2>&1)
like "$log" "carp: .* deliver auto or self" "broadcast on and deliver lower: refused"
finish
