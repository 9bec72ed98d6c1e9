#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: merge.sh PROGRAM...
#
# Runs programs that print TAP and makes one stream of it. A program that does
# not keep its plan or fails in another way is one more failed test.

for program in "$@"; do
	name=${program##*/}
	name=${name%.t}
	"$program" | sed "s/^\(not \)\?ok [0-9]* - /&$name: /"
	echo "end ${PIPESTATUS[0]} $name"
done | awk '
	/^1\.\.0 # *SKIP/ { print "ok " ++total " " substr($0, 6) }
	/^1\.\.[0-9]+/ { plan = substr($1, 4); planned = 1 }
	/^(not )?ok / {
		count++
		sub(/ok [0-9]+/, "ok " ++total)
		if (/^not/ && !/# *TODO/)
			failed++
	}
	/^#/ || /^(not )?ok / { print }
	/^end / {
		good = planned && plan == count && ($2 == 0 || failed)
		bad += failed + !good
		printf "%sok %d - %s: ends as planned\n",
			good ? "" : "not ", ++total, $3
		if (!good)
			printf "# status %d, %d of %s tests\n", $2, count,
				planned ? plan : "?"
		plan = planned = count = failed = 0
	}
	END { print "1.." total; exit bad > 0 }'
