# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# ucarp as a host of a topology of lib.sh. It is another implementation, with
# its own limits: it reads packets once a second, and sends from the real MAC
# whatever is not an advertisement; the host is to be foreign.
#
#	ucarp_start HOST OWN VHID PASS VIP ADVSKEW [OPTION...]
#	ucarp_stop HOST			by SIGKILL; the address is gone, too
#	ucarp_state HOST VIP		MASTER if its scripts have set the address
#	ucarp_is HOST VIP STATE

ucarp_start() {
	local host=$1 own=$2 vhid=$3 pass=$4 vip=$5 skew=$6 dir=/tmp/ucarp.$1
	shift 6
	mkdir -p "$dir"
	printf '#!/bin/sh\nip addr add %s/32 dev eth0\n' "$vip" >"$dir/up"
	printf '#!/bin/sh\nip addr del %s/32 dev eth0\n' "$vip" >"$dir/down"
	chmod +x "$dir/up" "$dir/down"
	ip netns exec "$host" ucarp -i eth0 -s "$own" -v "$vhid" -p "$pass" \
		-a "$vip" -b 1 -k "$skew" -u "$dir/up" -d "$dir/down" "$@" \
		>"$OUT/ucarp.$host" 2>&1 &
	echo $! >"$dir/pid"
	echo "$vip" >"$dir/vip"
	disown
}

ucarp_stop() {
	local dir=/tmp/ucarp.$1
	kill -KILL "$(<"$dir/pid")"
	ip -n "$1" addr del "$(<"$dir/vip")/32" dev eth0 2>/dev/null
	return 0
}

ucarp_state() {
	if ip -n "$1" addr show dev eth0 | grep -qF " $2/32 "; then
		echo MASTER
	else
		echo BACKUP
	fi
}

ucarp_is() { [[ $(ucarp_state "$1" "$2") == "$3" ]]; }
