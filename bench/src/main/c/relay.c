/*
 * The floor: hands bytes from one unix stream client to another and looks at none of them.
 *
 *     client A ──read 262,144──▶ thread ──write──▶ client B
 *     client A ◀──write── thread ◀──read 262,144── client B
 *
 * No switch over stream sockets can do less work than this: one read and one write for whatever
 * the kernel has ready. Two blocking threads, because a poll before each read would be a third
 * system call. It serves one pair after the other until it is ended.
 *
 *     relay PATH        listens there; the first two clients are a pair, then the next two …
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define CHUNK 262144

struct direction {
    int from;
    int to;
};

static int write_all(int fd, const char *bytes, ssize_t length)
{
    while (length > 0) {
        ssize_t taken = write(fd, bytes, length);
        if (taken < 0 && errno == EINTR)
            continue;
        if (taken <= 0)
            return -1;
        bytes += taken;
        length -= taken;
    }
    return 0;
}

static void *relay(void *argument)
{
    struct direction *way = argument;
    char *chunk = aligned_alloc(4096, CHUNK);
    for (;;) {
        ssize_t got = read(way->from, chunk, CHUNK);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0 || write_all(way->to, chunk, got) < 0)
            break;
    }
    /* Either end gone ends both directions: the other thread sees the end of its read. */
    shutdown(way->from, SHUT_RDWR);
    shutdown(way->to, SHUT_RDWR);
    free(chunk);
    return NULL;
}

static int listen_at(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    if (strlen(path) >= sizeof address.sun_path) {
        fprintf(stderr, "relay: the path %s is too long\n", path);
        exit(2);
    }
    strcpy(address.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 16) < 0) {
        fprintf(stderr, "relay: listen at %s: %s\n", path, strerror(errno));
        exit(1);
    }
    return fd;
}

static int accept_one(int listener)
{
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0) {
        perror("relay: accept");
        exit(1);
    }
    return fd;
}

int main(int count, char **arguments)
{
    if (count != 2) {
        fprintf(stderr, "usage: relay PATH\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    int listener = listen_at(arguments[1]);
    for (;;) {
        int a = accept_one(listener);
        int b = accept_one(listener);
        struct direction there = { a, b };
        struct direction back = { b, a };
        pthread_t thread;
        if (pthread_create(&thread, NULL, relay, &back) != 0) {
            fprintf(stderr, "relay: no thread\n");
            return 1;
        }
        relay(&there);
        pthread_join(thread, NULL);
        close(a);
        close(b);
    }
}
