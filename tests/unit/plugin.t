#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The plugin for ip, with the real ip and without the module: what is sent is
# seen by strace, what is printed is what linkinfo.so makes of lo.
#
# usage: PLUGIN_DIR=DIR plugin.t	where link_carp.so and linkinfo.so are

set -u
cd "${0%/*}" || exit 1

# Should the module be there after all, it must not be this network's.
if [ -z "${PLUGIN_NETNS:-}" ]; then
	export PLUGIN_NETNS=1
	for flags in -n -rn; do
		unshare $flags true 2>/dev/null &&
			exec unshare $flags "./${0##*/}"
	done
fi

: "${PLUGIN_DIR:=$PWD/../../build/unit}"
export IP_LIB_DIR=$PLUGIN_DIR
PATH=$PATH:/usr/sbin:/sbin
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

count=0 failed=0

# ok STATUS NAME
ok() {
	count=$((count + 1))
	if [ "$1" = 0 ]; then
		echo "ok $count - $2"
	else
		echo "not ok $count - $2"
		failed=$((failed + 1))
	fi
}

# is GOT WANTED NAME
is() {
	local good=0
	[ "$1" = "$2" ] || good=1
	ok $good "$3"
	[ $good = 0 ] || printf '# got    %q\n# wanted %q\n' "$1" "$2"
}

# like TEXT PATTERN NAME: a pattern of the shell
like() {
	local good=0
	# shellcheck disable=SC2053
	[[ $1 == $2 ]] || good=1
	ok $good "$3"
	[ $good = 0 ] || printf '# got    %q\n# wanted %q\n' "$1" "$2"
}

# add ARGUMENTS: runs ip link add type carp; sets status, errors and sent, the
# bytes of IFLA_INFO_DATA in hexadecimal or nothing
add() {
	local trace
	status=0
	strace -f -o "$tmp/trace" -e trace=sendmsg -xx -s 4096 \
		ip link add carp0 link lo type carp "$@" \
		>"$tmp/out" 2>"$tmp/err" || status=$?
	errors=$(<"$tmp/err")
	trace=$(grep RTM_NEWLINK "$tmp/trace")
	sent=
	case $trace in
	*'IFLA_INFO_DATA}, "'*)
		sent=${trace##*IFLA_INFO_DATA\}, \"}
		sent=${sent%%\"*}
		sent=${sent//\\x/}
		;;
	*RTM_NEWLINK*) sent=no-data ;;
	esac
}

# sends HEX NAME ARGUMENTS
sends() {
	local want=$1 name=$2
	shift 2
	add "$@"
	is "$sent" "${want// /}" "$name"
}

# refuses PATTERN NAME ARGUMENTS: says so, sends nothing, fails
refuses() {
	local want=$1 name=$2 good=0
	shift 2
	add "$@"
	[ "$status" != 0 ] && [ -z "$sent" ] || good=1
	ok $good "$name: nothing sent"
	like "$errors" "$want" "$name: says why"
}

vhid() { printf '05000100%02x000000' "$1"; }
advbase() { printf '05000200%02x000000' "$1"; }
advskew() { printf '05000300%02x000000' "$1"; }
state() { printf '05000500%02x000000' "$1"; }
demotion() { printf '08000600%02x%02x0000' $(($1 & 255)) $(($1 >> 8)); }
preempt() { printf '05000700%02x000000' "$1"; }
preempt_delay() { printf '08000800%02x%02x0000' $(($1 & 255)) $(($1 >> 8)); }
key() { printf '18000400%s' "$(printf '%s%040d' "$1" 0 | cut -c1-40)"; }
word() { printf %s "$1" | od -An -tx1 | tr -d ' \n'; }

for tool in ip strace od; do
	command -v $tool >/dev/null || {
		echo "1..0 # SKIP no $tool"
		exit 0
	}
done

# help

for command in "link help carp" "link add type carp help"; do
	# shellcheck disable=SC2086
	like "$(ip $command 2>&1)" "Usage: ip link add NAME*passfile FILE*pass WORD*key HEX*Prefer passfile*" \
		"ip $command prints the usage"
done

# numbers: what fits into a byte is the kernel's to judge

for n in 0 1 128 255; do
	sends "$(vhid $n)" "vhid $n is sent" vhid $n
	sends "$(vhid 1)$(advbase $n)" "advbase $n is sent" advbase $n vhid 1
	sends "$(vhid 1)$(advskew $n)" "advskew $n is sent" vhid 1 advskew $n
done
sends "$(vhid 16)" "a hexadecimal number is one" vhid 0x10
[ -e /sys/module/carp ] ||
	is "$errors" "Error: Unknown device type." \
		"what the kernel says is printed"
sends no-data "nothing is made up"
for n in 256 300 -1 1.5 x '' 1x 4294967297; do
	for option in vhid advbase advskew; do
		refuses "Error: argument \"$n\" is wrong: $option must be a number, [01]..25[45]*" \
			"$option '$n'" $option "$n"
	done
done
for option in vhid advbase advskew; do
	refuses "*duplicate \"$option\"*" "$option twice" $option 1 $option 1
	refuses "Command line is not complete*" "$option alone" $option
done

# state

sends "$(state 2)" "state master" state master
sends "$(state 1)" "state backup" state backup
sends "$(state 2)" "state as it is printed" state MASTER
sends "$(state 0)" "state INIT is the kernel's to judge" state INIT
refuses "*state must be \"master\" or \"backup\"*" "state x" state x
refuses "*duplicate \"state\"*" "state twice" state backup state backup

# demotion, which the kernel takes only if it is true

refuses "*demotion must be a number*" "demotion x" demotion x
refuses "*duplicate \"demotion\"*" "demotion twice" demotion 0 demotion 0

# preemption

sends "$(preempt 0)" "preempt off" preempt off
sends "$(preempt 1)" "preempt on" preempt on
sends "$(preempt 2)" "preempt default" preempt default
refuses "*preempt must be \"on\", \"off\" or \"default\"*" "preempt 1" preempt 1
refuses "*duplicate \"preempt\"*" "preempt twice" preempt on preempt on
for n in 0 1 255 256 3601; do
	sends "$(preempt_delay $n)" "preempt-delay $n is sent" preempt-delay $n
done
sends "$(preempt 1)$(preempt_delay 30)" "both" preempt-delay 30 preempt on
for n in -1 1.5 x '' 4294967296; do
	refuses "*preempt-delay must be a number, 0..3600 seconds*" \
		"preempt-delay '$n'" preempt-delay "$n"
done

# peers

peer() { printf '%02x000900%s' $((4 + ${#1} / 2)) "$1"; }
peer6() { printf '%02x000a00%s' $((4 + ${#1} / 2)) "$1"; }
minttl() { printf '05000b00%02x000000' "$1"; }
sends "$(peer c0000202)" "one peer" peer 192.0.2.2
sends "$(peer c0000202c00002e00a000001)" "three peers, in their order" \
	peer 192.0.2.2,192.0.2.224,10.0.0.1
sends "$(peer "")" "no peers" peer none
sends "$(peer 00000000)" "what the kernel will judge" peer 0.0.0.0
sends "$(peer6 fe800000000000000000000000000001)" "peer6" peer6 fe80::1
sends "$(peer6 "")" "no peer6" peer6 none
sends "$(peer c0000202)$(minttl 1)" "minttl" minttl 1 peer 192.0.2.2
many=$(printf '192.0.2.%d,' {1..33})
sends "84000900$(printf 'c00002%02x' {1..32})" "32 peers" peer "${many%,*,}"
refuses "*peer takes at most 32 addresses*" "33 peers" peer "${many%,}"
for bad in '' , 192.0.2.2, ,192.0.2.2 192.0.2.2,,192.0.2.3 192.0.2 x \
	192.0.2.256 "192.0.2.2 192.0.2.3" fe80::1 none,192.0.2.2 \
	"$(printf '1%.0s' {1..99})"; do
	refuses "*peer must be IPv4 addresses*none*" "peer '$bad'" peer "$bad"
done
refuses "*peer6 must be IPv6 addresses*" "peer6 192.0.2.2" peer6 192.0.2.2
refuses "*duplicate \"peer\"*" "peer twice" peer none peer none
refuses "*minttl must be a number, 1..255*" "minttl 256" minttl 256

# deliver, broadcast, link-delay, announce-interval, lladdr

deliver() { printf '05000c00%02x000000' "$1"; }
broadcast() { printf '05000d00%02x000000' "$1"; }
link_delay() { printf '08000e00%02x%02x0000' $(($1 & 255)) $(($1 >> 8)); }
announce() { printf '08000f00%02x%02x0000' $(($1 & 255)) $(($1 >> 8)); }
lladdr() { printf '05001000%02x000000' "$1"; }
sends "$(deliver 0)" "deliver auto" deliver auto
sends "$(deliver 1)" "deliver lower" deliver lower
sends "$(deliver 2)" "deliver self" deliver self
refuses "*deliver must be \"auto\", \"lower\" or \"self\"*" "deliver eth0" deliver eth0
sends "$(broadcast 0)" "broadcast off" broadcast off
sends "$(broadcast 1)" "broadcast on" broadcast on
refuses "*broadcast must be \"on\" or \"off\"*" "broadcast 1" broadcast 1
refuses "*duplicate \"broadcast\"*" "broadcast twice" broadcast on broadcast on
sends "$(lladdr 0)" "lladdr virtual" lladdr virtual
sends "$(lladdr 1)" "lladdr lower" lladdr lower
refuses "*lladdr must be \"virtual\" or \"lower\"*" "a MAC as lladdr" \
	lladdr 02:00:00:00:00:01
for n in 0 1 256 3601; do
	sends "$(link_delay $n)" "link-delay $n is sent" link-delay $n
	sends "$(announce $n)" "announce-interval $n is sent" announce-interval $n
done
for n in -1 0.5 x '' 4294967296; do
	refuses "*link-delay must be a number, 0..3600 seconds*" \
		"link-delay '$n'" link-delay "$n"
	refuses "*announce-interval must be a number, 0..1000 milliseconds*" \
		"announce-interval '$n'" announce-interval "$n"
done
sends "$(deliver 2)$(broadcast 1)$(link_delay 30)$(announce 70)$(lladdr 1)" \
	"all five" lladdr lower announce-interval 70 link-delay 30 broadcast on \
	deliver self

# passwords and keys

nineteen=abcdefghijklmnopqrs
hex=000102030405060708090a0b0c0d0e0f10111213
sends "$(vhid 1)$(key "$(word changeme)")" "pass" vhid 1 pass changeme
sends "$(key "$(word $nineteen)")" "pass of 19 bytes" pass $nineteen
sends "$(key "$(word 'a "b')")" "pass with odd characters" pass 'a "b'
sends "$(key "$(word $'\xff\xfe\x80')")" "pass that is no text" pass $'\xff\xfe\x80'
refuses "*password is empty*" "empty pass" pass ''
sends "$(key $hex)" "key" key $hex
sends "$(key $hex)" "key in capitals" key ${hex/0a0b/0A0B}
refuses "*longer than 19 bytes; ifconfig of the BSDs would silently cut it*" \
	"pass of 20 bytes" pass ${nineteen}t
for bad in "$(word x)" ${hex}00 ${hex%?} ${hex%?}g "0x${hex%??}" ''; do
	refuses "*\"key\" must be exactly 40 hexadecimal digits*" \
		"key of ${#bad} characters" key "$bad"
done

printf 'secret' >"$tmp/plain"
printf 'secret\nsecond line, which is longer than a password\n' >"$tmp/lines"
printf '%st\n' $nineteen >"$tmp/long"
printf '%s\n' $nineteen >"$tmp/nineteen"
printf '\nsecret\n' >"$tmp/blank"
printf 'se\0cret\n' >"$tmp/zero"
: >"$tmp/empty"
secret=$(key "$(word secret)")
sends "$secret" "passfile without a newline" passfile "$tmp/plain"
sends "$secret" "passfile, first line" passfile "$tmp/lines"
sends "$(key "$(word $nineteen)")" "passfile of 19 bytes" \
	passfile "$tmp/nineteen"
sends "$secret" "passfile -" passfile - <"$tmp/lines"
printf 'secret\r\n' >"$tmp/crlf"
refuses "*ends with CR LF*" "passfile with CR LF" passfile "$tmp/crlf"
refuses "*longer than 19 bytes*" "passfile of 20 bytes" passfile "$tmp/long"
refuses "*is empty*" "passfile, empty" passfile "$tmp/empty"
refuses "*is empty*" "passfile, blank first line" passfile "$tmp/blank"
refuses "*zero byte*" "passfile, zero byte" passfile "$tmp/zero"
refuses "*cannot open passfile \"$tmp/none\": No such file*" \
	"passfile, none" passfile "$tmp/none"
refuses "*cannot read passfile \"$tmp\": Is a directory*" \
	"passfile, a folder" passfile "$tmp"
for pair in "pass a pass a" "pass a key $hex" "key $hex pass a" \
	"passfile $tmp/plain pass a" "pass a passfile $tmp/plain" \
	"key $hex key $hex"; do
	# shellcheck disable=SC2086
	refuses "*only one of \"pass\", \"passfile\" and \"key\"*" \
		"${pair//$tmp\//}" $pair
done
refuses "*carp has no option \"vhids\"*Usage*" "unknown option" vhids 1

# No message repeats a secret.

add pass topsecret key topsecret
good=0
case $errors in *topsecret*) good=1 ;; esac
ok $good "errors do not repeat a secret"

# Nor does it stay in the arguments: they are looked at while the request is
# held back.

for secret in "pass topsecret" "key $hex"; do
	# shellcheck disable=SC2086
	strace -o "$tmp/trace" -e inject=sendmsg:delay_enter=1s:when=2+ \
		ip link add carp0 link lo type carp $secret >/dev/null 2>&1 &
	seen=
	for ((i = 0; i < 100; i++)); do
		pid=$(pgrep -P $!)
		[ -r "/proc/$pid/cmdline" ] &&
			seen=$(tr '\0' ' ' <"/proc/$pid/cmdline")
		[[ $seen == *" ${secret% *} "* && $seen != *"${secret#* }"* ]] &&
			break
		sleep 0.05
	done
	wait $!
	like "$seen" "ip link add carp0 link lo type carp ${secret% *} *" \
		"arguments are seen"
	good=0
	[[ $seen != *"${secret#* }"* ]] || good=1
	ok $good "the ${secret% *} is not among them"
done

# printing

# print FLAGS ATTRIBUTES...
print() {
	local -a flags
	read -ra flags <<<"$1"
	shift
	LINKINFO=$(printf %s "$@") LD_PRELOAD=$PLUGIN_DIR/linkinfo.so \
		ip "${flags[@]}" link show dev lo | tr -d '\n'
}

# json ATTRIBUTES...: what is in info_data
json() {
	local out
	out=$(print "-d -j" "$@")
	out=${out##*\"info_data\":}
	echo "${out%%\}*}}"
}

all=("$(vhid 1)" "$(advbase 1)" "$(advskew 100)" "$(key $hex)" "$(state 2)"
	"$(demotion 480)")
like "$(print -d "${all[@]}")" \
	"*    carp state MASTER vhid 1 advbase 1 advskew 100 demotion 480 *" "text"
is "$(json "${all[@]}")" \
	'{"state":"MASTER","vhid":1,"advbase":1,"advskew":100,"demotion":480}' "JSON"
good=0
out=$(print -d "${all[@]}"; print "-d -j" "${all[@]}")
case $out in *key* | *"${hex:0:8}"* | *pass*) good=1 ;; esac
ok $good "a key is never printed"
is "$(json "$(state 0)" "$(vhid 255)")" '{"state":"INIT","vhid":255}' "INIT"
is "$(json "$(state 1)" "$(vhid 0)")" '{"state":"BACKUP","vhid":0}' "BACKUP"
is "$(json "$(state 9)")" '{"state":"9"}' "a state of a newer kernel"
is "$(json "$(vhid 7)" 0500630001000000)" '{"vhid":7}' \
	"an attribute of a newer kernel"
is "$(json 04000100 "$(advbase 3)")" '{"advbase":3}' "an empty attribute"
is "$(json)" '{}' "no attribute"
unset LINKINFO
like "$(LD_PRELOAD=$PLUGIN_DIR/linkinfo.so ip -d link show dev lo 2>&1)" \
	"*carp*" "no data at all"
good=0
case $(print "" "${all[@]}") in *carp*) good=1 ;; esac
ok $good "nothing without -d"

more=("${all[@]}" "$(preempt 1)" "$(preempt_delay 300)" \
	"$(peer c0000202c00002e0)" "$(minttl 9)" "$(deliver 2)" "$(broadcast 1)" \
	"$(link_delay 30)" "$(announce 70)" "$(lladdr 1)")
like "$(print -d "${more[@]}")" \
	"*advskew 100 demotion 480 preempt-delay 300 minttl 9 link-delay 30 announce-interval 70 preempt on deliver self broadcast on lladdr lower peer 192.0.2.2,192.0.2.224 *" \
	"text of all options"
is "$(json "$(vhid 1)" "$(preempt 0)" "$(preempt_delay 3600)")" \
	'{"vhid":1,"preempt_delay":3600,"preempt":"off"}' "JSON of preemption"
is "$(json "$(preempt 2)" "$(preempt_delay 0)")" \
	'{"preempt_delay":0,"preempt":"default"}' "JSON of what is usual"
is "$(print -d "${all[@]}")" \
	"$(print -d "${all[@]}" "$(preempt 2)" "$(preempt_delay 0)")" \
	"the text is silent about what is usual"
usual=("$(deliver 0)" "$(broadcast 0)" "$(link_delay 0)" "$(announce 0)" "$(lladdr 0)")
is "$(print -d "${all[@]}")" "$(print -d "${all[@]}" "${usual[@]}")" \
	"and about deliver auto, broadcast off, no delays and lladdr virtual"
is "$(json "${usual[@]}")" \
	'{"link_delay":0,"announce_interval":0,"deliver":"auto","broadcast":"off","lladdr":"virtual"}' \
	"JSON is not"
is "$(json "$(deliver 1)" "$(broadcast 1)" "$(link_delay 3600)" "$(announce 1000)" "$(lladdr 1)")" \
	'{"link_delay":3600,"announce_interval":1000,"deliver":"lower","broadcast":"on","lladdr":"lower"}' \
	"JSON of what is not usual"
is "$(json "$(preempt 7)")" '{"preempt":"7"}' "a preempt of a newer kernel"

is "$(json "$(vhid 1)" "$(peer c0000202c00002e0)" "$(minttl 254)")" \
	'{"vhid":1,"minttl":254,"peer":["192.0.2.2","192.0.2.224"]}' "JSON of peers"
is "$(json "$(peer6 fe800000000000000000000000000001)")" \
	'{"peer6":["fe80::1"]}' "JSON of peer6"
is "$(json "$(peer "")")" '{}' "JSON of no peers"
like "$(print -d "$(vhid 1)" "$(peer c0000202c00002e0)" "$(minttl 1)")" \
	"*carp vhid 1 minttl 1 peer 192.0.2.2,192.0.2.224 *" "text of peers"
is "$(print -d "${all[@]}")" "$(print -d "${all[@]}" "$(minttl 255)")" \
	"the text is silent about minttl 255"

# What is printed can be entered again.
text=$(print -d "${all[@]}")
text=${text##* carp }
text=${text%% addrgenmode*}
text=${text%% numtxqueues*}
# shellcheck disable=SC2086
sends "$(vhid 1)$(advbase 1)$(advskew 100)$(state 2)$(demotion 480)" \
	"text as arguments" $text
text=$(print -d "${more[@]}")
text=${text##* carp }
text=${text%% addrgenmode*}
text=${text%% numtxqueues*}
# shellcheck disable=SC2086
sends "$(vhid 1)$(advbase 1)$(advskew 100)$(state 2)$(demotion 480)$(preempt 1)$(preempt_delay 300)$(peer c0000202c00002e0)$(minttl 9)$(deliver 2)$(broadcast 1)$(link_delay 30)$(announce 70)$(lladdr 1)" \
	"text of all options as arguments" $text

echo "1..$count"
[ $failed = 0 ]
