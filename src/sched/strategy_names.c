/* strategy_names.c: strategies by name, and the portfolio. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sched/strategy.h"

enum {
    QUANTUM = 10000,
    STICKY_MEAN = 30,
    PCT_DEPTH = 3,
    PCT_LENGTH = 1000, /* where nothing was measured */
    MOST_DEPTH = 1000,
};

/* Sixteen successive seeds have all of them. Most look where it matters, with the agents together;
 * some trust nothing that was learnt. */
static const char *const portfolio[] = {
    "pos+lag+points",    "surw+lag+points", "pct:3+points",     "random+lag+points",
    "sticky:10+lag",     "pos+lag+points",  "urw+lag+points",   "pct:10+lag+points",
    "surw+lag+points",   "pos+points",      "random",           "sticky:4+lag+points",
    "random+lag+points", "pos+lag+points",  "pct:3+lag+points", "pct:3",
};

static const char PORTFOLIO[] = "portfolio";

const char *hd_strategy_member(const char *text, uint64_t seed) {
    if (strcmp(text, PORTFOLIO) != 0) return text;
    return portfolio[seed % (sizeof portfolio / sizeof portfolio[0])];
}

/* A name taken apart. */
typedef struct parts {
    const char *name; /* of the first word, `length` long */
    size_t length;
    bool numbered, wrong;
    uint64_t number; /* behind its colon */
    bool lag, points;
} parts;

static bool is_named(const parts *p, const char *name) {
    return p->length == strlen(name) && strncmp(p->name, name, p->length) == 0;
}

/* Takes a modifier of `text`, if that is one, up to `end`. */
static bool take_modifier(parts *p, const char *text, const char *end) {
    static const char *const names[] = {"lag", "points"};
    bool *const taken[] = {&p->lag, &p->points};
    for (unsigned i = 0; i < 2; i++) {
        size_t length = strlen(names[i]);
        if ((size_t)(end - text) != length || strncmp(text, names[i], length) != 0) continue;
        if (*taken[i]) return false;
        return *taken[i] = true;
    }
    return false;
}

/* Takes a name apart; `wrong` when it cannot be. */
static parts take_apart(const char *text) {
    parts p = {.name = text, .length = strcspn(text, ":+")};
    const char *at = text + p.length;
    if (*at == ':') {
        char *end;
        errno = 0;
        p.numbered = true;
        p.number = strtoull(at + 1, &end, 10);
        p.wrong = errno != 0 || at[1] < '0' || at[1] > '9' || p.number == 0;
        at = p.wrong ? at + strcspn(at, "+") : end;
    }
    while (*at && !p.wrong) {
        const char *end = at + 1 + strcspn(at + 1, "+");
        p.wrong = *at != '+' || !take_modifier(&p, at + 1, end);
        at = end;
    }
    return p;
}

hd_wanted hd_strategy_wants(const char *text, uint64_t length) {
    parts p = take_apart(text);
    if (is_named(&p, PORTFOLIO) || is_named(&p, "surw") || p.points) return HD_WANTS_ALL;
    bool pct = is_named(&p, "pct") && length == 0;
    return pct || is_named(&p, "urw") ? HD_WANTS_LENGTH : HD_WANTS_NOTHING;
}

unsigned hd_strategy_depth(const char *text, hd_measure *measure) {
    parts p = take_apart(text);
    *measure = p.points ? HD_MEASURE_POINTS : HD_MEASURE_EVENTS;
    if (!is_named(&p, "pct")) return 0;
    return p.numbered ? (unsigned)p.number : PCT_DEPTH;
}

/* What the steps of the strategy are. */
static hd_measure measure_of(const parts *p, uint64_t seed) {
    if (!p->points) return HD_MEASURE_EVENTS;
    return p->lag && hd_strategy_lags_all(seed) ? HD_MEASURE_LAG_POINTS : HD_MEASURE_POINTS;
}

static uint64_t length_of(const parts *p, const hd_strategy_options *o) {
    if (o->length) return o->length;
    return o->profile ? hd_profile_length(o->profile, measure_of(p, o->seed)) : PCT_LENGTH;
}

/* Those that take a number have it in `[1, most]`. */
static const struct {
    const char *name;
    uint64_t otherwise, most; /* 0: it takes none */
} bases[] = {
    {"rr", QUANTUM, UINT64_MAX},
    {"random", 0, 0},
    {"sticky", STICKY_MEAN, UINT32_MAX},
    {"pct", PCT_DEPTH, MOST_DEPTH},
    {"pos", 0, 0},
    {"urw", 0, 0},
    {"surw", 0, 0},
    {PORTFOLIO, 0, 0},
};

enum { BASES = sizeof bases / sizeof bases[0] };

static hd_strategy *make_base(const parts *p, size_t base, uint64_t number,
                              const hd_strategy_options *o) {
    switch (base) {
    case 0: return hd_strategy_round_robin(number);
    case 1: return hd_strategy_random(o->seed);
    case 2: return hd_strategy_sticky(o->seed, number);
    case 3: return hd_strategy_pct(o->seed, (unsigned)number, length_of(p, o));
    case 4: return hd_strategy_pos(o->seed);
    case 5: return hd_strategy_urw(o->seed, o->profile, measure_of(p, o->seed));
    default: return hd_strategy_surw(o->seed, o->profile);
    }
}

/* The row of the first word, with the number checked; BASES after a diagnosis. */
static size_t find_base(const char *text, const parts *p, uint64_t *number, hd_diag *diag) {
    size_t base = 0;
    while (base < BASES && !is_named(p, bases[base].name))
        base++;
    bool numbers = base < BASES && bases[base].most > 0;
    bool modifies_portfolio = base == BASES - 1 && (p->lag || p->points);
    if (base == BASES || (p->numbered && !numbers) || modifies_portfolio ||
        (p->wrong && !p->numbered)) {
        hd_diag_set(
            diag, HD_FAILED,
            "no strategy is named \"%s\": there are rr, rr:QUANTUM, random, sticky, "
            "sticky:MEAN, pct, pct:DEPTH, pos, urw, surw, with +lag and +points behind them, "
            "and portfolio",
            text);
        return BASES;
    }
    *number = p->numbered ? p->number : bases[base].otherwise;
    if (!p->wrong && (!numbers || *number <= bases[base].most)) return base;
    hd_diag_set(diag, HD_FAILED, "\"%s\": a number from 1 to %llu is needed behind the colon", text,
                (unsigned long long)bases[base].most);
    return BASES;
}

hd_strategy *hd_strategy_make(const char *text, const hd_strategy_options *o, hd_diag *diag) {
    uint64_t number;
    text = hd_strategy_member(text, o->seed);
    parts p = take_apart(text);
    size_t base = find_base(text, &p, &number, diag);
    if (base == BASES) return NULL;
    hd_strategy *strategy = make_base(&p, base, number, o);
    if (o->meter) strategy = hd_strategy_metered(strategy, o->meter);
    if (p.points) strategy = hd_strategy_points(strategy, o->profile);
    if (p.lag) strategy = hd_strategy_lag(strategy, o->seed);
    if (!strategy) hd_diag_nomem(diag);
    return strategy;
}

hd_strategy *hd_strategy_parse(const char *text, uint64_t seed, uint64_t length, hd_diag *diag) {
    hd_strategy_options options = {.seed = seed, .length = length};
    return hd_strategy_make(text, &options, diag);
}
