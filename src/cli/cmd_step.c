/* cmd_step.c: `heddle step`. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "cli/command.h"
#include "cli/features.h"
#include "cli/input.h"
#include "cli/message.h"
#include "cli/sources.h"
#include "cli/step_screen.h"
#include "cli/step_subject.h"

enum { SCRIPT = 257, TIMEOUT };

/* Of a move, unless --timeout says otherwise. */
#define MOST_TIME (60 * HD_SECOND)

typedef struct options {
    hd_step_subject subject;
    const char *script; /* orders, instead of the terminal */
    const char *rest;   /* what is left of it */
} options;

static bool take_option(const hd_subcommand *self, void *context, int key, const char *value) {
    options *o = context;
    bool taken;
    if (!hd_program_option(self, &o->subject.program, key, value, &taken)) return false;
    if (taken) return true;
    switch (key) {
    case SCRIPT: o->script = o->rest = value; return true;
    case TIMEOUT:
        if (!hd_option_seconds(self, "timeout", value, &o->subject.most_time)) return false;
        if (o->subject.most_time < 0) o->subject.most_time = 0;
        o->subject.program.timeout = o->subject.most_time; /* for what is told of it */
        return true;
    case HD_SOURCE_PATH_KEY: return hd_option_source_path(self, value);
    case HD_FEATURES_KEY: return hd_option_features(self, value, &o->subject.program.features);
    default: return false;
    }
}

/* Passes what is left of a line that is longer than an order may be; true if there was something.
 */
static bool skip_line(void) {
    int c = getc(stdin);
    if (c == EOF || c == '\n') return false;
    while (c != EOF && c != '\n')
        c = getc(stdin);
    return true;
}

/* Reads a line; false at the end of the input. */
static bool read_line(char *line, size_t size) {
    for (;;) {
        fputs("> ", stdout);
        fflush(stdout);
        if (!fgets(line, (int)size, stdin)) return false;
        size_t length = strlen(line);
        if (length > 0 && line[length - 1] == '\n') {
            line[length - 1] = '\0';
            return true;
        }
        if (length + 1 < size || !skip_line()) return true;
        puts("  too long");
    }
}

/* Reads the next order: words of --script, separated by semicolons, or a line. False at the end. */
static bool read_order(options *o, char *line, size_t size) {
    if (!o->script) return read_line(line, size);
    o->rest += strspn(o->rest, ";");
    size_t length = strcspn(o->rest, ";");
    if (length == 0) return false;
    if (length >= size) length = size - 1;
    memcpy(line, o->rest, length);
    line[length] = '\0';
    o->rest += strcspn(o->rest, ";");
    fputs("> ", stdout);
    hd_print_string(stdout, line);
    fputc('\n', stdout);
    return true;
}

static void print_orders(void) {
    fputs("  N        move agent N by one event      N*K  by K events\n"
          "  N~       let the wait, or sleep, of agent N (marked ~) time out\n"
          "  (empty)  move the same agent again\n"
          "  u        take the last move back        c [STRATEGY]  go on (default: rr)\n"
          "  w        show all moves so far          s FILE  save them as a trace\n"
          "  q        quit\n",
          stdout);
}

static bool is_among(const uint32_t *agents, size_t count, uint64_t agent) {
    for (size_t i = 0; i < count; i++)
        if (agents[i] == agent) return true;
    return false;
}

/* Says what is wrong with an order; false. */
static bool refuse(const char *line, const char *why) {
    fputs("  '", stdout);
    hd_print_string(stdout, line);
    printf("' %s\n", why);
    return false;
}

/* A whole number at `*at`, which moves behind it; false: there is none, or it is too large. */
static bool read_number(const char **at, uint64_t *number) {
    char *end;
    errno = 0;
    if (!isdigit((unsigned char)**at)) return false;
    *number = strtoull(*at, &end, 10);
    *at = end;
    return errno == 0;
}

/* `N`, `N*K` or `N~`, or nothing: the same agent again. */
static bool parse_move(const char *line, const hd_choice *choice, hd_answer *answer) {
    const char *at = line;
    uint64_t agent = choice->last, events = 1;
    bool timeout = false;
    if (*line) {
        bool good = read_number(&at, &agent);
        if (good && *at == '*')
            good = (at++, read_number(&at, &events)) && events > 0;
        else if (good && *at == '~')
            timeout = (at++, true);
        if (!good || *at) return refuse(line, "is no move: N is, or N*K, or N~");
    }
    bool timed = is_among(choice->timed, choice->timed_count, agent);
    bool can_move = is_among(choice->enabled, choice->count, agent);
    if (timeout ? !timed && !(choice->due && can_move) : !timed && !can_move) {
        printf("  agent %" PRIu64 " cannot %s\n", agent, timeout ? "time out" : "move");
        return false;
    }
    *answer = (hd_answer){.order = HD_ORDER_MOVE, .agent = (uint32_t)agent, .events = events};
    return true;
}

/* Saves the moves so far; `heddle replay` goes on from there without preempting anyone. */
static void save(const options *o, const hd_stepper *stepper, const char *path) {
    hd_diag diag = HD_DIAG_INIT;
    size_t count;
    const hd_move *moves = hd_stepper_moves(stepper, &count);
    hd_words words = {0};
    hd_step_subject_words(&o->subject, &words);
    hd_trace_origin origin = {"step", 0, words.list.items, words.list.len};
    hd_trace *trace = hd_trace_new();
    if (trace && !words.incomplete && hd_trace_set_origin(trace, &origin)) {
        hd_trace_bind(trace, o->subject.input.bytes, o->subject.input.length);
        for (size_t i = 0; i < count; i++)
            hd_trace_add_move(trace, moves[i].agent, moves[i].events);
        hd_trace_save(trace, path, &diag);
    } else {
        hd_diag_nomem(&diag);
    }
    hd_trace_free(trace);
    hd_words_free(&words);
    fputs(diag.status == HD_OK ? "  saved: heddle replay " : "  ", stdout);
    hd_print_string(stdout, diag.status == HD_OK ? path : diag.message);
    fputc('\n', stdout);
}

static bool go_on(const char *strategy, hd_answer *answer) {
    hd_diag diag = HD_DIAG_INIT;
    answer->order = HD_ORDER_CONTINUE;
    answer->strategy = hd_strategy_parse(strategy, 0, 1000, &diag);
    if (answer->strategy) return true;
    fputs("  ", stdout);
    hd_print_string(stdout, diag.message);
    fputc('\n', stdout);
    return false;
}

static void show_moves(const hd_stepper *stepper) {
    fputs("  schedule:", stdout);
    hd_step_print_moves(stdout, stepper, SIZE_MAX);
}

/* An order that is one letter alone. */
static bool obey_letter(const char *line, const hd_stepper *stepper, hd_answer *answer) {
    bool alone = !line[1];
    if (*line == 's' && alone) {
        puts("  s needs a file: s FILE");
    } else if (*line == 'w' && alone) {
        show_moves(stepper);
    } else if (strchr("uq", *line) && alone) {
        answer->order = *line == 'u' ? HD_ORDER_UNDO : HD_ORDER_QUIT;
        return true;
    } else {
        refuse(line, "is no order; these are:");
        print_orders();
    }
    return false;
}

/* Obeys an order; true if it answers the question. */
static bool obey(const options *o, const char *line, const hd_stepper *stepper,
                 const hd_choice *choice, hd_answer *answer) {
    size_t letter = strcspn(line, " ");
    const char *rest = line + letter + strspn(line + letter, " ");
    if (!*line || isdigit((unsigned char)*line)) return parse_move(line, choice, answer);
    if (*line == 'c' && letter == 1) return go_on(*rest ? rest : "rr", answer);
    if (*line != 's' || letter != 1 || !*rest) return obey_letter(line, stepper, answer);
    save(o, stepper, rest);
    return false;
}

/* Asks for orders until one answers. */
static void read_answer(options *o, const hd_stepper *stepper, const hd_choice *choice,
                        hd_answer *answer) {
    char line[256];
    while (read_order(o, line, sizeof line))
        if (obey(o, line, stepper, choice, answer)) return;
    answer->order = HD_ORDER_QUIT;
}

static void ask(void *context, const hd_stepper *stepper, const hd_choice *choice,
                hd_answer *answer) {
    options *o = context;
    hd_step_subject_stop_clock(&o->subject);
    hd_step_subject_show(&o->subject, stdout);
    hd_step_screen(stdout, stepper);
    read_answer(o, stepper, choice, answer);
    hd_step_subject_start_clock(&o->subject);
}

/* Runs it again as long as moves are taken back. */
static int step_through(options *o, hd_diag *diag) {
    hd_stepper *stepper = hd_stepper_new(ask, o);
    if (!stepper) hd_diag_nomem(diag);
    while (stepper && hd_step_subject_execute(&o->subject, stepper, diag) == HD_OK &&
           hd_stepper_again(stepper))
        continue;
    int status = HD_EXIT_OK;
    if (diag->status == HD_OK && !hd_stepper_quit(stepper))
        status = hd_step_subject_report(&o->subject);
    hd_stepper_free(stepper);
    return status;
}

static int run(const hd_subcommand *self, int argc, char **argv) {
    options o = {.subject = {.program = HD_PROGRAM_OPTIONS_INIT,
                             .control = HD_CONTROL_OPTIONS_INIT,
                             .most_time = MOST_TIME}};
    o.subject.program.timeout = MOST_TIME;
    hd_diag diag = HD_DIAG_INIT;
    int count;
    int status = hd_options_read(self, argc, argv, take_option, &o, &count);
    if (status != HD_OPTIONS_READ) goto end;
    status = hd_program_options_check(self, &o.subject.program, argv, count);
    if (!status && strcmp(o.subject.program.path, "-") == 0)
        status = hd_usage_error(self, "a file is needed: standard input has the orders");
    if (!status && hd_step_subject_load(&o.subject, &diag) == HD_OK)
        status = step_through(&o, &diag);
    if (diag.status != HD_OK) {
        hd_message(hd_channel_stderr(), "error", hd_input_name(o.subject.program.path), &diag);
        status = HD_EXIT_INPUT;
    }
end:
    hd_step_subject_free(&o.subject);
    return status;
}

const hd_subcommand hd_step_subcommand = {
    .name = "step",
    .summary = "move the agents by hand",
    .usage = "[OPTION]... FILE [ARG]...",
    .details =
        "Runs a script, or a module as `heddle run` does, under control, and asks at each "
        "scheduling\n"
        "point which agent moves, by one event (an access to a shared memory, wait, notify, "
        "fence,\n"
        "growth, or a call of the host). Shows the last event and the memory it touched, every "
        "agent with\n"
        "what it does next (`*`: it can move), the wait queues in order, and the schedule so far.\n"
        "\n"
        "A module is what is binary, or ends in .wat or .wasm, or has --invoke or --agent. Its "
        "standard\n"
        "input is empty unless --stdin names one. Moves are taken back by running it again.\n"
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
        "Exit status: as of `heddle wast` or `heddle run`; 0 after q.",
    .options = (const hd_option[]){{SCRIPT, "script", "ORDERS",
                                    "take the orders from here, separated by `;`, instead\n"
                                    "of standard input"},
                                   {TIMEOUT, "timeout", "SEC",
                                    "a time limit for each move (default: 60; 0: none)"},
                                   HD_PROGRAM_OPTIONS,
                                   HD_FEATURES_OPTION,
                                   HD_SOURCE_PATH_OPTION,
                                   {0}},
    .number_operands = true,
    .examples = "$ heddle step spec/mutex.wast\n"
                "$ heddle step --agent='put 5' --agent=take queue.wasm\n"
                "$ heddle step --script='0;1;1;u;c random' spec/litmus-sb.wast",
    .run = run,
};
