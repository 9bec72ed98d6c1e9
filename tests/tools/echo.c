// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "echo.h"

#include <err.h>
#include <errno.h>
#include <linux/icmp.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "frame.h"
#include "netns.h"

#define MAGIC	0x63617270

/* The ICMP header has room for 16 bits of number, which is 65 s at 1 kHz. */
struct message {
	u8 type, code;
	u8 sum[2];
	u8 id[2];
	u8 seq[2];
	u8 magic[4];
	u8 number[4];
};

static void set_filter(struct echo *echo)
{
	struct icmp6_filter only6;
	struct icmp_filter only4 = { .data = ~(1u << ICMP_ECHOREPLY) };
	int rc;

	ICMP6_FILTER_SETBLOCKALL(&only6);
	ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &only6);
	if (echo->family == 6)
		rc = setsockopt(echo->fd, IPPROTO_ICMPV6, ICMP6_FILTER, &only6,
				sizeof(only6));
	else
		rc = setsockopt(echo->fd, SOL_RAW, ICMP_FILTER, &only4,
				sizeof(only4));
	if (rc < 0)
		err(3, "ICMP filter");
}

/* Numbers only; a link-local address needs the interface: fe80::1%eth0. */
static void set_target(struct echo *echo, const char *target)
{
	struct sockaddr_in6 *to6 = (void *)&echo->to;
	struct sockaddr_in *to4 = (void *)&echo->to;
	char *bare = xstrdup(target), *scope = strchr(bare, '%');
	struct frame_addr addr;

	if (scope)
		*scope++ = '\0';
	if (!frame_addr_parse(&addr, bare))
		errx(3, "'%s' is not an address", target);
	echo->family = addr.family;
	if (addr.family == 6) {
		to6->sin6_family = AF_INET6;
		memcpy(&to6->sin6_addr, addr.bytes, 16);
		if (scope)
			to6->sin6_scope_id = (u32)netns_ifindex(scope);
		echo->to_len = sizeof(*to6);
	} else {
		to4->sin_family = AF_INET;
		memcpy(&to4->sin_addr, addr.bytes, 4);
		echo->to_len = sizeof(*to4);
	}
	free(bare);
}

void echo_open(struct echo *echo, const char *ns, const char *target,
	       const char *device, u32 count, s64 offset)
{
	int on = 1, room = 16 << 20;

	netns_enter(ns);
	set_target(echo, target);
	/*
	 * Not connected: that would fix the source address, and which one is
	 * right depends on who is master.
	 */
	echo->fd = socket(echo->to.ss_family,
			  SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
			  echo->family == 6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP);
	if (echo->fd < 0)
		err(3, "raw socket");
	set_filter(echo);
	if (setsockopt(echo->fd, SOL_SOCKET, SO_TIMESTAMPNS, &on,
		       sizeof(on)) < 0 ||
	    setsockopt(echo->fd, SOL_SOCKET, SO_RCVBUF, &room,
		       sizeof(room)) < 0)
		err(3, "raw socket options");
	if (device && setsockopt(echo->fd, SOL_SOCKET, SO_BINDTODEVICE, device,
				 (socklen_t)strlen(device)) < 0)
		err(3, "binding to %s", device);
	netns_leave();

	echo->id = (u16)getpid();
	echo->offset = offset;
	echo->count = count;
	echo->pings = xcalloc(count + 1, sizeof(*echo->pings));
}

void echo_send(struct echo *echo)
{
	struct message m = { .type = echo->family == 6 ? 128 : ICMP_ECHO };
	u32 number = echo->sent++;

	put_be16(m.id, echo->id);
	put_be16(m.seq, (u16)number);
	put_be32(m.magic, MAGIC);
	put_be32(m.number, number);
	if (echo->family == 4)
		put_be16(m.sum, inet_sum_fold(inet_sum_add(0, &m, sizeof(m))));
	echo->pings[number].sent = mono_now();
	/* One that cannot be sent is a lost one; so is what the link lost. */
	if (sendto(echo->fd, &m, sizeof(m), 0, (struct sockaddr *)&echo->to,
		   echo->to_len) < 0)
		echo->send_errors++;
}

static u64 timestamp(struct msghdr *msg)
{
	struct cmsghdr *c;
	struct timespec ts;

	for (c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level != SOL_SOCKET ||
		    c->cmsg_type != SCM_TIMESTAMPNS)
			continue;
		memcpy(&ts, CMSG_DATA(c), sizeof(ts));
		return (u64)ts.tv_sec * NSEC_PER_SEC + (u64)ts.tv_nsec;
	}
	return 0;
}

static void account(struct echo *echo, const u8 *data, size_t len, u64 ns)
{
	const struct message *m;
	struct ping *ping;
	u32 number;

	/* IPv4 raw sockets show the IP header, IPv6 ones do not. */
	if (echo->family == 4) {
		size_t header = (data[0] & 15) * 4u;

		if (header > len)
			return;
		data += header;
		len -= header;
	}
	if (len < sizeof(*m))
		return;
	m = (const void *)data;
	number = get_be32(m->number);
	if (get_be16(m->id) != echo->id || get_be32(m->magic) != MAGIC ||
	    number >= echo->sent)
		return;
	ping = &echo->pings[number];
	if (!ping->replies++)
		ping->replied = ns - (u64)echo->offset;
}

void echo_receive(struct echo *echo)
{
	char control[CMSG_SPACE(sizeof(struct timespec))];
	u8 buf[256];
	struct iovec iov = { .iov_base = buf, .iov_len = sizeof(buf) };

	for (;;) {
		struct msghdr msg = {
			.msg_iov = &iov,
			.msg_iovlen = 1,
			.msg_control = control,
			.msg_controllen = sizeof(control),
		};
		ssize_t len = recvmsg(echo->fd, &msg, 0);

		/* ICMP errors about lost echoes come this way too. */
		if (len < 0 && (errno == EHOSTUNREACH || errno == ENETUNREACH ||
				errno == ECONNREFUSED || errno == EINTR))
			continue;
		if (len < 0)
			return;
		account(echo, buf, (size_t)len, timestamp(&msg));
	}
}
