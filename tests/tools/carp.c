// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "carp.h"

#include <arpa/inet.h>
#include <err.h>
#include <stdlib.h>
#include <string.h>

/*
 * Puts @addr where it belongs in the sorted @list. An address that is there
 * already and the two that no sender hashes, all zeros and all ones, are left
 * out. Numeric order of IPv4 addresses is bytewise order in network order.
 */
static bool insert(u8 *list, unsigned int *n, size_t size, const u8 *addr)
{
	static const u8 zeros[16];
	unsigned int at = 0;
	u8 ones[16];

	memset(ones, 0xff, sizeof(ones));
	if (!memcmp(addr, zeros, size) || !memcmp(addr, ones, size))
		return true;
	while (at < *n && memcmp(list + at * size, addr, size) < 0)
		at++;
	if (at < *n && !memcmp(list + at * size, addr, size))
		return true;
	if (*n == CARP_ADDRS_MAX)
		return false;
	memmove(list + (at + 1) * size, list + at * size, (*n - at) * size);
	memcpy(list + at * size, addr, size);
	++*n;
	return true;
}

bool carp_addrs_add(struct carp_addrs *addrs, const char *text)
{
	char bare[INET6_ADDRSTRLEN];
	size_t len = strcspn(text, "%/");
	u8 addr[16];

	if (len >= sizeof(bare))
		return false;
	memcpy(bare, text, len);
	bare[len] = '\0';
	if (inet_pton(AF_INET, bare, addr) == 1)
		return insert(addrs->v4[0], &addrs->n4, 4, addr);
	if (inet_pton(AF_INET6, bare, addr) == 1)
		return insert(addrs->v6[0], &addrs->n6, 16, addr);
	return false;
}

void carp_addrs_parse(struct carp_addrs *addrs, const char *list)
{
	char *copy = xstrdup(list), *rest = copy, *one;

	while ((one = strsep(&rest, ",")))
		if (*one && !carp_addrs_add(addrs, one))
			errx(3, "'%s' is not an address", one);
	free(copy);
}

void carp_key_from_pass(u8 key[CARP_KEY_SIZE], const char *pass)
{
	size_t len = strnlen(pass, CARP_KEY_SIZE - 1);

	memset(key, 0, CARP_KEY_SIZE);
	memcpy(key, pass, len);
}

void carp_key_from_hex(u8 key[CARP_KEY_SIZE], const char *hex)
{
	if (hex_decode(hex, key, CARP_KEY_SIZE) != CARP_KEY_SIZE)
		errx(3, "a key has 40 hexadecimal digits");
}

/*
 * KAME stacks keep a scope in these addresses, and OpenBSD leaves them out of
 * what it sends: unicast fe80::/10, multicast of interface or link scope.
 */
static bool link_local(const u8 a[16])
{
	if (a[0] == 0xff)
		return (a[1] & 15) == 1 || (a[1] & 15) == 2;
	return a[0] == 0xfe && (a[1] & 0xc0) == 0x80;
}

size_t carp_message(u8 out[CARP_MESSAGE_MAX], u8 vhid,
		    const struct carp_addrs *addrs, enum carp_form form,
		    const u8 counter[8])
{
	unsigned int i;
	u8 *p = out;

	*p++ = 2;	/* version and type apart, not the byte on the wire */
	*p++ = 1;
	*p++ = vhid;
	for (i = 0; i < addrs->n4; i++, p += 4)
		memcpy(p, addrs->v4[i], 4);
	for (i = 0; i < addrs->n6; i++) {
		if (form == CARP_FORM_NO_LINK_LOCAL && link_local(addrs->v6[i]))
			continue;
		memcpy(p, addrs->v6[i], 16);
		p += 16;
	}
	memcpy(p, counter, 8);
	return (size_t)(p + 8 - out);
}

void carp_digest(u8 digest[SHA1_SIZE], const u8 key[CARP_KEY_SIZE], u8 vhid,
		 const struct carp_addrs *addrs, enum carp_form form,
		 const u8 counter[8])
{
	u8 message[CARP_MESSAGE_MAX];
	size_t len = carp_message(message, vhid, addrs, form, counter);

	hmac_sha1(key, CARP_KEY_SIZE, message, len, digest);
}

u32 inet_sum_add(u32 sum, const void *data, size_t len)
{
	const u8 *p = data;

	for (; len > 1; len -= 2, p += 2)
		sum += get_be16(p);
	if (len)
		sum += (u32)*p << 8;
	return sum;
}

u16 inet_sum_fold(u32 sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (u16)~sum;
}

u32 inet_sum_pseudo6(const u8 src[16], const u8 dst[16], u32 len, u8 next)
{
	u32 sum = inet_sum_add(inet_sum_add(0, src, 16), dst, 16);

	return sum + len + next;
}
