/* debug_orders.c: the table of orders of `heddle debug`, and those that move. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "cli/debug.h"
#include "cli/message.h"

void hd_debugger_refuse(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    char *text = hd_format_list(format, arguments);
    va_end(arguments);
    fputs("  ", stdout);
    if (text) hd_print_string(stdout, text);
    fputc('\n', stdout);
    hd_free(text);
}

char *hd_next_word(char **at) {
    char *word = *at + strspn(*at, " \t");
    if (!*word) return NULL;
    *at = word + strcspn(word, " \t");
    if (**at) *(*at)++ = '\0';
    return word;
}

bool hd_read_whole(const char *text, uint64_t *number) {
    char *end;
    errno = 0;
    if (!isdigit((unsigned char)*text)) return false;
    *number = strtoull(text, &end, text[0] == '0' && (text[1] | 32) == 'x' ? 16 : 10);
    return errno == 0 && !*end;
}

bool hd_read_agent(hd_debugger *d, const char *text, uint32_t *agent) {
    uint64_t number = d->agent;
    const hd_world *world = hd_session_world(d->session);
    if (text && !hd_read_whole(text, &number)) {
        hd_debugger_refuse("'%s' is no number of an agent", text);
        return false;
    }
    if (!world || number >= hd_world_count(world)) {
        hd_debugger_refuse("there is no agent %" PRIu64, number);
        return false;
    }
    *agent = (uint32_t)number;
    return true;
}

/* Behind a move. */
static void moved(hd_debugger *d, hd_halt halt) {
    if (halt.reason == HD_HALT_REFUSED) {
        hd_debugger_refuse("%s", halt.text);
        return;
    }
    d->moved = true;
    d->halt = halt;
    if (halt.agent != HD_NO_AGENT) d->agent = halt.agent;
}

/* A number of events, one if there is none; false after a message. */
static bool read_events(char *arguments, uint64_t *events) {
    const char *word = hd_next_word(&arguments);
    *events = 1;
    if (!word || (hd_read_whole(word, events) && *events > 0)) return true;
    hd_debugger_refuse("'%s' is no number of events", word);
    return false;
}

static void order_next(hd_debugger *d, char *arguments) {
    uint64_t events;
    if (read_events(arguments, &events)) moved(d, hd_session_forward(d->session, events));
}

static void order_back(hd_debugger *d, char *arguments) {
    uint64_t events;
    if (read_events(arguments, &events)) moved(d, hd_session_back(d->session, events));
}

static void order_continue(hd_debugger *d, char *arguments) {
    hd_diag diag = HD_DIAG_INIT;
    const char *strategy = hd_next_word(&arguments);
    if (strategy && !hd_session_set_strategy(d->session, strategy, &diag))
        hd_debugger_refuse("%s", diag.message);
    else
        moved(d, hd_session_forward(d->session, UINT64_MAX));
}

static void order_reverse(hd_debugger *d, char *arguments) {
    (void)arguments;
    moved(d, hd_session_back(d->session, UINT64_MAX));
}

static void order_goto(hd_debugger *d, char *arguments) {
    const char *word = hd_next_word(&arguments);
    uint64_t step;
    if (word && strcmp(word, "end") == 0)
        step = UINT64_MAX;
    else if (!word || !hd_read_whole(word, &step)) {
        hd_debugger_refuse("goto needs a step, or `end`");
        return;
    }
    moved(d, hd_session_seek(d->session, step));
}

/* `N`, `N*K` or `N~`. */
static void order_move(hd_debugger *d, char *arguments) {
    const char *word = hd_next_word(&arguments);
    uint64_t agent = 0, events = 1;
    bool timeout = false, good = word != NULL;
    char *mark = word ? strpbrk(word, "*~") : NULL;
    if (mark && *mark == '~')
        timeout = good = mark[1] == '\0';
    else if (mark)
        good = hd_read_whole(mark + 1, &events) && events > 0;
    if (mark) *mark = '\0';
    if (!good || !hd_read_whole(word, &agent) || agent >= HD_NO_AGENT) {
        hd_debugger_refuse("a move is N, or N*K, or N~");
        return;
    }
    moved(d, hd_session_move(d->session, (uint32_t)agent, events, timeout));
}

static void move_by(hd_debugger *d, char *arguments, hd_stride stride) {
    uint32_t agent;
    if (!hd_read_agent(d, hd_next_word(&arguments), &agent)) return;
    moved(d, hd_session_stride(d->session, agent, stride));
}

static void order_line(hd_debugger *d, char *arguments) {
    move_by(d, arguments, HD_STRIDE_LINE);
}

static void order_over(hd_debugger *d, char *arguments) {
    move_by(d, arguments, HD_STRIDE_OVER);
}

static void order_out(hd_debugger *d, char *arguments) {
    move_by(d, arguments, HD_STRIDE_OUT);
}

static void order_show(hd_debugger *d, char *arguments) {
    (void)arguments;
    hd_debugger_show(d);
}

static void order_quit(hd_debugger *d, char *arguments) {
    (void)arguments;
    d->quit = true;
}

/* The trace of the moves to the present; one of the whole run knows its end, and what came from
 * outside. */
static hd_trace *make_trace(hd_debugger *d) {
    hd_words words = {0};
    hd_debuggee *debuggee = &d->debuggee;
    hd_trace *trace = hd_trace_new();
    hd_outcome outcome;
    const char *text;
    bool good = trace != NULL;
    hd_step_subject_words(&debuggee->subject, &words);
    hd_trace_origin origin = {"debug", debuggee->seed, words.list.items, words.list.len};
    good = good && !words.incomplete && hd_trace_set_origin(trace, &origin);
    if (good) {
        hd_trace_bind(trace, debuggee->subject.input.bytes, debuggee->subject.input.length);
        hd_session_add_moves(d->session, trace);
    }
    if (good && hd_session_end(d->session, &outcome, &text)) {
        hd_begun *begun = hd_session_execution(d->session);
        hd_failure failure = HD_FAILURE_INIT;
        hd_trace_copy_inputs(trace, debuggee->inputs);
        good = hd_execution_take_failure(&begun->execution, &failure) &&
               hd_trace_finish(trace, outcome, &failure);
        hd_failure_free(&failure);
    }
    hd_words_free(&words);
    if (good && hd_trace_complete(trace)) return trace;
    hd_trace_free(trace);
    return NULL;
}

static void order_save(hd_debugger *d, char *arguments) {
    hd_diag diag = HD_DIAG_INIT;
    char *path = arguments + strspn(arguments, " \t");
    if (!*path) {
        hd_debugger_refuse("save needs a file");
        return;
    }
    hd_trace *trace = make_trace(d);
    if (!trace)
        hd_diag_nomem(&diag);
    else
        hd_trace_save(trace, path, &diag);
    hd_trace_free(trace);
    if (diag.status == HD_OK)
        hd_debugger_refuse("saved: heddle replay %s", path);
    else
        hd_debugger_refuse("%s", diag.message);
}

static void order_help(hd_debugger *d, char *arguments);

const hd_order_entry hd_orders[] = {
    {"move", "N", "N | N*K | N~", "move agent N by one event, by K; or let its wait time out",
     order_move},
    {"next", "n", "[K]", "go on by one event, or K: as recorded, then as the strategy says",
     order_next},
    {"continue", "c", "[STRATEGY]", "go on to the next stop, behind the record by a strategy",
     order_continue},
    {"line", NULL, "[AGENT]", "move an agent alone to an event on another line", order_line},
    {"over", NULL, "[AGENT]", "the same, past functions that it calls", order_over},
    {"out", NULL, "[AGENT]", "to an event in a function that has called this one", order_out},
    {"back", "u", "[K]", "go back by one event, or K", order_back},
    {"reverse", "rc", "", "go back to the stop before", order_reverse},
    {"goto", "g", "STEP | end", "go to a step, past all stops", order_goto},
    {"break", "b", "FUNCTION | [FILE:]LINE | 0xOFFSET | #INDEX", "stop where an agent comes there",
     hd_order_break},
    {"watch", "wa", "[read|write|access|change] RANGE",
     "stop at accesses of bytes (default: change)", hd_order_watch},
    {"catch", NULL, "race|failure|trap|spawn|end", "stop at these", hd_order_catch},
    {"uncatch", NULL, "WHAT", "do not", hd_order_uncatch},
    {"points", "p", "", "what moves stop at", hd_order_points},
    {"delete", "d", "NUMBER", "forget a breakpoint or watchpoint", hd_order_delete},
    {"show", NULL, "", "the screen once more", order_show},
    {"agents", "a", "", "all agents, and why they are blocked", hd_order_agents},
    {"where", "bt", "[AGENT]", "the stack of an agent", hd_order_where},
    {"locals", NULL, "[AGENT [FRAME]]", "parameters and locals of a frame (0: the innermost)",
     hd_order_locals},
    {"globals", NULL, "[AGENT]", "globals of the instance that an agent is in", hd_order_globals},
    {"list", "l", "[AGENT]", "the source around an agent", hd_order_list},
    {"memory", "x", "RANGE", "bytes of a shared memory", hd_order_memory},
    {"who", NULL, "RANGE", "who wrote these bytes last", hd_order_who},
    {"became", NULL, "RANGE", "when these bytes became what they are", hd_order_became},
    {"why", "y", "[AGENT]", "why an agent is blocked, how the run has ended", hd_order_why},
    {"queues", NULL, "", "wait queues, in the order in which they are woken", hd_order_queues},
    {"event", "e", "[STEP]", "what happened at a step (default: the last one)", hd_order_event},
    {"lanes", NULL, "[K]", "who did what in the last K events", hd_order_lanes},
    {"moves", "w", "", "the schedule so far", hd_order_moves},
    {"output", "o", "", "all that the program has printed", hd_order_output},
    {"state", NULL, "", "a digest of the state, to compare steps and runs by", hd_order_state},
    {"save", "s", "FILE", "write the run so far as a trace", order_save},
    {"help", "h", "[ORDER]", "this", order_help},
    {"quit", "q", "", "", order_quit},
    {0},
};

static const hd_order_entry *find(const char *word) {
    size_t length = strlen(word), fits = 0;
    const hd_order_entry *only = NULL;
    for (const hd_order_entry *o = hd_orders; o->name; o++) {
        if (strcmp(o->name, word) == 0 || (o->key && strcmp(o->key, word) == 0)) return o;
        if (strncmp(o->name, word, length) != 0) continue;
        only = o;
        fits++;
    }
    return fits == 1 ? only : NULL;
}

static void print_order(const hd_order_entry *o) {
    char text[80];
    snprintf(text, sizeof text, "%s%s%s %s", o->name, o->key ? ", " : "", o->key ? o->key : "",
             o->usage);
    if (strlen(text) < 24)
        printf("  %-24s%s\n", text, o->help);
    else
        printf("  %s\n  %-24s%s\n", text, "", o->help);
}

static void order_help(hd_debugger *d, char *arguments) {
    (void)d;
    const char *word = hd_next_word(&arguments);
    const hd_order_entry *one = word ? find(word) : NULL;
    if (word && !one)
        hd_debugger_refuse("'%s' is no order", word);
    else if (one)
        print_order(one);
    for (const hd_order_entry *o = hd_orders; o->name && !word; o++)
        print_order(o);
    if (word) return;
    puts("  RANGE is [MEMORY:]ADDRESS[+LENGTH]; memories are numbered as they are first accessed.\n"
         "  An empty line repeats the last move. Words may be cut short.");
}

/* Carries out an order; false if there is none of that name. */
static bool obey(hd_debugger *d, const char *line) {
    char text[256], *at = text;
    snprintf(text, sizeof text, "%s", line);
    const char *start = text + strspn(text, " \t");
    d->moved = false;
    if (isdigit((unsigned char)*start)) {
        order_move(d, at);
    } else {
        const char *word = hd_next_word(&at);
        const hd_order_entry *order = word ? find(word) : NULL;
        if (!order) return !word;
        order->run(d, at);
    }
    if (!d->moved) return true;
    hd_debugger_show(d);
    snprintf(d->last, sizeof d->last, "%s", line);
    return true;
}

void hd_debugger_obey(hd_debugger *d, const char *line) {
    const char *start = line + strspn(line, " \t");
    if (*start == '#' || *start == ';') return; /* a remark */
    if (!*start) start = d->last;
    if (!obey(d, start)) hd_debugger_refuse("'%s' is no order: `help` tells which there are", line);
}
