// SPDX-License-Identifier: GPL-2.0-only
/*
 * A TCP server that says who it is and gives back what it gets, and a client
 * that tells who answered: which host is behind a shared address?
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "frame.h"
#include "netns.h"
#include "resident.h"
#include "util.h"

#define CLIENTS_MAX	64
#define CHUNK		16384

static const char usage[] =
	"usage: session serve NS ADDRESS PORT [--name NAME] [--freebind] [-b] [-p PIDFILE]\n"
	"       session talk NS ADDRESS PORT [--bytes N] [--timeout MS] [--from ADDRESS]\n"
	"The server greets with its name and echoes. The client prints\n"
	"peer=NAME local=ADDRESS sent=N received=N us=N and fails unless all came back.\n"
	"  --freebind  the address need not be there yet\n";

struct settings {
	const char *ns, *address, *port, *name, *from, *pidfile;
	bool freebind, background;
	u64 bytes, timeout;
};

struct client {
	int fd;
	size_t held, given;	/* of what came and goes back */
	u8 data[CHUNK];
};

static socklen_t make_address(struct sockaddr_storage *to, const char *text,
			      const char *port)
{
	struct sockaddr_in6 *to6 = (void *)to;
	struct sockaddr_in *to4 = (void *)to;
	char *bare = xstrdup(text), *scope = strchr(bare, '%');
	u16 number = htons((u16)parse_u64(port, 65535, "port"));
	struct frame_addr addr;

	memset(to, 0, sizeof(*to));
	if (scope)
		*scope++ = '\0';
	if (!frame_addr_parse(&addr, bare))
		errx(3, "'%s' is not an address", text);
	if (addr.family == 4) {
		to4->sin_family = AF_INET;
		to4->sin_port = number;
		memcpy(&to4->sin_addr, addr.bytes, 4);
	} else {
		to6->sin6_family = AF_INET6;
		to6->sin6_port = number;
		memcpy(&to6->sin6_addr, addr.bytes, 16);
		if (scope)
			to6->sin6_scope_id = (u32)netns_ifindex(scope);
	}
	free(bare);
	return addr.family == 4 ? sizeof(*to4) : sizeof(*to6);
}

static int listen_at(const struct settings *s)
{
	struct sockaddr_storage at;
	socklen_t len;
	int on = 1, fd;

	netns_enter(s->ns);
	len = make_address(&at, s->address, s->port);
	fd = socket(at.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		err(3, "socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	/* This one is for IPv6 too. */
	if (s->freebind && setsockopt(fd, IPPROTO_IP, IP_FREEBIND, &on,
				      sizeof(on)) < 0)
		err(3, "IP_FREEBIND");
	if (bind(fd, (struct sockaddr *)&at, len) < 0 || listen(fd, 16) < 0)
		err(1, "listening at %s port %s", s->address, s->port);
	netns_leave();
	return fd;
}

/* Returns false when the client is gone. */
static bool echo_some(struct client *c)
{
	ssize_t n;

	if (c->given == c->held) {
		n = read(c->fd, c->data, sizeof(c->data));
		if (n < 0)
			return errno == EAGAIN || errno == EINTR;
		if (!n)
			return false;
		c->held = (size_t)n;
		c->given = 0;
	}
	n = send(c->fd, c->data + c->given, c->held - c->given, MSG_NOSIGNAL);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	c->given += (size_t)n;
	return true;
}

static struct client *welcome(int listener, const char *name)
{
	struct client *c;
	int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd < 0)
		return NULL;
	c = xcalloc(1, sizeof(*c));
	c->fd = fd;
	/* The name goes out like an echo. */
	c->held = (size_t)snprintf((char *)c->data, CHUNK, "%s\n", name);
	return c;
}

static int serve(const struct settings *s)
{
	struct client *clients[CLIENTS_MAX];
	size_t count = 0, i;
	int listener;

	if (s->background)
		resident_background();
	resident_signals();
	listener = listen_at(s);
	resident_ready(s->pidfile);

	while (!resident_stop) {
		struct pollfd fds[CLIENTS_MAX + 1];
		size_t polled = count;

		for (i = 0; i < count; i++) {
			bool full = clients[i]->given < clients[i]->held;

			fds[i].fd = clients[i]->fd;
			fds[i].events = full ? POLLOUT : POLLIN;
		}
		fds[polled].fd = count < CLIENTS_MAX ? listener : -1;
		fds[polled].events = POLLIN;
		if (poll(fds, polled + 1, 1000) < 0)
			continue;
		if (fds[polled].revents) {
			struct client *c = welcome(listener, s->name);

			if (c)
				clients[count++] = c;
		}
		/* From the end, because the last one fills the gap. */
		for (i = polled; i-- > 0;) {
			if (!fds[i].revents || echo_some(clients[i]))
				continue;
			close(clients[i]->fd);
			free(clients[i]);
			clients[i] = clients[--count];
		}
	}
	return 0;
}

static void wait_for(int fd, short what, u64 deadline, const char *whatfor)
{
	struct pollfd p = { .fd = fd, .events = what };

	for (;;) {
		u64 now = mono_now();
		int ms = deadline > now ?
			 (int)((deadline - now) / NSEC_PER_MSEC) + 1 : 0;
		int n = ms ? poll(&p, 1, ms) : 0;

		if (n > 0)
			return;
		if (!n)
			errx(1, "%s: timed out", whatfor);
	}
}

static int connect_to(const struct settings *s, u64 deadline)
{
	struct sockaddr_storage to, from;
	socklen_t len, error_len = sizeof(int);
	int fd, error = 0;

	netns_enter(s->ns);
	len = make_address(&to, s->address, s->port);
	fd = socket(to.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		err(3, "socket");
	if (s->from) {
		socklen_t from_len = make_address(&from, s->from, "0");

		if (bind(fd, (struct sockaddr *)&from, from_len) < 0)
			err(1, "binding to %s", s->from);
	}
	if (connect(fd, (struct sockaddr *)&to, len) < 0 &&
	    errno != EINPROGRESS)
		err(1, "connecting to %s", s->address);
	netns_leave();
	wait_for(fd, POLLOUT, deadline, "connecting");
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &error_len) < 0 ||
	    error) {
		errno = error;
		err(1, "connecting to %s", s->address);
	}
	return fd;
}

static size_t get_some(int fd, u8 *data, size_t size, u64 deadline)
{
	ssize_t n;

	for (;;) {
		wait_for(fd, POLLIN, deadline, "receiving");
		n = read(fd, data, size);
		if (n > 0)
			return (size_t)n;
		if (!n)
			errx(1, "the server hung up");
		if (errno != EAGAIN && errno != EINTR)
			err(1, "receiving");
	}
}

/* Bytes that tell a wrong order and a lost piece. */
static u8 pattern(u64 at)
{
	return (u8)(at * 7 + (at >> 8) * 31);
}

static void print_local(int fd)
{
	struct sockaddr_storage local;
	socklen_t len = sizeof(local);
	struct frame_addr addr = { .family = 4 };
	char text[FRAME_ADDR_MAX];

	if (getsockname(fd, (struct sockaddr *)&local, &len) < 0)
		err(1, "own address");
	if (local.ss_family == AF_INET6) {
		addr.family = 6;
		memcpy(addr.bytes, &((struct sockaddr_in6 *)&local)->sin6_addr,
		       16);
	} else {
		memcpy(addr.bytes, &((struct sockaddr_in *)&local)->sin_addr, 4);
	}
	printf("local=%s ", frame_addr_format(&addr, text));
}

static int talk(const struct settings *s)
{
	u64 begin = mono_now(), deadline = begin + s->timeout;
	int fd = connect_to(s, deadline);
	u64 sent = 0, received = 0;
	char name[64] = "";
	size_t used = 0;
	u8 data[CHUNK];

	while (!strchr(name, '\n')) {
		if (used == sizeof(name) - 1)
			errx(1, "the server has no name");
		used += get_some(fd, (u8 *)name + used, 1, deadline);
	}
	name[strcspn(name, "\n")] = '\0';

	while (received < s->bytes) {
		size_t n = 0, i;

		for (; n < CHUNK && sent + n < s->bytes; n++)
			data[n] = pattern(sent + n);
		if (n) {
			ssize_t gone = send(fd, data, n, MSG_NOSIGNAL);

			if (gone < 0 && errno != EAGAIN && errno != EINTR)
				err(1, "sending");
			sent += gone > 0 ? (u64)gone : 0;
		}
		if (received == sent)
			continue;
		n = get_some(fd, data, sizeof(data), deadline);
		for (i = 0; i < n; i++)
			if (data[i] != pattern(received++))
				errx(1, "byte %llu came back wrong",
				     (unsigned long long)received - 1);
	}
	printf("peer=%s ", name);
	print_local(fd);
	printf("sent=%llu received=%llu us=%llu\n", (unsigned long long)sent,
	       (unsigned long long)received,
	       (unsigned long long)((mono_now() - begin) / NSEC_PER_USEC));
	return 0;
}

int main(int argc, char **argv)
{
	enum { OPT_NAME = 256, OPT_BYTES, OPT_TIMEOUT, OPT_FROM, OPT_FREE };
	static const struct option names[] = {
		{ "name", required_argument, NULL, OPT_NAME },
		{ "bytes", required_argument, NULL, OPT_BYTES },
		{ "timeout", required_argument, NULL, OPT_TIMEOUT },
		{ "from", required_argument, NULL, OPT_FROM },
		{ "freebind", no_argument, NULL, OPT_FREE },
		{ "help", no_argument, NULL, 'h' },
		{}
	};
	struct settings s = {
		.timeout = 5 * NSEC_PER_SEC,
		.bytes = 1,
	};
	const char *what;
	int opt;

	while ((opt = getopt_long(argc, argv, "bhp:", names, NULL)) != -1) {
		switch (opt) {
		case 'b':
			s.background = true;
			break;
		case 'p':
			s.pidfile = optarg;
			break;
		case OPT_NAME:
			s.name = optarg;
			break;
		case OPT_BYTES:
			s.bytes = parse_u64(optarg, UINT64_MAX, "--bytes");
			break;
		case OPT_TIMEOUT:
			s.timeout = parse_u64(optarg, UINT32_MAX, "--timeout") *
				    NSEC_PER_MSEC;
			break;
		case OPT_FROM:
			s.from = optarg;
			break;
		case OPT_FREE:
			s.freebind = true;
			break;
		default:
			fputs(usage, opt == 'h' ? stdout : stderr);
			return opt == 'h' ? 0 : 3;
		}
	}
	if (argc - optind != 4) {
		fputs(usage, stderr);
		return 3;
	}
	what = argv[optind];
	s.ns = argv[optind + 1];
	s.address = argv[optind + 2];
	s.port = argv[optind + 3];
	if (!s.name)
		s.name = s.ns;
	if (!strcmp(what, "serve"))
		return serve(&s);
	if (!strcmp(what, "talk"))
		return talk(&s);
	fputs(usage, stderr);
	return 3;
}
