/* campaign.c: many controlled runs of one program. */
#include "cli/campaign.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

typedef struct work {
    hd_campaign *campaign;
    const hd_control_options *options;
    hd_campaign_body *body;
    void *context;
    pthread_mutex_t lock;    /* protects all that follows, and the campaign */
    pthread_cond_t finished; /* a worker has */
    uint64_t next, end;      /* seeds, from the first one's on */
    size_t workers;
    hd_diag *diag;
} work;

/* Adds an outcome, which the campaign takes over; under the lock. */
static void count_outcome(hd_campaign *c, char *text, bool good, uint64_t seed) {
    for (size_t i = 0; i < c->outcomes.len; i++) {
        hd_campaign_outcome *o = &c->outcomes.items[i];
        if (o->good != good || strcmp(o->text, text) != 0) continue;
        o->count++;
        if (seed < o->first_seed) o->first_seed = seed;
        free(text);
        return;
    }
    if (!hd_vec_push(&c->outcomes, ((hd_campaign_outcome){text, good, 1, seed}))) free(text);
}

static void finish_run(work *w, uint64_t seed, bool good, char *text, uint64_t events) {
    hd_campaign *c = w->campaign;
    c->runs++;
    c->events += events;
    if (!good) {
        if (c->failed == 0 || seed < c->first_failure) c->first_failure = seed;
        c->failed++;
        if (!w->options->keep_going) w->end = w->next;
    }
    if (text) count_outcome(c, text, good, seed);
}

static void *run_seeds(void *argument) {
    work *w = argument;
    pthread_mutex_lock(&w->lock);
    while (w->next < w->end && w->diag->status == HD_OK) {
        uint64_t seed = w->options->seed + w->next++;
        pthread_mutex_unlock(&w->lock);
        hd_execution execution;
        hd_diag diag = HD_DIAG_INIT;
        char *text = NULL;
        bool good = false;
        uint64_t events = 0;
        if (hd_execution_begin(&execution, w->options, seed, &diag) == HD_OK) {
            good = w->body(w->context, &execution, &text);
            events = hd_sched_steps(execution.sched);
            hd_execution_end(&execution);
        }
        pthread_mutex_lock(&w->lock);
        if (diag.status == HD_OK)
            finish_run(w, seed, good, text, events);
        else if (w->diag->status == HD_OK)
            *w->diag = diag;
    }
    w->workers--;
    pthread_cond_signal(&w->finished);
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

/* Shows how far it is, on a terminal and not too often. */
static void await_workers(work *w) {
    enum { REFRESH = 200000000 }; /* ns */
    bool shown = false, terminal = isatty(STDERR_FILENO);
    pthread_mutex_lock(&w->lock);
    while (w->workers > 0) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += REFRESH;
        if (until.tv_nsec >= 1000000000) until.tv_sec++, until.tv_nsec -= 1000000000;
        int error = pthread_cond_timedwait(&w->finished, &w->lock, &until);
        if (error != ETIMEDOUT || !terminal) continue;
        fprintf(stderr, "\r%" PRIu64 " of %" PRIu64 " runs, %" PRIu64 " failed", w->campaign->runs,
                w->options->runs, w->campaign->failed);
        fflush(stderr);
        shown = true;
    }
    pthread_mutex_unlock(&w->lock);
    if (shown) fputs("\r\033[K", stderr);
}

static int by_first_seed(const void *a, const void *b) {
    uint64_t x = ((const hd_campaign_outcome *)a)->first_seed;
    uint64_t y = ((const hd_campaign_outcome *)b)->first_seed;
    return (x > y) - (x < y);
}

hd_status hd_campaign_run(hd_campaign *campaign, const hd_control_options *options, uint64_t jobs,
                          hd_campaign_body *body, void *context, hd_diag *diag) {
    *campaign = (hd_campaign){0};
    work w = {.campaign = campaign,
              .options = options,
              .body = body,
              .context = context,
              .lock = PTHREAD_MUTEX_INITIALIZER,
              .finished = PTHREAD_COND_INITIALIZER,
              .end = options->runs,
              .diag = diag};
    if (jobs > options->runs) jobs = options->runs;
    pthread_t *threads = hd_calloc(jobs, sizeof *threads);
    size_t started = 0;
    while (threads && started < jobs) {
        pthread_mutex_lock(&w.lock);
        w.workers++;
        pthread_mutex_unlock(&w.lock);
        if (pthread_create(&threads[started], NULL, run_seeds, &w)) {
            pthread_mutex_lock(&w.lock);
            w.workers--;
            pthread_mutex_unlock(&w.lock);
            break;
        }
        started++;
    }
    if (started == 0) {
        w.workers = 1;
        run_seeds(&w); /* slower is better than not at all */
    }
    await_workers(&w);
    for (size_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    hd_free(threads);
    if (campaign->outcomes.len)
        qsort(campaign->outcomes.items, campaign->outcomes.len, sizeof *campaign->outcomes.items,
              by_first_seed);
    return diag->status;
}

void hd_campaign_free(hd_campaign *campaign) {
    for (size_t i = 0; i < campaign->outcomes.len; i++)
        free(campaign->outcomes.items[i].text);
    hd_vec_free(&campaign->outcomes);
}

void hd_campaign_print(FILE *to, const hd_campaign *c) {
    for (size_t i = 0; i < c->outcomes.len; i++) {
        const hd_campaign_outcome *o = &c->outcomes.items[i];
        fprintf(to, "  %" PRIu64 " of %" PRIu64 " runs%s: %s (first with seed %" PRIu64 ")\n",
                o->count, c->runs, o->good ? "" : " failed", o->text, o->first_seed);
    }
}
