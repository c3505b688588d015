/* test_explore.h: small programs, explored, for the files test_explore*.c. */
#ifndef HD_TEST_EXPLORE_H
#define HD_TEST_EXPLORE_H

#include <check.h>

#include "explore/explore.h"

TCase *explore_classes_case(void);
TCase *explore_waits_case(void);
TCase *explore_bounds_case(void);

/* A module that each agent instantiates over one shared memory of a page, imported as `"" ""`,
 * which is no event. Agent i calls the export `tI`, or else `t`, with the i32s i and the number of
 * agents.
 */
typedef struct explored {
    const char *text;
    unsigned agents;
    uint32_t words[4]; /* of the memory, to begin with */
} explored;

/* Explores, and fails the test unless nothing was redundant. */
hd_explore_result explore(const explored *program, const hd_explore_options *options);

/* Fails the test unless there are so many complete and so many stuck executions, in each way to
 * explore them: with footprints as known before events (static ones) and after them. */
void expect_classes(const explored *program, uint64_t static_complete, uint64_t static_stuck,
                    uint64_t complete, uint64_t stuck);

/* The text of a module with these functions. */
#define MODULE(functions) "(module (memory (import \"\" \"\") 1 1 shared)\n" functions ")"

/* An agent's function. */
#define AGENT(name, locals, body)                                                                  \
    "(func (export \"" name "\") (param $i i32) (param $n i32) " locals "\n" body ")\n"

/* Accesses of the i32 at an address. */
#define R(a) "(i32.atomic.load (i32.const " #a "))"
#define W(a, v) "(i32.atomic.store (i32.const " #a ") " v ")"
#define C(v) "(i32.const " #v ")"
#define I "(local.get $i)"
#define N "(local.get $n)"
#define ADD(a, b) "(i32.add " a " " b ")"
#define DROP(v) "(drop " v ")"
#define CAS(a, old, new) "(i32.atomic.rmw.cmpxchg (i32.const " #a ") " old " " new ")"
#define INC(a) "(i32.atomic.rmw.add (i32.const " #a ") (i32.const 1))"

#endif
