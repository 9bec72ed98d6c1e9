#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The guest's part of tests/vm/reboot: a MASTER on a network card.

# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"

modprobe -q -a virtio_pci virtio_net
wait_ok 5 "there is a network card" test -e /sys/class/net/eth0
ip link set eth0 up
ip addr add 192.0.2.1/24 dev eth0
run_ok "a carp interface on it" \
	ip link add carp0 link eth0 type carp vhid 1 advskew 10 pass secret
ip addr add 192.0.2.100/24 dev carp0
ip link set carp0 up

is_master() { [[ $(cat /sys/class/net/carp0/operstate) == up ]]; }
wait_ok 5 "it is MASTER" is_master
sleep 2
done_testing
