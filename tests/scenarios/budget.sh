#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kernels: stock-6.1 stock-6.12
# 6.1: long
#
# A flood of wrong digests from one address is looked at by samples only, which
# never shuts out a master: not another one, not one whose address is forged and
# that was heard before, and not even one that never was.
#
#	A (carp)		---+
#	C (forger, and peer)	---+--- SW

# shellcheck disable=SC2317 # wait_ok calls them
. "${0%/*}/../lib/lib.sh"

segment A C
foreign C
carp A vhid 1 advskew 100 pass secret
vip A 192.0.2.100/24
up A
wait_state A MASTER
tally A >/dev/null

# forged SOURCE NUMBER
forged() {
	inject C:eth0 --carp pass=wrong vhid=1 vips=192.0.2.100 skew=1 \
		src="$1" -i 0 -c "$2" >/dev/null
}
# genuine SOURCE [SKEW]: one
genuine() {
	inject C:eth0 --carp pass=secret vhid=1 vips=192.0.2.100 \
		src="$1" skew="${2:-1}" >/dev/null
}

forged 192.0.2.50 1024
is "$(tally A)" "ipackets=1024 badauth=1024" "as many as a mistake may make: all looked at"
is_state A MASTER "and none obeyed"
sleep 1.1

forged 192.0.2.50 6024
seen=$(tally A)
looked=$(field badauth <<<"$seen")
is "$(field ipackets <<<"$seen") $((looked + $(field unchecked <<<"$seen")))" \
	"6024 6024" "more: looked at, or not"
# 1,024, and of the other 5,000 one in 16: 312, give or take four deviations.
within "$looked" $((1024 + 243)) $((1024 + 381)) "one in 16 of what is beyond the budget"
is_state A MASTER "and none obeyed"

# In the midst of that, somebody else.
genuine 192.0.2.60
is_state A BACKUP "a master from another address is heard at once"

# The master's own address is forged: all are looked at, or one could be missed.
tally A >/dev/null
forged 192.0.2.60 5000
is "$(tally A)" "ipackets=5000 badauth=5000" "the master's address: all are looked at"
genuine 192.0.2.60
is "$(tally A)" "ipackets=1" "and the right one is heard"
wait_state A MASTER 6

# An address that was never heard, and is being forged: heard by chance.
forged 192.0.2.70 3000
heard=0
for ((i = 1; i <= 300 && !heard; i++)); do
	genuine 192.0.2.70
	[[ $(state A) != BACKUP ]] || heard=$i
	((heard || i % 10)) || forged 192.0.2.70 1200
done
within "$heard" 1 300 "one whose address was forged beforehand is heard, too"
diag "its number $heard"
sleep 0.2
tally A >/dev/null
forged 192.0.2.70 3000
is "$(field badauth < <(tally A))" 3000 "and from then on has no budget"

finish
