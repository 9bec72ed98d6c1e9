# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# An address that several vhids of A and B share, and many clients that ask for
# it, in whose name X speaks. To be set before: vip, the address; vip_len, of its
# subnet; first, the address of the first client.
#
#	inquirers TO...			what clients ask all ($for_all), or a MAC
#	inquire [TO]			they do
#	vmac VHID
#	balance 0|1			net.carp.arpbalance on both hosts
#	share HOST VHID SKEW		one more carpVHID with the address
#	share_two			A is MASTER of vhid 1 and B of vhid 2, with
#					a server each
#	at HOST				the MAC that it knows of the address
#	forget HOST			it does not know it any more
#	begin NAME, end NAME		a window in the recording
#	answers_of WINDOW VHID... names_of WINDOW...
#					what clients.py is to look at there
#	answered REGEX NAME		a test of its next answer

# shellcheck disable=SC2154 # vip, vip_len and first
for_all=ff:ff:ff:ff:ff:ff
x=$(mac X)
declare -A from to

clients() { python3 "$TESTS/lib/clients.py" "$@"; }
vmac() { printf 00:00:5e:00:01:%02x "$1"; }
at() { lladdr "$1" "$vip"; }
begin() { from[$1]=$(now); }
end() { to[$1]=$(now); }

forget() {
	local family=-4
	[[ $vip != *:* ]] || family=-6
	ip -n "$1" $family neigh flush to "$vip" dev eth0
}

inquirers() {
	local to
	for to; do
		clients ask "$x" "$vip" "$to" "$first" 256 >"$OUT/ask.$to"
	done
}

inquire() {
	local frames
	mapfile -t frames <"$OUT/ask.${1:-$for_all}"
	inject X:eth0 -i 1000 "${frames[@]}" >/dev/null
	sleep 0.1
}

balance() {
	on A sysctl -qw net.carp.arpbalance="$1"
	on B sysctl -qw net.carp.arpbalance="$1"
}

share() {
	ip -n "$1" link add "carp$2" link eth0 type carp vhid "$2" advskew "$3" pass secret
	vip "$1" "$vip/$vip_len" "carp$2"
	up "$1" "carp$2"
}

share_two() {
	local host
	share A 1 0
	share B 1 100
	share B 2 0
	share A 2 100
	wait_state A MASTER 10 carp1
	wait_state B MASTER 10 carp2
	wait_state B BACKUP 10 carp1
	wait_state A BACKUP 10 carp2
	for host in A B; do
		session serve $host "$vip" 7 --name $host --freebind -b
	done
	# Announcements of the takeovers are over.
	sleep 4
}

answers_of() {
	echo "answers ${from[$1]} ${to[$1]} $vip $first 256 ${*:2}"
}

names_of() {
	local window
	for window; do
		echo "names ${from[$window]} ${to[$window]} $vip A B"
	done
}

# From $OUT/answers, which is open as 3.
answered() {
	local answer
	read -r answer <&3
	like "$answer" "^$1$" "$2"
}
