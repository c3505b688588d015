/* test_runtime_instantiate.c: tests of instantiation, its traps, and the module `spectest`. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "code/regops.h"
#include "host/spectest.h"
#include "suites.h"

TCase *runtime_instantiate_case(void);

static const void *const no_handlers[HD_REGOP_COUNT];

#define HEADER "\0asm\x01\0\0\0"

/* (module
 *   (import "m" "tab" (table 10 funcref))
 *   (import "m" "mem" (memory 1))
 *   (func $f)
 *   (elem (i32.const 7) $f)
 *   (elem (i32.const 8) $f $f $f $f $f)
 *   (data (i32.const 0) "abc")) */
static const char elements_beyond[] =
    HEADER "\x01\x04\x01\x60\x00\x00"
           "\x02\x14\x02\x01m\x03tab\x01\x70\x00\x0A\x01m\x03mem\x02\x00\x01"
           "\x03\x02\x01\x00"
           "\x09\x11\x02\x00\x41\x07\x0B\x01\x00\x00\x41\x08\x0B\x05\x00\x00\x00\x00\x00"
           "\x0A\x04\x01\x02\x00\x0B"
           "\x0B\x09\x01\x00\x41\x00\x0B\x03\x61\x62\x63";

/* (module
 *   (import "m" "tab" (table 10 funcref))
 *   (import "m" "mem" (memory 1))
 *   (func $f)
 *   (elem (i32.const 7) $f)
 *   (data (i32.const 0) "abc")
 *   (data "passive")
 *   (data (i32.const 65530) "0123456789")) */
static const char data_beyond[] =
    HEADER "\x01\x04\x01\x60\x00\x00"
           "\x02\x14\x02\x01m\x03tab\x01\x70\x00\x0A\x01m\x03mem\x02\x00\x01"
           "\x03\x02\x01\x00"
           "\x09\x07\x01\x00\x41\x07\x0B\x01\x00"
           "\x0A\x04\x01\x02\x00\x0B"
           "\x0B\x23\x03\x00\x41\x00\x0B\x03\x61\x62\x63\x01\x07passive"
           "\x00\x41\xFA\xFF\x03\x0B\x0A"
           "0123456789";

/* (module
 *   (import "m" "base" (global $base i32))
 *   (table $t (export "tab") 4 externref)
 *   (table $u 3 funcref)
 *   (memory (export "mem") 1 3 shared)
 *   (global (export "glob") (mut i64) (i64.add (i64.const 2) (i64.const 3)))
 *   (func $f (export "f"))
 *   (func $g)
 *   (elem (table $u) (global.get $base) func $f)
 *   (elem funcref (ref.func $g) (ref.null func))
 *   (elem declare func $f)
 *   (data (global.get $base) "one")
 *   (data "two!")) */
static const char whole[] =
    HEADER "\x01\x04\x01\x60\x00\x00"
           "\x02\x0B\x01\x01m\x04"
           "base\x03\x7F\x00"
           "\x03\x03\x02\x00\x00"
           "\x04\x07\x02\x6F\x00\x04\x70\x00\x03"
           "\x05\x04\x01\x03\x01\x03"
           "\x06\x09\x01\x7E\x01\x42\x02\x42\x03\x7C\x0B"
           "\x07\x18\x04\x03tab\x01\x00\x03mem\x02\x00\x04glob\x03\x01\x01"
           "f\x00\x00"
           "\x09\x16\x03\x02\x01\x23\x00\x0B\x00\x01\x00\x05\x70\x02\xD2\x01\x0B\xD0\x70\x0B"
           "\x03\x00\x01\x00"
           "\x0A\x07\x02\x02\x00\x0B\x02\x00\x0B"
           "\x0B\x0F\x02\x00\x23\x00\x0B\x03one\x01\x04two!";

/* (module (table 10000001 funcref)) */
static const char huge_table[] = HEADER "\x04\x07\x01\x70\x00\x81\xAD\xE2\x04";

typedef struct bench {
    hd_store *store;
    hd_module *module;
    hd_codebase *codebase;
    hd_instance *instance;
    hd_extern table, memory, base;
    hd_diag diag;
} bench;

static bool resolve(void *context, const hd_import *import, hd_extern *value) {
    const bench *b = context;
    switch (import->kind) {
    case HD_EXTERN_TABLE: *value = b->table; return true;
    case HD_EXTERN_MEMORY: *value = b->memory; return true;
    case HD_EXTERN_GLOBAL: *value = b->base; return true;
    default: return false;
    }
}

static void load(bench *b, const char *bytes, size_t length) {
    *b = (bench){.diag = HD_DIAG_INIT};
    hd_status status = hd_module_load((const uint8_t *)bytes, length, &b->module, &b->diag);
    ck_assert_msg(status == HD_OK, "%s", b->diag.message);
    b->codebase = hd_codebase_new(b->module, no_handlers);
    ck_assert_ptr_nonnull(b->codebase);
}

/* Makes the store and what modules import: a table of 10, a memory of a page, a global of value 1.
 * False when memory is out. */
static bool furnish(bench *b, bool shared) {
    b->store = hd_store_new(no_handlers);
    if (!b->store) return false;
    hd_tabletype table = {HD_FUNCREF, {.min = 10}};
    hd_limits memory = {.min = 1, .max = 1, .has_max = shared, .shared = shared};
    hd_slot one[2] = {{.i64 = 1}};
    hd_memory *made = hd_memory_new(&memory, &b->diag);
    b->table = (hd_extern){HD_EXTERN_TABLE, {.table = hd_store_table(b->store, &table, NULL)}};
    b->memory = (hd_extern){HD_EXTERN_MEMORY, {.memory = made}};
    b->base =
        (hd_extern){HD_EXTERN_GLOBAL,
                    {.global = hd_store_global(b->store, (hd_globaltype){HD_I32, false}, one)}};
    bool held = made && hd_store_memory(b->store, made);
    if (made) hd_memory_release(made);
    return b->table.table && held && b->base.global;
}

static hd_status instantiate(bench *b) {
    return hd_instantiate(b->store, b->codebase, resolve, b, &b->instance, &b->diag);
}

static void dismantle(bench *b) {
    hd_store_free(b->store);
    hd_codebase_free(b->codebase);
    hd_module_free(b->module);
}

START_TEST(trap_of_an_element_segment_keeps_earlier_ones) {
    bench b;
    load(&b, elements_beyond, sizeof elements_beyond - 1);
    ck_assert(furnish(&b, false));
    ck_assert_int_eq(instantiate(&b), HD_TRAP);
    ck_assert_str_eq(b.diag.message,
                     "out of bounds table access: element segment 1: 8 + 5 > table size 10");
    ck_assert_int_eq(elements_beyond[b.diag.offset], 0x41); /* at the segment's i32.const */
    ck_assert_ptr_null(b.instance);
    const hd_func *f = b.table.table->elements[7];
    ck_assert(f && f->instance && f->instance->funcs[0] == f);
    ck_assert_ptr_null(b.table.table->elements[8]);
    ck_assert_uint_eq(b.memory.memory->base[0], 0); /* data comes after all elements */
    dismantle(&b);
}
END_TEST

START_TEST(trap_of_a_data_segment_keeps_earlier_ones) {
    bench b;
    load(&b, data_beyond, sizeof data_beyond - 1);
    ck_assert(furnish(&b, false));
    ck_assert_int_eq(instantiate(&b), HD_TRAP);
    ck_assert_str_eq(b.diag.message, "out of bounds memory access: data segment 2: "
                                     "65530 + 10 > memory size 65536");
    ck_assert_ptr_null(b.instance);
    ck_assert_mem_eq(b.memory.memory->base, "abc", 4);
    ck_assert_uint_eq(b.memory.memory->base[65530], 0);
    /* A function that got into the table finds its instance in order. */
    const hd_func *f = b.table.table->elements[7];
    ck_assert(f && f->instance->memories[0] == b.memory.memory);
    ck_assert_uint_eq(f->instance->data_lengths[0], 0);
    ck_assert_uint_eq(f->instance->data_lengths[1], 7);
    dismantle(&b);
}
END_TEST

START_TEST(nothing_is_written_before_all_imports_match) {
    bench b;
    load(&b, elements_beyond, sizeof elements_beyond - 1);
    ck_assert(furnish(&b, true));
    ck_assert_int_eq(instantiate(&b), HD_UNLINKABLE);
    ck_assert_str_eq(b.diag.message, "incompatible import type: \"m\".\"mem\": expected memory 1, "
                                     "got memory 1 1 shared");
    ck_assert_ptr_null(b.table.table->elements[7]);
    dismantle(&b);
}
END_TEST

START_TEST(instance_is_as_the_module_says) {
    bench b;
    load(&b, whole, sizeof whole - 1);
    ck_assert(furnish(&b, false));
    ck_assert_msg(instantiate(&b) == HD_OK, "%s", b.diag.message);
    const hd_instance *in = b.instance;
    ck_assert(in->store == b.store && in->module == b.module && in->codebase == b.codebase);
    ck_assert_ptr_eq(in->globals[0], b.base.global);
    ck_assert_uint_eq(in->tables[0]->size, 4);
    ck_assert(in->memories[0]->type.shared);
    ck_assert_uint_eq(in->memories[0]->reserved, 3 * HD_PAGE_SIZE);

    /* Active and declarative segments are dropped, passive ones are not. */
    ck_assert_uint_eq(in->elements[0].count, 0);
    ck_assert_uint_eq(in->elements[1].count, 2);
    ck_assert_uint_eq(in->elements[2].count, 0);
    ck_assert_ptr_eq(in->elements[1].refs[0], in->funcs[1]);
    ck_assert_ptr_null(in->elements[1].refs[1]);
    ck_assert_uint_eq(in->data_lengths[0], 0);
    ck_assert_uint_eq(in->data_lengths[1], 4);
    ck_assert_ptr_eq(in->tables[1]->elements[1], in->funcs[0]);
    ck_assert_ptr_null(in->tables[1]->elements[0]);
    ck_assert_mem_eq(in->memories[0]->base, "\0one\0", 5);

    static const struct {
        const char *name;
        hd_externkind kind;
    } exports[] = {{"tab", HD_EXTERN_TABLE},
                   {"mem", HD_EXTERN_MEMORY},
                   {"glob", HD_EXTERN_GLOBAL},
                   {"f", HD_EXTERN_FUNC}};
    hd_extern values[4], none;
    for (size_t i = 0; i < 4; i++) {
        ck_assert(hd_instance_export(in, exports[i].name, strlen(exports[i].name), &values[i]));
        ck_assert_int_eq(values[i].kind, exports[i].kind);
    }
    ck_assert(!hd_instance_export(in, "ta", 2, &none));
    ck_assert(values[0].table == in->tables[0] && values[1].memory == in->memories[0]);
    ck_assert(values[2].global == in->globals[1] && values[3].func == in->funcs[0]);
    ck_assert_uint_eq(values[2].global->value[0].i64, 5);
    dismantle(&b);
}
END_TEST

START_TEST(memory_init_checks_both_bounds_first) {
    static const struct {
        uint32_t segment, to, from, count;
        hd_trapcode trap;
    } rows[] = {
        {1, 10, 1, 3, HD_TRAP_NONE},
        {1, 10, 1, 4, HD_TRAP_MEMORY_OOB},
        {1, HD_PAGE_SIZE - 3, 0, 4, HD_TRAP_MEMORY_OOB},
        {1, HD_PAGE_SIZE - 3, 0, 3, HD_TRAP_NONE},
        {1, HD_PAGE_SIZE, 4, 0, HD_TRAP_NONE},
        {1, HD_PAGE_SIZE + 1, 0, 0, HD_TRAP_MEMORY_OOB},
        {1, 0, 5, 0, HD_TRAP_MEMORY_OOB},
        {1, UINT32_MAX, 0, 4, HD_TRAP_MEMORY_OOB},
        {1, 0, UINT32_MAX, 4, HD_TRAP_MEMORY_OOB},
        {0, 0, 0, 0, HD_TRAP_NONE}, /* dropped */
        {0, 0, 0, 1, HD_TRAP_MEMORY_OOB},
    };
    bench b;
    load(&b, whole, sizeof whole - 1);
    ck_assert(furnish(&b, false));
    ck_assert_int_eq(instantiate(&b), HD_OK);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        ck_assert_int_eq(hd_memory_init(b.instance->memories[0], b.instance, rows[i].segment,
                                        rows[i].to, rows[i].from, rows[i].count),
                         rows[i].trap);
    ck_assert_mem_eq(b.instance->memories[0]->base + 10, "wo!", 4);
    ck_assert_mem_eq(b.instance->memories[0]->base + HD_PAGE_SIZE - 3, "two", 3);
    dismantle(&b);
}
END_TEST

START_TEST(imported_memory_outlives_its_store) {
    bench first, second;
    load(&first, data_beyond, sizeof data_beyond - 1);
    load(&second, data_beyond, sizeof data_beyond - 1);
    ck_assert(furnish(&first, false) && furnish(&second, false));
    second.memory = first.memory;
    ck_assert_int_eq(instantiate(&second), HD_TRAP);
    dismantle(&first);
    const hd_func *f = second.table.table->elements[7];
    ck_assert_mem_eq(f->instance->memories[0]->base, "abc", 4);
    dismantle(&second);
}
END_TEST

START_TEST(table_beyond_the_limit_is_refused) {
    bench b;
    load(&b, huge_table, sizeof huge_table - 1);
    ck_assert(furnish(&b, false));
    ck_assert_int_eq(instantiate(&b), HD_LIMIT);
    ck_assert_str_eq(b.diag.message, "table 0: 10000001 elements > limit of 10000000");
    dismantle(&b);
}
END_TEST

/* Makes each allocation fail in turn. What was made before is released in any case: a leak is for
 * the sanitizer to see. */
START_TEST(every_allocation_may_fail) {
    bench b;
    load(&b, whole, sizeof whole - 1);
    bool done = false;
    uint64_t n = 1;
    for (; !done; n++) {
        hd_diag_reset(&b.diag);
        hd_alloc_fail_after(n);
        done = furnish(&b, false) && hd_spectest_new(b.store, NULL);
        hd_status status = done ? instantiate(&b) : HD_NOMEM;
        hd_alloc_fail_after(0);
        ck_assert(status == HD_OK || status == HD_NOMEM);
        done = status == HD_OK;
        hd_store_free(b.store);
    }
    ck_assert_uint_gt(n, 8);
    hd_codebase_free(b.codebase);
    hd_module_free(b.module);
}
END_TEST

/* spectest. */

static const hd_extern *lookup(const hd_spectest *s, const char *name, hd_extern *value) {
    ck_assert_msg(hd_spectest_lookup(s, name, strlen(name), value), "%s", name);
    return value;
}

START_TEST(spectest_exports_what_the_suite_imports) {
    hd_store *store = hd_store_new(no_handlers);
    hd_spectest *s = hd_spectest_new(store, NULL);
    hd_extern v;
    ck_assert_uint_eq(lookup(s, "global_i32", &v)->global->value[0].i64, 666);
    ck_assert_uint_eq(lookup(s, "global_i64", &v)->global->value[0].i64, 666);
    ck_assert(lookup(s, "global_f32", &v)->global->value[0].f32 == 666.6F);
    ck_assert(lookup(s, "global_f64", &v)->global->value[0].f64 == 666.6);
    ck_assert(v.global->type.type == HD_F64 && !v.global->type.is_mutable);
    const hd_table *table = lookup(s, "table", &v)->table;
    ck_assert(table->size == 10 && table->type.limits.max == 20 &&
              table->type.element == HD_FUNCREF);
    const hd_memory *memory = lookup(s, "memory", &v)->memory;
    ck_assert(atomic_load(&memory->length) == HD_PAGE_SIZE && memory->type.max == 2);
    ck_assert(!memory->type.shared && lookup(s, "shared_memory", &v)->memory->type.shared);
    ck_assert(!hd_spectest_lookup(s, "prin", 4, &v) && !hd_spectest_lookup(s, "", 0, &v));
    hd_store_free(store);
}
END_TEST

/* What an embedder reads and writes. */
START_TEST(tables_and_globals_are_read_and_written) {
    hd_store *store = hd_store_new(no_handlers);
    hd_spectest *s = hd_spectest_new(store, NULL);
    hd_extern v;
    hd_slot value[2];
    const void *reference;
    hd_table *table = lookup(s, "table", &v)->table;
    hd_externtype type = hd_extern_type(&v);
    ck_assert(type.kind == HD_EXTERN_TABLE && type.table.element == HD_FUNCREF);
    ck_assert(type.table.limits.min == 10 && type.table.limits.max == 20);
    ck_assert_uint_eq(hd_table_grow(table, 2, NULL), 10);
    ck_assert_uint_eq(hd_extern_type(&v).table.limits.min, 12);
    ck_assert_uint_eq(hd_table_size(table), 12);
    const void *func = lookup(s, "print", &v)->func;
    ck_assert(hd_table_write(table, 11, func) && !hd_table_write(table, 12, func));
    ck_assert(hd_table_read(table, 11, &reference) && reference == func);
    ck_assert(hd_table_read(table, 10, &reference) && !reference);
    ck_assert(!hd_table_read(table, 12, &reference) &&
              !hd_table_read(table, UINT64_MAX, &reference));

    hd_global_read(lookup(s, "global_i64", &v)->global, value);
    ck_assert_uint_eq(value[0].i64, 666);
    value[0].i64 = 667;
    hd_global_write(v.global, value);
    value[0].i64 = 0;
    hd_global_read(v.global, value);
    ck_assert_uint_eq(value[0].i64, 667);
    type = hd_extern_type(&v);
    ck_assert(type.kind == HD_EXTERN_GLOBAL && type.global.type == HD_I64);
    ck_assert(!type.global.is_mutable);
    hd_store_free(store);
}
END_TEST

START_TEST(spectest_prints_a_line_for_each_call) {
    static const struct {
        const char *name;
        hd_slot arguments[2];
        const char *line;
    } rows[] = {
        {"print", {{0}}, "print\n"},
        {"print_i32", {{.i32 = 42}}, "print_i32 42 : i32\n"},
        {"print_i32", {{.i32 = UINT32_MAX}}, "print_i32 -1 : i32\n"},
        {"print_i64", {{.i64 = UINT64_C(1) << 63}}, "print_i64 -9223372036854775808 : i64\n"},
        {"print_f32", {{.f32 = 0.1F}}, "print_f32 0.1 : f32\n"},
        {"print_f32", {{.f32 = 16777216}}, "print_f32 16777216 : f32\n"},
        {"print_f64", {{.f64 = -INFINITY}}, "print_f64 -inf : f64\n"},
        {"print_f64", {{.f64 = 100000}}, "print_f64 100000 : f64\n"},
        {"print_i32_f32", {{.i32 = 7}, {.f32 = -0.0F}}, "print_i32_f32 7 : i32, -0 : f32\n"},
        {"print_f64_f64",
         {{.f64 = 666.6}, {.f64 = 0.1 + 0.2}},
         "print_f64_f64 666.6 : f64, 0.30000000000000004 : f64\n"},
    };
    hd_store *store = hd_store_new(no_handlers);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *text;
        size_t length;
        FILE *out = open_memstream(&text, &length);
        hd_extern v;
        const hd_func *f = lookup(hd_spectest_new(store, out), rows[i].name, &v)->func;
        hd_diag diag = HD_DIAG_INIT;
        hd_slot cells[2] = {rows[i].arguments[0], rows[i].arguments[1]};
        ck_assert_int_eq(f->host(NULL, f->host_data, cells, &diag), HD_TRAP_NONE);
        fclose(out);
        ck_assert_str_eq(text, rows[i].line);
        ck_assert_msg(strncmp(f->host_name, "spectest.print", 14) == 0, "%s", f->host_name);
        free(text);
    }
    hd_store_free(store);
}
END_TEST

TCase *runtime_instantiate_case(void) {
    TCase *instantiation = tcase_create("instantiate");
    tcase_set_timeout(instantiation, 60);
    tcase_add_test(instantiation, trap_of_an_element_segment_keeps_earlier_ones);
    tcase_add_test(instantiation, trap_of_a_data_segment_keeps_earlier_ones);
    tcase_add_test(instantiation, nothing_is_written_before_all_imports_match);
    tcase_add_test(instantiation, instance_is_as_the_module_says);
    tcase_add_test(instantiation, memory_init_checks_both_bounds_first);
    tcase_add_test(instantiation, imported_memory_outlives_its_store);
    tcase_add_test(instantiation, table_beyond_the_limit_is_refused);
    tcase_add_test(instantiation, every_allocation_may_fail);
    tcase_add_test(instantiation, spectest_exports_what_the_suite_imports);
    tcase_add_test(instantiation, tables_and_globals_are_read_and_written);
    tcase_add_test(instantiation, spectest_prints_a_line_for_each_call);
    return instantiation;
}
