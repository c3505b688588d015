/* graph.c: the events of an execution, and where the graph goes. graph_edges.c has the edges. */
#include "cli/graph.h"

#include <errno.h>
#include <inttypes.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "cli/graph_edges.h"
#include "cli/trace_text.h"
#include "sched/replay.h"

extern char **environ;

static const char *keep(hd_graph *g, char *text) {
    const char *kept = text ? hd_arena_strndup(&g->arena, text, strlen(text)) : NULL;
    hd_free(text);
    if (!kept) g->incomplete = true;
    return kept ? kept : "";
}

/* What the event was, and where, on two lines. */
static char *describe(const hd_record_event *e) {
    char phrase[160];
    hd_output output;
    FILE *to = hd_output_open(&output);
    if (to) {
        fprintf(to, "%" PRIu64 ": %s", e->step, hd_trace_phrase(e, phrase, sizeof phrase));
        if (e->access_count == 1 && e->accesses[0].width == e->accesses[0].length) {
            const hd_record_access *a = &e->accesses[0];
            if (a->writes && a->found_known)
                fprintf(to, ": 0x%" PRIx64 " -> 0x%" PRIx64, a->found, a->left);
            else
                fprintf(to, ": %s 0x%" PRIx64, a->writes ? "left" : "read", a->left);
        }
        if (e->place) {
            const hd_source_frame *source = hd_trace_source(e->place);
            fprintf(to, "\n%s", e->place->function);
            if (source->file) fprintf(to, " at %s:%" PRIu32, source->file, source->line);
        }
    }
    return hd_output_take(&output, NULL);
}

void hd_graph_add(hd_graph *g, const hd_record_event *e) {
    if (g->nodes.len >= HD_GRAPH_MOST_EVENTS) g->too_large = true;
    if (g->too_large || g->incomplete) return;
    hd_graph_node node = {.step = e->step,
                          .agent = e->agent,
                          .kind = e->event.kind,
                          .changes = e->event.writes,
                          .timeout = e->timeout,
                          .woke = e->woken_count > 0,
                          .memory = e->event.memory,
                          .address = e->event.address,
                          .cause = e->cause,
                          .first = g->accesses.len,
                          .count = e->access_count};
    node.name = keep(g, hd_strndup(e->name, strlen(e->name)));
    node.label = keep(g, describe(e));
    for (size_t i = 0; i < e->access_count; i++) {
        const hd_record_access *a = &e->accesses[i];
        hd_graph_access access = {a->memory, a->address, a->length,
                                  a->reads,  a->writes,  a->from_step};
        if (!hd_vec_push(&g->accesses, access)) g->incomplete = true;
    }
    if (!hd_vec_push(&g->nodes, node)) g->incomplete = true;
    if (e->agent >= g->agents) g->agents = e->agent + 1;
}

void hd_graph_free(hd_graph *g) {
    hd_vec_free(&g->nodes);
    hd_vec_free(&g->accesses);
    hd_arena_free(&g->arena);
}

static void add(void *graph, const hd_record_event *event) {
    hd_graph_add(graph, event);
}

static void attach(void *record, hd_world *world) {
    hd_record_attach(record, world);
}

hd_status hd_graph_add_trace(hd_graph *g, hd_step_subject *subject, const hd_trace *trace,
                             hd_diag *diag) {
    hd_outcome outcome;
    hd_strategy *replay = hd_strategy_replay(trace);
    hd_record *record =
        hd_record_new(&(hd_record_options){.strategy = replay, .event = add, .context = g});
    if (replay && record) {
        hd_observer observer = hd_record_observer(record);
        hd_execution_plan plan = {.strategy = hd_record_strategy(record),
                                  .observer = &observer,
                                  .seed = hd_trace_get_origin(trace).seed,
                                  .recall = hd_trace_outcome(trace, &outcome) ? trace : NULL,
                                  .exact = true};
        bool quiet = subject->quiet;
        uint64_t steps = subject->control.steps;
        subject->quiet = true;
        if (!plan.recall) subject->control.steps = hd_trace_events(trace); /* no further */
        hd_step_subject_run(subject, &plan, attach, record, diag);
        subject->quiet = quiet;
        subject->control.steps = steps;
        if (!hd_record_complete(record)) hd_diag_nomem(diag);
    } else {
        hd_diag_nomem(diag);
    }
    hd_record_free(record);
    hd_strategy_free(replay);
    return diag->status;
}

/* Prints the graph; false after a diagnosis. */
static bool print(const hd_graph *g, FILE *to, hd_diag *diag) {
    if (g->too_large)
        hd_diag_set(diag, HD_LIMIT, "an execution of more than %d events is no picture",
                    HD_GRAPH_MOST_EVENTS);
    else if (g->incomplete || !hd_graph_print(g, to))
        hd_diag_nomem(diag);
    return diag->status == HD_OK;
}

hd_status hd_graph_write_dot(const hd_graph *g, const char *path, hd_diag *diag) {
    FILE *file = fopen(path, "w");
    if (!file) return hd_diag_set(diag, HD_IO, "%s: %s", path, strerror(errno));
    print(g, file, diag);
    bool good = !ferror(file);
    if ((fclose(file) != 0 || !good) && diag->status == HD_OK)
        hd_diag_set(diag, HD_IO, "%s: %s", path, strerror(errno));
    return diag->status;
}

/* Has `dot` read a file and write a picture. */
static hd_status run_dot(FILE *from, const char *path, hd_diag *diag) {
    static const char missing[] = "pictures need Graphviz's program dot";
    char *const arguments[] = {"dot", "-Tsvg", "-o", (char *)path, NULL};
    posix_spawn_file_actions_t actions;
    pid_t child;
    int status = -1;
    if (posix_spawn_file_actions_init(&actions) != 0) return hd_diag_nomem(diag);
    int error = posix_spawn_file_actions_adddup2(&actions, fileno(from), STDIN_FILENO);
    if (error == 0) error = posix_spawnp(&child, "dot", &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) return hd_diag_set(diag, HD_IO, "%s: %s", missing, strerror(error));
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return HD_OK;
    return hd_diag_set(diag, HD_IO, "%s, which failed", missing);
}

hd_status hd_graph_write_picture(const hd_graph *g, const char *path, hd_diag *diag) {
    FILE *file = tmpfile();
    if (!file) return hd_diag_set(diag, HD_IO, "no temporary file: %s", strerror(errno));
    if (print(g, file, diag)) {
        if (fflush(file) != 0 || fseek(file, 0, SEEK_SET) != 0)
            hd_diag_set(diag, HD_IO, "a temporary file: %s", strerror(errno));
        else
            run_dot(file, path, diag);
    }
    fclose(file);
    return diag->status;
}
