// SPDX-License-Identifier: GPL-2.0
/*
 * "ip link ... type carp": a plugin for the ip program of iproute2.
 *
 * Only what cannot be put into an attribute is refused here; whether a value
 * makes sense is the kernel's decision, and its sentence is what the user
 * sees.
 */
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

static void print_usage(FILE *f)
{
	fprintf(f,
		"Usage: ip link add NAME link CARRIER type carp vhid VHID\n"
		"		[ advbase SECONDS ] [ advskew SKEW ] [ SECRET ]\n"
		"		[ state { master | backup } ]\n"
		"       ip link set NAME type carp\n"
		"		[ advbase SECONDS ] [ advskew SKEW ] [ SECRET ]\n"
		"		[ state { master | backup } ]\n"
		"\n"
		"	VHID    := 1..255, the same on all hosts of the group\n"
		"	SECONDS := 0..254, default 1\n"
		"	SKEW    := 0..254 in 1/256 s, default 0; the lowest\n"
		"	           SECONDS + SKEW/256 becomes MASTER\n"
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
	__u8	number[IFLA_CARP_MAX + 1];
	__u8	key[CARP_KEY_LEN];
	__u32	demotion;
};

static const struct number {
	const char	*name;
	const char	*range;
	int		attr;
} numbers[] = {
	{ "vhid",	"1..255",		IFLA_CARP_VHID },
	{ "advbase",	"0..254 seconds",	IFLA_CARP_ADVBASE },
	{ "advskew",	"0..254 in 1/256 s",	IFLA_CARP_ADVSKEW },
};

static const struct number *find_number(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(numbers); i++)
		if (!strcmp(name, numbers[i].name))
			return &numbers[i];
	return NULL;
}

static bool is_secret(const char *name)
{
	return !strcmp(name, "passfile") || !strcmp(name, "pass") ||
	       !strcmp(name, "key");
}

static void parse_number(struct options *o, const struct number *num,
			 const char *arg)
{
	char msg[64];

	if (o->given[num->attr])
		duparg(num->name, arg);
	if (get_u8(&o->number[num->attr], arg, 0)) {
		snprintf(msg, sizeof(msg), "%s must be a number, %s",
			 num->name, num->range);
		invarg(msg, arg);
	}
	o->given[num->attr] = true;
}

/*
 * What is printed can be entered again, hence the capitals and INIT.
 */
static void parse_state(struct options *o, const char *arg)
{
	__u8 state;

	if (o->given[IFLA_CARP_STATE])
		duparg("state", arg);
	for (state = 0; state < ARRAY_SIZE(state_names); state++)
		if (!strcasecmp(arg, state_names[state]))
			break;
	if (state == ARRAY_SIZE(state_names))
		invarg("state must be \"master\" or \"backup\"", arg);
	o->number[IFLA_CARP_STATE] = state;
	o->given[IFLA_CARP_STATE] = true;
}

/* Reported only, but what is printed can be entered again. */
static void parse_demotion(struct options *o, const char *arg)
{
	if (o->given[IFLA_CARP_DEMOTION])
		duparg("demotion", arg);
	if (get_u32(&o->demotion, arg, 0))
		invarg("demotion must be a number", arg);
	o->given[IFLA_CARP_DEMOTION] = true;
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
	if (len <= CARP_PASS_MAX)
		memcpy(o->key, arg, len);
	explicit_bzero(arg, len);
	check_pass_len("the password", len);
}

/* All of the key, so that not even the length of a password shows. */
static int add_options(struct nlmsghdr *n, const struct options *o)
{
	int attr;

	for (attr = IFLA_CARP_VHID; attr <= IFLA_CARP_MAX; attr++) {
		const void *data = &o->number[attr];
		int len = sizeof(o->number[attr]);

		if (!o->given[attr])
			continue;
		if (attr == IFLA_CARP_KEY) {
			data = o->key;
			len = sizeof(o->key);
		} else if (attr == IFLA_CARP_DEMOTION) {
			data = &o->demotion;
			len = sizeof(o->demotion);
		}
		if (addattr_l(n, IP_REQUEST_MAX, attr, data, len))
			return -1;
	}
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
		const char *name = *argv;

		if (!strcmp(name, "help")) {
			print_usage(stdout);
			exit(EXIT_SUCCESS);
		}
		num = find_number(name);
		if (!num && !is_secret(name) && strcmp(name, "state") &&
		    strcmp(name, "demotion")) {
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
		else if (is_secret(name))
			parse_secret(&o, name, *argv);
		else if (!strcmp(name, "demotion"))
			parse_demotion(&o, *argv);
		else
			parse_state(&o, *argv);
	}

	err = add_options(n, &o);
	explicit_bzero(&o, sizeof(o));
	return err;
}

/* false if a kernel older than the attribute left it out. */
static bool get_attr_u8(struct rtattr *tb[], int attr, __u8 *val)
{
	if (!tb[attr] || RTA_PAYLOAD(tb[attr]) < sizeof(*val))
		return false;
	*val = *(const __u8 *)RTA_DATA(tb[attr]);
	return true;
}

static void print_number(struct rtattr *tb[], const struct number *num)
{
	char fmt[32];
	__u8 val;

	if (!get_attr_u8(tb, num->attr, &val))
		return;
	snprintf(fmt, sizeof(fmt), "%s %%u ", num->name);
	print_color_uint(PRINT_ANY, COLOR_NONE, num->name, fmt, val);
}

static void print_state(struct rtattr *tb[])
{
	char number[4];
	__u8 state;

	if (!get_attr_u8(tb, IFLA_CARP_STATE, &state))
		return;
	/* One that only a newer kernel has a name for. */
	snprintf(number, sizeof(number), "%u", state);
	print_color_string(PRINT_ANY, COLOR_NONE, "state", "state %s ",
			   state < ARRAY_SIZE(state_names) ?
			   state_names[state] : number);
}

static void print_demotion(struct rtattr *tb[])
{
	__u32 val;

	if (!tb[IFLA_CARP_DEMOTION] ||
	    RTA_PAYLOAD(tb[IFLA_CARP_DEMOTION]) < sizeof(val))
		return;
	memcpy(&val, RTA_DATA(tb[IFLA_CARP_DEMOTION]), sizeof(val));
	print_color_uint(PRINT_ANY, COLOR_NONE, "demotion", "demotion %u ",
			 val);
}

/* IFLA_CARP_KEY is never printed, should a kernel ever report it. */
static void carp_print_opt(struct link_util *lu, FILE *f, struct rtattr *tb[])
{
	size_t i;

	(void)lu;
	(void)f;
	if (!tb)
		return;
	print_state(tb);
	for (i = 0; i < ARRAY_SIZE(numbers); i++)
		print_number(tb, &numbers[i]);
	print_demotion(tb);
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
