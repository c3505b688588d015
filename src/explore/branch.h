/* branch.h: wake-up trees.
 *
 * At each place of the present execution hangs an ordered list of branches: what is being executed
 * (the first one), and what is still to be. A branch may have branches of its own, so that a path
 * from the root is a sequence of events that must be executed one after the other. Order matters:
 * what stands before a branch in its list is asleep in it, started or not; and what is inserted
 * never goes before what is there. So the tree is persistent: it only grows at its ends and loses
 * its finished beginnings. */
#ifndef HD_EXPLORE_BRANCH_H
#define HD_EXPLORE_BRANCH_H

#include "sched/footprint.h"

typedef struct hd_branch {
    uint32_t agent;
    hd_footprint footprint; /* of its event */
    struct hd_branch *child, *next;
} hd_branch;

/* Branches that are not in use. */
typedef struct hd_branches {
    hd_branch *free;
    uint64_t count, most; /* in use, now and at most */
} hd_branches;

/* An event of a sequence. */
typedef struct hd_item {
    uint32_t agent;
    hd_footprint footprint;
} hd_item;

/* NULL when memory is out. */
hd_branch *hd_branch_new(hd_branches *all, uint32_t agent);
void hd_branch_free(hd_branches *all, hd_branch *branch);

/* Releases what is in a list, and all branches for good. */
void hd_branch_free_list(hd_branches *all, hd_branch *list);
void hd_branches_free(hd_branches *all);

/* True if the next event of an agent, with this footprint, can be put first in the sequence (it is
 * a weak initial of it): `*at` is where the agent's own first event stands, or -1. */
bool hd_weak_initial(const hd_item *items, size_t count, uint32_t agent, const hd_footprint *next,
                     ptrdiff_t *at);

/* Inserts a sequence into a list unless it is covered by what is there; uses the sequence up. False
 * when memory is out. */
bool hd_branch_insert(hd_branches *all, hd_branch **list, hd_item *items, size_t count);

#endif
