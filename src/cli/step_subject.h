/* step_subject.h: what `heddle step` steps through: a script, or a module run as a program. */
#ifndef HD_CLI_STEP_SUBJECT_H
#define HD_CLI_STEP_SUBJECT_H

#include "base/output.h"
#include "cli/input.h"
#include "cli/program.h"
#include "cli/wast_report.h"
#include "debug/stepper.h"

typedef struct hd_step_subject {
    hd_program_options_cli program; /* its path and options are a script's, too */
    hd_control_options control;
    hd_input input; /* the bytes: a trace is bound to them */
    bool is_program;

    int64_t most_time; /* of an execution, and of each move in it: nanoseconds; 0: no limit */
    bool no_undo;      /* its explorations make executions again to go back */

    /* A script. */
    hd_script script;
    struct hd_script_code *code;
    hd_arena arena;
    hd_wast_file file; /* its outcome */

    /* A program: what it and heddle print of the execution under way, and how much of that was
     * shown. */
    hd_output printed;
    size_t shown;
    struct hd_execution *execution; /* under way, or NULL */
    size_t races_shown;
    char *messages; /* release with hd_free */
    size_t messages_length;
    char *checks; /* what the checks found; likewise */
    size_t checks_length;
    char *failure; /* hd_execution_failure; likewise */
    bool quiet;    /* a script's prints are not wanted */
    /* Told of each execution behind its end; NULL: nobody. */
    void (*inspect)(void *context, const hd_execution *execution);
    void *inspector;
    int status;
} hd_step_subject;

/* Reads the file, and decides by the options, its name and its content what it is. */
hd_status hd_step_subject_load(hd_step_subject *subject, hd_diag *diag);
void hd_step_subject_free(hd_step_subject *subject);

/* Reads what a trace was recorded of: the file, and the options. HD_IO when the file has changed;
 * the trace must outlive the subject. */
hd_status hd_step_subject_of_trace(hd_step_subject *subject, const hd_trace *trace, hd_diag *diag);

/* Executes it once by a plan; `attach` (NULL: nobody) is told the world before. */
hd_status hd_step_subject_run(hd_step_subject *subject, const hd_execution_plan *plan,
                              void (*attach)(void *context, hd_world *world), void *context,
                              hd_diag *diag);

/* Executes it once, as the stepper says. */
hd_status hd_step_subject_execute(hd_step_subject *subject, hd_stepper *stepper, hd_diag *diag);

/* Shows what the program has printed, and which races were found, since the last time. */
void hd_step_subject_show(hd_step_subject *subject, FILE *to);

/* While a person thinks no time passes: stops the clock of the execution under way; starts it anew.
 */
void hd_step_subject_stop_clock(const hd_step_subject *subject);
void hd_step_subject_start_clock(const hd_step_subject *subject);

/* Prints the outcome of the last execution; returns the exit status. */
int hd_step_subject_report(hd_step_subject *subject);

/* Appends the command line of which a trace is one. */
void hd_step_subject_words(const hd_step_subject *subject, hd_words *words);

#endif
