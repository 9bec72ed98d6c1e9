// SPDX-License-Identifier: GPL-2.0
/*
 * What things cost, in the kernel and without carp: the digest of an
 * advertisement, and a frame sent.  Also a flood at the machine's maximum.
 * Where time is virtual, a nanosecond is an instruction.
 *
 *	modprobe carp_cost what=hmac count=1000
 *	modprobe carp_cost what=frame dev=eth0 frame=HEX count=1000 vary=30
 *
 * says in the log how long all of them took, and stays, to be removed.  With
 * vary, the 32 bits at that offset are different in each frame, but never their
 * checksum, which is that of 0000ffff.
 */
#include <crypto/hash.h>
#include <linux/etherdevice.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/nsproxy.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <net/net_namespace.h>

static char *what = "hmac";
module_param(what, charp, 0444);
static char *dev = "eth0";
module_param(dev, charp, 0444);
static char *frame = "";
module_param(frame, charp, 0444);
static unsigned int count = 1000;
module_param(count, uint, 0444);
static unsigned int vary;
module_param(vary, uint, 0444);

static u8 bytes[1600];
static unsigned int len;

static void report(u64 ns)
{
	pr_info("carp_cost: %s count=%u ns=%llu\n", what, count, ns);
}

/* As carp has it: all but eight bytes hashed beforehand. */
static int hmac(void)
{
	static const u8 key[20] = "secret", prefix[8] = { 0x21, 1, 1 };
	struct crypto_shash *tfm = crypto_alloc_shash("hmac(sha1)", 0, 0);
	u8 state[512], counter[8] = {}, digest[20];
	unsigned int i;
	u64 start;
	int err;

	if (IS_ERR(tfm))
		return PTR_ERR(tfm);
	err = crypto_shash_statesize(tfm) > sizeof(state) ? -E2BIG :
	      crypto_shash_setkey(tfm, key, sizeof(key));
	if (!err) {
		SHASH_DESC_ON_STACK(desc, tfm);

		desc->tfm = tfm;
		err = crypto_shash_init(desc) ?:
		      crypto_shash_update(desc, prefix, sizeof(prefix)) ?:
		      crypto_shash_export(desc, state);
		start = ktime_get_ns();
		for (i = 0; i < count && !err; i++) {
			put_unaligned_be64(i, counter);
			err = crypto_shash_import(desc, state) ?:
			      crypto_shash_finup(desc, counter,
						 sizeof(counter), digest);
		}
		report(ktime_get_ns() - start);
	}
	crypto_free_shash(tfm);
	return err;
}

static struct sk_buff *build(struct net_device *to, u32 n)
{
	struct sk_buff *skb = alloc_skb(LL_RESERVED_SPACE(to) + len +
					to->needed_tailroom, GFP_KERNEL);

	if (!skb)
		return NULL;
	skb_reserve(skb, LL_RESERVED_SPACE(to));
	skb_put_data(skb, bytes, len);
	if (vary)
		put_unaligned_be32(n << 16 | (~n & 0xffff), skb->data + vary);
	skb_reset_mac_header(skb);
	skb_set_network_header(skb, ETH_HLEN);
	skb->protocol = eth_hdr(skb)->h_proto;
	skb->dev = to;
	return skb;
}

static int frames(void)
{
	struct net_device *to;
	unsigned int i;
	u64 start;
	int err = 0;

	len = strlen(frame) / 2;
	if (len < ETH_HLEN || len > sizeof(bytes) || vary + 4 > len ||
	    hex2bin(bytes, frame, len))
		return -EINVAL;
	to = dev_get_by_name(current->nsproxy->net_ns, dev);
	if (!to)
		return -ENODEV;
	start = ktime_get_ns();
	for (i = 0; i < count && !err; i++) {
		struct sk_buff *skb = build(to, i);

		if (!skb) {
			err = -ENOMEM;
			break;
		}
		rcu_read_lock_bh();
		dev_queue_xmit(skb);
		rcu_read_unlock_bh();
		if (!(i % 64))
			cond_resched();
	}
	report(ktime_get_ns() - start);
	dev_put(to);
	return err;
}

static int __init cost_init(void)
{
	if (!strcmp(what, "hmac"))
		return hmac();
	if (!strcmp(what, "frame"))
		return frames();
	return -EINVAL;
}

static void __exit cost_exit(void)
{
}

module_init(cost_init);
module_exit(cost_exit);

MODULE_DESCRIPTION("Cost of digests and frames, for comparison");
MODULE_LICENSE("GPL");
