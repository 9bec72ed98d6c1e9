#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# options: --leaks
#
# An interface that is up and waits for its first address, and loses its last
# one: what is advertised is always authenticated over the address.
#
#	A ---+--- SW
#	B ---+

. "${0%/*}/../lib/lib.sh"

segment A B
carp A vhid 1 pass secret state master
up A
is_state A INIT "without an address A takes no part"
vip A 192.0.2.100/24
wait_state A MASTER 1
sleep 2.5
is_state A MASTER "A stays MASTER"
ip -n A addr del 192.0.2.100/24 dev carp0
is_state A INIT "without its address A has left"

judge
output=$(framecheck adverts -f "$OUT/frames.tsv" --host A \
	--pass secret --vips 192.0.2.100)
ok $? "every advertisement is authenticated over the address" ||
	diag "$output"
within "$(grep -c 'host=A' <<<"$output")" 3 6 "there are so many"
like "$(grep 'host=A' <<<"$output" | tail -n 1)" "bow_out=(1|yes)" \
	"the last one is the good-bye"

finish
