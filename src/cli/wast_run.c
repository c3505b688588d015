/* wast_run.c: runs scripts, several at a time, and hands them back in order. See wast_files.h. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/output.h"
#include "cli/features.h"
#include "cli/input.h"
#include "cli/interrupt.h"
#include "cli/script/code.h"
#include "cli/wast_expect.h"
#include "cli/wast_files.h"

/* The work of all threads. */
typedef struct queue {
    hd_wast_list *list;
    const hd_wast_run_options *options;
    atomic_size_t next;   /* file that no thread has taken yet */
    atomic_bool stopped;  /* files that are not begun shall not be run */
    pthread_mutex_t lock; /* protects `done` of the files; a file that is done is its reader's */
    pthread_cond_t done;
} queue;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Keeps what the runs of a file have printed. */
static void take_printed(hd_wast_file *file, hd_output *output) {
    file->printed = hd_output_take(output, &file->printed_length);
    if (!file->printed) hd_diag_nomem(&file->diag);
}

static void repeat(hd_wast_file *file, const hd_script *script,
                   const hd_wast_run_options *options) {
    hd_wast_options each = options->each;
    hd_output output;
    if (options->print) each.print = hd_output_open(&output);
    while (file->runs < options->repeat && file->result.failed == 0 && file->diag.status == HD_OK) {
        uint64_t failures = hd_alloc_failures();
        hd_wast_run(script, &each, &file->result, &file->diag);
        if (hd_alloc_failures() > failures) hd_diag_nomem(&file->diag);
        file->runs++;
    }
    if (options->print) take_printed(file, &output);
}

/* Controlled runs of one file. */
typedef struct controlled {
    hd_wast_file *file;
    const hd_script *script;
    const hd_wast_run_options *options;
    FILE *print;
    pthread_mutex_t lock; /* protects what follows, and the file's result */
    bool kept;            /* the result has the findings of the run with this seed */
    uint64_t seed;
} controlled;

/* Adds a run to the file's result. Of those that failed the one with the least seed is kept in
 * full, whatever the order in which they end. */
static void add_run(controlled *c, hd_wast_result *run, uint64_t seed) {
    hd_wast_result *sum = &c->file->result;
    pthread_mutex_lock(&c->lock);
    uint64_t passed = sum->passed + run->passed, failed = sum->failed + run->failed;
    if (run->failed > 0 && (!c->kept || seed < c->seed)) {
        hd_wast_result older = *sum;
        *sum = *run;
        *run = older;
        c->kept = true;
        c->seed = seed;
    }
    if (!sum->observed) {
        sum->observed = run->observed;
        run->observed = NULL;
    }
    sum->passed = passed;
    sum->failed = failed;
    pthread_mutex_unlock(&c->lock);
}

/* One line that tells the outcomes of runs apart. */
static void take_outcome(const hd_wast_result *run, hd_run_outcome *outcome) {
    hd_output output;
    FILE *line = hd_output_open(&output);
    if (!line) return;
    if (run->failed == 0) {
        fputs("passed", line);
    } else if (run->findings.len == 0) {
        fputs("time limit", line);
    } else {
        const hd_finding *f = &run->findings.items[0];
        fprintf(line, "line %u: %s", f->line, f->message);
        if (f->got) fprintf(line, ", got %s", f->got);
    }
    for (const char *c = run->observed ? run->observed : ""; *c; c += strcspn(c, "\n") + 1)
        fprintf(line, ";%.*s", (int)strcspn(c, "\n"), c);
    outcome->text = hd_output_take(&output, &outcome->length);
}

static bool run_controlled(void *context, hd_execution *execution, hd_run_outcome *outcome) {
    controlled *c = context;
    hd_wast_options each = c->options->each;
    hd_wast_result run = {0};
    hd_diag diag = HD_DIAG_INIT;
    each.execution = execution;
    each.print = execution->learning ? NULL : c->print;
    hd_wast_run(c->script, &each, &run, &diag);
    bool good = run.failed == 0;
    if (diag.status == HD_OK) take_outcome(&run, outcome);
    if (!execution->learning) add_run(c, &run, execution->seed);
    hd_wast_result_free(&run);
    return good;
}

static void run_campaign(hd_wast_file *file, const hd_script *script, const hd_subject *subject,
                         const hd_wast_run_options *options) {
    controlled c = {
        .file = file, .script = script, .options = options, .lock = PTHREAD_MUTEX_INITIALIZER};
    /* What many runs print at once would be of no use. */
    hd_output output;
    bool print = options->print && options->control.runs == 1;
    if (print) c.print = hd_output_open(&output);
    hd_campaign_run(&file->campaign, &options->control, options->jobs, subject, run_controlled, &c,
                    &file->diag);
    file->runs = file->campaign.runs;
    if (print) take_printed(file, &output);
}

/* The command line that runs a file again under control: a trace goes with it. */
static void add_words(const hd_wast_file *file, const hd_wast_run_options *o, hd_words *words) {
    hd_words_add(words, "wast");
    hd_control_words(&o->control, words);
    if (o->each.stack) hd_words_add(words, "--stack=%zu", o->each.stack);
    if (o->each.timeout != HD_WAST_TIMEOUT)
        hd_words_add(words, "--timeout=%.9g",
                     o->each.timeout < 0 ? 0 : (double)o->each.timeout / 1e9);
    hd_features_words(o->each.features, words);
    hd_words_add(words, "--");
    hd_words_add(words, "%s", file->path);
}

static void run_script(hd_wast_file *file, const hd_script *script, const hd_input *input,
                       const hd_wast_run_options *common) {
    hd_wast_run_options own = *common, *options = &own;
    own.each.code = hd_script_code_new(script, own.each.features);
    if (!own.each.code) {
        hd_diag_nomem(&file->diag);
        return;
    }
    if (!options->control.strategy) {
        repeat(file, script, options);
        hd_script_code_free(own.each.code);
        return;
    }
    hd_words words = {0};
    add_words(file, options, &words);
    hd_subject subject = {.bytes = input->bytes, .length = input->length, .words = &words};
    run_campaign(file, script, &subject, options);
    hd_words_free(&words);
    hd_script_code_free(own.each.code);
}

static void run_file(hd_wast_file *file, const hd_wast_run_options *options) {
    hd_input input;
    hd_arena arena = HD_ARENA_INIT;
    hd_script script;
    double start = now();
    if (hd_input_read(file->path, &input, &file->diag) == HD_OK) {
        if (hd_script_parse(hd_input_name(file->path), input.bytes, input.length, &arena, &script,
                            &file->diag) == HD_OK)
            run_script(file, &script, &input, options);
        hd_free(input.bytes);
    }
    hd_arena_free(&arena);
    if (options->expected) hd_expected_apply(options->expected, file);
    file->seconds = now() - start;
}

static void *work(void *argument) {
    queue *q = argument;
    for (;;) {
        size_t i = atomic_fetch_add(&q->next, 1);
        if (i >= q->list->files.len) return NULL;
        hd_wast_file *file = &q->list->files.items[i];
        bool runs =
            file->diag.status == HD_OK && !hd_interrupt_signal() && !atomic_load(&q->stopped);
        if (runs) run_file(file, q->options);
        pthread_mutex_lock(&q->lock);
        file->done = true;
        pthread_cond_signal(&q->done);
        pthread_mutex_unlock(&q->lock);
    }
}

static void receive_all(queue *q, hd_wast_receiver *receive, void *context) {
    bool wanted = true;
    for (size_t i = 0; i < q->list->files.len; i++) {
        hd_wast_file *file = &q->list->files.items[i];
        pthread_mutex_lock(&q->lock);
        while (!file->done)
            pthread_cond_wait(&q->done, &q->lock);
        pthread_mutex_unlock(&q->lock);
        if (wanted && !receive(context, file)) {
            wanted = false;
            atomic_store(&q->stopped, true);
        }
        hd_wast_result_free(&file->result);
        hd_campaign_free(&file->campaign);
        hd_free(file->printed);
    }
}

void hd_wast_run_files(hd_wast_list *list, const hd_wast_run_options *options,
                       hd_wast_receiver *receive, void *context) {
    queue q = {.list = list,
               .options = options,
               .lock = PTHREAD_MUTEX_INITIALIZER,
               .done = PTHREAD_COND_INITIALIZER};
    /* Controlled runs of one file are made in parallel, not files. */
    uint64_t most = options->control.strategy ? 1 : options->jobs;
    size_t jobs = most < list->files.len ? most : list->files.len, started = 0;
    pthread_t *threads = hd_calloc(jobs, sizeof *threads);
    while (threads && started < jobs && !pthread_create(&threads[started], NULL, work, &q))
        started++;
    if (started == 0) work(&q); /* slower is better than not at all */
    receive_all(&q, receive, context);
    for (size_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    hd_free(threads);
}
