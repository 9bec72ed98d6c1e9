# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Flows that a flowtable of nftables forwards past the routing code, for scenarios of
# gateways. Sourced after lib.sh.
#
#	offload HOST DEV...	UDP that HOST forwards between the devices
#	forwarded_slowly HOST	packets that have passed by the routing code
#	echo_server HOST	answers UDP to port 9
#	talk HOST FROM TO N	how many of N datagrams are answered

offload() {
	local host=$1 devices
	shift
	devices=$(printf '"%s", ' "$@")
	on "$host" nft -f - <<-END
		table inet fast {
			counter slow { }
			flowtable ft {
				hook ingress priority 0
				devices = { ${devices%, } }
			}
			chain forward {
				type filter hook forward priority 0
				ip protocol udp counter name "slow"
				ip protocol udp flow add @ft
			}
		}
	END
}

forwarded_slowly() {
	on "$1" nft list counter inet fast slow |
		sed -n 's/.*packets \([0-9]*\).*/\1/p'
}

echo_server() { on "$1" timeout 300 socat UDP4-RECVFROM:9,fork EXEC:cat & }

talk() {
	on "$1" python3 -c '
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind((sys.argv[1], 4000))
s.connect((sys.argv[2], 9))
s.settimeout(0.3)
n = 0
for i in range(int(sys.argv[3])):
    try:
        s.send(b"x")
        s.recv(10)
        n += 1
    except OSError:
        pass
print(n)' "$2" "$3" "$4"
}
