# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Completes the words of "ip link ... type carp". The completion of ip itself
# knows no plugins, and cannot be added to; this one stands before it, and
# hands over whatever is not ours.

# Who completes ip, but for us; its name is not the same everywhere.
_carp_ip_other() {
	[[ $(complete -p ip 2>/dev/null) =~ \ -F\ ([^ ]+) &&
		${BASH_REMATCH[1]} != _carp_ip ]] || return
	_carp_ip_next=${BASH_REMATCH[1]}
}

_carp_ip() {
	local i cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local words="vhid advbase advskew passfile pass key state preempt preempt-delay peer peer6 minttl deliver broadcast link-delay announce-interval lladdr"

	for ((i = 2; i < COMP_CWORD; i++)); do
		[[ ${COMP_WORDS[i - 1]} != type || ${COMP_WORDS[i]} != carp ]] ||
			break
	done
	if ((i == COMP_CWORD)); then
		if [[ ! $_carp_ip_next ]]; then
			# Up to bash-completion 2.11 the second.
			if declare -F _comp_load >/dev/null; then
				_comp_load ip
			elif declare -F _completion_loader >/dev/null; then
				_completion_loader ip
			fi
			# It has put itself in our place.
			_carp_ip_other
			complete -F _carp_ip ip
		fi
		[[ ! $_carp_ip_next ]] || "$_carp_ip_next" "$@"
		return
	fi
	case $prev in
	state) words="master backup" ;;
	preempt) words="on off default" ;;
	deliver) words="auto lower self" ;;
	broadcast) words="on off" ;;
	lladdr) words="virtual lower" ;;
	passfile)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	vhid | advbase | advskew | pass | key | preempt-delay | peer | peer6 | minttl) words= ;;
	link-delay | announce-interval) words= ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}
_carp_ip_next=
_carp_ip_other
complete -F _carp_ip ip
