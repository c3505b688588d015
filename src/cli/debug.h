/* debug.h: what the files of `heddle debug` share: cmd_debug.c has the command line, debug_line.c
 * reads what the user types, debug_orders.c is the table of orders and those that move,
 * debug_look.c those that look, debug_points.c those about points, debug_screen.c what is shown
 * after each move, debug_source.c lines of sources, debug_subject.c what is debugged. */
#ifndef HD_CLI_DEBUG_H
#define HD_CLI_DEBUG_H

#include <stdio.h>

#include "cli/begun.h"
#include "debug/session.h"

/* What is debugged, for executions one after the other. */
typedef struct hd_debuggee {
    hd_step_subject subject;
    hd_trace *trace;  /* that is debugged, or NULL */
    bool is_recorded; /* its inputs are taken from it */
    uint64_t seed;
    hd_trace *inputs;   /* of the present execution, from outside; or NULL */
    bool lacked_memory; /* the host had too little for one that has ended */
} hd_debuggee;

hd_session_subject hd_debuggee_functions(hd_debuggee *debuggee);

/* How far a text file was read: its lines, kept. */
typedef struct hd_source_text {
    char *path;
    char *bytes; /* NULL: it cannot be read */
    HD_VEC(const char *) lines;
} hd_source_text;

typedef struct hd_debugger {
    hd_debuggee debuggee;
    hd_session *session;
    hd_halt halt;   /* of the latest move */
    uint64_t shown; /* bytes of what the program has printed that were shown */
    uint32_t agent; /* the one that orders without one are about */
    bool terminal;  /* of the output: colours, and its width */
    unsigned width, height;
    bool quit;
    bool moved; /* by the order under way: then the screen is shown, and an empty line repeats it */
    char last[256]; /* the latest order that moved */
    HD_VEC(hd_source_text) texts;

    /* Where orders come from. */
    const char *script; /* the file of --script, or NULL: standard input */
    FILE *input;
    bool edits; /* it is a terminal, and lines can be edited */
} hd_debugger;

/* An order. */
typedef struct hd_order_entry {
    const char *name, *key;                       /* in full, and in short or NULL */
    const char *usage;                            /* what follows, or "" */
    const char *help;                             /* one line */
    void (*run)(hd_debugger *d, char *arguments); /* which it may take apart */
} hd_order_entry;

/* The orders; the last one has no name. */
extern const hd_order_entry hd_orders[];

/* Carries out a line. */
void hd_debugger_obey(hd_debugger *d, const char *line);

/* Reads a line, without its end, into a buffer; false when there are no more. Lines of a file are
 * shown behind the prompt. */
bool hd_debugger_read(hd_debugger *d, char *line, size_t size);

/* Says what is wrong with an order. */
void hd_debugger_refuse(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Shows the present. */
void hd_debugger_show(hd_debugger *d);

/* Parts of the screen. */
void hd_debugger_show_halt(hd_debugger *d, FILE *to);
void hd_debugger_show_event(hd_debugger *d, FILE *to);
void hd_debugger_show_agents(hd_debugger *d, FILE *to, bool source);
void hd_debugger_show_queues(hd_debugger *d, FILE *to);
void hd_debugger_show_lanes(hd_debugger *d, FILE *to, unsigned width);
void hd_debugger_show_moves(hd_debugger *d, FILE *to, size_t most);

/* Prints a past event, as `agent 1 $A: store of 4 bytes at 0x0 in $f at FILE:1:2`. */
void hd_debugger_print_event(hd_debugger *d, FILE *to, uint64_t step);

/* Prints what was printed into memory, cut into lines of the terminal's width. */
void hd_debugger_print_cut(const hd_debugger *d, const char *text);

/* The line of a source file that a place stands on, without blanks around it; NULL: unknown. Lives
 * as long as the debugger. And the file's text. */
const char *hd_debugger_source_line(hd_debugger *d, const hd_place_info *place, char *buffer,
                                    size_t size);
const hd_source_text *hd_debugger_source(hd_debugger *d, const char *path);

/* The next word of arguments, NUL-terminated, or NULL; `*at` moves behind it. */
char *hd_next_word(char **at);

/* Reads a whole number, decimal or with 0x before it, that ends the text; false if it is none. */
bool hd_read_whole(const char *text, uint64_t *number);

/* Reads `[MEMORY:]ADDRESS[+LENGTH]`, with `length` unless one is given; false after a message. */
bool hd_read_range(const char *text, uint64_t length, uint32_t *memory, uint64_t *address,
                   uint64_t *count);

/* Reads an agent: a number; NULL: the present one. False after a message. */
bool hd_read_agent(hd_debugger *d, const char *text, uint32_t *agent);

/* Orders. */
typedef void hd_order_run(hd_debugger *d, char *arguments);
hd_order_run hd_order_agents, hd_order_where, hd_order_memory, hd_order_queues, hd_order_who,
    hd_order_became, hd_order_why, hd_order_lanes, hd_order_moves, hd_order_event, hd_order_list,
    hd_order_output, hd_order_state, hd_order_locals, hd_order_globals, hd_order_break,
    hd_order_watch, hd_order_points, hd_order_delete, hd_order_catch, hd_order_uncatch;

#endif
