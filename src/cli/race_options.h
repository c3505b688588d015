/* race_options.h: the options that say which races are looked for, and what becomes of them. */
#ifndef HD_CLI_RACE_OPTIONS_H
#define HD_CLI_RACE_OPTIONS_H

#include "check/race.h"
#include "cli/command.h"
#include "cli/words.h"

typedef enum hd_race_mode {
    HD_RACES_ERROR, /* a race makes the run fail */
    HD_RACES_WARN,  /* it is reported */
    HD_RACES_OFF,   /* nobody looks, and the run is faster */
} hd_race_mode;

/* Begins all zero: the default of everything. */
typedef struct hd_race_choice {
    hd_race_mode mode;
    bool strict;                       /* the strict model */
    bool fail_on_notes;                /* a note makes the run fail, too */
    bool show_suppressed, show_fenced; /* what is only counted otherwise */
    hd_suppressions suppressions;
    hd_suppressions library; /* those for wasi-libc, once hd_race_choice_prepare has been called */
    unsigned given;          /* a bit for each option that was given */
} hd_race_choice;

enum {
    HD_RACES_KEY = 500,
    HD_RACE_MODEL_KEY,
    HD_RACES_FAIL_ON_KEY,
    HD_RACES_SHOW_KEY,
    HD_SUPPRESS_KEY,
    HD_SUPPRESS_FILE_KEY,
};

/* Their rows for tables of options. */
#define HD_RACE_OPTIONS                                                                            \
    {HD_RACES_KEY, "races", "MODE",                                                                \
     "races of controlled runs: error (default), warn, or off,\n"                                  \
     "which is faster"},                                                                           \
        {HD_RACE_MODEL_KEY, "race-model", "MODEL",                                                 \
         "default, or strict: fences order nothing, all races are\n"                               \
         "errors, none is suppressed"},                                                            \
        {HD_RACES_FAIL_ON_KEY, "races-fail-on", "WHAT",                                            \
         "error (default), or note: a plain read against an atomic\n"                              \
         "write fails a run, too"},                                                                \
        {HD_RACES_SHOW_KEY, "races-show", "WHAT",                                                  \
         "what is otherwise only counted: suppressed, fenced (pairs\n"                             \
         "that only a fence orders), or both with a comma between"},                               \
        {HD_SUPPRESS_KEY, "suppress", "WHAT",                                                      \
         "no word of races whose accesses both lie in fn:PATTERN or\n"                             \
         "file:PATTERN, or that are at addr:FROM-TO"},                                             \
    {                                                                                              \
        HD_SUPPRESS_FILE_KEY, "suppress-file", "FILE", "the same for each line of a file"          \
    }

/* Takes one of these options; false after an hd_usage_error. `*taken` is false if it is none of
 * them. */
bool hd_race_option(const hd_subcommand *self, hd_race_choice *choice, int key, const char *value,
                    bool *taken);

/* Takes over what was given in `by`, which is left without suppressions; false when memory is out.
 */
bool hd_race_choice_override(hd_race_choice *choice, hd_race_choice *by);

/* Reads the suppressions for wasi-libc; HD_OK or HD_NOMEM. */
hd_status hd_race_choice_prepare(hd_race_choice *choice, hd_diag *diag);

/* Appends the words that choose the same; of files the lines, so that a trace needs none. */
void hd_race_words(const hd_race_choice *choice, hd_words *words);

/* A detector for the choice, or NULL when memory is out. The choice must outlive it. */
hd_race_detector *hd_race_choice_detector(const hd_race_choice *choice);

/* The first race that makes a run fail, or NULL. */
const hd_race_report *hd_race_choice_failure(const hd_race_choice *choice,
                                             const hd_race_detector *detector);

void hd_race_choice_free(hd_race_choice *choice);

#endif
