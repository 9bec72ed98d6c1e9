# SPDX-License-Identifier: GPL-2.0-only
"""Holds RTNL.

  hold.py SECONDS

SIOCGIFCONF writes to memory of the caller while it holds RTNL. That memory is
missing, and it is up to this program when it comes: the kernel waits. Prints
"held" when it does, and "released" afterwards. Needs a network namespace with
an IPv4 address.
"""
import ctypes
import fcntl
import mmap
import os
import select
import socket
import struct
import sys
import threading
import time

PAGE = mmap.PAGESIZE
SIOCGIFCONF = 0x8912
SYS_USERFAULTFD = 323
UFFDIO_API = 0xC018AA3F
UFFDIO_REGISTER = 0xC020AA00
UFFD_API = 0xAA
MISSING = 1

libc = ctypes.CDLL(None, use_errno=True)


def missing_page():
    """A page that is not there, and what its faults are read from."""
    libc.mmap.restype = ctypes.c_void_p
    libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int,
                          ctypes.c_int, ctypes.c_int, ctypes.c_long]
    address = libc.mmap(None, PAGE, mmap.PROT_READ | mmap.PROT_WRITE,
                        mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, -1, 0)
    fd = libc.syscall(SYS_USERFAULTFD, os.O_CLOEXEC | os.O_NONBLOCK)
    if fd < 0:
        raise OSError(ctypes.get_errno(), "userfaultfd")
    fcntl.ioctl(fd, UFFDIO_API, struct.pack("=QQQ", UFFD_API, 0, 0))
    fcntl.ioctl(fd, UFFDIO_REGISTER,
                struct.pack("=QQQQ", address, PAGE, MISSING, 0))
    return address, fd


def main(seconds):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    address, fd = missing_page()
    conf = ctypes.create_string_buffer(struct.pack("@iP", PAGE, address))
    thread = threading.Thread(target=libc.ioctl,
                              args=(sock.fileno(), ctypes.c_ulong(SIOCGIFCONF),
                                    conf))
    thread.start()
    if not select.select([fd], [], [], 30)[0]:
        sys.exit("RTNL is not held")
    print("held", flush=True)
    time.sleep(seconds)
    os.close(fd)
    thread.join()
    print("released", flush=True)


main(float(sys.argv[1]))
