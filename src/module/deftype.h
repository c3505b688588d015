/* deftype.h: the types that references name, with a number each that is one for equal types of all
 * modules.
 *
 * Core specification 3.0, sections 2.3.9 ("Recursive Types") and 3.3.2 ("Type Equivalence"). Types
 * are equal if they stand at the same place of recursive groups that are equal after references
 * within a group were replaced by positions and all others by numbers. So each group is looked up
 * here when a module is read, and from then on equality is equality of numbers, whatever module a
 * type is from. Most types are *plain*: alone in their group, without a supertype, final, and
 * without a type index in them. Those are equal if their parameters and results are, need no number
 * as long as no reference type names them, and cost nothing here.
 *
 * A group lives as long as a module that holds it. Thread-safe; nothing but making and releasing
 * groups takes a lock. */
#ifndef HD_MODULE_DEFTYPE_H
#define HD_MODULE_DEFTYPE_H

#include <stddef.h>

#include "module/types.h"

/* Longest chain of supertypes, as other implementations have it. */
enum { HD_MAX_SUBTYPING_DEPTH = 63 };

/* A group is described by words: of each of its types the following, then its parameters and
 * results, in which references have numbers or, within the group, positions. */
enum {
    HD_WORD_FINAL,   /* 1: it has no subtypes */
    HD_WORD_SUPER,   /* 0, or its supertype as the type of references to it */
    HD_WORD_PARAMS,  /* how many */
    HD_WORD_RESULTS, /* how many */
    HD_WORDS,
};

typedef struct hd_rectype hd_rectype;

typedef struct hd_deftype {
    hd_functype func; /* its `number` is 0 if the type is plain */
    uint32_t super;   /* number of its supertype; 0: none */
    uint32_t depth;   /* supertypes above it */
    bool final;
    char names[2][112]; /* as a reference with null, and without */
} hd_deftype;

/* Returns the group that words describe, with one more reference to it; NULL when memory is out or
 * there are too many types. `plain`: the words are those of one plain type. */
hd_rectype *hd_rectype_get(const uint32_t *words, size_t length, uint32_t count, bool plain);

/* The number of one of the group's types. */
uint32_t hd_rectype_number(const hd_rectype *group, uint32_t position);

/* Gives a reference to a group back. Whoever holds groups gives those that refer to others back
 * before these. */
void hd_rectype_release(hd_rectype *group);

/* The type with a number, which lives as long as its group. */
const hd_deftype *hd_deftype_at(uint32_t number);

/* True if a number is that of a type or of a declared subtype of it. */
bool hd_deftype_is_sub(uint32_t number, uint32_t super);

/* The name of a reference type that names a type. */
const char *hd_deftype_name(hd_valtype type);

#endif
