// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "packet.h"

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define RECEIVE_BUFFER	(128 << 20)

/* Control frames only: a flood of data must not wake who waits for them. */
static struct sock_filter control_code[] = {
	BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 12),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_ARP, 10, 0),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_IP, 0, 3),
	BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 23),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 112, 7, 0),
	BPF_STMT(BPF_RET | BPF_K, 0),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_IPV6, 0, 6),
	BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 20),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 112, 3, 0),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 58, 0, 3),
	BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 54),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 136, 0, 1),
	BPF_STMT(BPF_RET | BPF_K, PACKET_MAX),
	BPF_STMT(BPF_RET | BPF_K, 0),
};

static void set_option(int fd, int level, int name, int value)
{
	if (setsockopt(fd, level, name, &value, sizeof(value)) < 0)
		err(3, "packet socket option %d", name);
}

int packet_open(const struct netns_iface *where, enum packet_what what)
{
	struct sockaddr_ll sll = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(what == PACKET_NOTHING ? 0 : ETH_P_ALL),
	};
	int size = RECEIVE_BUFFER;
	int fd;

	netns_enter(where->ns);
	/* Protocol 0 until bound, or frames of other interfaces slip in. */
	fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (fd < 0)
		err(3, "packet socket");
	sll.sll_ifindex = netns_ifindex(where->iface);

	if (what != PACKET_NOTHING) {
		set_option(fd, SOL_SOCKET, SO_TIMESTAMPNS, 1);
		set_option(fd, SOL_PACKET, PACKET_AUXDATA, 1);
		/* Forced only for root of the machine; else what we may have. */
		if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size,
			       sizeof(size)) < 0)
			set_option(fd, SOL_SOCKET, SO_RCVBUF, size);
	}
	if (what == PACKET_CONTROL) {
		struct sock_fprog program = {
			.len = ARRAY_SIZE(control_code),
			.filter = control_code,
		};

		set_option(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1);
		if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program,
			       sizeof(program)) < 0)
			err(3, "packet filter");
	}
	if (bind(fd, (struct sockaddr *)&sll, sizeof(sll)) < 0)
		err(3, "packet socket on %s:%s", where->ns, where->iface);
	netns_leave();
	return fd;
}

/* The kernel took the tag out of the frame; put it back. */
static ssize_t insert_tag(u8 *frame, size_t size, ssize_t len,
			  const struct tpacket_auxdata *aux)
{
	size_t kept = (size_t)len < size ? (size_t)len : size;
	u16 tpid = aux->tp_status & TP_STATUS_VLAN_TPID_VALID ?
		   aux->tp_vlan_tpid : ETH_P_8021Q;

	if (kept < 12 || size < 16)
		return len;
	if (kept + 4 > size)
		kept = size - 4;
	memmove(frame + 16, frame + 12, kept - 12);
	put_be16(frame + 12, tpid);
	put_be16(frame + 14, aux->tp_vlan_tci);
	return len + 4;
}

ssize_t packet_recv(int fd, u8 *buf, size_t size, struct packet_meta *meta)
{
	char control[CMSG_SPACE(sizeof(struct timespec)) +
		     CMSG_SPACE(sizeof(struct tpacket_auxdata))];
	struct tpacket_auxdata aux = {};
	struct sockaddr_ll from;
	struct iovec iov = { .iov_base = buf, .iov_len = size };
	struct msghdr msg = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *c;
	ssize_t len;

	len = recvmsg(fd, &msg, MSG_DONTWAIT | MSG_TRUNC);
	if (len < 0) {
		/* A link that went down says so once and goes on. */
		if (errno == ENETDOWN)
			return packet_recv(fd, buf, size, meta);
		if (errno != EAGAIN && errno != EINTR)
			err(3, "receiving from a packet socket");
		return -1;
	}
	meta->real_ns = 0;
	meta->outgoing = from.sll_pkttype == PACKET_OUTGOING;
	for (c = CMSG_FIRSTHDR(&msg); c; c = CMSG_NXTHDR(&msg, c)) {
		if (c->cmsg_level == SOL_SOCKET &&
		    c->cmsg_type == SCM_TIMESTAMPNS) {
			struct timespec ts;

			memcpy(&ts, CMSG_DATA(c), sizeof(ts));
			meta->real_ns = (u64)ts.tv_sec * NSEC_PER_SEC +
					(u64)ts.tv_nsec;
		} else if (c->cmsg_level == SOL_PACKET &&
			   c->cmsg_type == PACKET_AUXDATA) {
			memcpy(&aux, CMSG_DATA(c), sizeof(aux));
		}
	}
	if (aux.tp_status & TP_STATUS_VLAN_VALID)
		len = insert_tag(buf, size, len, &aux);
	return len;
}

void packet_send(int fd, const u8 *frame, size_t len)
{
	ssize_t sent = send(fd, frame, len, 0);

	if (sent < 0)
		err(1, "sending %zu bytes", len);
	if ((size_t)sent != len)
		errx(1, "sent %zd of %zu bytes", sent, len);
}

u32 packet_drops(int fd, u32 *seen)
{
	struct tpacket_stats stats = {};
	socklen_t len = sizeof(stats);

	if (getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &stats, &len) < 0)
		err(3, "packet statistics");
	/* The kernel counts the dropped among the packets. */
	*seen = stats.tp_packets - stats.tp_drops;
	return stats.tp_drops;
}
