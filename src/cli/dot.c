/* dot.c: see dot.h. */
#include "cli/dot.h"

#include <string.h>

#include "cli/message.h"

/* Of what hd_print_text leaves, backslash and quote have a meaning in DOT. */
void hd_dot_text(FILE *to, const char *text, bool left) {
    fputc('"', to);
    for (; *text; text++) {
        size_t plain = strcspn(text, "\"\\\n");
        hd_print_text(to, text, plain);
        text += plain;
        if (!*text) break;
        if (*text == '\n')
            fputs("\\l", to);
        else
            fprintf(to, "\\%c", *text);
    }
    fputs(left ? "\\l\"" : "\"", to);
}

void hd_dot_begin(FILE *to, const char *title) {
    fputs("digraph {\n  label=", to);
    hd_dot_text(to, title, false);
    fputs(";\n  labelloc=t;\n  node [shape=box, fontname=monospace];\n", to);
}

void hd_dot_begin_group(FILE *to, size_t number, const char *label) {
    fprintf(to, "  subgraph cluster_%zu {\n    label=", number);
    hd_dot_text(to, label, false);
    fputs(";\n", to);
}

void hd_dot_node(FILE *to, const char *name, const char *label) {
    fputs("    ", to);
    hd_dot_text(to, name, false);
    fputs(" [label=", to);
    hd_dot_text(to, label, false);
    fputs("];\n", to);
}

void hd_dot_end_group(FILE *to) {
    fputs("  }\n", to);
}

void hd_dot_edge(FILE *to, const char *from, const char *into, const char *label,
                 const char *colour, const char *style) {
    fputs("  ", to);
    hd_dot_text(to, from, false);
    fputs(" -> ", to);
    hd_dot_text(to, into, false);
    fputs(" [label=", to);
    hd_dot_text(to, label, false);
    fprintf(to, ", color=%s, style=%s];\n", colour, style);
}

void hd_dot_end(FILE *to) {
    fputs("}\n", to);
}
