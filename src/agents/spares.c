/* spares.c: what executions leave for later ones. */
#include "agents/cluster_parts.h"

hd_spares *hd_spares_new(void) {
    return hd_calloc(1, sizeof(hd_spares));
}

hd_memory_pool *hd_spares_memories(hd_spares *spares) {
    return &spares->memories;
}

static void free_members(hd_member_list *members) {
    for (size_t i = 0; i < members->len; i++)
        hd_member_free(members->items[i]);
    members->len = 0;
}

void hd_spares_free(hd_spares *spares) {
    if (!spares) return;
    free_members(&spares->ready);
    free_members(&spares->released);
    hd_vec_free(&spares->ready);
    hd_vec_free(&spares->released);
    hd_memory_pool_free(&spares->memories);
    hd_free(spares);
}

/* What was released last is used first, in the order of its release: so agents get the stacks that
 * they had. */
static void turn(hd_spares *spares) {
    enum { MOST_READY = 128 };
    hd_memory_pool_turn(&spares->memories);
    while (spares->released.len > 0) {
        hd_member *member = spares->released.items[--spares->released.len];
        if (spares->ready.len >= MOST_READY || !hd_vec_push(&spares->ready, member))
            hd_member_free(member);
    }
}

void hd_cluster_use_spares(hd_cluster *cluster, hd_spares *spares) {
    turn(spares);
    hd_handlers handlers = hd_cluster_own_handlers(cluster);
    if (spares->cells != cluster->cells || spares->handlers != handlers)
        free_members(&spares->ready);
    spares->cells = cluster->cells;
    spares->handlers = handlers;
    cluster->spares = spares;
}
