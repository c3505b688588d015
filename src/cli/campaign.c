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
#include "cli/campaign_shrink.h"
#include "cli/evidence.h"
#include "cli/interrupt.h"
#include "cli/message.h"
#include "cli/report_json.h"
#include "cli/switches.h"
#include "sched/replay.h"

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
    hd_diag *diag;
} work;

/* What a run leaves behind. */
typedef struct run {
    uint64_t seed, events, preemptions;
    bool good;
    hd_run_outcome outcome;
    hd_failure failure;
    char *report;
    cJSON *own, *stuck, *overflows;
    hd_trace *trace;
    hd_race_sum races;
} run;

static void free_run(run *r) {
    hd_free(r->outcome.text);
    hd_failure_free(&r->failure);
    hd_free(r->report);
    cJSON_Delete(r->own);
    cJSON_Delete(r->stuck);
    cJSON_Delete(r->overflows);
    hd_trace_free(r->trace);
    hd_race_sum_free(&r->races);
}

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
    if (o->json) r->own = hd_own_failure_to_json(&e->own);
    if (stuck && o->json) r->stuck = hd_stuck_to_json(stuck);
    if (e->overflows && o->json) r->overflows = hd_overflows_to_json(e->overflows);
}

/* True if the execution got stuck and nobody watched how. */
static bool wants_explanation(const hd_execution *e) {
    hd_outcome outcome = hd_world_outcome(e->world);
    return !e->races && (outcome == HD_OUTCOME_DEADLOCK || outcome == HD_OUTCOME_LIVELOCK ||
                         outcome == HD_OUTCOME_REPEATS || outcome == HD_OUTCOME_STEP_LIMIT);
}

/* Executes what was recorded once more, with an eye on each event, to explain its end: so runs
 * without a detector of races are fast, and their reports the same. */
static bool explain(work *w, hd_execution *e, hd_diag *diag) {
    hd_execution again;
    hd_control_options options = *w->options;
    hd_run_outcome outcome = {0};
    options.trace = e->trace;
    hd_execution_plan plan = {.strategy = hd_strategy_replay(e->trace),
                              .seed = e->seed,
                              .recall = e->trace,
                              .exact = true,
                              .learning = true,
                              .explains = true};
    if (!plan.strategy || hd_execution_begin_with(&again, &options, &plan, diag) != HD_OK) {
        hd_strategy_free(plan.strategy);
        hd_diag_nomem(diag);
        return false;
    }
    w->body(w->context, &again, &outcome);
    hd_free(outcome.text);
    if (hd_stuck_get_report(again.stuck)) {
        hd_stuck *stuck = e->stuck;
        e->stuck = again.stuck;
        again.stuck = stuck;
        hd_arena_move(&e->arena, &again.arena);
    }
    hd_execution_end(&again);
    return true;
}

/* Carries a run out; false when memory did not suffice for it. A race is a failure that the body
 * need not know of. */
static bool make_run(work *w, run *r, hd_reuse *reuse, hd_diag *diag) {
    hd_execution e;
    uint64_t failures = hd_alloc_failures();
    if (hd_execution_begin(&e, w->options, r->seed, w->subject, reuse, diag) != HD_OK) return false;
    r->good = w->body(w->context, &e, &r->outcome);
    hd_outcome end = hd_world_outcome(e.world);
    bool made = r->outcome.text && hd_trace_finish(e.trace, end, NULL);
    if (made && wants_explanation(&e)) made = explain(w, &e, diag);
    made = made && hd_execution_take_failure(&e, &r->failure);
    r->good = r->good && r->failure.kind == HD_FAILURE_NONE;
    r->events = hd_world_steps(e.world);
    r->preemptions = e.preemptions;
    made = made && hd_trace_finish(e.trace, end, r->good ? NULL : &r->failure);
    if (made) take_findings(w->options, &e, r);
    /* Whatever was left out, it is not this run that was made. */
    if (!made || hd_alloc_failures() > failures) {
        hd_diag_nomem(diag);
        hd_execution_end(&e);
        free_run(r);
        return false;
    }
    r->trace = e.trace;
    e.trace = NULL;
    hd_execution_end(&e);
    return true;
}

/* The failure's row, made if it is new; SIZE_MAX when memory is out. */
static size_t row_of(hd_campaign *c, const hd_failure *failure) {
    for (size_t i = 0; i < c->failures.len; i++)
        if (hd_failure_alike(&c->failures.items[i].failure, failure)) return i;
    hd_campaign_failure made = {.first_seed = UINT64_MAX, .found = c->failures.len};
    if (hd_failure_copy(&made.failure, failure) && hd_vec_push(&c->failures, made))
        return c->failures.len - 1;
    hd_failure_free(&made.failure);
    return SIZE_MAX;
}

/* Counts a failure, and keeps the trace of the run with the least seed; under the lock. */
static size_t count_failure(hd_campaign *c, run *r) {
    size_t index = row_of(c, &r->failure);
    if (index == SIZE_MAX) return index;
    hd_campaign_failure *f = &c->failures.items[index];
    bool first = f->count++ == 0 || r->seed < f->first_seed;
    f->varies |= !hd_failure_equal(&f->failure, &r->failure);
    if (!first) return index;
    f->first_seed = r->seed;
    hd_failure failure = f->failure; /* alike, but that of the least seed is told */
    f->failure = r->failure;
    r->failure = failure;
    hd_trace_free(f->trace);
    f->trace = r->trace;
    r->trace = NULL;
    return index;
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* Skips the number of an agent, "thread 12" or "agent 3", at whose first digit a text stands; false
 * if that is none. */
static bool skip_number(const char *text, size_t length, size_t *at) {
    static const char *const words[] = {"thread ", "agent "};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t long_ = strlen(words[i]);
        if (*at < long_ || memcmp(text + *at - long_, words[i], long_) != 0) continue;
        while (*at < length && is_digit(text[*at]))
            ++*at;
        return true;
    }
    return false;
}

/* True if two outcomes are the same, but for the numbers of agents. */
static bool same_words(const char *a, size_t a_length, const char *b, size_t b_length) {
    size_t i = 0, k = 0;
    while (i < a_length && k < b_length) {
        bool numbers = is_digit(a[i]) && is_digit(b[k]);
        if (numbers && skip_number(a, a_length, &i) && skip_number(b, b_length, &k)) continue;
        if (a[i++] != b[k++]) return false;
    }
    return i == a_length && k == b_length;
}

/* Counts an outcome, whose text the campaign takes over; under the lock. That of a failure may
 * differ in the numbers of agents that are alike. */
static void count_outcome(hd_campaign *c, run *r, size_t failure) {
    hd_run_outcome *from = &r->outcome;
    for (size_t i = 0; i < c->outcomes.len; i++) {
        hd_campaign_outcome *o = &c->outcomes.items[i];
        bool same = o->length == from->length && !memcmp(o->text, from->text, from->length);
        if (o->good != r->good || o->failure != failure) continue;
        if (!same && (r->good || !same_words(o->text, o->length, from->text, from->length)))
            continue;
        o->varies |= !same;
        o->count++;
        if (r->seed > o->first_seed) return;
        hd_run_outcome other = {o->text, o->length};
        o->first_seed = r->seed;
        o->text = from->text;
        o->length = from->length;
        *from = other;
        return;
    }
    hd_campaign_outcome made = {.text = from->text,
                                .length = from->length,
                                .good = r->good,
                                .failure = failure,
                                .count = 1,
                                .first_seed = r->seed};
    if (hd_vec_push(&c->outcomes, made)) from->text = NULL;
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
    if (hd_interrupt_signal()) w->end = w->next;
    if (first || w->options->runs == 1) {
        run kept = *r;
        r->report = c->report, r->own = c->own;
        r->stuck = c->stuck, r->overflows = c->overflows;
        c->report = kept.report, c->own = kept.own;
        c->stuck = kept.stuck, c->overflows = kept.overflows;
    }
    hd_race_sum_add(&c->races, &r->races);
    count_outcome(c, r, r->good ? 0 : count_failure(c, r));
    if (r->good && w->options->runs == 1) {
        c->trace = r->trace;
        r->trace = NULL;
    }
    free_run(r);
}

/* The same; what former runs have left is given up before memory is said to be out. */
static bool try_run(work *w, run *r, hd_reuse *reuse, hd_diag *diag) {
    uint64_t seed = r->seed;
    if (make_run(w, r, reuse->spares ? reuse : NULL, diag)) return true;
    if (!reuse->spares) return false;
    hd_reuse_free(reuse);
    *r = (run){.seed = seed};
    hd_diag_reset(diag);
    return make_run(w, r, NULL, diag);
}

static void *run_seeds(void *argument) {
    work *w = argument;
    hd_reuse reuse = {0};
    if (w->options->runs > 1 && !w->options->no_reuse) hd_reuse_init(&reuse);
    pthread_mutex_lock(&w->lock);
    while (w->next < w->end && w->diag->status == HD_OK) {
        run r = {.seed = w->options->seed + w->next++};
        hd_diag diag = HD_DIAG_INIT;
        pthread_mutex_unlock(&w->lock);
        bool made = try_run(w, &r, &reuse, &diag);
        pthread_mutex_lock(&w->lock);
        if (made)
            finish_run(w, &r);
        else if (w->diag->status == HD_OK)
            *w->diag = diag;
    }
    w->workers--;
    pthread_cond_signal(&w->finished);
    pthread_mutex_unlock(&w->lock);
    hd_reuse_free(&reuse);
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

static int by_failing_seed(const void *a, const void *b) {
    uint64_t x = ((const hd_campaign_failure *)a)->first_seed;
    uint64_t y = ((const hd_campaign_failure *)b)->first_seed;
    return (x > y) - (x < y);
}

/* In which order runs end, which is a matter of luck among several at a time, is not to be seen. */
static void sort_by_seeds(hd_campaign *c) {
    if (c->failures.len)
        qsort(c->failures.items, c->failures.len, sizeof *c->failures.items, by_failing_seed);
    for (size_t i = 0; i < c->outcomes.len; i++) {
        hd_campaign_outcome *o = &c->outcomes.items[i];
        size_t row = 0;
        while (!o->good && row < c->failures.len && c->failures.items[row].found != o->failure)
            row++;
        o->failure = row;
    }
    if (c->outcomes.len)
        qsort(c->outcomes.items, c->outcomes.len, sizeof *c->outcomes.items, by_first_seed);
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
    hd_run_outcome outcome = {0};
    w->body(w->context, &e, &outcome);
    hd_free(outcome.text);
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

/* The failure of the run that failed with the least seed, or NULL. */
static hd_campaign_failure *first_failure(const hd_campaign *c) {
    for (size_t i = 0; c->failed > 0 && i < c->failures.len; i++)
        if (c->failures.items[i].first_seed == c->first_failure) return &c->failures.items[i];
    return NULL;
}

/* Finds the switches of that run, unless it was stopped: nobody waits that long twice. */
static hd_status take_switches(work *w) {
    hd_campaign *c = w->campaign;
    const hd_campaign_failure *f = first_failure(c);
    if (!f || !f->trace || w->options->json || w->diag->status != HD_OK) return w->diag->status;
    hd_failure_kind kind = f->failure.kind;
    if (kind == HD_FAILURE_TIME_LIMIT || kind == HD_FAILURE_INTERRUPTED ||
        kind == HD_FAILURE_NOT_RUN || kind == HD_FAILURE_DIVERGED || hd_interrupt_signal())
        return HD_OK;
    c->switches = hd_calloc(1, sizeof *c->switches);
    if (!c->switches) return hd_diag_nomem(w->diag);
    return hd_switches_take(c->switches, w->options, f->trace, w->body, w->context, w->diag);
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

/* Which runs beyond the first failure were made is a matter of luck, unless all were. */
static bool was_cut(const hd_campaign *c, const hd_control_options *o) {
    return c->failed > 0 && !o->keep_going;
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
    if (hd_shrinking()) return hd_campaign_shrink(options, subject, body, context, diag);
    if (learn(&w) != HD_OK) return diag->status;
    hd_control_options informed = *options;
    informed.profile = campaign->profile;
    w.options = &informed;
    make_runs(&w, jobs);
    take_switches(&w);
    sort_by_seeds(campaign);
    bool cut = was_cut(campaign, options);
    campaign->race_runs = cut ? campaign->first_failure - options->seed + 1 : campaign->runs;
    hd_race_sum_finish(&campaign->races, cut ? campaign->first_failure : UINT64_MAX);
    hd_coverage_finish(&campaign->coverage, cut ? campaign->first_failure : UINT64_MAX);
    campaign->length = options->length;
    return diag->status;
}

void hd_campaign_free(hd_campaign *campaign) {
    for (size_t i = 0; i < campaign->outcomes.len; i++)
        hd_free(campaign->outcomes.items[i].text);
    for (size_t i = 0; i < campaign->failures.len; i++) {
        hd_failure_free(&campaign->failures.items[i].failure);
        hd_trace_free(campaign->failures.items[i].trace);
        hd_free(campaign->failures.items[i].path);
    }
    hd_vec_free(&campaign->outcomes);
    hd_vec_free(&campaign->failures);
    hd_free(campaign->report);
    cJSON_Delete(campaign->own);
    cJSON_Delete(campaign->stuck);
    cJSON_Delete(campaign->overflows);
    hd_race_sum_free(&campaign->races);
    hd_coverage_free(&campaign->coverage);
    hd_profile_free(campaign->profile);
    hd_trace_free(campaign->trace);
    if (campaign->switches) hd_switches_free(campaign->switches);
    hd_free(campaign->switches);
}

static bool report_unwritten(const char *path, const hd_diag *diag) {
    hd_message(hd_channel_stderr(), "error", path, diag);
    return false;
}

static void print_switches(const hd_campaign *c, const char *trace) {
    if (c->switches) hd_switches_print(stderr, c->switches, trace);
}

static void print_reproduce(const hd_control_options *o, const hd_campaign_failure *f,
                            const char *path) {
    if (o->json) return;
    fputs("reproduce: heddle replay ", stderr);
    hd_print_string(stderr, path);
    if (o->runs > 1)
        fprintf(stderr, " # %s, first with seed %" PRIu64, hd_failure_kind_name(f->failure.kind),
                f->first_seed);
    fputc('\n', stderr);
}

/* Writes the trace of a failure; what was no run leaves none. */
static bool keep_evidence(const hd_campaign *c, const hd_control_options *o, const char *subject,
                          hd_campaign_failure *f) {
    hd_diag diag = HD_DIAG_INIT;
    if (!f->trace || f->failure.kind == HD_FAILURE_NOT_RUN) return true;
    if (o->record) {
        if (hd_trace_save(f->trace, o->record, &diag) != HD_OK)
            return report_unwritten(o->record, &diag);
        f->path = hd_strndup(o->record, strlen(o->record));
    } else if (hd_evidence_save(f->trace, o->trace_dir, subject, f->failure.kind, &f->path,
                                &diag) != HD_OK) {
        return report_unwritten(o->trace_dir ? o->trace_dir : ".", &diag);
    }
    if (f == first_failure(c)) print_switches(c, f->path);
    if (f->path) print_reproduce(o, f, f->path);
    return true;
}

/* All traces, in the order of the seeds. */
static bool keep_all_evidence(hd_campaign *c, const hd_control_options *o, const char *subject,
                              const char **trace) {
    bool good = true;
    for (size_t i = 0; i < c->failures.len; i++) {
        hd_campaign_failure *f = &c->failures.items[i];
        if (was_cut(c, o) && f->first_seed > c->first_failure) continue;
        good = keep_evidence(c, o, subject, f) && good;
        if (!*trace) *trace = f->path;
    }
    return good;
}

bool hd_campaign_finish(hd_campaign *c, const hd_control_options *options, const char *subject,
                        const char **trace) {
    hd_diag diag = HD_DIAG_INIT;
    const char *output;
    *trace = NULL;
    fflush(stdout);
    if (c->report && !options->json) fputs(c->report, stderr);
    /* Without a failure there is no report of one run, but there may be notes. */
    if (!options->json && options->runs > 1 && (sums_races(options) || c->failed == 0))
        hd_race_sum_print(stderr, &c->races, c->race_runs);
    if (hd_control_get_purpose(&output) != HD_CONTROL_RUN) {
        print_switches(c, hd_control_trace_path());
        return true;
    }
    if (c->failed) return keep_all_evidence(c, options, subject, trace);
    if (!c->trace || !options->record) return true;
    if (hd_trace_save(c->trace, options->record, &diag) != HD_OK)
        return report_unwritten(options->record, &diag);
    *trace = options->record;
    return true;
}

void hd_campaign_print(FILE *to, const hd_campaign *c) {
    for (size_t i = 0; i < c->outcomes.len; i++) {
        const hd_campaign_outcome *o = &c->outcomes.items[i];
        fprintf(to, "  %" PRIu64 " of %" PRIu64 " runs%s: ", o->count, c->runs,
                o->good ? "" : " failed");
        if (o->length > 0)
            hd_print_text(to, o->text, o->length);
        else
            fputs("no output", to);
        if (!o->good && o->failure < c->failures.len)
            hd_print_race_places(to, &c->failures.items[o->failure].failure);
        if (o->varies) fputs(", or other agents at the same places", to);
        fprintf(to, " (first with seed %" PRIu64 ")\n", o->first_seed);
    }
}

void hd_campaign_print_coverage(FILE *to, const hd_campaign *c) {
    hd_coverage_print(to, &c->coverage, c->profile, c->length);
}
