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
#include <net/addrconf.h>

#include "carp_crypto.h"
#include "carp_hmac.h"
#include "carp_output.h"
#include "carp_vip.h"

/*
 * Intervals during which this host sends under the former address list too, and
 * during which it accepts it: who is changed last sends under it until twice
 * that time after who was changed first.  Whoever changes them is no faster for
 * an interval of milliseconds.
 */
#define GRACE_SEND	10
#define GRACE_ACCEPT	(2 * GRACE_SEND)
#define GRACE_INTERVAL	NSEC_PER_SEC

/*
 * A list of addresses makes two messages if some of them are link-local.
 * FreeBSD and NetBSD authenticate all, and so do we; OpenBSD leaves the
 * link-local ones out, and accepts either.
 */
enum form {
	FORM_ALL,
	FORM_NO_LINKLOCAL,
	N_FORMS
};

/**
 * struct keyed - HMAC with a key, for all snapshots of that key
 * @users: how many they are
 * @tfm: the transformation
 */
struct keyed {
	refcount_t		users;
	struct crypto_shash	*tfm;
};

/**
 * struct carp_auth - a snapshot of key and addresses
 * @work: frees the snapshot in process context after a grace period
 * @keyed: holds the key
 * @state_len: size of one of @states
 * @variants: 1, or more while former address lists are accepted too
 * @sent: how many of them, the first ones, are sent under
 * @send_end: monotonic ns; @sent counts as 1 afterwards
 * @accept_end: the same for @variants
 * @has_linklocal: by variant: there is a state of FORM_NO_LINKLOCAL too
 * @states: exported hash states, CARP_VARIANTS_MAX times N_FORMS, the present
 *	list first
 */
struct carp_auth {
	struct rcu_work		work;
	struct keyed		*keyed;
	unsigned int		state_len;
	unsigned int		variants;
	unsigned int		sent;
	u64			send_end;
	u64			accept_end;
	bool			has_linklocal[CARP_VARIANTS_MAX];
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

static struct keyed *keyed_alloc(const u8 key[CARP_KEY_LEN])
{
	struct keyed *keyed = kmalloc(sizeof(*keyed), GFP_KERNEL_ACCOUNT);
	int err;

	if (!keyed)
		return ERR_PTR(-ENOMEM);
	refcount_set(&keyed->users, 1);
	keyed->tfm = alloc_hmac();
	err = PTR_ERR_OR_ZERO(keyed->tfm);
	if (!err) {
		err = crypto_shash_setkey(keyed->tfm, key, CARP_KEY_LEN);
		if (err)
			crypto_free_shash(keyed->tfm);
	}
	if (err) {
		kfree(keyed);
		return ERR_PTR(err);
	}
	return keyed;
}

static struct keyed *keyed_get(struct keyed *keyed)
{
	refcount_inc(&keyed->users);
	return keyed;
}

static void keyed_put(struct keyed *keyed)
{
	if (!refcount_dec_and_test(&keyed->users))
		return;
	crypto_free_shash(keyed->tfm);
	kfree(keyed);
}

static void auth_free_work(struct work_struct *work)
{
	struct carp_auth *auth = container_of(to_rcu_work(work),
					      struct carp_auth, work);

	keyed_put(auth->keyed);
	kfree_sensitive(auth);
}

static u8 *state_of(struct carp_auth *auth, unsigned int variant,
		    enum form form)
{
	return auth->states + (variant * N_FORMS + form) * auth->state_len;
}

static unsigned int accepted(const struct carp_auth *auth)
{
	if (auth->variants > 1 && ktime_get_ns() >= auth->accept_end)
		return 1;
	return auth->variants;
}

static unsigned int sent(const struct carp_auth *auth)
{
	if (auth->sent > 1 && ktime_get_ns() >= auth->send_end)
		return 1;
	return auth->sent;
}

static int sink_update(void *ctx, const void *data, size_t len)
{
	return crypto_shash_update(ctx, data, len);
}

/* Those of @form; tells whether there are link-local ones. */
static bool addresses(const struct carp_dev *cd, struct carp_addrset *set,
		      enum form form)
{
	struct in_device *in_dev = __in_dev_get_rtnl(cd->dev);
	const struct inet6_ifaddr *ifa6;
	bool linklocal = false;
	struct in_ifaddr *ifa;

	set->n4 = 0;
	set->n6 = 0;
	/* More than fit are kept out by the validators. */
	if (in_dev)
		in_dev_for_each_ifa_rtnl(ifa, in_dev)
			carp_addrset_add4(set, ifa->ifa_local);
	rcu_read_lock();
	carp_addr6_for_each(ifa6, cd->dev) {
		struct carp_addr6 addr;

		if (ipv6_addr_type(&ifa6->addr) & IPV6_ADDR_LINKLOCAL) {
			linklocal = true;
			if (form == FORM_NO_LINKLOCAL)
				continue;
		}
		memcpy(&addr, &ifa6->addr, sizeof(addr));
		carp_addrset_add6(set, &addr);
	}
	rcu_read_unlock();
	return linklocal;
}

static int hash_prefix(const struct carp_dev *cd, struct carp_auth *auth,
		       const struct carp_addrset *set, enum form form)
{
	SHASH_DESC_ON_STACK(desc, auth->keyed->tfm);
	int err;

	desc->tfm = auth->keyed->tfm;
	err = crypto_shash_init(desc);
	if (!err)
		err = carp_hmac_prefix(cd->vhid, set, sink_update, desc);
	if (!err)
		err = crypto_shash_export(desc, state_of(auth, 0, form));
	shash_desc_zero(desc);
	return err;
}

/* Takes over the reference to @keyed, unless it fails. */
static struct carp_auth *auth_build(const struct carp_dev *cd,
				    struct keyed *keyed, gfp_t gfp)
{
	unsigned int len = crypto_shash_statesize(keyed->tfm);
	struct carp_addrset *set;
	struct carp_auth *auth;
	int err = -ENOMEM;

	auth = kzalloc(struct_size(auth, states,
				   CARP_VARIANTS_MAX * N_FORMS * len), gfp);
	set = kmalloc(sizeof(*set), gfp);
	if (!auth || !set)
		goto err_free;

	INIT_RCU_WORK(&auth->work, auth_free_work);
	auth->keyed = keyed;
	auth->state_len = len;
	auth->variants = 1;
	auth->sent = 1;
	auth->has_linklocal[0] = addresses(cd, set, FORM_ALL);
	err = hash_prefix(cd, auth, set, FORM_ALL);
	if (!err && auth->has_linklocal[0]) {
		addresses(cd, set, FORM_NO_LINKLOCAL);
		err = hash_prefix(cd, auth, set, FORM_NO_LINKLOCAL);
	}
	if (err)
		goto err_free;
	kfree(set);
	return auth;

err_free:
	kfree(set);
	kfree_sensitive(auth);
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

static void copy_variant(struct carp_auth *to, struct carp_auth *from,
			 unsigned int i)
{
	unsigned int n = to->variants++;

	memcpy(state_of(to, n, FORM_ALL), state_of(from, i, FORM_ALL),
	       N_FORMS * to->state_len);
	to->has_linklocal[n] = from->has_linklocal[i];
}

/*
 * Honour what was valid until now.  If that is more than there is room for, it
 * is the list before all the changes that must stay: hosts that have seen
 * none of them know only that.  What is only accepted comes last.
 */
static void inherit(struct carp_auth *auth, struct carp_auth *old, u64 interval)
{
	unsigned int i, n = sent(old), all = accepted(old);
	u64 now = ktime_get_ns();

	for (i = 0; i < n - 1 && i < CARP_VARIANTS_MAX - 2; i++)
		copy_variant(auth, old, i);
	copy_variant(auth, old, n - 1);
	auth->sent = auth->variants;
	for (i = n; i < all && auth->variants < CARP_VARIANTS_MAX; i++)
		copy_variant(auth, old, i);
	auth->send_end = now + GRACE_SEND * interval;
	auth->accept_end = now + GRACE_ACCEPT * interval;
}

/**
 * carp_auth_update() - the addresses have changed
 * @cd: interface
 * @gfp: IPv6 tells of its addresses where nothing may sleep
 *
 * Hosts are updated one after the other: unless the interface was down, the
 * former list is sent too for ten intervals, and accepted for twenty, each of
 * them taken for a second if it is shorter.
 *
 * Context: RTNL.
 * Return: 0; or an error, and then the former digest stays in use and
 * cd->auth_stale is set.
 */
int carp_auth_update(struct carp_dev *cd, gfp_t gfp)
{
	struct carp_auth *old = rtnl_dereference(cd->auth);
	struct carp_auth *auth;

	auth = auth_build(cd, keyed_get(old->keyed), gfp);
	if (IS_ERR(auth)) {
		/* Not the last one. */
		keyed_put(old->keyed);
		cd->auth_stale = true;
		return PTR_ERR(auth);
	}
	/* Who has just bowed out waits for a successor that has the former. */
	if (READ_ONCE(cd->proto.state) != CARP_STATE_INIT ||
	    carp_serving(cd)) {
		const struct carp_proto_config *cfg = &cd->proto.cfg;

		inherit(auth, old,
			max_t(u64, GRACE_INTERVAL,
			      carp_interval_ns(cfg->advbase, cfg->advskew)));
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
	struct keyed *keyed = keyed_alloc(key);
	struct carp_auth *auth;

	if (IS_ERR(keyed))
		return PTR_ERR(keyed);
	auth = auth_build(cd, keyed, GFP_KERNEL_ACCOUNT);
	if (IS_ERR(auth)) {
		keyed_put(keyed);
		return PTR_ERR(auth);
	}
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
}

/**
 * carp_auth_variants() - under how many address lists to advertise now
 * @cd: interface
 *
 * Context: RCU read side.
 */
unsigned int carp_auth_variants(const struct carp_dev *cd)
{
	const struct carp_auth *auth = rcu_dereference(cd->auth);

	return auth ? sent(auth) : 1;
}

static int digest(struct carp_auth *auth, unsigned int variant, enum form form,
		  const u8 counter[CARP_COUNTER_LEN], u8 out[CARP_DIGEST_LEN])
{
	/* Most kernels zero what is on the stack, and this is a lot of it. */
	u8 room[sizeof(struct shash_desc) + HASH_MAX_DESCSIZE] __uninitialized
		__aligned(__alignof__(struct shash_desc));
	struct shash_desc *desc = (struct shash_desc *)room;
	int err;

	desc->tfm = auth->keyed->tfm;
	err = crypto_shash_import(desc, state_of(auth, variant, form));
	if (!err)
		err = crypto_shash_finup(desc, counter, CARP_COUNTER_LEN, out);
	shash_desc_zero(desc);
	return err;
}

/**
 * carp_auth_digest() - digest of an advertisement to be sent
 * @cd: interface
 * @variant: 0 for the present address list, then the former ones that are
 *	still sent, below carp_auth_variants()
 * @counter: host order
 * @out: the digest
 *
 * Context: RCU read side.
 * Return: 0 or an error.
 */
int carp_auth_digest(const struct carp_dev *cd, unsigned int variant,
		     u64 counter, u8 out[CARP_DIGEST_LEN])
{
	struct carp_auth *auth = rcu_dereference(cd->auth);
	u8 bytes[CARP_COUNTER_LEN];

	if (!auth || variant >= auth->variants)
		return -ENOKEY;
	carp_wire_counter(counter, bytes);
	return digest(auth, variant, FORM_ALL, bytes, out);
}

static bool matches(struct carp_auth *auth, unsigned int variant,
		    enum form form, const struct carp_header *h)
{
	u8 ours[CARP_DIGEST_LEN];

	return !digest(auth, variant, form, h->counter, ours) &&
	       !crypto_memneq(ours, h->digest, sizeof(ours));
}

/**
 * carp_auth_verify() - check the digest of a received advertisement
 * @cd: interface
 * @h: the advertisement
 *
 * Compares in constant time.
 *
 * Context: RCU read side.
 */
bool carp_auth_verify(const struct carp_dev *cd, const struct carp_header *h)
{
	struct carp_auth *auth = rcu_dereference(cd->auth);
	unsigned int i, n = 0;
	bool ok = false;

	if (auth)
		n = accepted(auth);
	for (i = 0; i < n && !ok; i++)
		ok = matches(auth, i, FORM_ALL, h) ||
		     (auth->has_linklocal[i] &&
		      matches(auth, i, FORM_NO_LINKLOCAL, h));
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
