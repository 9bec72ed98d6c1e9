# SPDX-License-Identifier: GPL-2.0
#
# For people; the kernel's build system uses Kbuild.
#
#   make             carp.ko for the running kernel, and the tools
#   make KDIR=DIR    carp.ko for the kernel whose headers are in DIR
#   make check       all tests, in virtual machines; installs what they need
#   make demo        an address moves between hosts, in a virtual machine
#   make vm          a shell in a virtual machine with the module loaded
#   make probe       which features of the target kernel were detected
#   make clean

KDIR ?= /lib/modules/$(shell uname -r)/build
PWD := $(shell pwd)
BUILD := $(PWD)/build

all: module tools

module:
	$(MAKE) -C $(KDIR) M=$(PWD) modules

tools:
	$(MAKE) -C tools/iproute2 OUT=$(BUILD)/tools

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

.PHONY: all module tools probe check demo vm clean
