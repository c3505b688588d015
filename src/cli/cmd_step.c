/* cmd_step.c: `heddle step`. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "cli/command.h"
#include "cli/features.h"
#include "cli/input.h"
#include "cli/sources.h"
#include "cli/step_screen.h"
#include "cli/wast_report.h"

enum { SCRIPT = 257, STACK };

typedef struct options {
    const char *path;
    hd_input input; /* the script's bytes: a trace is bound to them */
    hd_wast_options wast;
    const char *script; /* orders, instead of the terminal */
    const char *rest;   /* what is left of it */
} options;

static bool take_option(const hd_subcommand *self, void *context, int key, const char *value) {
    options *o = context;
    uint64_t cells;
    switch (key) {
    case SCRIPT: o->script = o->rest = value; return true;
    case STACK:
        if (!hd_option_stack(self, value, &cells)) return false;
        o->wast.stack = cells;
        return true;
    case HD_SOURCE_PATH_KEY: return hd_option_source_path(self, value);
    case HD_FEATURES_KEY: return hd_option_features(self, value, &o->wast.features);
    default: return false;
    }
}

/* Reads the next order: words of --script, separated by commas or semicolons, or a line. False at
 * the end. */
static bool read_order(options *o, char *line, size_t size) {
    if (!o->script) {
        fputs("> ", stdout);
        fflush(stdout);
        if (!fgets(line, (int)size, stdin)) return false;
        line[strcspn(line, "\n")] = '\0';
        return true;
    }
    o->rest += strspn(o->rest, ";");
    size_t length = strcspn(o->rest, ";");
    if (length == 0) return false;
    if (length >= size) length = size - 1;
    memcpy(line, o->rest, length);
    line[length] = '\0';
    o->rest += strcspn(o->rest, ";");
    printf("> %s\n", line);
    return true;
}

static void print_orders(void) {
    fputs("  N        move agent N by one event      N*K  by K events\n"
          "  (empty)  move the same agent again\n"
          "  u        take the last move back        c [STRATEGY]  go on (default: rr)\n"
          "  w        show all moves so far          s FILE  save them as a trace\n"
          "  q        quit\n",
          stdout);
}

static bool is_enabled(const hd_choice *choice, uint64_t agent) {
    for (size_t i = 0; i < choice->count; i++)
        if (choice->enabled[i] == agent) return true;
    return false;
}

/* `N` or `N*K`. */
static bool parse_move(const char *line, const hd_choice *choice, hd_answer *answer) {
    char *end;
    uint64_t agent = *line ? strtoull(line, &end, 10) : choice->last;
    uint64_t events = 1;
    if (*line) {
        if (end == line) return false;
        if (*end == '*') {
            line = end + 1;
            events = strtoull(line, &end, 10);
            if (end == line || events == 0) return false;
        }
        if (*end) return false;
    }
    if (!is_enabled(choice, agent)) {
        printf("  agent %" PRIu64 " cannot move\n", agent);
        return false;
    }
    *answer = (hd_answer){.order = HD_ORDER_MOVE, .agent = (uint32_t)agent, .events = events};
    return true;
}

/* Saves the moves so far; `heddle replay` goes on from there without preempting anyone. */
static void save(const options *o, const hd_stepper *stepper, const char *path) {
    hd_diag diag = HD_DIAG_INIT;
    size_t count;
    const hd_stepper_move *moves = hd_stepper_moves(stepper, &count);
    const char *const arguments[] = {"wast", o->path};
    hd_trace_origin origin = {"step", 0, arguments, 2};
    hd_trace *trace = hd_trace_new();
    if (trace && hd_trace_set_origin(trace, &origin)) {
        hd_trace_bind(trace, o->input.bytes, o->input.length);
        for (size_t i = 0; i < count; i++)
            hd_trace_add_move(trace, moves[i].agent, moves[i].events);
        hd_trace_save(trace, path, &diag);
    } else {
        hd_diag_nomem(&diag);
    }
    hd_trace_free(trace);
    if (diag.status == HD_OK)
        printf("  saved: heddle replay %s\n", path);
    else
        printf("  %s\n", diag.message);
}

/* Obeys an order; true if it answers the question. */
static bool obey(const options *o, const char *line, const hd_stepper *stepper,
                 const hd_choice *choice, hd_answer *answer) {
    hd_diag diag = HD_DIAG_INIT;
    if (parse_move(line, choice, answer)) return true;
    switch (line[0]) {
    case 'u': answer->order = HD_ORDER_UNDO; return true;
    case 'q': answer->order = HD_ORDER_QUIT; return true;
    case 's':
        if (line[1] == ' ' && line[2])
            save(o, stepper, line + 2);
        else
            puts("  s needs a file: s FILE");
        return false;
    case 'w':
        fputs("  schedule:", stdout);
        hd_step_print_moves(stdout, stepper, SIZE_MAX);
        return false;
    case 'c':
        answer->order = HD_ORDER_CONTINUE;
        answer->strategy =
            hd_strategy_parse(line[1] ? line + 1 + strspn(line + 1, " ") : "rr", 0, 1000, &diag);
        if (!answer->strategy) printf("  %s\n", diag.message);
        return answer->strategy != NULL;
    default:
        if (line[0] < '0' || line[0] > '9') print_orders();
        return false;
    }
}

static void ask(void *context, const hd_stepper *stepper, const hd_choice *choice,
                hd_answer *answer) {
    options *o = context;
    char line[256];
    hd_step_screen(stdout, stepper);
    while (read_order(o, line, sizeof line))
        if (obey(o, line, stepper, choice, answer)) return;
    answer->order = HD_ORDER_QUIT;
}

/* Runs the script once, as the person says. */
static hd_status execute(options *o, const hd_script *script, hd_stepper *stepper,
                         hd_wast_file *file) {
    hd_observer observer = hd_stepper_observer(stepper);
    hd_control_options control = HD_CONTROL_OPTIONS_INIT;
    hd_execution execution;
    hd_execution_plan plan = {.strategy = hd_stepper_strategy(stepper), .observer = &observer};
    if (hd_execution_begin_with(&execution, &control, &plan, &file->diag) != HD_OK)
        return file->diag.status;
    hd_stepper_attach(stepper, execution.sched);
    o->wast.execution = &execution;
    hd_wast_run(script, &o->wast, &file->result, &file->diag);
    hd_execution_end(&execution);
    return file->diag.status;
}

/* Runs it again as long as moves are taken back. */
static int step_through(options *o, const hd_script *script, const char *path) {
    hd_stepper *stepper = hd_stepper_new(ask, o);
    hd_wast_file file = {.path = path};
    if (!stepper) hd_diag_nomem(&file.diag);
    while (stepper && execute(o, script, stepper, &file) == HD_OK && hd_stepper_again(stepper)) {
        hd_wast_result_free(&file.result);
        file = (hd_wast_file){.path = path};
    }
    int status = HD_EXIT_OK;
    if (!stepper || !hd_stepper_quit(stepper)) {
        fflush(stdout);
        hd_wast_print_findings(hd_channel_stderr(), &file, -1);
        hd_wast_print_verdict(stdout, &file, false);
        status = hd_wast_exit_status(&file);
    }
    hd_wast_result_free(&file.result);
    hd_stepper_free(stepper);
    return status;
}

static int run(const hd_subcommand *self, int argc, char **argv) {
    options o = {.wast = {.timeout = -1, .features = HD_FEATURES_ALL, .print = stdout}};
    hd_diag diag = HD_DIAG_INIT;
    hd_arena arena = HD_ARENA_INIT;
    hd_script script;
    int count, status;
    status = hd_options_read(self, argc, argv, take_option, &o, &count);
    if (status != HD_OPTIONS_READ) return status;
    if (count != 1) return hd_usage_error(self, "one script is needed");
    const char *name = hd_input_name(argv[0]);
    o.path = argv[0];
    if (hd_input_read(argv[0], &o.input, &diag) == HD_OK &&
        hd_script_parse(name, o.input.bytes, o.input.length, &arena, &script, &diag) == HD_OK) {
        status = step_through(&o, &script, argv[0]);
    } else {
        hd_message(hd_channel_stderr(), "error", name, &diag);
        status = HD_EXIT_INPUT;
    }
    hd_free(o.input.bytes);
    hd_arena_free(&arena);
    return status;
}

const hd_subcommand hd_step_subcommand = {
    .name = "step",
    .summary = "move the agents of a script by hand",
    .usage = "[OPTION]... SCRIPT",
    .details =
        "Runs a script under control and asks at each scheduling point which agent moves, "
        "by one event\n"
        "(an access to a shared memory, wait, notify, fence, growth, or a call of the host). "
        "Shows the\n"
        "last event and the memory it touched, every agent with what it does next (`*`: it "
        "can move),\n"
        "the wait queues in order, and the schedule so far.\n"
        "\n"
        "Orders:\n"
        "  N             move agent N by one event; N*K by K events\n"
        "  (empty)       move the same agent again\n"
        "  u             take the last move back\n"
        "  c [STRATEGY]  go on without asking (rr, random, …; default rr)\n"
        "  w             show all moves so far\n"
        "  s FILE        save them as a trace, for `heddle replay`\n"
        "  q             quit\n"
        "\n"
        "Exit status: as of `heddle wast`; 0 after q.",
    .options = (const hd_option[]){{SCRIPT, "script", "ORDERS",
                                    "take the orders from here, separated by `;`, instead\n"
                                    "of standard input"},
                                   HD_STACK_OPTION(STACK),
                                   HD_FEATURES_OPTION,
                                   HD_SOURCE_PATH_OPTION,
                                   {0}},
    .examples = "$ heddle step spec/mutex.wast\n"
                "$ heddle step --script='0;1;1;u;c random' spec/litmus-sb.wast",
    .run = run,
};
