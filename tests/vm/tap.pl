#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
#
# What the guest says, as one TAP stream: the scenario's own tests, then init's.
# They are numbered anew, and the plan at the end counts both; that the scenario
# kept to its own plan, and that the guest came to its end, are tests too. Of
# several scenarios each one's name is put before its tests.
# KTAP of the kernel is nested: its innermost results are taken, the cases of a
# parameterised test instead of their sum, and those of the suites.

use strict;
use warnings;

$| = 1;
my ($run, $failed) = (0, 0);		# tests of all
my ($plan, $count, $inside) = ('', 0, 0);	# of the scenario
my ($ktap, $suite, $totals) = (0, '', '');
my ($suites, $suites_run) = (0, 0);	# of the module
my $cases = 0;				# of the parameterised test
my ($ended, $done) = (0, 0);
my $prefix = '';

sub test {
	my ($good, $text) = @_;
	$failed++ unless $good || $text =~ /# *TODO/i;
	printf "%s %d - %s\n", $good ? 'ok' : 'not ok', ++$run, $prefix . $text;
}

while (my $line = <STDIN>) {
	$line =~ s/[\r\n]+$//;
	if ($line =~ /^#@ (\w+) ?(.*)/) {
		if ($1 eq 'scenario') {
			($plan, $count, $inside, $ended) = ('', 0, 1, 0);
		} elsif ($1 eq 'name') {
			$prefix = "$2: ";
		} elsif ($1 eq 'end') {
			($inside, $ended) = (0, 1);
			test($plan ne '' && $plan == $count && $2 == 0,
			     'scenario: plan ' . ($plan eq '' ? 'missing' : $plan) .
			     ", $count run, exit status $2");
		} elsif ($1 eq 'ktap') {
			($ktap, $suite, $totals) = (1, '', '');
			($suites, $suites_run, $cases) = (0, 0, 0);
		} elsif ($1 eq 'tap') {
			($ktap, $ended) = (0, 1);
			test($totals =~ /pass:[1-9]/ && $totals !~ /fail:[1-9]/ &&
			     $suites == $suites_run,
			     "KUnit: $suites_run of $suites suites, totals " .
			     ($totals || 'missing'));
		} elsif ($1 eq 'done') {
			$done = 1;
		}
	} elsif ($ktap) {
		if ($line =~ /^ {0,4}# Subtest: (.*)/) {
			$suite = $1;
		} elsif ($line =~ /^# Totals: *(.*)/) {
			$totals .= ($totals ? '; ' : '') . $1;
		} elsif ($line =~ /^ {8}(not )?ok \d+ *-? *(.*)/) {
			$cases++;
			test(!$1, "$suite: $2");
		} elsif ($line =~ /^ {4}(not )?ok \d+ *-? *(.*)/) {
			test(!$1, "$suite: $2") if $1 || !$cases;
			$cases = 0;
		} elsif ($line =~ /^1\.\.(\d+)/) {
			$suites += $1;
		} elsif ($line =~ /^(not )?ok \d+ *-? *(.*)/) {
			$suites_run++;
			test(!$1, "suite $2");
		} else {
			print "# $line\n";
		}
	} elsif ($inside && $line =~ /^1\.\.(\d+)/) {
		$plan = $1;
	} elsif ($line =~ /^(not )?ok\b *\d* *-? *(.*)/) {
		$count++ if $inside;
		test(!$1, $2);
	} elsif ($line =~ /^#|^\s*$/) {
		print "$line\n";
	} else {
		# Output that is not TAP must not be taken for it.
		print "# $line\n";
	}
}
test(0, 'the guest came to its end') unless $ended && $done;
print "1..$run\n";
print '# verdict: ', $failed ? "$failed of $run failed" : 'pass', "\n";
exit($failed > 0);
