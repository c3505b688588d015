/* surw.c: uniform and selectively uniform random walks.
 *
 * An agent that spawns others comes before all that they do; so its weight is that of the tree
 * below it, and a draw by weights gives each order of the events that are counted the same chance,
 * as long as nobody blocks. A selective walk where nobody weighs anything draws evenly. */
#include "base/vec.h"
#include "sched/early.h"
#include "sched/strategy.h"

enum { MOST_SELECTED = 4 };

/* An agent that was to make the next event that counts, and made so many others, perhaps waits for
 * one that may not. */
enum { MOST_OTHERS = 500 };

typedef struct uniform_walk {
    hd_strategy strategy;
    hd_random random;
    hd_early early;
    uint64_t weights[HD_PROFILE_AGENTS]; /* events that count, of an agent and all below it that do
                                          * not exist yet */
    uint32_t parents[HD_PROFILE_AGENTS];
    bool known[HD_PROFILE_AGENTS]; /* they exist */
    bool selective;
    uint64_t places[MOST_SELECTED]; /* selective: the events that count touch these */
    size_t place_count;
    uint32_t intended; /* who makes the next event that counts, or HD_NO_AGENT */
    uint64_t others;   /* moves since it was drawn */
    bool counts;       /* the event that was picked does */
} uniform_walk;

/* Whoever can still move has at least one event to make, whatever was measured. */
static uint64_t weight(const uniform_walk *w, uint32_t agent) {
    uint64_t known = agent < HD_PROFILE_AGENTS ? w->weights[agent] : 0;
    return known == 0 && !w->selective ? 1 : known;
}

static void lose(uniform_walk *w, uint32_t agent, uint64_t weight) {
    if (agent < HD_PROFILE_AGENTS)
        w->weights[agent] -= weight < w->weights[agent] ? weight : w->weights[agent];
}

/* True if it is an agent to be drawn: not the last one, if that lets others move. */
static bool is_eligible(const hd_choice *choice, uint32_t agent) {
    return !choice->yielded || choice->count == 1 || agent != choice->last;
}

/* Draws one of them evenly, or by its weight if any has one. */
static uint32_t draw(uniform_walk *w, const hd_choice *choice, bool evenly) {
    uint64_t sum = 0, found = 0;
    for (size_t i = 0; i < choice->count; i++)
        if (is_eligible(choice, choice->enabled[i])) {
            sum += weight(w, choice->enabled[i]);
            found++;
        }
    evenly |= sum == 0;
    uint64_t rank = hd_random_below(&w->random, evenly ? found : sum);
    for (size_t i = 0;; i++) {
        if (!is_eligible(choice, choice->enabled[i])) continue;
        uint64_t own = evenly ? 1 : weight(w, choice->enabled[i]);
        if (rank < own) return choice->enabled[i];
        rank -= own;
    }
}

static bool does_count(const uniform_walk *w, const hd_choice *choice, uint32_t agent) {
    if (!w->selective) return true;
    const hd_event *event = hd_choice_next(choice, agent).event;
    for (size_t i = 0; event && i < w->place_count; i++)
        if (hd_event_touches(event, w->places[i], HD_PLACE_BYTES)) return true;
    return false;
}

/* A new agent takes its weight with it. */
static void note_agents(uniform_walk *w, const hd_choice *choice) {
    for (size_t i = 0; i < choice->count; i++) {
        uint32_t agent = choice->enabled[i];
        if (agent >= HD_PROFILE_AGENTS || w->known[agent]) continue;
        w->known[agent] = true;
        lose(w, w->parents[agent], w->weights[agent]);
    }
}

static bool is_enabled(const hd_choice *choice, uint32_t agent) {
    for (size_t i = 0; i < choice->count; i++)
        if (choice->enabled[i] == agent) return true;
    return false;
}

/* Of the agents whose next event does not count, or which are intended, each has the same chance.
 */
static uint32_t draw_selectively(uniform_walk *w, const hd_choice *choice) {
    uint32_t found = w->intended;
    uint64_t candidates = 0;
    for (size_t i = 0; i < choice->count; i++) {
        uint32_t agent = choice->enabled[i];
        if (!is_eligible(choice, agent)) continue;
        if (agent != w->intended && does_count(w, choice, agent)) continue;
        if (hd_random_below(&w->random, ++candidates) == 0) found = agent;
    }
    return found;
}

/* Draws who is to make the next event that counts, unless that is settled. It may have blocked
 * meanwhile. */
static void intend(uniform_walk *w, const hd_choice *choice) {
    bool waits = w->others++ >= MOST_OTHERS ||
                 (w->intended != HD_NO_AGENT && !is_eligible(choice, w->intended));
    if (w->intended != HD_NO_AGENT && is_enabled(choice, w->intended) && !waits) return;
    w->others = 0;
    w->intended = draw(w, choice, waits);
}

static bool uniform_pick(hd_strategy *self, const hd_choice *choice, hd_pick *pick) {
    uniform_walk *w = (uniform_walk *)self;
    if (hd_early_pick(&w->early, choice, pick)) return true;
    note_agents(w, choice);
    intend(w, choice);
    *pick = (hd_pick){draw_selectively(w, choice), 1};
    w->counts = does_count(w, choice, pick->agent);
    if (w->counts) w->intended = HD_NO_AGENT;
    return true;
}

static void uniform_moved(hd_strategy *self, const hd_pick *pick, uint64_t events) {
    uniform_walk *w = (uniform_walk *)self;
    hd_early_moved(&w->early, events);
    if (w->counts && events) lose(w, pick->agent, 1);
    w->counts = false;
}

static void uniform_free(hd_strategy *self) {
    hd_free(self);
}

static uniform_walk *walk_new(uint64_t seed, const hd_profile *profile) {
    uniform_walk *w = hd_calloc(1, sizeof *w);
    if (!w) return NULL;
    w->strategy = (hd_strategy){.pick = uniform_pick, .moved = uniform_moved, .free = uniform_free};
    w->random.state = seed;
    w->intended = HD_NO_AGENT;
    hd_early_start(&w->early, seed);
    for (uint32_t i = 0; i < HD_PROFILE_AGENTS; i++)
        w->parents[i] = profile ? hd_profile_parent_of(profile, i) : HD_NO_AGENT;
    return w;
}

/* Adds to each weight those of the agents below: they come behind it. */
static void add_descendants(uniform_walk *w) {
    for (uint32_t i = HD_PROFILE_AGENTS; i-- > 0;)
        if (w->parents[i] < i) w->weights[w->parents[i]] += w->weights[i];
}

hd_strategy *hd_strategy_urw(uint64_t seed, const hd_profile *profile, hd_measure measure) {
    uniform_walk *w = walk_new(seed, profile);
    if (!w) return NULL;
    for (uint32_t i = 0; profile && i < HD_PROFILE_AGENTS; i++)
        w->weights[i] = hd_profile_steps_of(profile, measure, i);
    add_descendants(w);
    return &w->strategy;
}

static bool is_selected(const uniform_walk *w, uint64_t place) {
    for (size_t i = 0; i < w->place_count; i++)
        if (w->places[i] == place) return true;
    return false;
}

hd_strategy *hd_strategy_surw(uint64_t seed, const hd_profile *profile) {
    uniform_walk *w = walk_new(seed, profile);
    if (!w) return NULL;
    size_t places = profile ? hd_profile_places(profile) : 0;
    w->selective = true;
    size_t wanted = places ? 1 + hd_random_below(&w->random, MOST_SELECTED) : 0;
    for (size_t i = 0; i < wanted; i++) {
        size_t index = hd_random_below(&w->random, places);
        if (is_selected(w, hd_profile_place(profile, index))) continue;
        w->places[w->place_count++] = hd_profile_place(profile, index);
        for (uint32_t k = 0; k < HD_PROFILE_AGENTS; k++)
            w->weights[k] += hd_profile_place_events(profile, index, k);
    }
    add_descendants(w);
    return &w->strategy;
}
