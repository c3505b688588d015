/* outside_threads.h: the world outside for agents on host threads: as the host has it. */
#ifndef HD_HOST_OUTSIDE_THREADS_H
#define HD_HOST_OUTSIDE_THREADS_H

#include "agents/cluster.h"
#include "host/outside.h"

/* Fills in an outside for the members of a cluster, which must outlive its use: clocks and chance
 * of the host; who blocks is woken when the cluster is stopped. Nothing is recorded. For agents
 * without a cluster, which nobody stops while they block, NULL. */
void hd_outside_on_threads(hd_outside *outside, hd_cluster *cluster);

#endif
