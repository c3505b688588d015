/* control.c: options of controlled executions. */
#include "cli/control.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "cli/message.h"
#include "sched/schedule_text.h"

static struct {
    hd_control_purpose purpose;
    const hd_trace *trace;
    const char *path, *output;
    hd_race_choice *races;
} current;

void hd_control_set_purpose(hd_control_purpose purpose, const hd_trace *trace, const char *path,
                            const char *output) {
    current.purpose = purpose;
    current.trace = trace;
    current.path = path;
    current.output = output;
}

hd_control_purpose hd_control_get_purpose(const char **output) {
    *output = current.output;
    return current.purpose;
}

const char *hd_control_trace_path(void) {
    return current.path;
}

void hd_control_choose_races(hd_race_choice *races) {
    current.races = races;
}

bool hd_shrinking(void) {
    return current.purpose == HD_CONTROL_SHRINK;
}

static bool read_schedule(const hd_subcommand *self, const char *value, hd_trace **schedule) {
    hd_diag diag = HD_DIAG_INIT;
    hd_trace_free(*schedule);
    *schedule = NULL;
    if (hd_schedule_parse(value, schedule, &diag) == HD_OK) return true;
    hd_usage_error(self, "--schedule: %s", diag.message);
    return false;
}

/* Limits what the process holds, with all that lies in its memories: address space that is only
 * reserved does not count. */
static bool limit_memory(const hd_subcommand *self, const char *value) {
    static const char units[] = "KMG";
    char *end;
    errno = 0;
    unsigned long long size = strtoull(value, &end, 10);
    const char *unit = *end ? strchr(units, *end) : NULL;
    unsigned shift = unit ? 10 * (unsigned)(unit - units + 1) : 0;
    if (unit) end++;
    struct rlimit limit;
    if (!isdigit((unsigned char)*value) || *end || errno || size == 0 ||
        size > UINT64_MAX >> shift) {
        hd_usage_error(self, "--max-memory needs a number of bytes, or of K, M or G, not '%s'",
                       value);
        return false;
    }
    if (getrlimit(RLIMIT_DATA, &limit) == 0) {
        if (limit.rlim_max == RLIM_INFINITY || (size << shift) < limit.rlim_max)
            limit.rlim_cur = size << shift;
        if (setrlimit(RLIMIT_DATA, &limit) == 0) return true;
    }
    hd_usage_error(self, "--max-memory: %s", strerror(errno));
    return false;
}

bool hd_control_option(const hd_subcommand *self, hd_control_options *o, int key, const char *value,
                       bool *taken) {
    if (!hd_race_option(self, &o->races, key, value, taken)) return false;
    if (*taken) return true;
    *taken = true;
    switch (key) {
    case HD_SCHED_KEY:
        o->on_host = strcmp(value, "host") == 0;
        o->strategy = o->on_host ? NULL : value;
        return true;
    case HD_SEED_KEY:
        o->seeded = true;
        return hd_option_count(self, "seed", value, 0, UINT64_MAX, &o->seed);
    case HD_RUNS_KEY: return hd_option_count(self, "runs", value, 1, UINT32_MAX, &o->runs);
    case HD_LENGTH_KEY: return hd_option_count(self, "length", value, 1, UINT32_MAX, &o->length);
    case HD_STEPS_KEY:
        o->steps_given = true;
        return hd_option_count(self, "steps", value, 0, UINT64_MAX, &o->steps);
    case HD_KEEP_GOING_KEY: o->keep_going = true; return true;
    case HD_NO_REUSE_KEY: o->no_reuse = true; return true;
    case HD_MAIN_CANNOT_BLOCK_KEY: o->main_cannot_block = true; return true;
    case HD_RECORD_KEY: o->record = value; return true;
    case HD_TRACE_DIR_KEY: o->trace_dir = value; return true;
    case HD_MAX_MEMORY_KEY: return limit_memory(self, value);
    case HD_OBSERVE_KEY: return hd_observe_option(self, &o->observed, value);
    case HD_SCHEDULE_KEY: return read_schedule(self, value, &o->schedule);
    default: *taken = false; return true;
    }
}

/* `replay:TRACE`. */
static int load_replay(hd_control_options *o, const char *path) {
    hd_diag diag = HD_DIAG_INIT;
    if (hd_trace_load(path, &o->schedule, &diag) != HD_OK) {
        hd_message(hd_channel_stderr(), "error", path, &diag);
        return HD_EXIT_INPUT;
    }
    o->trace = o->schedule;
    return 0;
}

int hd_control_options_check(const hd_subcommand *self, hd_control_options *o) {
    hd_diag diag = HD_DIAG_INIT;
    if ((current.races && !hd_race_choice_override(&o->races, current.races)) ||
        hd_race_choice_prepare(&o->races, &diag) != HD_OK) {
        hd_diag_nomem(&diag);
        hd_message(hd_channel_stderr(), "error", self->name, &diag);
        return HD_EXIT_INPUT;
    }
    if (current.trace) {
        o->trace = current.trace;
        o->strategy = hd_trace_get_origin(o->trace).strategy;
        o->runs = 1;
    } else if (o->schedule) {
        o->trace = o->schedule;
        o->strategy = "schedule";
    } else if (o->strategy && strncmp(o->strategy, "replay:", 7) == 0) {
        int status = load_replay(o, o->strategy + 7);
        if (status) return status;
    }
    if (o->trace) return 0;
    if (o->on_host && o->runs > 1)
        return hd_usage_error(self, "--runs needs control: runs on host threads have no seed");
    if (!o->strategy && o->runs > 1) o->strategy = "portfolio";
    if (o->runs > 1 && !o->steps_given) o->steps = HD_RUNS_STEPS;
    if (!o->strategy) {
        if (o->observed.wanted)
            return hd_usage_error(self, "--observe needs --sched: it tells of controlled runs");
        if (o->record)
            return hd_usage_error(self, "--record needs --sched: threads cannot be recorded");
        if (o->seeded)
            fprintf(stderr, "heddle %s: warning: --seed does nothing without --sched\n",
                    self->name);
        return 0;
    }
    if (o->record && o->runs > 1)
        return hd_usage_error(self, "--record is for one run; of many, the first failure is "
                                    "recorded anyway");
    hd_strategy *strategy = hd_strategy_parse(o->strategy, o->seed, o->length, &diag);
    hd_strategy_free(strategy);
    return strategy ? 0 : hd_usage_error(self, "%s", diag.message);
}

void hd_control_options_free(hd_control_options *o) {
    hd_race_choice_free(&o->races);
    hd_observe_free(&o->observed);
    hd_trace_free(o->schedule);
}

void hd_control_words(const hd_control_options *o, hd_words *words) {
    hd_race_words(&o->races, words);
    hd_observe_words(&o->observed, words);
    if (o->main_cannot_block) hd_words_add(words, "--main-cannot-block");
    if (o->steps) hd_words_add(words, "--steps=%" PRIu64, o->steps);
}
