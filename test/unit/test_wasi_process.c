/* test_wasi_process.c: arguments, environment, clocks, chance, the end of a program; and what is
 * common to all functions: their names, pointers out of bounds, a missing memory. */
#include <string.h>

#include "base/alloc.h"
#include "runtime/store.h"
#include "test_wasi.h"

static const char *const arguments[] = {"program", "", "third argument"};
static const char *const variables[] = {"HOME=/", "LANG=C"};

static void start(wasi_program *w) {
    hd_wasi_options options = wasi_nothing;
    options.arguments = arguments;
    options.argument_count = 3;
    options.environment = variables;
    options.environment_count = 2;
    wasi_start(w, &options);
}

/* Expects strings behind an array of pointers to them. */
static void check_strings(wasi_program *w, uint32_t pointers, uint32_t buffer,
                          const char *const *strings, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        char text[64];
        ck_assert_uint_eq(wasi_u32(w, pointers + 4 * i), buffer);
        wasi_get(w, buffer, text, strlen(strings[i]) + 1);
        ck_assert_str_eq(text, strings[i]);
        buffer += (uint32_t)strlen(strings[i]) + 1;
    }
}

START_TEST(arguments_and_environment) {
    wasi_program w;
    start(&w);
    wasi_expect(&w, SUCCESS, "args_sizes_get", 0, 4);
    ck_assert_uint_eq(wasi_u32(&w, 0), 3);
    ck_assert_uint_eq(wasi_u32(&w, 4), 8 + 1 + 15);
    wasi_expect(&w, SUCCESS, "args_get", 16, 101);
    check_strings(&w, 16, 101, arguments, 3);
    wasi_expect(&w, SUCCESS, "environ_sizes_get", 0, 4);
    ck_assert_uint_eq(wasi_u32(&w, 0), 2);
    ck_assert_uint_eq(wasi_u32(&w, 4), 7 + 7);
    wasi_expect(&w, SUCCESS, "environ_get", 16, 201);
    check_strings(&w, 16, 201, variables, 2);
    wasi_end(&w);
}
END_TEST

START_TEST(arguments_where_none_fit) {
    wasi_program w;
    start(&w);
    wasi_expect(&w, FAULT, "args_sizes_get", WASI_MEMORY, 0);
    wasi_expect(&w, FAULT, "args_sizes_get", 0, UINT32_MAX - 3);
    wasi_expect(&w, INVAL, "args_sizes_get", 1, 0);
    wasi_expect(&w, INVAL, "args_sizes_get", 0, 2);
    wasi_expect(&w, FAULT, "args_get", WASI_MEMORY - 8, 0);  /* three pointers */
    wasi_expect(&w, FAULT, "args_get", 0, WASI_MEMORY - 23); /* 24 bytes */
    wasi_expect(&w, SUCCESS, "args_get", WASI_MEMORY - 12, WASI_MEMORY - 64);
    wasi_expect(&w, INVAL, "args_get", 2, 100);
    wasi_expect(&w, FAULT, "environ_get", 0, UINT32_MAX);
    wasi_end(&w);
}
END_TEST

START_TEST(no_arguments) {
    wasi_program w;
    wasi_start(&w, NULL);
    wasi_put_u32(&w, 0, 7);
    wasi_put_u32(&w, 4, 7);
    wasi_expect(&w, SUCCESS, "args_sizes_get", 0, 4);
    ck_assert_uint_eq(wasi_u32(&w, 0), 0);
    ck_assert_uint_eq(wasi_u32(&w, 4), 0);
    wasi_expect(&w, SUCCESS, "args_get", 0, 0);
    wasi_end(&w);
}
END_TEST

START_TEST(clocks) {
    wasi_program w;
    wasi_start(&w, NULL);
    for (uint32_t clock = 0; clock < 4; clock++) {
        wasi_expect(&w, SUCCESS, "clock_res_get", clock, 0);
        ck_assert_uint_gt(wasi_u64(&w, 0), 0);
        ck_assert_uint_le(wasi_u64(&w, 0), HD_SECOND);
        wasi_expect(&w, SUCCESS, "clock_time_get", clock, 0, 8);
        wasi_expect(&w, SUCCESS, "clock_time_get", clock, 1000000, 16);
        if (clock > 0) ck_assert_uint_le(wasi_u64(&w, 8), wasi_u64(&w, 16));
        wasi_expect(&w, FAULT, "clock_time_get", clock, 0, WASI_MEMORY);
        wasi_expect(&w, INVAL, "clock_time_get", clock, 0, 4);
        wasi_expect(&w, FAULT, "clock_res_get", clock, UINT32_MAX - 7);
    }
    wasi_expect(&w, SUCCESS, "clock_time_get", 0, 0, 0);
    ck_assert_uint_gt(wasi_u64(&w, 0), (uint64_t)HD_SECOND * 86400 * 365 * 50);
    wasi_expect(&w, INVAL, "clock_time_get", 4, 0, 0);
    wasi_expect(&w, INVAL, "clock_res_get", UINT32_MAX, 0);
    wasi_end(&w);
}
END_TEST

START_TEST(chance) {
    wasi_program w;
    static uint8_t bytes[2][20000];
    wasi_start(&w, NULL);
    wasi_expect(&w, SUCCESS, "random_get", 3, sizeof bytes[0]);
    wasi_get(&w, 3, bytes[0], sizeof bytes[0]);
    wasi_expect(&w, SUCCESS, "random_get", 3, sizeof bytes[0]);
    wasi_get(&w, 3, bytes[1], sizeof bytes[1]);
    /* Every part of it is filled, and differently. */
    for (size_t i = 0; i < sizeof bytes[0]; i += 1000)
        ck_assert_int_ne(memcmp(bytes[0] + i, bytes[1] + i, 1000), 0);
    ck_assert_uint_eq(wasi_u8(&w, 2), 0);
    ck_assert_uint_eq(wasi_u8(&w, 3 + sizeof bytes[0]), 0);
    wasi_expect(&w, SUCCESS, "random_get", WASI_MEMORY, 0);
    wasi_expect(&w, FAULT, "random_get", WASI_MEMORY - 1, 2);
    wasi_expect(&w, FAULT, "random_get", 8, UINT32_MAX);
    wasi_end(&w);
}
END_TEST

START_TEST(first_exit_status_wins) {
    wasi_program w;
    uint32_t error, status;
    wasi_start(&w, NULL);
    ck_assert(!hd_wasi_exit_status(w.wasi, &status));
    ck_assert_int_eq(wasi_trap(&w, "proc_exit", &error, 42), HD_TRAP_HOST);
    ck_assert_int_eq(w.diag.status, HD_EXITED);
    ck_assert_str_eq(w.diag.message, "exit status 42");
    ck_assert_int_eq(wasi_trap(&w, "proc_exit", &error, 0), HD_TRAP_HOST);
    ck_assert_str_eq(w.diag.message, "exit status 0");
    ck_assert(hd_wasi_exit_status(w.wasi, &status));
    ck_assert_uint_eq(status, 42);
    wasi_end(&w);
}
END_TEST

START_TEST(every_exit_status_is_one) {
    static const uint32_t statuses[] = {125, 126, 255, 256, UINT32_MAX};
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        wasi_program w;
        uint32_t error, status;
        wasi_start(&w, NULL);
        ck_assert_int_eq(wasi_trap(&w, "proc_exit", &error, statuses[i]), HD_TRAP_HOST);
        ck_assert_int_eq(w.diag.status, HD_EXITED);
        ck_assert(hd_wasi_exit_status(w.wasi, &status));
        ck_assert_uint_eq(status, statuses[i]);
        wasi_end(&w);
    }
}
END_TEST

START_TEST(yield_and_raise) {
    wasi_program w;
    uint32_t error;
    wasi_start(&w, NULL);
    ck_assert_int_eq(wasi_leave(&w, "sched_yield", &error, NULL, 0), HD_TRAP_NONE);
    wasi_expect_(__FILE__, __LINE__, HD_WASI_SUCCESS, error, "sched_yield");
    wasi_expect(&w, SUCCESS, "proc_raise", 0);
    wasi_expect(&w, NOTSUP, "proc_raise", 15);
    wasi_expect(&w, INVAL, "proc_raise", 31);
    wasi_end(&w);
}
END_TEST

START_TEST(without_memory) {
    wasi_program w;
    uint32_t error;
    wasi_start(&w, NULL);
    hd_wasi_set_memory(w.binding, NULL);
    ck_assert_int_eq(wasi_trap(&w, "args_sizes_get", &error, 0, 4), HD_TRAP_HOST);
    ck_assert_int_eq(w.diag.status, HD_TRAP);
    ck_assert_ptr_nonnull(strstr(w.diag.message, "memory"));
    wasi_expect(&w, BADF, "fd_close", 9); /* needs none */
    hd_wasi_set_memory(w.binding, w.memory);
    wasi_expect(&w, SUCCESS, "args_sizes_get", 0, 4);
    wasi_end(&w);
}
END_TEST

START_TEST(a_memory_that_grows) {
    wasi_program w;
    wasi_start(&w, NULL);
    wasi_expect(&w, FAULT, "random_get", WASI_MEMORY, 1);
    ck_assert_uint_eq(hd_memory_grow(w.memory, 1), 2);
    wasi_expect(&w, SUCCESS, "random_get", WASI_MEMORY, 65536);
    wasi_expect(&w, FAULT, "random_get", WASI_MEMORY, 65537);
    wasi_end(&w);
}
END_TEST

START_TEST(names_and_types) {
    wasi_program w;
    hd_extern value;
    wasi_start(&w, NULL);
    ck_assert(!hd_wasi_lookup(w.binding, "fd_rea", 6, &value));
    ck_assert(!hd_wasi_lookup(w.binding, "fd_reads", 8, &value));
    ck_assert(!hd_wasi_lookup(w.binding, "", 0, &value));
    ck_assert(hd_wasi_lookup(w.binding, "path_open", 9, &value));
    ck_assert_int_eq(value.kind, HD_EXTERN_FUNC);
    static const hd_valtype open_type[] = {HD_I32, HD_I32, HD_I32, HD_I32, HD_I32,
                                           HD_I64, HD_I64, HD_I32, HD_I32};
    ck_assert_uint_eq(value.func->type->param_count, 9);
    ck_assert_mem_eq(value.func->type->params, open_type, sizeof open_type);
    ck_assert_uint_eq(value.func->type->result_count, 1);
    ck_assert_int_eq(value.func->type->results[0], HD_I32);
    ck_assert_str_eq(value.func->host_name, "wasi_snapshot_preview1.path_open");
    ck_assert(hd_wasi_lookup(w.binding, "proc_exit", 9, &value));
    ck_assert_uint_eq(value.func->type->result_count, 0);
    ck_assert(hd_wasi_lookup(w.binding, "sched_yield", 11, &value));
    ck_assert_uint_eq(value.func->type->param_count, 0);
    ck_assert_uint_eq(value.func->type->result_count, 1);
    wasi_end(&w);
}
END_TEST

START_TEST(directory_that_is_not_there) {
    hd_diag diag = HD_DIAG_INIT;
    hd_outside outside;
    hd_wasi_preopen preopen = {"/nowhere/at/all", "/"};
    hd_wasi_options options = wasi_nothing;
    hd_outside_on_threads(&outside, NULL);
    options.outside = &outside;
    options.preopens = &preopen;
    options.preopen_count = 1;
    ck_assert_ptr_null(hd_wasi_new(&options, &diag));
    ck_assert_int_eq(diag.status, HD_IO);
    ck_assert_ptr_nonnull(strstr(diag.message, "/nowhere/at/all"));
    preopen.host = "/dev/null";
    hd_diag_reset(&diag);
    ck_assert_ptr_null(hd_wasi_new(&options, &diag));
    ck_assert_int_eq(diag.status, HD_IO);
}
END_TEST

/* Every request for memory fails once; nothing leaks. */
START_TEST(out_of_memory) {
    hd_outside outside;
    hd_wasi_preopen preopen = {"/", "/"};
    hd_wasi_options options = wasi_nothing;
    hd_outside_on_threads(&outside, NULL);
    options.outside = &outside;
    options.arguments = arguments;
    options.argument_count = 3;
    options.preopens = &preopen;
    options.preopen_count = 1;
    bool done = false;
    for (uint64_t n = 1; !done; n++) {
        hd_diag diag = HD_DIAG_INIT;
        hd_store *store = hd_store_new(hd_plain_handlers);
        ck_assert_ptr_nonnull(store);
        hd_alloc_fail_after(n);
        hd_wasi *wasi = hd_wasi_new(&options, &diag);
        hd_wasi_agent *binding = wasi ? hd_wasi_bind(wasi, store, NULL) : NULL;
        hd_alloc_fail_after(0);
        done = binding != NULL;
        if (!wasi) ck_assert_int_eq(diag.status, HD_NOMEM);
        hd_store_free(store);
        hd_wasi_free(wasi);
        ck_assert_uint_lt(n, 1000);
    }
}
END_TEST

TCase *wasi_process_case(void) {
    TCase *tests = tcase_create("process");
    tcase_add_test(tests, arguments_and_environment);
    tcase_add_test(tests, arguments_where_none_fit);
    tcase_add_test(tests, no_arguments);
    tcase_add_test(tests, clocks);
    tcase_add_test(tests, chance);
    tcase_add_test(tests, first_exit_status_wins);
    tcase_add_test(tests, every_exit_status_is_one);
    tcase_add_test(tests, yield_and_raise);
    tcase_add_test(tests, without_memory);
    tcase_add_test(tests, a_memory_that_grows);
    tcase_add_test(tests, names_and_types);
    tcase_add_test(tests, directory_that_is_not_there);
    tcase_add_test(tests, out_of_memory);
    return tests;
}
