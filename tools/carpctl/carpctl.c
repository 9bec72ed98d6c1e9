// SPDX-License-Identifier: GPL-2.0
/*
 * carpctl: ask the carp module, and tell it.
 *
 * Only what is no request at all is refused here; whether it makes sense is the
 * kernel's decision, and its sentence is what the user sees.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "carpctl.h"

static void usage(FILE *f)
{
	fputs("Usage: carpctl show [-j] [DEV]\n"
	      "       carpctl monitor [-j]\n"
	      "       carpctl demote REASON [WEIGHT]\n"
	      "       carpctl undemote REASON\n"
	      "       carpctl state DEV { master | backup }\n"
	      "       carpctl help\n"
	      "\n"
	      "show      interfaces, whom they hear, their counters; what demotes the host\n"
	      "monitor   every change of state and of demotion, as it happens\n"
	      "demote    put a reason in force, or change its weight (1.., default 240)\n"
	      "undemote  end it\n"
	      "state     force the state of an interface; complete on return\n"
	      "\n"
	      "-j, --json  JSON; monitor: a line each\n"
	      "\n"
	      "Exit status: 0 done, 1 refused by the kernel, 2 not understood.\n", f);
}

static void __attribute__((noreturn, format(printf, 1, 2)))
misunderstood(const char *fmt, ...)
{
	va_list ap;

	fputs("Error: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputs("\n", stderr);
	usage(stderr);
	exit(EXIT_USAGE);
}

/* The words that are not options. */
struct words {
	const char	*word[4];
	int		n;
	bool		json;
};

static void take_words(struct words *words, int argc, char **argv)
{
	bool options = true;
	int i;

	for (i = 1; i < argc; i++) {
		const char *word = argv[i];

		if (options && !strcmp(word, "--")) {
			options = false;
		} else if (options && (!strcmp(word, "-j") ||
				       !strcmp(word, "--json"))) {
			words->json = true;
		} else if (options && (!strcmp(word, "-h") ||
				       !strcmp(word, "--help"))) {
			usage(stdout);
			exit(EXIT_DONE);
		} else if (options && word[0] == '-' && words->n < 2) {
			misunderstood("there is no option \"%s\".", word);
		} else if (words->n == 4) {
			misunderstood("\"%s\" is one word too many.", word);
		} else {
			words->word[words->n++] = word;
		}
	}
}

/* As long as it fits into a message its length is the kernel's to judge. */
static void put_word(struct nlmsghdr *nlh, uint16_t type, const char *word)
{
	if (!mnl_attr_put_strz_check(nlh, MNL_SOCKET_BUFFER_SIZE, type, word))
		misunderstood("\"%.20s...\" is too long.", word);
}

static int do_show(struct nl *nl, const struct words *words)
{
	return show(nl, words->word[1], words->json);
}

static int do_monitor(struct nl *nl, const struct words *words)
{
	return monitor(nl, words->json);
}

static int do_demote(struct nl *nl, const struct words *words)
{
	char buf[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *nlh = nl_request(nl, buf, CARP_CMD_DEMOTE, 0);
	const char *weight = words->word[2];
	char *end;
	long n;

	put_word(nlh, CARP_A_DEMOTE_REASON, words->word[1]);
	if (weight) {
		errno = 0;
		n = strtol(weight, &end, 0);
		if (errno || *end || end == weight || n < INT32_MIN ||
		    n > INT32_MAX)
			misunderstood("\"%s\" is no weight; give a number from 1 to 2147483647.",
				      weight);
		mnl_attr_put_u32(nlh, CARP_A_WEIGHT, n);
	}
	return nl_talk(nl, nlh, NULL, NULL);
}

static int do_undemote(struct nl *nl, const struct words *words)
{
	char buf[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *nlh = nl_request(nl, buf, CARP_CMD_UNDEMOTE, 0);

	put_word(nlh, CARP_A_DEMOTE_REASON, words->word[1]);
	return nl_talk(nl, nlh, NULL, NULL);
}

static int do_state(struct nl *nl, const struct words *words)
{
	char buf[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *nlh = nl_request(nl, buf, CARP_CMD_SET, 0);
	uint8_t state;

	for (state = 0; state <= CARP_STATE_MAX; state++)
		if (!strcasecmp(words->word[2], state_name(state)))
			break;
	if (state > CARP_STATE_MAX)
		misunderstood("\"%s\" is no state; give master or backup.",
			      words->word[2]);
	put_word(nlh, CARP_A_IFNAME, words->word[1]);
	mnl_attr_put_u8(nlh, CARP_A_STATE, state);
	return nl_talk(nl, nlh, NULL, NULL);
}

static const struct command {
	const char	*name;
	int		(*run)(struct nl *nl, const struct words *words);
	int		min;
	int		max;
} commands[] = {
	{ "show",	do_show,	0, 1 },
	{ "monitor",	do_monitor,	0, 0 },
	{ "demote",	do_demote,	1, 2 },
	{ "undemote",	do_undemote,	1, 1 },
	{ "state",	do_state,	2, 2 },
};

static const struct command *find_command(const struct words *words)
{
	size_t i;

	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		const struct command *c = &commands[i];

		if (strcmp(words->word[0], c->name))
			continue;
		if (words->n - 1 < c->min)
			misunderstood("\"%s\" needs more words.", c->name);
		if (words->n - 1 > c->max)
			misunderstood("\"%s\" is one word too many.",
				      words->word[words->n - 1]);
		return c;
	}
	misunderstood("there is no command \"%s\".", words->word[0]);
}

int main(int argc, char **argv)
{
	const struct command *command;
	struct words words = {};
	struct nl nl;
	int err;

	take_words(&words, argc, argv);
	if (!words.n || !strcmp(words.word[0], "help")) {
		usage(words.n ? stdout : stderr);
		return words.n ? EXIT_DONE : EXIT_USAGE;
	}
	command = find_command(&words);
	err = nl_open(&nl);
	if (err)
		return EXIT_REFUSED;
	err = command->run(&nl, &words);
	nl_close(&nl);
	if (fflush(stdout) || ferror(stdout)) {
		perror("Error: cannot write");
		return EXIT_REFUSED;
	}
	return err ? EXIT_REFUSED : EXIT_DONE;
}
