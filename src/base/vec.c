/* vec.c: growth of the growable array: by half, so that appending n elements costs O(n). */
#include "base/vec.h"

bool hd_vec_grow_(void **items, size_t *cap, size_t len, size_t extra, size_t size) {
    size_t needed;
    if (__builtin_add_overflow(len, extra, &needed)) return false;
    size_t wanted = *cap + *cap / 2 + 8;
    if (wanted < needed) wanted = needed;
    void *grown = hd_realloc(*items, wanted, size);
    if (!grown) return false;
    *items = grown;
    *cap = wanted;
    return true;
}
