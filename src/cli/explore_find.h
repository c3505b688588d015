/* explore_find.h: what an exploration finds: each failure that differs, once, with the execution
 * that was first to show it. */
#ifndef HD_CLI_EXPLORE_FIND_H
#define HD_CLI_EXPLORE_FIND_H

#include "cli/explore_check.h"

typedef struct hd_find {
    hd_checked shown; /* the execution that shows it; without a trace if no replay can show it */
    uint64_t count;   /* executions that failed so */
    bool leading;     /* the first of its kind */
    hd_shrink_summary shrunk;
    bool is_shrunk;
    hd_orders orders; /* of a race */
    char *path;       /* of the trace's file, or NULL */
} hd_find;

/* Begins all zero. */
typedef struct hd_finds {
    HD_VEC(hd_find) items;
} hd_finds;

/* What becomes of findings. */
typedef struct hd_finds_options {
    bool all;       /* a report and a trace of each, not only of the first of each kind */
    bool no_shrink; /* traces are left as they are */
} hd_finds_options;

/* Counts a failure; keeps what shows it, which is emptied, if it is new. False when memory is out.
 */
bool hd_finds_add(hd_finds *finds, hd_checked *failed);

/* True if there is to be a report of it. */
bool hd_find_is_wanted(const hd_find *find, const hd_finds_options *options);

/* Of those that are wanted: looks for simpler executions, tries both orders of races, and writes
 * the traces where the subject's options say, or into new files (evidence.h). HD_NOMEM, HD_IO. */
hd_status hd_finds_finish(hd_finds *finds, const hd_finds_options *options,
                          hd_step_subject *subject, hd_diag *diag);
void hd_finds_free(hd_finds *finds);

/* Prints what those that are wanted look like, and how to reproduce them. */
void hd_finds_print(FILE *to, const hd_finds *finds, const hd_finds_options *options);

/* Prints a line each: how many executions failed so. */
void hd_finds_print_counts(FILE *to, const hd_finds *finds, uint64_t executions);

/* An array of objects. */
cJSON *hd_finds_to_json(const hd_finds *finds);

#endif
