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
 *     taprelay NAME NAME [QUEUES]    makes both interfaces; they go when it ends
 *
 * With queues, 2 to 16, each interface has so many (IFF_MULTI_QUEUE), and each pair of them two
 * threads of its own.
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

#define MOST_QUEUES 16

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

static int open_tap(const char *name, int queues)
{
    struct ifreq request = { .ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR
                                          | (queues > 1 ? IFF_MULTI_QUEUE : 0) };
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

static void start(struct direction *way)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, relay, way) != 0) {
        fprintf(stderr, "taprelay: no thread\n");
        exit(1);
    }
}

int main(int count, char **arguments)
{
    static struct direction ways[2 * MOST_QUEUES];
    int queues = count == 4 ? atoi(arguments[3]) : 1;
    if (count < 3 || count > 4 || queues < 1 || queues > MOST_QUEUES) {
        fprintf(stderr, "usage: taprelay NAME NAME [QUEUES]\n");
        return 2;
    }
    for (int i = 0; i < queues; i++) {
        int a = open_tap(arguments[1], queues);
        int b = open_tap(arguments[2], queues);
        ways[2 * i] = (struct direction){ a, b };
        ways[2 * i + 1] = (struct direction){ b, a };
    }
    for (int i = 1; i < 2 * queues; i++)
        start(&ways[i]);
    relay(&ways[0]);
}
