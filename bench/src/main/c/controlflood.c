/*
 * A client of a control socket that asks for all it can get.
 *
 *     controlflood MODE SOCKET SECONDS
 *
 *     calls     8 connections, each with lines of a mebibyte of calls that want no answer
 *     halves    200 connections, each with a megabyte of a line that does not end
 *     unread    128 connections that ask for all ports, and read no answer
 *     strangers 16 connections that are made again as soon as they are closed
 *
 * Who is sent away comes again at once. At the end it says how many connections it made.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define MOST 256
#define LINE (1 << 20)

static volatile sig_atomic_t over;
static char line[LINE + 1];

static void stop(int signal)
{
    (void)signal;
    over = 1;
}

static size_t repeat(const char *text, const char *begin, const char *end)
{
    size_t size = strlen(text), length = strlen(begin);
    memcpy(line, begin, length);
    while (length + size + strlen(end) < LINE) {
        memcpy(line + length, text, size);
        length += size;
    }
    memcpy(line + length, end, strlen(end));
    return length + strlen(end);
}

static int dial(const struct sockaddr_un *address)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)address, sizeof *address) < 0) {
        close(fd);
        return -1; /* its queue is full, for now */
    }
    return fd;
}

int main(int count, char **arguments)
{
    const char *mode = count == 4 ? arguments[1] : "";
    int connections = 0, reads = 0, again = 1;
    size_t length = 0;
    if (strcmp(mode, "calls") == 0) {
        connections = 8;
        length = repeat("{\"jsonrpc\":\"2.0\",\"method\":\"port.list\"},", "[",
                        "{\"jsonrpc\":\"2.0\",\"method\":\"status\"}]\n");
    } else if (strcmp(mode, "halves") == 0) {
        connections = 200;
        length = repeat("x", "", "");
        again = 0;
    } else if (strcmp(mode, "unread") == 0) {
        connections = 128;
        length = repeat("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"port.list\"}\n", "", "");
    } else if (strcmp(mode, "strangers") == 0) {
        connections = 16;
        reads = 1;
    } else {
        fprintf(stderr, "usage: controlflood calls|halves|unread|strangers SOCKET SECONDS\n");
        return 2;
    }
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    strncpy(address.sun_path, arguments[2], sizeof address.sun_path - 1);
    struct sigaction action = { .sa_handler = stop };
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGALRM, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    alarm(atoi(arguments[3]));

    static struct pollfd ends[MOST];
    static size_t sent[MOST];
    for (int i = 0; i < connections; i++)
        ends[i].fd = -1;
    unsigned long made = 0;
    while (!over) {
        for (int i = 0; i < connections; i++) {
            if (ends[i].fd < 0 && (ends[i].fd = dial(&address)) >= 0) {
                sent[i] = 0;
                made++;
            }
            ends[i].events = (reads ? POLLIN : 0) | (sent[i] < length ? POLLOUT : 0);
        }
        if (poll(ends, connections, 10) <= 0)
            continue;
        for (int i = 0; i < connections; i++) {
            int fd = ends[i].fd, ended = fd >= 0 && (ends[i].revents & (POLLERR | POLLHUP));
            if (fd >= 0 && !ended && (ends[i].revents & POLLOUT)) {
                ssize_t taken = send(fd, line + sent[i], length - sent[i], MSG_NOSIGNAL);
                sent[i] += taken > 0 ? taken : 0;
                ended = taken < 0 && errno != EAGAIN;
                if (again && sent[i] == length)
                    sent[i] = 0;
            }
            if (fd >= 0 && reads && (ends[i].revents & POLLIN))
                ended |= recv(fd, line, sizeof line, 0) <= 0;
            if (ended) {
                close(fd);
                ends[i].fd = -1;
            }
        }
    }
    printf("%lu connections\n", made);
    return 0;
}
