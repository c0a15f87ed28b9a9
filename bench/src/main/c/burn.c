/*
 * The harmless program that an attack is held against: it burns a share of a core and touches
 * nothing of the switch's.
 *
 *     burn SHARE SECONDS         0.35 is 35 % of a core
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define NAP_NANOS 1000000
#define MOST_DEBT 20e6 /* ns: who was kept from its share for longer does not make up for it */

static double nanos(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec * 1e9 + t.tv_nsec;
}

int main(int count, char **arguments)
{
    double share = count == 3 ? atof(arguments[1]) : 0;
    if (share <= 0) {
        fprintf(stderr, "usage: burn SHARE SECONDS\n");
        return 2;
    }
    double last = nanos(CLOCK_MONOTONIC), used = nanos(CLOCK_PROCESS_CPUTIME_ID), owed = 0;
    double end = last + atof(arguments[2]) * 1e9;
    while (last < end) {
        double now = nanos(CLOCK_MONOTONIC), spent = nanos(CLOCK_PROCESS_CPUTIME_ID);
        owed += (now - last) * share - (spent - used);
        owed = owed > MOST_DEBT ? MOST_DEBT : owed;
        last = now;
        used = spent;
        if (owed <= 0)
            nanosleep(&(struct timespec){ 0, NAP_NANOS }, NULL);
        else
            for (volatile int i = 0; i < 10000; i++)
                ;
    }
    return 0;
}
