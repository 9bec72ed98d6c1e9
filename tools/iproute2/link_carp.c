// SPDX-License-Identifier: GPL-2.0
/*
 * "ip link ... type carp": a plugin for the ip program of iproute2.
 *
 * Only what cannot be put into an attribute is refused here; whether a value
 * makes sense is the kernel's decision, and its sentence is what the user
 * sees.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <linux/if_carp.h>

#include "ip_abi.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

static const char *const state_names[] = {
	[CARP_STATE_INIT]	= "INIT",
	[CARP_STATE_BACKUP]	= "BACKUP",
	[CARP_STATE_MASTER]	= "MASTER",
};

static const char *const preempt_names[] = {
	[CARP_PREEMPT_OFF]	= "off",
	[CARP_PREEMPT_ON]	= "on",
	[CARP_PREEMPT_DEFAULT]	= "default",
};

static const char *const deliver_names[] = {
	[CARP_DELIVER_AUTO]	= "auto",
	[CARP_DELIVER_LOWER]	= "lower",
	[CARP_DELIVER_SELF]	= "self",
};

static const char *const broadcast_names[] = { "off", "on" };

static const char *const lladdr_names[] = {
	[CARP_LLADDR_VIRTUAL]	= "virtual",
	[CARP_LLADDR_LOWER]	= "lower",
};

static void print_usage(FILE *f)
{
	fprintf(f,
		"Usage: ip link add NAME link CARRIER type carp vhid VHID [ OPTION ]...\n"
		"       ip link set NAME type carp OPTION...\n"
		"\n"
		"	OPTION  := { advbase SECONDS | advskew SKEW | SECRET |\n"
		"	             state { master | backup } |\n"
		"	             preempt { on | off | default } |\n"
		"	             preempt-delay DELAY | peer PEERS |\n"
		"	             peer6 PEERS | minttl TTL |\n"
		"	             deliver { auto | lower | self } |\n"
		"	             broadcast { on | off } |\n"
		"	             link-delay DELAY | announce-interval MS |\n"
		"	             lladdr { virtual | lower } }\n"
		"	VHID    := 1..255, the same on all hosts of the group\n"
		"	SECONDS := 0..254, default 1\n"
		"	SKEW    := 0..254 in 1/256 s, default 0; the lowest\n"
		"	           SECONDS + SKEW/256 becomes MASTER\n"
		"	DELAY   := 0..3600 seconds, default 0, before preempting, or\n"
		"	           from the link to taking part\n"
		"	PEERS   := { ADDRESS[,ADDRESS]... | none }, to advertise to\n"
		"	           instead of 224.0.0.18, or ff02::12\n"
		"	TTL     := 1..255, default 255: lowest one that is accepted\n"
		"	MS      := 0..1000 ms, default 0, between announcements that\n"
		"	           are repeated\n"
		"	SECRET  := { passfile FILE | pass WORD | key HEX }\n"
		"	FILE    := its first line is the password; - is standard input\n"
		"	WORD    := at most %d bytes\n"
		"	HEX     := %d hexadecimal digits\n"
		"\n"
		"Prefer passfile: other users of this host can see the arguments of\n"
		"a command, and the shell remembers them.\n",
		CARP_PASS_MAX, 2 * CARP_KEY_LEN);
}

/*
 * An error that must not repeat the argument, as invarg() and duparg() do.
 */
static void __attribute__((noreturn, format(printf, 1, 2)))
fail(const char *fmt, ...)
{
	va_list ap;

	fputs("Error: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputs("\n", stderr);
	exit(EXIT_FAILURE);
}

/* The options of one command line, and which of them were given. */
struct options {
	bool	given[IFLA_CARP_MAX + 1];
	__u32	number[IFLA_CARP_MAX + 1];
	__u8	key[CARP_KEY_LEN];
	__u8	peers[2][CARP_PEERS_MAX * sizeof(struct in6_addr)];
	int	peers_len[2];
};

/*
 * @key: in JSON
 * @size: of the attribute, 1 or 4 bytes
 * @usual: what the text is silent about, or -1
 */
static const struct number {
	const char	*name;
	const char	*key;
	const char	*range;
	int		attr;
	int		size;
	int		usual;
} numbers[] = {
	{ "vhid", "vhid", "1..255", IFLA_CARP_VHID, 1, -1 },
	{ "advbase", "advbase", "0..254 seconds", IFLA_CARP_ADVBASE, 1, -1 },
	{ "advskew", "advskew", "0..254 in 1/256 s", IFLA_CARP_ADVSKEW, 1, -1 },
	/* Only reported, but what is printed can be entered again. */
	{ "demotion", "demotion", "as it is", IFLA_CARP_DEMOTION, 4, -1 },
	{ "preempt-delay", "preempt_delay", "0..3600 seconds",
	  IFLA_CARP_PREEMPT_DELAY, 4, 0 },
	{ "minttl", "minttl", "1..255", IFLA_CARP_MIN_TTL, 1, 255 },
	{ "link-delay", "link_delay", "0..3600 seconds",
	  IFLA_CARP_LINK_DELAY, 4, 0 },
	{ "announce-interval", "announce_interval", "0..1000 milliseconds",
	  IFLA_CARP_ANNOUNCE_INTERVAL, 4, 0 },
};

static const struct number *find_number(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(numbers); i++)
		if (!strcmp(name, numbers[i].name))
			return &numbers[i];
	return NULL;
}

/* Hosts to advertise to; their place in struct options. */
static const struct peers {
	const char	*name;
	const char	*wrong;
	int		attr;
	int		family;
	int		size;
	int		place;
} peers[] = {
	{ "peer", "peer must be IPv4 addresses with commas between them, or \"none\"",
	  IFLA_CARP_PEER, AF_INET, sizeof(struct in_addr), 0 },
	{ "peer6", "peer6 must be IPv6 addresses with commas between them, or \"none\"",
	  IFLA_CARP_PEER6, AF_INET6, sizeof(struct in6_addr), 1 },
};

static const struct peers *find_peers(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(peers); i++)
		if (!strcmp(name, peers[i].name))
			return &peers[i];
	return NULL;
}

static void parse_peers(struct options *o, const struct peers *p,
			const char *arg)
{
	int *len = &o->peers_len[p->place];
	char word[INET6_ADDRSTRLEN];
	const char *at = arg;
	size_t n;

	if (o->given[p->attr])
		duparg(p->name, arg);
	o->given[p->attr] = true;
	if (!strcmp(arg, "none"))
		return;
	for (;; at += n + 1) {
		n = strcspn(at, ",");
		if (*len == CARP_PEERS_MAX * p->size)
			fail("%s takes at most %d addresses.", p->name,
			     CARP_PEERS_MAX);
		if (n >= sizeof(word))
			invarg(p->wrong, arg);
		memcpy(word, at, n);
		word[n] = '\0';
		if (inet_pton(p->family, word, &o->peers[p->place][*len]) != 1)
			invarg(p->wrong, arg);
		*len += p->size;
		if (!at[n])
			return;
	}
}

static bool is_secret(const char *name)
{
	return !strcmp(name, "passfile") || !strcmp(name, "pass") ||
	       !strcmp(name, "key");
}

static void parse_number(struct options *o, const struct number *num,
			 const char *arg)
{
	__u32 *val = &o->number[num->attr];
	char msg[64];

	if (o->given[num->attr])
		duparg(num->name, arg);
	if (get_u32(val, arg, 0) || (num->size == 1 && *val > 255)) {
		snprintf(msg, sizeof(msg), "%s must be a number, %s",
			 num->name, num->range);
		invarg(msg, arg);
	}
	o->given[num->attr] = true;
}

/*
 * One of few words.  What is printed can be entered again, hence the capitals
 * and INIT.
 */
static const struct choice {
	const char		*name;
	const char		*wrong;
	int			attr;
	const char *const	*words;
	unsigned int		n;
	int			usual;
} choices[] = {
	{ "state", "state must be \"master\" or \"backup\"", IFLA_CARP_STATE,
	  state_names, ARRAY_SIZE(state_names), -1 },
	{ "preempt", "preempt must be \"on\", \"off\" or \"default\"",
	  IFLA_CARP_PREEMPT, preempt_names, ARRAY_SIZE(preempt_names),
	  CARP_PREEMPT_DEFAULT },
	{ "deliver", "deliver must be \"auto\", \"lower\" or \"self\"",
	  IFLA_CARP_DELIVER, deliver_names, ARRAY_SIZE(deliver_names),
	  CARP_DELIVER_AUTO },
	{ "broadcast", "broadcast must be \"on\" or \"off\"",
	  IFLA_CARP_BROADCAST, broadcast_names, ARRAY_SIZE(broadcast_names),
	  0 },
	{ "lladdr", "lladdr must be \"virtual\" or \"lower\"",
	  IFLA_CARP_LLADDR, lladdr_names, ARRAY_SIZE(lladdr_names),
	  CARP_LLADDR_VIRTUAL },
};

static const struct choice *find_choice(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(choices); i++)
		if (!strcmp(name, choices[i].name))
			return &choices[i];
	return NULL;
}

static void parse_choice(struct options *o, const struct choice *c,
			 const char *arg)
{
	unsigned int i;

	if (o->given[c->attr])
		duparg(c->name, arg);
	for (i = 0; i < c->n; i++)
		if (!strcasecmp(arg, c->words[i]))
			break;
	if (i == c->n)
		invarg(c->wrong, arg);
	o->number[c->attr] = i;
	o->given[c->attr] = true;
}

static void check_pass_len(const char *what, size_t len)
{
	if (len > CARP_PASS_MAX)
		fail("%s is longer than %d bytes; ifconfig of the BSDs would silently cut it there, so use a shorter one on all hosts.",
		     what, CARP_PASS_MAX);
}

/* Read byte by byte: one line is ours, what follows it may be others'. */
static void parse_passfile(struct options *o, const char *path)
{
	bool is_stdin = !strcmp(path, "-");
	char line[CARP_PASS_MAX + 1];
	size_t len = 0;
	FILE *f;
	int c;

	f = is_stdin ? stdin : fopen(path, "re");
	if (!f)
		fail("cannot open passfile \"%s\": %s.", path, strerror(errno));
	if (!is_stdin)
		setvbuf(f, NULL, _IONBF, 0);

	while ((c = getc(f)) != EOF && c != '\n' && len < sizeof(line)) {
		if (!c)
			fail("passfile \"%s\" holds a zero byte, which ends a password elsewhere; give binary keys with \"key\".",
			     path);
		line[len++] = c;
	}
	if (ferror(f))
		fail("cannot read passfile \"%s\": %s.", path, strerror(errno));
	if (!len)
		fail("the first line of passfile \"%s\" is empty; it must be the password.",
		     path);
	if (line[len - 1] == '\r')
		fail("the first line of passfile \"%s\" ends with CR LF, and the CR would be part of the password; write the file with LF at the ends of lines.",
		     path);
	if (!is_stdin)
		fclose(f);

	check_pass_len("the password in passfile", len);
	memcpy(o->key, line, len);
	explicit_bzero(line, sizeof(line));
}

static int hex_digit(char c)
{
	if (isdigit((unsigned char)c))
		return c - '0';
	if (isxdigit((unsigned char)c))
		return tolower((unsigned char)c) - 'a' + 10;
	return -1;
}

static bool hex_to_key(__u8 *key, const char *hex)
{
	int i;

	if (strlen(hex) != 2 * CARP_KEY_LEN)
		return false;
	for (i = 0; i < CARP_KEY_LEN; i++) {
		int high = hex_digit(hex[2 * i]);
		int low = hex_digit(hex[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		key[i] = high << 4 | low;
	}
	return true;
}

/*
 * The word is taken out of the arguments as soon as it is known, so that ps
 * shows it no longer than that.
 */
static void parse_secret(struct options *o, const char *name, char *arg)
{
	bool again = o->given[IFLA_CARP_KEY];
	size_t len;
	bool good;

	o->given[IFLA_CARP_KEY] = true;
	if (again) {
		explicit_bzero(arg, strlen(arg));
		fail("\"%s\" is one too many: only one of \"pass\", \"passfile\" and \"key\" can be given, and once.",
		     name);
	}

	memset(o->key, 0, sizeof(o->key));
	if (!strcmp(name, "passfile")) {
		parse_passfile(o, arg);
		return;
	}
	if (!strcmp(name, "key")) {
		good = hex_to_key(o->key, arg);
		explicit_bzero(arg, strlen(arg));
		if (!good)
			fail("\"key\" must be exactly %d hexadecimal digits; a password is given with \"passfile\" or \"pass\".",
			     2 * CARP_KEY_LEN);
		return;
	}
	len = strlen(arg);
	if (!len)
		fail("the password is empty; leave \"pass\" away for a key of zeros, or give one.");
	if (len <= CARP_PASS_MAX)
		memcpy(o->key, arg, len);
	explicit_bzero(arg, len);
	check_pass_len("the password", len);
}

/* All of the key, so that not even the length of a password shows. */
static int add_option(struct nlmsghdr *n, const struct options *o, int attr)
{
	__u8 byte = o->number[attr];

	switch (attr) {
	case IFLA_CARP_PEER:
		return addattr_l(n, IP_REQUEST_MAX, attr, o->peers[0],
				 o->peers_len[0]);
	case IFLA_CARP_PEER6:
		return addattr_l(n, IP_REQUEST_MAX, attr, o->peers[1],
				 o->peers_len[1]);
	case IFLA_CARP_KEY:
		return addattr_l(n, IP_REQUEST_MAX, attr, o->key,
				 sizeof(o->key));
	case IFLA_CARP_DEMOTION:
	case IFLA_CARP_PREEMPT_DELAY:
	case IFLA_CARP_LINK_DELAY:
	case IFLA_CARP_ANNOUNCE_INTERVAL:
		return addattr_l(n, IP_REQUEST_MAX, attr, &o->number[attr],
				 sizeof(o->number[attr]));
	default:
		return addattr_l(n, IP_REQUEST_MAX, attr, &byte, sizeof(byte));
	}
}

static int add_options(struct nlmsghdr *n, const struct options *o)
{
	int attr;

	for (attr = IFLA_CARP_VHID; attr <= IFLA_CARP_MAX; attr++)
		if (o->given[attr] && add_option(n, o, attr))
			return -1;
	return 0;
}

static int carp_parse_opt(struct link_util *lu, int argc, char **argv,
			  struct nlmsghdr *n)
{
	struct options o = {};
	int err;

	(void)lu;
	for (; argc > 0; argc--, argv++) {
		const struct number *num;
		const struct choice *choice;
		const struct peers *list;
		const char *name = *argv;

		if (!strcmp(name, "help")) {
			print_usage(stdout);
			exit(EXIT_SUCCESS);
		}
		num = find_number(name);
		choice = find_choice(name);
		list = find_peers(name);
		if (!num && !choice && !list && !is_secret(name)) {
			fprintf(stderr, "Error: carp has no option \"%s\".\n",
				name);
			print_usage(stderr);
			return -1;
		}
		if (argc < 2)
			incomplete_command();
		argc--;
		argv++;

		if (num)
			parse_number(&o, num, *argv);
		else if (choice)
			parse_choice(&o, choice, *argv);
		else if (list)
			parse_peers(&o, list, *argv);
		else
			parse_secret(&o, name, *argv);
	}

	err = add_options(n, &o);
	explicit_bzero(&o, sizeof(o));
	return err;
}

/* false if a kernel older than the attribute left it out. */
static bool get_attr(struct rtattr *tb[], int attr, int size, __u32 *val)
{
	__u8 byte;

	if (!tb[attr] || (int)RTA_PAYLOAD(tb[attr]) < size)
		return false;
	if (size == sizeof(*val)) {
		memcpy(val, RTA_DATA(tb[attr]), sizeof(*val));
	} else {
		memcpy(&byte, RTA_DATA(tb[attr]), sizeof(byte));
		*val = byte;
	}
	return true;
}

/* A program is told everything, a reader only what is not as usual. */
static enum output_type where(__u32 val, int usual)
{
	return usual >= 0 && val == (__u32)usual ? PRINT_JSON : PRINT_ANY;
}

static void print_number(struct rtattr *tb[], const struct number *num)
{
	char fmt[32];
	__u32 val;

	if (!get_attr(tb, num->attr, num->size, &val))
		return;
	snprintf(fmt, sizeof(fmt), "%s %%u ", num->name);
	print_color_uint(where(val, num->usual), COLOR_NONE, num->key, fmt,
			 val);
}

static void print_choice(struct rtattr *tb[], const struct choice *c)
{
	char fmt[32], number[4];
	__u32 val;

	if (!get_attr(tb, c->attr, sizeof(__u8), &val))
		return;
	snprintf(fmt, sizeof(fmt), "%s %%s ", c->name);
	/* One that only a newer kernel has a name for. */
	snprintf(number, sizeof(number), "%u", (__u8)val);
	print_color_string(where(val, c->usual), COLOR_NONE, c->name, fmt,
			   val < c->n ? c->words[val] : number);
}

static void print_peers(struct rtattr *tb[], const struct peers *p)
{
	char text[CARP_PEERS_MAX * (INET6_ADDRSTRLEN + 1)] = "";
	char addr[INET6_ADDRSTRLEN], fmt[32];
	int i, n;

	n = tb[p->attr] ? (int)RTA_PAYLOAD(tb[p->attr]) / p->size : 0;
	if (!n || n > CARP_PEERS_MAX)
		return;
	open_json_array(PRINT_JSON, p->name);
	for (i = 0; i < n; i++) {
		inet_ntop(p->family, (char *)RTA_DATA(tb[p->attr]) +
			  i * p->size, addr, sizeof(addr));
		print_color_string(PRINT_JSON, COLOR_NONE, NULL, NULL, addr);
		if (i)
			strcat(text, ",");
		strcat(text, addr);
	}
	close_json_array(PRINT_JSON, NULL);
	snprintf(fmt, sizeof(fmt), "%s %%s ", p->name);
	print_color_string(PRINT_FP, COLOR_NONE, NULL, fmt, text);
}

/* IFLA_CARP_KEY is never printed, should a kernel ever report it. */
static void carp_print_opt(struct link_util *lu, FILE *f, struct rtattr *tb[])
{
	size_t i;

	(void)lu;
	(void)f;
	if (!tb)
		return;
	print_choice(tb, find_choice("state"));
	for (i = 0; i < ARRAY_SIZE(numbers); i++)
		print_number(tb, &numbers[i]);
	/* The state has been told. */
	for (i = 1; i < ARRAY_SIZE(choices); i++)
		print_choice(tb, &choices[i]);
	for (i = 0; i < ARRAY_SIZE(peers); i++)
		print_peers(tb, &peers[i]);
}

static void carp_print_help(struct link_util *lu, int argc, char **argv,
			    FILE *f)
{
	(void)lu;
	(void)argc;
	(void)argv;
	print_usage(f);
}

struct link_util carp_link_util = {
	.id		= CARP_KIND,
	.maxattr	= IFLA_CARP_MAX,
	.parse_opt	= carp_parse_opt,
	.print_opt	= carp_print_opt,
	.print_help	= carp_print_help,
};
