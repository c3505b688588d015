/* test_source.c: sources of a module: lines, inlined functions, damaged debug information, paths.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "agents/report.h"
#include "base/alloc.h"
#include "dwarf.h"
#include "module/source.h"
#include "suites.h"

static const unsigned versions[] = {4, 5};

static hd_module *load(const dwarf_image *image, bool with_names) {
    bytes module = dwarf_module(image, with_names);
    hd_diag diag = HD_DIAG_INIT;
    hd_module *loaded;
    hd_module_load(module.data, module.length, &loaded, &diag);
    ck_assert_msg(diag.status == HD_OK, "%s", diag.message);
    return loaded;
}

static hd_module *load_version(unsigned version) {
    dwarf_image image;
    dwarf_make(&image, version);
    return load(&image, false);
}

/* The frames of an address on one line each: FUNCTION FILE:LINE:COLUMN. */
static char *frames_at(const hd_module *module, uint32_t address) {
    static __thread char text[512];
    hd_source_frame frames[HD_SOURCE_FRAMES];
    size_t count =
        hd_module_locate(module, module->code_offset + address, frames, HD_SOURCE_FRAMES);
    text[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        size_t used = strlen(text);
        const hd_source_frame *f = &frames[i];
        snprintf(text + used, sizeof text - used, "%s%s %s:%u:%u", i ? "\n" : "",
                 f->function ? f->function : "?", f->file ? f->file : "?", f->line, f->column);
    }
    return text;
}

static const struct {
    uint32_t address;
    const char *frames;
} places[] = {
    {0, ""},
    {1, ""},
    {OUTER, "outer /home/me/main.c:10:1"},
    {3, "outer /home/me/main.c:11:5"},
    {INNER - 1, "outer /home/me/main.c:11:5"},
    {INNER, "inner /home/me/inc/lib.h:7:9\nouter /home/me/main.c:20:3"},
    {INNER_END - 1, "inner /home/me/inc/lib.h:7:9\nouter /home/me/main.c:20:3"},
    {INNER_END, "outer /home/me/main.c:21:0"},
    {OUTER_END - 1, "outer /home/me/main.c:21:0"},
    {OUTER_END, ""}, /* the size of the next body */
    {SECOND, "second /home/me/main.c:30:1"},
    {SECOND + 2, "second ?:0:0"}, /* of no line */
    {SECOND + 4, "second /home/me/main.c:31:2"},
    {SECOND_END - 1, "second /home/me/main.c:31:2"},
    {SECOND_END, ""},
    {1000, ""},
};

START_TEST(lines_and_inlined_functions) {
    hd_module *module = load_version(versions[_i]);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        ck_assert_str_eq(frames_at(module, places[i].address), places[i].frames);
    ck_assert_ptr_null(hd_module_source_warning(module));
    hd_module_free(module);
}
END_TEST

START_TEST(no_room_or_little) {
    hd_module *module = load_version(versions[_i]);
    hd_source_frame frame;
    ck_assert_uint_eq(hd_module_locate(module, module->code_offset + INNER, &frame, 0), 0);
    ck_assert_uint_eq(hd_module_locate(module, module->code_offset + INNER, &frame, 1), 1);
    ck_assert_str_eq(frame.function, "outer");
    ck_assert_uint_eq(hd_module_locate(module, module->code_offset - 1, &frame, 1), 0);
    ck_assert_uint_eq(hd_module_locate(module, UINT64_MAX, &frame, 1), 0);
    hd_module_free(module);
}
END_TEST

START_TEST(names_of_functions) {
    char label[32];
    dwarf_image image;
    dwarf_make(&image, versions[_i]);
    hd_module *module = load(&image, false);
    ck_assert_str_eq(hd_module_function_label(module, 0, label, sizeof label), "$outer");
    ck_assert_str_eq(hd_module_function_label(module, 1, label, sizeof label), "$second");
    ck_assert_str_eq(hd_module_function_label(module, 2, label, sizeof label), "func[2]");
    hd_module_free(module);
    /* The name section, which names the first one, comes first. */
    module = load(&image, true);
    ck_assert_str_eq(hd_module_function_label(module, 0, label, sizeof label), "$named");
    ck_assert_str_eq(hd_module_function_label(module, 1, label, sizeof label), "$second");
    hd_module_free(module);
}
END_TEST

START_TEST(without_debug_information) {
    dwarf_image image = {.version = 4};
    char label[32];
    hd_module *module = load(&image, false);
    ck_assert_str_eq(frames_at(module, INNER), "");
    ck_assert_ptr_null(hd_module_source_warning(module));
    ck_assert_str_eq(hd_module_function_label(module, 0, label, sizeof label), "func[0]");
    hd_module_free(module);
}
END_TEST

/* Without its line table a unit still has functions; there is one warning. */
START_TEST(damaged_lines) {
    dwarf_image image;
    dwarf_make(&image, versions[_i]);
    image.sections[DWARF_LINE].length -= 4;
    hd_module *module = load(&image, false);
    ck_assert_str_eq(frames_at(module, INNER), "inner ?:0:0\nouter ?:0:0");
    ck_assert_str_eq(hd_module_source_warning(module), "a line table is longer than its section");
    ck_assert_ptr_null(hd_module_source_warning(module));
    ck_assert_str_eq(frames_at(module, SECOND), "second ?:0:0");
    ck_assert_ptr_null(hd_module_source_warning(module));
    hd_module_free(module);
}
END_TEST

START_TEST(missing_sections) {
    dwarf_image image;
    for (unsigned section = 0; section < DWARF_SECTIONS; section++) {
        dwarf_make(&image, versions[_i]);
        if (image.sections[section].length == 0) continue;
        image.sections[section].length = 0;
        hd_module *module = load(&image, false);
        const char *frames = frames_at(module, SECOND);
        const char *warning = hd_module_source_warning(module);
        if (section == DWARF_INFO || section == DWARF_ABBREV) ck_assert_str_eq(frames, "");
        if (section == DWARF_LINE) ck_assert_str_eq(frames, "second ?:0:0");
        if (section == DWARF_STR) ck_assert_str_eq(frames, "? /home/me/main.c:30:1");
        /* Nothing is wrong without debug information, lines or names. */
        bool fine = section == DWARF_INFO || section == DWARF_LINE || section == DWARF_STR ||
                    section == DWARF_STR_OFFSETS;
        ck_assert_msg(fine == !warning, "section %u: %s", section, frames);
        hd_module_free(module);
    }
}
END_TEST

/* A unit of which no range is known has the addresses of its lines. */
START_TEST(ranges_of_lines) {
    dwarf_image image;
    dwarf_make(&image, 4);
    memset(image.sections[DWARF_RANGES].data, 0, 8);
    hd_module *module = load(&image, false);
    ck_assert_str_eq(frames_at(module, SECOND), "second /home/me/main.c:30:1");
    ck_assert_ptr_null(hd_module_source_warning(module));
    hd_module_free(module);
}
END_TEST

/* A report holds nothing of the module, and nothing that could drive a terminal. */
START_TEST(frames_in_reports) {
    dwarf_image image;
    dwarf_make(&image, 4);
    char *text, *name = memmem(image.sections[DWARF_INFO].data, 200, "inner", 5);
    size_t length;
    ck_assert_ptr_nonnull(name);
    memcpy(name, "in\033\xFFr", 5);
    hd_module *module = load(&image, false);
    hd_arena arena = HD_ARENA_INIT;
    hd_report_frame frame = {0};
    hd_backtrace backtrace = {&frame, 1, 1};
    uint32_t offset = (uint32_t)module->code_offset + INNER;
    ck_assert(hd_report_frame_take(module, 0, offset, true, &arena, &frame));
    hd_module_free(module);
    FILE *stream = open_memstream(&text, &length);
    hd_backtrace_print(stream, &backtrace);
    fclose(stream);
    ck_assert_str_eq(text, "    #0 in\\1b\\ffr (inlined) at /home/me/inc/lib.h:7:9\n"
                           "    #0 $outer at /home/me/main.c:20:3 (0x1a)\n");
    free(text);
    hd_arena_free(&arena);
}
END_TEST

START_TEST(a_warning_in_a_report) {
    dwarf_image image;
    dwarf_make(&image, 5);
    image.sections[DWARF_LINE].length = 3;
    hd_module *module = load(&image, false);
    hd_arena arena = HD_ARENA_INIT;
    hd_report_frame frames[2] = {{0}};
    hd_backtrace backtrace = {frames, 2, 2};
    char *text;
    size_t length;
    uint32_t offset = (uint32_t)module->code_offset + SECOND;
    for (unsigned i = 0; i < 2; i++)
        ck_assert(hd_report_frame_take(module, 1, offset, true, &arena, &frames[i]));
    hd_module_free(module);
    FILE *stream = open_memstream(&text, &length);
    hd_backtrace_print(stream, &backtrace);
    fclose(stream);
    ck_assert_str_eq(
        text, "    #0 $second at 0x22\n"
              "    #1 $second at 0x22\n"
              "    note: debug information is damaged or not whole, lines may be missing: a line "
              "table is longer than its section\n");
    free(text);
    hd_arena_free(&arena);
}
END_TEST

static void *locate_all(void *module) {
    for (unsigned round = 0; round < 20; round++)
        for (size_t i = 0; i < sizeof places / sizeof *places; i++)
            if (strcmp(frames_at(module, places[i].address), places[i].frames) != 0) return module;
    return NULL;
}

START_TEST(threads_at_once) {
    enum { THREADS = 4 };
    pthread_t threads[THREADS];
    hd_module *module = load_version(versions[_i]);
    for (unsigned i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, locate_all, module), 0);
    for (unsigned i = 0; i < THREADS; i++) {
        void *wrong;
        pthread_join(threads[i], &wrong);
        ck_assert_ptr_null(wrong);
    }
    hd_module_free(module);
}
END_TEST

/* Memory that is out costs lines, no more; with memory they are there again. */
START_TEST(out_of_memory) {
    unsigned without = 0;
    for (uint64_t n = 1; n < 200; n++) {
        hd_module *module = load_version(versions[_i]);
        hd_alloc_fail_after(n);
        char *frames = frames_at(module, SECOND);
        hd_alloc_fail_after(0);
        bool complete = strcmp(frames, "second /home/me/main.c:30:1") == 0;
        if (!complete) ck_assert_str_eq(frames, "");
        without += !complete;
        ck_assert_str_eq(frames_at(module, SECOND), "second /home/me/main.c:30:1");
        hd_module_free(module);
        if (complete) break;
    }
    ck_assert_uint_gt(without, 5);
    ck_assert_uint_lt(without, 100);
}
END_TEST

/* Damages up to four bytes anywhere in the sections; the same for the same number. */
static void damage(dwarf_image *image, uint64_t number) {
    uint64_t state = number * UINT64_C(0x9E3779B97F4A7C15) + 1;
    for (unsigned i = 0; i <= number % 4; i++) {
        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        bytes *section = &image->sections[(state >> 33) % DWARF_SECTIONS];
        if (section->length == 0) continue;
        uint8_t *at = &section->data[(state >> 40) % section->length];
        switch (state >> 61 & 3) {
        case 0: *at = (uint8_t)(state >> 20); break;
        case 1: *at ^= (uint8_t)(1 << (state >> 20 & 7)); break;
        case 2: *at = state >> 20 & 1 ? 0xFF : 0x80; break;
        default: section->length = (state >> 40) % section->length;
        }
    }
}

/* Whatever a section holds, there is an answer, made of complete texts. */
START_TEST(mutations) {
    enum { MUTATIONS = 4000 };
    size_t total = 0, damaged = 0;
    for (uint64_t number = 0; number < MUTATIONS; number++) {
        dwarf_image image;
        dwarf_make(&image, versions[_i]);
        damage(&image, number);
        hd_module *module = load(&image, false);
        for (uint32_t address = 0; address <= SECOND_END; address++)
            total += strlen(frames_at(module, address));
        damaged += hd_module_source_warning(module) != NULL;
        hd_module_free(module);
    }
    ck_assert_uint_gt(damaged, MUTATIONS / 10);
    ck_assert_uint_gt(total, MUTATIONS * 20);
}
END_TEST

START_TEST(paths) {
    static const hd_source_map maps[] = {
        {"/build/a", "/home/me/src"}, {"/build/", "lib/"}, {"/build/b", "never"}, {"x", ""}};
    static const struct {
        const char *path, *shown;
    } rows[] = {
        {"/build/a/m.c", "src/m.c"},
        {"/build/a", "src"},
        {"/build/ab/m.c", "lib/ab/m.c"},
        {"/build/b/m.c", "lib/b/m.c"},
        {"/home/me/m.c", "m.c"},
        {"/home/me//m.c", "m.c"},
        {"/home/me", "/home/me"},
        {"/home/mean/m.c", "/home/mean/m.c"},
        {"/usr/m.c", "/usr/m.c"},
        {"m.c", "m.c"},
        {"x/m.c", "/m.c"},
    };
    hd_source_paths shown = {.maps = {(hd_source_map *)maps, 4, 4}, .directory = "/home/me"};
    hd_arena arena = HD_ARENA_INIT;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        ck_assert_str_eq(hd_source_path_show(&shown, rows[i].path, &arena), rows[i].shown);
    ck_assert_str_eq(hd_source_path_show(NULL, "/home/me/m.c", &arena), "/home/me/m.c");
    hd_arena_free(&arena);
}
END_TEST

START_TEST(paths_of_a_module) {
    hd_source_paths shown = {.directory = "/home/me"};
    hd_module *module = load_version(versions[_i]);
    hd_module_set_source_paths(module, &shown);
    ck_assert_str_eq(frames_at(module, INNER), "inner inc/lib.h:7:9\nouter main.c:20:3");
    hd_module_free(module);
}
END_TEST

START_TEST(built_without_a_reader) {
    hd_module *module = load_version(4);
    ck_assert_str_eq(frames_at(module, INNER), "");
    ck_assert_ptr_null(hd_module_source_warning(module));
    hd_module_free(module);
}
END_TEST

Suite *source_suite(void) {
    Suite *suite = suite_create("source");
    TCase *always = tcase_create("always"), *read;
    tcase_add_test(always, paths);
    tcase_add_test(always, without_debug_information);
    suite_add_tcase(suite, always);
    if (!hd_source_available()) {
        tcase_add_test(always, built_without_a_reader);
        return suite;
    }
    read = tcase_create("dwarf");
    tcase_set_timeout(read, 60);
    tcase_add_loop_test(read, lines_and_inlined_functions, 0, 2);
    tcase_add_loop_test(read, no_room_or_little, 0, 2);
    tcase_add_loop_test(read, names_of_functions, 0, 2);
    tcase_add_loop_test(read, damaged_lines, 0, 2);
    tcase_add_loop_test(read, missing_sections, 0, 2);
    tcase_add_test(read, ranges_of_lines);
    tcase_add_test(read, frames_in_reports);
    tcase_add_test(read, a_warning_in_a_report);
    tcase_add_loop_test(read, threads_at_once, 0, 2);
    tcase_add_loop_test(read, out_of_memory, 0, 2);
    tcase_add_loop_test(read, mutations, 0, 2);
    tcase_add_loop_test(read, paths_of_a_module, 0, 2);
    suite_add_tcase(suite, read);
    return suite;
}
