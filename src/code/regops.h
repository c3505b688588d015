/* regops.h: numbers of the operations of register code. */
#ifndef HD_CODE_REGOPS_H
#define HD_CODE_REGOPS_H

typedef enum hd_regop {
#define HD_REGOP(name) HD_R_##name,
#include "code/regops.def"
#undef HD_REGOP
    HD_REGOP_COUNT,
} hd_regop;

/* Forms, as distances from an instruction's first one; the order of regops.def. */
enum {
    HD_FORM_S,
    HD_FORM_R,
    HD_FORM_I,       /* LOAD */
    HD_FORM_M,       /* LOAD */
    HD_FORM_W,       /* LOAD */
    HD_UN_FORMS = 2, /* TEST: then as a branch if true, then as a branch if false */

    HD_FORM_SS = 0,
    HD_FORM_RS,
    HD_FORM_SR,
    HD_FORM_SI,
    HD_FORM_RI,
    HD_BIN_FORMS, /* CMP: then as a branch if true, then as a branch if false */

    HD_STORE_FORM_M = 9, /* STORE: the others are 3 * address + value, each S, R or I */
    HD_STORE_FORM_W = 10,
    HD_OTHER_FORM_W = 1, /* atomic accesses, wait, notify, vectors' accesses */
};

#endif
