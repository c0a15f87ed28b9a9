/*
 * Many guests in one thread, which stay, read what they get, and may send.
 *
 *     crowd [--guests N] [--rate N] [--sources N] [--size N] [--seconds N] TARGET…
 *
 *     --guests N    how many (1); they are given to the targets in turn
 *     --rate N      broadcast frames a second, of all together (0); the guests take turns
 *     --most N      frames; then they are silent, and stay (without end)
 *     --sources N   source addresses of each guest (1)
 *     --source MAC  of all frames but each guest's first: somebody else's address
 *     --unicast     to the first guest of the crowd, in place of broadcast
 *     --deaf        nobody reads
 *     --insist      who is not let in tries again, for ever
 *
 * It says on standard output when all are connected: "ready N", of which N were let in, and writes
 * "received N" frames' worth of bytes at the end.
 */
#define _GNU_SOURCE
#include "guest.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define MOST_TRIES 64 /* to come in again, each tenth of a second */

struct crowd {
    const char **targets;
    int target_count, guests, sources, size;
    double rate;
    bool deaf, insist, unicast, lies;
    uint8_t source[6];
    int epoll, connected;
    int *fds;
    uint8_t *slot;
    uint64_t most, sent, read_bytes, refused;
};

static volatile sig_atomic_t over;

static void stop(int signal)
{
    (void)signal;
    over = 1;
}

static uint64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Like guest_attach, but whom the switch does not take ends nothing. */
static int connect_to(const char *target)
{
    struct guest guest;
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    if (strncmp(target, "stream:", 7) != 0) {
        guest_attach(&guest, 0, target);
        return guest.fd;
    }
    strncpy(address.sun_path, target + 7, sizeof address.sun_path - 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

static void attach(struct crowd *c, int i)
{
    c->fds[i] = connect_to(c->targets[i % c->target_count]);
    if (c->fds[i] < 0)
        return;
    fcntl(c->fds[i], F_SETFL, O_NONBLOCK);
    struct epoll_event event = { .events = c->deaf ? 0 : EPOLLIN | EPOLLRDHUP, .data.u32 = i };
    epoll_ctl(c->epoll, EPOLL_CTL_ADD, c->fds[i], &event);
    c->connected++;
}

static void drop(struct crowd *c, int i)
{
    close(c->fds[i]);
    c->fds[i] = -1;
    c->connected--;
    c->refused++;
}

static void take(struct crowd *c, int milliseconds)
{
    static char sink[262144];
    struct epoll_event events[256];
    int ready = epoll_wait(c->epoll, events, 256, milliseconds);
    for (int k = 0; k < ready; k++) {
        int i = events[k].data.u32;
        ssize_t got = c->fds[i] < 0 ? -1 : read(c->fds[i], sink, sizeof sink);
        if (got > 0)
            c->read_bytes += got;
        else if (got == 0 || (errno != EAGAIN && errno != EINTR))
            if (c->fds[i] >= 0)
                drop(c, i);
    }
}

static void address(struct crowd *c, uint8_t *frame, int guest, uint64_t turn)
{
    uint32_t source = turn % c->sources;
    memset(frame, 0xff, 6);
    if (c->unicast)
        memcpy(frame, (const uint8_t[]){ 0x56, 0, 0, 0, 0, 0 }, 6);
    if (c->lies && turn > 0) {
        memcpy(frame + 6, c->source, 6);
        return;
    }
    const uint8_t own[6] = { 0x56, guest >> 8, guest, source >> 16, source >> 8, source };
    memcpy(frame + 6, own, 6);
}

/* What a socket does not take at once is lost: a frame is never torn, for it is 64 bytes. */
static void send_due(struct crowd *c, uint64_t start)
{
    uint64_t due = (now() - start) / 1e9 * c->rate;
    due = due < c->most ? due : c->most;
    for (int burst = 0; c->sent < due && burst < 256; burst++) {
        int guest = c->sent % c->guests;
        address(c, c->slot + LENGTH_FIELD, guest, c->sent / c->guests);
        c->sent++;
        if (c->fds[guest] >= 0
            && send(c->fds[guest], c->slot, c->size + LENGTH_FIELD, MSG_NOSIGNAL | MSG_DONTWAIT) < 0
            && errno != EAGAIN && errno != EINTR)
            drop(c, guest);
    }
}

static void again(struct crowd *c)
{
    int tries = c->insist ? MOST_TRIES : 0;
    for (int i = 0; i < c->guests && tries > 0 && c->connected < c->guests; i++)
        if (c->fds[i] < 0) {
            attach(c, i);
            tries--;
        }
}

static void usage(void)
{
    fprintf(stderr, "usage: crowd [--guests N] [--rate N] [--most N] [--sources N | --source MAC] [--size N]\n"
                    "             [--seconds N] [--unicast] [--deaf] [--insist] TARGET…\n");
    exit(2);
}

static void parse(struct crowd *c, int count, char **arguments)
{
    static const struct option NAMES[] = {
        { "guests", 1, 0, 'g' }, { "rate", 1, 0, 'r' },   { "sources", 1, 0, 's' },
        { "source", 1, 0, 'S' }, { "size", 1, 0, 'z' },   { "seconds", 1, 0, 't' },
        { "unicast", 0, 0, 'u' }, { "deaf", 0, 0, 'd' },  { "insist", 0, 0, 'i' },
        { "most", 1, 0, 'm' },    { 0 }
    };
    int which, seconds = 60;
    while ((which = getopt_long(count, arguments, "", NAMES, NULL)) != -1) {
        switch (which) {
        case 'g': c->guests = atoi(optarg); break;
        case 'r': c->rate = atof(optarg); break;
        case 's': c->sources = atoi(optarg); break;
        case 'S':
            c->lies = sscanf(optarg, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", &c->source[0], &c->source[1],
                             &c->source[2], &c->source[3], &c->source[4], &c->source[5]) == 6;
            if (!c->lies)
                usage();
            break;
        case 'z': c->size = atoi(optarg); break;
        case 't': seconds = atoi(optarg); break;
        case 'u': c->unicast = true; break;
        case 'd': c->deaf = true; break;
        case 'm': c->most = strtoull(optarg, NULL, 10); break;
        case 'i': c->insist = true; break;
        default: usage();
        }
    }
    c->targets = (const char **)arguments + optind;
    c->target_count = count - optind;
    if (c->target_count < 1 || c->guests < 1 || c->guests > 65535 || c->sources < 1
        || c->sources > 1 << 24 || c->size < 60 || c->size > 1514)
        usage();
    alarm(seconds);
}

int main(int count, char **arguments)
{
    struct crowd c = { .guests = 1, .sources = 1, .size = 60, .most = UINT64_MAX };
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    struct sigaction action = { .sa_handler = stop };
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGALRM, &action, NULL);
    parse(&c, count, arguments);
    c.epoll = epoll_create1(EPOLL_CLOEXEC);
    c.fds = calloc(c.guests, sizeof *c.fds);
    c.slot = calloc(1, c.size + LENGTH_FIELD);
    uint32_t length = htonl(c.size);
    memcpy(c.slot, &length, sizeof length);
    c.slot[LENGTH_FIELD + 12] = 0x88;
    c.slot[LENGTH_FIELD + 13] = 0xb5;
    for (int i = 0; i < c.guests && !over; i++) {
        attach(&c, i);
        if (i % 64 == 63)
            take(&c, 0);
    }
    for (uint64_t wait = now() + 200000000; now() < wait && !over;)
        take(&c, 20); /* who was refused is told soon */
    printf("ready %d\n", c.connected);
    fflush(stdout);
    uint64_t start = now(), looked = start;
    while (!over) {
        take(&c, c.rate > 0 ? 1 : 100);
        send_due(&c, start);
        if (now() - looked > 100000000) {
            looked = now();
            again(&c);
        }
    }
    printf("received %lu bytes, sent %lu frames, %lu times sent away\n", c.read_bytes, c.sent,
           c.refused);
    return 0;
}
