/* explore_weak.c: see explore_weak.h. */
#include "cli/explore_weak.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "cli/explore_subject.h"
#include "cli/input.h"
#include "cli/json.h"
#include "cli/message.h"
#include "cli/weak_picture.h"

enum { MOST_LISTED = 20, MOST_PICTURES = 10 };

typedef struct report {
    hd_step_subject *subject;
    hd_weak_result result;
    bool reads; /* outcomes are told apart by what was read, … */
    bool ends;  /* … which was too much: so by failures alone */
    size_t sequential, beyond;
} report;

static const char *name_of(const report *r) {
    return hd_input_name(r->subject->program.path);
}

/* True if agents have results to tell outcomes apart by: more than the line that says how the
 * program has ended. */
static bool has_results(const hd_weak_result *result) {
    for (size_t i = 0; i < result->outcomes.len; i++) {
        const char *line = strchr(result->outcomes.items[i].text, '\n');
        if (line && line[1]) return true;
    }
    return false;
}

static hd_status enumerate_by(report *r, bool reads, hd_diag *diag) {
    hd_explore_subject subject = hd_explored(r->subject);
    hd_weak_options options = {.reads = reads};
    hd_weak_result_free(&r->result);
    r->reads = reads;
    return hd_weak_enumerate(&subject, &options, &r->result, diag);
}

/* Where nothing returns results, what was read is the outcome; if that is too much, only how it
 * ended. */
static hd_status enumerate(report *r, hd_diag *diag) {
    enumerate_by(r, !r->subject->is_program, diag);
    if (!r->reads && diag->status == HD_OK && !r->result.refused[0] && !has_results(&r->result))
        enumerate_by(r, true, diag);
    if (r->reads && diag->status == HD_OK && r->result.crowded) {
        r->ends = true;
        enumerate_by(r, false, diag);
    }
    for (size_t i = 0; i < r->result.outcomes.len; i++)
        r->result.outcomes.items[i].sequential ? r->sequential++ : r->beyond++;
    return diag->status;
}

/* In words. */

static const char *s_of(uint64_t count) {
    return count == 1 ? "" : "s";
}

static void print_sequential(const report *r) {
    size_t listed = 0;
    for (size_t i = 0; i < r->result.outcomes.len && listed < MOST_LISTED; i++) {
        const hd_weak_outcome *o = &r->result.outcomes.items[i];
        if (!o->sequential) continue;
        fputs("  sequentially consistent: ", stdout);
        hd_weak_print_outcome(stdout, &r->result, o, r->reads);
        putchar('\n');
        listed++;
    }
    if (listed < r->sequential)
        printf("  and %zu more that are sequentially consistent\n", r->sequential - listed);
}

static bool print_beyond(const report *r) {
    size_t shown = 0;
    for (size_t i = 0; i < r->result.outcomes.len && shown < MOST_PICTURES; i++) {
        const hd_weak_outcome *o = &r->result.outcomes.items[i];
        if (o->sequential) continue;
        fputs("  allowed, but not sequentially consistent: ", stdout);
        hd_weak_print_outcome(stdout, &r->result, o, r->reads);
        putchar('\n');
        if (!hd_weak_print_picture(stdout, &r->result, o)) return false;
        shown++;
    }
    if (shown < r->beyond)
        printf("  and %zu more that are not; --json has them all\n", r->beyond - shown);
    return true;
}

static bool print_words(const report *r) {
    const hd_weak_result *w = &r->result;
    print_sequential(r);
    if (!print_beyond(r)) return false;
    hd_print_string(stdout, name_of(r));
    printf(": EXHAUSTIVE by the relaxed memory model: %zu outcome%s beyond sequential consistency, "
           "%zu under it\n",
           r->beyond, s_of(r->beyond), r->sequential);
    printf("  of all %" PRIu64 " candidate execution%s of at most %zu access%s, told apart by %s\n",
           w->candidates, s_of(w->candidates), w->most_events, w->most_events == 1 ? "" : "es",
           r->reads  ? "what was read"
           : r->ends ? "failures"
                     : "results");
    if (w->awaits) puts("  rounds of loops that only read were left out: they add no outcomes");
    return true;
}

/* JSON. */

static char *outcome_text(const report *r, const hd_weak_outcome *o, size_t event) {
    hd_output output;
    FILE *text = hd_output_open(&output);
    if (text && event == SIZE_MAX)
        hd_weak_print_outcome(text, &r->result, o, r->reads);
    else if (text)
        hd_weak_print_event(text, o, event);
    return hd_output_take(&output, NULL);
}

static bool add_text(cJSON *object, const char *member, char *text) {
    if (text) hd_json_text(object, member, text, strlen(text));
    hd_free(text);
    return text != NULL;
}

static bool add_events(cJSON *row, const report *r, const hd_weak_outcome *o) {
    cJSON *events = cJSON_AddArrayToObject(row, "events");
    bool good = true;
    char name[16];
    for (size_t i = 0; i < o->execution->count && good; i++) {
        const hd_weak_event *e = &o->execution->events[i];
        cJSON *one = cJSON_CreateObject();
        cJSON_AddStringToObject(one, "name", hd_weak_event_name((int)i, name, sizeof name));
        const char *agent = r->result.agents.items[e->agent];
        hd_json_text(one, "agent", agent, strlen(agent));
        good = add_text(one, "event", outcome_text(r, o, i));
        cJSON_AddNumberToObject(one, "memory", e->memory);
        cJSON_AddNumberToObject(one, "address", (double)e->address);
        cJSON_AddNumberToObject(one, "length", e->length);
        cJSON_AddBoolToObject(one, "atomic", e->atomic);
        if (e->place) {
            hd_json_text(one, "function", e->place->function, strlen(e->place->function));
            cJSON_AddNumberToObject(one, "offset", e->place->offset);
        }
        cJSON_AddItemToArray(events, one);
    }
    return good;
}

static bool add_edges(cJSON *row, const hd_weak_outcome *o) {
    hd_weak_edges edges = {0};
    bool good = hd_weak_edges_of(o, &edges);
    cJSON *array = cJSON_AddArrayToObject(row, "edges");
    char name[16];
    for (size_t i = 0; i < edges.len && good; i++) {
        const hd_weak_edge *e = &edges.items[i];
        cJSON *one = cJSON_CreateObject();
        cJSON_AddStringToObject(one, "kind", hd_weak_edge_name(e->kind));
        cJSON_AddStringToObject(one, "from", hd_weak_event_name(e->from, name, sizeof name));
        cJSON_AddStringToObject(one, "to", hd_weak_event_name(e->to, name, sizeof name));
        cJSON_AddItemToArray(array, one);
    }
    cJSON *order = cJSON_AddArrayToObject(row, "order");
    for (size_t i = 0; i < o->execution->count; i++)
        cJSON_AddItemToArray(
            order, cJSON_CreateString(hd_weak_event_name(o->witness->order[i], name, sizeof name)));
    hd_vec_free(&edges);
    return good;
}

static bool add_outcomes(cJSON *all, const report *r, const char *member, bool sequential) {
    cJSON *array = cJSON_AddArrayToObject(all, member);
    bool good = true;
    for (size_t i = 0; i < r->result.outcomes.len && good; i++) {
        const hd_weak_outcome *o = &r->result.outcomes.items[i];
        if (o->sequential != sequential) continue;
        cJSON *row = cJSON_CreateObject();
        good = add_text(row, "outcome", outcome_text(r, o, SIZE_MAX));
        if (!sequential) good = good && add_events(row, r, o) && add_edges(row, o);
        cJSON_AddItemToArray(array, row);
    }
    return good;
}

static bool print_json(const report *r) {
    cJSON *all = cJSON_CreateObject();
    const hd_weak_result *w = &r->result;
    bool refused = w->refused[0];
    hd_json_text(all, "file", name_of(r), strlen(name_of(r)));
    cJSON_AddStringToObject(all, "verdict",
                            refused ? "REFUSED" : "EXHAUSTIVE by the relaxed memory model");
    if (refused) {
        cJSON_AddStringToObject(all, "refused", w->refused);
        return hd_json_print(all);
    }
    cJSON_AddStringToObject(all, "outcomes_by",
                            r->reads  ? "reads"
                            : r->ends ? "failures"
                                      : "results");
    bool good = add_outcomes(all, r, "sequential", true) && add_outcomes(all, r, "weak", false);
    cJSON_AddNumberToObject(all, "candidates", (double)w->candidates);
    cJSON_AddNumberToObject(all, "accesses", (double)w->most_events);
    if (good) return hd_json_print(all);
    cJSON_Delete(all);
    return false;
}

/* The whole. */

static bool save_dot(const report *r, const char *path, hd_diag *diag) {
    FILE *file = fopen(path, "w");
    if (!file) {
        hd_diag_set(diag, HD_IO, "%s: %s", path, strerror(errno));
        return false;
    }
    bool good = true;
    for (size_t i = 0; i < r->result.outcomes.len && good; i++) {
        const hd_weak_outcome *o = &r->result.outcomes.items[i];
        good = o->sequential || hd_weak_print_dot(file, &r->result, o, r->reads);
    }
    if (!good) hd_diag_nomem(diag);
    bool failed = ferror(file);
    if ((fclose(file) != 0 || failed) && good)
        hd_diag_set(diag, HD_IO, "%s: it could not be written", path);
    return diag->status == HD_OK;
}

static int tell(const report *r, bool json, const char *dot, hd_diag *diag) {
    bool refused = r->result.refused[0];
    if (refused && !json) {
        hd_diag_set(diag, HD_LIMIT, "weak outcomes cannot be told: %s", r->result.refused);
        return HD_EXIT_INPUT;
    }
    if (!refused && dot && !save_dot(r, dot, diag)) return HD_EXIT_INPUT;
    if (json && !print_json(r)) return HD_EXIT_INPUT;
    if (!json && !print_words(r)) {
        hd_diag_nomem(diag);
        return HD_EXIT_INPUT;
    }
    return refused ? HD_EXIT_INPUT : r->beyond > 0 ? HD_EXIT_FAILED : HD_EXIT_OK;
}

int hd_explore_weak(hd_step_subject *subject, bool json, const char *dot, hd_diag *diag) {
    report r = {.subject = subject, .result = {.arena = HD_ARENA_INIT}};
    int status = enumerate(&r, diag) == HD_OK ? tell(&r, json, dot, diag) : HD_EXIT_INPUT;
    hd_weak_result_free(&r.result);
    return status;
}
