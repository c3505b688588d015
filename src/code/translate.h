/* translate.h: the translator, as the codebase sees it. */
#ifndef HD_CODE_TRANSLATE_H
#define HD_CODE_TRANSLATE_H

#include "code/code.h"

/* The code of one function; the arrays belong to the receiver. */
typedef struct hd_translation {
    hd_insn *code;
    uint32_t *offsets;
    hd_try *tries;
    hd_clause *clauses;
    uint32_t length; /* units */
    uint32_t try_count;
    uint32_t frame_slots;
} hd_translation;

/* Translates a function with a body. HD_NOMEM or HD_OK. Thread-safe. */
hd_status hd_translate(const hd_module *module, uint32_t function, hd_handlers handlers,
                       hd_translation *result, hd_diag *diag);

#endif
