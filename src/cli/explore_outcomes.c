/* explore_outcomes.c: see explore_outcomes.h. */
#include "cli/explore_outcomes.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/output.h"
#include "cli/explore_subject.h"
#include "cli/report_json.h"
#include "cli/script/match.h"
#include "sched/schedule_text.h"

/* More of a schedule than that, and of rows as text, is left out. */
enum { MOST_SCHEDULE = 400, MOST_ROWS = 40 };

/* What the execution came to, as one line. */
static char *text_of(const hd_explore_execution *e, size_t *length) {
    static const char *const ends[HD_EXPLORE_ENDS] = {[HD_EXPLORE_DEADLOCKED] = "deadlock\n",
                                                      [HD_EXPLORE_LIVELOCKED] = "livelock\n",
                                                      [HD_EXPLORE_BOUND] = "cut short\n"};
    hd_output output;
    FILE *to = hd_output_open(&output);
    if (to) {
        hd_explored_print(e->execution, to);
        if (ends[e->end]) fputs(ends[e->end], to);
        if (e->failure) fprintf(to, "%s\n", e->failure);
    }
    char *text = hd_output_take(&output, length);
    if (!text) return NULL;
    while (*length > 0 && text[*length - 1] == '\n')
        text[--*length] = '\0';
    for (size_t i = 0; i < *length; i++)
        if (text[i] == '\n') text[i] = ';';
    return text;
}

/* How many moves the schedule has, neighbours of one agent in one. */
static uint64_t moves_of(const hd_explore_execution *e) {
    uint64_t count = 0;
    for (size_t i = 0; i < e->count; i++)
        count += i == 0 || e->moves[i].agent != e->moves[i - 1].agent ||
                 e->moves[i].events == HD_TIMEOUT || e->moves[i - 1].events == HD_TIMEOUT;
    return count;
}

static hd_trace *schedule_of(const hd_explore_execution *e) {
    hd_trace *made = hd_trace_new();
    for (size_t i = 0; made && i < e->count; i++)
        hd_trace_add_move(made, e->moves[i].agent, e->moves[i].events);
    if (made && hd_trace_complete(made)) return made;
    hd_trace_free(made);
    return NULL;
}

/* The row of an outcome, which is made if it is new; NULL when memory is out. */
static hd_explored_outcome *row_of(hd_explored_outcomes *all, char *text, size_t length) {
    uintptr_t place = (uintptr_t)hd_map_get(&all->places, text, length);
    if (place > 0) {
        hd_free(text);
        return &all->items.items[place - 1];
    }
    hd_explored_outcome made = {.text = text, .length = length};
    place = all->items.len + 1;
    if (!hd_vec_push(&all->items, made)) {
        hd_free(text);
        return NULL;
    }
    bool put = hd_map_put(&all->places, text, length, (void *)place, NULL);
    return put ? &all->items.items[place - 1] : NULL;
}

static hd_explored_either *either_of(hd_explored_outcomes *all, const hd_alternative *taken) {
    for (size_t i = 0; i < all->eithers.len; i++)
        if (all->eithers.items[i].pattern == taken->pattern) return &all->eithers.items[i];
    hd_explored_either made = {
        .line = taken->line, .column = taken->column, .pattern = taken->pattern};
    size_t count = taken->pattern->choice_count;
    if (!hd_vec_reserve(&made.counts, count) || !hd_vec_push(&all->eithers, made)) {
        hd_vec_free(&made.counts);
        return NULL;
    }
    hd_explored_either *kept = &all->eithers.items[all->eithers.len - 1];
    memset(kept->counts.items, 0, count * sizeof *kept->counts.items);
    kept->counts.len = count;
    return kept;
}

static bool add_alternatives(hd_explored_outcomes *all, const hd_cluster *script) {
    bool good = true;
    const hd_alternative *list;
    size_t count;
    for (size_t i = 0; (list = hd_wast_alternatives(script, i, &count)); i++)
        for (size_t k = 0; k < count && good; k++) {
            hd_explored_either *either = either_of(all, &list[k]);
            good = either != NULL;
            if (good) either->counts.items[list[k].taken]++;
        }
    return good;
}

bool hd_explored_outcomes_add(hd_explored_outcomes *all, const hd_explore_execution *e) {
    size_t length;
    const hd_cluster *script = hd_explored_script(e->execution);
    if (script && !add_alternatives(all, script)) return false;
    char *text = text_of(e, &length);
    hd_explored_outcome *row = text ? row_of(all, text, length) : NULL;
    if (!row) return false;
    row->count++;
    if (row->schedule && hd_trace_moves(row->schedule) <= moves_of(e)) return true;
    hd_trace_free(row->schedule);
    row->schedule = schedule_of(e);
    return row->schedule != NULL;
}

void hd_explored_outcomes_free(hd_explored_outcomes *all) {
    for (size_t i = 0; i < all->items.len; i++) {
        hd_free(all->items.items[i].text);
        hd_trace_free(all->items.items[i].schedule);
    }
    for (size_t i = 0; i < all->eithers.len; i++)
        hd_vec_free(&all->eithers.items[i].counts);
    hd_vec_free(&all->items);
    hd_vec_free(&all->eithers);
    hd_map_free(&all->places);
    *all = (hd_explored_outcomes){0};
}

static int by_count(const void *a, const void *b) {
    const hd_explored_outcome *x = a, *y = b;
    if (x->count != y->count) return x->count < y->count ? 1 : -1;
    return strcmp(x->text, y->text);
}

static int by_place(const void *a, const void *b) {
    const hd_explored_either *x = a, *y = b;
    if (x->line != y->line) return x->line < y->line ? -1 : 1;
    return (x->column > y->column) - (x->column < y->column);
}

/* The places of rows are not needed any more. */
static void sort(hd_explored_outcomes *all) {
    if (all->items.len) qsort(all->items.items, all->items.len, sizeof *all->items.items, by_count);
    if (all->eithers.len)
        qsort(all->eithers.items, all->eithers.len, sizeof *all->eithers.items, by_place);
}

static void print_missing(FILE *to, const hd_explored_either *either) {
    for (size_t i = 0; i < either->counts.len; i++) {
        if (either->counts.items[i] > 0) continue;
        char *text = hd_patterns_text(&either->pattern->choices[i], 1);
        fprintf(to, "  never at %" PRIu32 ":%" PRIu32 ": %s\n", either->line, either->column,
                text ? text : "");
        hd_free(text);
    }
}

void hd_explored_outcomes_print(FILE *to, hd_explored_outcomes *all, uint64_t executions) {
    char schedule[MOST_SCHEDULE];
    if (all->items.len == 1 && all->items.items[0].length == 0) return;
    sort(all);
    for (size_t i = 0; i < all->items.len && i < MOST_ROWS; i++) {
        const hd_explored_outcome *o = &all->items.items[i];
        fprintf(to, "  %" PRIu64 " of %" PRIu64 ": ", o->count, executions);
        if (o->length > 0)
            hd_print_text(to, o->text, o->length);
        else
            fputs("no results", to);
        if (hd_schedule_format(o->schedule, schedule, sizeof schedule))
            fprintf(to, " (--schedule=%s)", schedule);
        fputc('\n', to);
    }
    if (all->items.len > MOST_ROWS)
        fprintf(to, "  %zu more outcomes: see --json\n", all->items.len - MOST_ROWS);
    for (size_t i = 0; i < all->eithers.len; i++)
        print_missing(to, &all->eithers.items[i]);
}

static cJSON *either_to_json(const hd_explored_either *either) {
    cJSON *row = cJSON_CreateObject();
    cJSON_AddNumberToObject(row, "line", either->line);
    cJSON_AddNumberToObject(row, "column", either->column);
    cJSON *choices = cJSON_AddArrayToObject(row, "choices");
    for (size_t i = 0; i < either->counts.len; i++) {
        cJSON *choice = cJSON_CreateObject();
        char *text = hd_patterns_text(&either->pattern->choices[i], 1);
        hd_json_string(choice, "result", text);
        cJSON_AddNumberToObject(choice, "count", (double)either->counts.items[i]);
        cJSON_AddItemToArray(choices, choice);
        hd_free(text);
    }
    return row;
}

void hd_explored_outcomes_to_json(hd_explored_outcomes *all, cJSON *object) {
    char schedule[MOST_SCHEDULE];
    cJSON *rows = cJSON_AddArrayToObject(object, "outcomes");
    sort(all);
    for (size_t i = 0; i < all->items.len; i++) {
        const hd_explored_outcome *o = &all->items.items[i];
        cJSON *row = cJSON_CreateObject();
        hd_json_text(row, "outcome", o->text, o->length);
        cJSON_AddNumberToObject(row, "executions", (double)o->count);
        if (hd_schedule_format(o->schedule, schedule, sizeof schedule))
            cJSON_AddStringToObject(row, "schedule", schedule);
        cJSON_AddItemToArray(rows, row);
    }
    if (all->eithers.len == 0) return;
    cJSON *alternatives = cJSON_AddArrayToObject(object, "alternatives");
    for (size_t i = 0; i < all->eithers.len; i++)
        cJSON_AddItemToArray(alternatives, either_to_json(&all->eithers.items[i]));
}
