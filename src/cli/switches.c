/* switches.c: see switches.h. */
#include "cli/switches.h"

#include <inttypes.h>
#include <string.h>

#include "base/output.h"
#include "cli/message.h"
#include "cli/step_screen.h"
#include "cli/trace_text.h"
#include "debug/record.h"
#include "sched/replay.h"

enum {
    SHOWN = 6,       /* switches */
    OTHERS = 4,      /* agents that could have moved as well */
    LOOKED = 100000, /* at the last events alone: long runs switch very often */
    TEXT = 160,
};

/* The latest lines of a kind. */
typedef struct latest {
    char *lines[SHOWN];
    uint64_t count;
} latest;

typedef struct collector {
    latest all, preemptions;
    bool incomplete; /* memory was out */
} collector;

static void print_agent(FILE *to, uint32_t agent, const char *name) {
    fprintf(to, "agent %" PRIu32 " (", agent);
    hd_print_string(to, name);
    fputc(')', to);
}

static void print_left(FILE *to, const hd_record_event *e) {
    char text[TEXT];
    print_agent(to, e->before, e->before_name);
    if (!e->preempts) {
        fputs(" cannot go on\n", to);
        return;
    }
    fputs(" is preempted", to);
    for (size_t i = 0; i < e->other_count; i++) {
        const hd_record_other *other = &e->others[i];
        if (other->agent != e->before) continue;
        if (other->next.kind != HD_EVENT_KINDS)
            fprintf(to, " before %s", hd_event_phrase(&other->next, text, sizeof text));
        hd_trace_print_place(to, other->place);
    }
    fputc('\n', to);
}

static void print_others(FILE *to, const hd_record_event *e) {
    size_t printed = 0;
    for (size_t i = 0; i < e->other_count && printed <= OTHERS; i++) {
        if (e->others[i].agent == e->before) continue;
        if (printed == OTHERS)
            fputs(", ...", to);
        else
            fprintf(to, "%s %" PRIu32, printed == 0 ? "; so could agent" : ",", e->others[i].agent);
        printed++;
    }
}

static char *describe(const hd_record_event *e) {
    char text[TEXT];
    hd_output output;
    FILE *to = hd_output_open(&output);
    if (to) {
        fprintf(to, "  step %" PRIu64 ": ", e->step);
        print_left(to, e);
        fputs("    ", to);
        print_agent(to, e->agent, e->name);
        fprintf(to, " moves: %s", hd_trace_phrase(e, text, sizeof text));
        hd_trace_print_place(to, e->place);
        print_others(to, e);
        fputc('\n', to);
    }
    return hd_output_take(&output, NULL);
}

static void add(latest *to, char *line) {
    char **place = &to->lines[to->count++ % SHOWN];
    hd_free(*place);
    *place = line;
}

static void take(void *context, const hd_record_event *e) {
    collector *c = context;
    char *line = describe(e);
    char *again = line && e->preempts ? hd_strndup(line, strlen(line)) : NULL;
    if (!line || (e->preempts && !again)) c->incomplete = true;
    add(&c->all, line);
    if (e->preempts) add(&c->preemptions, again);
}

/* Joins the lines that are shown. */
static void finish(collector *c, hd_switches *s) {
    hd_output output;
    s->count = c->all.count;
    s->preemptions = c->preemptions.count;
    s->preemptive = s->count > SHOWN && s->preemptions > 0;
    const latest *from = s->preemptive ? &c->preemptions : &c->all;
    s->shown = from->count < SHOWN ? (unsigned)from->count : SHOWN;
    if (s->count == 0 || c->incomplete) return;
    FILE *to = hd_output_open(&output);
    for (uint64_t i = from->count - s->shown; to && i < from->count; i++)
        fputs(from->lines[i % SHOWN], to);
    s->text = hd_output_take(&output, NULL);
    if (!s->text) c->incomplete = true;
}

static void free_collector(collector *c) {
    for (size_t i = 0; i < SHOWN; i++) {
        hd_free(c->all.lines[i]);
        hd_free(c->preemptions.lines[i]);
    }
}

/* Executes the trace again. */
static hd_status execute(hd_record *record, const hd_control_options *options,
                         const hd_trace *trace, hd_campaign_body *body, void *context,
                         hd_diag *diag) {
    hd_execution e;
    hd_run_outcome outcome = {0};
    hd_control_options how = *options;
    how.trace = NULL; /* its strategy is none that replays are checked by */
    how.races.mode = HD_RACES_OFF;
    how.json = false;
    hd_execution_plan plan = {.strategy = hd_record_strategy(record),
                              .seed = hd_trace_get_origin(trace).seed,
                              .recall = trace,
                              .exact = true,
                              .learning = true};
    if (hd_execution_begin_with(&e, &how, &plan, diag) != HD_OK) return diag->status;
    hd_record_attach(record, e.world);
    body(context, &e, &outcome);
    hd_free(outcome.text);
    hd_execution_end(&e);
    return HD_OK;
}

hd_status hd_switches_take(hd_switches *s, const hd_control_options *options, const hd_trace *trace,
                           hd_campaign_body *body, void *context, hd_diag *diag) {
    uint64_t events = hd_trace_events(trace), failures = hd_alloc_failures();
    collector c = {0};
    *s = (hd_switches){.from = events > LOOKED ? events - LOOKED : 0};
    hd_strategy *replay = hd_strategy_replay(trace);
    hd_record_options how = {
        .strategy = replay, .from = s->from, .switches_only = true, .event = take, .context = &c};
    hd_record *record = replay ? hd_record_new(&how) : NULL;
    if (record && execute(record, options, trace, body, context, diag) == HD_OK) finish(&c, s);
    if (!record || c.incomplete || !hd_record_complete(record) || hd_alloc_failures() > failures)
        hd_diag_nomem(diag);
    hd_record_free(record);
    hd_strategy_free(replay);
    free_collector(&c);
    return diag->status;
}

void hd_switches_free(hd_switches *s) {
    hd_free(s->text);
    *s = (hd_switches){0};
}

void hd_switches_print(FILE *to, const hd_switches *s, const char *trace) {
    if (!s->text) return;
    fprintf(to, "switches: %" PRIu64 ", %" PRIu64 " preemption%s", s->count, s->preemptions,
            s->preemptions == 1 ? "" : "s");
    if (s->from > 0) fprintf(to, ", from step %" PRIu64 " on", s->from);
    if (s->shown < s->count) {
        if (s->preemptive && s->shown == s->preemptions)
            fputs("; the preemptions", to);
        else
            fprintf(to, "; the last %u%s", s->shown, s->preemptive ? " preemptions" : "");
        if (trace) {
            fputs(" (heddle trace ", to);
            hd_print_string(to, trace);
            fputs(" shows all)", to);
        }
    }
    fputs(":\n", to);
    fputs(s->text, to);
}
