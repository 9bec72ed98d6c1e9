// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sends frames that are nearly right: advertisements, ARP, neighbour discovery
 * and traffic of the virtual addresses, with some of their bytes changed, sums
 * put right again or not, cut short or made longer. The same seed sends the
 * same frames.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "forge.h"
#include "packet.h"
#include "resident.h"
#include "rng.h"
#include "util.h"

#define BATCH	64

static const char usage[] =
	"usage: mutate NS:IFACE [OPTION]... SETTING...\n"
	"  -n N    so many frames (1000); 0: till SIGTERM\n"
	"  -s N    seed (1)\n"
	"  -i US   between batches of 64 (0)\n"
	"  -b      in the background, -p PIDFILE\n"
	"SETTINGs are those of inject --carp, for advertisements that are right\n";

static struct forge right;
static struct rng rng;

/* Those that mean something here, and one that does not. */
static const char *const addrs4[] = {
	"192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.100", "0.0.0.0",
	"224.0.0.18", "198.51.100.1",
};

static const char *const addrs6[] = {
	"2001:db8::1", "2001:db8::2", "2001:db8::100", "fe80::1", "::",
	"ff02::12", "ff02::1:ff00:100",
};

static struct frame_addr pick4(void)
{
	struct frame_addr addr;

	frame_addr_parse(&addr, addrs4[rng_below(&rng, ARRAY_SIZE(addrs4))]);
	return addr;
}

static struct frame_addr pick6(void)
{
	struct frame_addr addr;

	frame_addr_parse(&addr, addrs6[rng_below(&rng, ARRAY_SIZE(addrs6))]);
	return addr;
}

/* Of a host, of a group, the virtual one. */
static void pick_mac(u8 mac[6])
{
	static const u8 macs[][6] = {
		{ 0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
		{ 0x00, 0x00, 0x5e, 0x00, 0x01, 0x01 },
		{ 0x00, 0x00, 0x5e, 0x00, 0x01, 0x02 },
		{ 0x01, 0x00, 0x5e, 0x00, 0x00, 0x12 },
		{ 0x33, 0x33, 0x00, 0x00, 0x00, 0x12 },
		{ 0x33, 0x33, 0xff, 0x00, 0x01, 0x00 },
		{ 0x02, 0x00, 0x00, 0x00, 0x00, 0x66 },
	};

	memcpy(mac, macs[rng_below(&rng, ARRAY_SIZE(macs))], 6);
}

static size_t advertisement(u8 *out)
{
	struct forge f = right;

	f.src = rng_below(&rng, 2) ? pick4() : pick6();
	if (f.src.family == 6 && rng_below(&rng, 4))
		frame_addr_parse(&f.src, "fe80::1");
	f.id = (int)rng_below(&rng, 65536);
	f.counter = rng_next(&rng);
	f.base = (u8)(rng_below(&rng, 4) ? rng_below(&rng, 3) :
					   rng_below(&rng, 256));
	f.skew = (u8)rng_below(&rng, 256);
	if (!rng_below(&rng, 16))
		f.base = f.skew = CARP_BOW_OUT;
	if (!rng_below(&rng, 4))
		f.demote = (u8)rng_below(&rng, 256);
	if (!rng_below(&rng, 8))
		f.vhid = (u8)rng_below(&rng, 4);
	return forge_build(&f, out);
}

static size_t begin(u8 *out, u16 type)
{
	pick_mac(out);
	pick_mac(out + 6);
	if (out[6] & 1)
		out[6] = 0x02;
	put_be16(out + 12, type);
	return ETH_HEADER;
}

static size_t arp(u8 *out)
{
	struct frame_addr spa = pick4(), tpa = pick4();
	size_t at = begin(out, 0x0806);

	put_be16(out + at, 1);
	put_be16(out + at + 2, 0x0800);
	out[at + 4] = 6;
	out[at + 5] = 4;
	put_be16(out + at + 6, (u16)(1 + rng_below(&rng, 2)));
	pick_mac(out + at + 8);
	memcpy(out + at + 14, spa.bytes, 4);
	pick_mac(out + at + 18);
	memcpy(out + at + 24, tpa.bytes, 4);
	return at + 28;
}

/* An ICMPv6 message of neighbour discovery, or a ping, with options. */
static size_t icmp6(u8 *out)
{
	static const u8 types[] = { 135, 136, 136, 128, 133, 134, 137, 130 };
	struct frame_addr src = pick6(), dst = pick6(), target = pick6();
	size_t at = begin(out, 0x86dd), len = 24, n = rng_below(&rng, 3);
	u8 *ip = out + at, *icmp = ip + 40;

	memset(ip, 0, 128);
	icmp[0] = types[rng_below(&rng, ARRAY_SIZE(types))];
	icmp[4] = (u8)(rng_below(&rng, 8) << 5);
	memcpy(icmp + 8, target.bytes, 16);
	while (n--) {
		icmp[len] = (u8)(1 + rng_below(&rng, 2));
		icmp[len + 1] = 1;
		pick_mac(icmp + len + 2);
		len += 8;
	}
	ip[0] = 0x60;
	put_be16(ip + 4, (u16)len);
	ip[6] = 58;
	ip[7] = 255;
	memcpy(ip + 8, src.bytes, 16);
	memcpy(ip + 24, dst.bytes, 16);
	return at + 40 + len;
}

/* ICMP echo, or protocol 112 of something else. */
static size_t ipv4(u8 *out)
{
	struct frame_addr src = pick4(), dst = pick4();
	size_t at = begin(out, 0x0800), len = 8 + rng_below(&rng, 64);
	u8 *ip = out + at;

	memset(ip, 0, 128);
	ip[0] = 0x45;
	put_be16(ip + 2, (u16)(20 + len));
	ip[8] = (u8)(rng_below(&rng, 2) ? 255 : 64);
	ip[9] = (u8)(rng_below(&rng, 2) ? 1 : 112);
	memcpy(ip + 12, src.bytes, 4);
	memcpy(ip + 16, dst.bytes, 4);
	ip[20] = 8;
	return at + 20 + len;
}

/* As the receiver computes them, whatever has become of the rest. */
static void mend_sums(u8 *frame, size_t len)
{
	u8 *ip = frame + ETH_HEADER, *payload;
	size_t header, rest;

	if (len < ETH_HEADER + 20)
		return;
	if (get_be16(frame + 12) == 0x0800) {
		header = (size_t)(ip[0] & 15) * 4;
		if (header < 20 || len < ETH_HEADER + header)
			return;
		put_be16(ip + 10, 0);
		put_be16(ip + 10, inet_sum_fold(inet_sum_add(0, ip, header)));
		payload = ip + header;
		rest = len - ETH_HEADER - header;
		if (ip[9] == CARP_PROTO && rest >= 8) {
			put_be16(payload + 6, 0);
			put_be16(payload + 6, inet_sum_fold(
				inet_sum_add(0, payload, rest)));
		}
	} else if (get_be16(frame + 12) == 0x86dd && len >= ETH_HEADER + 48) {
		payload = ip + 40;
		rest = len - ETH_HEADER - 40;
		header = ip[6] == 58 ? 2 : 6;
		put_be16(payload + header, 0);
		put_be16(payload + header, inet_sum_fold(inet_sum_add(
			ip[6] == 58 ? inet_sum_pseudo6(ip + 8, ip + 24,
						       (u32)rest, 58) : 0,
			payload, rest)));
	}
}

static size_t damage(u8 *frame, size_t len)
{
	unsigned int n = 1 + rng_below(&rng, 4);

	while (n--) {
		size_t at = rng_below(&rng, 8) ?
			    12 + rng_below(&rng, (u32)len - 12) :
			    rng_below(&rng, (u32)len);

		switch (rng_below(&rng, 4)) {
		case 0:
			frame[at] ^= (u8)(1 << rng_below(&rng, 8));
			break;
		case 1:
			frame[at] = (u8)rng_next(&rng);
			break;
		case 2:
			frame[at] = (u8)-rng_below(&rng, 2);
			break;
		case 3:
			frame[at] = frame[rng_below(&rng, (u32)len)];
			break;
		}
	}
	return len;
}

static size_t resize(u8 *frame, size_t len)
{
	size_t more;

	if (rng_below(&rng, 2))
		return ETH_HEADER + rng_below(&rng, (u32)len - ETH_HEADER + 1);
	more = rng_below(&rng, 256);
	memset(frame + len, (u8)rng_next(&rng), more);
	return len + more;
}

static size_t make(u8 *frame)
{
	static size_t (*const kinds[])(u8 *) = {
		advertisement, advertisement, advertisement, advertisement,
		arp, icmp6, icmp6, ipv4,
	};
	size_t len = kinds[rng_below(&rng, ARRAY_SIZE(kinds))](frame);

	mend_sums(frame, len);
	if (rng_below(&rng, 4))
		len = damage(frame, len);
	if (!rng_below(&rng, 8))
		len = resize(frame, len);
	if (rng_below(&rng, 2))
		mend_sums(frame, len);
	return len;
}

static void send_batch(int fd, unsigned int n)
{
	static u8 frames[BATCH][FORGE_MAX];
	struct mmsghdr messages[BATCH] = {};
	struct iovec iov[BATCH];
	unsigned int i;
	int sent;

	for (i = 0; i < n; i++) {
		iov[i].iov_base = frames[i];
		iov[i].iov_len = make(frames[i]);
		messages[i].msg_hdr.msg_iov = &iov[i];
		messages[i].msg_hdr.msg_iovlen = 1;
	}
	for (i = 0; i < n; i += (unsigned int)sent) {
		sent = sendmmsg(fd, messages + i, n - i, 0);
		if (sent > 0)
			continue;
		/* The link may be gone for a while, in some scenarios. */
		if (errno != ENETDOWN && errno != ENOBUFS && errno != ENXIO &&
		    errno != EINTR)
			err(1, "sending");
		sent = 1;
	}
}

int main(int argc, char **argv)
{
	u64 count = 1000, seed = 1, interval = 0, done = 0;
	const char *pidfile = NULL;
	struct netns_iface where;
	bool background = false;
	int opt, fd;

	forge_init(&right);
	while ((opt = getopt(argc, argv, "bi:n:p:s:")) != -1) {
		switch (opt) {
		case 'b':
			background = true;
			break;
		case 'i':
			interval = parse_u64(optarg, UINT32_MAX, "-i");
			break;
		case 'n':
			count = parse_u64(optarg, UINT32_MAX, "-n");
			break;
		case 'p':
			pidfile = optarg;
			break;
		case 's':
			seed = parse_u64(optarg, UINT64_MAX, "-s");
			break;
		default:
			optind = argc;
		}
	}
	if (optind == argc) {
		fputs(usage, stderr);
		return 3;
	}
	where = netns_iface_parse(argv[optind++]);
	for (; optind < argc; optind++)
		forge_set(&right, argv[optind]);
	rng_init(&rng, seed);
	if (background)
		resident_background();
	resident_signals();
	fd = packet_open(&where, PACKET_NOTHING);
	resident_ready(pidfile);

	while (!resident_stop && (!count || done < count)) {
		unsigned int n = count && count - done < BATCH ?
				 (unsigned int)(count - done) : BATCH;

		send_batch(fd, n);
		done += n;
		if (interval)
			sleep_until(mono_now() + interval * NSEC_PER_USEC);
	}
	printf("sent=%llu seed=%llu\n", (unsigned long long)done,
	       (unsigned long long)seed);
	return 0;
}
