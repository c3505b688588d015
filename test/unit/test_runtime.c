/* test_runtime.c: the suite of src/runtime, and its tests of memories and tables. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "code/regops.h"
#include "runtime/access.h"
#include "runtime/store.h"
#include "suites.h"

/* The other cases of the suite, in files of their own. */
TCase *runtime_wait_case(void);
TCase *runtime_link_case(void);
TCase *runtime_instantiate_case(void);

static hd_memory *make(uint64_t min, uint64_t max, bool shared) {
    hd_diag diag = HD_DIAG_INIT;
    hd_limits type = {.min = min, .max = max, .has_max = true, .shared = shared};
    hd_memory *memory = hd_memory_new(&type, &diag);
    ck_assert_msg(memory != NULL, "%s", diag.message);
    return memory;
}

/* Memories. */

START_TEST(new_memory_is_zeroed_and_sized) {
    for (uint64_t pages = 0; pages <= 2; pages++) {
        hd_memory *m = make(pages, 3, pages == 1);
        ck_assert_ptr_nonnull(m->base);
        ck_assert_uint_eq(atomic_load(&m->length), pages * HD_PAGE_SIZE);
        for (uint64_t i = 0; i < atomic_load(&m->length); i += 1024)
            ck_assert_uint_eq(m->base[i], 0);
        hd_memory_release(m);
    }
}
END_TEST

START_TEST(memory_of_no_pages) {
    hd_memory *m = make(0, 0, false);
    ck_assert_uint_eq(hd_memory_grow(m, 0), 0);
    ck_assert_uint_eq(hd_memory_grow(m, 1), UINT64_MAX);
    ck_assert_int_eq(hd_memory_fill(m, 0, 1, 0), HD_TRAP_NONE);
    ck_assert_int_eq(hd_memory_fill(m, 0, 1, 1), HD_TRAP_MEMORY_OOB);
    ck_assert_int_eq(hd_memory_fill(m, 1, 1, 0), HD_TRAP_MEMORY_OOB);
    hd_memory_release(m);
}
END_TEST

static hd_memory *take(hd_memory_pool *pool, uint64_t min, uint64_t max) {
    hd_diag diag = HD_DIAG_INIT;
    hd_limits type = {.min = min, .max = max, .has_max = max > 0, .shared = true};
    return hd_memory_new_in(pool, &type, &diag);
}

/* A small memory, which is zeroed at once, and a large one, whose pages go. */
START_TEST(a_pool_gives_memories_back_as_new) {
    for (uint64_t pages = 1; pages <= 4; pages += 3) {
        hd_memory_pool pool = {0};
        for (int round = 0; round < 3; round++) {
            hd_memory_pool_turn(&pool);
            ck_assert_uint_eq(pool.ready.len, round > 0);
            hd_memory *m = take(&pool, pages, 8);
            ck_assert_uint_eq(atomic_load(&m->length), pages * HD_PAGE_SIZE);
            ck_assert_uint_eq(hd_memory_grow(m, 3), pages);
            for (uint64_t i = 0; i < atomic_load(&m->length); i++)
                ck_assert_uint_eq(m->base[i], 0);
            memset(m->base, 0xFF, atomic_load(&m->length));
            hd_memory_release(m);
        }
        hd_memory_pool_free(&pool);
    }
}
END_TEST

START_TEST(a_pool_keeps_rounds_and_types_apart) {
    hd_memory_pool pool = {0};
    hd_memory *first = take(&pool, 1, 2), *kept = take(&pool, 1, 2);
    hd_memory_release(first);
    /* Released in this round: its address must not mean another memory yet. */
    hd_memory *second = take(&pool, 1, 2);
    ck_assert_ptr_ne(second, first);
    hd_memory_pool_turn(&pool);
    static const uint64_t others[][2] = {{1, 3}, {2, 2}, {1, 0}};
    for (size_t i = 0; i < 3; i++) {
        hd_memory *other = take(&pool, others[i][0], others[i][1]);
        ck_assert_ptr_ne(other, first);
        hd_memory_release(other);
    }
    hd_memory *again = take(&pool, 1, 2);
    ck_assert_ptr_eq(again, first);
    hd_memory_release(again);
    hd_memory_release(second);
    hd_memory_release(kept);
    hd_memory_pool_free(&pool);
}
END_TEST

START_TEST(memory_beyond_its_maximum_is_refused) {
    static const hd_limits types[] = {{.min = 2, .max = 1, .has_max = true},
                                      {.min = 65537},
                                      {.min = 65537, .max = 65537, .has_max = true}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        hd_diag diag = HD_DIAG_INIT;
        ck_assert_ptr_null(hd_memory_new(&types[i], &diag));
        ck_assert_int_eq(diag.status, HD_LIMIT);
    }
}
END_TEST

START_TEST(many_memories_are_cheap) {
    enum { ROUNDS = 40, AT_ONCE = 50 };
    hd_memory *memories[AT_ONCE];
    hd_limits type = {.min = 1};
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < AT_ONCE; i++) {
            hd_diag diag = HD_DIAG_INIT;
            memories[i] = hd_memory_new(&type, &diag);
            ck_assert_msg(memories[i] != NULL, "%s", diag.message);
            memories[i]->base[HD_PAGE_SIZE - 1] = 1;
        }
        for (int i = 0; i < AT_ONCE; i++)
            hd_memory_release(memories[i]);
    }
}
END_TEST

START_TEST(memory_grows_in_place) {
    hd_memory *m = make(1, 5, false);
    uint8_t *base = m->base;
    base[HD_PAGE_SIZE - 1] = 7;
    ck_assert_uint_eq(hd_memory_grow(m, 0), 1);
    ck_assert_uint_eq(hd_memory_grow(m, 3), 1);
    ck_assert_uint_eq(hd_memory_grow(m, 2), UINT64_MAX);
    ck_assert_uint_eq(hd_memory_grow(m, UINT32_MAX), UINT64_MAX);
    ck_assert_uint_eq(hd_memory_grow(m, 1), 4);
    ck_assert_uint_eq(hd_memory_grow(m, 1), UINT64_MAX);
    ck_assert_uint_eq(hd_memory_grow(m, 0), 5);
    ck_assert_ptr_eq(m->base, base);
    ck_assert_uint_eq(base[HD_PAGE_SIZE - 1], 7);
    ck_assert_uint_eq(base[HD_PAGE_SIZE], 0);
    base[5 * HD_PAGE_SIZE - 1] = 9;
    hd_memory_release(m);
}
END_TEST

START_TEST(memory_without_maximum_grows_to_4_gib) {
    hd_diag diag = HD_DIAG_INIT;
    hd_limits type = {.min = 0};
    hd_memory *m = hd_memory_new(&type, &diag);
    ck_assert_ptr_nonnull(m);
    ck_assert_uint_eq(hd_memory_grow(m, 65537), UINT64_MAX);
    ck_assert_uint_eq(hd_memory_grow(m, 65536), 0);
    ck_assert_uint_eq(hd_memory_grow(m, 1), UINT64_MAX);
    ck_assert_uint_eq(hd_memory_grow(m, 0), 65536);
    m->base[UINT32_MAX] = 1;
    ck_assert_int_eq(hd_memory_fill(m, UINT32_MAX, 2, 1), HD_TRAP_NONE);
    ck_assert_int_eq(hd_memory_fill(m, UINT32_MAX, 2, 2), HD_TRAP_MEMORY_OOB);
    ck_assert_int_eq(hd_memory_copy(m, m, 0, UINT32_MAX, 1), HD_TRAP_NONE);
    ck_assert_uint_eq(m->base[0], 2);
    hd_memory_release(m);
}
END_TEST

enum { GROWERS = 4, GROWN_PAGES = 400 };

typedef struct growth {
    hd_memory *memory;
    _Atomic uint32_t seen[GROWN_PAGES]; /* how often each old size was returned */
} growth;

/* Grows until that fails, and writes each page that it gained. */
static void *grow_all(void *context) {
    growth *g = context;
    for (uint64_t old; (old = hd_memory_grow(g->memory, 1)) != UINT64_MAX;) {
        atomic_fetch_add(&g->seen[old], 1);
        hd_memory_fill(g->memory, old * HD_PAGE_SIZE, (uint8_t)old, HD_PAGE_SIZE);
    }
    return NULL;
}

/* Reads the end of the memory until that has grown to its maximum: a length that can be read is one
 * of pages that can be read. */
static void *read_ends(void *context) {
    const growth *g = context;
    uint64_t length;
    do {
        length = atomic_load(&g->memory->length);
        if (length > 0) hd_load_u8(g->memory->base + length - 1);
    } while (length < (uint64_t)GROWN_PAGES * HD_PAGE_SIZE);
    return NULL;
}

START_TEST(concurrent_growths_see_distinct_sizes) {
    growth *g = calloc(1, sizeof *g);
    g->memory = make(0, GROWN_PAGES, true);
    pthread_t reader, threads[GROWERS];
    ck_assert_int_eq(pthread_create(&reader, NULL, read_ends, g), 0);
    for (int i = 0; i < GROWERS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, grow_all, g), 0);
    pthread_join(reader, NULL);
    for (int i = 0; i < GROWERS; i++)
        pthread_join(threads[i], NULL);
    ck_assert_uint_eq(atomic_load(&g->memory->length), (uint64_t)GROWN_PAGES * HD_PAGE_SIZE);
    for (uint32_t page = 0; page < GROWN_PAGES; page++) {
        ck_assert_uint_eq(atomic_load(&g->seen[page]), 1);
        ck_assert_uint_eq(g->memory->base[(uint64_t)page * HD_PAGE_SIZE], (uint8_t)page);
        ck_assert_uint_eq(g->memory->base[(page + 1ULL) * HD_PAGE_SIZE - 1], (uint8_t)page);
    }
    hd_memory_release(g->memory);
    free(g);
}
END_TEST

/* Bulk instructions; each test runs unshared (0) and shared (1). */

START_TEST(fill_checks_bounds_first) {
    hd_memory *m = make(1, 1, _i == 1);
    static const struct {
        uint32_t to, count;
        hd_trapcode trap;
    } rows[] = {
        {0, 0, HD_TRAP_NONE},
        {HD_PAGE_SIZE, 0, HD_TRAP_NONE},
        {HD_PAGE_SIZE + 1, 0, HD_TRAP_MEMORY_OOB},
        {HD_PAGE_SIZE - 1, 1, HD_TRAP_NONE},
        {HD_PAGE_SIZE - 4, 5, HD_TRAP_MEMORY_OOB},
        {0, HD_PAGE_SIZE, HD_TRAP_NONE},
        {0, HD_PAGE_SIZE + 1, HD_TRAP_MEMORY_OOB},
        {UINT32_MAX, UINT32_MAX, HD_TRAP_MEMORY_OOB},
        {UINT32_MAX, 1, HD_TRAP_MEMORY_OOB},
        {1, UINT32_MAX, HD_TRAP_MEMORY_OOB},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        memset(m->base, 0, HD_PAGE_SIZE);
        ck_assert_int_eq(hd_memory_fill(m, rows[i].to, 0xAB, rows[i].count), rows[i].trap);
        uint32_t filled = 0;
        for (uint32_t k = 0; k < HD_PAGE_SIZE; k++)
            filled += m->base[k] == 0xAB;
        ck_assert_uint_eq(filled, rows[i].trap ? 0 : rows[i].count);
    }
    hd_memory_release(m);
}
END_TEST

START_TEST(fill_touches_its_range_alone) {
    hd_memory *m = make(1, 1, _i == 1);
    for (uint32_t to = 1; to < 18; to++)
        for (uint32_t count = 0; count < 34; count++) {
            memset(m->base, 1, 64);
            ck_assert_int_eq(hd_memory_fill(m, to, 0xFE, count), HD_TRAP_NONE);
            for (uint32_t k = 0; k < 64; k++)
                ck_assert_uint_eq(m->base[k], k >= to && k < to + count ? 0xFE : 1);
        }
    hd_memory_release(m);
}
END_TEST

START_TEST(copy_checks_bounds_first) {
    hd_memory *m = make(1, 1, _i == 1), *other = make(2, 2, false);
    memset(m->base, 5, 16);
    ck_assert_int_eq(hd_memory_copy(m, m, HD_PAGE_SIZE, 0, 0), HD_TRAP_NONE);
    ck_assert_int_eq(hd_memory_copy(m, m, HD_PAGE_SIZE + 1, 0, 0), HD_TRAP_MEMORY_OOB);
    ck_assert_int_eq(hd_memory_copy(m, m, 0, HD_PAGE_SIZE + 1, 0), HD_TRAP_MEMORY_OOB);
    ck_assert_int_eq(hd_memory_copy(m, m, HD_PAGE_SIZE - 8, 0, 9), HD_TRAP_MEMORY_OOB);
    ck_assert_int_eq(hd_memory_copy(m, m, 0, HD_PAGE_SIZE - 8, 9), HD_TRAP_MEMORY_OOB);
    ck_assert_int_eq(hd_memory_copy(m, m, 0, UINT32_MAX, UINT32_MAX), HD_TRAP_MEMORY_OOB);
    ck_assert_uint_eq(m->base[HD_PAGE_SIZE - 8], 0);
    /* Each range counts against its own memory. */
    ck_assert_int_eq(hd_memory_copy(other, m, HD_PAGE_SIZE + 1, 0, 16), HD_TRAP_NONE);
    ck_assert_int_eq(hd_memory_copy(m, other, HD_PAGE_SIZE + 1, 0, 16), HD_TRAP_MEMORY_OOB);
    ck_assert_mem_eq(other->base + HD_PAGE_SIZE + 1, m->base, 16);
    hd_memory_release(m);
    hd_memory_release(other);
}
END_TEST

/* Every overlap and every alignment, against memmove. */
START_TEST(copy_is_memmove) {
    hd_memory *m = make(1, 1, _i == 1);
    uint8_t model[64];
    for (uint32_t to = 0; to < 20; to++)
        for (uint32_t from = 0; from < 20; from++)
            for (uint32_t count = 0; count < 40; count++) {
                for (uint32_t k = 0; k < sizeof model; k++)
                    model[k] = m->base[k] = (uint8_t)(k * 7);
                memmove(model + to, model + from, count);
                ck_assert_int_eq(hd_memory_copy(m, m, to, from, count), HD_TRAP_NONE);
                ck_assert_mem_eq(m->base, model, sizeof model);
            }
    hd_memory_release(m);
}
END_TEST

START_TEST(write_copies_host_bytes) {
    hd_memory *m = make(1, 1, _i == 1);
    static const uint8_t text[] = "the heddle lifts the warp";
    for (uint64_t to = 0; to < 9; to++) {
        memset(m->base, 0, 64);
        hd_memory_write(m, to, text, sizeof text);
        ck_assert_mem_eq(m->base + to, text, sizeof text);
        ck_assert_uint_eq(m->base[to + sizeof text], 0);
    }
    hd_memory_write(m, HD_PAGE_SIZE, text, 0);
    hd_memory_release(m);
}
END_TEST

enum { RACED_BYTES = 1000, RACE_ROUNDS = 200 };

static void *race(void *context) {
    hd_memory *m = context;
    static _Atomic uint8_t next = 1;
    uint8_t mine = atomic_fetch_add(&next, 1);
    for (int i = 0; i < RACE_ROUNDS; i++) {
        hd_memory_fill(m, 3, mine, RACED_BYTES);
        hd_memory_copy(m, m, 8, 3, RACED_BYTES);
        hd_memory_copy(m, m, 3, 9, RACED_BYTES);
        hd_memory_write(m, 5, (const uint8_t[]){mine, mine, mine}, 3);
    }
    return NULL;
}

/* The host's behaviour stays defined: a sanitizer sees no race, and each byte is one that was
 * written. */
START_TEST(racing_bulk_accesses_are_no_host_races) {
    hd_memory *m = make(1, 1, true);
    pthread_t threads[3];
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, race, m), 0);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    for (uint32_t k = 3; k < 3 + RACED_BYTES; k++)
        ck_assert_uint_le(m->base[k], 3);
    hd_memory_release(m);
}
END_TEST

/* Tables. */

static const void *const no_handlers[HD_REGOP_COUNT];

static hd_table *make_table(hd_store *store, uint64_t min, uint64_t max) {
    hd_tabletype type = {HD_EXTERNREF, {.min = min, .max = max, .has_max = true}};
    hd_table *table = hd_store_table(store, &type, NULL);
    ck_assert_ptr_nonnull(table);
    return table;
}

START_TEST(table_grows_within_its_limits) {
    hd_store *store = hd_store_new(no_handlers);
    int x, y;
    hd_table *t = make_table(store, 1, 100);
    ck_assert_ptr_null(t->elements[0]);
    for (uint32_t size = 1; size < 100; size++)
        ck_assert_uint_eq(hd_table_grow(t, 1, size % 2 ? &x : &y), size);
    ck_assert_uint_eq(hd_table_grow(t, 0, NULL), 100);
    ck_assert_uint_eq(hd_table_grow(t, 1, NULL), UINT64_MAX);
    ck_assert_ptr_null(t->elements[0]);
    for (uint32_t i = 1; i < 100; i++)
        ck_assert_ptr_eq(t->elements[i], i % 2 ? &x : &y);

    hd_tabletype open = {HD_EXTERNREF, {.min = 16}};
    hd_table *u = hd_store_table(store, &open, &x);
    ck_assert_ptr_eq(u->elements[15], &x);
    ck_assert_uint_eq(hd_table_grow(u, 0xFFFFFFF0, NULL), UINT64_MAX);
    ck_assert_uint_eq(hd_table_grow(u, HD_MAX_TABLE_SIZE - 15, NULL), UINT64_MAX);
    ck_assert_uint_eq(hd_table_grow(u, HD_MAX_TABLE_SIZE - 16, NULL), 16);
    ck_assert_ptr_null(u->elements[HD_MAX_TABLE_SIZE - 1]);
    open.limits.min = HD_MAX_TABLE_SIZE + 1;
    ck_assert_ptr_null(hd_store_table(store, &open, NULL));
    hd_store_free(store);
}
END_TEST

START_TEST(table_bulk_instructions_check_bounds_first) {
    hd_store *store = hd_store_new(no_handlers);
    int x[4];
    const void *refs[] = {&x[0], &x[1], &x[2], &x[3]};
    hd_elem elem = {refs, 4}, dropped = {refs, 0};
    hd_table *t = make_table(store, 10, 10), *u = make_table(store, 5, 5);
    ck_assert_int_eq(hd_table_init(t, &elem, 7, 0, 4), HD_TRAP_TABLE_OOB);
    ck_assert_int_eq(hd_table_init(t, &elem, 0, 1, 4), HD_TRAP_TABLE_OOB);
    ck_assert_int_eq(hd_table_init(t, &elem, UINT32_MAX, 0, 1), HD_TRAP_TABLE_OOB);
    ck_assert_int_eq(hd_table_init(t, &dropped, 0, 0, 1), HD_TRAP_TABLE_OOB);
    ck_assert_int_eq(hd_table_init(t, &dropped, 10, 0, 0), HD_TRAP_NONE);
    ck_assert_ptr_null(t->elements[7]);
    ck_assert_int_eq(hd_table_init(t, &elem, 0, 0, 4), HD_TRAP_NONE);
    ck_assert_int_eq(hd_table_copy(t, t, 1, 0, 4), HD_TRAP_NONE);
    ck_assert_ptr_eq(t->elements[0], &x[0]);
    ck_assert_ptr_eq(t->elements[4], &x[3]);
    ck_assert_int_eq(hd_table_copy(u, t, 3, 1, 3), HD_TRAP_TABLE_OOB);
    ck_assert_int_eq(hd_table_copy(u, t, 3, 1, 2), HD_TRAP_NONE);
    ck_assert_ptr_eq(u->elements[4], &x[1]);
    ck_assert_int_eq(hd_table_copy(t, u, 0, 4, 2), HD_TRAP_TABLE_OOB);
    ck_assert_int_eq(hd_table_fill(u, 4, &x[3], 2), HD_TRAP_TABLE_OOB);
    ck_assert_int_eq(hd_table_fill(u, 6, &x[3], 0), HD_TRAP_TABLE_OOB);
    ck_assert_ptr_eq(u->elements[4], &x[1]);
    ck_assert_int_eq(hd_table_fill(u, 4, &x[3], 1), HD_TRAP_NONE);
    ck_assert_ptr_eq(u->elements[4], &x[3]);
    hd_store_free(store);
}
END_TEST

/* The store. */

START_TEST(store_holds_its_memories) {
    hd_memory *m = make(1, 2, true);
    hd_store *first = hd_store_new(no_handlers), *second = hd_store_new(no_handlers);
    ck_assert(hd_store_memory(first, m) && hd_store_memory(second, m));
    ck_assert_uint_eq(atomic_load(&m->references), 3);
    hd_memory_release(m);
    hd_store_free(first);
    ck_assert_uint_eq(atomic_load(&m->references), 1);
    ck_assert_uint_eq(hd_memory_grow(m, 1), 1);
    hd_store_free(second);
    hd_store_free(NULL);
}
END_TEST

static hd_trapcode trap_always(struct hd_agent *agent, void *data, hd_slot *cells, hd_diag *diag) {
    (void)agent, (void)data, (void)cells, (void)diag;
    return HD_TRAP_HOST;
}

START_TEST(host_functions_share_one_instruction) {
    const void *handlers[HD_REGOP_COUNT] = {[HD_R_host] = handlers};
    hd_store *store = hd_store_new(handlers);
    hd_functype type = {0};
    char name[] = "m.f";
    int data;
    const hd_func *f = hd_store_host_function(store, name, &type, trap_always, &data);
    name[0] = 'x';
    ck_assert_str_eq(f->host_name, "m.f");
    ck_assert(f->host == trap_always && f->host_data == &data && f->type == &type && !f->instance);
    ck_assert_ptr_eq(atomic_load(&f->code->entry), f->code->begin);
    ck_assert_ptr_eq(f->code->begin + 1, f->code->end);
    ck_assert_ptr_eq(f->code->begin->handler, handlers);
    ck_assert_uint_eq(f->code->frame_slots, HD_FRAME_SLOTS);
    ck_assert_ptr_null(f->code->base);
    hd_store_free(store);
}
END_TEST

Suite *runtime_suite(void) {
    Suite *suite = suite_create("runtime");
    TCase *memory = tcase_create("memory");
    tcase_set_timeout(memory, 60);
    tcase_add_test(memory, new_memory_is_zeroed_and_sized);
    tcase_add_test(memory, memory_of_no_pages);
    tcase_add_test(memory, memory_beyond_its_maximum_is_refused);
    tcase_add_test(memory, a_pool_gives_memories_back_as_new);
    tcase_add_test(memory, a_pool_keeps_rounds_and_types_apart);
    tcase_add_test(memory, many_memories_are_cheap);
    tcase_add_test(memory, memory_grows_in_place);
    tcase_add_test(memory, memory_without_maximum_grows_to_4_gib);
    tcase_add_test(memory, concurrent_growths_see_distinct_sizes);
    suite_add_tcase(suite, memory);

    TCase *bulk = tcase_create("bulk");
    tcase_set_timeout(bulk, 60);
    tcase_add_loop_test(bulk, fill_checks_bounds_first, 0, 2);
    tcase_add_loop_test(bulk, fill_touches_its_range_alone, 0, 2);
    tcase_add_loop_test(bulk, copy_checks_bounds_first, 0, 2);
    tcase_add_loop_test(bulk, copy_is_memmove, 0, 2);
    tcase_add_loop_test(bulk, write_copies_host_bytes, 0, 2);
    tcase_add_test(bulk, racing_bulk_accesses_are_no_host_races);
    suite_add_tcase(suite, bulk);

    TCase *store = tcase_create("store");
    tcase_set_timeout(store, 60);
    tcase_add_test(store, table_grows_within_its_limits);
    tcase_add_test(store, table_bulk_instructions_check_bounds_first);
    tcase_add_test(store, store_holds_its_memories);
    tcase_add_test(store, host_functions_share_one_instruction);
    suite_add_tcase(suite, store);

    suite_add_tcase(suite, runtime_wait_case());
    suite_add_tcase(suite, runtime_link_case());
    suite_add_tcase(suite, runtime_instantiate_case());
    return suite;
}
