/* test_exec_nan.c: arithmetic gives the canonical NaN, in every form of every instruction and in
 * both flavours of the machine. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "exec/event.h"
#include "module/opcodes.h"
#include "suites.h"
#include "wat.h"

/* What only moves bits, or gives masks: a NaN that it gives is none of arithmetic. */
static bool keeps_bits(const char *name) {
    static const char *const names[] = {
        "abs",   "neg",  "copysign", "pmin", "pmax", "reinterpret", "load", "const",
        "splat", "lane", "eq",       "ne",   "lt",   "gt",          "le",   "ge",
    };
    const char *operation = strchr(name, '.') + 1;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strstr(operation, names[i]) &&
            (strlen(names[i]) > 2 || strcmp(operation, names[i]) == 0))
            return true;
    return false;
}

/* The width of the floats that it computes, or 0. */
static unsigned result_width(const hd_opinfo *op) {
    if ((op->shape != HD_OPSHAPE_UN && op->shape != HD_OPSHAPE_BIN) || keeps_bits(op->text))
        return 0;
    if (op->result == HD_F32 || strncmp(op->text, "f32x4.", 6) == 0) return 32;
    if (op->result == HD_F64 || strncmp(op->text, "f64x2.", 6) == 0) return 64;
    return 0;
}

/* Operands: zeros, ones, infinities, NaNs canonical, quiet and signalling, of both signs. Those of
 * integers are as good as any. */
static const uint32_t narrow[] = {0x00000000, 0x80000000, 0x3F800000, 0xBF800000,
                                  0x7F800000, 0xFF800000, 0x7FC00000, 0xFFC00000,
                                  0x7FC12345, 0xFFE00001, 0x7F800001, 0xFFBFFFFF};
static const char *const narrow_text[] = {
    "0",       "-0",           "1",    "-1",           "inf",
    "-inf",    "nan",          "-nan", "nan:0x412345", "-nan:0x600001",
    "nan:0x1", "-nan:0x3fffff"};
enum { VALUES = sizeof narrow / sizeof *narrow };

static uint64_t wide_of(uint32_t bits) {
    bool special = (bits & 0x7F800000) == 0x7F800000, one = (bits & 0x7FFFFFFF) == 0x3F800000;
    uint64_t exponent = special ? 0x7FF : one ? 0x3FF : 0, sign = bits >> 31;
    return sign << 63 | exponent << 52 | (uint64_t)(bits & 0x7FFFFF) << 29;
}

/* Puts an operand into the cells of a parameter; returns how many. */
static unsigned put(hd_slot *cells, uint8_t type, unsigned width, unsigned value) {
    uint64_t wide = wide_of(narrow[value]), twice = (uint64_t)narrow[value] << 32 | narrow[value];
    if (type == HD_V128) {
        /* The second half differs, so that lanes do. */
        unsigned other = (value + 5) % VALUES;
        cells[0].i64 = width == 64 ? wide : twice;
        cells[1].i64 =
            width == 64 ? wide_of(narrow[other]) : (uint64_t)narrow[other] << 32 | narrow[value];
        return 2;
    }
    cells[0].i64 = type == HD_F64 || type == HD_I64 ? wide : narrow[value];
    return 1;
}

static const char *type_name(uint8_t type) {
    return hd_valtype_name((hd_valtype)type);
}

/* Writes an operand: from a cell (s), from an accumulator (r), or a constant (i). */
static void write_operand(FILE *to, const hd_opinfo *op, unsigned parameter, char form,
                          unsigned constant) {
    static const char *const views[] = {"f64.reinterpret_i64 (i64.reinterpret_f64",
                                        "f32.reinterpret_i32 (i32.reinterpret_f32"};
    if (form == 'i')
        fprintf(to, " (%s.const %s)", type_name(op->operand), narrow_text[constant]);
    else if (form == 's')
        fprintf(to, " (local.get %u)", parameter);
    else
        fprintf(to, " (%s (local.get %u)))", views[op->operand == HD_F32], parameter);
}

/* A module with a function for each form: "ss", and so on; "si0" with the first constant. */
static char *module_for(const hd_opinfo *op) {
    static const char *const unary[] = {"s", "r", NULL}, *const binary[] = {"ss", "rs", "sr", NULL};
    static const char *const constants[] = {"si", "ri", NULL};
    bool scalar = op->operand == HD_F32 || op->operand == HD_F64;
    bool two = op->shape == HD_OPSHAPE_BIN;
    char *text = NULL;
    size_t length;
    FILE *to = open_memstream(&text, &length);
    fputs("(module", to);
    const char *const *forms = two ? binary : unary;
    for (unsigned i = 0; forms[i] && (scalar || i == 0); i++) {
        fprintf(to, "\n (func (export \"%s\") (param %s %s) (result %s) (%s", forms[i],
                type_name(op->operand), type_name(op->operand), type_name(op->result), op->text);
        for (unsigned j = 0; forms[i][j]; j++)
            write_operand(to, op, j, forms[i][j], 0);
        fputs("))", to);
    }
    for (unsigned i = 0; scalar && two && constants[i]; i++)
        for (unsigned value = 0; value < VALUES; value++) {
            fprintf(to, "\n (func (export \"%s%u\") (param %s %s) (result %s) (%s", constants[i],
                    value, type_name(op->operand), type_name(op->operand), type_name(op->result),
                    op->text);
            write_operand(to, op, 0, constants[i][0], 0);
            write_operand(to, op, 1, 'i', value);
            fputs("))", to);
        }
    fputs(")", to);
    fclose(to);
    return text;
}

/* Checks a result; returns how many NaNs there are in it. */
static unsigned check_result(const hd_opinfo *op, const char *form, const hd_slot *cells,
                             unsigned width) {
    unsigned bits = op->result == HD_V128 ? 128 : width, nans = 0;
    for (unsigned at = 0; at < bits; at += width) {
        uint64_t lane = 0, magnitude = width == 32 ? 0x7FFFFFFF : INT64_MAX;
        uint64_t infinity = width == 32 ? 0x7F800000 : 0x7FF0000000000000;
        memcpy(&lane, (const uint8_t *)cells + at / 8, width / 8);
        if ((lane & magnitude) <= infinity) continue;
        nans++;
        ck_assert_msg(lane == (width == 32 ? 0x7FC00000 : 0x7FF8000000000000),
                      "%s, form %s, gives the NaN 0x%llx", op->text, form,
                      (unsigned long long)lane);
    }
    return nans;
}

static unsigned run_forms(const hd_opinfo *op, hd_module *module, hd_handlers handlers) {
    unsigned width = result_width(op), nans = 0;
    unsigned operand_width = op->operand == HD_F64 || strstr(op->text, "f64x2_zero") ? 64 : 32;
    if (op->operand == HD_V128 && width == 64 && !strstr(op->text, "f32x4")) operand_width = 64;
    hd_diag diag = HD_DIAG_INIT;
    hd_instance *instance;
    hd_codebase *codebase = hd_codebase_new(module, handlers);
    hd_store *store = hd_store_new(handlers);
    hd_agent *agent = hd_agent_new("tester", 1 << 10);
    ck_assert_int_eq(hd_instantiate(store, codebase, NULL, NULL, &instance, &diag), HD_OK);
    for (uint32_t e = 0; e < module->export_count; e++) {
        hd_slot cells[4] = {0};
        for (unsigned a = 0; a < VALUES; a++)
            for (unsigned b = 0; b < VALUES; b++) {
                unsigned first = put(cells, op->operand, operand_width, a);
                put(cells + first, op->operand, operand_width, b);
                hd_agent_call(agent, instance->funcs[module->exports[e].index], cells, &diag);
                ck_assert_msg(diag.status == HD_OK, "%s", diag.message);
                nans += check_result(op, module->exports[e].name.bytes, cells, width);
            }
    }
    hd_agent_free(agent);
    hd_store_free(store);
    hd_codebase_free(codebase);
    return nans;
}

START_TEST(nans_are_canonical) {
    unsigned instructions = 0;
    for (unsigned i = 0; i < HD_OPCODE_COUNT; i++) {
        const hd_opinfo *op = &hd_opcode_info[i];
        if (!result_width(op)) continue;
        char *text = module_for(op);
        hd_module *module = load_wat(text);
        unsigned nans = run_forms(op, module, hd_plain_handlers);
        ck_assert_uint_eq(run_forms(op, module, hd_observed_handlers), nans);
        /* All but the conversions of integers. */
        ck_assert_msg((nans > 0) == !strstr(op->text, "convert"), "%s: %u", op->text, nans);
        instructions += nans > 0;
        hd_module_free(module);
        free(text);
    }
    ck_assert_uint_eq(instructions, 52); /* 11 operations on 4 types, demote and promote on 2 */
}
END_TEST

TCase *exec_nan_case(void) {
    TCase *tests = tcase_create("nan");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, nans_are_canonical);
    return tests;
}
