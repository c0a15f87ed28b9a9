package org.lanyard.tapio;

/** How the kernel schedules the calling thread (sched(7)). */
public final class Scheduling {
    private static final int SCHED_BATCH = 3;
    private static final int PR_SET_TIMERSLACK = 29;

    private Scheduling() {}

    /** Lets the calling thread's sleeps end when they are over, and not up to 50 µs later. */
    public static void wakeOnTime() throws ErrnoException {
        ErrnoException.check(LibC.prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0), "prctl PR_SET_TIMERSLACK");
    }

    /**
     * Lets the calling thread wait for a free core, or for the running thread's time slice to end,
     * in place of taking the core from whoever wakes it. Needs no privilege.
     *
     * @throws ErrnoException where a container's filter forbids the call
     */
    public static void batch() throws ErrnoException {
        try (Region priority = Region.allocate(Integer.BYTES)) {
            // By way of the thread library: musl's sched_setscheduler does nothing.
            int error =
                    LibC.pthread_setschedparam(
                            LibC.pthread_self(), SCHED_BATCH, priority.address());
            if (error != 0) {
                throw new ErrnoException("pthread_setschedparam SCHED_BATCH", error);
            }
        }
    }
}
