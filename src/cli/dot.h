/* dot.h: graphs in DOT, the language of Graphviz. Texts may be anything: they are escaped. */
#ifndef HD_CLI_DOT_H
#define HD_CLI_DOT_H

#include <stdbool.h>
#include <stdio.h>

/* Writes a text as a quoted string; `left`: its last line, too, stands on the left of its box. */
void hd_dot_text(FILE *to, const char *text, bool left);

/* A directed graph with a title; a group of nodes with a frame around it; a node, a line of text
 * each but for '\n' in it; an edge with a label, in a colour and style of Graphviz. */
void hd_dot_begin(FILE *to, const char *title);
void hd_dot_begin_group(FILE *to, size_t number, const char *label);
void hd_dot_node(FILE *to, const char *name, const char *label);
void hd_dot_end_group(FILE *to);
void hd_dot_edge(FILE *to, const char *from, const char *into, const char *label,
                 const char *colour, const char *style);
void hd_dot_end(FILE *to);

#endif
