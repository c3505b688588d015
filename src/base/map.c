/* map.c: open addressing with linear probing over a keyed FNV-1a hash. */
#include "base/map.h"

#include <pthread.h>
#include <string.h>
#include <sys/random.h>

#include "base/alloc.h"

typedef struct hd_map_entry {
    const char *key;
    size_t length;
    uint64_t hash;
    void *value; /* NULL: free */
} hd_map_entry;

static uint64_t seed;
static pthread_once_t seed_once = PTHREAD_ONCE_INIT;

static void draw_seed(void) {
    /* Without entropy the table is still right, only its order of probing can be foreseen. */
    if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) != sizeof seed) seed = 0x9E3779B97F4A7C15;
}

static uint64_t hash_bytes(const char *key, size_t length) {
    pthread_once(&seed_once, draw_seed);
    uint64_t hash = seed ^ 0xCBF29CE484222325;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)key[i]) * 0x100000001B3;
    hash ^= hash >> 32;
    return hash * 0x9E3779B97F4A7C15;
}

static hd_map_entry *find(hd_map_entry *entries, size_t cap, const char *key, size_t length,
                          uint64_t hash) {
    for (size_t i = (size_t)(hash >> 7) & (cap - 1);; i = (i + 1) & (cap - 1)) {
        hd_map_entry *e = &entries[i];
        if (!e->value) return e;
        if (e->hash == hash && e->length == length && memcmp(e->key, key, length) == 0) return e;
    }
}

static bool grow(hd_map *map) {
    size_t cap = map->cap ? map->cap * 2 : 16;
    hd_map_entry *entries = hd_calloc(cap, sizeof *entries);
    if (!entries) return false;
    for (size_t i = 0; i < map->cap; i++) {
        const hd_map_entry *e = &map->entries[i];
        if (e->value) *find(entries, cap, e->key, e->length, e->hash) = *e;
    }
    hd_free(map->entries);
    map->entries = entries;
    map->cap = cap;
    return true;
}

bool hd_map_put(hd_map *map, const char *key, size_t length, void *value, void **old) {
    if (map->len * 4 >= map->cap * 3 && !grow(map)) return false;
    uint64_t hash = hash_bytes(key, length);
    hd_map_entry *e = find(map->entries, map->cap, key, length, hash);
    if (old) *old = e->value;
    if (!e->value) map->len++;
    *e = (hd_map_entry){key, length, hash, value};
    return true;
}

void *hd_map_get(const hd_map *map, const char *key, size_t length) {
    if (map->len == 0) return NULL;
    return find(map->entries, map->cap, key, length, hash_bytes(key, length))->value;
}

void hd_map_free(hd_map *map) {
    hd_free(map->entries);
    *map = (hd_map){0};
}
