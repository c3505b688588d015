/* map.h: a hash table from byte strings to pointers, insertion only.
 *
 * Keys are borrowed: they must outlive the table. Hashing is keyed with a process-wide random seed,
 * so that a hostile module cannot choose names that collide. Reading is thread-safe once writing
 * has ended. */
#ifndef HD_BASE_MAP_H
#define HD_BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct hd_map {
    struct hd_map_entry *entries;
    size_t len, cap;
} hd_map;

/* Stores `value` under a key, replacing an earlier one; `*old` (may be NULL) receives the value
 * replaced or NULL. False when memory is out: the table is unchanged. Values must not be NULL. */
bool hd_map_put(hd_map *map, const char *key, size_t length, void *value, void **old);

/* Returns the value stored under a key, or NULL. */
void *hd_map_get(const hd_map *map, const char *key, size_t length);

/* Releases the table, not keys or values, and leaves it empty. */
void hd_map_free(hd_map *map);

#endif
