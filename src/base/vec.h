/* vec.h: a growable array of any element type, as macros over one struct.
 *
 *     HD_VEC(uint32_t) offsets = {0};
 *     if (!hd_vec_push(&offsets, 7)) ...out of memory...
 *     for (size_t i = 0; i < offsets.len; i++) use(offsets.items[i]);
 *     hd_vec_free(&offsets);
 */
#ifndef HD_BASE_VEC_H
#define HD_BASE_VEC_H

#include "base/alloc.h"

#define HD_VEC(T)                                                                                  \
    struct {                                                                                       \
        T *items;                                                                                  \
        size_t len, cap;                                                                           \
    }

/* Makes room for `extra` more elements; false when memory is out (the array is unchanged). */
#define hd_vec_reserve(v, extra)                                                                   \
    ((v)->cap - (v)->len >= (size_t)(extra) ||                                                     \
     hd_vec_grow_((void **)&(v)->items, &(v)->cap, (v)->len, (extra), sizeof *(v)->items))

/* Appends one element; false when memory is out. */
#define hd_vec_push(v, element)                                                                    \
    (hd_vec_reserve((v), 1) && ((v)->items[(v)->len++] = (element), true))

/* Releases the elements and leaves the array empty. */
#define hd_vec_free(v) (hd_free((v)->items), (v)->items = NULL, (v)->len = (v)->cap = 0)

bool hd_vec_grow_(void **items, size_t *cap, size_t len, size_t extra, size_t size);

#endif
