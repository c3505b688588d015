/* graph.h: an execution as a graph, for Graphviz: its events, program order, reads-from,
 * synchronizes-with and happens-before (doc/events.md, "Races"), and what races. */
#ifndef HD_CLI_GRAPH_H
#define HD_CLI_GRAPH_H

#include "cli/step_subject.h"
#include "debug/record.h"

/* An execution with more events than that is no picture, and refused. */
enum { HD_GRAPH_MOST_EVENTS = 1000 };

typedef struct hd_graph_access {
    uint32_t memory;
    uint64_t address, length;
    bool reads, writes;
    uint64_t from; /* the event whose write it reads; HD_NO_EVENT: what memory was at first */
} hd_graph_access;

typedef struct hd_graph_node {
    uint64_t step;
    uint32_t agent;
    hd_event_kind kind;
    bool changes, timeout, woke;
    const hd_memory *memory; /* to be compared only */
    uint64_t address;
    uint64_t cause; /* the event that spawned or woke its agent, or that it joins; HD_NO_EVENT */
    size_t first, count; /* its accesses */
    const char *name, *label;
} hd_graph_node;

/* Begins all zero. */
typedef struct hd_graph {
    HD_VEC(hd_graph_node) nodes;
    HD_VEC(hd_graph_access) accesses;
    hd_arena arena;
    uint32_t agents;
    bool incomplete; /* memory was out */
    bool too_large;
} hd_graph;

/* Adds an event of an execution, in order. */
void hd_graph_add(hd_graph *graph, const hd_record_event *event);
void hd_graph_free(hd_graph *graph);

/* Adds all events of a trace of the subject, which is executed for it. */
hd_status hd_graph_add_trace(hd_graph *graph, hd_step_subject *subject, const hd_trace *trace,
                             hd_diag *diag);

/* Write the graph in the language of Graphviz, or as a picture in SVG, by its program `dot`. HD_IO,
 * HD_NOMEM, HD_LIMIT. */
hd_status hd_graph_write_dot(const hd_graph *graph, const char *path, hd_diag *diag);
hd_status hd_graph_write_picture(const hd_graph *graph, const char *path, hd_diag *diag);

#endif
