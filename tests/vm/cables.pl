#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: cables.pl MONITOR
#
# Passes its input on. A guest that has said "#@ cable NUMBER on|off" stops its CPU
# (tests/lib/nics.sh); then that cable is plugged or pulled, at both ends, and the
# guest goes on. In virtual time that takes no time at all.

use strict;
use warnings;
use IO::Handle;

$| = 1;
my ($in, $out);
my $path = shift;

# What the monitor has answered, up to $want.
sub answer {
	my ($want) = @_;
	my $text = '';
	while ($text !~ $want) {
		sysread($out, $text, 4096, length $text) or return '';
	}
	return $text;
}

sub is_stopped {
	print $in "info status\n";
	return answer(qr/VM status: .*\n/) =~ /VM status: paused/;
}

while (my $line = <STDIN>) {
	print $line;
	next unless $line =~ /^#@ cable (\d+) (on|off)\r?$/;
	if (!$in) {
		open $in, '>', "$path.in" or die "$path.in: $!\n";
		open $out, '<', "$path.out" or die "$path.out: $!\n";
		$in->autoflush(1);
	}
	select undef, undef, undef, 0.01 until is_stopped();
	print $in "set_link card$1 $2\nset_link port$1 $2\ncont\n";
}
