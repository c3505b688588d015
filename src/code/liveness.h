/* liveness.h: which cells of a frame an instruction, and what may follow it, can still read. */
#ifndef HD_CODE_LIVENESS_H
#define HD_CODE_LIVENESS_H

#include <stdbool.h>

#include "code/code.h"

/* The cells at one place. */
typedef struct hd_live_cells {
    const uint64_t *bits; /* NULL: all of them */
    int32_t first;        /* the cell of bit 0 */
    int32_t count;        /* the last two are the accumulators r0 and x0 */
    bool loop;            /* the place lies within a loop of the function */
} hd_live_cells;

/* Those that are live before an instruction of the code; all of them, if nothing is known of that
 * place, as when memory is out. Looks at the whole function when it is first asked. Thread-safe. */
hd_live_cells hd_code_live(const hd_code *code, const hd_insn *at);

static inline bool hd_live_bit(const hd_live_cells *live, int32_t bit) {
    return !live->bits || bit < 0 || bit >= live->count || (live->bits[bit / 64] >> (bit % 64) & 1);
}

static inline bool hd_live_cell(const hd_live_cells *live, int32_t cell) {
    return hd_live_bit(live, cell - live->first);
}

/* How many words so many cells take, and one bit more: for the loop. */
static inline size_t hd_live_words(int32_t cells) {
    return (size_t)cells / 64 + 1;
}

/* For codebase.c: a row of words for each unit of a function, 64 cells a word; NULL when memory is
 * out. */
uint64_t *hd_code_analyse(const hd_code *code, const hd_module *module, hd_handlers handlers);

#endif
