/* explore_report.c: an exploration in words, and as JSON. */
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "cli/exploration.h"
#include "cli/input.h"
#include "cli/report_json.h"

/* Progress. */

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* What is left, by the share that is done (Knuth, Estimating the efficiency of backtrack programs;
 * 1975): at least, since more is found while it goes on. */
void hd_exploration_progress(void *context, uint64_t executions, size_t depth, double share) {
    enum { REFRESH = 5 }; /* a second */
    hd_exploration *o = context;
    double time = now(), seconds = time - o->began;
    if (time - o->told < 1.0 / REFRESH) return;
    o->told = time;
    fprintf(stderr, "\r%" PRIu64 " executions, %.3g/s, depth %zu", executions,
            (double)executions / (seconds > 0 ? seconds : 1), depth);
    if (share > 0)
        fprintf(stderr, ", %.2g %%, at least %.2g left", 100 * share,
                (double)executions * (1 - share) / share);
    fputs("\033[K", stderr);
    fflush(stderr);
    o->shown = true;
}

void hd_exploration_end_progress(hd_exploration *o) {
    if (o->shown) fputs("\r\033[K", stderr);
    o->shown = false;
}

/* The verdict. */

/* True if plain accesses were no events, and nobody looked whether they race. */
static bool is_unchecked(const hd_exploration *o) {
    return o->result.hidden && o->subject.control.races.mode == HD_RACES_OFF;
}

/* What an exploration is exhaustive up to. */
static void print_bounds(const hd_exploration *o, char *to, size_t size) {
    const hd_explore_options *e = &o->explore;
    char rounds[48] = "", preemptions[48] = "";
    if (o->result.unrolled)
        snprintf(rounds, sizeof rounds, "%" PRIu64 " round%s of loops", e->unroll,
                 e->unroll == 1 ? "" : "s");
    if (e->bounds_preemptions)
        snprintf(preemptions, sizeof preemptions, "%" PRIu64 " preemption%s", e->preemptions,
                 e->preemptions == 1 ? "" : "s");
    const char *and = *rounds && *preemptions ? " and " : "";
    snprintf(to, size, "%s%s%s%s", *rounds || *preemptions ? " up to " : "", rounds, and,
             preemptions);
}

/* One of EXHAUSTIVE, EXHAUSTIVE up to …, PARTIAL. */
static void print_verdict(const hd_exploration *o, char *to, size_t size) {
    const hd_explore_result *r = &o->result;
    char bounds[120];
    print_bounds(o, bounds, sizeof bounds);
    if (r->limit || r->stopped || r->bound)
        snprintf(to, size, "PARTIAL (estimate %.3g %%)", 100 * r->estimate);
    else if (r->hidden && o->unordered)
        snprintf(to, size, "PARTIAL (plain accesses race that are no events)");
    else
        snprintf(to, size, "EXHAUSTIVE%s%s", bounds,
                 is_unchecked(o) ? " unless plain accesses race" : "");
}

static uint64_t deadlocked(const hd_explore_result *r) {
    return r->ends[HD_EXPLORE_DEADLOCKED] + r->ends[HD_EXPLORE_LIVELOCKED];
}

static const char *granularity_of(const hd_exploration *o) {
    if (o->explore.granularity == HD_GRANULARITY_MEMORY) return "memory";
    return o->automatic ? "auto" : "sync";
}

static void print_promoted(const hd_exploration *o) {
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

/* What the numbers rest on. */
static void print_conditions(const hd_exploration *o) {
    const hd_explore_result *r = &o->result;
    if (r->conditional)
        puts("  waits that could time out were not let: what is stuck may be stuck for that reason "
             "alone");
    if (r->hidden && o->unordered)
        puts("  executions in which those accesses come in another order were not made: see "
             "--granularity");
}

void hd_exploration_print(hd_exploration *o) {
    const hd_explore_result *r = &o->result;
    char verdict[200];
    uint64_t executions = hd_explore_executions(r);
    hd_finds_print(stderr, &o->finds, &o->finds_options);
    print_verdict(o, verdict, sizeof verdict);
    hd_explored_outcomes_print(stdout, &o->outcomes, executions);
    hd_finds_print_counts(stdout, &o->finds, executions);
    print_promoted(o);
    hd_print_string(stdout, hd_input_name(o->subject.program.path));
    printf(": %s: %" PRIu64 " complete, %" PRIu64 " deadlocked, %" PRIu64 " livelocked, %" PRIu64
           " cut short, %" PRIu64 " moot, %" PRIu64 " redundant\n",
           verdict, r->ends[HD_EXPLORE_COMPLETE], r->ends[HD_EXPLORE_DEADLOCKED],
           r->ends[HD_EXPLORE_LIVELOCKED], r->ends[HD_EXPLORE_BOUND], r->moot, r->redundant);
    printf("  %" PRIu64 " final states, %zu races, %zu failures\n", r->final_states,
           o->races.entries.len, o->finds.items.len);
    print_conditions(o);
}

/* JSON. */

static void add_promoted(const hd_exploration *o, cJSON *all) {
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
}

static void add_counts(const hd_explore_result *r, cJSON *all) {
    cJSON_AddNumberToObject(all, "complete", (double)r->ends[HD_EXPLORE_COMPLETE]);
    cJSON_AddNumberToObject(all, "deadlocked", (double)deadlocked(r));
    cJSON_AddNumberToObject(all, "livelocked", (double)r->ends[HD_EXPLORE_LIVELOCKED]);
    cJSON_AddNumberToObject(all, "moot", (double)r->moot);
    cJSON_AddNumberToObject(all, "bound_hit", (double)r->ends[HD_EXPLORE_BOUND]);
    cJSON_AddNumberToObject(all, "redundant", (double)r->redundant);
    cJSON_AddNumberToObject(all, "final_states", (double)r->final_states);
    cJSON_AddNumberToObject(all, "events", (double)r->events);
}

bool hd_exploration_print_json(hd_exploration *o) {
    char verdict[200];
    print_verdict(o, verdict, sizeof verdict);
    cJSON *all = cJSON_CreateObject();
    hd_json_text(all, "file", o->subject.program.path, strlen(o->subject.program.path));
    cJSON_AddStringToObject(all, "verdict", verdict);
    add_counts(&o->result, all);
    cJSON *races = cJSON_AddArrayToObject(all, "races");
    for (size_t i = 0; i < o->races.entries.len; i++)
        cJSON_AddItemToArray(races, cJSON_Duplicate(o->races.entries.items[i].json, true));
    cJSON_AddItemToObject(all, "failures", hd_finds_to_json(&o->finds));
    hd_explored_outcomes_to_json(&o->outcomes, all);
    cJSON_AddStringToObject(all, "granularity", granularity_of(o));
    add_promoted(o, all);
    cJSON_AddStringToObject(all, "footprints", o->explore.static_footprints ? "static" : "refined");
    cJSON_AddStringToObject(all, "engine", "traces");
    cJSON_AddNumberToObject(all, "estimate", o->result.estimate);
    cJSON_AddNumberToObject(all, "seconds", o->seconds);
    return hd_json_print(all);
}
