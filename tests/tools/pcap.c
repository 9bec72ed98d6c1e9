// SPDX-License-Identifier: GPL-2.0-only
#include "pcap.h"

#include <byteswap.h>
#include <err.h>

#define MAGIC_USEC	0xa1b2c3d4
#define MAGIC_NSEC	0xa1b23c4d
#define LINK_ETHERNET	1

struct file_header {
	u32 magic;
	u16 major, minor;
	u32 zone, accuracy, snaplen, link;
};

struct record {
	u32 sec, fraction, captured, length;
};

void pcap_write_header(FILE *to, u32 snaplen)
{
	struct file_header h = {
		.magic = MAGIC_NSEC,
		.major = 2,
		.minor = 4,
		.snaplen = snaplen,
		.link = LINK_ETHERNET,
	};

	fwrite(&h, sizeof(h), 1, to);
}

void pcap_write(FILE *to, u64 ns, const u8 *data, u32 captured, u32 length)
{
	struct record r = {
		.sec = (u32)(ns / NSEC_PER_SEC),
		.fraction = (u32)(ns % NSEC_PER_SEC),
		.captured = captured,
		.length = length,
	};

	fwrite(&r, sizeof(r), 1, to);
	fwrite(data, captured, 1, to);
}

static u32 native(const struct pcap *pcap, u32 value)
{
	return pcap->swapped ? bswap_32(value) : value;
}

void pcap_open(struct pcap *pcap, const char *path)
{
	struct file_header h;

	pcap->path = path;
	pcap->file = file_open(path, "r");
	if (fread(&h, sizeof(h), 1, pcap->file) != 1)
		errx(3, "%s: too short for a capture", path);
	pcap->swapped = bswap_32(h.magic) == MAGIC_USEC ||
			bswap_32(h.magic) == MAGIC_NSEC;
	pcap->nanoseconds = native(pcap, h.magic) == MAGIC_NSEC;
	if (!pcap->nanoseconds && native(pcap, h.magic) != MAGIC_USEC)
		errx(3, "%s: not a pcap file (pcapng is not understood)", path);
	if ((native(pcap, h.link) & 0xffff) != LINK_ETHERNET)
		errx(3, "%s: not of Ethernet", path);
}

int pcap_read(struct pcap *pcap, u64 *ns, u8 *data, size_t size)
{
	struct record r;
	u32 len;

	if (fread(&r, 1, sizeof(r), pcap->file) != sizeof(r)) {
		fclose(pcap->file);
		return -1;
	}
	len = native(pcap, r.captured);
	*ns = native(pcap, r.sec) * NSEC_PER_SEC + native(pcap, r.fraction) *
	      (pcap->nanoseconds ? 1 : NSEC_PER_USEC);
	if (len > size || fread(data, 1, len, pcap->file) != len)
		errx(3, "%s: damaged", pcap->path);
	return (int)len;
}
