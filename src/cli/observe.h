/* observe.h: what stands in shared memory when a controlled execution has ended: `--observe`.
 *
 * An observation is `[MEMORY:]ADDR:TYPE`. Shared memories are numbered from 0, in the order in
 * which the first agent came to hold them. TYPE is i8, i16, i32 or i64, shown as signed numbers, or
 * u8, u16, u32, u64. `results` asks for nothing but which of several results that a script allows
 * (`either`) came, which comes with every observation. */
#ifndef HD_CLI_OBSERVE_H
#define HD_CLI_OBSERVE_H

#include <stdio.h>

#include "cli/command.h"
#include "cli/words.h"
#include "sched/world.h"

typedef struct hd_observation {
    uint32_t memory;
    uint64_t address;
    unsigned width; /* bytes */
    bool is_signed;
    const char *text; /* as it was given */
} hd_observation;

/* Begins all zero. */
typedef struct hd_observations {
    HD_VEC(hd_observation) items;
    bool wanted; /* anything, be it only which of several results that a script allows have come */
} hd_observations;

/* Takes an option's value, which must outlive the list; false after an hd_usage_error. */
bool hd_observe_option(const hd_subcommand *self, hd_observations *list, const char *value);
void hd_observe_free(hd_observations *list);

/* Appends the words that choose the same. */
void hd_observe_words(const hd_observations *list, hd_words *words);

/* Prints what the world's memories hold, a line `ADDR:TYPE = VALUE` each; VALUE is `nothing` where
 * there is no such memory, or it is too short. */
void hd_observe_print(FILE *to, const hd_observations *list, const hd_world *world);

/* The shared memory with a number, or NULL: as long as its agents are there. */
hd_memory *hd_observe_memory(const hd_world *world, uint32_t number);

#endif
