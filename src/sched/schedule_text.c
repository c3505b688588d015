/* schedule_text.c: schedules from and to text. */
#include "sched/schedule_text.h"

#include <stdio.h>

bool hd_schedule_format(const hd_trace *trace, char *buffer, size_t room) {
    hd_move move;
    hd_trace_cursor cursor = hd_trace_start(trace);
    const char *comma = "";
    if (room == 0) return false;
    *buffer = '\0';
    for (; hd_trace_next(&cursor, &move); comma = ",") {
        int length;
        if (move.events == HD_TIMEOUT)
            length = snprintf(buffer, room, "%s%u~", comma, move.agent);
        else if (move.events == 1)
            length = snprintf(buffer, room, "%s%u", comma, move.agent);
        else
            length = snprintf(buffer, room, "%s%u*%llu", comma, move.agent,
                              (unsigned long long)move.events);
        if ((size_t)length >= room) return false;
        buffer += length;
        room -= (size_t)length;
    }
    return true;
}

/* Reads a number from `least` to below `bound` and passes it; false when none stands there. */
static bool take_number(const char **at, uint64_t least, uint64_t bound, uint64_t *number) {
    const char *start = *at;
    *number = 0;
    for (; **at >= '0' && **at <= '9'; (*at)++) {
        *number = *number * 10 + (uint64_t)(**at - '0');
        if (*number >= bound) break;
    }
    if (*at > start && *number >= least && *number < bound) return true;
    *at = start;
    return false;
}

/* Reads a move and passes it; NULL or what is wrong. */
static const char *take_move(const char **at, hd_trace *trace) {
    uint64_t agent, events = 1;
    if (!take_number(at, 0, HD_TRACE_MOST_AGENTS, &agent)) return "an agent's number is needed";
    if (**at == '!')
        return "a start is no move any more: this is a schedule of an older version, which does "
               "not "
               "fit; record it again";
    if (**at == '~') {
        (*at)++;
        events = HD_TIMEOUT;
    } else if (**at == '*') {
        (*at)++;
        if (!take_number(at, 1, HD_TRACE_MOST_EVENTS, &events))
            return "a number of events, at least 1, is needed";
    }
    if (**at != ',' && **at != '\0') return "a comma is needed";
    hd_trace_add_move(trace, (uint32_t)agent, events);
    return NULL;
}

hd_status hd_schedule_parse(const char *text, hd_trace **trace, hd_diag *diag) {
    hd_trace *made = hd_trace_new();
    const char *at = text, *wrong = NULL;
    if (!made) return hd_diag_nomem(diag);
    while (*at && !wrong) {
        wrong = take_move(&at, made);
        if (!wrong && *at == ',' && *++at == '\0') wrong = "an agent's number is needed";
    }
    if (wrong)
        hd_diag_set(diag, HD_FAILED, "schedule \"%s\", character %td: %s", text, at - text + 1,
                    wrong);
    else if (!hd_trace_complete(made))
        hd_diag_set(diag, HD_FAILED, "the schedule is too long");
    if (diag->status == HD_OK)
        *trace = made;
    else
        hd_trace_free(made);
    return diag->status;
}
