/* explore_check.h: single executions of an exploration's subject, as `heddle run` and `heddle wast`
 * make them, with all checks. */
#ifndef HD_CLI_EXPLORE_CHECK_H
#define HD_CLI_EXPLORE_CHECK_H

#include "cli/race_sum.h"
#include "cli/step_subject.h"
#include "sched/footprint.h"
#include "sched/shrink.h"

/* Executes the subject; what comes of it in words, to be released with hd_free, or NULL when memory
 * is out. */
char *hd_explored_execute(hd_step_subject *subject, hd_execution *execution, bool *good);

/* One access of a pair that races. */
typedef struct hd_racing_access {
    uint32_t agent;
    uint64_t step;
    hd_event_kind kind;
    uint64_t address;
} hd_racing_access;

/* What became of one execution that was made once more, with all checks. */
typedef struct hd_checked {
    hd_failure failure; /* empty: none */
    char *text;         /* what it printed of itself, … */
    char *report;       /* … and what the checks found */
    hd_trace *trace;
    hd_race_sum races;               /* its pairs */
    HD_VEC(hd_span) spans;           /* the bytes of unordered pairs of any class */
    hd_racing_access earlier, later; /* of the race that is the failure, if it is one */
    char line[480];                  /* the failure in words */
} hd_checked;

/* Executes by these moves, and goes on as long as it can; or by a trace. Release with
 * hd_checked_free. */
hd_status hd_check_moves(hd_step_subject *subject, const hd_move *moves, size_t count,
                         hd_checked *checked, hd_diag *diag);

/* The same, but it ends behind the moves; the only failure of such an execution is a race. */
hd_status hd_check_beginning(hd_step_subject *subject, const hd_move *moves, size_t count,
                             hd_checked *checked, hd_diag *diag);
hd_status hd_check_trace(hd_step_subject *subject, hd_trace *trace, hd_checked *checked,
                         hd_diag *diag);
void hd_checked_free(hd_checked *checked);

/* Searches for a simpler trace with the same failure; see campaign_shrink.h. */
hd_status hd_explored_shrink(hd_step_subject *subject, const hd_trace *trace, hd_trace **shrunk,
                             hd_shrink_summary *summary, hd_diag *diag);

/* Around a race: what comes of its two accesses in the other order. */
typedef enum hd_orders {
    HD_ORDERS_UNKNOWN,
    HD_ORDERS_ONE,    /* the later access cannot come first: it depends on the earlier one */
    HD_ORDERS_ALIKE,  /* both executions have the same final state */
    HD_ORDERS_DIFFER, /* they have not */
} hd_orders;

/* Executes a trace with a race as it is and with the two accesses the other way round, and compares
 * memories, results, outputs and how it ends. */
hd_status hd_explored_orders(hd_step_subject *subject, const hd_checked *raced, hd_orders *orders,
                             hd_diag *diag);

#endif
