# SPDX-License-Identifier: GPL-2.0-only
"""An SMTP client that says what it hears.

usage: smtp.py ADDRESS COMMAND...

Connects and sends each COMMAND when the reply to the one before has come. A
COMMAND of the form @FILE waits until FILE is there. Prints the replies, and
"reset after N us" if the connection is reset.
"""

import os
import socket
import sys
import time


def reply(stream):
    """One reply, of as many lines as it has (RFC 5321, 4.2.1)."""
    while True:
        line = stream.readline().decode().rstrip()
        print(line, flush=True)
        if line[3:4] != "-":
            return


def main():
    """A session."""
    conn = socket.create_connection((sys.argv[1], 25), timeout=30)
    stream = conn.makefile("rb")
    reply(stream)
    for command in sys.argv[2:]:
        if command.startswith("@"):
            while not os.path.exists(command[1:]):
                time.sleep(0.05)
            continue
        sent = time.monotonic_ns()
        try:
            conn.sendall(command.encode() + b"\r\n")
            reply(stream)
        except ConnectionResetError:
            took = (time.monotonic_ns() - sent) // 1000
            print(f"reset after {took} us", flush=True)
            return
    if stream.read():
        print("more than expected", flush=True)
    conn.close()


main()
