/* campaign.c: many controlled runs of one program. */
#include "cli/campaign.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/output.h"
#include "cli/message.h"
#include "cli/report_json.h"
#include "sched/replay.h"
#include "sched/schedule_text.h"
#include "sched/shrink.h"

typedef struct work {
    hd_campaign *campaign;
    const hd_control_options *options;
    const hd_subject *subject;
    hd_campaign_body *body;
    void *context;
    pthread_mutex_t lock;    /* protects all that follows, and the campaign */
    pthread_cond_t finished; /* a worker has */
    uint64_t next, end;      /* seeds, from the first one's on */
    size_t workers;
    char *failure; /* shrinking: in what the run to be shrunk has failed; NULL before it was
                      repeated */
    hd_diag *diag;
} work;

/* Adds an outcome, which the campaign takes over; under the lock. */
static void count_outcome(hd_campaign *c, char *text, bool good, uint64_t seed) {
    for (size_t i = 0; i < c->outcomes.len; i++) {
        hd_campaign_outcome *o = &c->outcomes.items[i];
        if (o->good != good || strcmp(o->text, text) != 0) continue;
        o->count++;
        if (seed < o->first_seed) o->first_seed = seed;
        hd_free(text);
        return;
    }
    if (!hd_vec_push(&c->outcomes, ((hd_campaign_outcome){text, good, 1, seed}))) hd_free(text);
}

/* What a run leaves behind. */
typedef struct run {
    uint64_t seed, events, preemptions;
    bool good;
    char *outcome, *report;
    cJSON *stuck, *overflows;
    hd_trace *trace;
    hd_race_sum races;
} run;

/* Many runs that go on behind one with a race have their races summed up. */
static bool sums_races(const hd_control_options *o) {
    return o->runs > 1 && (o->races.mode == HD_RACES_WARN || o->keep_going);
}

/* What the checks of an execution found. */
static void take_findings(const hd_control_options *o, const hd_execution *e, run *r) {
    hd_output output;
    bool sums = sums_races(o);
    FILE *report = hd_output_open(&output);
    if (report) hd_execution_report(e, !sums, report);
    r->report = hd_output_take(&output, NULL);
    if (e->races && (o->runs > 1 || o->json))
        r->races = hd_race_sum_of_run(e->races, r->seed, o->json);
    const hd_stuck_report *stuck = e->stuck ? hd_stuck_get_report(e->stuck) : NULL;
    if (stuck && o->json) r->stuck = hd_stuck_to_json(stuck);
    if (e->overflows && o->json) r->overflows = hd_overflows_to_json(e->overflows);
}

/* Carries a run out; false when memory did not suffice for it. A race is a failure that the body
 * need not know of. */
static bool make_run(work *w, run *r, hd_diag *diag) {
    hd_execution e;
    uint64_t failures = hd_alloc_failures();
    if (hd_execution_begin(&e, w->options, r->seed, w->subject, diag) != HD_OK) return false;
    r->good = w->body(w->context, &e, &r->outcome);
    /* Whatever was left out, it is not this run that was made. */
    if (!r->outcome || hd_alloc_failures() > failures) {
        hd_diag_nomem(diag);
        hd_execution_end(&e);
        hd_free(r->outcome);
        return false;
    }
    const char *failure = hd_execution_failure(&e);
    r->good = r->good && !failure;
    r->events = hd_world_steps(e.world);
    r->preemptions = e.preemptions;
    hd_trace_finish(e.trace, hd_world_outcome(e.world), r->good ? "" : r->outcome);
    take_findings(w->options, &e, r);
    r->trace = e.trace;
    e.trace = NULL;
    hd_execution_end(&e);
    return true;
}

/* Keeps of a run what is wanted, and releases the rest; under the lock. */
static void finish_run(work *w, run *r) {
    hd_campaign *c = w->campaign;
    bool first = !r->good && (c->failed == 0 || r->seed < c->first_failure);
    hd_covered covered = {.seed = r->seed,
                          .events = r->events,
                          .preemptions = r->preemptions,
                          .strategy = hd_strategy_member(w->options->strategy, r->seed),
                          .good = r->good};
    c->runs++;
    c->events += r->events;
    if (w->options->runs > 1) hd_coverage_add(&c->coverage, &covered, r->trace);
    if (first) c->first_failure = r->seed;
    if (!r->good) {
        c->failed++;
        if (!w->options->keep_going) w->end = w->next;
    }
    if (first || w->options->runs == 1) {
        run kept = *r;
        r->report = c->report, r->trace = c->trace;
        r->stuck = c->stuck, r->overflows = c->overflows;
        c->report = kept.report, c->trace = kept.trace;
        c->stuck = kept.stuck, c->overflows = kept.overflows;
    }
    hd_race_sum_add(&c->races, &r->races);
    count_outcome(c, r->outcome, r->good, r->seed);
    hd_free(r->report);
    cJSON_Delete(r->stuck);
    cJSON_Delete(r->overflows);
    hd_trace_free(r->trace);
}

static void *run_seeds(void *argument) {
    work *w = argument;
    pthread_mutex_lock(&w->lock);
    while (w->next < w->end && w->diag->status == HD_OK) {
        run r = {.seed = w->options->seed + w->next++};
        hd_diag diag = HD_DIAG_INIT;
        pthread_mutex_unlock(&w->lock);
        bool made = make_run(w, &r, &diag);
        pthread_mutex_lock(&w->lock);
        if (made)
            finish_run(w, &r);
        else if (w->diag->status == HD_OK)
            *w->diag = diag;
    }
    w->workers--;
    pthread_cond_signal(&w->finished);
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

/* Shows how far many runs are, on a terminal and not too often. */
static void await_workers(work *w) {
    enum { REFRESH = 200000000 }; /* ns */
    bool shown = false, wanted = w->options->runs > 1 && isatty(STDERR_FILENO);
    pthread_mutex_lock(&w->lock);
    while (w->workers > 0) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += REFRESH;
        if (until.tv_nsec >= 1000000000) until.tv_sec++, until.tv_nsec -= 1000000000;
        int error = pthread_cond_timedwait(&w->finished, &w->lock, &until);
        if (error != ETIMEDOUT || !wanted) continue;
        fprintf(stderr, "\r%" PRIu64 " of %" PRIu64 " runs, %" PRIu64 " failed", w->campaign->runs,
                w->options->runs, w->campaign->failed);
        fflush(stderr);
        shown = true;
    }
    pthread_mutex_unlock(&w->lock);
    if (!shown) return;
    fputs("\r\033[K", stderr);
    fflush(stderr);
}

static int by_first_seed(const void *a, const void *b) {
    uint64_t x = ((const hd_campaign_outcome *)a)->first_seed;
    uint64_t y = ((const hd_campaign_outcome *)b)->first_seed;
    return (x > y) - (x < y);
}

/* Shrinking: is this the failure to look for? The trace of a run that printed its outcome as it
 * went does not say; then it is what comes of its repetition, the first candidate. */
static bool is_wanted(work *w, const char *outcome) {
    const char *recorded = hd_trace_failure(w->options->trace);
    if (!w->failure) {
        const char *failure = *recorded ? recorded : outcome;
        w->failure = hd_strndup(failure, strlen(failure));
    }
    return w->failure && strcmp(outcome, w->failure) == 0;
}

/* Shrinking: the run of a candidate. */
static bool test_candidate(void *context, const hd_trace *candidate, hd_trace *actual) {
    work *w = context;
    hd_execution e;
    hd_diag diag = HD_DIAG_INIT;
    char *outcome = NULL;
    hd_control_options options = *w->options;
    options.trace = NULL; /* a candidate is followed as far as possible: it cannot diverge */
    hd_observer record = hd_trace_observer(actual);
    hd_execution_plan plan = {.strategy = hd_strategy_guided(candidate, actual),
                              .observer = &record,
                              .seed = hd_trace_get_origin(w->options->trace).seed,
                              .inputs = actual,
                              .recall = w->options->trace};
    if (!plan.strategy || hd_execution_begin_with(&e, &options, &plan, &diag) != HD_OK) {
        hd_strategy_free(plan.strategy);
        hd_diag_nomem(w->diag);
        return false;
    }
    uint64_t failures = hd_alloc_failures();
    bool good = w->body(w->context, &e, &outcome) && !hd_execution_failure(&e);
    if (!outcome || hd_alloc_failures() > failures) hd_diag_nomem(w->diag);
    hd_outcome end = hd_world_outcome(e.world);
    hd_trace_finish(actual, end, good || !outcome ? "" : outcome);
    hd_outcome wanted;
    bool same = !good && outcome && hd_trace_outcome(w->options->trace, &wanted) && wanted == end &&
                is_wanted(w, outcome);
    hd_free(outcome);
    hd_execution_end(&e);
    return same;
}

static void print_size(const char *what, const hd_shrink_size *size) {
    printf("%s: %" PRIu64 " preemption%s, %" PRIu64 " events, %" PRIu64 " switches\n", what,
           size->preemptions, size->preemptions == 1 ? "" : "s", size->events, size->switches);
}

static void print_reproduce(const char *path) {
    fputs("reproduce: heddle replay ", stderr);
    hd_print_string(stderr, path);
    fputc('\n', stderr);
}

/* Searches for a simpler trace of the failure and writes it. */
static hd_status shrink(work *w) {
    const char *output;
    hd_control_get_purpose(&output);
    hd_shrink_options options = {.test = test_candidate, .context = w};
    hd_shrink_summary summary;
    hd_trace *shrunk;
    hd_status status = hd_shrink(w->options->trace, &options, &shrunk, &summary, w->diag);
    hd_free(w->failure);
    if (status == HD_OK && w->diag->status != HD_OK) {
        hd_trace_free(shrunk); /* candidates were refused for lack of memory */
        status = w->diag->status;
    }
    if (status != HD_OK) return status;
    print_size("before", &summary.before);
    print_size("after", &summary.after);
    printf("%" PRIu64 " executions%s\n", summary.executions,
           summary.bounded ? ", cut short: simpler ones may exist" : "");
    char text[200];
    if (hd_schedule_format(shrunk, text, sizeof text)) printf("schedule: %s\n", text);
    if (hd_trace_save(shrunk, output, w->diag) == HD_OK) print_reproduce(output);
    hd_trace_free(shrunk);
    return w->diag->status;
}

/* Learning. */

/* What to learn from: each of the first ones shows other places. */
typedef struct lesson {
    const char *strategy;
    uint64_t seed;
    hd_measure measure;
} lesson;

static const lesson of_places[] = {
    {"rr", 0, HD_MEASURE_EVENTS},         {"random", 1, HD_MEASURE_EVENTS},
    {"sticky+lag", 2, HD_MEASURE_EVENTS}, {"pct:1+lag", 3, HD_MEASURE_EVENTS},
    {"pct:1+lag", 4, HD_MEASURE_EVENTS},
};

static const lesson of_points[] = {
    {"random+points", 1, HD_MEASURE_POINTS},
    {"pct:1+points", 2, HD_MEASURE_POINTS},
    {"random+lag+points", 1, HD_MEASURE_LAG_POINTS},
    {"pct:1+lag+points", 2, HD_MEASURE_LAG_POINTS},
};

enum {
    LEARNING_EVENTS = 1000000,
    LENGTHS = 2, /* of the first ones suffice for a length */
    PLACES = sizeof of_places / sizeof of_places[0],
    POINTS = sizeof of_points / sizeof of_points[0],
};

/* Runs the program once to learn from it; whether it fails is no matter here. */
static hd_status learn_once(work *w, const lesson *from) {
    hd_execution e;
    hd_meter meter = {0};
    hd_profile *profile = w->campaign->profile;
    hd_control_options options = *w->options;
    hd_strategy_options how = {
        .seed = from->seed, .length = 1, .profile = profile, .meter = &meter};
    while (from->measure == HD_MEASURE_LAG_POINTS && !hd_strategy_lags_all(how.seed))
        how.seed++;
    hd_execution_plan plan = {.strategy = hd_strategy_make(from->strategy, &how, w->diag),
                              .seed = how.seed,
                              .learning = true,
                              .profile = from->measure == HD_MEASURE_EVENTS ? profile : NULL};
    options.races.mode = HD_RACES_OFF;
    options.json = false;
    if (options.steps == 0 || options.steps > LEARNING_EVENTS) options.steps = LEARNING_EVENTS;
    if (!plan.strategy) return w->diag->status;
    if (hd_execution_begin_with(&e, &options, &plan, w->diag) != HD_OK) {
        hd_strategy_free(plan.strategy);
        return w->diag->status;
    }
    char *outcome = NULL;
    w->body(w->context, &e, &outcome);
    hd_free(outcome);
    hd_profile_add_steps(profile, from->measure, &meter);
    if (plan.profile) hd_profile_add_run(profile);
    hd_execution_end(&e);
    return HD_OK;
}

static hd_status learn_all(work *w, const lesson *from, size_t count) {
    for (size_t i = 0; i < count && w->diag->status == HD_OK; i++)
        learn_once(w, &from[i]);
    return w->diag->status;
}

/* Learns what the strategy wants to know. The seeds are always the same: so is what is learnt, and
 * one run has the schedule that it would have among many. */
static hd_status learn(work *w) {
    const hd_control_options *o = w->options;
    if (o->trace || w->subject->has_effects) return HD_OK;
    hd_wanted wanted = hd_strategy_wants(o->strategy, o->length);
    if (wanted == HD_WANTS_NOTHING) return HD_OK;
    w->campaign->profile = hd_profile_new();
    if (!w->campaign->profile) return hd_diag_nomem(w->diag);
    if (learn_all(w, of_places, wanted == HD_WANTS_ALL ? PLACES : LENGTHS) != HD_OK)
        return w->diag->status;
    hd_profile_finish(w->campaign->profile);
    return wanted == HD_WANTS_ALL ? learn_all(w, of_points, POINTS) : HD_OK;
}

/* Starts workers, or does the work itself if that is not possible. */
static void make_runs(work *w, uint64_t jobs) {
    size_t started = 0;
    if (jobs > w->options->runs) jobs = w->options->runs;
    pthread_t *threads = hd_calloc(jobs, sizeof *threads);
    w->workers = jobs;
    while (threads && started < jobs && !pthread_create(&threads[started], NULL, run_seeds, w))
        started++;
    pthread_mutex_lock(&w->lock);
    w->workers -= jobs - started;
    pthread_mutex_unlock(&w->lock);
    if (started == 0) {
        w->workers = 1;
        run_seeds(w);
    }
    await_workers(w);
    for (size_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    hd_free(threads);
}

hd_status hd_campaign_run(hd_campaign *campaign, const hd_control_options *options, uint64_t jobs,
                          const hd_subject *subject, hd_campaign_body *body, void *context,
                          hd_diag *diag) {
    *campaign = (hd_campaign){0};
    work w = {.campaign = campaign,
              .options = options,
              .subject = subject,
              .body = body,
              .context = context,
              .lock = PTHREAD_MUTEX_INITIALIZER,
              .finished = PTHREAD_COND_INITIALIZER,
              .end = options->runs,
              .diag = diag};
    if (hd_shrinking()) return shrink(&w);
    if (learn(&w) != HD_OK) return diag->status;
    hd_control_options informed = *options;
    informed.profile = campaign->profile;
    w.options = &informed;
    make_runs(&w, jobs);
    if (campaign->outcomes.len)
        qsort(campaign->outcomes.items, campaign->outcomes.len, sizeof *campaign->outcomes.items,
              by_first_seed);
    /* Which runs beyond the first failure were made is a matter of luck. */
    bool cut = campaign->failed > 0 && !options->keep_going;
    campaign->race_runs = cut ? campaign->first_failure - options->seed + 1 : campaign->runs;
    hd_race_sum_finish(&campaign->races, cut ? campaign->first_failure : UINT64_MAX);
    hd_coverage_finish(&campaign->coverage, cut ? campaign->first_failure : UINT64_MAX);
    campaign->length = options->length;
    return diag->status;
}

void hd_campaign_free(hd_campaign *campaign) {
    for (size_t i = 0; i < campaign->outcomes.len; i++)
        hd_free(campaign->outcomes.items[i].text);
    hd_vec_free(&campaign->outcomes);
    hd_free(campaign->report);
    cJSON_Delete(campaign->stuck);
    cJSON_Delete(campaign->overflows);
    hd_race_sum_free(&campaign->races);
    hd_coverage_free(&campaign->coverage);
    hd_profile_free(campaign->profile);
    hd_trace_free(campaign->trace);
}

bool hd_campaign_finish(const hd_campaign *c, const hd_control_options *options,
                        const char **trace) {
    static const char default_path[] = "heddle.trace";
    const char *output, *path = options->record ? options->record : default_path;
    hd_diag diag = HD_DIAG_INIT;
    *trace = NULL;
    fflush(stdout);
    if (c->report && !options->json) fputs(c->report, stderr);
    /* Without a failure there is no report of one run, but there may be notes. */
    if (!options->json && options->runs > 1 && (sums_races(options) || c->failed == 0))
        hd_race_sum_print(stderr, &c->races, c->race_runs);
    if (hd_control_get_purpose(&output) != HD_CONTROL_RUN || !c->trace) return true;
    if (!c->failed && !options->record) return true;
    if (hd_trace_save(c->trace, path, &diag) != HD_OK) {
        hd_message(hd_channel_stderr(), "error", path, &diag);
        return false;
    }
    *trace = path;
    if (c->failed && !options->json) print_reproduce(path);
    return true;
}

void hd_campaign_print(FILE *to, const hd_campaign *c) {
    for (size_t i = 0; i < c->outcomes.len; i++) {
        const hd_campaign_outcome *o = &c->outcomes.items[i];
        fprintf(to, "  %" PRIu64 " of %" PRIu64 " runs%s: ", o->count, c->runs,
                o->good ? "" : " failed");
        hd_print_string(to, *o->text ? o->text : "no output");
        fprintf(to, " (first with seed %" PRIu64 ")\n", o->first_seed);
    }
}

void hd_campaign_print_coverage(FILE *to, const hd_campaign *c) {
    hd_coverage_print(to, &c->coverage, c->profile, c->length);
}
