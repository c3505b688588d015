/* test_program.h: modules run as programs of agents, for the files test_program*.c and
 * test_outside.c. */
#ifndef HD_TEST_PROGRAM_H
#define HD_TEST_PROGRAM_H

#include <check.h>

#include "host/program.h"
#include "host/wasi/wasi.h"
#include "sched/trace.h"

TCase *program_spawn_case(void);
TCase *program_room_case(void);

enum { PROGRAM_CALLS = 256, PROGRAM_MEMORY = 2048 };

/* What to run, and how. */
typedef struct program_setup {
    const char *text;
    const char *calls[PROGRAM_CALLS]; /* exported functions, up to NULL; the results are one i32 */
    hd_program_options options;       /* `wasi` is made */
    const hd_wasi_options *wasi;      /* or NULL; its `outside` is filled in */
    const char *strategy;             /* or NULL: on host threads, unless there is `recall` */
    uint64_t seed;
    hd_trace *record;       /* or NULL */
    const hd_trace *recall; /* to be replayed, or NULL */
    int64_t timeout;        /* nanoseconds; 0: none */
    uint64_t fail_after;    /* this request for memory fails, once the module is loaded */
} program_setup;

/* All that can be seen of its end. */
typedef struct program_ending {
    bool made;  /* hd_program_new and hd_program_add */
    bool ended; /* by itself */
    hd_status status;
    char message[480];
    char agent[64]; /* "" for none */
    size_t frames;  /* of the backtrace */
    uint32_t agents;
    uint32_t results[PROGRAM_CALLS];
    bool returned[PROGRAM_CALLS];
    bool exited; /* by proc_exit, with: */
    uint32_t exit_status;
    size_t members;                 /* that the cluster still knows */
    uint8_t memory[PROGRAM_MEMORY]; /* the beginning of the first shared memory … */
    uint64_t length;                /* … and its length in bytes */
    /* Under control: */
    hd_outcome outcome;
    uint64_t steps;
    int64_t now;        /* the latest local time */
    const char *lost;   /* what hd_outside_controlled_lost says; NULL: nothing */
    hd_status replayed; /* of a replay: hd_replay_check */
    char difference[480];
} program_ending;

/* Runs a program, and fails the test when its text is no module. */
program_ending program_execute(const program_setup *setup);

uint32_t program_u32(const program_ending *ending, uint32_t address);

/* Fails the test unless the program has ended in this way. */
#define program_expect(ending, status_)                                                            \
    ck_assert_msg((ending)->status == (status_), "status %d: %s %s", (ending)->status,             \
                  (ending)->agent, (ending)->message)

#endif
