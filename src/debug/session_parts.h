/* session_parts.h: what the files session*.c share: session.c has a session's life and how it goes
 * to any step, session_move.c moves it and finds out where to halt, session_stride.c moves it by
 * lines, session_points.c has points, session_event.c takes down what happens, session_view.c is
 * what others may see. */
#ifndef HD_DEBUG_SESSION_PARTS_H
#define HD_DEBUG_SESSION_PARTS_H

#include "debug/past.h"
#include "debug/session.h"

/* Most bytes of a point that halts at changes, and of hd_session_became. */
enum { HD_MOST_WATCHED = 4096 };

/* A point, and what is kept beside it. */
typedef struct hd_kept_point {
    char *name;
    uint8_t *before; /* HD_POINT_WATCH that `changes`: the bytes before the latest event … */
    bool changed;    /* … and whether that has changed them */
} hd_kept_point;

/* A state that can be gone back to by the world's log. */
typedef struct hd_checkpoint {
    uint64_t step;
    size_t mark;
    size_t memories; /* so many have a number: others may not be there yet */
    uint64_t births;
} hd_checkpoint;

struct hd_session {
    hd_session_options options;
    char *strategy_name;
    hd_strategy *strategy; /* decides at the end of the history; NULL: not made yet */
    hd_observer observer;
    hd_past history;
    hd_places places;
    HD_VEC(hd_point) points;
    HD_VEC(hd_kept_point) kept; /* of each point */
    uint32_t last_number;       /* of a point */
    unsigned caught;            /* 1 << hd_halt_reason */
    bool deviated;              /* from the schedule that it began with */
    hd_diag diag;

    /* The execution; NULL after a failure. */
    void *execution;
    hd_world *world;
    hd_driver *driver;
    uint64_t step;
    uint64_t heard; /* the checks have heard of so many events */
    bool told_end;  /* … and of the end */
    uint64_t
        births; /* agents, instances and memories that were made, so many events of that kind */
    bool stale; /* such were taken back: to the checks, those that replace them are others */
    bool over;  /* the world is concluded */
    bool undoable;
    HD_VEC(hd_checkpoint) marks; /* ascending */
    int64_t marked;              /* when the last one was made, on the host's clock */
    HD_VEC(hd_memory *) memories;
    size_t races; /* of the detector, that were seen */
    bool failed;  /* the subject's failure was seen */

    /* The event under way, or the last one. */
    bool under_way;
    bool has_last;
    hd_last_event last;
    hd_kept_event now;
};

/* Session.c. */

/* Sets the diagnosis of an exhausted memory; false. */
bool hd_session_nomem(hd_session *s);

/* A halt at the present; and one after a failure, with which the present ends. */
hd_halt hd_halt_failed(hd_session *s);
hd_halt hd_halt_at(const hd_session *s, hd_halt_reason reason, const char *text);

/* Goes to a step whose event before it is known (`known` of the history at most), past everything;
 * false after a failure: hd_halt_failed tells it. */
bool hd_session_go_to(hd_session *s, uint64_t step);

/* Begins the execution anew, at step 0; false after a failure. */
bool hd_session_restart(hd_session *s);

/* Makes a mark, if it is time for one. */
bool hd_session_mark(hd_session *s);

/* Concludes the present as the end of the run. */
bool hd_session_conclude(hd_session *s, hd_outcome outcome);

/* Has the checks hear everything anew, by executing it again, if they are to hear of what comes
 * next and could not make sense of it. False after a failure. */
bool hd_session_refresh(hd_session *s);

/* Before a move: whether it makes something that the checks know by its address. */
void hd_session_note_birth(hd_session *s, uint32_t agent);

/* Fills in the history's next move by at most so many events; false if the choice has it not. */
bool hd_session_recorded_pick(const hd_session *s, const hd_choice *choice, uint64_t most,
                              hd_pick *pick);

/* True if the options' interrupt was set. */
bool hd_session_interrupted(const hd_session *s);

/* Session_event.c. */

hd_observer hd_session_observer(hd_session *s);

/* Before and after one event: takes it down, into the history if that is new. */
void hd_session_begin_event(hd_session *s, const hd_pick *pick);
bool hd_session_finish_event(hd_session *s);

/* Session_points.c. */

/* Before an event: keeps the bytes of points that halt at changes; after it: compares. */
void hd_session_keep_watched(hd_session *s);
void hd_session_compare_watched(hd_session *s);

/* True if a move halts behind the event of a known step. `fresh`: it is the last event, and was
 * watched; else the session may go back and forth to find out. */
bool hd_session_halts(hd_session *s, uint64_t step, bool fresh, hd_halt *halt);

/* True if the event of a step accesses one of these bytes; of `writes`, writes it. */
bool hd_session_touches(const hd_session *s, uint64_t step, uint32_t memory, uint64_t address,
                        uint64_t length, bool reads, bool writes);

/* Whether the event of a step has changed one of these bytes: goes there. False after a failure. */
bool hd_session_changed(hd_session *s, uint64_t step, uint32_t memory, uint64_t address,
                        uint64_t length, bool *changed);

#endif
