/* SPDX-License-Identifier: GPL-2.0-only */
/* Capture files of Ethernet, as tcpdump and tshark read and write them. */
#ifndef TOOLS_PCAP_H
#define TOOLS_PCAP_H

#include "util.h"

/* Nanosecond format, this machine's byte order. */
void pcap_write_header(FILE *to, u32 snaplen);
void pcap_write(FILE *to, u64 ns, const u8 *data, u32 captured, u32 length);

struct pcap {
	FILE *file;
	const char *path;
	bool nanoseconds, swapped;
};

void pcap_open(struct pcap *pcap, const char *path);
/* The length recorded, -1 at the end; ends the program if damaged. */
int pcap_read(struct pcap *pcap, u64 *ns, u8 *data, size_t size);

#endif
