/* deftype.c: see deftype.h. The types lie in pieces that never move, so that a number leads to its
 * type without a lock: a number is only known to who holds a reference to the type's group. */
#include "module/deftype.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#include "base/alloc.h"
#include "base/vec.h"

struct hd_rectype {
    struct hd_rectype *next; /* of the same bucket */
    uint64_t hash, references;
    uint32_t *words;
    size_t length; /* in words */
    uint32_t count;
    bool plain;
    hd_valtype *types; /* parameters and results of all its types */
    uint32_t numbers[];
};

enum { PIECE = 512, PIECES = (1 << (32 - HD_TYPE_SHIFT)) / PIECE };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static hd_rectype **buckets; /* so many, a power of two: */
static size_t bucket_count, group_count;
static _Atomic(hd_deftype *) pieces[PIECES];
static uint32_t next_number = 1; /* the first that was never given out */
static HD_VEC(uint32_t) free_numbers;

const hd_deftype *hd_deftype_at(uint32_t number) {
    hd_deftype *piece = atomic_load_explicit(&pieces[number / PIECE], memory_order_acquire);
    return &piece[number % PIECE];
}

static hd_deftype *at(uint32_t number) {
    return (hd_deftype *)hd_deftype_at(number);
}

/* Gives out a number; 0 when memory is out or all are in use. */
static uint32_t take_number(void) {
    if (free_numbers.len > 0) return free_numbers.items[--free_numbers.len];
    uint32_t piece = next_number / PIECE;
    if (piece == PIECES) return 0;
    if (!atomic_load_explicit(&pieces[piece], memory_order_relaxed)) {
        hd_deftype *made = hd_calloc(PIECE, sizeof *made);
        if (!made) return 0;
        atomic_store_explicit(&pieces[piece], made, memory_order_release);
    }
    /* Room to give it back, too, so that this cannot fail. */
    if (!hd_vec_reserve(&free_numbers, next_number)) return 0;
    return next_number++;
}

static void give_back(hd_rectype *group) {
    for (uint32_t i = 0; i < group->count && group->numbers[i]; i++)
        hd_vec_push(&free_numbers, group->numbers[i]);
    hd_free(group->words);
    hd_free(group->types);
    hd_free(group);
}

/* A type of the group's words, with a number in the place of a position. */
static hd_valtype resolve(const hd_rectype *group, hd_valtype type) {
    if ((type & HD_HEAP_MASK) != HD_HEAP_REC) return type;
    return hd_ref_null_to(group->numbers[hd_type_number(type)]) | (type & HD_NON_NULL);
}

static uint32_t count_slots(const hd_valtype *types, uint32_t count) {
    uint32_t slots = 0;
    for (uint32_t i = 0; i < count; i++)
        slots += hd_slots_of(types[i]);
    return slots;
}

static void name(hd_deftype *type) {
    enum { ROOM = sizeof type->names[0] - sizeof "(ref null )" };
    char text[ROOM];
    hd_functype_format(&type->func, text, sizeof text);
    snprintf(type->names[0], sizeof type->names[0], "(ref null %s)", text);
    snprintf(type->names[1], sizeof type->names[1], "(ref %s)", text);
}

/* Fills in the group's types. */
static void define(hd_rectype *group) {
    const uint32_t *words = group->words;
    hd_valtype *types = group->types;
    for (uint32_t i = 0; i < group->count; i++) {
        hd_deftype *type = at(group->numbers[i]);
        uint32_t params = words[HD_WORD_PARAMS], results = words[HD_WORD_RESULTS];
        for (uint32_t k = 0; k < params + results; k++)
            types[k] = resolve(group, words[HD_WORDS + k]);
        *type = (hd_deftype){
            .func = {.param_count = params,
                     .result_count = results,
                     .param_slots = count_slots(types, params),
                     .result_slots = count_slots(types + params, results),
                     .params = types,
                     .results = types + params,
                     .number = group->plain ? 0 : group->numbers[i]},
            .final = words[HD_WORD_FINAL],
        };
        /* A type of the group that has no name yet is named by this, if others refer to it. */
        strcpy(type->names[0], "(ref null ...)");
        strcpy(type->names[1], "(ref ...)");
        if (words[HD_WORD_SUPER]) {
            type->super = hd_type_number(resolve(group, words[HD_WORD_SUPER]));
            type->depth = hd_deftype_at(type->super)->depth + 1;
        }
        words += HD_WORDS + params + results;
        types += params + results;
    }
    for (uint32_t i = 0; i < group->count; i++)
        name(at(group->numbers[i]));
}

/* Keeps the lists of the buckets short; false when memory is out and there are none. */
static bool grow_buckets(void) {
    enum { FIRST = 64 };
    if (group_count < bucket_count) return true;
    size_t count = bucket_count ? 2 * bucket_count : FIRST;
    hd_rectype **grown = hd_calloc(count, sizeof *grown);
    if (!grown) return bucket_count > 0;
    for (size_t i = 0; i < bucket_count; i++)
        for (hd_rectype *group = buckets[i], *next; group; group = next) {
            next = group->next;
            group->next = grown[group->hash & (count - 1)];
            grown[group->hash & (count - 1)] = group;
        }
    hd_free(buckets);
    buckets = grown;
    bucket_count = count;
    return true;
}

/* The group in a bucket that words describe, or NULL. */
static hd_rectype *find(hd_rectype *group, uint64_t hash, const uint32_t *words, size_t length,
                        uint32_t count) {
    while (group && (group->hash != hash || group->length != length || group->count != count ||
                     (length > 0 && memcmp(group->words, words, length * sizeof *words) != 0)))
        group = group->next;
    return group;
}

static hd_rectype *new_group(const uint32_t *words, size_t length, uint32_t count, bool plain) {
    hd_rectype *group = hd_calloc(1, sizeof *group + count * sizeof *group->numbers);
    if (!group) return NULL;
    group->count = count;
    group->length = length;
    group->plain = plain;
    group->references = 1;
    group->words = hd_calloc(length, sizeof *words);
    group->types = hd_calloc(length, sizeof *group->types);
    bool made = group->words && group->types;
    for (uint32_t i = 0; made && i < count; i++)
        made = (group->numbers[i] = take_number()) != 0;
    if (!made) {
        give_back(group);
        return NULL;
    }
    /* An empty group has no words. */
    if (length > 0) memcpy(group->words, words, length * sizeof *words);
    define(group);
    return group;
}

hd_rectype *hd_rectype_get(const uint32_t *words, size_t length, uint32_t count, bool plain) {
    uint64_t hash = XXH3_64bits(words, length * sizeof *words);
    pthread_mutex_lock(&lock);
    hd_rectype *group = NULL;
    if (grow_buckets()) {
        hd_rectype **bucket = &buckets[hash & (bucket_count - 1)];
        group = find(*bucket, hash, words, length, count);
        if (group) {
            group->references++;
        } else if ((group = new_group(words, length, count, plain))) {
            group->hash = hash;
            group->next = *bucket;
            *bucket = group;
            group_count++;
        }
    }
    pthread_mutex_unlock(&lock);
    return group;
}

uint32_t hd_rectype_number(const hd_rectype *group, uint32_t position) {
    return group->numbers[position];
}

void hd_rectype_release(hd_rectype *group) {
    pthread_mutex_lock(&lock);
    if (--group->references == 0) {
        hd_rectype **link = &buckets[group->hash & (bucket_count - 1)];
        while (*link != group)
            link = &(*link)->next;
        *link = group->next;
        group_count--;
        give_back(group);
    }
    pthread_mutex_unlock(&lock);
}

bool hd_deftype_is_sub(uint32_t number, uint32_t super) {
    while (number && number != super)
        number = hd_deftype_at(number)->super;
    return number != 0;
}

const char *hd_deftype_name(hd_valtype type) {
    return hd_deftype_at(hd_type_number(type))->names[hd_is_nullable(type) ? 0 : 1];
}

bool hd_functype_matches(const hd_functype *type, const hd_functype *super) {
    return hd_functype_equal(type, super) ||
           (type->number && super->number && hd_deftype_is_sub(type->number, super->number));
}

/* Whether one heap type is a subtype of another, of which it is no copy. */
static bool heap_matches(hd_valtype type, hd_valtype super) {
    uint32_t heap = type & HD_HEAP_MASK;
    switch (super & HD_HEAP_MASK) {
    case HD_FUNCREF: return heap == HD_NULLFUNCREF || heap == HD_HEAP_CONCRETE;
    case HD_EXTERNREF: return heap == HD_NULLEXTERNREF;
    case HD_EXNREF: return heap == HD_NULLEXNREF;
    case HD_HEAP_CONCRETE:
        return heap == HD_NULLFUNCREF ||
               (heap == HD_HEAP_CONCRETE &&
                hd_deftype_is_sub(hd_type_number(type), hd_type_number(super)));
    default: return false;
    }
}

bool hd_valtype_matches(hd_valtype type, hd_valtype super) {
    if (type == super) return true;
    if (!hd_is_ref(type) || !hd_is_ref(super)) return false;
    if (hd_is_nullable(type) && !hd_is_nullable(super)) return false;
    hd_valtype both = type | HD_NON_NULL;
    return both == (super | HD_NON_NULL) || (both & HD_HEAP_MASK) == HD_HEAP_BOTTOM ||
           heap_matches(type, super);
}
