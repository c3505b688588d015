/* branch.c: wake-up trees. */
#include "explore/branch.h"

#include <string.h>

hd_branch *hd_branch_new(hd_branches *all, uint32_t agent) {
    hd_branch *b = all->free;
    if (b)
        all->free = b->next;
    else
        b = hd_alloc(sizeof *b);
    if (!b) return NULL;
    *b = (hd_branch){.agent = agent};
    if (++all->count > all->most) all->most = all->count;
    return b;
}

void hd_branch_free(hd_branches *all, hd_branch *b) {
    b->next = all->free;
    all->free = b;
    all->count--;
}

/* Goes down without recursion: children are put in front of the list. */
void hd_branch_free_list(hd_branches *all, hd_branch *list) {
    while (list) {
        hd_branch *b = list, *last = b->child;
        list = b->next;
        if (last) {
            while (last->next)
                last = last->next;
            last->next = list;
            list = b->child;
        }
        hd_branch_free(all, b);
    }
}

void hd_branches_free(hd_branches *all) {
    while (all->free) {
        hd_branch *b = all->free;
        all->free = b->next;
        hd_free(b);
    }
}

bool hd_weak_initial(const hd_item *items, size_t count, uint32_t agent, const hd_footprint *next,
                     ptrdiff_t *at) {
    size_t i = 0;
    while (i < count && items[i].agent != agent)
        i++;
    const hd_footprint *first = i < count ? &items[i].footprint : next;
    for (size_t k = 0; k < i; k++)
        if (hd_footprints_depend(&items[k].footprint, first)) return false;
    *at = i < count ? (ptrdiff_t)i : -1;
    return true;
}

bool hd_branch_insert(hd_branches *all, hd_branch **list, hd_item *items, size_t count) {
    for (;;) {
        ptrdiff_t at = -1;
        hd_branch *b = *list;
        while (b && !hd_weak_initial(items, count, b->agent, &b->footprint, &at))
            b = b->next;
        if (!b) break;
        if (at >= 0) {
            memmove(items + at, items + at + 1, (count - (size_t)at - 1) * sizeof *items);
            count--;
        }
        /* What is executed from here on takes in all that remains. */
        if (!b->child) return true;
        list = &b->child;
    }
    while (*list)
        list = &(*list)->next;
    for (size_t i = 0; i < count; i++) {
        hd_branch *b = hd_branch_new(all, items[i].agent);
        if (!b) return false;
        b->footprint = items[i].footprint;
        *list = b;
        list = &b->child;
    }
    return true;
}
