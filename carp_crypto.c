// SPDX-License-Identifier: GPL-2.0
/*
 * The digest: HMAC-SHA1 through the kernel's crypto API.
 *
 * Everything that packets have in common - key, version, type, vhid and the
 * addresses - is hashed once, when it changes.  A packet costs the restoring
 * of that state, eight bytes of counter and the closing of the two hashes.
 */
#include <crypto/hash.h>
#include <crypto/utils.h>
#include <linux/inetdevice.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "carp_hmac.h"
#include "carp_priv.h"

/* Intervals during which the digest of the former address list is valid. */
#define GRACE_INTERVALS	10

/**
 * struct carp_auth - a snapshot of key and addresses
 * @work: frees the snapshot in process context after a grace period
 * @tfm: holds the key
 * @state_len: size of one of @states
 * @variants: 1, or more while former address lists are honoured too
 * @grace_end: monotonic ns; @variants counts as 1 afterwards
 * @states: exported hash states, the present list first
 */
struct carp_auth {
	struct rcu_work		work;
	struct crypto_shash	*tfm;
	unsigned int		state_len;
	unsigned int		variants;
	u64			grace_end;
	u8			states[];
};

/*
 * Held while the module is loaded, so that later requests for the same
 * algorithm never have to load a module, which they could not under RTNL.
 */
static struct crypto_shash *carp_pin;

static struct crypto_shash *alloc_hmac(void)
{
	return crypto_alloc_shash("hmac(sha1)", 0, 0);
}

static void auth_free_work(struct work_struct *work)
{
	struct carp_auth *auth = container_of(to_rcu_work(work),
					      struct carp_auth, work);

	crypto_free_shash(auth->tfm);
	kfree_sensitive(auth);
}

static unsigned int variants(const struct carp_auth *auth)
{
	if (auth->variants > 1 && ktime_get_ns() >= auth->grace_end)
		return 1;
	return auth->variants;
}

static int sink_update(void *ctx, const void *data, size_t len)
{
	return crypto_shash_update(ctx, data, len);
}

static void addresses(const struct carp_dev *cd, struct carp_addrset *set)
{
	struct in_device *in_dev = __in_dev_get_rtnl(cd->dev);
	struct in_ifaddr *ifa;

	set->n4 = 0;
	set->n6 = 0;
	if (!in_dev)
		return;
	/* More than fit are kept out by the validator in carp_vip.c. */
	in_dev_for_each_ifa_rtnl(ifa, in_dev)
		carp_addrset_add4(set, ifa->ifa_local);
}

static int hash_prefix(const struct carp_dev *cd, struct carp_auth *auth,
		       const struct carp_addrset *set)
{
	SHASH_DESC_ON_STACK(desc, auth->tfm);
	int err;

	desc->tfm = auth->tfm;
	err = crypto_shash_init(desc);
	if (!err)
		err = carp_hmac_prefix(cd->vhid, set, sink_update, desc);
	if (!err)
		err = crypto_shash_export(desc, auth->states);
	shash_desc_zero(desc);
	return err;
}

static struct carp_auth *auth_build(const struct carp_dev *cd, const u8 *key)
{
	struct carp_addrset *set;
	struct crypto_shash *tfm;
	struct carp_auth *auth;
	unsigned int len;
	int err;

	tfm = alloc_hmac();
	if (IS_ERR(tfm))
		return ERR_CAST(tfm);
	len = crypto_shash_statesize(tfm);
	auth = kzalloc(struct_size(auth, states, CARP_VARIANTS_MAX * len),
		       GFP_KERNEL_ACCOUNT);
	set = kmalloc(sizeof(*set), GFP_KERNEL);
	err = -ENOMEM;
	if (!auth || !set)
		goto err_free;

	INIT_RCU_WORK(&auth->work, auth_free_work);
	auth->tfm = tfm;
	auth->state_len = len;
	auth->variants = 1;
	addresses(cd, set);
	err = crypto_shash_setkey(tfm, key, CARP_KEY_LEN);
	if (!err)
		err = hash_prefix(cd, auth, set);
	if (err)
		goto err_free;
	kfree(set);
	return auth;

err_free:
	kfree(set);
	kfree_sensitive(auth);
	crypto_free_shash(tfm);
	return ERR_PTR(err);
}

static void auth_publish(struct carp_dev *cd, struct carp_auth *auth)
{
	struct carp_auth *old = rtnl_dereference(cd->auth);

	rcu_assign_pointer(cd->auth, auth);
	cd->auth_stale = false;
	if (old)
		queue_rcu_work(carp_wq, &old->work);
}

static void copy_state(struct carp_auth *to, const struct carp_auth *from,
		       unsigned int i)
{
	memcpy(to->states + to->variants++ * to->state_len,
	       from->states + i * from->state_len, to->state_len);
}

/*
 * Honour what was valid until now.  If that is more than there is room for, it
 * is the list before all the changes that must stay: hosts that have seen
 * none of them know only that.
 */
static void inherit(struct carp_auth *auth, const struct carp_auth *old)
{
	unsigned int i, n = variants(old);

	for (i = 0; i < n - 1 && i < CARP_VARIANTS_MAX - 2; i++)
		copy_state(auth, old, i);
	copy_state(auth, old, n - 1);
}

/**
 * carp_auth_update() - the addresses have changed
 * @cd: interface
 * @grace: honour the former list for ten intervals, and send under it too:
 *	hosts are updated one after the other
 *
 * Context: RTNL, may sleep.
 * Return: 0; or an error, and then the former digest stays in use and
 * cd->auth_stale is set.
 */
int carp_auth_update(struct carp_dev *cd, bool grace)
{
	const struct carp_auth *old = rtnl_dereference(cd->auth);
	struct carp_auth *auth;

	auth = auth_build(cd, cd->key);
	if (IS_ERR(auth)) {
		cd->auth_stale = true;
		return PTR_ERR(auth);
	}
	if (old && grace) {
		const struct carp_proto_config *cfg = &cd->proto.cfg;

		inherit(auth, old);
		auth->grace_end = ktime_get_ns() + GRACE_INTERVALS *
			carp_interval_ns(cfg->advbase, cfg->advskew);
	}
	auth_publish(cd, auth);
	return 0;
}

/**
 * carp_auth_rekey() - set the key
 * @cd: interface
 * @key: the new one
 *
 * The former key is void at once.
 *
 * Context: RTNL, may sleep.
 * Return: 0, or an error and nothing has changed.
 */
int carp_auth_rekey(struct carp_dev *cd, const u8 key[CARP_KEY_LEN])
{
	struct carp_auth *auth = auth_build(cd, key);

	if (IS_ERR(auth))
		return PTR_ERR(auth);
	memcpy(cd->key, key, CARP_KEY_LEN);
	auth_publish(cd, auth);
	return 0;
}

/**
 * carp_auth_free() - forget key and addresses
 * @cd: interface; nobody sends or receives with it any more
 *
 * Context: any in which no one else can reach @cd.
 */
void carp_auth_free(struct carp_dev *cd)
{
	struct carp_auth *auth = rcu_dereference_protected(cd->auth, true);

	RCU_INIT_POINTER(cd->auth, NULL);
	if (auth)
		queue_rcu_work(carp_wq, &auth->work);
	memzero_explicit(cd->key, sizeof(cd->key));
}

/**
 * carp_auth_variants() - under how many address lists to advertise now
 * @cd: interface
 *
 * Context: any.
 */
unsigned int carp_auth_variants(const struct carp_dev *cd)
{
	const struct carp_auth *auth;
	unsigned int n = 1;

	rcu_read_lock();
	auth = rcu_dereference(cd->auth);
	if (auth)
		n = variants(auth);
	rcu_read_unlock();
	return n;
}

static int digest(const struct carp_auth *auth, unsigned int variant,
		  const u8 counter[CARP_COUNTER_LEN], u8 out[CARP_DIGEST_LEN])
{
	SHASH_DESC_ON_STACK(desc, auth->tfm);
	int err;

	desc->tfm = auth->tfm;
	err = crypto_shash_import(desc,
				  auth->states + variant * auth->state_len);
	if (!err)
		err = crypto_shash_finup(desc, counter, CARP_COUNTER_LEN, out);
	shash_desc_zero(desc);
	return err;
}

/**
 * carp_auth_digest() - digest of an advertisement to be sent
 * @cd: interface
 * @variant: 0 for the present address list, 1 for the former one
 * @counter: host order
 * @out: the digest
 *
 * Context: any.
 * Return: 0 or an error.
 */
int carp_auth_digest(const struct carp_dev *cd, unsigned int variant,
		     u64 counter, u8 out[CARP_DIGEST_LEN])
{
	const struct carp_auth *auth;
	u8 bytes[CARP_COUNTER_LEN];
	int err = -ENOKEY;

	carp_wire_counter(counter, bytes);
	rcu_read_lock();
	auth = rcu_dereference(cd->auth);
	if (auth && variant < auth->variants)
		err = digest(auth, variant, bytes, out);
	rcu_read_unlock();
	return err;
}

/**
 * carp_auth_verify() - check the digest of a received advertisement
 * @cd: interface
 * @h: the advertisement
 *
 * Compares in constant time.
 *
 * Context: any.
 */
bool carp_auth_verify(const struct carp_dev *cd, const struct carp_header *h)
{
	const struct carp_auth *auth;
	u8 ours[CARP_DIGEST_LEN];
	unsigned int i, n = 0;
	bool ok = false;

	rcu_read_lock();
	auth = rcu_dereference(cd->auth);
	if (auth)
		n = variants(auth);
	for (i = 0; i < n && !ok; i++)
		ok = !digest(auth, i, h->counter, ours) &&
		     !crypto_memneq(ours, h->digest, sizeof(ours));
	rcu_read_unlock();
	return ok;
}

/**
 * carp_crypto_init() - make sure that there is HMAC-SHA1
 *
 * Return: 0 or an error.
 */
int carp_crypto_init(void)
{
	carp_pin = alloc_hmac();
	if (IS_ERR(carp_pin)) {
		pr_err("the kernel has no hmac(sha1): %ld\n",
		       PTR_ERR(carp_pin));
		return PTR_ERR(carp_pin);
	}
	return 0;
}

/**
 * carp_crypto_exit() - undo carp_crypto_init()
 *
 * Context: after the last carp_auth was freed.
 */
void carp_crypto_exit(void)
{
	crypto_free_shash(carp_pin);
}
