#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kernels: stock-6.1 stock-6.12
#
# A mail server behind the virtual address. A whole session, every number of
# which is checked, on the client and on carp0; then one whose master is cut
# off in the middle.
#
#	A (carp, advskew 0), mail server   ---+
#	B (carp, advskew 100), mail server ---+--- SW
#	C (client)                         ---+

# shellcheck disable=SC2317 # wait_ok calls them
. "${0%/*}/../lib/lib.sh"
lib=${0%/*}/../lib

segment A B C
pair pass secret
for host in A B; do
	# Bound to all addresses, as mail servers are: the virtual one comes
	# and goes.
	on $host python3 -m aiosmtpd -n -l 0.0.0.0:25 >"$OUT/server.$host" 2>&1 &
	on $host tcpdump -Z root -i carp0 -U -w "$OUT/$host-carp0.pcap" \
		port 25 2>/dev/null &
done
on C tcpdump -Z root -i eth0 -U -w "$OUT/C-eth0.pcap" port 25 2>/dev/null &

smtp() { on C python3 "$lib/smtp.py" 192.0.2.100 "$@"; }
serves() { [[ -n $(on "$1" ss -Hltn 'sport = 25') ]]; }
captures() { [[ -s $OUT/C-eth0.pcap && -s $OUT/A-carp0.pcap && -s $OUT/B-carp0.pcap ]]; }
wait_ok 60 "A serves" serves A
wait_ok 60 "B serves" serves B
wait_ok 10 "all is recorded" captures

smtp "EHLO client.example" HELP "VRFY postmaster" QUIT >"$OUT/session"
diag "$(<"$OUT/session")"
codes() { grep -o '^[0-9]* ' "$OUT/$1" | tr -d '\n'; }
is "$(codes session)" "220 250 250 252 221 " "EHLO, HELP, VRFY, QUIT are answered"

smtp "EHLO client.example" "@$OUT/taken" HELP >"$OUT/broken" &
client=$!
wait_ok 20 "the next session has begun" grep -q '^250 ' "$OUT/broken"
cut A
wait_state B MASTER 6
log_clear
touch "$OUT/taken"
wait $client
diag "$(<"$OUT/broken")"
like "$(tail -n 1 "$OUT/broken")" "^reset after [0-9]+ us" \
	"its master cut off: the client's next word is answered by a reset"
# From the program's word to its knowing, scheduling included.
within "$(grep -o 'reset after [0-9]*' "$OUT/broken" | grep -o '[0-9]*')" \
	1 2000 "within a round trip"
smtp "EHLO client.example" QUIT >"$OUT/again"
is "$(codes again)" "220 250 221 " "a new session succeeds, with B"
sleep 1
pkill tcpdump
pkill -f aiosmtpd
sleep 0.5

for file in C-eth0 A-carp0 B-carp0; do
	python3 "$lib/tcptrace.py" "$OUT/$file.pcap" 192.0.2.100 25 \
		>"$OUT/$file.trace"
done
diag "$(<"$OUT/C-eth0.trace")"
is "$(tail -n 1 "$OUT/C-eth0.trace")" "connections=3 bad=0 reset=1" \
	"the client's trace: each number is right"
is "$(sed -n '/ 1 [CS] > /s/^ *[0-9.]* ms //p' "$OUT/A-carp0.trace")" \
	"$(sed -n '/ 1 [CS] > /s/^ *[0-9.]* ms //p' "$OUT/C-eth0.trace")" \
	"carp0 of A has seen the first session, segment for segment"
like "$(tail -n 1 "$OUT/B-carp0.trace")" "connections=2 .* reset=1" \
	"carp0 of B has seen the stale segment, its reset, and the last session"
run_ok "the checker notices a wrong number" bash -c "
	python3 - '$OUT/C-eth0.pcap' '$OUT/wrong.pcap' <<-'END'
		import sys
		data = bytearray(open(sys.argv[1], 'rb').read())
		at = 24
		length = int.from_bytes(data[at + 8:at + 12], 'little')
		at += 16 + length + 16		# the second frame
		data[at + 14 + 20 + 11] ^= 1	# its acknowledgement
		open(sys.argv[2], 'wb').write(data)
	END
	python3 '$lib/tcptrace.py' '$OUT/wrong.pcap' 192.0.2.100 25 |
		tail -n 1 | grep -q 'bad=[1-9]'"
finish
