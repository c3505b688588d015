/* early.c: see early.h. */
#include "sched/early.h"

/* Not the generator of the strategy: the same choices come with and without them. */
static const uint64_t salt = UINT64_C(0x6561726C79);

static const int64_t longest = 60 * INT64_C(1000000000); /* nanoseconds */

void hd_early_start(hd_early *e, uint64_t seed) {
    static const uint64_t means[] = {0, 0, 50, 1000};
    *e = (hd_early){.random = {seed ^ salt}};
    e->every = means[hd_random_below(&e->random, sizeof means / sizeof means[0])];
    e->left = e->every ? 1 + hd_random_below(&e->random, 2 * e->every) : 0;
}

bool hd_early_choose(hd_early *e, const hd_choice *choice, hd_pick *pick) {
    if (e->left > 0) return false;
    e->left = 1 + hd_random_below(&e->random, 2 * e->every);
    uint32_t agent = choice->timed[hd_random_below(&e->random, choice->timed_count)];
    if (hd_choice_next(choice, agent).timeout >= longest) return false;
    *pick = (hd_pick){agent, 1};
    return true;
}
