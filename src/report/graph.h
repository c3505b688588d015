/* graph.h: the event graph of a run as a picture (SVG 1.1, no external references).
 *
 * Nodes are events, in a column for each agent, in the order in which they happened. Edges are
 * those of relaxed.rst: program order, reads-from and synchronizes-with (spawn, join, wake and
 * growth included); and, in red, where a race shows that happens-before misses one. */
#ifndef HD_REPORT_GRAPH_H
#define HD_REPORT_GRAPH_H

#include <stdio.h>

#include "report/recorded_run.h"

/* Prints a finished run. `inside`: as an element of a page of HTML, else as a file. */
void hd_event_graph_print(FILE *to, const hd_recorded_run *run, bool inside);

#endif
