#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
# long-options: --leaks
# 6.1: long
#
# Peers whose advertisements a policy of IPsec asks to be protected, over either
# family: what arrives is believed, and nothing is ever sent in clear.
#
#	A (master) ---+
#	B (backup) ---+--- SW

. "${0%/*}/../lib/lib.sh"

segment A B
own6 A B

declare -A module=([4]=esp4 [6]=esp6) option=([4]=peer [6]=peer6)
declare -A A=([4]=192.0.2.1 [6]=2001:db8::1) B=([4]=192.0.2.2 [6]=2001:db8::2)
declare -A vip=([4]=192.0.2.100/24 [6]=2001:db8::100/64)
declare -A count=([4]=ipackets [6]=ipackets6)
declare -A clear=([4]="ip proto 112" [6]="ip6 proto 112")
declare -A started lost ended

# protect HOST SPI SOURCE DESTINATION: HOST is the source, both know the key
protect() {
	local host
	for host in A B; do
		ip -n $host xfrm state add src "$3" dst "$4" proto esp spi "$2" \
			mode transport auth "hmac(sha1)" 0x0123456789 enc cipher_null ""
	done
	ip -n "$1" xfrm policy add src "$3" dst "$4" proto 112 dir out \
		tmpl proto esp mode transport
}

for n in 4 6; do
	run_ok "IPsec for IPv$n" \
		modprobe -a "${module[$n]}" xfrm_user crypto_null authenc echainiv
	started[$n]=$(now)
	protect A 0x100 "${A[$n]}" "${B[$n]}"
	protect B 0x200 "${B[$n]}" "${A[$n]}"
	carp A vhid 1 pass secret "${option[$n]}" "${B[$n]}"
	carp B vhid 1 pass secret "${option[$n]}" "${A[$n]}" advskew 100
	for host in A B; do
		vip $host "${vip[$n]}"
		up $host
	done
	wait_state A MASTER 5
	# It is sent from the carrier's own address all the same.
	run_ok "IPv$n: a route with another source" \
		ip -n A route add "${B[$n]}" dev eth0 src "${vip[$n]%/*}"
	tally B >/dev/null
	sleep 5
	is_state B BACKUP "IPv$n: B hears A"
	like "$(tally B)" "^${count[$n]}=[4-6]$" "IPv$n: and finds nothing wrong"

	lost[$n]=$(now)
	ip -n A xfrm state delete src "${A[$n]}" dst "${B[$n]}" proto esp spi 0x100
	wait_state B MASTER 5
	wait_state A BACKUP 10
	ok $(($(counter A oerrors) < 3)) "IPv$n: A has seen that nothing was sent"
	ended[$n]=$(now)
	for host in A B; do
		ip -n $host link del carp0
		ip -n $host xfrm policy flush
		ip -n $host xfrm state flush
	done
done

judge
for n in "${!started[@]}"; do
	sent=$(during "${started[$n]}" "${lost[$n]}" A esp | wc -l)
	ok $((sent < 5)) "IPv$n: protected"
	is "$(during "${started[$n]}" "${ended[$n]}" A "${clear[$n]}" | wc -l)" 0 \
		"IPv$n: never in clear, also without a key"
done
done_testing
