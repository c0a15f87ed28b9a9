/*
 * A synthetic guest at the gateway of a `user` port, as libslirp has it.
 *
 *     visitor --target stream:PATH --own ADDRESS --gateway ADDRESS
 *             --ask arp | --ask syn --port N     asks again and again, and tells how long answers took
 *             --flows N --port N                 opens N TCP flows at once, stays two seconds, goes
 *                                                without a word, and comes back
 *
 * arp asks the gateway's own address for its address (RFC 826); syn opens a TCP flow and takes it
 * back once it is answered (RFC 9293). One line of JSON, as loadgen writes it.
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

#define HEADERS (14 + 20 + 20)
#define FIRST_PORT 10000
#define PORTS 50000
#define PATIENCE_MILLIS 1000
#define STAY_NANOS 2000000000ull
#define MOST_SAMPLES 10000000

struct visitor {
    const char *target, *ask;
    uint32_t own, gateway;
    int port, flows;
    double warmup, seconds, rate;
    struct guest guest;
    struct inbox inbox;
    uint8_t own_mac[6], gateway_mac[6];
    bool knows_gateway;
    int own_port; /* of the flow that is asked for */
    bool answered;
    uint32_t expected; /* what the answer is to be acknowledged with */
    unsigned long opened, refused;
};

static uint64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static uint16_t checksum(const uint8_t *bytes, int length, uint32_t total)
{
    for (int i = 0; i < length; i++)
        total += i % 2 == 0 ? bytes[i] << 8 : bytes[i];
    while (total >> 16)
        total = (total & 0xffff) + (total >> 16);
    return htons(~total);
}

static void give(struct visitor *v, uint8_t *slot, int size)
{
    uint32_t length = htonl(size);
    memcpy(slot, &length, sizeof length);
    if (!guest_send(&v->guest, slot, 1, size))
        fail("the switch takes nothing");
}

static void send_arp(struct visitor *v, const uint8_t *to)
{
    uint8_t slot[LENGTH_FIELD + 60] = { 0 };
    uint8_t *frame = slot + LENGTH_FIELD;
    struct ether_arp arp = { .ea_hdr = { htons(ARPHRD_ETHER), htons(ETHERTYPE_IP), 6, 4,
                                         htons(ARPOP_REQUEST) } };
    memcpy(arp.arp_sha, v->own_mac, 6);
    memcpy(arp.arp_spa, &v->own, 4);
    memcpy(arp.arp_tpa, &v->gateway, 4);
    memcpy(frame, to, 6);
    memcpy(frame + 6, v->own_mac, 6);
    frame[12] = 0x08;
    frame[13] = 0x06;
    memcpy(frame + 14, &arp, sizeof arp);
    give(v, slot, 60);
}

static void send_segment(struct visitor *v, int own_port, uint32_t number, int flags)
{
    uint8_t slot[LENGTH_FIELD + 60] = { 0 };
    uint8_t *frame = slot + LENGTH_FIELD;
    struct iphdr ip = { .version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_TCP,
                        .tot_len = htons(40), .saddr = v->own, .daddr = v->gateway };
    struct tcphdr tcp = { .source = htons(own_port), .dest = htons(v->port), .seq = htonl(number),
                          .doff = 5, .window = htons(65535) };
    uint8_t pseudo[12] = { 0 };
    memcpy(frame, v->gateway_mac, 6);
    memcpy(frame + 6, v->own_mac, 6);
    frame[12] = 0x08;
    ip.check = checksum((uint8_t *)&ip, 20, 0);
    memcpy(frame + 14, &ip, 20);
    memcpy(frame + 34, &tcp, 20);
    frame[47] = flags;
    memcpy(pseudo, &v->own, 4);
    memcpy(pseudo + 4, &v->gateway, 4);
    pseudo[9] = IPPROTO_TCP;
    pseudo[11] = 20;
    uint32_t total = 0;
    for (int i = 0; i < 12; i += 2)
        total += pseudo[i] << 8 | pseudo[i + 1];
    uint16_t check = checksum(frame + 34, 20, total);
    memcpy(frame + 50, &check, 2);
    give(v, slot, 60);
}

static void take(void *context, const uint8_t *frame, int length)
{
    struct visitor *v = context;
    struct ether_arp arp;
    struct tcphdr tcp;
    if (length >= 14 + (int)sizeof arp && frame[12] == 0x08 && frame[13] == 0x06) {
        memcpy(&arp, frame + 14, sizeof arp);
        if (arp.ea_hdr.ar_op == htons(ARPOP_REPLY) && memcmp(arp.arp_spa, &v->gateway, 4) == 0) {
            memcpy(v->gateway_mac, arp.arp_sha, 6);
            v->knows_gateway = true;
            v->answered |= v->ask != NULL && strcmp(v->ask, "arp") == 0;
        } else if (memcmp(arp.arp_tpa, &v->own, 4) == 0) {
            send_arp(v, arp.arp_sha); /* that tells as much as a reply would */
        }
    } else if (length >= HEADERS && frame[12] == 0x08 && frame[13] == 0 && frame[23] == IPPROTO_TCP) {
        memcpy(&tcp, frame + 34, sizeof tcp);
        if (tcp.rst)
            v->refused++;
        else if (tcp.syn && tcp.ack && ntohs(tcp.dest) == v->own_port
                 && ntohl(tcp.ack_seq) == v->expected)
            v->answered = true;
        v->opened += tcp.syn && tcp.ack;
    }
}

static void receive(struct visitor *v, int milliseconds)
{
    struct pollfd ready = { v->guest.fd, POLLIN, 0 };
    if (poll(&ready, 1, milliseconds) > 0
        && inbox_receive(&v->inbox, &v->guest, take, v) == GONE)
        fail("the switch is gone");
}

static void find_gateway(struct visitor *v)
{
    int tries = v->flows > 0 ? 600 : 40; /* who has taken all may have to wait for it */
    for (int i = 0; i < tries && !v->knows_gateway; i++) {
        send_arp(v, (const uint8_t[]){ 255, 255, 255, 255, 255, 255 });
        receive(v, 100);
    }
    if (!v->knows_gateway)
        fail("the gateway answers no ARP");
}

static bool ask(struct visitor *v, uint32_t turn)
{
    v->answered = false;
    if (strcmp(v->ask, "arp") == 0) {
        send_arp(v, v->gateway_mac);
    } else {
        v->own_port = FIRST_PORT + turn % PORTS;
        v->expected = turn * 65536 + 1;
        send_segment(v, v->own_port, v->expected - 1, TH_SYN);
    }
    uint64_t patience = now() + PATIENCE_MILLIS * 1000000ull;
    while (!v->answered && now() < patience)
        receive(v, 50);
    if (strcmp(v->ask, "syn") == 0)
        send_segment(v, v->own_port, v->expected, TH_RST);
    return v->answered;
}

static int ascending(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static void probe(struct visitor *v)
{
    uint32_t *samples = malloc(MOST_SAMPLES * sizeof *samples);
    size_t count = 0;
    unsigned long answered = 0, asked = 0;
    uint64_t from = now() + v->warmup * 1e9, end = from + v->seconds * 1e9, due = now();
    for (uint32_t turn = getpid(); now() < end; turn++) {
        uint64_t start = now();
        bool came = ask(v, turn);
        if (start >= from && count < MOST_SAMPLES) {
            uint64_t took = now() - start;
            samples[count++] = took > UINT32_MAX ? UINT32_MAX : took;
            asked++;
            answered += came;
        }
        due += v->rate > 0 ? 1e9 / v->rate : 0;
        if (due > now()) {
            struct timespec until = { due / 1000000000, due % 1000000000 };
            clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
        } else {
            due = now(); /* what was late is not made up for in a burst */
        }
    }
    qsort(samples, count, sizeof *samples, ascending);
    printf("{\"offered_pps\":%.1f,\"delivered_pps\":%.1f,\"sent\":%lu,\"received\":%lu,\"lost\":%lu"
           ",\"reordered\":0,\"flooded\":0,\"damaged\":0",
           asked / v->seconds, answered / v->seconds, asked, answered, asked - answered);
    if (count > 0)
        printf(",\"round_trip_ns\":{\"samples\":%zu,\"p50\":%u,\"p99\":%u}", count,
               samples[(size_t)(0.5 * (count - 1))], samples[(size_t)(0.99 * (count - 1))]);
    printf("}\n");
}

static void attach(struct visitor *v)
{
    guest_attach(&v->guest, 0, v->target);
    v->inbox.have = 0;
    v->knows_gateway = false;
    find_gateway(v);
}

/* As many as it may have; then it leaves, and they are still there. */
static void hoard(struct visitor *v)
{
    uint64_t end = now() + v->seconds * 1e9;
    int first = FIRST_PORT + getpid() % 1000;
    while (now() < end) {
        for (int i = 0; i < v->flows; i++) {
            send_segment(v, first + i % PORTS, i * 7919u, TH_SYN);
            if (i % 16 == 15)
                receive(v, 0);
        }
        for (uint64_t stay = now() + STAY_NANOS; now() < stay && now() < end;)
            receive(v, 50);
        first = FIRST_PORT + (first + v->flows) % (65000 - FIRST_PORT - v->flows);
        guest_detach(&v->guest);
        attach(v);
    }
    printf("%lu flows were answered, %lu refused\n", v->opened, v->refused);
}

int main(int count, char **arguments)
{
    static const struct option NAMES[] = {
        { "target", 1, 0, 't' },  { "own", 1, 0, 'o' },    { "gateway", 1, 0, 'g' },
        { "port", 1, 0, 'p' },    { "ask", 1, 0, 'a' },    { "flows", 1, 0, 'f' },
        { "warmup", 1, 0, 'w' },  { "seconds", 1, 0, 's' }, { "rate", 1, 0, 'r' }, { 0 }
    };
    struct visitor v = { .warmup = 1, .seconds = 3, .port = 9,
                         .own_mac = { 0x52, 0x54, 0x00, 0x76, getpid() >> 8, getpid() } };
    int which;
    while ((which = getopt_long(count, arguments, "", NAMES, NULL)) != -1) {
        switch (which) {
        case 't': v.target = optarg; break;
        case 'o': v.own = inet_addr(optarg); break;
        case 'g': v.gateway = inet_addr(optarg); break;
        case 'p': v.port = atoi(optarg); break;
        case 'a': v.ask = optarg; break;
        case 'f': v.flows = atoi(optarg); break;
        case 'w': v.warmup = atof(optarg); break;
        case 's': v.seconds = atof(optarg); break;
        case 'r': v.rate = atof(optarg); break;
        default: return 2;
        }
    }
    if (optind != count || v.target == NULL || v.own == 0 || v.gateway == 0 || v.flows > 50000
        || (v.ask == NULL) == (v.flows == 0)
        || (v.ask != NULL && strcmp(v.ask, "arp") != 0 && strcmp(v.ask, "syn") != 0)) {
        fprintf(stderr, "usage: visitor --target T --own ADDRESS --gateway ADDRESS [--port N]\n"
                        "    --ask arp|syn [--rate N] | --flows N   [--warmup S] [--seconds S]\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    inbox_open(&v.inbox, 1514);
    attach(&v);
    if (v.ask != NULL)
        probe(&v);
    else
        hoard(&v);
    guest_detach(&v.guest);
    return 0;
}
