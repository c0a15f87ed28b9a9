/*
 * Guests that come and go as fast as they can, over one socket of the switch's.
 *
 *     churn MODE SOCKET SECONDS
 *
 *     close   connect and close
 *     part    connect, send one byte or half a frame, in turn, close
 *     flush   connect to a control socket, have the FDB flushed, close
 *     half    512 connections that say nothing; then all are closed, and again
 *
 * At the end it says how many connections it made.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define HELD 512

static volatile sig_atomic_t over;

static void stop(int signal)
{
    (void)signal;
    over = 1;
}

static int connect_to(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
        if (fd >= 0)
            close(fd);
        /* Refused for now, or no descriptor left: an attacker does not give up. */
        nanosleep(&(struct timespec){ 0, 1000000 }, NULL);
        return -1;
    }
    return fd;
}

static void flush(int fd)
{
    static const char QUESTION[] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"fdb.flush\"}\n";
    char answer[4096];
    if (send(fd, QUESTION, sizeof QUESTION - 1, MSG_NOSIGNAL) > 0)
        while (recv(fd, answer, sizeof answer, 0) == sizeof answer)
            ;
    nanosleep(&(struct timespec){ 0, 10000000 }, NULL);
}

static void say(int fd, const char *mode, unsigned long turn)
{
    if (strcmp(mode, "flush") == 0) {
        flush(fd);
        return;
    }
    static const unsigned char half[64] = { 0, 0, 5, 220, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x52 };
    if (strcmp(mode, "part") == 0)
        send(fd, half, turn % 2 == 0 ? 1 : sizeof half, MSG_NOSIGNAL | MSG_DONTWAIT);
}

int main(int count, char **arguments)
{
    static const char *const MODES[] = { "close", "part", "half", "flush" };
    int known = 0;
    for (int i = 0; count == 4 && i < 4; i++)
        known |= strcmp(arguments[1], MODES[i]) == 0;
    if (!known) {
        fprintf(stderr, "usage: churn close|part|half|flush SOCKET SECONDS\n");
        return 2;
    }
    struct sigaction action = { .sa_handler = stop }; /* no SA_RESTART: a connect that waits ends */
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGALRM, &action, NULL);
    alarm(atoi(arguments[3]));
    int held[HELD], holding = 0, most = strcmp(arguments[1], "half") == 0 ? HELD : 1;
    unsigned long made = 0;
    while (!over) {
        int fd = connect_to(arguments[2]);
        if (fd >= 0) {
            say(fd, arguments[1], made);
            held[holding++] = fd;
            made++;
        }
        if (holding == most)
            while (holding > 0)
                close(held[--holding]);
    }
    printf("%lu connections\n", made);
    return 0;
}
