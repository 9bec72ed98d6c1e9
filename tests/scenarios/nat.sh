#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# options: --leaks
#
# Address translation to a virtual address and of those who call one, and hosts on which every interface
# ignores routes without link.
#
#	A (master) ---+--- SW        A:eth1 ---+
#	B (backup) ---+              B:eth1 ---+--- D (server)
#	C (client) ---+

. "${0%/*}/../lib/lib.sh"

segment A B C
ip netns add D
ip -n D link add br1 type bridge
ip -n D link set br1 up
ip -n D addr add 198.51.100.9/24 dev br1
for host in A B; do
	ip -n $host link add eth1 type veth peer name "to-$host" netns D
	ip -n D link set "to-$host" master br1 up
	ip -n $host link set eth1 up
done
ip -n A addr add 198.51.100.1/24 dev eth1
ip -n B addr add 198.51.100.2/24 dev eth1
ip -n D route add 192.0.2.0/24 via 198.51.100.1
on A sysctl -q net.ipv4.ip_forward=1

pair

for host in A B; do
	on $host nft -f - <<-'END'
	table ip nat {
		chain post {
			type nat hook postrouting priority srcnat
			oifname { "eth0", "eth1" } ip protocol icmp snat to 192.0.2.100
		}
	}
	END
done

seen() { on D timeout 8 tcpdump -Z root -n -c 1 -i br1 icmp and src 192.0.2.100; }

# The MASTER translates, on the carrier and elsewhere.
run_ok "from the MASTER, by the carrier" on A ping -c 1 -W 1 192.0.2.3
run_ok "from the MASTER, by another device" on A ping -c 1 -W 1 198.51.100.9

# Who is not MASTER would speak as the MASTER: nothing leaves.
seen >"$OUT/seen" 2>"$OUT/seen.err" &
wait_ok 5 "the server looks" grep -q "listening on" "$OUT/seen.err"
run_fails "not from a BACKUP, by the carrier" on B ping -c 1 -W 1 192.0.2.3
run_fails "not from a BACKUP, by another device" on B ping -c 1 -W 1 198.51.100.9
wait
is "$(cat "$OUT/seen")" "" "the server has seen nothing from it"
ok $(($(counter B tx_inactive) < 2)) "what was kept back is counted"

# The MASTER's own packets may pass through a BACKUP that routes them.
for host in A B; do on $host nft flush ruleset; done
on B sysctl -q net.ipv4.ip_forward=1
ip -n D route replace 192.0.2.0/24 via 198.51.100.1
ip -n A route add 203.0.113.9/32 via 192.0.2.2 src 192.0.2.100
ip -n D addr add 203.0.113.9/32 dev br1
ip -n B route add 203.0.113.9/32 via 198.51.100.9
run_ok "the MASTER's packets pass through the BACKUP" \
	on A ping -c 1 -W 1 -I 192.0.2.100 203.0.113.9

# A client of a net behind the BACKUP, which speaks for it: what the MASTER answers
# is handed on with the virtual address as its source.
on B nft -f - <<-'END'
table ip nat {
	chain post {
		type nat hook postrouting priority srcnat
		oifname "eth0" masquerade
	}
}
END
ip -n D route replace 192.0.2.0/24 via 198.51.100.2
run_ok "the BACKUP's own clients reach the MASTER" on D ping -c 1 -W 1 192.0.2.100
on B nft flush ruleset

# The same over IPv6.
own6 A B
for host in A B; do vip $host 2001:db8::100/64; done
ip -n D addr add fd00::9/64 dev br1 nodad
ip -n B addr add fd00::2/64 dev eth1 nodad
ip -n D route add 2001:db8::/64 via fd00::2
on B sysctl -q net.ipv6.conf.all.forwarding=1
on B nft -f - <<-'END'
table ip6 nat {
	chain post {
		type nat hook postrouting priority srcnat
		oifname "eth0" masquerade
	}
}
END
sleep 4
is "$(state A)$(state B)" MASTERBACKUP "nobody has moved"
run_ok "and over IPv6" on D ping -c 1 -W 2 2001:db8::100
on B nft flush ruleset

# What a tunnel of IPsec adds has the virtual address as its source, also around
# what comes from elsewhere.
run_ok "there is IPsec" modprobe -a esp4 xfrm_user crypto_null authenc echainiv
ip -n B xfrm state add src 192.0.2.100 dst 198.51.100.9 proto esp \
	spi 0x100 mode tunnel auth digest_null "" enc cipher_null ""
ip -n B xfrm policy add src 192.0.2.3/32 dst 203.0.113.8/32 dir out \
	tmpl src 192.0.2.100 dst 198.51.100.9 proto esp mode tunnel
ip -n C route add 203.0.113.8/32 via 192.0.2.2
ip -n B route add 203.0.113.8/32 via 198.51.100.9
on D timeout 4 tcpdump -Z root -n -i br1 esp >"$OUT/esp" 2>"$OUT/esp.err" &
wait_ok 5 "the server looks again" grep -q "listening on" "$OUT/esp.err"
before=$(counter B tx_inactive)
on C ping -c 2 -i 0.2 -W 0.5 203.0.113.8 >/dev/null
wait $!
is "$(cat "$OUT/esp")" "" "a BACKUP sends nothing from a tunnel's virtual address"
is $(($(counter B tx_inactive) - before)) 2 "and counts what it would have"

# Everybody ignores routes without link: routing daemons ask for that.
for host in A B; do
	on $host sysctl -q net.ipv4.conf.all.ignore_routes_with_linkdown=1
done
cut A
wait_state B MASTER
wait_ok 2 "B answers all the same" on C ping -c 1 -W 1 192.0.2.100
join A
wait_state B BACKUP
wait_ok 2 "so does A" on C ping -c 1 -W 1 192.0.2.100
run_ok "B reaches A's address" on B ping -c 1 -W 1 192.0.2.100

finish
