# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Hosts with network cards as hardware is, on top of lib.sh; the scenario says so
# with "# options: --nics". Each has one, with a driver of its own, and a cable to
# the switch, at a port that has the name of the host:
#
#	A:eth0 e1000e	   ---+
#	B:eth0 virtio_net  ---+
#	C:eth0 vmxnet3	   ---+--- SW:br0
#	D:eth0 e1000	   ---+
#
#	cards HOST...		192.0.2.1/24, 2001:db8::1/64 and so on, in the order of
#				the cards; recorded as by segment
#	driver HOST
#	cable HOST on|off	plug and pull it: both ends have a link, or none
#	has_link HOST [DEV]

# shellcheck source=tests/lib/lib.sh
. "${BASH_SOURCE[0]%/*}/lib.sh"

# The device at a slot of the PCI bus, with or without the bus of virtio between.
in_slot() {
	local slot path
	printf -v slot '/sys/bus/pci/devices/0000:00:%02x.0' "$1"
	for path in "$slot"/net/* "$slot"/virtio*/net/*; do
		[[ ! -e $path ]] || echo "${path##*/}"
	done
}
all_there() {
	local slot
	for slot in {16..23}; do
		[[ -n $(in_slot "$slot") ]] || return
	done
}

driver() {
	on "$1" ethtool -i eth0 | sed -n 's/^driver: //p'
}

has_link() {
	[[ $(ip -n "$1" link show "${2:-eth0}") == *LOWER_UP* ]]
}

cards() {
	local host number=0
	modprobe -a e1000 e1000e vmxnet3 virtio_pci virtio_net
	wait_for 5 all_there
	switch
	for host; do
		ip netns add "$host"
		inodes[$host]=$(inode "$host")
		hosts+=("$host")
		ip -n "$host" link set lo up
		ip link set "$(in_slot $((16 + number)))" netns "$host" name eth0
		ip link set "$(in_slot $((20 + number)))" netns SW name "$host"
		# What comes by the cable, and not what would be made of it.
		on SW ethtool -K "$host" gro off
		ip -n SW link set "$host" master br0 up
		ip -n "$host" link set eth0 up
		ip -n "$host" addr add "192.0.2.$((++number))/24" dev eth0
		ip -n "$host" addr add "2001:db8::$number/64" dev eth0 nodad
	done
	for host; do
		wait_for 10 has_link "$host"
	done
	[[ -n ${NO_RECORD:-} ]] || record "${hosts[@]}"
}

# The CPU stops at the write, as if it had panicked; tests/vm/cables.pl has it go
# on. What is said goes by a serial port, and must be out before.
cable() {
	local host=$1 way=$2 i
	for i in "${!hosts[@]}"; do
		[[ ${hosts[i]} == "$host" ]] || continue
		echo "#@ cable $i $way"
		stty -a <&1 >/dev/null
		read -r -t 0.1 -u "$tap_never" || true
		printf '\001' | dd of=/dev/port bs=1 seek=$((0x505)) 2>/dev/null
	done
	# Its emulation in QEMU 7.2 does not tell that it has lost the link.
	[[ $way$(driver "$host") != offe1000e ]] || on "$host" ethtool -r eth0
}
