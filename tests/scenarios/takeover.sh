#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# options: --leaks
# rt: core
#
# The master's cable is pulled: no bow-out, the backup times it out. The cable
# is plugged in again: the better one is master again.
#
#	A (master) ---+
#	B (backup) ---+--- SW
#	C (client) ---+

. "${0%/*}/../lib/lib.sh"

segment A B C
pair pass secret

like "$(ip -n A -d link show carp0)" \
	"carp state MASTER vhid 1 advbase 1 advskew 0" "ip -d shows it"
run_ok "the client reaches the address" on C ping -c 2 -i 0.1 -W 1 192.0.2.100
is "$(lladdr C 192.0.2.100)" \
	00:00:5e:00:01:01 "at the virtual MAC"

cut A
wait_state B MASTER 5
run_ok "the client reaches it again" on C ping -c 2 -i 0.1 -W 1 192.0.2.100
is "$(state A)" MASTER "A knows nothing of it"
join A
wait_state B BACKUP 3
is "$(masters A B)" A "one master in the end"
run_ok "the client reaches it still" on C ping -c 2 -i 0.1 -W 1 192.0.2.100

finish
