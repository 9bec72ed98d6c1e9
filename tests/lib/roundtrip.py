# SPDX-License-Identifier: GPL-2.0-only
"""TCP connections that must not break.

  roundtrip.py serve ADDRESS PORT
  roundtrip.py talk ADDRESS PORT SECONDS [PAUSE]
  roundtrip.py knock ADDRESS PORT SECONDS [PAUSE]

"serve" sends back what it gets, also at an address that is not there yet. "talk"
keeps one connection, and asks every PAUSE seconds. "knock" makes one after the
other. Both print "trips=N broken=N", and what broke.
"""
import socket
import sys
import threading
import time

IP_FREEBIND = 15
IPV6_FREEBIND = 78


def serve(address, port):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET:
        listener.setsockopt(socket.IPPROTO_IP, IP_FREEBIND, 1)
    else:
        listener.setsockopt(socket.IPPROTO_IPV6, IPV6_FREEBIND, 1)
    listener.bind((address, port))
    listener.listen(64)
    print("serving", flush=True)
    while True:
        connection = listener.accept()[0]
        threading.Thread(target=answer, args=(connection,),
                         daemon=True).start()


def answer(connection):
    try:
        while data := connection.recv(100):
            connection.sendall(data)
    except OSError:
        pass
    connection.close()


def trip(connection):
    connection.sendall(b"x")
    if connection.recv(10) != b"x":
        raise OSError("closed")


def run(address, port, seconds, pause, keep):
    trips = broken = 0
    what = {}
    connection = None
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if connection is None:
                connection = socket.create_connection((address, port), 5)
            trip(connection)
            trips += 1
            if not keep:
                connection.close()
                connection = None
            time.sleep(pause)
        except OSError as error:
            broken += 1
            what[repr(error)] = what.get(repr(error), 0) + 1
            connection = None
            time.sleep(0.001)
    print(f"trips={trips} broken={broken} {what or ''}", flush=True)


if sys.argv[1] == "serve":
    serve(sys.argv[2], int(sys.argv[3]))
else:
    run(sys.argv[2], int(sys.argv[3]), float(sys.argv[4]),
        float(sys.argv[5]) if len(sys.argv) > 5 else 0.0005,
        sys.argv[1] == "talk")
