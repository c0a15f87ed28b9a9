/*
 * Synthetic guests that load a switch and check what comes out of it.
 *
 *     guest 0 ── send thread ──▶ socket ─┐          ┌─▶ socket ── receive thread ── guest 1
 *     guest 1 ── send thread ──▶ socket ─┼─ switch ─┼─▶ socket ── receive thread ── guest 0
 *     idle guests ───────────────────────┘          └─▶ one thread reads and discards
 *
 * Each frame carries its sender and a number for its flow (sender and receiver), at its head and at
 * its tail, so a receiver tells loss, order, damage, and frames that were meant for another. The
 * senders offer as much as the switch takes, or a given rate. One line of JSON on standard output
 * tells the rates within the window after the warm-up, and the loss over the whole run.
 */
#define _GNU_SOURCE
#include "load.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static const char *const PATTERNS[] = { "one-way",     "bidirectional", "pairs",
                                        "one-to-many", "many-to-one",   "mesh",
                                        "broadcast",   "round-trip",    "silence" };

static void usage(void)
{
    fputs("usage: loadgen --target stream:PATH|vde:DIR [options]\n"
          "  --pattern P     one-way, bidirectional, pairs, one-to-many, many-to-one, mesh,\n"
          "                  broadcast, round-trip, silence   (one-way)\n"
          "  --guests N      2 to 4096                        (2)\n"
          "  --size N        bytes, 36 to 69632               (64)\n"
          "  --batch N       frames a write, 1 to 1024        (1)\n"
          "  --run N         frames in a row to a destination (1)\n"
          "  --addresses N   of guest 1, one-way only         (1)\n"
          "  --trunk T --vlan V  guest 0 is at this target, and its frames are tagged; one-way only\n"
          "  --idle N        guests that only listen          (0)\n"
          "  --flood WHO     two more guests: one floods the other, which is 'reading' or 'stuck'\n"
          "  --flood-macs N  source addresses of the one that floods (1)\n"
          "  --rate N        frames a second of each sender   (as many as are taken)\n"
          "  --warmup S --seconds S                           (1, 3)\n"
          "  --watch PID     tell that process's CPU time and memory\n",
          stderr);
    exit(2);
}

static enum pattern pattern_of(const char *name)
{
    for (int i = 0; i <= SILENCE; i++)
        if (strcmp(name, PATTERNS[i]) == 0)
            return i;
    usage();
    return 0;
}

static struct options parse(int count, char **arguments)
{
    static const struct option NAMES[] = {
        { "target", 1, 0, 't' }, { "pattern", 1, 0, 'p' },   { "guests", 1, 0, 'g' },
        { "size", 1, 0, 's' },   { "batch", 1, 0, 'b' },     { "run", 1, 0, 'r' },
        { "idle", 1, 0, 'i' },   { "addresses", 1, 0, 'a' }, { "flood", 1, 0, 'f' },
        { "rate", 1, 0, 'R' },   { "warmup", 1, 0, 'w' },    { "seconds", 1, 0, 'S' },
        { "watch", 1, 0, 'W' },  { "trunk", 1, 0, 'T' },     { "vlan", 1, 0, 'v' },
        { "flood-macs", 1, 0, 'm' }, { 0 }
    };
    struct options o = { .guests = 2, .size = 64, .batch = 1, .run = 1, .addresses = 1, .macs = 1,
                         .warmup = 1, .seconds = 3 };
    int which;
    while ((which = getopt_long(count, arguments, "", NAMES, NULL)) != -1) {
        switch (which) {
        case 't': o.target = optarg; break;
        case 'p': o.pattern = pattern_of(optarg); break;
        case 'g': o.guests = atoi(optarg); break;
        case 's': o.size = atoi(optarg); break;
        case 'b': o.batch = atoi(optarg); break;
        case 'r': o.run = atoi(optarg); break;
        case 'i': o.idle = atoi(optarg); break;
        case 'a': o.addresses = atoi(optarg); break;
        case 'f': o.flood = true; o.stuck = strcmp(optarg, "stuck") == 0; break;
        case 'm': o.macs = atoi(optarg); break;
        case 'R': o.rate = atof(optarg); break;
        case 'w': o.warmup = atof(optarg); break;
        case 'S': o.seconds = atof(optarg); break;
        case 'T': o.trunk = optarg; break;
        case 'v': o.vlan = atoi(optarg); break;
        case 'W': o.watched = atoi(optarg); break;
        default: usage();
        }
    }
    if (optind != count || o.target == NULL || o.guests < 2 || o.guests > 4096
        || o.size < SMALLEST_FRAME || o.size > MAX_FRAME || o.batch < 1 || o.batch > 1024
        || (o.trunk != NULL) != (o.vlan > 0) || o.vlan > 4094 || (o.trunk != NULL && o.pattern != ONE_WAY)
        || o.run < 1 || o.addresses < 1 || (o.addresses > 1 && o.pattern != ONE_WAY) || o.macs < 1 || o.macs > 1 << 24 || o.idle < 0 || o.warmup < 0 || o.seconds <= 0)
        usage();
    return o;
}

static void sleep_seconds(double seconds)
{
    struct timespec span = { (time_t)seconds, (long)((seconds - (time_t)seconds) * 1e9) };
    nanosleep(&span, NULL);
}

/* What the window is the difference of. */
struct snapshot {
    uint64_t nanos;
    unsigned long sent;
    unsigned long received;
    double cpu;  /* seconds of the watched process */
    double own;  /* seconds of this one */
    double busy; /* seconds of all, and what a hypervisor took */
};

static double cpu_seconds(int pid)
{
    char path[64];
    unsigned long user = 0, kernel = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE *file = pid > 0 ? fopen(path, "r") : NULL;
    if (file == NULL)
        return 0;
    if (fscanf(file, "%*d (%*[^)]) %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
               &kernel) != 2)
        user = kernel = 0;
    fclose(file);
    return (double)(user + kernel) / sysconf(_SC_CLK_TCK);
}

static double own_seconds(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
           + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static double busy_seconds(void)
{
    unsigned long user, nice, kernel, irq, softirq, steal;
    FILE *file = fopen("/proc/stat", "r");
    if (file == NULL)
        return 0;
    int fields = fscanf(file, "cpu %lu %lu %lu %*u %*u %lu %lu %lu", &user, &nice, &kernel, &irq,
                        &softirq, &steal);
    fclose(file);
    return fields != 6 ? 0 : (double)(user + nice + kernel + irq + softirq + steal)
                                 / sysconf(_SC_CLK_TCK);
}

static long resident_kib(int pid)
{
    char path[64];
    char line[256];
    long kib = 0;
    snprintf(path, sizeof path, "/proc/%d/status", pid);
    FILE *file = pid > 0 ? fopen(path, "r") : NULL;
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (sscanf(line, "VmRSS: %ld", &kib) == 1)
            break;
    if (file != NULL)
        fclose(file);
    return kib;
}

/* The flooding pair is the load's background, not what is measured. */
static struct snapshot snapshot(const struct load *load)
{
    struct snapshot s = { .nanos = now_nanos(), .cpu = cpu_seconds(load->options.watched),
                          .own = own_seconds(), .busy = busy_seconds() };
    for (int i = 0; i < load->options.guests; i++) {
        s.sent += atomic_load(&load->counts[i].sent);
        s.received += atomic_load(&load->counts[i].received);
    }
    return s;
}

static int ascending(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static void print_round_trips(struct load *load)
{
    static const double QUANTILES[] = { 50, 90, 99, 99.9, 100 };
    qsort(load->samples, load->sample_count, sizeof *load->samples, ascending);
    printf(",\"round_trip_ns\":{\"samples\":%zu", load->sample_count);
    for (int i = 0; i < 5 && load->sample_count > 0; i++) {
        size_t at = (size_t)(QUANTILES[i] / 100 * (load->sample_count - 1));
        printf(",\"p%g\":%u", QUANTILES[i], load->samples[at]);
    }
    printf("}");
}

static void report(struct load *load, struct snapshot from, struct snapshot to)
{
    const struct options *o = &load->options;
    double seconds = (to.nanos - from.nanos) / 1e9;
    struct snapshot end = snapshot(load);
    unsigned long reordered = 0, flooded = 0, damaged = 0;
    for (int i = 0; i < o->guests; i++) {
        reordered += load->counts[i].reordered;
        flooded += load->counts[i].flooded;
        damaged += load->counts[i].damaged;
    }
    /* A broadcast frame is to arrive once at each other guest. */
    unsigned long due = end.sent * (o->pattern == BROADCAST ? o->guests - 1 : 1);
    unsigned long lost = due > end.received ? due - end.received : 0;
    printf("{\"pattern\":\"%s\",\"guests\":%d,\"size\":%d,\"batch\":%d,\"seconds\":%.3f",
           PATTERNS[o->pattern], o->guests, o->size, o->batch, seconds);
    printf(",\"offered_pps\":%.0f,\"delivered_pps\":%.0f", (to.sent - from.sent) / seconds,
           (to.received - from.received) / seconds);
    printf(",\"sent\":%lu,\"received\":%lu,\"lost\":%lu,\"reordered\":%lu", end.sent, end.received,
           lost, reordered);
    printf(",\"flooded\":%lu,\"damaged\":%lu", flooded, damaged);
    if (o->flood)
        printf(",\"background_sent\":%lu", atomic_load(&load->counts[o->guests].sent));
    if (o->watched > 0) {
        double others = to.busy - from.busy - (to.own - from.own) - (to.cpu - from.cpu);
        printf(",\"switch_cpu\":%.4f,\"switch_rss_kib\":%ld", (to.cpu - from.cpu) / seconds,
               resident_kib(o->watched));
        printf(",\"others_cpu\":%.3f", others > 0 ? others / seconds : 0);
    }
    if (o->pattern == ROUND_TRIP)
        print_round_trips(load);
    printf("}\n");
}

static void start(struct member *member, struct load *load, int guest, void *(*body)(void *))
{
    member->load = load;
    member->guest = guest;
    if (pthread_create(&member->thread, NULL, body, member) != 0)
        fail("no thread for guest %d", guest);
}

static void *(*receiver_of(const struct load *load, int guest))(void *)
{
    bool is_stuck = load->options.stuck && guest == load->options.guests + 1;
    if (is_stuck)
        return NULL;
    if (load->options.pattern == ROUND_TRIP && guest < 2)
        return guest == 0 ? NULL : echo;
    return receive_load;
}

static void attach_idle(struct idlers *idlers, struct load *load)
{
    idlers->load = load;
    idlers->count = load->options.idle;
    idlers->guests = calloc(idlers->count + 1, sizeof *idlers->guests);
    for (int i = 0; i < idlers->count; i++)
        guest_attach(&idlers->guests[i], load->members + i, load->options.target);
    if (pthread_create(&idlers->thread, NULL, idle, idlers) != 0)
        fail("no thread for the idle guests");
}

static void run(struct load *load)
{
    struct member *receivers = calloc(load->members, sizeof *receivers);
    struct member *senders = calloc(load->members, sizeof *senders);
    bool *receives = calloc(load->members, sizeof *receives);
    bool *sending = calloc(load->members, sizeof *sending);
    struct idlers idlers;

    attach_idle(&idlers, load);
    for (int i = 0; i < load->members; i++) {
        void *(*body)(void *) = receiver_of(load, i);
        receives[i] = body != NULL;
        if (body != NULL)
            start(&receivers[i], load, i, body);
    }
    announce(load, &idlers);
    sleep_seconds(0.3);
    for (int i = 0; i < load->members; i++) {
        bool asks = load->options.pattern == ROUND_TRIP && i == 0;
        sending[i] = asks || sends(load, i);
        if (sending[i])
            start(&senders[i], load, i, asks ? round_trips : send_load);
    }

    sleep_seconds(load->options.warmup);
    atomic_store(&load->measuring, true);
    struct snapshot from = snapshot(load);
    sleep_seconds(load->options.seconds);
    struct snapshot to = snapshot(load);
    atomic_store(&load->measuring, false);

    atomic_store(&load->stop, true);
    for (int i = 0; i < load->members; i++)
        if (sending[i])
            pthread_join(senders[i].thread, NULL);
    atomic_store(&load->silent, true);
    for (int i = 0; i < load->members; i++)
        if (receives[i])
            pthread_join(receivers[i].thread, NULL);
    pthread_join(idlers.thread, NULL);
    report(load, from, to);
    for (int i = 0; i < idlers.count; i++)
        guest_detach(&idlers.guests[i]);
    free(idlers.guests);
    free(receivers);
    free(senders);
    free(receives);
    free(sending);
}

static void raise_descriptor_limit(void)
{
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

int main(int count, char **arguments)
{
    struct load load = { .options = parse(count, arguments) };
    signal(SIGPIPE, SIG_IGN);
    raise_descriptor_limit();
    load.members = load.options.guests + (load.options.flood ? 2 : 0);
    load.guests = calloc(load.members, sizeof *load.guests);
    load.counts = aligned_alloc(64, load.members * sizeof *load.counts);
    memset(load.counts, 0, load.members * sizeof *load.counts);
    load.sample_limit = load.options.pattern == ROUND_TRIP ? 10000000 : 1;
    load.samples = malloc(load.sample_limit * sizeof *load.samples);
    for (int i = 0; i < load.members; i++)
        guest_attach(&load.guests[i], i,
                     i == 0 && load.options.trunk != NULL ? load.options.trunk : load.options.target);
    load.guests[0].vlan = load.options.vlan;
    run(&load);
    for (int i = 0; i < load.members; i++)
        guest_detach(&load.guests[i]);
    free(load.samples);
    free(load.counts);
    free(load.guests);
    return 0;
}
