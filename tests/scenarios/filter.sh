#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
# 6.1: long
#
# What the guide says of packet filters: advertisements to the group are neither
# lost on INPUT nor on OUTPUT, an egress rule of the carrier sees them, and those
# to peers pass both, untracked.
#
#	A (master) ---+--- SW
#	B (backup) ---+

. "${0%/*}/../lib/lib.sh"

segment A B
pair_vips=(192.0.2.100/24 2001:db8::100/64)
own6 A B
# One does not stay MASTER because it was.
pair pass secret preempt on

# rules HOST: replaced by those on stdin
rules() { on "$1" nft -f <(echo "flush ruleset"; cat); }
# seen HOST CHAIN: by each of its rules that counts
seen() { on "$1" nft list chain inet filter "$2" | grep -o "packets [0-9]*"; }

for host in A B; do
	rules $host <<-END
		table inet filter {
			chain input {
				type filter hook input priority 0
				meta l4proto 112 counter drop
			}
			chain output {
				type filter hook output priority 0
				meta l4proto 112 counter drop
			}
		}
	END
done
tally B >/dev/null
sleep 5
like "$(tally B)" "^ipackets=[4-6] ipackets6=[4-6]$" \
	"dropped on INPUT and OUTPUT: B hears A, by both families"
is "$(masters A B)" A "and there is one MASTER"
is "$(seen A output)" "packets 0" "OUTPUT has seen none of it"
like "$(seen B input)" "packets [1-9]" "INPUT has, when it was read already"
cut A
wait_state B MASTER 5
join A
wait_state B BACKUP 5

rules A <<-END
	table netdev filter {
		chain egress {
			type filter hook egress device "eth0" priority 0
			meta protocol ip ip protocol 112 drop
			meta protocol ip6 ip6 nexthdr 112 drop
		}
	}
END
wait_state B MASTER 5
# What cannot be sent demotes; and B is heard.
wait_state A BACKUP 10
rules A </dev/null
# It is not trusted at once.
wait_state A MASTER 100
wait_state B BACKUP 5

# Peers
ip -n A link set carp0 type carp peer 192.0.2.2 peer6 2001:db8::2
ip -n B link set carp0 type carp peer 192.0.2.1 peer6 2001:db8::1
rules A <<-END
	table inet filter {
		chain output {
			type filter hook output priority 0
			meta l4proto 112 ct state untracked counter accept
			meta l4proto 112 counter
		}
	}
END
rules B </dev/null
sleep 5
is "$(masters A B)" A "peers: one MASTER"
like "$(seen A output | xargs)" "^packets [1-9][0-9]* packets 0$" \
	"peers: OUTPUT sees what A sends, untracked"
rules B <<-END
	table inet filter {
		chain input {
			type filter hook input priority 0
			meta l4proto 112 drop
		}
	}
END
wait_state B MASTER 5
rules B </dev/null
wait_state B BACKUP 5
finish
