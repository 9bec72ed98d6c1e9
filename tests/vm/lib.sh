# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the tests/vm programs share: where things are, locks, and an apt of our
# own. That apt has its state in the cache, so that kernels and the guest's
# programs come from Debian packages without one of them being installed, and
# without the host's sources or package lists being changed.

set -euo pipefail

top=$(cd "${BASH_SOURCE[0]%/*}/../.." && pwd)
cache=${CARP_CACHE:-${XDG_CACHE_HOME:-${HOME:?}/.cache}/carp}
build=${CARP_BUILD:-$top/build}
apt=$cache/apt
arch=amd64
# shellcheck disable=SC2034 # for those who source this
all_kernels="stock-6.1 stock-6.12 debug-6.12 kcsan-6.12 rt-6.1"

note() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
die() { note "$*"; exit 1; }

# with_lock NAME COMMAND...: one at a time among all test runs of this user.
with_lock() {
	local name=$1
	shift
	mkdir -p "$cache/locks"
	(
		flock 9
		"$@" 9>&-
	) 9>"$cache/locks/$name"
}

# archive DIRECTORY: a cpio archive for the guest, to stdout. The same files make
# the same archive: the kernel reads its headers early, and where they differ by a
# digit, all that follows happens nanoseconds earlier or later.
archive() {
	find "$1" -exec touch -hd @1735689600 {} +
	(
		cd "$1"
		find . -print0 | LC_ALL=C sort -z |
			cpio -0 -o -H newc -R 0:0 --quiet --reproducible
	)
}

# kbuild cannot live in a path with blanks or colons, so neither can we.
case $cache$build in
*[[:space:]:]*) die "blanks or colons in the path: $cache $build" ;;
esac

apt_opts=(
	-o "Dir::Etc::sourcelist=$apt/sources.list" -o Dir::Etc::sourceparts=-
	-o "Dir::State::Lists=$apt/lists" -o "Dir::State::status=$apt/status"
	-o "Dir::Cache=$apt" -o APT::Sandbox::User=root
	-o "APT::Architecture=$arch" -o APT::Architectures::="$arch"
	-o APT::Install-Recommends=0 -o Acquire::Languages=none
	-o Debug::NoLocking=1 -qq
)
vm_apt_get() { apt-get "${apt_opts[@]}" "$@"; }
vm_apt_cache() { apt-cache "${apt_opts[@]}" "$@"; }

# Where this host gets Debian from, as lines "URI SUITE COMPONENT"; the
# arguments are options of apt.
debian_sources() {
	# shellcheck disable=SC2016 # apt expands these
	apt-get "$@" indextargets 'Created-By: Packages' 'Origin: Debian' \
		--format '$(REPO_URI) $(RELEASE) $(COMPONENT)' | sort -u
}

# Makes the private apt. The kernels we test are in Debian's security suite,
# which a debootstrapped host does not name: it is then looked for beside the
# host's own mirror.
_apt_init() {
	local sources signed="" uri suite component
	local lists=(-o "Dir::State::Lists=$apt/host-lists")

	[[ ! -e $apt/complete ]] || return 0
	mkdir -p "$apt"/{lists,host-lists,archives}/partial
	: >"$apt/status"
	sources=$(debian_sources)
	if [[ -z $sources ]]; then
		apt-get -q "${lists[@]}" -o Debug::NoLocking=1 \
			-o APT::Sandbox::User=root update >&2
		sources=$(debian_sources "${lists[@]}")
	fi
	[[ -n $sources ]] || die "apt on this host names no Debian mirror"

	if ! grep -q -- '-security main$' <<<"$sources"; then
		# shellcheck disable=SC1091
		suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
		uri=$(grep -m 1 " $suite main\$" <<<"$sources") ||
			die "apt on this host does not name $suite main"
		uri=${uri%% *}
		[[ $uri == */debian/ || $uri == */debian ]] ||
			die "no security suite in apt's sources, and none can be guessed from $uri: add one"
		sources+=$'\n'"${uri%/debian*}/debian-security $suite-security main"
	fi
	suite=/usr/share/keyrings/debian-archive-keyring.gpg
	[[ ! -r $suite ]] || signed=" signed-by=$suite"
	while read -r uri suite component; do
		echo "deb [arch=$arch$signed] $uri $suite $component"
	done <<<"$sources" >"$apt/sources.list"
	_apt_update
	touch "$apt/complete"
}
_apt_update() {
	vm_apt_get -o APT::Update::Error-Mode=any update >&2 ||
		die "cannot get the package lists, see above ($apt/sources.list)"
	touch "$apt/updated"
}
apt_init() { [[ -e $apt/complete ]] || with_lock apt _apt_init; }
apt_update() { with_lock apt _apt_update; }

# fetch DIR PACKAGE...: downloads just these packages into DIR. Lists that have
# grown old name packages that are gone, hence the second try.
fetch() {
	local dir=$1
	shift
	mkdir -p "$dir"
	(cd "$dir" && vm_apt_get download "$@" >&2) || {
		apt_update
		(cd "$dir" && vm_apt_get download "$@" >&2)
	}
}

# unpack ROOT DEB... [-- TAR-OPTION...]
unpack() {
	local root=$1 debs=() deb
	shift
	while (($#)) && [[ $1 != -- ]]; do
		debs+=("$1")
		shift
	done
	shift || true
	mkdir -p "$root"
	for deb in "${debs[@]}"; do
		dpkg-deb --fsys-tarfile "$deb" |
			tar -x --keep-directory-symlink --no-same-owner \
				-C "$root" "$@"
	done
}
