/* dwarf_lines.c: files and rows of a unit's line table (DWARF 5, section 6.2). */
#include <stdlib.h>
#include <string.h>

#include "module/dwarf_internal.h"

static uint32_t narrow(uint64_t value) {
    return value < UINT32_MAX ? (uint32_t)value : UINT32_MAX;
}

/* A path without "./" before it. */
static const char *trim(const char *path) {
    while (path[0] == '.' && path[1] == '/')
        for (path += 2; *path == '/';)
            path++;
    return path;
}

/* Joins a folder (or NULL) and a path. */
static const char *join(hd_dwarf *d, const char *folder, const char *path) {
    path = trim(path);
    folder = folder ? trim(folder) : "";
    if (path[0] == '/' || !*folder || strcmp(folder, ".") == 0) return path;
    size_t head = strlen(folder), tail = strlen(path);
    bool slash = folder[head - 1] != '/';
    char *text = hd_arena_alloc(&d->arena, head + slash + tail + 1, 1);
    if (!text) return NULL;
    memcpy(text, folder, head);
    if (slash) text[head] = '/';
    memcpy(text + head + slash, path, tail);
    return text;
}

/* The folder of a file. Up to DWARF 4, number 0 is the folder of compilation; since then it is one
 * of the list. */
static const char *folder_of(hd_dwarf *d, Dwarf_Line_Context lines, uint64_t version,
                             uint64_t number, const char *compiled_in) {
    Dwarf_Error error;
    const char *name;
    if ((version < 5 && number == 0) || number >= INT32_MAX) return compiled_in;
    if (!hd_dwarf_ok(d, dwarf_srclines_include_dir_data(lines, (Dwarf_Signed)number, &name, &error),
                     &error) ||
        !name)
        return compiled_in;
    return join(d, compiled_in, name);
}

static bool load_files(hd_dwarf *d, hd_dwarf_unit *unit, Dwarf_Line_Context lines,
                       uint64_t version) {
    Dwarf_Error error;
    Dwarf_Signed first, count, end;
    const char *compiled_in = NULL;
    hd_dwarf_ok(d, dwarf_srclines_comp_dir(lines, &compiled_in, &error), &error);
    if (!hd_dwarf_ok(d, dwarf_srclines_files_indexes(lines, &first, &count, &end, &error), &error))
        return true;
    if (first < 0 || end < first || end > INT32_MAX) return true;
    unit->files = hd_arena_alloc(&d->arena, (size_t)(end - first), sizeof *unit->files);
    if (!unit->files) return false;
    unit->first_file = (uint32_t)first;
    unit->file_count = (uint32_t)(end - first);
    for (Dwarf_Signed i = first; i < end; i++) {
        const char *name, *path = NULL;
        Dwarf_Unsigned folder, time, size;
        Dwarf_Form_Data16 *digest;
        int result =
            dwarf_srclines_files_data_b(lines, i, &name, &folder, &time, &size, &digest, &error);
        if (!hd_dwarf_ok(d, result, &error) || !name) continue;
        path = join(d, folder_of(d, lines, version, folder, compiled_in), name);
        if (path) path = hd_source_path_show(d->module->source_paths, path, &d->arena);
        /* What was not joined is still the section's, or libdwarf's for as long as `lines` lives.
         */
        if (path) path = hd_arena_strndup(&d->arena, path, strlen(path));
        if (!path) return false;
        unit->files[i - first] = path;
    }
    return true;
}

const char *hd_dwarf_file(const hd_dwarf_unit *unit, uint64_t number) {
    if (number < unit->first_file || number - unit->first_file >= unit->file_count) return NULL;
    return unit->files[number - unit->first_file];
}

/* Enters the rows since the last sequence's as one. Code that the linker threw away is left out. */
static bool close_sequence(hd_dwarf_unit *unit, size_t first, uint64_t end) {
    if (unit->rows.len == first) return true;
    uint32_t low = unit->rows.items[first].address;
    if (low == 0 || end <= low || end >= UINT32_MAX - 1) {
        unit->rows.len = first;
        return true;
    }
    hd_dwarf_sequence sequence = {
        {low, (uint32_t)end}, (uint32_t)first, (uint32_t)(unit->rows.len - first)};
    return hd_vec_push(&unit->sequences, sequence);
}

/* One row as libdwarf has it; false if it cannot be read. */
static bool read_row(hd_dwarf *d, Dwarf_Line line, hd_dwarf_row *row, bool *end) {
    Dwarf_Error error;
    Dwarf_Addr address;
    Dwarf_Unsigned file, number, column;
    Dwarf_Bool last;
    if (!hd_dwarf_ok(d, dwarf_lineaddr(line, &address, &error), &error) ||
        !hd_dwarf_ok(d, dwarf_line_srcfileno(line, &file, &error), &error) ||
        !hd_dwarf_ok(d, dwarf_lineno(line, &number, &error), &error) ||
        !hd_dwarf_ok(d, dwarf_lineoff_b(line, &column, &error), &error) ||
        !hd_dwarf_ok(d, dwarf_lineendsequence(line, &last, &error), &error))
        return false;
    *row = (hd_dwarf_row){narrow(address), narrow(file), narrow(number), narrow(column)};
    *end = last;
    return true;
}

static bool load_rows(hd_dwarf *d, hd_dwarf_unit *unit, Dwarf_Line_Context lines) {
    Dwarf_Error error;
    Dwarf_Line *items;
    Dwarf_Signed count;
    size_t first = 0;
    if (!hd_dwarf_ok(d, dwarf_srclines_from_linecontext(lines, &items, &count, &error), &error))
        return true;
    for (Dwarf_Signed i = 0; i < count; i++) {
        hd_dwarf_row row;
        bool end;
        if (!read_row(d, items[i], &row, &end)) break;
        if (!end && !hd_vec_push(&unit->rows, row)) return false;
        if (!end) continue;
        if (!close_sequence(unit, first, row.address)) return false;
        first = unit->rows.len;
    }
    return true;
}

static int compare_sequences(const void *one, const void *other) {
    const hd_dwarf_sequence *a = one, *b = other;
    return a->range.low < b->range.low ? -1 : a->range.low > b->range.low;
}

bool hd_dwarf_load_lines(hd_dwarf *d, hd_dwarf_unit *unit, Dwarf_Die die) {
    Dwarf_Error error;
    Dwarf_Unsigned version;
    Dwarf_Small tables;
    Dwarf_Line_Context lines;
    uint64_t offset;
    unit->rows.len = unit->sequences.len = 0;
    if (!hd_dwarf_number(d, die, DW_AT_stmt_list, &offset) || !hd_dwarf_check_lines(d, offset))
        return true;
    if (!hd_dwarf_ok(d, dwarf_srclines_b(die, &version, &tables, &lines, &error), &error)) {
        hd_dwarf_damaged(d, "a line table cannot be read");
        return true;
    }
    bool ok = load_files(d, unit, lines, version) && (tables != 1 || load_rows(d, unit, lines));
    dwarf_srclines_dealloc_b(lines);
    if (unit->sequences.len)
        qsort(unit->sequences.items, unit->sequences.len, sizeof *unit->sequences.items,
              compare_sequences);
    return ok;
}

const hd_dwarf_row *hd_dwarf_row_at(const hd_dwarf_unit *unit, uint32_t address) {
    size_t low = 0, high = unit->sequences.len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (unit->sequences.items[middle].range.low <= address)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0 || unit->sequences.items[low - 1].range.high <= address) return NULL;
    const hd_dwarf_sequence *sequence = &unit->sequences.items[low - 1];
    const hd_dwarf_row *rows = unit->rows.items + sequence->first;
    low = 0, high = sequence->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (rows[middle].address <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low == 0 ? NULL : &rows[low - 1];
}
