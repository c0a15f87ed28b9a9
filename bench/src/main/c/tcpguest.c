/*
 * A synthetic guest that speaks TCP to a real host behind a switch, fast enough that the switch and
 * the host are what is measured. One thread, one connection, segments that are built beforehand.
 *
 *     tcpguest ── frames ──▶ switch ── TAP ── the kernel's TCP ── tcphost
 *
 * It sends as much as the host's window lets it, or takes what the host sends and acknowledges each
 * read's worth. Loss is told by repeated acknowledgements or by silence, and all is sent again from
 * there (go-back-N): between a TAP and its host nothing should be lost. Checksums are complete on
 * the way out, as QEMU's are behind a stream, and are verified on the way in. One line of JSON tells
 * the payload that arrived in order within the window after the warm-up.
 *
 * RFC 9293 (TCP), RFC 7323 (window scale), RFC 826 (ARP), RFC 1071 (the checksum).
 */
#define _GNU_SOURCE
#include "guest.h"

#include <arpa/inet.h>
#include <getopt.h>
#include <net/ethernet.h>
#include <netinet/if_ether.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MSS 1460
#define HEADERS (14 + 20 + 20)
#define SEGMENT (HEADERS + MSS)
#define MOST_BATCH 256
#define OWN_SCALE 7
#define OWN_WINDOW (1 << 20) /* what it lets the host send ahead, bytes */
#define FIRST_PORT 32768
#define PORTS 28000
#define PATIENCE_NANOS 200000000ull
#define MOST_TRIES 50
#define REPEATED 3 /* acknowledgements that tell a loss (RFC 5681, 3.2) */

struct options {
    const char *target;
    uint32_t own, host; /* network byte order */
    int port, own_port;
    bool receive;
    int batch;
    double warmup, seconds;
};

struct connection {
    struct options o;
    struct guest guest;
    struct inbox inbox;
    uint8_t own_mac[6];
    uint8_t host_mac[6];
    bool knows_host, open, closed;

    uint32_t acknowledged, next, furthest, window; /* what we send */
    int host_scale;
    int repeated;
    uint64_t moved_at; /* when an acknowledgement last said something new */

    uint32_t expected; /* what we receive */
    bool owes_acknowledgement;

    uint64_t delivered; /* payload bytes: acknowledged by the host, or taken in order */
    unsigned long resent, damaged, missing;

    uint8_t *segments; /* `batch` of them, as guest_send takes them */
    uint32_t segment_sum; /* of pseudo header, header and payload, without number */
};

static uint64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* One's complement sum in the machine's byte order, which it survives (RFC 1071, 2 (B)). */
static uint64_t sum(const uint8_t *bytes, size_t length, uint64_t start)
{
    uint64_t total = start;
    for (; length >= 4; bytes += 4, length -= 4) {
        uint32_t word;
        memcpy(&word, bytes, sizeof word);
        total += word;
    }
    uint8_t rest[4] = { 0 };
    uint32_t word;
    memcpy(rest, bytes, length);
    memcpy(&word, rest, sizeof word);
    return total + word;
}

static uint16_t fold(uint64_t total)
{
    while (total >> 16)
        total = (total & 0xffff) + (total >> 16);
    return total;
}

static uint64_t pseudo(const struct iphdr *ip, int length)
{
    return (uint64_t)ip->saddr + ip->daddr + htons(IPPROTO_TCP) + htons(length);
}

/* Writes a frame's headers; its payload, if any, stands behind them already. */
static void head(struct connection *c, uint8_t *frame, int payload, int flags, int options)
{
    struct iphdr ip = { .version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_TCP,
                        .frag_off = htons(IP_DF), .saddr = c->o.own, .daddr = c->o.host };
    struct tcphdr tcp = { .source = htons(c->o.own_port), .dest = htons(c->o.port),
                          .seq = htonl(c->next), .ack_seq = htonl(c->expected),
                          .doff = 5 + options / 4, .window = htons(OWN_WINDOW >> OWN_SCALE) };
    int length = sizeof tcp + options + payload;
    memcpy(frame, c->host_mac, 6);
    memcpy(frame + 6, c->own_mac, 6);
    frame[12] = 0x08;
    frame[13] = 0x00;
    ip.tot_len = htons(sizeof ip + length);
    ip.check = ~fold(sum((uint8_t *)&ip, sizeof ip, 0));
    memcpy(frame + 14, &ip, sizeof ip);
    memcpy(frame + 34, &tcp, sizeof tcp);
    frame[47] = flags;
    uint16_t check = ~fold(sum(frame + 34, length, pseudo(&ip, length)));
    memcpy(frame + 50, &check, sizeof check);
}

static void give(struct connection *c, uint8_t *slots, int count, int size)
{
    if (c->guest.stream) {
        uint32_t length = htonl(size);
        for (int i = 0; i < count; i++)
            memcpy(slots + i * guest_stride(&c->guest, size), &length, sizeof length);
    }
    if (!guest_send(&c->guest, slots, count, size))
        fail("the switch takes nothing");
}

static void send_control(struct connection *c, int flags)
{
    uint8_t slot[LENGTH_FIELD + HEADERS + 8] = { 0 };
    uint8_t *frame = slot + guest_gap(&c->guest);
    int options = 0;
    if (flags & TH_SYN) {
        const uint8_t asked[8] = { TCPOPT_MAXSEG, 4, MSS >> 8, MSS & 0xff,
                                   TCPOPT_NOP, TCPOPT_WINDOW, 3, OWN_SCALE };
        memcpy(frame + HEADERS, asked, sizeof asked);
        options = sizeof asked;
    }
    head(c, frame, 0, flags, options);
    if (flags & TH_SYN) {
        /* A SYN's window is not scaled: all that it can say. */
        memset(frame + 48, 0xff, 2);
        memset(frame + 50, 0, 2);
        struct iphdr ip;
        memcpy(&ip, frame + 14, sizeof ip);
        uint16_t check = ~fold(sum(frame + 34, 20 + options, pseudo(&ip, 20 + options)));
        memcpy(frame + 50, &check, sizeof check);
    }
    give(c, slot, 1, HEADERS + options);
}

static void send_arp(struct connection *c, int operation, const uint8_t *to)
{
    uint8_t slot[LENGTH_FIELD + 60] = { 0 };
    uint8_t *frame = slot + guest_gap(&c->guest);
    struct ether_arp arp = { .ea_hdr = { htons(ARPHRD_ETHER), htons(ETHERTYPE_IP), 6, 4,
                                         htons(operation) } };
    memcpy(arp.arp_sha, c->own_mac, 6);
    memcpy(arp.arp_spa, &c->o.own, 4);
    memcpy(arp.arp_tha, c->host_mac, 6);
    memcpy(arp.arp_tpa, &c->o.host, 4);
    memcpy(frame, to, 6);
    memcpy(frame + 6, c->own_mac, 6);
    frame[12] = 0x08;
    frame[13] = 0x06;
    memcpy(frame + 14, &arp, sizeof arp);
    give(c, slot, 1, 60);
}

static void take_arp(struct connection *c, const uint8_t *frame, int length)
{
    struct ether_arp arp;
    if (length < 14 + (int)sizeof arp)
        return;
    memcpy(&arp, frame + 14, sizeof arp);
    if (memcmp(arp.arp_spa, &c->o.host, 4) != 0 || memcmp(arp.arp_tpa, &c->o.own, 4) != 0)
        return;
    memcpy(c->host_mac, arp.arp_sha, 6);
    c->knows_host = true;
    if (arp.ea_hdr.ar_op == htons(ARPOP_REQUEST))
        send_arp(c, ARPOP_REPLY, c->host_mac);
}

static int window_scale(const uint8_t *options, int length)
{
    for (int at = 0; at < length && options[at] != TCPOPT_EOL;) {
        if (options[at] == TCPOPT_NOP) {
            at++;
            continue;
        }
        if (at + 2 >= length || options[at + 1] < 2)
            break;
        if (options[at] == TCPOPT_WINDOW)
            return options[at + 2];
        at += options[at + 1];
    }
    return 0;
}

static void take_acknowledgement(struct connection *c, const struct tcphdr *tcp, int payload)
{
    uint32_t number = ntohl(tcp->ack_seq);
    uint32_t window = (uint32_t)ntohs(tcp->window) << c->host_scale;
    int32_t progress = number - c->acknowledged;
    if (progress > 0 && (int32_t)(number - c->furthest) <= 0) {
        c->acknowledged = number;
        if (!c->o.receive)
            c->delivered += progress;
        if ((int32_t)(c->next - number) < 0)
            c->next = number;
        c->repeated = 0;
        c->moved_at = now();
    } else if (progress == 0 && payload == 0 && window == c->window
               && c->acknowledged != c->furthest) {
        if (++c->repeated == REPEATED) {
            c->resent += c->next - c->acknowledged;
            c->next = c->acknowledged;
        }
    }
    c->window = window;
}

static void take_data(struct connection *c, const struct tcphdr *tcp, int payload)
{
    c->owes_acknowledgement = true;
    if (ntohl(tcp->seq) != c->expected) {
        c->missing++;
        send_control(c, TH_ACK); /* each tells the sender once more */
        return;
    }
    c->expected += payload;
    c->delivered += payload;
}

static void take(void *context, const uint8_t *frame, int length)
{
    struct connection *c = context;
    struct iphdr ip;
    struct tcphdr tcp;
    if (length < 14 + 20)
        return;
    if (frame[12] == 0x08 && frame[13] == 0x06) {
        take_arp(c, frame, length);
        return;
    }
    memcpy(&ip, frame + 14, sizeof ip);
    int size = ntohs(ip.tot_len) - 20;
    if (frame[12] != 0x08 || frame[13] != 0 || ip.ihl != 5 || ip.protocol != IPPROTO_TCP
        || ip.daddr != c->o.own || size < 20 || 14 + 20 + size > length)
        return;
    memcpy(&tcp, frame + 34, sizeof tcp);
    if (ntohs(tcp.dest) != c->o.own_port || tcp.doff < 5 || tcp.doff * 4 > size)
        return;
    if (fold(sum(frame + 34, size, pseudo(&ip, size))) != 0xffff
        || fold(sum(frame + 14, 20, 0)) != 0xffff || size > 20 + 40 + MSS) {
        c->damaged++;
        return;
    }
    if (tcp.rst || tcp.fin) {
        c->closed = true;
    } else if (tcp.syn) {
        c->host_scale = window_scale(frame + HEADERS, tcp.doff * 4 - 20);
        c->expected = ntohl(tcp.seq) + 1;
        c->acknowledged = c->next = c->furthest = ntohl(tcp.ack_seq);
        c->window = ntohs(tcp.window);
        c->open = true;
        send_control(c, TH_ACK);
    } else if (c->open) {
        int payload = size - tcp.doff * 4;
        take_acknowledgement(c, &tcp, payload);
        if (payload > 0)
            take_data(c, &tcp, payload);
    }
}

static void receive(struct connection *c, int milliseconds)
{
    struct pollfd ready = { c->guest.fd, POLLIN, 0 };
    if (poll(&ready, 1, milliseconds) <= 0)
        return;
    if (inbox_receive(&c->inbox, &c->guest, take, c) == GONE)
        fail("the switch is gone");
    if (c->owes_acknowledgement) {
        send_control(c, TH_ACK);
        c->owes_acknowledgement = false;
    }
}

static void connect_host(struct connection *c)
{
    memset(c->host_mac, 0, 6);
    for (int i = 0; i < MOST_TRIES && !c->knows_host; i++) {
        send_arp(c, ARPOP_REQUEST, (const uint8_t[]){ 255, 255, 255, 255, 255, 255 });
        receive(c, PATIENCE_NANOS / 1000000);
    }
    for (int i = 0; i < MOST_TRIES && c->knows_host && !c->open; i++) {
        if (c->closed)
            usleep(PATIENCE_NANOS / 1000); /* it may not listen yet */
        c->closed = false;
        send_control(c, TH_SYN);
        receive(c, PATIENCE_NANOS / 1000000);
    }
    if (!c->open)
        fail(c->knows_host ? "the host takes no connection" : "the host answers no ARP");
    c->moved_at = now();
}

static void build_segments(struct connection *c)
{
    size_t stride = guest_stride(&c->guest, SEGMENT);
    c->segments = calloc(c->o.batch, stride);
    if (c->segments == NULL)
        fail("no memory");
    for (int i = 0; i < c->o.batch; i++) {
        uint8_t *frame = c->segments + i * stride + guest_gap(&c->guest);
        for (int j = 0; j < MSS; j++)
            frame[HEADERS + j] = j;
        c->next = 0;
        head(c, frame, MSS, TH_ACK, 0);
    }
    uint8_t *first = c->segments + guest_gap(&c->guest);
    uint16_t check;
    memcpy(&check, first + 50, sizeof check);
    c->segment_sum = (uint16_t)~check;
    c->next = c->acknowledged;
}

/* Whole segments that the host has room for. */
static int sendable(const struct connection *c)
{
    int32_t room = c->acknowledged + c->window - c->next;
    return room < MSS ? 0 : room / MSS < c->o.batch ? room / MSS : c->o.batch;
}

static void send_segments(struct connection *c, int count)
{
    size_t stride = guest_stride(&c->guest, SEGMENT);
    for (int i = 0; i < count; i++) {
        uint8_t *frame = c->segments + i * stride + guest_gap(&c->guest);
        uint32_t number = htonl(c->next);
        uint16_t check = ~fold((uint64_t)c->segment_sum + number);
        memcpy(frame + 38, &number, sizeof number);
        memcpy(frame + 50, &check, sizeof check);
        c->next += MSS;
    }
    if ((int32_t)(c->next - c->furthest) > 0)
        c->furthest = c->next;
    give(c, c->segments, count, SEGMENT);
}

static void go_on(struct connection *c)
{
    int count = c->o.receive ? 0 : sendable(c);
    receive(c, count > 0 ? 0 : PATIENCE_NANOS / 1000000);
    if (c->closed)
        fail("the host closed the connection");
    if (c->o.receive)
        return;
    if (c->acknowledged != c->furthest && now() - c->moved_at > PATIENCE_NANOS) {
        c->resent += c->next - c->acknowledged;
        c->next = c->acknowledged;
        c->moved_at = now();
    }
    count = sendable(c);
    if (count > 0)
        send_segments(c, count);
}

static void run_for(struct connection *c, double seconds)
{
    uint64_t end = now() + seconds * 1e9;
    while (now() < end)
        go_on(c);
}

static void usage(void)
{
    fputs("usage: tcpguest --target stream:PATH|vde:DIR --own ADDRESS --host ADDRESS --port N\n"
          "  --receive       from the host; else to it\n"
          "  --batch N       frames a write, 1 to 256   (1)\n"
          "  --warmup S --seconds S                     (1, 3)\n",
          stderr);
    exit(2);
}

static struct options parse(int count, char **arguments)
{
    static const struct option NAMES[] = {
        { "target", 1, 0, 't' },  { "own", 1, 0, 'o' },    { "host", 1, 0, 'h' },
        { "port", 1, 0, 'p' },    { "receive", 0, 0, 'r' }, { "batch", 1, 0, 'b' },
        { "warmup", 1, 0, 'w' },  { "seconds", 1, 0, 's' }, { 0 }
    };
    /* Another each time: the host may still know the last one. */
    struct options o = { .batch = 1, .warmup = 1, .seconds = 3,
                         .own_port = FIRST_PORT + getpid() % PORTS };
    int which;
    while ((which = getopt_long(count, arguments, "", NAMES, NULL)) != -1) {
        switch (which) {
        case 't': o.target = optarg; break;
        case 'o': o.own = inet_addr(optarg); break;
        case 'h': o.host = inet_addr(optarg); break;
        case 'p': o.port = atoi(optarg); break;
        case 'r': o.receive = true; break;
        case 'b': o.batch = atoi(optarg); break;
        case 'w': o.warmup = atof(optarg); break;
        case 's': o.seconds = atof(optarg); break;
        default: usage();
        }
    }
    if (optind != count || o.target == NULL || o.own == 0 || o.own == INADDR_NONE || o.host == 0
        || o.host == INADDR_NONE || o.port < 1 || o.port > 65535 || o.batch < 1
        || o.batch > MOST_BATCH || o.warmup < 0 || o.seconds <= 0)
        usage();
    return o;
}

int main(int count, char **arguments)
{
    struct connection c = { .o = parse(count, arguments),
                            .own_mac = { 0x52, 0x54, 0x00, 0x7c, 0x70, 0x01 } };
    signal(SIGPIPE, SIG_IGN);
    guest_attach(&c.guest, 0, c.o.target);
    inbox_open(&c.inbox, SEGMENT + 40);
    connect_host(&c);
    build_segments(&c);
    run_for(&c, c.o.warmup);
    uint64_t from = c.delivered, start = now();
    run_for(&c, c.o.seconds);
    double seconds = (now() - start) / 1e9;
    printf("{\"bits_per_second\":%.0f,\"seconds\":%.3f,\"resent_bytes\":%lu,\"missing\":%lu"
           ",\"damaged\":%lu}\n",
           (c.delivered - from) * 8 / seconds, seconds, c.resent, c.missing, c.damaged);
    send_control(&c, TH_RST | TH_ACK);
    inbox_close(&c.inbox);
    guest_detach(&c.guest);
    free(c.segments);
    return 0;
}
