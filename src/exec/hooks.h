/* hooks.h: what the observed flavour of the machine does at events, and so does the logged one:
 * before each event the agent can be stopped, and each event is reported (see event.h). Only the
 * handlers of events differ from the plain flavour's. Included by each of these flavours. */
#include "exec/machine.h"

/* Stops before an event that the agent has no credit for. */
#define BEFORE(kind_, shared_, memory_, address_, length_)                                         \
    do {                                                                                           \
        if ((shared_) && HD_UNLIKELY(AG->credit == 0)) {                                           \
            AG->event = (hd_event){.kind = HD_EVENT_##kind_,                                       \
                                   .memory = (memory_),                                            \
                                   .address = (address_),                                          \
                                   .length = (length_)};                                           \
            LEAVE(HD_TRAP_AT_EVENT);                                                               \
        }                                                                                          \
    } while (0)

/* Reports an event that costs nothing beside the one that comes with it. */
#define ALSO(kind_, shared_, memory_, address_, length_, writes_)                                  \
    do {                                                                                           \
        if ((shared_) && AG->hooks->happened)                                                      \
            tell(AG, PC, FP, HD_EVENT_##kind_, (memory_), (address_), (length_), (writes_));       \
    } while (0)

#define AFTER(kind_, shared_, memory_, address_, length_, writes_)                                 \
    do {                                                                                           \
        if (shared_) {                                                                             \
            AG->credit--;                                                                          \
            ALSO(kind_, true, memory_, address_, length_, writes_);                                \
        }                                                                                          \
    } while (0)

#define FAILED(shared_)                                                                            \
    do {                                                                                           \
        if (shared_) AG->credit--;                                                                 \
    } while (0)

/* Is an event to be reported? Its kind is a constant. */
#define REPORTS(kind_, address_)                                                                   \
    (HD_UNLIKELY(AG->hooks->happened != NULL) &&                                                   \
     !((HD_EVENT_##kind_ == HD_EVENT_LOAD && AG->hooks->sparse) ||                                 \
       (HD_EVENT_##kind_ == HD_EVENT_STORE && AG->hooks->sparse &&                                 \
        !hd_sparse_reports(AG->hooks->sparse, (address_)))))

/* In most handlers the report is the last thing, and goes out by way of a handler of its own: a
 * call from here would have them save their registers, observer or not. */
#define DONE(units_, kind_, shared_, memory_, address_, length_, writes_)                          \
    do {                                                                                           \
        if (shared_) {                                                                             \
            AG->credit--;                                                                          \
            if (REPORTS(kind_, address_)) {                                                        \
                AG->event = (hd_event){HD_EVENT_##kind_, (writes_), (memory_),                     \
                                       (address_),       (length_), (units_)};                     \
                TAIL_CALL(op_report);                                                              \
            }                                                                                      \
        }                                                                                          \
        NEXT(units_);                                                                              \
    } while (0)

/* Tells the observer, who may want to know where the agent stands. */
static __attribute__((noinline)) void tell(hd_agent *agent, const hd_insn *pc, hd_slot *fp,
                                           hd_event_kind kind, hd_memory *memory, uint64_t address,
                                           uint64_t length, bool writes) {
    hd_event event = {kind, writes, memory, address, length, 0};
    if (kind == HD_EVENT_NOTIFY) event.count = fp[pc->d].i32;
    agent->pc = pc;
    agent->fp = fp;
    agent->hooks->happened(agent->hooks->context, agent, &event);
}

/* Reports the agent's event, whose `count` is how many units lie between it and the next operation.
 */
__attribute__((noinline)) OP(report) {
    uint32_t units = AG->event.count;
    tell(AG, PC, FP, AG->event.kind, AG->event.memory, AG->event.address, AG->event.length,
         AG->event.writes);
    NEXT(units);
}
