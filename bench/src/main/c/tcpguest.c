/*
 * A synthetic guest that speaks TCP to a real host behind a switch, fast enough that the switch and
 * the host are what is measured. One thread, one connection or some, whose segments take turns, and
 * are built beforehand.
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
#define MOST_FLOWS 16
#define OWN_SCALE 7
#define OWN_WINDOW (1 << 20) /* what it lets the host send ahead, bytes */
#define FIRST_PORT 32768
#define PORTS 28000 /* to choose from; MOST_FLOWS more are free */
#define PATIENCE_NANOS 200000000ull
#define MOST_TRIES 50
#define REPEATED 3 /* acknowledgements that tell a loss (RFC 5681, 3.2) */

struct options {
    const char *target;
    uint32_t own, host; /* network byte order */
    int port, own_port;
    bool receive, two_faced;
    int batch, flows, mss;
    double warmup, seconds;
};

struct connection {
    int own_port;
    bool open, closed;

    uint32_t acknowledged, next, furthest, window; /* what we send */
    int host_scale;
    int repeated;
    uint64_t moved_at; /* when an acknowledgement last said something new */

    uint32_t expected; /* what we receive */
    bool owes_acknowledgement;

    uint8_t headers[HEADERS]; /* of a full segment */
    uint32_t segment_sum;     /* of pseudo header, header and payload, without number */
};

/* The guest and all that it has open. */
struct machine {
    struct options o;
    struct guest guest;
    struct inbox inbox;
    uint8_t own_mac[6]; /* that its frames come from */
    uint8_t told_mac[6]; /* that it answers ARP with: another one, if it is two-faced */
    uint8_t host_mac[6];
    bool knows_host;
    struct connection connections[MOST_FLOWS];
    uint8_t *segments; /* room for `batch`, as guest_send takes them; their payload stands there */
    uint64_t delivered; /* payload bytes: acknowledged by the host, or taken in order */
    unsigned turn;      /* of the connections */
    unsigned long resent, damaged, missing;
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
static void head(const struct machine *m, const struct connection *c, uint8_t *frame, int payload,
                 int flags, int options)
{
    struct iphdr ip = { .version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_TCP,
                        .frag_off = htons(IP_DF), .saddr = m->o.own, .daddr = m->o.host };
    struct tcphdr tcp = { .source = htons(c->own_port), .dest = htons(m->o.port),
                          .seq = htonl(c->next), .ack_seq = htonl(c->expected),
                          .doff = 5 + options / 4, .window = htons(OWN_WINDOW >> OWN_SCALE) };
    int length = sizeof tcp + options + payload;
    memcpy(frame, m->host_mac, 6);
    memcpy(frame + 6, m->own_mac, 6);
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

static void give(struct machine *m, uint8_t *slots, int count, int size)
{
    if (m->guest.stream) {
        uint32_t length = htonl(size);
        for (int i = 0; i < count; i++)
            memcpy(slots + i * guest_stride(&m->guest, size), &length, sizeof length);
    }
    if (!guest_send(&m->guest, slots, count, size))
        fail("the switch takes nothing");
}

static void send_control(struct machine *m, const struct connection *c, int flags)
{
    uint8_t slot[LENGTH_FIELD + HEADERS + 8] = { 0 };
    uint8_t *frame = slot + guest_gap(&m->guest);
    int options = 0;
    if (flags & TH_SYN) {
        const uint8_t asked[8] = { TCPOPT_MAXSEG, 4, m->o.mss >> 8, m->o.mss & 0xff,
                                   TCPOPT_NOP, TCPOPT_WINDOW, 3, OWN_SCALE };
        memcpy(frame + HEADERS, asked, sizeof asked);
        options = sizeof asked;
    }
    head(m, c, frame, 0, flags, options);
    if (flags & TH_SYN) {
        /* A SYN's window is not scaled: all that it can say. */
        memset(frame + 48, 0xff, 2);
        memset(frame + 50, 0, 2);
        struct iphdr ip;
        memcpy(&ip, frame + 14, sizeof ip);
        uint16_t check = ~fold(sum(frame + 34, 20 + options, pseudo(&ip, 20 + options)));
        memcpy(frame + 50, &check, sizeof check);
    }
    give(m, slot, 1, HEADERS + options);
}

static void send_arp(struct machine *m, int operation, const uint8_t *to)
{
    uint8_t slot[LENGTH_FIELD + 60] = { 0 };
    uint8_t *frame = slot + guest_gap(&m->guest);
    struct ether_arp arp = { .ea_hdr = { htons(ARPHRD_ETHER), htons(ETHERTYPE_IP), 6, 4,
                                         htons(operation) } };
    memcpy(arp.arp_sha, m->told_mac, 6);
    memcpy(arp.arp_spa, &m->o.own, 4);
    memcpy(arp.arp_tha, m->host_mac, 6);
    memcpy(arp.arp_tpa, &m->o.host, 4);
    memcpy(frame, to, 6);
    memcpy(frame + 6, m->own_mac, 6);
    frame[12] = 0x08;
    frame[13] = 0x06;
    memcpy(frame + 14, &arp, sizeof arp);
    give(m, slot, 1, 60);
}

static void take_arp(struct machine *m, const uint8_t *frame, int length)
{
    struct ether_arp arp;
    if (length < 14 + (int)sizeof arp)
        return;
    memcpy(&arp, frame + 14, sizeof arp);
    if (memcmp(arp.arp_spa, &m->o.host, 4) != 0 || memcmp(arp.arp_tpa, &m->o.own, 4) != 0)
        return;
    memcpy(m->host_mac, arp.arp_sha, 6);
    m->knows_host = true;
    if (arp.ea_hdr.ar_op == htons(ARPOP_REQUEST))
        send_arp(m, ARPOP_REPLY, m->host_mac);
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

static void take_acknowledgement(struct machine *m, struct connection *c, const struct tcphdr *tcp,
                                 int payload)
{
    uint32_t number = ntohl(tcp->ack_seq);
    uint32_t window = (uint32_t)ntohs(tcp->window) << c->host_scale;
    int32_t progress = number - c->acknowledged;
    if (progress > 0 && (int32_t)(number - c->furthest) <= 0) {
        c->acknowledged = number;
        if (!m->o.receive)
            m->delivered += progress;
        if ((int32_t)(c->next - number) < 0)
            c->next = number;
        c->repeated = 0;
        c->moved_at = now();
    } else if (progress == 0 && payload == 0 && window == c->window
               && c->acknowledged != c->furthest) {
        if (++c->repeated == REPEATED) {
            m->resent += c->next - c->acknowledged;
            c->next = c->acknowledged;
        }
    }
    c->window = window;
}

static void take_data(struct machine *m, struct connection *c, const struct tcphdr *tcp, int payload)
{
    c->owes_acknowledgement = true;
    if (ntohl(tcp->seq) != c->expected) {
        m->missing++;
        send_control(m, c, TH_ACK); /* each tells the sender once more */
        return;
    }
    c->expected += payload;
    m->delivered += payload;
}

static void take_segment(struct machine *m, struct connection *c, const struct tcphdr *tcp,
                         const uint8_t *options, int payload)
{
    if (tcp->rst || tcp->fin) {
        c->closed = true;
    } else if (tcp->syn) {
        c->host_scale = window_scale(options, tcp->doff * 4 - 20);
        c->expected = ntohl(tcp->seq) + 1;
        c->acknowledged = c->next = c->furthest = ntohl(tcp->ack_seq);
        c->window = ntohs(tcp->window);
        c->open = true;
        send_control(m, c, TH_ACK);
    } else if (c->open) {
        take_acknowledgement(m, c, tcp, payload);
        if (payload > 0)
            take_data(m, c, tcp, payload);
    }
}

static void take(void *context, const uint8_t *frame, int length)
{
    struct machine *m = context;
    struct iphdr ip;
    struct tcphdr tcp;
    if (length < 14 + 20)
        return;
    if (frame[12] == 0x08 && frame[13] == 0x06) {
        take_arp(m, frame, length);
        return;
    }
    memcpy(&ip, frame + 14, sizeof ip);
    int size = ntohs(ip.tot_len) - 20;
    if (frame[12] != 0x08 || frame[13] != 0 || ip.ihl != 5 || ip.protocol != IPPROTO_TCP
        || ip.daddr != m->o.own || size < 20 || 14 + 20 + size > length)
        return;
    memcpy(&tcp, frame + 34, sizeof tcp);
    int flow = ntohs(tcp.dest) - m->o.own_port;
    if (flow < 0 || flow >= m->o.flows || tcp.doff < 5 || tcp.doff * 4 > size)
        return;
    if (fold(sum(frame + 34, size, pseudo(&ip, size))) != 0xffff
        || fold(sum(frame + 14, 20, 0)) != 0xffff || size > 20 + 40 + MSS) {
        m->damaged++;
        return;
    }
    take_segment(m, &m->connections[flow], &tcp, frame + HEADERS, size - tcp.doff * 4);
}

static void receive(struct machine *m, int milliseconds)
{
    struct pollfd ready = { m->guest.fd, POLLIN, 0 };
    if (poll(&ready, 1, milliseconds) <= 0)
        return;
    if (inbox_receive(&m->inbox, &m->guest, take, m) == GONE)
        fail("the switch is gone");
    for (int i = 0; i < m->o.flows; i++) {
        if (m->connections[i].owes_acknowledgement)
            send_control(m, &m->connections[i], TH_ACK);
        m->connections[i].owes_acknowledgement = false;
    }
}

static void find_host(struct machine *m)
{
    for (int i = 0; i < MOST_TRIES && !m->knows_host; i++) {
        send_arp(m, ARPOP_REQUEST, (const uint8_t[]){ 255, 255, 255, 255, 255, 255 });
        receive(m, PATIENCE_NANOS / 1000000);
    }
    if (!m->knows_host)
        fail("the host answers no ARP");
}

static void connect_host(struct machine *m, struct connection *c)
{
    for (int i = 0; i < MOST_TRIES && !c->open; i++) {
        if (c->closed)
            usleep(PATIENCE_NANOS / 1000); /* it may not listen yet */
        c->closed = false;
        send_control(m, c, TH_SYN);
        receive(m, PATIENCE_NANOS / 1000000);
    }
    if (!c->open)
        fail("the host takes no connection");
    c->moved_at = now();
}

static void build_segment(struct machine *m, struct connection *c)
{
    uint8_t frame[SEGMENT];
    uint16_t check;
    uint32_t next = c->next;
    for (int i = 0; i < MSS; i++)
        frame[HEADERS + i] = i;
    c->next = 0;
    head(m, c, frame, MSS, TH_ACK, 0);
    c->next = next;
    memcpy(c->headers, frame, HEADERS);
    memcpy(&check, frame + 50, sizeof check);
    c->segment_sum = (uint16_t)~check;
    for (int i = 0; i < m->o.batch; i++)
        memcpy(m->segments + i * guest_stride(&m->guest, SEGMENT) + guest_gap(&m->guest), frame,
               SEGMENT);
}

static bool has_room(const struct connection *c)
{
    return (int32_t)(c->acknowledged + c->window - c->next) >= MSS;
}

/* The connections take turns, as under a fair queue: a batch is full unless all windows are. */
static int fill_batch(struct machine *m)
{
    int count = 0;
    for (int full = 0; full < m->o.flows && count < m->o.batch;) {
        struct connection *c = &m->connections[m->turn++ % m->o.flows];
        if (!has_room(c)) {
            full++;
            continue;
        }
        full = 0;
        uint8_t *frame = m->segments + count++ * guest_stride(&m->guest, SEGMENT)
                         + guest_gap(&m->guest);
        uint32_t number = htonl(c->next);
        uint16_t check = ~fold((uint64_t)c->segment_sum + number);
        memcpy(frame, c->headers, HEADERS);
        memcpy(frame + 38, &number, sizeof number);
        memcpy(frame + 50, &check, sizeof check);
        c->next += MSS;
        if ((int32_t)(c->next - c->furthest) > 0)
            c->furthest = c->next;
    }
    return count;
}

static void resend_what_is_late(struct machine *m)
{
    for (int i = 0; i < m->o.flows; i++) {
        struct connection *c = &m->connections[i];
        if (c->closed)
            fail("the host closed the connection");
        if (c->acknowledged != c->furthest && now() - c->moved_at > PATIENCE_NANOS) {
            m->resent += c->next - c->acknowledged;
            c->next = c->acknowledged;
            c->moved_at = now();
        }
    }
}

static void go_on(struct machine *m)
{
    bool room = false;
    for (int i = 0; i < m->o.flows && !m->o.receive; i++)
        room |= has_room(&m->connections[i]);
    receive(m, room ? 0 : PATIENCE_NANOS / 1000000);
    resend_what_is_late(m);
    int count = m->o.receive ? 0 : fill_batch(m);
    if (count > 0)
        give(m, m->segments, count, SEGMENT);
}

static void run_for(struct machine *m, double seconds)
{
    uint64_t end = now() + seconds * 1e9;
    while (now() < end)
        go_on(m);
}

static void usage(void)
{
    fputs("usage: tcpguest --target stream:PATH|vde:DIR --own ADDRESS --host ADDRESS --port N\n"
          "  --receive       from the host; else to it\n"
          "  --mss N         that the host may send, at most 1460 (1460)\n"
          "  --two-faced     answers ARP with an address that its frames never come from, so\n"
          "                  that what the host sends is flooded\n"
          "  --batch N       frames a write, 1 to 256   (1)\n"
          "  --flows N       connections, 1 to 16       (1)\n"
          "  --warmup S --seconds S                     (1, 3)\n",
          stderr);
    exit(2);
}

static struct options parse(int count, char **arguments)
{
    static const struct option NAMES[] = {
        { "target", 1, 0, 't' },  { "own", 1, 0, 'o' },    { "host", 1, 0, 'h' },
        { "port", 1, 0, 'p' },    { "receive", 0, 0, 'r' }, { "batch", 1, 0, 'b' },
        { "flows", 1, 0, 'f' },   { "mss", 1, 0, 'm' },    { "two-faced", 0, 0, '2' },
        { "warmup", 1, 0, 'w' },  { "seconds", 1, 0, 's' }, { 0 }
    };
    /* Another each time: the host may still know the last one. */
    struct options o = { .batch = 1, .flows = 1, .mss = MSS, .warmup = 1, .seconds = 3,
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
        case 'f': o.flows = atoi(optarg); break;
        case 'm': o.mss = atoi(optarg); break;
        case '2': o.two_faced = true; break;
        case 'w': o.warmup = atof(optarg); break;
        case 's': o.seconds = atof(optarg); break;
        default: usage();
        }
    }
    if (optind != count || o.target == NULL || o.own == 0 || o.own == INADDR_NONE || o.host == 0
        || o.host == INADDR_NONE || o.port < 1 || o.port > 65535 || o.batch < 1
        || o.batch > MOST_BATCH || o.flows < 1 || o.flows > MOST_FLOWS
        || o.mss < 536 || o.mss > MSS || o.warmup < 0 || o.seconds <= 0)
        usage();
    return o;
}

int main(int count, char **arguments)
{
    struct machine m = { .o = parse(count, arguments),
                         .own_mac = { 0x52, 0x54, 0x00, 0x7c, 0x70, 0x01 },
                         .told_mac = { 0x52, 0x54, 0x00, 0x7c, 0x70, 0x01 } };
    m.told_mac[5] += m.o.two_faced;
    signal(SIGPIPE, SIG_IGN);
    guest_attach(&m.guest, 0, m.o.target);
    inbox_open(&m.inbox, SEGMENT + 40);
    m.segments = calloc(m.o.batch, guest_stride(&m.guest, SEGMENT));
    if (m.segments == NULL)
        fail("no memory");
    find_host(&m);
    for (int i = 0; i < m.o.flows; i++) {
        m.connections[i].own_port = m.o.own_port + i;
        connect_host(&m, &m.connections[i]);
        build_segment(&m, &m.connections[i]);
    }
    run_for(&m, m.o.warmup);
    uint64_t from = m.delivered, start = now();
    run_for(&m, m.o.seconds);
    double seconds = (now() - start) / 1e9;
    printf("{\"bits_per_second\":%.0f,\"seconds\":%.3f,\"resent_bytes\":%lu,\"missing\":%lu"
           ",\"damaged\":%lu}\n",
           (m.delivered - from) * 8 / seconds, seconds, m.resent, m.missing, m.damaged);
    for (int i = 0; i < m.o.flows; i++)
        send_control(&m, &m.connections[i], TH_RST | TH_ACK);
    inbox_close(&m.inbox);
    guest_detach(&m.guest);
    free(m.segments);
    return 0;
}
