/* A synthetic guest: a client of a switch, with its address and its socket. */
#ifndef GUEST_H
#define GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Largest frame of QEMU's stream (NET_BUFSIZE, 4096 + 65536). */
#define MAX_FRAME 69632
#define LENGTH_FIELD 4
#define TAG 4 /* bytes of an 802.1Q tag, behind the addresses */

struct guest {
    int index;
    int fd;         /* where frames go and come */
    int control_fd; /* VDE's ctl connection, -1 for streams; its end would end the port */
    bool stream;    /* QEMU's stream framing; else one datagram is one bare frame */
    int vlan;       /* its frames carry this tag; 0 for none */
    char own_path[108];
};

/*
 * Connects. target is "stream:PATH" (QEMU -netdev stream, client side), "tcp:ADDRESS:PORT" (the same
 * over TCP) or "vde:DIR" (libvdeplug's protocol version 3). Ends the program with a sentence when that fails.
 */
void guest_attach(struct guest *guest, int index, const char *target);

/* Closes its sockets and removes the file that a VDE client binds. */
void guest_detach(struct guest *guest);

/*
 * Sends `count` frames of `size` bytes, which stand `stride` bytes apart; for a stream each stands
 * behind its length field, and all go in one write. Blocks like a guest whose NIC waits.
 * Returns false when the switch took nothing for five seconds or is gone.
 */
bool guest_send(struct guest *guest, uint8_t *frames, int count, int size);

/* How far a tag moves what stands behind the addresses. */
static inline int guest_shift(const struct guest *guest)
{
    return guest->vlan > 0 ? TAG : 0;
}

/* Bytes from one frame to the next in a buffer for guest_send. */
static inline size_t guest_stride(const struct guest *guest, int size)
{
    return size + (guest->stream ? LENGTH_FIELD : 0);
}

/* Where in a slot of that buffer the frame itself stands. */
static inline size_t guest_gap(const struct guest *guest)
{
    return guest->stream ? LENGTH_FIELD : 0;
}

typedef void frame_sink(void *context, const uint8_t *frame, int length);

/* Collects what a guest receives, and hands whole frames on. */
struct inbox {
    uint8_t *bytes;
    size_t have; /* of a stream: bytes of a frame whose rest is still to come */
    size_t slot; /* of datagrams: room for each */
};

/* For frames of up to `largest` bytes. */
void inbox_open(struct inbox *inbox, int largest);
void inbox_close(struct inbox *inbox);

/*
 * Waits for input (200 ms at most), then hands every whole frame to the sink.
 * Returns frames handed on, SILENT when nothing came, GONE when the switch closed or sent a wrong
 * length.
 */
enum { SILENT = -1, GONE = -2 };
int inbox_receive(struct inbox *inbox, struct guest *guest, frame_sink *sink, void *context);

void fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

#endif
