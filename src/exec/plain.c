/* plain.c: the plain flavour of the machine: no hooks, for agents on host threads. */
#define BEFORE(kind, shared, memory, address, length)                                              \
    ((void)(shared), (void)(memory), (void)(address), (void)(length))
#define AFTER(kind, shared, memory, address, length, writes)                                       \
    (BEFORE(kind, shared, memory, address, length), (void)(writes))
#define ALSO AFTER
#define FAILED(shared) ((void)(shared))
#define DONE(units, kind, shared, memory, address, length, writes)                                 \
    do {                                                                                           \
        AFTER(kind, shared, memory, address, length, writes);                                      \
        NEXT(units);                                                                               \
    } while (0)
#define SAVE_BYTES(memory, address, width) ((void)0)
#define SAVE_GLOBAL(global) ((void)0)
#define SAVE_CALLER(caller) ((void)0)
#define CLEARED_CELLS PC->d
#define CLEAR_RESUME(frame) ((void)0)
#define HD_FLAVOUR_HANDLERS hd_plain_handlers

#include "exec/flavour.h"
