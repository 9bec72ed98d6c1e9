# SPDX-License-Identifier: GPL-2.0
#
# For people; the kernel's build system uses Kbuild.
#
#   make             carp.ko for the running kernel, and the tools
#   make KVER=NAME   carp.ko for another installed kernel; also with install, dkms
#   make KDIR=DIR    carp.ko for the kernel whose headers are in DIR
#   make install     both into the running system, for modprobe and ip, with
#                    man pages and what keeps network managers away
#   make dkms        the same, and carp.ko is built anew for each new kernel
#   make uninstall   undoes either
#   make check       all tests, in virtual machines; installs what they need
#   make check-long  what that leaves out: campaigns in full size, and what takes
#                    long on the debug kernel and on 6.1
#   make bench       carp measured beside its peers, in a virtual machine
#   make demo        an address moves between hosts, in a virtual machine
#   make vm          a shell in a virtual machine with the module loaded
#   make probe       which features of the target kernel were detected
#   make clean

KVER ?= $(shell uname -r)
KDIR ?= /lib/modules/$(KVER)/build
# Of the kernel that KDIR is for; Debian's modules_install does not run depmod.
RELEASE = $(shell sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' $(KDIR)/include/generated/utsrelease.h)
PWD := $(shell pwd)
BUILD := $(PWD)/build
# The module's for DKMS, which keeps versions apart
VERSION := 0.3
PREFIX ?= /usr/local
DKMS_SRC = $(DESTDIR)/usr/src/carp-$(VERSION)
# Where ip looks for plugins
IP_LIB_DIR ?= /usr/lib/$(shell gcc -print-multiarch)/ip

all: module tools

module:
	$(MAKE) -C $(KDIR) M=$(PWD) modules

tools:
	$(MAKE) -C tools/iproute2 OUT=$(BUILD)/tools
	$(MAKE) -C tools/carpctl OUT=$(BUILD)/tools

install: all install-tools
	$(MAKE) -C $(KDIR) M=$(PWD) INSTALL_MOD_PATH=$(DESTDIR) \
		INSTALL_MOD_DIR=updates modules_install
	[ -n "$(DESTDIR)" ] || depmod $(RELEASE)

install-tools: tools
	install -D -m 644 -t $(DESTDIR)$(IP_LIB_DIR) $(BUILD)/tools/link_carp.so
	install -D -m 755 -t $(DESTDIR)$(PREFIX)/sbin $(BUILD)/tools/carpctl
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/man/man4 Documentation/man/*.4
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/man/man8 Documentation/man/*.8
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/doc/carp Documentation/*.rst
	install -D -m 644 dist/carp.rules $(DESTDIR)$(PREFIX)/lib/udev/rules.d/84-carp.rules
	install -D -m 644 dist/carp.network $(DESTDIR)$(PREFIX)/lib/systemd/network/05-carp.network
	install -D -m 644 dist/ip.bash $(DESTDIR)/etc/bash_completion.d/carp

# Nothing of tests and tools: DKMS builds the module only.
dkms-source:
	mkdir -p $(DKMS_SRC)
	sed 's/@VERSION@/$(VERSION)/' dist/dkms.conf >$(DKMS_SRC)/dkms.conf
	cp -r Kbuild Makefile carp_*.c include compat $(DKMS_SRC)

dkms: install-tools dkms-source
	dkms install -m carp -v $(VERSION) -k $(RELEASE)

uninstall:
	if [ -z "$(DESTDIR)" ] && command -v dkms >/dev/null; then \
		dkms remove carp/$(VERSION) --all 2>/dev/null || true; fi
	rm -rf $(DKMS_SRC) $(DESTDIR)$(PREFIX)/share/doc/carp
	rm -f $(DESTDIR)$(IP_LIB_DIR)/link_carp.so $(DESTDIR)$(PREFIX)/sbin/carpctl
	cd Documentation/man && for page in *; do \
		rm -f $(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$$page; done
	rm -f $(DESTDIR)$(PREFIX)/lib/udev/rules.d/84-carp.rules \
		$(DESTDIR)$(PREFIX)/lib/systemd/network/05-carp.network \
		$(DESTDIR)/etc/bash_completion.d/carp
	[ ! -d $(DESTDIR)/lib/modules ] || \
		find $(DESTDIR)/lib/modules -name 'carp.ko*' -path '*/updates/*' -delete
	[ -n "$(DESTDIR)" ] || depmod $(RELEASE)

probe:
	@$(MAKE) -n -C $(KDIR) M=$(PWD) CARP_PROBE=1 modules 2>/dev/null | \
		sed -n '/^CARP_HAVE/p' | sort -u

check:
	tests/check

check-long:
	tests/check -l

bench:
	tests/bench/run

demo:
	tests/demo/run

vm:
	tests/vm/shell

clean:
	$(MAKE) -C $(KDIR) M=$(PWD) clean
	rm -rf $(BUILD)

.PHONY: all module tools install install-tools dkms dkms-source uninstall \
	 probe check check-long bench demo vm clean
