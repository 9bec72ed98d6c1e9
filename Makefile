# SPDX-License-Identifier: GPL-2.0
#
# For people; the kernel's build system uses Kbuild.
#
#   make             carp.ko for the running kernel, and the tools
#   make KDIR=DIR    carp.ko for the kernel whose headers are in DIR
#   make install     both into the running system, for modprobe and ip
#   make uninstall   and out of it
#   make check       all tests, in virtual machines; installs what they need
#   make demo        an address moves between hosts, in a virtual machine
#   make vm          a shell in a virtual machine with the module loaded
#   make probe       which features of the target kernel were detected
#   make clean

KDIR ?= /lib/modules/$(shell uname -r)/build
PWD := $(shell pwd)
BUILD := $(PWD)/build
# Where ip looks for plugins
IP_LIB_DIR ?= /usr/lib/$(shell gcc -print-multiarch)/ip

all: module tools

module:
	$(MAKE) -C $(KDIR) M=$(PWD) modules

tools:
	$(MAKE) -C tools/iproute2 OUT=$(BUILD)/tools

install: all
	$(MAKE) -C $(KDIR) M=$(PWD) INSTALL_MOD_PATH=$(DESTDIR) modules_install
	install -D -m 644 -t $(DESTDIR)$(IP_LIB_DIR) $(BUILD)/tools/link_carp.so

uninstall:
	rm -f $(DESTDIR)$(IP_LIB_DIR)/link_carp.so
	find $(DESTDIR)/lib/modules -name 'carp.ko*' -path '*/updates/*' -delete
	depmod

probe:
	@$(MAKE) -n -C $(KDIR) M=$(PWD) CARP_PROBE=1 modules 2>/dev/null | \
		sed -n '/^CARP_HAVE/p' | sort -u

check:
	tests/check

demo:
	tests/demo/run

vm:
	tests/vm/shell

clean:
	$(MAKE) -C $(KDIR) M=$(PWD) clean
	rm -rf $(BUILD)

.PHONY: all module tools install uninstall probe check demo vm clean
