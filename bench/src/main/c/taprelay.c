/*
 * The floor between two TAPs: reads a frame with its vnet header from one and writes it to the
 * other, and looks at nothing.
 *
 *     end0 ──read──▶ thread ──write──▶ end1
 *     end0 ◀──write── thread ◀──read── end1
 *
 * All offloads that the kernel has are on, so a frame is up to 64 KiB of a flow. Two blocking
 * threads, because a poll before each read would be a third system call.
 *
 *     taprelay NAME NAME        makes both interfaces; they go when it ends
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define FRAME (10 + 4096 + 65536)
#define USO (0x20 | 0x40) /* TUN_F_USO4, TUN_F_USO6: newer than many headers */

struct direction {
    int from;
    int to;
};

static void *relay(void *argument)
{
    struct direction *way = argument;
    char *frame = aligned_alloc(4096, (FRAME + 4095) / 4096 * 4096);
    for (;;) {
        ssize_t got = read(way->from, frame, FRAME);
        if (got < 0 && (errno == EINTR || errno == EIO)) {
            usleep(1000); /* EIO: the interface is down yet */
            continue;
        }
        if (got <= 0)
            break;
        if (write(way->to, frame, got) < 0 && errno != EIO && errno != EINTR)
            break;
    }
    perror("taprelay");
    exit(1);
}

static int open_tap(const char *name)
{
    struct ifreq request = { .ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR };
    int header = 10;
    unsigned tcp = TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN;
    int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
    strncpy(request.ifr_name, name, IFNAMSIZ - 1);
    if (fd < 0 || ioctl(fd, TUNSETIFF, &request) < 0 || ioctl(fd, TUNSETVNETHDRSZ, &header) < 0
        || (ioctl(fd, TUNSETOFFLOAD, tcp | USO) < 0 && ioctl(fd, TUNSETOFFLOAD, tcp) < 0)) {
        fprintf(stderr, "taprelay: %s: %s\n", name, strerror(errno));
        exit(1);
    }
    return fd;
}

int main(int count, char **arguments)
{
    if (count != 3) {
        fprintf(stderr, "usage: taprelay NAME NAME\n");
        return 2;
    }
    int a = open_tap(arguments[1]);
    int b = open_tap(arguments[2]);
    struct direction there = { a, b };
    struct direction back = { b, a };
    pthread_t thread;
    if (pthread_create(&thread, NULL, relay, &back) != 0) {
        fprintf(stderr, "taprelay: no thread\n");
        return 1;
    }
    relay(&there);
}
