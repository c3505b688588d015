/* graph_edges.h: what orders the events of a graph. */
#ifndef HD_CLI_GRAPH_EDGES_H
#define HD_CLI_GRAPH_EDGES_H

#include "cli/graph.h"

/* Prints the graph in the language of Graphviz; false when memory is out. */
bool hd_graph_print(const hd_graph *graph, FILE *to);

#endif
