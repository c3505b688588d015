/* plain.c: the plain flavour of the machine: no hooks, for agents on host threads. */
#define HD_EVENT(kind, address, width) (void)0
#define HD_FLAVOUR_HANDLERS hd_plain_handlers

#include "exec/flavour.h"
