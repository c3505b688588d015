/* wast_files.h: the scripts that `heddle wast` runs, and how they are run. */
#ifndef HD_CLI_WAST_FILES_H
#define HD_CLI_WAST_FILES_H

#include "cli/campaign.h"
#include "cli/script/runner.h"

/* How long a script may take, in nanoseconds, unless the user says otherwise. */
#define HD_WAST_TIMEOUT (60 * HD_SECOND)

/* A script and its outcome. */
typedef struct hd_wast_file {
    const char *path;
    hd_diag diag; /* why it could not be read, parsed or run; HD_OK otherwise */
    uint64_t runs;
    double seconds;
    hd_wast_result
        result; /* of controlled runs: the sums, and the findings of the first that failed */
    hd_campaign campaign; /* of controlled runs */
    char *printed;        /* by its actions and by spectest, or NULL; release with hd_free */
    size_t printed_length;
    bool done; /* guarded by the lock of the run */
} hd_wast_file;

typedef struct hd_wast_list {
    HD_VEC(hd_wast_file) files;
    hd_arena arena; /* of the paths */
} hd_wast_list;

/* Lists the scripts of the paths, folders replaced by the `*.wast` files in and below them, sorted
 * by name. A path that does not exist is listed too: reading it will tell. False when memory is
 * out. */
bool hd_wast_list_make(hd_wast_list *list, char **paths, int count);

/* Leaves only the scripts whose path has this text in it, or matches it as a pattern of a shell. */
void hd_wast_list_filter(hd_wast_list *list, const char *pattern);
void hd_wast_list_free(hd_wast_list *list);

typedef struct hd_wast_run_options {
    hd_wast_options each;
    uint64_t jobs, repeat;
    hd_control_options control;         /* with a strategy: controlled runs instead of repetition */
    bool fail_fast;                     /* nothing after the first file that fails */
    const struct hd_expected *expected; /* known failures, which need rows; or NULL */
    bool print;                         /* collect what scripts print */
} hd_wast_run_options;

/* Receives each file, in the order of the list, on the thread that called hd_wast_run_files. False:
 * no more are wanted. */
typedef bool hd_wast_receiver(void *context, hd_wast_file *file);

/* Runs all files of a list, several at a time. */
void hd_wast_run_files(hd_wast_list *list, const hd_wast_run_options *options,
                       hd_wast_receiver *receive, void *context);

#endif
