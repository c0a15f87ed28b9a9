#define _GNU_SOURCE
#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

uint64_t now_nanos(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000ull + now.tv_nsec;
}

void mac_of(uint8_t *mac, int guest, int address)
{
    const uint8_t bytes[6] = { 0x52, guest >> 8, guest, address >> 16, address >> 8, address };
    memcpy(mac, bytes, sizeof bytes);
}

void write_header(uint8_t *frame, int size, enum kind kind, const struct guest *source)
{
    uint16_t type = htons(0x88b5); /* IEEE 802 local experimental ethertype 1 */
    uint16_t wire_kind = kind;
    uint32_t wire_source = source->index;
    uint16_t tag[2] = { htons(0x8100), htons(source->vlan) };
    for (int i = KIND_OFFSET; i < size; i++)
        frame[i] = i;
    if (source->vlan > 0)
        memcpy(frame + ETHERTYPE_OFFSET - TAG, tag, sizeof tag);
    mac_of(frame - guest_shift(source) + 6, source->index, 0);
    memcpy(frame + ETHERTYPE_OFFSET, &type, sizeof type);
    memcpy(frame + KIND_OFFSET, &wire_kind, sizeof wire_kind);
    memcpy(frame + SOURCE_OFFSET, &wire_source, sizeof wire_source);
    write_sequence(frame, size, 0);
}

/* The buffer of one write: `batch` slots with their length fields and headers. */
static uint8_t *build_batch(const struct guest *guest, const struct options *options)
{
    int size = options->size + guest_shift(guest);
    size_t stride = guest_stride(guest, size);
    uint8_t *batch = aligned_alloc(64, (stride * options->batch + 63) & ~(size_t)63);
    if (batch == NULL)
        fail("no memory");
    for (int i = 0; i < options->batch; i++) {
        uint8_t *slot = batch + i * stride;
        if (guest->stream) {
            uint32_t length = htonl(size);
            memcpy(slot, &length, sizeof length);
        }
        write_header(slot + guest_gap(guest) + guest_shift(guest), options->size, DATA, guest);
    }
    return batch;
}

bool sends(const struct load *load, int guest)
{
    const struct options *options = &load->options;
    if (guest >= options->guests)
        return guest == options->guests;
    switch (options->pattern) {
    case ONE_WAY:
    case ONE_TO_MANY:
    case BROADCAST:
        return guest == 0;
    case BIDIRECTIONAL:
        return guest < 2;
    case PAIRS:
        return guest % 2 == 0 && guest + 1 < options->guests;
    case MANY_TO_ONE:
        return guest != 0;
    case MESH:
        return true;
    default:
        return false;
    }
}

/* Where a guest's frames go, in turn. */
struct route {
    int first;
    int count; /* destinations from first on, skipping the guest itself */
    bool broadcast;
};

static struct route route_of(const struct load *load, int guest)
{
    const struct options *options = &load->options;
    if (guest >= options->guests)
        return (struct route){ guest + 1, 1, false };
    switch (options->pattern) {
    case ONE_WAY:
    case BIDIRECTIONAL:
        return (struct route){ guest ^ 1, 1, false };
    case PAIRS:
        return (struct route){ guest + 1, 1, false };
    case MANY_TO_ONE:
        return (struct route){ 0, 1, false };
    case BROADCAST:
        return (struct route){ 0, 1, true };
    default:
        return (struct route){ 0, options->guests - 1, false };
    }
}

/* One sender's way through its destinations, and the next number for each. */
struct tour {
    struct route route;
    int self;
    int at;
    int left; /* frames still to go to this destination */
    int address;
    int macs; /* own addresses, in turn */
    int mac;
    uint64_t *sequences;
};

static void address_frame(struct tour *tour, const struct options *options, uint8_t *frame,
                          int shift)
{
    if (tour->left == 0) {
        tour->left = options->run;
        tour->at = tour->at + 1 == tour->route.count ? 0 : tour->at + 1;
        /* A prime step visits the addresses in an order that no cache guesses. */
        tour->address = (tour->address + 7919) % options->addresses;
    }
    tour->left--;
    if (tour->macs > 1) {
        tour->mac = tour->mac + 1 == tour->macs ? 0 : tour->mac + 1;
        mac_of(frame - shift + 6, tour->self, tour->mac);
    }
    int destination = tour->route.first + tour->at;
    if (tour->route.count > 1 && destination >= tour->self)
        destination++;
    if (tour->route.broadcast)
        memset(frame - shift, 0xff, 6);
    else
        mac_of(frame - shift, destination, tour->address);
    write_sequence(frame, options->size, tour->sequences[tour->at]++);
}

/* Sleeps until that many frames are due since the start; a sleep is worth a millisecond's frames. */
static void pace(uint64_t start, uint64_t sent, double rate)
{
    uint64_t due = start + (uint64_t)(sent * 1e9 / rate);
    if (due > now_nanos()) {
        struct timespec until = { due / 1000000000ull, due % 1000000000ull };
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
    }
}

void *send_load(void *argument)
{
    struct member *member = argument;
    struct load *load = member->load;
    const struct options *options = &load->options;
    struct guest *guest = &load->guests[member->guest];
    bool floods = member->guest >= options->guests;
    struct tour tour = { .route = route_of(load, member->guest), .self = member->guest,
                         .macs = floods ? options->macs : 1 };
    tour.sequences = calloc(tour.route.count, sizeof *tour.sequences);
    uint8_t *batch = build_batch(guest, options);
    int shift = guest_shift(guest);
    size_t stride = guest_stride(guest, options->size + shift);
    size_t gap = guest_gap(guest) + shift;
    uint64_t start = now_nanos();
    uint64_t sent = 0;

    while (!atomic_load_explicit(&load->stop, memory_order_relaxed)) {
        for (int i = 0; i < options->batch; i++)
            address_frame(&tour, options, batch + i * stride + gap, shift);
        if (!guest_send(guest, batch, options->batch, options->size + shift))
            fail("guest %d: nothing more is taken after %lu frames", member->guest, sent);
        sent += options->batch;
        atomic_store_explicit(&load->counts[member->guest].sent, sent, memory_order_relaxed);
        if (options->rate > 0)
            pace(start, sent, options->rate);
    }
    free(batch);
    free(tour.sequences);
    return NULL;
}

static void announce_to(struct guest *guest, int size, const uint8_t *destination, int address)
{
    struct options one = { .size = size, .batch = 1 };
    uint8_t *frame = build_batch(guest, &one);
    int shift = guest_shift(guest);
    uint8_t *start = frame + guest_gap(guest);
    write_header(start + shift, size, ANNOUNCE, guest);
    memcpy(start, destination, 6);
    mac_of(start + 6, guest->index, address);
    if (!guest_send(guest, frame, 1, size + shift))
        fail("guest %d could not announce itself", guest->index);
    free(frame);
}

void announce(struct load *load, struct idlers *idlers)
{
    const uint8_t everybody[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
    uint8_t first[6];
    mac_of(first, 0, 0);
    for (int i = 0; i < load->members; i++)
        announce_to(&load->guests[i], PADDED_FRAME, everybody, 0);
    for (int a = 1; a < load->options.addresses; a++)
        announce_to(&load->guests[1], PADDED_FRAME, first, a);
    /* To one guest only: a thousand broadcasts to a thousand guests would be a load of their own. */
    for (int i = 0; i < idlers->count; i++)
        announce_to(&idlers->guests[i], PADDED_FRAME, first, 0);
}
