/* opcodes.h: what expands from the table of opcodes for every room. */
#ifndef HD_MODULE_OPCODES_H
#define HD_MODULE_OPCODES_H

#include "module/types.h"

/* Dense numbers of the instructions, in the order of the table. */
typedef enum hd_opcode {
#define HD_OP(code, id, text, shape, A, R, width) HD_OP_##id,
#include "module/opcodes.def"
#undef HD_OP
    HD_OPCODE_COUNT,
} hd_opcode;

typedef enum hd_opshape {
    HD_OPSHAPE_CTRL,
    HD_OPSHAPE_CONST,
    HD_OPSHAPE_UN,
    HD_OPSHAPE_UNTRAP,
    HD_OPSHAPE_BIN,
    HD_OPSHAPE_BINTRAP,
    HD_OPSHAPE_TEST,
    HD_OPSHAPE_CMP,
    HD_OPSHAPE_LOAD,
    HD_OPSHAPE_STORE,
    HD_OPSHAPE_ALOAD,
    HD_OPSHAPE_ASTORE,
    HD_OPSHAPE_ARMW,
    HD_OPSHAPE_ACMPXCHG,
    HD_OPSHAPE_WAIT,
    HD_OPSHAPE_NOTIFY,
    HD_OPSHAPE_FENCE,
    HD_OPSHAPE_VTERN,
    HD_OPSHAPE_VSHIFT,
    HD_OPSHAPE_VSPLAT,
    HD_OPSHAPE_VEXTRACT,
    HD_OPSHAPE_VREPLACE,
    HD_OPSHAPE_VSHUFFLE,
    HD_OPSHAPE_VLOAD,
    HD_OPSHAPE_VSTORE,
    HD_OPSHAPE_VLOADLANE,
    HD_OPSHAPE_VSTORELANE,
} hd_opshape;

/* A row of the table; `operand` and `result` are 0 for none. */
typedef struct hd_opinfo {
    const char *text;
    uint16_t code;
    uint8_t shape;           /* hd_opshape */
    uint8_t operand, result; /* hd_valtype */
    uint8_t width;
} hd_opinfo;

extern const hd_opinfo hd_opcode_info[HD_OPCODE_COUNT];

/* Where an opcode of the table stands in hd_opcode_of_code: 256 places for the one-byte codes, then
 * 256 each for the prefixes 0xFC, 0xFD, 0xFE, and for the second page of 0xFD. */
#define HD_CODE_INDEX(code) (((code) >> 8 ? ((code) >> 8) - 0xFB : 0) << 8 | ((code)&0xFF))

/* By HD_CODE_INDEX: the instruction's hd_opcode plus 1, or 0 for none. */
extern const uint16_t hd_opcode_of_code[5 * 256];

/* The codes of the second page of prefix 0xFD, 0xFD 0x100 and on, stand in the table as 0xFF00 and
 * on. */
enum { HD_SECOND_PAGE = 0xFF };

#endif
