# SPDX-License-Identifier: GPL-2.0-only
#
# What the guest says, as one TAP stream: the scenario's own tests, then init's.
# They are numbered anew here, and the plan at the end counts both; that the
# scenario kept its own plan, and that the guest came to its end, are tests too.
# KTAP of the kernel (VM_MODE kunit) is nested; its innermost tests are taken.
#
# Sets the exit status: 0 if all went well.

function say(good, text) {
	print (good ? "ok " : "not ok ") ++n " - " text
	if (!good)
		failed++
	fflush()
}

{ sub(/\r$/, "") }

$1 == "#@" {
	if ($2 == "scenario")
		inside = 1
	else if ($2 == "end") {
		inside = 0
		ended = 1
		say(plan == count && plan != "" && $3 == 0,
		    "scenario: plan " (plan == "" ? "missing" : plan) ", " \
		    count + 0 " run, exit status " $3)
	} else if ($2 == "ktap") {
		ktap = 1
		suite = totals = ""
	} else if ($2 == "tap") {
		ktap = 0
		ended = 1
		say(totals != "" && totals !~ /pass:0 /,
		    "KUnit totals:" (totals == "" ? " missing" : totals))
	} else if ($2 == "done")
		done = 1
	next
}

# A test of a suite is indented by four, the cases of a parameterised one by
# eight, and then both the cases and their sum are there: the sum is enough.
ktap && /^ *# Subtest: / { depth = match($0, /#/); if (depth <= 5) suite = $3; next }
ktap && /^# Totals:/ { totals = totals substr($0, 10); next }
ktap && /^    (not )?ok [0-9]/ {
	good = ($1 == "ok")
	line = $0
	sub(/^ *(not )?ok [0-9]+ *-? */, "", line)
	say(good, suite ": " line)
	next
}
ktap { print "# " $0; next }

inside && /^1\.\.[0-9]+/ {
	plan = substr($1, 4) + 0
	if (plan == 0 && /#/)
		print "# " $0
	next
}
/^(not )?ok( |$)/ {
	if (inside)
		count++
	good = ($1 == "ok")
	todo = /# *TODO/
	line = $0
	sub(/^(not )?ok *[0-9]* *-? */, "", line)
	if (!good && !todo)
		failed++
	print (good ? "ok " : "not ok ") ++n " - " line
	fflush()
	next
}
/^Bail out!/ { print "# " $0; next }
/^#/ || /^[ \t]*$/ { print; fflush(); next }
# Output that is not TAP must not be taken for it.
{ print "# " $0; fflush() }

END {
	if (!ended || !done)
		say(0, "the guest came to its end")
	print "1.." n
	print failed ? "# verdict: " failed " of " n " failed" : "# verdict: pass"
	exit failed > 0
}
