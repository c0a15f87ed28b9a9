#define _GNU_SOURCE
#include "guest.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define READ_SIZE 262144
#define DATAGRAMS 64
#define VDE_MAGIC 0xfeedfaceu
#define VDE_VERSION 3

void fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("loadgen: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

static struct sockaddr_un address_of(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    if (strlen(path) >= sizeof address.sun_path)
        fail("the path %s is too long", path);
    strcpy(address.sun_path, path);
    return address;
}

static int connect_stream(const char *path)
{
    struct sockaddr_un address = address_of(path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0)
        fail("connect to %s: %s", path, strerror(errno));
    return fd;
}

/* "HOST:PORT", an IPv4 address. */
static int connect_tcp(const char *place)
{
    struct sockaddr_in address = { .sin_family = AF_INET };
    char host[64];
    int port, now = 1;
    if (sscanf(place, "%63[0-9.]:%d", host, &port) != 2 || inet_pton(AF_INET, host, &address.sin_addr) != 1)
        fail("'%s' is no ADDRESS:PORT", place);
    address.sin_port = htons(port);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0)
        fail("connect to %s: %s", place, strerror(errno));
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &now, sizeof now);
    return fd;
}

/* struct request_v3 of vde2's src/lib/libvdeplug.c, in host byte order. */
struct __attribute__((packed)) vde_request {
    uint32_t magic;
    uint32_t version;
    uint32_t type;
    struct sockaddr_un data;
    char description[64];
};

static void attach_vde(struct guest *guest, const char *directory)
{
    char path[160];
    snprintf(path, sizeof path, "%s/ctl", directory);
    guest->control_fd = connect_stream(path);

    snprintf(path, sizeof path, "%s/.%d-%05d", directory, getpid(), guest->index);
    struct vde_request request = { VDE_MAGIC, VDE_VERSION, 0, address_of(path), "" };
    int said = snprintf(request.description, sizeof request.description,
                        "loadgen user=guest%d PID=%d", guest->index, getpid());
    strcpy(guest->own_path, path);
    guest->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    unlink(path);
    if (guest->fd < 0 || bind(guest->fd, (struct sockaddr *)&request.data, sizeof request.data) < 0)
        fail("bind %s: %s", path, strerror(errno));

    size_t length = offsetof(struct vde_request, description) + said;
    struct sockaddr_un switch_data;
    if (write(guest->control_fd, &request, length) != (ssize_t)length)
        fail("%s/ctl took no request", directory);
    if (read(guest->control_fd, &switch_data, sizeof switch_data) <= 0)
        fail("%s refused a port", directory);
    if (connect(guest->fd, (struct sockaddr *)&switch_data, sizeof switch_data) < 0)
        fail("connect to %s: %s", switch_data.sun_path, strerror(errno));
}

static void set_timeouts(int fd)
{
    struct timeval receive = { .tv_usec = 200000 };
    struct timeval send = { .tv_sec = 5 };
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &receive, sizeof receive);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &send, sizeof send);
}

void guest_attach(struct guest *guest, int index, const char *target)
{
    memset(guest, 0, sizeof *guest);
    guest->index = index;
    guest->control_fd = -1;
    if (strncmp(target, "stream:", 7) == 0) {
        guest->stream = true;
        guest->fd = connect_stream(target + 7);
    } else if (strncmp(target, "tcp:", 4) == 0) {
        guest->stream = true;
        guest->fd = connect_tcp(target + 4);
    } else if (strncmp(target, "vde:", 4) == 0) {
        attach_vde(guest, target + 4);
    } else {
        fail("'%s' is neither stream:PATH nor tcp:ADDRESS:PORT nor vde:DIR", target);
    }
    set_timeouts(guest->fd);
}

void guest_detach(struct guest *guest)
{
    close(guest->fd);
    if (guest->control_fd >= 0) {
        close(guest->control_fd);
        unlink(guest->own_path);
    }
}

static bool send_stream(struct guest *guest, const uint8_t *bytes, size_t length)
{
    while (length > 0) {
        ssize_t taken = write(guest->fd, bytes, length);
        if (taken < 0 && errno == EINTR)
            continue;
        if (taken <= 0)
            return false;
        bytes += taken;
        length -= taken;
    }
    return true;
}

static bool send_datagrams(struct guest *guest, uint8_t *frames, int count, int size)
{
    struct mmsghdr messages[DATAGRAMS];
    struct iovec pieces[DATAGRAMS];
    if (count == 1)
        return send(guest->fd, frames, size, 0) == size;
    while (count > 0) {
        int some = count < DATAGRAMS ? count : DATAGRAMS;
        memset(messages, 0, sizeof messages[0] * some);
        for (int i = 0; i < some; i++) {
            pieces[i] = (struct iovec){ frames + (size_t)i * size, size };
            messages[i].msg_hdr.msg_iov = &pieces[i];
            messages[i].msg_hdr.msg_iovlen = 1;
        }
        int taken = sendmmsg(guest->fd, messages, some, 0);
        if (taken <= 0)
            return false;
        frames += (size_t)taken * size;
        count -= taken;
    }
    return true;
}

bool guest_send(struct guest *guest, uint8_t *frames, int count, int size)
{
    if (!guest->stream)
        return send_datagrams(guest, frames, count, size);
    size_t stride = guest_stride(guest, size);
    return send_stream(guest, frames, stride * count);
}

void inbox_open(struct inbox *inbox, int largest)
{
    /* Slots close together: 64 of the largest size would only measure page-table walks. */
    inbox->slot = (largest + 127) & ~(size_t)63;
    inbox->have = 0;
    size_t stream = READ_SIZE + LENGTH_FIELD + MAX_FRAME;
    size_t datagrams = DATAGRAMS * inbox->slot;
    size_t size = stream > datagrams ? stream : datagrams;
    inbox->bytes = aligned_alloc(4096, (size + 4095) & ~(size_t)4095);
    if (inbox->bytes == NULL)
        fail("no memory");
}

void inbox_close(struct inbox *inbox)
{
    free(inbox->bytes);
}

static int receive_stream(struct inbox *inbox, struct guest *guest, frame_sink *sink, void *context)
{
    ssize_t got = read(guest->fd, inbox->bytes + inbox->have, READ_SIZE);
    if (got <= 0)
        return got < 0 && (errno == EAGAIN || errno == EINTR) ? SILENT : GONE;
    inbox->have += got;
    size_t at = 0;
    int frames = 0;
    while (inbox->have - at >= LENGTH_FIELD) {
        uint32_t length;
        memcpy(&length, inbox->bytes + at, sizeof length);
        length = ntohl(length);
        if (length == 0 || length > MAX_FRAME)
            return GONE;
        if (inbox->have - at < LENGTH_FIELD + length)
            break;
        sink(context, inbox->bytes + at + LENGTH_FIELD, length);
        at += LENGTH_FIELD + length;
        frames++;
    }
    inbox->have -= at;
    memmove(inbox->bytes, inbox->bytes + at, inbox->have);
    return frames;
}

static int receive_datagrams(struct inbox *inbox, struct guest *guest, frame_sink *sink,
                             void *context)
{
    struct mmsghdr messages[DATAGRAMS];
    struct iovec pieces[DATAGRAMS];
    memset(messages, 0, sizeof messages);
    for (int i = 0; i < DATAGRAMS; i++) {
        pieces[i] = (struct iovec){ inbox->bytes + i * inbox->slot, inbox->slot };
        messages[i].msg_hdr.msg_iov = &pieces[i];
        messages[i].msg_hdr.msg_iovlen = 1;
    }
    int got = recvmmsg(guest->fd, messages, DATAGRAMS, MSG_WAITFORONE, NULL);
    if (got <= 0)
        return got < 0 && (errno == EAGAIN || errno == EINTR) ? SILENT : GONE;
    for (int i = 0; i < got; i++)
        sink(context, pieces[i].iov_base, messages[i].msg_len);
    return got;
}

int inbox_receive(struct inbox *inbox, struct guest *guest, frame_sink *sink, void *context)
{
    return guest->stream ? receive_stream(inbox, guest, sink, context)
                         : receive_datagrams(inbox, guest, sink, context);
}
