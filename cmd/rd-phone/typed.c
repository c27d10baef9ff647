#include "typed.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <termios.h>
#include <unistd.h>

#define ESCAPE 0x1b
#define ERASE 0x7f

static struct {
	struct termios was;
	int fd;
	bool changed;
} terminal;

static void restore_terminal(void)
{
	if (terminal.changed)
		(void)tcsetattr(terminal.fd, TCSANOW, &terminal.was);
	terminal.changed = false;
}

/* Keys come one by one and are shown by us; Ctrl-C stays a signal. However the program ends, the terminal is itself
 * again. */
static int take_terminal(int fd)
{
	struct termios now;

	if (tcgetattr(fd, &terminal.was) < 0)
		return -1;
	now = terminal.was;
	now.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	now.c_cc[VMIN] = 1;
	now.c_cc[VTIME] = 0;
	terminal.fd = fd;
	terminal.changed = true;
	atexit(restore_terminal);
	return tcsetattr(fd, TCSANOW, &now);
}

static void clear(struct typed *t)
{
	t->n = 0;
	t->text[0] = '\0';
}

static void erase_letter(struct typed *t)
{
	while (t->n && ((unsigned char)t->text[--t->n] & 0xc0) == 0x80) /* the rest of a letter of several bytes */
		;
	t->text[t->n] = '\0';
}

static void end(struct typed *t)
{
	loop_unwatch(t->loop, &t->watch);
	t->on_end(t->ctx);
}

static void end_line(struct typed *t)
{
	char line[TYPED_MAX + 1];

	memcpy(line, t->text, t->n + 1);
	clear(t);
	t->on_line(t->ctx, line);
}

/* Whether the byte belongs to an arrow or another key that is no letter. */
static bool is_sequence(struct typed *t, unsigned char byte)
{
	if (t->keys == TYPED_TEXT && byte == ESCAPE)
		t->keys = TYPED_ESCAPE;
	else if (t->keys == TYPED_ESCAPE)
		t->keys = byte == '[' || byte == 'O' ? TYPED_SEQUENCE : TYPED_TEXT;
	else if (t->keys == TYPED_SEQUENCE && byte >= '@')
		t->keys = TYPED_TEXT;
	else
		return t->keys != TYPED_TEXT;
	return true;
}

static void put(struct typed *t, unsigned char byte)
{
	if (t->terminal && is_sequence(t, byte))
		return;
	if (byte == '\n' || (t->terminal && byte == '\r')) {
		end_line(t);
	} else if (t->terminal && (byte == ERASE || byte == CTRL('H'))) {
		erase_letter(t);
	} else if (t->terminal && byte == CTRL('U')) {
		clear(t);
	} else if (byte >= ' ' && t->n < TYPED_MAX) {
		t->text[t->n++] = (char)byte;
		t->text[t->n] = '\0';
	}
}

static void on_input(void *ctx, uint32_t events)
{
	struct typed *t = ctx;
	unsigned char bytes[256];
	ssize_t n = read(t->fd, bytes, sizeof bytes);

	(void)events;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	for (ssize_t i = 0; i < n && t->watch.watched; i++) {
		if (t->terminal && bytes[i] == CTRL('D') && t->n == 0) {
			end(t);
			return;
		}
		put(t, bytes[i]);
	}
	if (n <= 0)
		end(t);
	else if (t->terminal)
		progress_typed(t->progress, t->text);
}

int typed_open(struct typed *t, struct loop *loop, int fd)
{
	t->loop = loop;
	t->fd = fd;
	t->terminal = t->progress && isatty(fd);
	t->watch = (struct watch){ .name = "typed", .on = on_input, .ctx = t };
	clear(t);
	if (loop_watch(loop, &t->watch, fd, EPOLLIN) < 0 || (t->terminal && take_terminal(fd) < 0))
		return -1;
	if (t->terminal)
		progress_typed(t->progress, t->text);
	return 0;
}

void typed_close(struct typed *t)
{
	if (t->watch.watched)
		loop_unwatch(t->loop, &t->watch);
	if (t->terminal)
		restore_terminal();
}
