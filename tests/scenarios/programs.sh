#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kernels: stock-6.12
# options: -p wireguard-tools -p openvpn -p dnsmasq-base -p radvd -p bird2 -p ipvsadm -p frr
#
# Programs that answer by the device that they were asked by, and filters that
# compare the two: they work with the virtual address as with a second address
# of the network card, which is the control; from the segment and from behind a
# router, over IPv4 and IPv6.
#
#	A (master)	---+--- SW:br0	R:eth1 ---+--- SW:br1
#	B (backup)	---+		D      ---+
#	R (router)	---+

# shellcheck disable=SC2317 # wait_ok calls them
. "${0%/*}/../lib/lib.sh"

NO_RECORD=1 segment A B R D
own6 A B R
nic R eth1 br1
ip -n SW link set D master br1
ip -n D addr flush dev eth0
ip -n R addr add 198.51.100.1/24 dev eth1
ip -n D addr add 198.51.100.4/24 dev eth0
ip -n R addr add 2001:db8:1::1/64 dev eth1 nodad
ip -n D addr add 2001:db8:1::4/64 dev eth0 nodad
ip -n D route add default via 198.51.100.1
ip -n D -6 route add default via 2001:db8:1::1
for host in A B; do
	ip -n $host route add default via 192.0.2.3
	ip -n $host -6 route add default via 2001:db8::3
done
on R sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
record A B
pair_vips=(192.0.2.100/24 2001:db8::100/64)
pair pass secret
ip -n A addr add 192.0.2.200/24 dev eth0
ip -n A addr add 2001:db8::200/64 dev eth0 nodad
cd "$OUT" || exit
kind() { [[ $1 == *:* ]] && echo IPv6 || echo IPv4; }
# Controls first
addrs=(192.0.2.200 2001:db8::200 192.0.2.100 2001:db8::100)

cat >echo.py <<'END'
# Answers datagrams as it was told of them: to the letter, interface included.
import socket, struct, threading
def serve(family, level, option, kind, size):
    s = socket.socket(family, socket.SOCK_DGRAM)
    if family == socket.AF_INET6:
        s.setsockopt(level, socket.IPV6_V6ONLY, 1)
    s.setsockopt(level, option, 1)
    s.bind(("", 7777))
    while True:
        data, anc, _, peer = s.recvmsg(100, 100)
        info = anc[0][2]
        if family == socket.AF_INET:
            index, _, dst = struct.unpack("i4s4s", info[:12])
            info = struct.pack("i4s4s", index, dst, bytes(4))
        try:
            s.sendmsg([data], [(level, kind, info)], 0, peer)
        except OSError as error:
            print(peer, error, flush=True)
threading.Thread(target=serve, args=(socket.AF_INET, socket.IPPROTO_IP, 8, 8, 12),
                 daemon=True).start()
serve(socket.AF_INET6, socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO,
      socket.IPV6_PKTINFO, 20)
END
cat >ask.py <<'END'
import socket, sys
family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
s = socket.socket(family, socket.SOCK_DGRAM)
s.settimeout(3)
s.connect((sys.argv[1], 7777))
s.send(b"x")
try:
    print(s.recv(10).decode())
except OSError as error:
    print(error)
END
on A python3 echo.py >echo.log 2>&1 &
for listen in TCP4-LISTEN TCP6-LISTEN; do
	only=""
	[[ $listen == TCP4* ]] || only=,ipv6only=1
	on A socat $listen:81,fork,reuseaddr,so-bindtodevice=eth0$only EXEC:cat &
	on A socat $listen:80,fork,reuseaddr,so-bindtodevice=carp0$only EXEC:cat &
done
on A dnsmasq -k -u root --conf-file=/dev/null -R -h --address=/a.test/203.0.113.7 \
	--log-facility="$OUT/dnsmasq" &
sleep 3
ask() { on "$1" python3 ask.py "$2"; }
dns() { on "$1" timeout 6 busybox nslookup -type=a a.test "$2" 2>&1 | grep -c 203.0.113.7; }
tcp() {
	local addr=$2
	[[ $addr != *:* ]] || addr="[$addr]"
	echo hi | on "$1" timeout 4 socat -T 3 - "TCP:$addr:$3,connect-timeout=2" 2>/dev/null
}
for host in R D; do
	for addr in "${addrs[@]}"; do
		is "$(ask $host $addr)" x "$host, $addr: answered by the interface of the question"
		is "$(tcp $host $addr 81)" hi "$host, $addr: by a socket bound to the lower device"
		is "$(dns $host $addr)" 1 "$host, $addr: by dnsmasq"
	done
done
is "$(cat echo.log)" "" "nothing could not be sent"

# Who binds to the interface asks for it, and has a way back.
is "$(tcp R 192.0.2.100 80)" "" "a socket bound to carp0 hears nothing"
for host in A B; do
	ip -n $host link set carp0 type carp deliver self
	run_ok "$host: a default route by carp0" \
		ip -n $host route add default via 192.0.2.3 dev carp0 metric 5000
	run_ok "$host: over IPv6, too" \
		ip -n $host -6 route add default via 2001:db8::3 dev carp0 metric 5000
done
for host in R D; do
	for addr in "${addrs[@]:2}"; do
		is "$(tcp $host $addr 80)" hi "$host, $addr: deliver self: by a socket bound to carp0"
	done
done
for host in A B; do
	ip -n $host link set carp0 type carp deliver auto
	ip -n $host route del default dev carp0
	ip -n $host -6 route del default dev carp0
done

# firewalld's IPv6_rpfilter, for both families; it counts what it drops.
on A nft -f - <<-'END'
	table inet firewalld {
		counter dropped { }
		chain filter_PREROUTING {
			type filter hook prerouting priority -290
			icmpv6 type { nd-router-advert, nd-neighbor-solicit } accept
			meta l4proto { tcp, udp, icmp, icmpv6 } fib saddr . mark . iif oif missing counter name "dropped" drop
		}
	}
END
for host in R D; do
	for addr in "${addrs[@]}"; do
		run_ok "$host, $addr: ping through a strict filter" on $host ping -c 1 -W 2 $addr
		is "$(tcp $host $addr 81)" hi "$host, $addr: TCP through it"
	done
done
like "$(on A nft list counter inet firewalld dropped)" "packets 0 " "it has dropped nothing"
on A nft flush ruleset

# Tunnels
modprobe wireguard
modprobe tun
umask 077
for side in server client; do
	wg genkey >$side.key
	wg pubkey <$side.key >$side.pub
done
for host in A B; do
	ip -n $host link add wg0 type wireguard
	on $host wg set wg0 listen-port 51820 private-key server.key \
		peer "$(<client.pub)" allowed-ips 10.9.0.2/32
	ip -n $host addr add 10.9.0.1/24 dev wg0
	ip -n $host link set wg0 up
done
# client HOST ADDR
client() {
	local addr=$2
	[[ $addr != *:* ]] || addr="[$addr]"
	ip -n "$1" link del wg0 2>/dev/null
	ip -n "$1" link add wg0 type wireguard
	on "$1" wg set wg0 private-key client.key peer "$(<server.pub)" \
		endpoint "$addr:51820" allowed-ips 10.9.0.0/24
	ip -n "$1" addr add 10.9.0.2/24 dev wg0
	ip -n "$1" link set wg0 up
}
endpoint() { on "$1" wg show wg0 endpoints | awk '{ print $2 }'; }
tunnel() { on "$1" ping -c 1 -W 1 10.9.0.1; }
for host in R D; do
	for addr in "${addrs[@]}"; do
		client $host $addr
		wait_ok 10 "$host, $addr: WireGuard" tunnel $host
		tunnel $host >/dev/null
		like "$(endpoint $host)" "^\[?$addr\]?:51820$" "$host, $addr: stays the endpoint"
		[[ $host.$addr == D.2001:db8::100 ]] || ip -n $host link del wg0
	done
done
cut A
wait_state B MASTER
wait_ok 60 "after a takeover the tunnel works through B" tunnel D
is "$(endpoint D)" "[2001:db8::100]:51820" "with the same endpoint"
join A
wait_state B BACKUP
wait_ok 60 "and through A again" tunnel D

openvpn --genkey secret static.key >/dev/null
# openvpn HOST PROTOCOL OPTION...
vpn() {
	local host=$1 proto=$2
	shift 2
	on "$host" timeout 60 openvpn --dev tun9 --dev-type tun --secret static.key \
		--cipher AES-256-CBC --proto "$proto" --ping 5 "$@" >"vpn.$host.$proto" 2>&1 &
	pids+=($!)
}
vpn_works() { on "$1" ping -c 1 -W 1 10.8.0.1; }
for host in R D; do
	for addr in "${addrs[@]}"; do
		proto=udp4
		[[ $addr != *:* ]] || proto=udp6
		pids=()
		vpn A $proto --multihome --ifconfig 10.8.0.1 10.8.0.2
		vpn $host $proto --remote $addr --nobind --ifconfig 10.8.0.2 10.8.0.1
		wait_ok 20 "$host, $addr: OpenVPN --multihome" vpn_works $host
		for pid in $(pidof openvpn); do kill "$pid"; done
		wait "${pids[@]}"
	done
done
for pid in $(jobs -p); do kill "$pid"; done
for pid in $(pidof socat dnsmasq python3); do kill "$pid"; done
finish
