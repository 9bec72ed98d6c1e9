# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Completes the words of "ip link ... type carp". The completion of ip itself
# knows no plugins, and cannot be added to; this one stands before it, and
# hands over whatever is not ours.

_carp_ip() {
	local i cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local words="vhid advbase advskew passfile pass key state preempt preempt-delay peer peer6 minttl"

	for ((i = 2; i < COMP_CWORD; i++)); do
		[[ ${COMP_WORDS[i - 1]} != type || ${COMP_WORDS[i]} != carp ]] ||
			break
	done
	if ((i == COMP_CWORD)); then
		if ! declare -F _ip >/dev/null; then
			declare -F _completion_loader >/dev/null || return
			_completion_loader ip
			# It has put itself in our place.
			complete -F _carp_ip ip
		fi
		declare -F _ip >/dev/null || return
		_ip
		return
	fi
	case $prev in
	state) words="master backup" ;;
	preempt) words="on off default" ;;
	passfile)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	vhid | advbase | advskew | pass | key | preempt-delay | peer | peer6 | minttl) words= ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}
complete -F _carp_ip ip
