/* A small runtime for the programs of this folder, without a library: threads, locks, conditions
 * and what costs them time. It behaves as musl does where that matters to a strategy: making a
 * thread costs its caller SPAWN_EVENTS events under a lock that the end of every thread takes as
 * well, and who finds a lock taken spins a hundred reads before it waits.
 *
 * A program defines `program`, which main calls. It ends well when that returns; a failed CHECK
 * traps. */
#ifndef HEDDLE_BENCH_RUNTIME_H
#define HEDDLE_BENCH_RUNTIME_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How many events a thread costs whoever makes it. */
#ifndef SPAWN_EVENTS
#define SPAWN_EVENTS 150
#endif

/* How many threads a program makes; each says what it does with more than it needs. */
#ifndef AGENTS
#define AGENTS 3
#endif

enum { SPINS = 100 };

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) __builtin_trap();                                                        \
    } while (0)

void program(void);

typedef struct {
    atomic_int value; /* 0 free, 1 taken, 2 taken and perhaps waited for */
} lock;

void acquire(lock *l);
void release(lock *l);

typedef struct {
    atomic_int sequence;
} condition;

/* Gives the lock back, waits for a signal and takes the lock again; like every wait it may return
 * without one. */
void await(condition *c, lock *l);
void signal_one(condition *c);
void signal_all(condition *c);

/* Waits while the word is `value`, and wakes up to `count` who wait. */
void wait_while(atomic_int *word, int value);
void wake(atomic_int *word, int count);

/* Starts a thread that calls function(argument); its number, for `join`. At most 32 at once and in
 * all. */
int spawn(void (*function)(int argument), int argument);
void join(int thread);

/* Spawns AGENTS threads with the arguments 0 … AGENTS - 1, and joins them all. */
void run_all(void (*function)(int argument));

#endif
