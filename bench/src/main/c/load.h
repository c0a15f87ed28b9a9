/* One run of the load generator: what is asked for, who sends and receives, and what they count. */
#ifndef LOAD_H
#define LOAD_H

#include "guest.h"

#include <pthread.h>
#include <stdatomic.h>

enum pattern {
    ONE_WAY,       /* 0 → 1 */
    BIDIRECTIONAL, /* 0 ⇄ 1 */
    PAIRS,         /* 0 → 1, 2 → 3, … */
    ONE_TO_MANY,   /* 0 → each other in turn */
    MANY_TO_ONE,   /* each other → 0 */
    MESH,          /* each → each other in turn (RFC 2889 5.1: fully meshed) */
    BROADCAST,     /* 0 → ff:ff:ff:ff:ff:ff (RFC 2889 5.10) */
    ROUND_TRIP,    /* 0 → 1 → 0, one frame under way */
    SILENCE        /* nobody sends */
};

struct options {
    const char *target;
    const char *trunk; /* where guest 0 is instead, of one-way only; its frames are tagged */
    int vlan;          /* … with this */
    enum pattern pattern;
    int guests;
    int size;      /* bytes of a frame, without length field and FCS */
    int batch;     /* frames a write */
    int run;       /* frames in a row to the same destination */
    int addresses; /* MAC addresses behind guest 1, of one-way only */
    int idle;      /* further guests that only listen */
    bool flood;    /* two further guests: one sends to the other at full rate */
    bool stuck;    /* … and that other one never reads */
    int macs;      /* … and that many source addresses in turn are its sender's */
    double rate;   /* frames a second for each sender; 0 for as many as are taken */
    double warmup; /* seconds */
    double seconds;
    int watched; /* a process whose CPU time and memory are told, or 0 */
};

/* Counts of one guest; written by its own thread, read by others at any time. */
struct count {
    _Alignas(64) atomic_ulong sent;     /* a line of its own: another thread writes the rest */
    _Alignas(64) atomic_ulong received; /* frames for this guest */
    atomic_ulong reordered; /* of these, numbers that were passed already, or came twice */
    atomic_ulong flooded;   /* frames for another guest: a switch that learned sends none */
    atomic_ulong damaged;   /* wrong length or contents */
};

struct load {
    struct options options;
    int members; /* guests that take part: options.guests, and two when flood is set */
    struct guest *guests;
    struct count *counts;
    atomic_bool measuring; /* warmed up */
    atomic_bool stop;      /* senders: end; */
    atomic_bool silent;    /* receivers: end once nothing comes any more */
    uint32_t *samples;     /* round-trip times, nanoseconds */
    size_t sample_count;
    size_t sample_limit;
};

/* Addresses: 52:gg:gg:aa:aa:aa, guest and address number. */
void mac_of(uint8_t *mac, int guest, int address);

/* A frame's header after its addresses and type; the sequence stands again in the last 8 bytes. */
#define ETHERTYPE_OFFSET 12
#define KIND_OFFSET 14
#define SOURCE_OFFSET 16
#define SEQUENCE_OFFSET 20
#define SMALLEST_FRAME 36
#define PADDED_FRAME 60 /* what a switch may stretch shorter frames to */

enum kind { DATA = 0x4441, ANNOUNCE = 0x414e };

/*
 * For a tagged guest, frames are built and read 4 bytes further on, and their addresses stand in
 * front of the tag: `frame` is where an untagged one would begin that ends where this one does.
 */
void write_header(uint8_t *frame, int size, enum kind kind, const struct guest *source);

static inline void write_sequence(uint8_t *frame, int size, uint64_t sequence)
{
    __builtin_memcpy(frame + SEQUENCE_OFFSET, &sequence, sizeof sequence);
    if (size >= PADDED_FRAME)
        __builtin_memcpy(frame + size - sizeof sequence, &sequence, sizeof sequence);
}

/* Thread bodies; the argument is a struct member. */
struct member {
    struct load *load;
    int guest;
    pthread_t thread;
};

bool sends(const struct load *load, int guest);
void *send_load(void *member);
void *receive_load(void *member);
void *round_trips(void *member);
void *echo(void *member);

/* Reads and discards what the idle guests get; the argument is a struct idlers. */
struct idlers {
    struct load *load;
    struct guest *guests;
    int count;
    pthread_t thread;
};
void *idle(void *idlers);

/* Makes each guest known to the switch, and each of its addresses. */
void announce(struct load *load, struct idlers *idlers);

uint64_t now_nanos(void);

#endif
