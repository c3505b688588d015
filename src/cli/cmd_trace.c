/* cmd_trace.c: `heddle trace`: what happened in a recorded run, event by event. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/graph.h"
#include "cli/json.h"
#include "cli/message.h"
#include "cli/report_json.h"
#include "cli/sources.h"
#include "cli/step_subject.h"
#include "cli/trace_json.h"
#include "cli/trace_picture.h"
#include "cli/trace_text.h"
#include "debug/record.h"
#include "sched/replay.h"

enum { AROUND = 257, CONTEXT, AGENT, ADDRESS, LINE, FORMAT, DOT, PICTURE };

enum { DEFAULT_CONTEXT = 10 };

typedef enum format {
    FORMAT_TEXT,
    FORMAT_LANES,
    FORMAT_SVG,
    FORMAT_HTML,
    FORMAT_JSON,
    FORMAT_PERFETTO
} format;

static hd_picture_kind picture_of(format f) {
    return f == FORMAT_LANES ? HD_PICTURE_LANES
           : f == FORMAT_SVG ? HD_PICTURE_GRAPH
                             : HD_PICTURE_PAGE;
}

static bool is_picture(format f) {
    return f == FORMAT_LANES || f == FORMAT_SVG || f == FORMAT_HTML;
}

typedef struct options {
    format format;
    bool has_around, has_agent, has_address;
    uint64_t around, context, agent;
    uint64_t address, length;
    const char *file; /* of --line; NULL: any */
    size_t file_length;
    uint64_t line; /* 0: any */

    const char *dot, *picture; /* files for its graph, or NULL */

    hd_step_subject subject;
    hd_graph graph;
    cJSON *rows;
    hd_timeline timeline;
    const hd_strategy *replay;
    hd_diag check; /* of the replay */
    hd_trace_picture drawing;
    uint64_t next; /* the step that would follow the last one shown */
} options;

/* Options. */

static bool read_format(const hd_subcommand *self, options *o, const char *value) {
    static const char *const names[] = {"text", "lanes", "svg", "html", "json", "perfetto"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], value) == 0) {
            o->format = (format)i;
            return true;
        }
    hd_usage_error(self, "--format is text, lanes, svg, html, json or perfetto, not '%s'", value);
    return false;
}

/* A number, in hexadecimal with 0x before it, that ends with `end`. */
static const char *read_number(const char *text, uint64_t *number) {
    char *end;
    errno = 0;
    if (*text < '0' || *text > '9') return NULL;
    *number = strtoull(text, &end, 0);
    return errno == 0 ? end : NULL;
}

/* ADDRESS or ADDRESS+LENGTH. */
static bool read_address(const hd_subcommand *self, options *o, const char *value) {
    o->length = 1;
    o->has_address = true;
    const char *rest = read_number(value, &o->address);
    if (rest && *rest == '+') rest = read_number(rest + 1, &o->length);
    if (rest && !*rest && o->length > 0) return true;
    hd_usage_error(self, "--address needs ADDRESS or ADDRESS+LENGTH, not '%s'", value);
    return false;
}

/* LINE or FILE:LINE. */
static bool read_line(const hd_subcommand *self, options *o, const char *value) {
    const char *colon = strrchr(value, ':');
    o->file = colon ? value : NULL;
    o->file_length = colon ? (size_t)(colon - value) : 0;
    const char *rest = read_number(colon ? colon + 1 : value, &o->line);
    if (rest && !*rest && o->line > 0) return true;
    hd_usage_error(self, "--line needs LINE or FILE:LINE, not '%s'", value);
    return false;
}

static bool take_option(const hd_subcommand *self, void *context, int key, const char *value) {
    options *o = context;
    switch (key) {
    case AROUND:
        o->has_around = true;
        return hd_option_count(self, "around", value, 0, UINT64_MAX / 2, &o->around);
    case CONTEXT: return hd_option_count(self, "context", value, 0, UINT64_MAX / 4, &o->context);
    case AGENT:
        o->has_agent = true;
        return hd_option_count(self, "agent", value, 0, UINT32_MAX, &o->agent);
    case ADDRESS: return read_address(self, o, value);
    case LINE: return read_line(self, o, value);
    case FORMAT: return read_format(self, o, value);
    case DOT: o->dot = value; return true;
    case PICTURE: o->picture = value; return true;
    case HD_SOURCE_PATH_KEY: return hd_option_source_path(self, value);
    default: return false;
    }
}

/* Which events are shown. */

static bool touches(const options *o, const hd_record_event *e) {
    if (e->event.memory && e->access_count == 0 && e->event.address - o->address < o->length)
        return true; /* a notify, the resumption of a wait */
    for (size_t i = 0; i < e->access_count; i++) {
        const hd_record_access *a = &e->accesses[i];
        if (a->address - o->address < o->length || o->address - a->address < a->length) return true;
    }
    return false;
}

/* True if a path is the file of --line, or one of that name in some folder. */
static bool is_file(const options *o, const char *path) {
    size_t length = path ? strlen(path) : 0;
    if (length < o->file_length) return false;
    const char *tail = path + length - o->file_length;
    return memcmp(tail, o->file, o->file_length) == 0 && (tail == path || tail[-1] == '/');
}

static bool is_line(const options *o, const hd_source_frame *frame) {
    return frame->file && frame->line == o->line && (!o->file || is_file(o, frame->file));
}

static bool stands(const options *o, const hd_report_frame *place) {
    if (!place) return false;
    for (size_t i = 0; i < place->inlined_count; i++)
        if (is_line(o, &place->inlined[i])) return true;
    return is_line(o, &place->source);
}

static bool is_shown(const options *o, const hd_record_event *e) {
    uint64_t first = o->around > o->context ? o->around - o->context : 0;
    if (o->has_around && (e->step < first || e->step > o->around + o->context)) return false;
    if (o->has_agent && e->agent != o->agent) return false;
    if (o->has_address && !touches(o, e)) return false;
    return o->line == 0 || stands(o, e->place);
}

static void show(void *context, const hd_record_event *e) {
    options *o = context;
    if (o->dot || o->picture) hd_graph_add(&o->graph, e);
    if (!is_shown(o, e)) return;
    switch (o->format) {
    case FORMAT_TEXT:
        if (e->step > o->next) puts("   ...");
        hd_trace_print(stdout, e);
        break;
    case FORMAT_JSON: cJSON_AddItemToArray(o->rows, hd_trace_event_to_json(e)); break;
    case FORMAT_PERFETTO: hd_timeline_add(&o->timeline, o->rows, e); break;
    default: hd_trace_picture_add(&o->drawing, e);
    }
    o->next = e->step + 1;
}

/* The run. */

static void attach(void *record, hd_world *world) {
    hd_record_attach(record, world);
}

/* Of the execution behind its end: whether it is the recorded one, and its races. */
static void inspect(void *context, const hd_execution *execution) {
    options *o = context;
    hd_replay_check(o->replay, execution->world, &o->check);
    if (is_picture(o->format)) hd_recorded_run_take_races(&o->drawing.run, execution->races);
}

/* What the run failed in, in words; "": in nothing that the trace knows. */
static const char *describe_failure(const options *o, const hd_trace *trace, char *text,
                                    size_t size) {
    const hd_failure *failure = hd_trace_failure(trace);
    if (o->subject.failure) return o->subject.failure;
    if (!failure || failure->kind == HD_FAILURE_NONE) return "";
    const char *name = hd_failure_kind_name(failure->kind);
    if (failure->kind == HD_FAILURE_CHECK && failure->places.len > 0)
        snprintf(text, size, "failed %s at %" PRIu64 ":%" PRIu64, name,
                 failure->places.items[0].offset >> 12, failure->places.items[0].offset & 0xFFF);
    else
        snprintf(text, size, "%s", name);
    return text;
}

static bool print_json(options *o, bool known, hd_outcome outcome, const char *failure) {
    if (o->format == FORMAT_PERFETTO) return hd_json_print(o->rows);
    cJSON *all = cJSON_CreateObject();
    hd_json_string(all, "file", o->subject.program.path);
    cJSON_AddItemToObject(all, "events", o->rows);
    if (known) hd_json_string(all, "outcome", hd_outcome_name(outcome));
    if (*failure) hd_json_string(all, "failure", failure);
    return hd_json_print(all);
}

/* How the run ended, and why; false when memory is out. */
static bool print_end(options *o, const hd_trace *trace) {
    hd_outcome outcome;
    const hd_step_subject *s = &o->subject;
    char text[160];
    const char *failure = describe_failure(o, trace, text, sizeof text);
    bool known = hd_trace_outcome(trace, &outcome);
    const char *end = *failure ? failure : known ? hd_outcome_name(outcome) : "of the trace";
    if (o->rows) return print_json(o, known, outcome, failure);
    if (is_picture(o->format)) return hd_trace_picture_draw(&o->drawing, &o->subject, end);
    printf("   end  ");
    hd_print_string(stdout, end);
    putchar('\n');
    if (s->checks) fwrite(s->checks, 1, s->checks_length, stdout);
    return true;
}

/* Executes it again, and tells what is found: as long as there is the record, whose names are used.
 */
static hd_status execute(options *o, const hd_trace *trace, hd_diag *diag) {
    hd_outcome outcome;
    hd_strategy *replay = hd_strategy_replay(trace);
    hd_record *record =
        hd_record_new(&(hd_record_options){.strategy = replay, .event = show, .context = o});
    hd_divergence d;
    if (replay && record) {
        hd_observer observer = hd_record_observer(record);
        hd_execution_plan plan = {
            .strategy = hd_record_strategy(record),
            .observer = &observer,
            .seed = hd_trace_get_origin(trace).seed,
            .recall = hd_trace_outcome(trace, &outcome) ? trace : NULL,
            .exact = true,
        };
        o->replay = replay;
        hd_step_subject_run(&o->subject, &plan, attach, record, diag);
        if (!hd_record_complete(record) || o->timeline.incomplete) hd_diag_nomem(diag);
        if (hd_replay_divergence(replay, &d))
            hd_diag_set(diag, HD_FAILED,
                        "diverged from the trace at step %" PRIu64 ": expected %s, found %s",
                        d.step, d.expected, d.found);
        else if (diag->status == HD_OK && o->check.status != HD_OK)
            hd_diag_set(diag, HD_FAILED, "diverged from the trace: %.300s", o->check.message);
        if (diag->status == HD_OK || diag->status == HD_FAILED) {
            if (!print_end(o, trace)) hd_diag_nomem(diag);
            o->rows = NULL;
        }
    } else {
        hd_diag_nomem(diag);
    }
    hd_record_free(record);
    hd_strategy_free(replay);
    return diag->status;
}

static hd_status tell(options *o, const char *path, hd_diag *diag) {
    hd_trace *trace;
    if (hd_trace_load(path, &trace, diag) != HD_OK) return diag->status;
    o->subject.quiet = true;
    if (is_picture(o->format)) o->drawing.kind = picture_of(o->format);
    if (!o->has_around && !o->has_agent && !o->has_address && !o->line)
        o->drawing.total = hd_trace_events(trace);
    o->subject.inspect = inspect;
    o->subject.inspector = o;
    if (o->format == FORMAT_JSON || o->format == FORMAT_PERFETTO) o->rows = cJSON_CreateArray();
    if (hd_step_subject_of_trace(&o->subject, trace, diag) == HD_OK) execute(o, trace, diag);
    if (diag->status == HD_OK && o->dot) hd_graph_write_dot(&o->graph, o->dot, diag);
    if (diag->status == HD_OK && o->picture) hd_graph_write_picture(&o->graph, o->picture, diag);
    hd_graph_free(&o->graph);
    cJSON_Delete(o->rows);
    hd_trace_picture_free(&o->drawing);
    hd_timeline_free(&o->timeline);
    hd_step_subject_free(&o->subject);
    hd_trace_free(trace);
    return diag->status;
}

static int run(const hd_subcommand *self, int argc, char **argv) {
    options o = {
        .context = DEFAULT_CONTEXT,
        .check = HD_DIAG_INIT,
        .subject = {.program = HD_PROGRAM_OPTIONS_INIT, .control = HD_CONTROL_OPTIONS_INIT}};
    hd_diag diag = HD_DIAG_INIT;
    int count, status = hd_options_read(self, argc, argv, take_option, &o, &count);
    if (status != HD_OPTIONS_READ) return status;
    if (count != 1) return hd_usage_error(self, "one trace is needed");
    if (tell(&o, argv[0], &diag) == HD_OK) return HD_EXIT_OK;
    fflush(stdout);
    hd_message(hd_channel_stderr(), "error", argv[0], &diag);
    return diag.status == HD_FAILED ? HD_EXIT_FAILED : HD_EXIT_INPUT;
}

const hd_subcommand hd_trace_subcommand = {
    .name = "trace",
    .summary = "tell what happened in a recorded run, event by event",
    .usage = "[OPTION]... TRACE",
    .details =
        "Executes what a trace was recorded of by its schedule, as `heddle replay` does, and "
        "tells\n"
        "each event: its step, its agent, what it did, which values it found and left, which "
        "event\n"
        "wrote what it read or woke it, and where it stands. Between two agents' events it says\n"
        "whether the first one was preempted, and who else could have moved and where. The last\n"
        "lines say how the run ended and why. What the program itself prints is left out.\n"
        "\n"
        "Options that choose events may be combined: all must hold.\n"
        "\n"
        "Exit status: 0; 1 if the execution diverges from the trace; 3 if the trace, or what it\n"
        "was recorded of, cannot be read.",
    .options =
        (const hd_option[]){
            {AROUND, "around", "STEP", "only events near this step"},
            {CONTEXT, "context", "N", "how many before and behind it (default 10)"},
            {AGENT, "agent", "N", "only events of this agent"},
            {ADDRESS, "address", "ADDRESS[+LENGTH]", "only events on these bytes of memory"},
            {LINE, "line", "[FILE:]LINE", "only events of this source line"},
            {FORMAT, "format", "FORMAT",
             "text (default); lanes, a column for each agent; svg, a\n"
             "picture of the order of events; html, a page for a bug\n"
             "report; json; perfetto, for ui.perfetto.dev and\n"
             "chrome://tracing"},
            {DOT, "dot", "FILE", "write its graph, too, in the language of Graphviz"},
            {PICTURE, "picture", "FILE", "the same as a picture in SVG, by Graphviz's `dot`"},
            HD_SOURCE_PATH_OPTION,
            {0}},
    .examples = "$ heddle trace heddle.trace\n"
                "$ heddle trace --around=120 --context=5 heddle.trace\n"
                "$ heddle trace --address=0x10+4 heddle.trace\n"
                "$ heddle trace --format=lanes heddle.trace\n"
                "$ heddle trace --format=html heddle.trace >report.html\n"
                "$ heddle trace --format=perfetto heddle.trace >timeline.json",
    .run = run,
};
