/* local_time.h: the local times that atomic writes publish.
 *
 * An agent that reads atomically what another one wrote atomically learns how late it was there
 * (doc/events.md, "Time"): the last writer of each byte that was written so is remembered with its
 * time. Memories that nobody wrote atomically cost nothing. */
#ifndef HD_SCHED_LOCAL_TIME_H
#define HD_SCHED_LOCAL_TIME_H

#include "base/alloc.h"
#include "exec/event.h"

typedef struct hd_times_granule hd_times_granule;

/* Zeroed to begin with. */
typedef struct hd_times {
    hd_times_granule *granules; /* by memory and address / 8 */
    size_t count, room;         /* room: 0 or a power of two */
    bool incomplete;            /* memory was out: times may lag behind */
    hd_undo *undo;              /* changes are saved here; NULL: nowhere */
} hd_times;

/* Has changes saved in a log. */
void hd_times_log(hd_times *times, hd_undo *log);

/* An event of an agent whose local time is `time`; returns the time that it has learnt of, or 0. */
int64_t hd_times_event(hd_times *times, const hd_event *event, int64_t time);

void hd_times_free(hd_times *times);

#endif
