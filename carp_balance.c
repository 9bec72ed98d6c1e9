// SPDX-License-Identifier: GPL-2.0
/*
 * Which of the vhids that share an address serves a client.
 *
 * Every host comes to the same result from the client's address alone, on
 * whatever machine and kernel: nothing here may ever change.
 */
#include "include/carp_balance.h"

/* 2^32 divided by the golden ratio */
#define GOLDEN	0x9e3779b9u

/**
 * carp_balance_client4() - an IPv4 client as a number
 * @addr: source address of its request, network order; 0 of a probe
 */
u32 carp_balance_client4(__be32 addr)
{
	return be32_to_cpu(addr);
}

/**
 * carp_balance_client6() - an IPv6 client as a number
 * @addr: source address of its solicitation; all zeros of a probe
 *
 * The sum and not, say, the exclusive or of its four words, so that addresses
 * that follow each other remain numbers that do.
 */
u32 carp_balance_client6(const struct carp_addr6 *addr)
{
	u32 sum = 0;
	size_t i;

	for (i = 0; i < sizeof(addr->b); i += 4)
		sum += (u32)addr->b[i] << 24 | (u32)addr->b[i + 1] << 16 |
		       (u32)addr->b[i + 2] << 8 | addr->b[i + 3];
	return sum;
}

/**
 * carp_balance_pick() - choose
 * @client: carp_balance_client4() or carp_balance_client6()
 * @n: how many there are to choose from, at least 1
 *
 * Multiples of the golden ratio, taken modulo 1, divide the interval from 0 to
 * 1 more evenly than those of any other number: of clients with consecutive
 * addresses, or every second or every 256th, each of a few vhids gets its share
 * almost exactly, where a hash that looks random would be off by a fifth every
 * now and then.
 *
 * Return: 0..@n - 1, for the vhids in ascending order.
 */
unsigned int carp_balance_pick(u32 client, unsigned int n)
{
	u32 fraction = client * GOLDEN;

	return ((u64)fraction * n) >> 32;
}
