/* cmd_explore.c: `heddle explore`. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "cli/command.h"
#include "cli/evidence.h"
#include "cli/explore_subject.h"
#include "cli/features.h"
#include "cli/input.h"
#include "cli/json.h"
#include "cli/message.h"
#include "cli/sources.h"

enum {
    JSON = 257,
    GRANULARITY,
    FOOTPRINTS,
    TIMEOUTS,
    PREEMPTIONS,
    MOST_EXECUTIONS,
    MOST_TIME,
    NO_AWAITS,
    NO_UNDO,
    FIRST,
};

enum { MOST_FINDINGS = 5 };

/* A kind of failure, by its words up to the first colon. */
typedef struct finding {
    char *kind, *text;
    uint64_t count;
} finding;

typedef struct options {
    hd_step_subject subject;
    hd_explore_options explore;
    bool automatic; /* granularity: plain accesses become events as they are found to race */
    bool first;     /* stop at the first failure */
    bool json, terminal, shown;

    HD_VEC(hd_span) promoted;
    bool promotes; /* a pair was found that is not promoted yet: begin again */
    hd_race_sum races;
    HD_VEC(finding) findings;
    hd_explore_result result;
    double seconds;
    hd_diag *diag;
} options;

/* Options. */

static bool one_of(const hd_subcommand *self, const char *name, const char *value,
                   const char *const *words, unsigned *index) {
    for (unsigned i = 0; words[i]; i++) {
        if (strcmp(value, words[i]) != 0) continue;
        *index = i;
        return true;
    }
    hd_usage_error(self, "--%s: '%s' is none of its values; see --help", name, value);
    return false;
}

static bool choose(const hd_subcommand *self, options *o, int key, const char *value) {
    static const char *const granularities[] = {"auto", "sync", "memory", NULL};
    static const char *const footprints[] = {"refined", "static", NULL};
    static const char *const timeouts[] = {"any", "last", "never", NULL};
    unsigned index = 0;
    bool good;
    switch (key) {
    case GRANULARITY:
        good = one_of(self, "granularity", value, granularities, &index);
        o->automatic = index == 0;
        o->explore.granularity = index == 2 ? HD_GRANULARITY_MEMORY : HD_GRANULARITY_SYNC;
        return good;
    case FOOTPRINTS:
        good = one_of(self, "footprints", value, footprints, &index);
        o->explore.static_footprints = index == 1;
        return good;
    default:
        good = one_of(self, "timeouts", value, timeouts, &index);
        o->explore.timeouts = (hd_timeouts)index;
        return good;
    }
}

static bool take_option(const hd_subcommand *self, void *context, int key, const char *value) {
    options *o = context;
    bool taken;
    if (!hd_program_option(self, &o->subject.program, key, value, &taken)) return false;
    if (taken) return true;
    if (!hd_race_option(self, &o->subject.control.races, key, value, &taken)) return false;
    if (taken) return true;
    switch (key) {
    case JSON: o->json = true; return true;
    case GRANULARITY:
    case FOOTPRINTS:
    case TIMEOUTS: return choose(self, o, key, value);
    case PREEMPTIONS:
        o->explore.bounds_preemptions = true;
        return hd_option_count(self, "preemptions", value, 0, UINT32_MAX, &o->explore.preemptions);
    case MOST_EXECUTIONS:
        return hd_option_count(self, "max-executions", value, 1, UINT64_MAX,
                               &o->explore.most_executions);
    case MOST_TIME: return hd_option_seconds(self, "max-time", value, &o->explore.most_time);
    case NO_AWAITS: o->explore.no_awaits = true; return true;
    case NO_UNDO: o->explore.no_undo = o->subject.no_undo = true; return true;
    case FIRST: o->first = true; return true;
    case HD_RECORD_KEY: o->subject.control.record = value; return true;
    case HD_STEPS_KEY:
        return hd_option_count(self, "steps", value, 1, UINT64_MAX, &o->explore.most_steps);
    case HD_SOURCE_PATH_KEY: return hd_option_source_path(self, value);
    case HD_FEATURES_KEY: return hd_option_features(self, value, &o->subject.program.features);
    default: return false;
    }
}

/* What is found. */

static int by_place(const void *a, const void *b) {
    const hd_span *x = a, *y = b;
    return x->from < y->from ? -1 : x->from > y->from;
}

static bool is_promoted(const options *o, const hd_span *span) {
    for (size_t i = 0; i < o->promoted.len; i++)
        if (o->promoted.items[i].from <= span->from && span->to <= o->promoted.items[i].to)
            return true;
    return false;
}

/* Adds bytes to those whose plain accesses are events, and melts what touches. */
static void promote(options *o, const hd_span *span) {
    size_t kept = 0;
    if (is_promoted(o, span)) return;
    o->promotes = true;
    if (!hd_vec_push(&o->promoted, *span)) hd_diag_nomem(o->diag);
    qsort(o->promoted.items, o->promoted.len, sizeof(hd_span), by_place);
    for (size_t i = 0; i < o->promoted.len; i++) {
        hd_span *last = kept > 0 ? &o->promoted.items[kept - 1] : NULL;
        const hd_span *next = &o->promoted.items[i];
        if (last && next->from <= last->to) {
            if (next->to > last->to) last->to = next->to;
        } else {
            o->promoted.items[kept++] = *next;
        }
    }
    o->promoted.len = kept;
}

/* Writes the trace of a failure where the user wants it, or into a new file. */
static void keep_trace(options *o, const hd_checked *c) {
    const char *record = o->subject.control.record;
    char *path = NULL;
    hd_status status = record ? hd_trace_save(c->trace, record, o->diag)
                              : hd_evidence_save(c->trace, NULL, "", c->kind, &path, o->diag);
    if (status == HD_OK && !o->json) {
        fputs("reproduce: heddle replay ", stderr);
        hd_print_string(stderr, record ? record : path);
        fputc('\n', stderr);
    }
    hd_free(path);
}

/* Writes the trace of a failure that is the first of its kind, and tells of it. */
static void keep_finding(options *o, const char *kind, size_t length, hd_checked *c) {
    finding f = {
        .kind = hd_strndup(kind, length), .text = hd_strndup(c->line, strlen(c->line)), .count = 1};
    bool is_first = o->findings.len == 0;
    if (!f.kind || !f.text || !hd_vec_push(&o->findings, f)) {
        hd_free(f.kind);
        hd_free(f.text);
        hd_diag_nomem(o->diag);
        return;
    }
    if (o->shown) fputs("\r\033[K", stderr), o->shown = false;
    if (!o->json && o->findings.len <= MOST_FINDINGS) {
        fputs(c->text ? c->text : "", stderr);
        fputs(c->report ? c->report : "", stderr);
    }
    if (is_first && c->trace) keep_trace(o, c);
}

static void count_failure(options *o, hd_checked *c) {
    size_t length = strcspn(c->line, "0123456789");
    for (size_t i = 0; i < o->findings.len; i++)
        if (strncmp(o->findings.items[i].kind, c->line, length) == 0 &&
            strlen(o->findings.items[i].kind) == length) {
            o->findings.items[i].count++;
            return;
        }
    keep_finding(o, c->line, length, c);
}

/* What the exploration itself says of an execution that has failed. */
static const char *own_words(const options *o, const hd_explore_execution *e) {
    if (e->failure) return e->failure;
    if (e->end == HD_EXPLORE_LIVELOCKED) return "livelock: agents only read again what stays";
    return o->explore.timeouts == HD_TIMEOUTS_NEVER
               ? "deadlock: no agent can move, as no wait times out"
               : "deadlock: no agent can move";
}

/* An execution with all checks; one that failed must not be lost because they see nothing. */
static void check(options *o, const hd_explore_execution *e, bool failed, hd_checked *c) {
    hd_check_moves(&o->subject, e->moves, e->count, c, o->diag);
    if (c->failure || !failed) return;
    snprintf(c->line, sizeof c->line, "%s", own_words(o, e));
    c->failure = c->line;
}

/* Each whole execution is made once more with all checks, unless there is nothing to be found. A
 * repetition lets waits time out when nothing else can happen: what is stuck without that, it does
 * not show. */
static bool visit(void *context, const hd_explore_execution *e) {
    options *o = context;
    bool stuck = e->end == HD_EXPLORE_DEADLOCKED || e->end == HD_EXPLORE_LIVELOCKED;
    bool failed = !e->moot && (e->failure || stuck);
    hd_checked checked = {0};
    if (!failed && o->subject.control.races.mode == HD_RACES_OFF) return true;
    if (e->end == HD_EXPLORE_BOUND && !failed) return true;
    if (failed && stuck && o->explore.timeouts == HD_TIMEOUTS_NEVER) {
        snprintf(checked.line, sizeof checked.line, "%s", own_words(o, e));
        checked.failure = checked.line;
    } else {
        check(o, e, failed, &checked);
    }
    for (size_t i = 0; o->automatic && i < checked.spans.len; i++)
        promote(o, &checked.spans.items[i]);
    bool stop = o->promotes;
    if (!stop && o->diag->status == HD_OK) {
        hd_race_sum_add(&o->races, &checked.races);
        checked.races = (hd_race_sum){0};
        if (checked.failure) {
            count_failure(o, &checked);
            stop = o->first;
        }
    }
    hd_checked_free(&checked);
    return !stop && o->diag->status == HD_OK;
}

static void show_progress(void *context, uint64_t executions, size_t depth) {
    options *o = context;
    if (!o->terminal) return;
    fprintf(stderr, "\r%" PRIu64 " executions, depth %zu", executions, depth);
    fflush(stderr);
    o->shown = true;
}

/* The verdict. */

static bool found_failure(const options *o) {
    return o->findings.len > 0;
}

/* One of EXHAUSTIVE, EXHAUSTIVE up to …, PARTIAL. */
static void print_verdict(const options *o, char *to, size_t size) {
    const hd_explore_result *r = &o->result;
    if (r->limit || r->stopped || r->bound)
        snprintf(to, size, "PARTIAL (estimate %.2g %%)", 100 * r->estimate);
    else if (o->explore.bounds_preemptions)
        snprintf(to, size, "EXHAUSTIVE up to %" PRIu64 " preemptions", o->explore.preemptions);
    else
        snprintf(to, size, "EXHAUSTIVE");
}

static uint64_t deadlocked(const hd_explore_result *r) {
    return r->ends[HD_EXPLORE_DEADLOCKED] + r->ends[HD_EXPLORE_LIVELOCKED];
}

static const char *granularity_of(const options *o) {
    if (o->explore.granularity == HD_GRANULARITY_MEMORY) return "memory";
    return o->automatic ? "auto" : "sync";
}

static void print_promoted(const options *o) {
    for (size_t i = 0; i < o->promoted.len; i++) {
        const hd_span *s = &o->promoted.items[i];
        uint32_t number;
        uint64_t address;
        hd_place_is_byte(s->from, &number, &address);
        printf("  plain accesses of 0x%" PRIx64 " to 0x%" PRIx64 " of memory %" PRIu32
               " are events: they race\n",
               address, address + (s->to - s->from), number);
    }
}

static void print_result(const options *o) {
    const hd_explore_result *r = &o->result;
    char verdict[80];
    print_verdict(o, verdict, sizeof verdict);
    for (size_t i = 0; i < o->findings.len; i++) {
        const finding *f = &o->findings.items[i];
        printf("  %" PRIu64 " of %" PRIu64 " executions failed: ", f->count,
               hd_explore_executions(r));
        hd_print_string(stdout, f->text);
        putchar('\n');
    }
    print_promoted(o);
    hd_print_string(stdout, hd_input_name(o->subject.program.path));
    printf(": %s: %" PRIu64 " complete, %" PRIu64 " deadlocked, %" PRIu64 " livelocked, %" PRIu64
           " cut short, %" PRIu64 " moot, %" PRIu64 " redundant\n",
           verdict, r->ends[HD_EXPLORE_COMPLETE], r->ends[HD_EXPLORE_DEADLOCKED],
           r->ends[HD_EXPLORE_LIVELOCKED], r->ends[HD_EXPLORE_BOUND], r->moot, r->redundant);
    printf("  %" PRIu64 " final states, %zu races, %zu kinds of failures\n", r->final_states,
           o->races.entries.len, o->findings.len);
    if (r->conditional)
        puts("  waits that could time out were not let: what is stuck may be stuck for that reason "
             "alone");
}

static bool print_json(const options *o) {
    const hd_explore_result *r = &o->result;
    char verdict[80];
    print_verdict(o, verdict, sizeof verdict);
    cJSON *all = cJSON_CreateObject();
    hd_json_text(all, "file", o->subject.program.path, strlen(o->subject.program.path));
    cJSON_AddStringToObject(all, "verdict", verdict);
    cJSON_AddNumberToObject(all, "complete", (double)r->ends[HD_EXPLORE_COMPLETE]);
    cJSON_AddNumberToObject(all, "deadlocked", (double)deadlocked(r));
    cJSON_AddNumberToObject(all, "livelocked", (double)r->ends[HD_EXPLORE_LIVELOCKED]);
    cJSON_AddNumberToObject(all, "moot", (double)r->moot);
    cJSON_AddNumberToObject(all, "bound_hit", (double)r->ends[HD_EXPLORE_BOUND]);
    cJSON_AddNumberToObject(all, "redundant", (double)r->redundant);
    cJSON_AddNumberToObject(all, "final_states", (double)r->final_states);
    cJSON_AddNumberToObject(all, "events", (double)r->events);
    cJSON *races = cJSON_AddArrayToObject(all, "races");
    for (size_t i = 0; i < o->races.entries.len; i++)
        cJSON_AddItemToArray(races, cJSON_Duplicate(o->races.entries.items[i].json, true));
    cJSON *failures = cJSON_AddArrayToObject(all, "failures");
    for (size_t i = 0; i < o->findings.len; i++) {
        cJSON *row = cJSON_CreateObject();
        hd_json_text(row, "failure", o->findings.items[i].text, strlen(o->findings.items[i].text));
        cJSON_AddNumberToObject(row, "executions", (double)o->findings.items[i].count);
        cJSON_AddItemToArray(failures, row);
    }
    cJSON_AddStringToObject(all, "granularity", granularity_of(o));
    cJSON *promoted = cJSON_AddArrayToObject(all, "promoted");
    for (size_t i = 0; i < o->promoted.len; i++) {
        const hd_span *s = &o->promoted.items[i];
        uint32_t number;
        uint64_t address;
        cJSON *row = cJSON_CreateObject();
        hd_place_is_byte(s->from, &number, &address);
        cJSON_AddNumberToObject(row, "memory", number);
        cJSON_AddNumberToObject(row, "address", (double)address);
        cJSON_AddNumberToObject(row, "length", (double)(s->to - s->from));
        cJSON_AddItemToArray(promoted, row);
    }
    cJSON_AddStringToObject(all, "footprints", o->explore.static_footprints ? "static" : "refined");
    cJSON_AddStringToObject(all, "engine", "traces");
    cJSON_AddNumberToObject(all, "seconds", o->seconds);
    return hd_json_print(all);
}

/* The exploration. */

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void forget(options *o) {
    for (size_t i = 0; i < o->findings.len; i++) {
        hd_free(o->findings.items[i].kind);
        hd_free(o->findings.items[i].text);
    }
    hd_vec_free(&o->findings);
    hd_race_sum_free(&o->races);
    o->races = (hd_race_sum){0};
}

/* The exploration begins again: nothing that was found counts; with plain accesses that must be
 * events first, another one begins. */
static bool begin_again(void *context, const hd_span *span) {
    options *o = context;
    forget(o);
    if (span && o->automatic) promote(o, span);
    return !o->promotes && o->diag->status == HD_OK;
}

/* Explores, and once more as long as bytes are found to race whose plain accesses were no events.
 */
static hd_status explore(options *o, hd_diag *diag) {
    hd_explore_subject subject = hd_explored(&o->subject);
    double begin = now();
    o->explore.visit = visit;
    o->explore.visit_context = o;
    if (o->subject.control.races.mode != HD_RACES_OFF) o->explore.again = begin_again;
    o->explore.again_context = o;
    o->explore.progress = show_progress;
    o->explore.progress_context = o;
    o->diag = diag;
    do {
        forget(o);
        o->promotes = false;
        o->explore.promoted = o->promoted.items;
        o->explore.promoted_count = o->promoted.len;
        hd_explore(&subject, &o->explore, &o->result, diag);
    } while (o->promotes && diag->status == HD_OK);
    o->seconds = now() - begin;
    hd_race_sum_finish(&o->races, UINT64_MAX);
    if (o->shown) fputs("\r\033[K", stderr);
    return diag->status;
}

static int run(const hd_subcommand *self, int argc, char **argv) {
    options o = {
        .subject = {.program = HD_PROGRAM_OPTIONS_INIT, .control = HD_CONTROL_OPTIONS_INIT},
        .explore = {.granularity = HD_GRANULARITY_SYNC},
        .automatic = true,
        .terminal = isatty(STDERR_FILENO),
    };
    hd_diag diag = HD_DIAG_INIT;
    int count;
    int status = hd_options_read(self, argc, argv, take_option, &o, &count);
    if (status != HD_OPTIONS_READ) goto end;
    status = hd_program_options_check(self, &o.subject.program, argv, count);
    if (!status && strcmp(o.subject.program.path, "-") == 0)
        status = hd_usage_error(self, "an exploration needs a file: its traces name it");
    if (!status && hd_step_subject_load(&o.subject, &diag) == HD_OK &&
        hd_race_choice_prepare(&o.subject.control.races, &diag) == HD_OK &&
        explore(&o, &diag) == HD_OK &&
        (hd_alloc_failures() == 0 || hd_diag_nomem(&diag) == HD_OK)) {
        status = found_failure(&o) ? HD_EXIT_FAILED : HD_EXIT_OK;
        if (!o.json)
            print_result(&o);
        else if (!print_json(&o))
            status = HD_EXIT_INPUT;
    }
    if (diag.status != HD_OK) {
        hd_message(hd_channel_stderr(), "error", hd_input_name(o.subject.program.path), &diag);
        status = HD_EXIT_INPUT;
    }
    forget(&o);
end:
    hd_vec_free(&o.promoted);
    hd_step_subject_free(&o.subject);
    return status;
}

const hd_subcommand hd_explore_subcommand = {
    .name = "explore",
    .summary = "run under all schedules that differ",
    .usage = "[OPTION]... FILE [ARG]...",
    .details =
        "Runs a script, or a module as `heddle run` does, under every schedule that can make a "
        "difference,\n"
        "each once, and tells which executions fail: by a trap, an assertion, an exit status, a "
        "deadlock, a\n"
        "livelock or a race. The verdict is EXHAUSTIVE if no execution was left out, under "
        "sequential\n"
        "consistency; EXHAUSTIVE up to N preemptions; or PARTIAL, with an estimate of the share "
        "that "
        "was\n"
        "explored. The first failure leaves a trace.\n"
        "\n"
        "Granularity: `memory` makes every access to a shared memory an event; `sync` only atomic "
        "ones,\n"
        "which is exact as long as no plain access races; `auto` begins so and makes the plain "
        "accesses\n"
        "of all bytes that were found to race events, too.\n"
        "\n"
        "Exit status: 0 no execution failed, 1 one did, 2 wrong command line, 3 the input could "
        "not "
        "be read,\n"
        "linked or explored.",
    .options =
        (const hd_option[]){
            HD_PROGRAM_OPTIONS,
            {GRANULARITY, "granularity", "G", "auto (default), sync or memory: see above"},
            {FOOTPRINTS, "footprints", "F",
             "refined (default): a cmpxchg that fails only reads, and\n"
             "the like; static: what an event might do counts"},
            {TIMEOUTS, "timeouts", "T",
             "waits time out at any time (default), only as the last\n"
             "thing that can happen, or never: any, last, never"},
            {PREEMPTIONS, "preemptions", "N", "only executions with at most N preemptions"},
            {MOST_EXECUTIONS, "max-executions", "N", "stop after N executions"},
            {MOST_TIME, "max-time", "SEC", "stop after SEC seconds"},
            {HD_STEPS_KEY, "steps", "N", "cut executions short after N events (default 100000)"},
            {NO_AWAITS, "no-awaits", NULL, "loops that only read are like others"},
            {NO_UNDO, "no-undo", NULL, "go back by making executions again"},
            {FIRST, "first", NULL, "stop at the first failure"},
            HD_RACE_OPTIONS,
            {HD_RECORD_KEY, "record", "FILE",
             "write the trace of the first failure here (default: to a\n"
             "new file)"},
            {JSON, "json", NULL, "print one JSON object instead"},
            HD_FEATURES_OPTION,
            HD_SOURCE_PATH_OPTION,
            {0}},
    .number_operands = true,
    .examples = "$ heddle explore spec/litmus-sb.wast\n"
                "$ heddle explore --agent='put 5' --agent=take queue.wasm\n"
                "$ heddle explore --preemptions=2 --max-time=60 prog.wasm",
    .run = run,
};
