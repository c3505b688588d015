/* weak_picture.h: an execution of the relaxed memory model as a picture: its events, agent by
 * agent, and the edges between them. */
#ifndef HD_CLI_WEAK_PICTURE_H
#define HD_CLI_WEAK_PICTURE_H

#include "base/vec.h"
#include "weak/weak.h"

typedef enum hd_weak_edge_kind {
    HD_WEAK_PROGRAM_ORDER,
    HD_WEAK_STARTS, /* by a spawn or a join */
    HD_WEAK_READS_FROM,
    HD_WEAK_SYNCHRONIZES,
    HD_WEAK_OVERWRITTEN, /* from a read to a write that replaced what it has read */
    HD_WEAK_EDGE_KINDS,
} hd_weak_edge_kind;

/* In words, as `reads-from`; static storage. */
const char *hd_weak_edge_name(hd_weak_edge_kind kind);

typedef struct hd_weak_edge {
    hd_weak_edge_kind kind;
    int from, to; /* events; HD_WEAK_INIT: the initial bytes */
} hd_weak_edge;

typedef HD_VEC(hd_weak_edge) hd_weak_edges;

/* The edges of the execution that shows an outcome; false when memory is out. */
bool hd_weak_edges_of(const hd_weak_outcome *outcome, hd_weak_edges *edges);

/* The name of an event in pictures, one letter, or `initial`. */
const char *hd_weak_event_name(int event, char *buffer, size_t size);

/* What an event is and did, as `load of 4 bytes at 0x0: read 0x00000000 (initial)`; without a
 * witness it is not said from where. */
void hd_weak_print_event(FILE *to, const hd_weak_outcome *outcome, size_t event);

/* The outcome in one line. */
void hd_weak_print_outcome(FILE *to, const hd_weak_result *result, const hd_weak_outcome *outcome,
                           bool reads);

/* Pictures of the execution that shows an outcome: as text, and in DOT. False when memory is out.
 */
bool hd_weak_print_picture(FILE *to, const hd_weak_result *result, const hd_weak_outcome *outcome);
bool hd_weak_print_dot(FILE *to, const hd_weak_result *result, const hd_weak_outcome *outcome,
                       bool reads);

#endif
