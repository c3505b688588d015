/* outside_threads.c: clocks, chance and blocking of the host. */
#include "host/outside_threads.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

static const clockid_t clocks[] = {
    [HD_CLOCK_REALTIME] = CLOCK_REALTIME,
    [HD_CLOCK_MONOTONIC] = CLOCK_MONOTONIC,
    [HD_CLOCK_PROCESS] = CLOCK_PROCESS_CPUTIME_ID,
    [HD_CLOCK_THREAD] = CLOCK_THREAD_CPUTIME_ID, /* an agent keeps its thread */
};

static uint64_t nanoseconds(const struct timespec *time) {
    return (uint64_t)time->tv_sec * HD_SECOND + (uint64_t)time->tv_nsec;
}

static uint64_t now(void *context, hd_agent *agent, hd_clock clock) {
    (void)context, (void)agent;
    struct timespec time;
    clock_gettime(clocks[clock], &time);
    return nanoseconds(&time);
}

static uint64_t resolution(void *context, hd_clock clock) {
    (void)context;
    struct timespec time;
    clock_getres(clocks[clock], &time);
    return nanoseconds(&time);
}

static void fill_random(void *context, hd_agent *agent, void *bytes, size_t length) {
    (void)context, (void)agent;
    uint8_t *to = bytes;
    while (length > 0) {
        ssize_t got = getrandom(to, length, 0);
        /* Linux has it since 3.17, and it only fails when the arguments are wrong. */
        if (got < 0 && errno != EINTR) abort();
        if (got <= 0) continue;
        to += got;
        length -= (size_t)got;
    }
}

/* One wait of the host; a signal that comes between means another one. */
static int wait_once(struct pollfd *descriptors, size_t count, uint64_t deadline) {
    if (deadline == HD_NO_DEADLINE) return ppoll(descriptors, count, NULL, NULL);
    uint64_t time = now(NULL, NULL, HD_CLOCK_MONOTONIC);
    uint64_t left = deadline > time ? deadline - time : 0;
    struct timespec timeout = {.tv_sec = (time_t)(left / HD_SECOND),
                               .tv_nsec = (long)(left % HD_SECOND)};
    return ppoll(descriptors, count, &timeout, NULL);
}

static hd_block block(void *context, hd_agent *agent, struct pollfd *descriptors, size_t count,
                      uint64_t deadline) {
    (void)agent;
    hd_cluster *cluster = context;
    struct pollfd all[HD_BLOCK_MOST + 1];
    int ready;
    if (count > 0) memcpy(all, descriptors, count * sizeof *all);
    /* A negative descriptor is passed over. */
    all[count] =
        (struct pollfd){.fd = cluster ? hd_cluster_stop_descriptor(cluster) : -1, .events = POLLIN};
    do
        ready = wait_once(all, count + 1, deadline);
    while (ready < 0 && errno == EINTR);
    if (ready > 0 && all[count].revents) return HD_BLOCK_STOPPED;
    if (ready == 0) return HD_BLOCK_TIMED_OUT;
    for (size_t i = 0; i < count; i++) {
        descriptors[i].revents = all[i].revents;
        /* The host refuses to wait for so many: then the attempt tells what each is. */
        if (ready < 0) descriptors[i].revents = descriptors[i].events;
    }
    return HD_BLOCK_READY;
}

static void yield(void *context, hd_agent *agent) {
    (void)context, (void)agent;
    sched_yield();
}

void hd_outside_on_threads(hd_outside *outside, hd_cluster *cluster) {
    *outside = (hd_outside){.context = cluster,
                            .now = now,
                            .resolution = resolution,
                            .random = fill_random,
                            .block = block,
                            .yield = yield};
}
