/* begun.h: an execution of a script or a program that has begun, and is moved from outside: by an
 * exploration, or a debugging session. */
#ifndef HD_CLI_BEGUN_H
#define HD_CLI_BEGUN_H

#include "cli/program_parts.h"
#include "cli/step_subject.h"

typedef struct hd_begun {
    hd_step_subject *subject;
    hd_control_options options;
    hd_execution execution;
    hd_output printed; /* by a program, and by heddle about it */
    hd_program_io io;
    hd_running running;
    bool opened; /* it is a program, and to be closed */
    hd_wast_options wast;
    hd_cluster *script; /* of a script */
    char failure[480];
} hd_begun;

/* Begins an execution: its world, which has a log if so wanted, has its first agents, which are
 * still to be moved. The struct must stay where it is until hd_begun_end, which is to be called
 * only after HD_OK; so must the subject. */
hd_status hd_begun_start(hd_begun *begun, hd_step_subject *subject,
                         const hd_control_options *options, const hd_execution_plan *plan, bool log,
                         hd_diag *diag);
void hd_begun_end(hd_begun *begun);

/* True if it can be gone back by its log: the outside is not gone back (files, streams, chance). */
bool hd_begun_can_undo(const hd_begun *begun);

/* In what it has failed itself, in one line, or NULL; lives as long as the execution. */
const char *hd_begun_failure(hd_begun *begun);

/* True if that is a lack of memory of the host's. */
bool hd_begun_lacks_memory(const hd_begun *begun);

#endif
