/*
 * The other end of a socket or of a pipe, which takes nothing.
 *
 *     hold socket PATH      binds a datagram socket, and fills what it may hold
 *     hold pipe PATH        makes a FIFO, and leaves it empty
 *     hold full PATH        fills that FIFO
 *
 * Says "ready 1" when it has done so, and stays for five minutes.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define STAY_SECONDS 300

static int fail(const char *what)
{
    fprintf(stderr, "hold: %s: %s\n", what, strerror(errno));
    return 1;
}

static int fill_socket(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    int to = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int from = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (to < 0 || from < 0 || bind(to, (struct sockaddr *)&address, sizeof address) < 0
        || connect(from, (struct sockaddr *)&address, sizeof address) < 0)
        return fail(path);
    while (send(from, "STATUS=full", 11, 0) > 0)
        ;
    return errno == EAGAIN ? 0 : fail(path);
}

static int fill_pipe(int fd)
{
    static char lines[4096];
    memset(lines, '\n', sizeof lines);
    while (write(fd, lines, sizeof lines) > 0)
        ;
    while (write(fd, lines, 1) > 0)
        ;
    return errno == EAGAIN ? 0 : fail("the pipe");
}

int main(int count, char **arguments)
{
    const char *mode = count == 3 ? arguments[1] : "";
    int wrong = 2;
    if (strcmp(mode, "socket") == 0)
        wrong = fill_socket(arguments[2]);
    else if (strcmp(mode, "pipe") == 0)
        wrong = mkfifo(arguments[2], 0600) < 0 || open(arguments[2], O_RDWR | O_NONBLOCK) < 0
                    ? fail(arguments[2])
                    : 0;
    else if (strcmp(mode, "full") == 0)
        wrong = fill_pipe(open(arguments[2], O_RDWR | O_NONBLOCK));
    if (wrong) {
        fprintf(stderr, "usage: hold socket|pipe|full PATH\n");
        return wrong;
    }
    puts("ready 1");
    fflush(stdout);
    sleep(STAY_SECONDS);
    return 0;
}
