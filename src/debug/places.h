/* places.h: the places where agents stand, described once each.
 *
 * A place is an instruction of a function of WebAssembly. Its description holds no pointer into the
 * module, and lives as long as the table. One thread at a time. */
#ifndef HD_DEBUG_PLACES_H
#define HD_DEBUG_PLACES_H

#include "agents/report.h"
#include "base/map.h"
#include "base/vec.h"
#include "sched/world.h"

typedef struct hd_place_info {
    uint32_t id;       /* from 1 */
    uint32_t function; /* its index in the module */
    hd_report_frame frame;
} hd_place_info;

/* Starts zeroed. */
typedef struct hd_places {
    hd_map index; /* module and offset → hd_place_info * */
    HD_VEC(const hd_place_info *) list;
    hd_arena arena;
    bool incomplete; /* memory was out: some places are not told */
} hd_places;

void hd_places_free(hd_places *places);

/* Where an agent stands in its innermost function of WebAssembly; NULL: it is between two calls, or
 * memory is out. */
const hd_place_info *hd_places_of_agent(hd_places *places, const hd_world *world, uint32_t agent);

/* The place of an instruction of an instance's function. */
const hd_place_info *hd_places_at(hd_places *places, const hd_module *module, uint32_t function,
                                  uint32_t offset);

/* The place with a number; NULL for 0. */
const hd_place_info *hd_places_get(const hd_places *places, uint32_t id);

#endif
