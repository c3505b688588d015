/* coverage.c: see coverage.h. */
#include "cli/coverage.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "cli/report_json.h"
#include "sched/strategy.h"

struct hd_covered_schedule {
    uint8_t *bytes; /* NULL: free */
    size_t length;
    uint64_t hash, seed;
};

typedef struct hd_covered_schedule schedule;

/* FNV-1a, to look where the same bytes may be. */
static uint64_t hash_of(const hd_bytes *bytes) {
    uint64_t hash = UINT64_C(0xCBF29CE484222325);
    for (size_t i = 0; i < bytes->len; i++)
        hash = (hash ^ bytes->items[i]) * UINT64_C(0x100000001B3);
    return hash ^ hash >> 32;
}

static schedule *find(const hd_coverage *c, const hd_bytes *bytes, uint64_t hash) {
    size_t at = hash & (c->room - 1);
    for (;; at = (at + 1) & (c->room - 1)) {
        schedule *s = &c->schedules[at];
        if (!s->bytes) return s;
        if (s->hash == hash && s->length == bytes->len &&
            memcmp(s->bytes, bytes->items, bytes->len) == 0)
            return s;
    }
}

static bool grow(hd_coverage *c) {
    hd_coverage larger = {.room = c->room ? 2 * c->room : 64};
    larger.schedules = hd_calloc(larger.room, sizeof *larger.schedules);
    if (!larger.schedules) return false;
    for (size_t i = 0; i < c->room; i++) {
        const schedule *s = &c->schedules[i];
        if (!s->bytes) continue;
        size_t at = s->hash & (larger.room - 1);
        while (larger.schedules[at].bytes)
            at = (at + 1) & (larger.room - 1);
        larger.schedules[at] = *s;
    }
    hd_free(c->schedules);
    c->schedules = larger.schedules;
    c->room = larger.room;
    return true;
}

/* Takes the bytes over, or releases them; false when there is no room for them. */
static bool add_schedule(hd_coverage *c, hd_bytes *bytes, uint64_t seed) {
    uint64_t hash = hash_of(bytes);
    if (2 * (c->count + 1) > c->room && !grow(c)) return false;
    schedule *s = find(c, bytes, hash);
    if (s->bytes) {
        if (seed < s->seed) s->seed = seed;
        return true;
    }
    if (c->kept + bytes->len > HD_COVERAGE_BYTES) return false;
    *s = (schedule){bytes->items, bytes->len, hash, seed};
    c->kept += bytes->len;
    c->count++;
    *bytes = (hd_bytes){0};
    return true;
}

void hd_coverage_add(hd_coverage *c, const hd_covered *run, const hd_trace *trace) {
    hd_bytes bytes = {0};
    if (!hd_vec_push(&c->all, *run)) c->incomplete = true;
    /* Something to point at, even for a schedule without moves. */
    if (!trace || !hd_trace_add_schedule(trace, &bytes) || !hd_bytes_add_varint(&bytes, 0) ||
        !add_schedule(c, &bytes, run->seed))
        c->incomplete = true;
    hd_vec_free(&bytes);
}

static void add_to_strategy(hd_coverage *c, const hd_covered *run) {
    size_t i = 0;
    while (i < c->strategies.len && strcmp(c->strategies.items[i].strategy, run->strategy) != 0)
        i++;
    if (i == c->strategies.len &&
        !hd_vec_push(&c->strategies, ((hd_covered_by){.strategy = run->strategy})))
        return;
    hd_covered_by *by = &c->strategies.items[i];
    by->runs++;
    if (run->good) return;
    if (by->failed++ == 0 || run->seed < by->first_failure) by->first_failure = run->seed;
}

static int by_name(const void *a, const void *b) {
    return strcmp(((const hd_covered_by *)a)->strategy, ((const hd_covered_by *)b)->strategy);
}

void hd_coverage_finish(hd_coverage *c, uint64_t last) {
    for (size_t i = 0; i < c->all.len; i++) {
        const hd_covered *run = &c->all.items[i];
        if (run->seed > last) continue;
        c->runs++;
        c->events += run->events;
        c->preemptions += run->preemptions;
        add_to_strategy(c, run);
    }
    for (size_t i = 0; i < c->room; i++)
        c->distinct += c->schedules[i].bytes && c->schedules[i].seed <= last;
    if (c->strategies.len)
        qsort(c->strategies.items, c->strategies.len, sizeof *c->strategies.items, by_name);
}

/* What pct guarantees. */
typedef struct bound {
    unsigned depth; /* 0: nothing */
    uint32_t agents;
    uint64_t length;
    hd_measure measure; /* that is a number of these */
    double runs; /* of so many it finds a failure of that depth once, or more often, on average */
} bound;

static const char *unit_of(hd_measure measure) {
    return measure == HD_MEASURE_EVENTS ? "events" : "points";
}

static bound bound_of(const char *strategy, const hd_profile *profile, uint64_t length) {
    bound b = {0};
    if (!profile) return b;
    b.depth = hd_strategy_depth(strategy, &b.measure);
    b.agents = hd_profile_agents(profile);
    b.length = length ? length : hd_profile_length(profile, b.measure);
    if (b.depth) b.runs = b.agents * pow((double)b.length, b.depth - 1);
    return b;
}

static void print_bound(FILE *to, const bound *b) {
    fprintf(to,
            "    %" PRIu32 " agents, %" PRIu64
            " %s: a failure that takes %u ordering constraint%s is "
            "found in at least one of %.6g runs on average\n",
            b->agents, b->length, unit_of(b->measure), b->depth, b->depth == 1 ? "" : "s", b->runs);
}

void hd_coverage_print(FILE *to, const hd_coverage *c, const hd_profile *profile, uint64_t length) {
    fprintf(to,
            "covered: %s%" PRIu64 " distinct schedule%s, %" PRIu64 " events, %" PRIu64
            " preemption%s\n",
            c->incomplete ? "at least " : "", c->distinct, c->distinct == 1 ? "" : "s", c->events,
            c->preemptions, c->preemptions == 1 ? "" : "s");
    for (size_t i = 0; i < c->strategies.len; i++) {
        const hd_covered_by *by = &c->strategies.items[i];
        bound b = bound_of(by->strategy, profile, length);
        if (c->strategies.len > 1 || b.depth) {
            fprintf(to, "  %s: %" PRIu64 " run%s, %" PRIu64 " failed", by->strategy, by->runs,
                    by->runs == 1 ? "" : "s", by->failed);
            if (by->failed) fprintf(to, " (first with seed %" PRIu64 ")", by->first_failure);
            fputc('\n', to);
        }
        if (b.depth) print_bound(to, &b);
    }
}

static cJSON *strategy_to_json(const hd_covered_by *by, const hd_profile *profile,
                               uint64_t length) {
    bound b = bound_of(by->strategy, profile, length);
    cJSON *row = cJSON_CreateObject();
    hd_json_string(row, "strategy", by->strategy);
    cJSON_AddNumberToObject(row, "runs", (double)by->runs);
    cJSON_AddNumberToObject(row, "failed", (double)by->failed);
    if (by->failed) hd_json_u64(row, "first_failure", by->first_failure);
    if (!b.depth) return row;
    cJSON *bounds = cJSON_AddObjectToObject(row, "bound");
    cJSON_AddNumberToObject(bounds, "depth", b.depth);
    cJSON_AddNumberToObject(bounds, "agents", b.agents);
    cJSON_AddNumberToObject(bounds, unit_of(b.measure), (double)b.length);
    cJSON_AddNumberToObject(bounds, "probability", 1 / b.runs);
    return row;
}

cJSON *hd_coverage_to_json(const hd_coverage *c, const hd_profile *profile, uint64_t length) {
    cJSON *row = cJSON_CreateObject();
    cJSON_AddNumberToObject(row, "runs", (double)c->runs);
    cJSON_AddNumberToObject(row, "schedules", (double)c->distinct);
    cJSON_AddBoolToObject(row, "complete", !c->incomplete);
    cJSON_AddNumberToObject(row, "events", (double)c->events);
    cJSON_AddNumberToObject(row, "preemptions", (double)c->preemptions);
    cJSON *rows = cJSON_AddArrayToObject(row, "strategies");
    for (size_t i = 0; i < c->strategies.len; i++)
        cJSON_AddItemToArray(rows, strategy_to_json(&c->strategies.items[i], profile, length));
    return row;
}

void hd_coverage_free(hd_coverage *c) {
    for (size_t i = 0; i < c->room; i++)
        hd_free(c->schedules[i].bytes);
    hd_free(c->schedules);
    hd_vec_free(&c->all);
    hd_vec_free(&c->strategies);
    *c = (hd_coverage){0};
}
