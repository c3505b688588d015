/* operations.c: the regular instructions as the generator sees them, made from the table of
 * opcodes. A mistake in that table shows when the other engine refuses a module. */
#include <stdlib.h>
#include <string.h>

#include "generator.h"

enum { I32 = HD_I32, I64 = HD_I64, F32 = HD_F32, F64 = HD_F64, VEC = HD_V128, NONE = 0 };

typedef struct row {
    const char *name;
    uint16_t code;
    uint8_t shape, operand, result; /* hd_opshape, hd_valtype */
    uint8_t width;
} row;

#define TYPE_i32 HD_I32
#define TYPE_i64 HD_I64
#define TYPE_f32 HD_F32
#define TYPE_f64 HD_F64
#define TYPE_v128 HD_V128
#define TYPE_none 0

static const row rows[] = {
#define HD_OP(code, id, text, shape, A, R, width)                                                  \
    {text, code, HD_OPSHAPE_##shape, TYPE_##A, TYPE_##R, width},
#include "module/opcodes.def"
#undef HD_OP
};

/* A few operations stand here twice, see `split`. */
enum { ROWS = sizeof rows / sizeof *rows, MAX_OPERATIONS = ROWS + 8 };
static gen_operation operations[MAX_OPERATIONS];
static size_t operation_count;
static gen_choices by_group[GEN_GROUPS], by_result[GEN_KINDS];

hd_valtype gen_valtype(gen_kind kind) {
    static const hd_valtype types[] = {
        [GEN_I32] = HD_I32,   [GEN_I64] = HD_I64,     [GEN_F32] = HD_F32,
        [GEN_F64] = HD_F64,   [GEN_X32] = HD_F32,     [GEN_X64] = HD_F64,
        [GEN_V128] = HD_V128, [GEN_REF] = HD_FUNCREF, [GEN_W128] = HD_V128,
    };
    return types[kind];
}

bool gen_fits(gen_kind have, gen_kind want) {
    return have == want || (have == GEN_X32 && want == GEN_F32) ||
           (have == GEN_X64 && want == GEN_F64);
}

bool gen_all_fit(const uint8_t *have, const uint8_t *want, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!gen_fits(have[i], want[i])) return false;
    return true;
}

static uint8_t kind_of(unsigned type, bool settled) {
    switch (type) {
    case HD_I32: return GEN_I32;
    case HD_I64: return GEN_I64;
    case HD_F32: return settled ? GEN_X32 : GEN_F32;
    case HD_F64: return settled ? GEN_X64 : GEN_F64;
    case HD_V128: return GEN_V128;
    default: return GEN_NONE;
    }
}

static bool named(const row *r, const char *part) {
    return strstr(r->name, part) != NULL;
}

/* True of an operation that makes all bits of its result from those of its operands, or from
 * something else than floats. */
static bool keeps_bits(const row *r) {
    return named(r, "copysign") || named(r, "reinterpret") || named(r, "convert") ||
           named(r, "load") || named(r, "store") || named(r, "splat") || named(r, "_lane");
}

/* Operations on the sign alone: settled if the operand is, so they stand in the list for both. */
static bool split(const row *r) {
    return r->shape == HD_OPSHAPE_UN && (named(r, ".abs") || named(r, ".neg")) && r->name[0] == 'f';
}

/* Vector arithmetic of floats, whose NaNs are open; comparisons give masks. */
static uint16_t settling_eq(const row *r) {
    static const char *const settled[] = {"abs", "neg", "convert", "splat", "_lane", ".eq",
                                          ".ne", ".lt", ".gt",     ".le",   ".ge"};
    bool f32 = strncmp(r->name, "f32x4.", 6) == 0, f64 = strncmp(r->name, "f64x2.", 6) == 0;
    if (!f32 && !f64) return 0;
    for (size_t i = 0; i < sizeof settled / sizeof *settled; i++)
        if (named(r, settled[i]) && !named(r, ".nearest")) return 0;
    return f32 ? GEN_OP_f32x4_eq : GEN_OP_f64x2_eq;
}

static uint8_t lanes_of(const row *r) {
    if (!named(r, "_lane")) return 0;
    if (named(r, "x16") || named(r, "8_lane")) return 16;
    if (named(r, "x8") || named(r, "16_lane")) return 8;
    return named(r, "x4") || named(r, "32_lane") ? 4 : 2;
}

static void set_operands(gen_operation *o, unsigned a, unsigned b, unsigned c, bool settled) {
    const unsigned types[] = {a, b, c};
    for (o->count = 0; o->count < 3 && types[o->count]; o->count++)
        o->operands[o->count] = kind_of(types[o->count], settled);
}

/* Sets group, operands and result by shape; false for an instruction that is not regular. */
static bool describe(gen_operation *o, const row *r, bool settled) {
    unsigned a = r->operand;
    o->result = kind_of(r->result, settled);
    o->group = r->operand == VEC || r->result == VEC ? GEN_SIMD : GEN_ALU;
    switch ((hd_opshape)r->shape) {
    case HD_OPSHAPE_CTRL:
    case HD_OPSHAPE_CONST: return false;
    case HD_OPSHAPE_TEST: o->group = GEN_COMPARE; /* fall through */
    case HD_OPSHAPE_UN:
    case HD_OPSHAPE_UNTRAP: set_operands(o, a, NONE, NONE, settled); break;
    case HD_OPSHAPE_CMP: o->group = GEN_COMPARE; /* fall through */
    case HD_OPSHAPE_BIN:
    case HD_OPSHAPE_BINTRAP: set_operands(o, a, a, NONE, settled); break;
    case HD_OPSHAPE_LOAD: o->group = GEN_LOAD; /* fall through */
    case HD_OPSHAPE_VLOAD: set_operands(o, I32, NONE, NONE, true); break;
    case HD_OPSHAPE_STORE: o->group = GEN_STORE; /* fall through */
    case HD_OPSHAPE_VSTORE: set_operands(o, I32, a, NONE, true); break;
    case HD_OPSHAPE_ALOAD: set_operands(o, I32, NONE, NONE, true); goto atomic;
    case HD_OPSHAPE_ASTORE:
    case HD_OPSHAPE_ARMW: set_operands(o, I32, a, NONE, true); goto atomic;
    case HD_OPSHAPE_ACMPXCHG: set_operands(o, I32, a, a, true); goto atomic;
    case HD_OPSHAPE_WAIT: set_operands(o, I32, a, I64, true); goto atomic;
    case HD_OPSHAPE_NOTIFY: set_operands(o, I32, I32, NONE, true); goto atomic;
    case HD_OPSHAPE_FENCE: set_operands(o, NONE, NONE, NONE, true); goto atomic;
    case HD_OPSHAPE_VTERN: set_operands(o, VEC, VEC, VEC, true); break;
    case HD_OPSHAPE_VSHIFT: set_operands(o, VEC, I32, NONE, true); break;
    case HD_OPSHAPE_VSPLAT: set_operands(o, a, NONE, NONE, true); break;
    case HD_OPSHAPE_VEXTRACT: set_operands(o, VEC, NONE, NONE, true); break;
    case HD_OPSHAPE_VREPLACE: set_operands(o, VEC, a, NONE, true); break;
    case HD_OPSHAPE_VSHUFFLE: set_operands(o, VEC, VEC, NONE, true); break;
    case HD_OPSHAPE_VLOADLANE:
    case HD_OPSHAPE_VSTORELANE: set_operands(o, I32, VEC, NONE, true); break;
    }
    if (o->group == GEN_ALU && (a == F32 || a == F64) && (r->result == F32 || r->result == F64))
        o->group = GEN_FLOAT;
    return true;
atomic:
    o->group = GEN_ATOMIC;
    return true;
}

static void add(const row *r, bool settled) {
    gen_operation *o = &operations[operation_count];
    *o = (gen_operation){.name = r->name,
                         .code = r->code,
                         .shape = r->shape,
                         .width = r->width,
                         .lanes = lanes_of(r),
                         .settle = settling_eq(r)};
    if (describe(o, r, settled)) operation_count++;
}

static void choose(gen_choices *among, const gen_operation *o) {
    among->items = gen_enlarge(among->items, among->count, sizeof *among->items);
    among->items[among->count++] = o;
}

void gen_operations_init(void) {
    for (size_t i = 0; i < ROWS; i++) {
        if (rows[i].code >> 8 == HD_SECOND_PAGE) continue; /* relaxed: hosts may differ */
        add(&rows[i], keeps_bits(&rows[i]));
        if (split(&rows[i])) add(&rows[i], true);
    }
    for (size_t i = 0; i < operation_count; i++) {
        const gen_operation *o = &operations[i];
        choose(&by_group[o->group], o);
        if (o->result != GEN_NONE && o->group != GEN_LOAD && o->group != GEN_ATOMIC &&
            (o->group != GEN_SIMD || o->result == GEN_V128))
            choose(&by_result[o->result], o);
    }
}

gen_choices gen_operations_in(gen_group group) {
    return by_group[group];
}

gen_choices gen_operations_for(gen_kind result) {
    return by_result[result];
}
