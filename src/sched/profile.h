/* profile.h: what former executions of a program have shown, for strategies.
 *
 * A profile is learnt in a few executions before those of a campaign, with seeds of their own, and
 * does not change afterwards: then any number of strategies may read it at once. It knows how many
 * agents there were, how many steps each made, and which bytes agents conflict about: two of them
 * touched these while others lived or had lived beside them, one of them wrote. Of what a library does for itself (threads,
 * allocation, streams; functions.h) it takes no notice.
 *
 * Memories are not told apart: a profile is but a preference. */
#ifndef HD_SCHED_PROFILE_H
#define HD_SCHED_PROFILE_H

#include "sched/world.h"

typedef struct hd_profile hd_profile;

/* Agents beyond these are counted together, by the last one. */
enum { HD_PROFILE_AGENTS = 32 };

/* Makes an empty profile; NULL when memory is out. */
hd_profile *hd_profile_new(void);
void hd_profile_free(hd_profile *profile);

/* Learning from one execution: an observer for it, whose world is attached before it moves; then
 * the end of that execution. */
hd_observer hd_profile_observer(hd_profile *profile);
void hd_profile_attach(hd_profile *profile, const hd_world *world);
void hd_profile_add_run(hd_profile *profile);

/* Ends the learning of places and agents; steps may still be added. */
void hd_profile_finish(hd_profile *profile);

/* The most agents of an execution, and who has spawned one (HD_NO_AGENT: nobody, or unknown). */
uint32_t hd_profile_agents(const hd_profile *profile);
uint32_t hd_profile_parent_of(const hd_profile *profile, uint32_t agent);

/* What steps are for a strategy: all events, or points, which are fewer where agents lag until
 * nobody else can move. */
typedef enum hd_measure {
    HD_MEASURE_EVENTS,
    HD_MEASURE_POINTS,
    HD_MEASURE_LAG_POINTS,
    HD_MEASURES,
} hd_measure;

/* How many steps of an execution agents made, as strategies count them. */
typedef struct hd_meter {
    uint64_t steps[HD_PROFILE_AGENTS];
} hd_meter;

/* Adds an execution's. */
void hd_profile_add_steps(hd_profile *profile, hd_measure measure, const hd_meter *meter);

/* The mean number of steps of an execution, at least 1; and those of one agent. */
uint64_t hd_profile_length(const hd_profile *profile, hd_measure measure);
uint64_t hd_profile_steps_of(const hd_profile *profile, hd_measure measure, uint32_t agent);

/* True if a switch before this event of an agent may matter: it touches what agents conflict about,
 * or what this one has never touched, waits, notifies, spawns, ends or calls the host; and the
 * program does it, not a library for itself. `agent` (or NULL) stands before it. */
bool hd_profile_is_point(const hd_profile *profile, const hd_event *event, uint32_t number,
                         const hd_agent *agent);

/* The places that agents conflict about, in order of their addresses, each of HD_PLACE_BYTES. */
enum { HD_PLACE_BYTES = 4 };
size_t hd_profile_places(const hd_profile *profile);
uint64_t hd_profile_place(const hd_profile *profile, size_t index);

/* How many events of an execution an agent makes there. */
uint64_t hd_profile_place_events(const hd_profile *profile, size_t index, uint32_t agent);

/* True if the event may write bytes of a memory. */
bool hd_event_may_write(const hd_event *event);

/* True if it touches one of these bytes. */
bool hd_event_touches(const hd_event *event, uint64_t address, uint64_t length);

#endif
