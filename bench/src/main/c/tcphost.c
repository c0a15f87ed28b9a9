/*
 * The host's end of a TCP connection from a synthetic guest: takes what comes, or sends without
 * end, as the services discard and chargen do (RFC 863, RFC 864).
 *
 *     tcphost PORT discard|chargen      serves whoever connects until it is ended
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static bool sends;

static int listener(int port)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };
    int again = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &again, sizeof again) < 0
        || bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, SOMAXCONN) < 0) {
        fprintf(stderr, "tcphost: port %d: %s\n", port, strerror(errno));
        exit(1);
    }
    return fd;
}

/* A thread each: whose guest went without a word would keep the next one waiting. */
static void *serve(void *argument)
{
    int guest = (intptr_t)argument;
    static _Thread_local char buffer[262144];
    while ((sends ? write(guest, buffer, sizeof buffer) : read(guest, buffer, sizeof buffer)) > 0)
        ;
    close(guest);
    return NULL;
}

int main(int count, char **arguments)
{
    int port = count == 3 ? atoi(arguments[1]) : 0;
    sends = count == 3 && strcmp(arguments[2], "chargen") == 0;
    if (port < 1 || port > 65535 || (!sends && strcmp(arguments[2], "discard") != 0)) {
        fprintf(stderr, "usage: tcphost PORT discard|chargen\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    int fd = listener(port);
    for (;;) {
        int guest = accept(fd, NULL, NULL);
        pthread_t thread;
        if (guest < 0)
            continue;
        if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)guest) == 0)
            pthread_detach(thread);
        else
            close(guest);
    }
}
