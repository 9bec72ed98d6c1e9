# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# TAP for scenarios. Every test takes its name last; done_testing ends the
# scenario with the plan and the exit status.
#
#	ok STATUS NAME			0 is good
#	pass NAME, fail NAME
#	is GOT WANTED NAME
#	isnt GOT UNWANTED NAME
#	like GOT REGEX NAME		an extended regular expression
#	unlike GOT REGEX NAME
#	run_ok NAME COMMAND...		succeeds; its output is shown if not
#	run_fails NAME COMMAND...	fails, as it should
#	wait_for SECONDS COMMAND...	until it succeeds; status of the last try
#	wait_ok SECONDS NAME COMMAND...	the same as a test
#	never_ok SECONDS NAME COMMAND...	fails whenever looked at, so long
#	skip REASON [NUMBER]		that many tests that cannot be run here
#	diag TEXT...			a comment in the output
#	done_testing

tap_count=0
tap_failed=0

diag() { printf '%s\n' "$*" | sed 's/^/# /'; }

ok() {
	local status=$1 name=$2
	((++tap_count))
	# A number sign would begin a directive.
	name=${name//#/\\#}
	if ((status == 0)); then
		echo "ok $tap_count - $name"
		return 0
	fi
	((++tap_failed))
	echo "not ok $tap_count - $name"
	local i
	for ((i = 1; i < ${#FUNCNAME[@]} - 1; i++)); do
		[[ ${BASH_SOURCE[i]} == */tap.sh ]] || break
	done
	diag "at ${BASH_SOURCE[i]##*/} line ${BASH_LINENO[i - 1]}"
	return 1
}

pass() { ok 0 "$1"; }
fail() { ok 1 "$1"; }

is() {
	local status=0
	[[ $1 == "$2" ]] || status=1
	ok $status "$3" || {
		diag "     got: $1"
		diag "expected: $2"
		return 1
	}
}

isnt() {
	local status=0
	[[ $1 != "$2" ]] || status=1
	ok $status "$3" || {
		diag "     got: $1, which it should not be"
		return 1
	}
}

like() {
	local status=0
	[[ $1 =~ $2 ]] || status=1
	ok $status "$3" || {
		diag "          got: $1"
		diag "expected like: $2"
		return 1
	}
}

unlike() {
	local status=0
	[[ ! $1 =~ $2 ]] || status=1
	ok $status "$3" || {
		diag "              got: $1"
		diag "expected not like: $2"
		return 1
	}
}

run_ok() {
	local name=$1 output status=0
	shift
	output=$("$@" 2>&1) || status=$?
	ok $status "$name" || {
		diag "\$ $*"
		diag "$output"
		diag "exit status $status"
		return 1
	}
}

run_fails() {
	local name=$1 output status=0
	shift
	output=$("$@" 2>&1) && status=1
	ok $status "$name" || {
		diag "\$ $*"
		diag "$output"
		diag "succeeded, but should fail"
		return 1
	}
}

# CLOCK_BOOTTIME in ms, without a process; into the variable NAME if there is one.
tap_now() {
	local up
	read -r up _ </proc/uptime
	up=${up/./}
	if (($#)); then
		printf -v "$1" %d $((10#$up * 10))
	else
		echo $((10#$up * 10))
	fi
}

# Nothing ever comes from there: to wait without a process.
exec {tap_never}<> <(:)

# The condition is looked at after 10 ms, and then ever less often, down to
# every 100 ms: where time is virtual, waiting is free, but looking is not.
wait_for() {
	local now end pause=10
	tap_now now
	((end = now + ${1%.*} * 1000))
	shift
	until "$@" >/dev/null 2>&1; do
		tap_now now
		((now < end)) || return 1
		printf -v now 0.%03d $pause
		read -r -t "$now" -u "$tap_never" || true
		((pause = pause < 50 ? pause * 2 : 100))
	done
}

wait_ok() {
	local seconds=$1 name=$2 status=0
	shift 2
	wait_for "$seconds" "$@" || status=1
	ok $status "$name" || {
		diag "not within $seconds s: $*"
		return 1
	}
}

never_ok() {
	local seconds=$1 name=$2 status=0
	shift 2
	! wait_for "$seconds" "$@" || status=1
	ok $status "$name" || {
		diag "within $seconds s: $*"
		return 1
	}
}

skip() {
	local i
	for ((i = 0; i < ${2:-1}; i++)); do
		echo "ok $((++tap_count)) # SKIP $1"
	done
}

done_testing() {
	echo "1..$tap_count"
	exit $((tap_failed > 0))
}
