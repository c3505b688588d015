/* clock.c: vector clocks. */
#include "check/clock.h"

#include "base/alloc.h"

static hd_clock *take(hd_clocks *clocks, uint32_t length) {
    uint32_t size_class = 0;
    while (HD_CLOCK_ROOM(size_class) < length)
        size_class++;
    hd_clock *clock = clocks->free[size_class];
    if (clock)
        clocks->free[size_class] = clock->next_free;
    else
        clock = hd_alloc(sizeof *clock + HD_CLOCK_ROOM(size_class) * sizeof(uint64_t));
    if (!clock) return NULL;
    clock->references = 1;
    clock->length = 0;
    clock->size_class = size_class;
    return clock;
}

void hd_clock_release(hd_clocks *clocks, hd_clock *clock) {
    if (!clock || --clock->references > 0) return;
    clock->next_free = clocks->free[clock->size_class];
    clocks->free[clock->size_class] = clock;
}

/* Makes `*clock` one that its owner alone uses, with `length` stamps at least. */
static bool own(hd_clocks *clocks, hd_clock **clock, uint32_t length) {
    hd_clock *old = *clock;
    if (old && old->length > length) length = old->length;
    if (!old || old->references > 1 || HD_CLOCK_ROOM(old->size_class) < length) {
        hd_clock *copy = take(clocks, length);
        if (!copy) return false;
        if (old) {
            for (uint32_t i = 0; i < old->length; i++)
                copy->stamps[i] = old->stamps[i];
            copy->length = old->length;
            hd_clock_release(clocks, old);
        }
        *clock = copy;
    }
    while ((*clock)->length < length)
        (*clock)->stamps[(*clock)->length++] = 0;
    return true;
}

bool hd_clock_join(hd_clocks *clocks, hd_clock **clock, const hd_clock *other, uint64_t epoch) {
    uint32_t agent = HD_EPOCH_AGENT(epoch), length = other ? other->length : 0;
    if (!own(clocks, clock, length > agent ? length : agent + 1)) return false;
    uint64_t *stamps = (*clock)->stamps;
    for (uint32_t i = 0; i < length; i++)
        if (other->stamps[i] > stamps[i]) stamps[i] = other->stamps[i];
    if (HD_EPOCH_STAMP(epoch) > stamps[agent]) stamps[agent] = HD_EPOCH_STAMP(epoch);
    return true;
}

bool hd_clock_includes(const hd_clock *clock, const hd_clock *other, uint32_t except) {
    for (uint32_t i = 0; other && i < other->length; i++)
        if (i != except && other->stamps[i] > hd_clock_get(clock, i)) return false;
    return true;
}

void hd_clocks_free(hd_clocks *clocks) {
    for (size_t i = 0; i < HD_CLOCK_CLASSES; i++) {
        hd_clock *next;
        for (hd_clock *clock = clocks->free[i]; clock; clock = next) {
            next = clock->next_free;
            hd_free(clock);
        }
        clocks->free[i] = NULL;
    }
}
