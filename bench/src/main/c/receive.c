#define _GNU_SOURCE
#include "load.h"

#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

/* One receiving guest's view: the next number that each sender owes it. */
struct view {
    const struct load *load;
    uint64_t *expected;
    uint8_t mac[6];
    int shift; /* a tag's */
    unsigned long received, reordered, flooded, damaged;
};

static bool is_ours(const struct view *view, const uint8_t *frame)
{
    /* The first three bytes are the guest; a guest may have many addresses. */
    return memcmp(frame, view->mac, 3) == 0 || (frame[0] & 1) != 0;
}

static bool is_whole(const uint8_t *frame, int length, int size, uint64_t sequence)
{
    uint64_t tail;
    if (size < PADDED_FRAME)
        return length == size || length == PADDED_FRAME;
    if (length != size)
        return false;
    memcpy(&tail, frame + size - sizeof tail, sizeof tail);
    return tail == sequence;
}

static void look(void *context, const uint8_t *frame, int length)
{
    struct view *view = context;
    uint16_t kind;
    uint32_t source;
    uint64_t sequence;
    if (length < SMALLEST_FRAME + view->shift) {
        view->damaged++;
        return;
    }
    const uint8_t *addresses = frame;
    frame += view->shift;
    length -= view->shift;
    memcpy(&kind, frame + KIND_OFFSET, sizeof kind);
    memcpy(&source, frame + SOURCE_OFFSET, sizeof source);
    memcpy(&sequence, frame + SEQUENCE_OFFSET, sizeof sequence);
    if (kind == ANNOUNCE)
        return;
    if (kind != DATA || source >= (uint32_t)view->load->members
        || !is_whole(frame, length, view->load->options.size, sequence)) {
        view->damaged++;
        return;
    }
    if (!is_ours(view, addresses)) {
        view->flooded++;
        return;
    }
    view->received++;
    if (sequence >= view->expected[source])
        view->expected[source] = sequence + 1;
    else
        view->reordered++;
}

static void publish(const struct view *view, struct count *count)
{
    atomic_store_explicit(&count->received, view->received, memory_order_relaxed);
    atomic_store_explicit(&count->reordered, view->reordered, memory_order_relaxed);
    atomic_store_explicit(&count->flooded, view->flooded, memory_order_relaxed);
    atomic_store_explicit(&count->damaged, view->damaged, memory_order_relaxed);
}

void *receive_load(void *argument)
{
    struct member *member = argument;
    struct load *load = member->load;
    struct view view = { .load = load };
    struct inbox inbox;
    view.expected = calloc(load->members, sizeof *view.expected);
    mac_of(view.mac, member->guest, 0);
    view.shift = guest_shift(&load->guests[member->guest]);
    inbox_open(&inbox, load->options.size + view.shift);
    for (;;) {
        unsigned long before = view.received;
        int frames = inbox_receive(&inbox, &load->guests[member->guest], look, &view);
        if (frames == GONE)
            fail("guest %d: the switch closed, or sent a wrong length", member->guest);
        publish(&view, &load->counts[member->guest]);
        /* What strangers flood never ends. */
        if ((frames == SILENT || view.received == before) && atomic_load_explicit(&load->silent, memory_order_relaxed))
            break;
    }
    inbox_close(&inbox);
    free(view.expected);
    return NULL;
}

/* The frame that came back, and when. */
struct answer {
    struct view view;
    bool came;
};

static void look_for_answer(void *context, const uint8_t *frame, int length)
{
    struct answer *answer = context;
    unsigned long before = answer->view.received;
    look(&answer->view, frame, length);
    answer->came |= answer->view.received != before;
}

static void keep_sample(struct load *load, uint64_t nanos)
{
    if (atomic_load_explicit(&load->measuring, memory_order_relaxed)
        && load->sample_count < load->sample_limit)
        load->samples[load->sample_count++] = nanos > UINT32_MAX ? UINT32_MAX : nanos;
}

void *round_trips(void *argument)
{
    struct member *member = argument;
    struct load *load = member->load;
    struct guest *guest = &load->guests[0];
    int size = load->options.size;
    struct answer answer = { .view = { .load = load } };
    struct inbox inbox;
    uint8_t *slot = calloc(1, guest_stride(guest, size));
    uint8_t *frame = slot + guest_gap(guest);
    uint32_t length = __builtin_bswap32(size);
    uint64_t sent = 0;

    answer.view.expected = calloc(load->members, sizeof *answer.view.expected);
    mac_of(answer.view.mac, 0, 0);
    inbox_open(&inbox, size);
    if (guest->stream)
        memcpy(slot, &length, sizeof length);
    write_header(frame, size, DATA, guest);
    mac_of(frame, 1, 0);
    while (!atomic_load_explicit(&load->stop, memory_order_relaxed)) {
        write_sequence(frame, size, sent++);
        answer.came = false;
        uint64_t start = now_nanos();
        if (!guest_send(guest, slot, 1, size))
            fail("guest 0: nothing more is taken");
        for (int patience = 0; !answer.came && patience < 10; patience++)
            if (inbox_receive(&inbox, guest, look_for_answer, &answer) == GONE)
                fail("guest 0: the switch closed");
        /* One that was lost counts with the time that it was waited for. */
        keep_sample(load, now_nanos() - start);
        atomic_store_explicit(&load->counts[0].sent, sent, memory_order_relaxed);
        publish(&answer.view, &load->counts[0]);
    }
    inbox_close(&inbox);
    free(answer.view.expected);
    free(slot);
    return NULL;
}

struct mirror {
    struct guest *guest;
    struct load *load;
    uint8_t *slot;
    unsigned long turned;
};

/* Sends the frame back with its addresses swapped; guest 0 checks it. */
static void turn_around(void *context, const uint8_t *frame, int length)
{
    struct mirror *mirror = context;
    uint8_t *answer = mirror->slot + guest_gap(mirror->guest);
    uint16_t kind;
    if (length < SMALLEST_FRAME || length > mirror->load->options.size + PADDED_FRAME)
        return;
    memcpy(&kind, frame + KIND_OFFSET, sizeof kind);
    if (kind != DATA || (frame[0] & 1) != 0)
        return;
    memcpy(answer, frame + 6, 6);
    memcpy(answer + 6, frame, 6);
    memcpy(answer + ETHERTYPE_OFFSET, frame + ETHERTYPE_OFFSET, length - ETHERTYPE_OFFSET);
    if (mirror->guest->stream) {
        uint32_t wire = __builtin_bswap32(length);
        memcpy(mirror->slot, &wire, sizeof wire);
    }
    if (!guest_send(mirror->guest, mirror->slot, 1, length))
        fail("guest 1: nothing more is taken");
    mirror->turned++;
}

void *echo(void *argument)
{
    struct member *member = argument;
    struct load *load = member->load;
    struct mirror mirror = { &load->guests[member->guest], load, NULL, 0 };
    struct inbox inbox;
    mirror.slot = calloc(1, load->options.size + PADDED_FRAME + LENGTH_FIELD);
    inbox_open(&inbox, load->options.size);
    for (;;) {
        unsigned long before = mirror.turned;
        int frames = inbox_receive(&inbox, mirror.guest, turn_around, &mirror);
        if (frames == GONE)
            fail("guest 1: the switch closed");
        if ((frames == SILENT || mirror.turned == before) && atomic_load_explicit(&load->silent, memory_order_relaxed))
            break;
    }
    inbox_close(&inbox);
    free(mirror.slot);
    return NULL;
}

void *idle(void *argument)
{
    struct idlers *idlers = argument;
    char *sink = malloc(262144);
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    for (int i = 0; i < idlers->count; i++) {
        struct epoll_event event = { .events = EPOLLIN, .data.fd = idlers->guests[i].fd };
        epoll_ctl(epoll, EPOLL_CTL_ADD, idlers->guests[i].fd, &event);
    }
    while (!atomic_load_explicit(&idlers->load->silent, memory_order_relaxed)) {
        struct epoll_event events[64];
        int ready = epoll_wait(epoll, events, 64, 200);
        for (int i = 0; i < ready; i++)
            if (read(events[i].data.fd, sink, 262144) <= 0)
                epoll_ctl(epoll, EPOLL_CTL_DEL, events[i].data.fd, NULL);
    }
    close(epoll);
    free(sink);
    return NULL;
}
