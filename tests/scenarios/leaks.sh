#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kernels: debug-6.12
# options: --leaks
#
# That a leak is found: a module loses memory, and the guest, which ends with the
# same question, would fail.

. "${0%/*}/../lib/lib.sh"
. "${0%/*}/../lib/complaints.sh"

kmemleak=/sys/kernel/debug/kmemleak
run_fails "nothing is lost yet" leaks "$OUT/before"
is "$(<"$OUT/before")" "" "and it is looked for"
echo clear >$kmemleak
dmesg -c >/dev/null
run_ok "a module that loses memory" modprobe carp_leak
run_ok "it is found" leaks "$OUT/after"
within "$(grep -c "^unreferenced object" "$OUT/after")" 16 1000 "most of it"
like "$(<"$OUT/after")" "unreferenced object .*\(size 128\):" "with its size"
like "$(<"$OUT/after")" 'comm "modprobe"' "and with who has allocated it"
dmesg >"$OUT/log"
run_ok "the log complains, too" complaints "$OUT/log"
rmmod carp_leak

# As if all had been well; init looks at what is left.
echo clear >$kmemleak
dmesg -C

# shellcheck disable=SC2016 # for the other shell
like "$(setpriv --reuid=65534 --clear-groups bash -c '. "$1"; leaks "$2"; cat "$2"' \
	- "${0%/*}/../lib/complaints.sh" /tmp/nobody 2>/dev/null)" "kmemleak is off" \
	"who could not look does not say that all is well"
done_testing
