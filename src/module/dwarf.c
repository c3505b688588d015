/* dwarf.c: the units of a module, and from an address to its frames (DWARF 5, sections 2.17 and
 * 7.5.1). */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "module/dwarf_internal.h"

bool hd_dwarf_damaged(hd_dwarf *d, const char *format, ...) {
    va_list arguments;
    if (d->damage[0]) return false;
    va_start(arguments, format);
    vsnprintf(d->damage, sizeof d->damage, format, arguments);
    va_end(arguments);
    return false;
}

const char *hd_dwarf_damage(const hd_dwarf *d) {
    return d->damage[0] ? d->damage : NULL;
}

bool hd_dwarf_ok(hd_dwarf *d, int result, Dwarf_Error *error) {
    if (result == DW_DLV_ERROR) {
        hd_dwarf_damaged(d, "%s", dwarf_errmsg(*error));
        dwarf_dealloc_error(d->debug, *error);
    }
    return result == DW_DLV_OK;
}

static bool number_of(hd_dwarf *d, Dwarf_Attribute attribute, uint64_t *value) {
    Dwarf_Error error;
    Dwarf_Half form;
    Dwarf_Unsigned number;
    Dwarf_Signed with_sign;
    Dwarf_Off offset;
    int result;
    if (!hd_dwarf_ok(d, dwarf_whatform(attribute, &form, &error), &error)) return false;
    switch (form) {
    case DW_FORM_sec_offset:
        result = dwarf_global_formref(attribute, &offset, &error);
        *value = offset;
        break;
    case DW_FORM_sdata:
    case DW_FORM_implicit_const:
        result = dwarf_formsdata(attribute, &with_sign, &error);
        *value = (uint64_t)with_sign;
        break;
    default: result = dwarf_formudata(attribute, &number, &error); *value = number;
    }
    return hd_dwarf_ok(d, result, &error);
}

bool hd_dwarf_number(hd_dwarf *d, Dwarf_Die die, Dwarf_Half attribute, uint64_t *value) {
    Dwarf_Error error;
    Dwarf_Attribute found;
    if (!hd_dwarf_ok(d, dwarf_attr(die, attribute, &found, &error), &error)) return false;
    bool known = number_of(d, found, value);
    dwarf_dealloc_attribute(found);
    return known;
}

static void free_unit(hd_dwarf_unit *unit) {
    hd_vec_free(&unit->rows);
    hd_vec_free(&unit->sequences);
    hd_vec_free(&unit->functions);
}

/* Enters the addresses of a unit; false when memory is out. A unit that does not tell them has
 * those of its lines. */
static bool add_ranges(hd_dwarf *d, hd_dwarf_unit *unit, Dwarf_Die die) {
    hd_dwarf_ranges ranges = {0};
    bool ok = hd_dwarf_ranges_of(d, unit, die, &ranges);
    if (ok && ranges.len == 0) {
        ok = hd_dwarf_load_lines(d, unit, die);
        for (size_t i = 0; ok && i < unit->sequences.len; i++)
            ok = hd_vec_push(&ranges, unit->sequences.items[i].range);
    }
    for (size_t i = 0; ok && i < ranges.len; i++) {
        hd_dwarf_unit_range range = {ranges.items[i], (uint32_t)d->units.len};
        ok = hd_vec_push(&d->ranges, range);
    }
    hd_vec_free(&ranges);
    return ok;
}

/* Notes that of a unit only the skeleton is here: its lines, but no functions. */
static void note_split(hd_dwarf *d, Dwarf_Die die) {
    static const Dwarf_Half names[] = {DW_AT_dwo_name, DW_AT_GNU_dwo_name};
    Dwarf_Error error;
    Dwarf_Attribute found;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!hd_dwarf_ok(d, dwarf_attr(die, names[i], &found, &error), &error)) continue;
        dwarf_dealloc_attribute(found);
        hd_dwarf_damaged(d, "most of it is in files of its own (.dwo), which are not read: compile "
                            "without -gsplit-dwarf");
    }
}

/* Describes a unit by its entry; false when memory is out. */
static bool add_unit(hd_dwarf *d, Dwarf_Die die, uint64_t length, uint16_t version) {
    Dwarf_Error error;
    Dwarf_Addr low = 0;
    Dwarf_Off offset;
    hd_dwarf_unit unit = {.length = length, .version = version};
    if (!hd_dwarf_ok(d, dwarf_dieoffset(die, &offset, &error), &error)) return true;
    unit.die = offset;
    note_split(d, die);
    if (!hd_dwarf_number(d, die, DW_AT_addr_base, &unit.addr_base)) unit.addr_base = 8;
    if (!hd_dwarf_number(d, die, DW_AT_rnglists_base, &unit.rnglists_base)) unit.rnglists_base = 12;
    hd_dwarf_ok(d, dwarf_lowpc(die, &low, &error), &error);
    unit.low_pc = low < UINT32_MAX ? (uint32_t)low : 0;
    bool ok = add_ranges(d, &unit, die) && hd_vec_push(&d->units, unit);
    if (!ok) free_unit(&unit);
    return ok;
}

/* Reads the header of the next unit, which ends at `*end`; false after the last one, or when
 * nothing further can be read. */
static bool next_unit(hd_dwarf *d, uint64_t *end, uint16_t *version, uint16_t *type) {
    Dwarf_Error error;
    Dwarf_Unsigned header, type_offset, next;
    Dwarf_Half number, address_size, offset_size, extension, kind;
    Dwarf_Off abbreviations;
    Dwarf_Sig8 signature;
    int result = dwarf_next_cu_header_d(d->debug, true, &header, &number, &abbreviations,
                                        &address_size, &offset_size, &extension, &signature,
                                        &type_offset, &next, &kind, &error);
    if (!hd_dwarf_ok(d, result, &error)) return false;
    if (address_size != 4 || offset_size != 4 || d->units.len >= HD_DWARF_UNITS)
        return hd_dwarf_damaged(d, "only the first %zu units can be read", d->units.len);
    *end = next;
    *version = number;
    *type = kind;
    return true;
}

static int compare_ranges(const void *one, const void *other) {
    const hd_dwarf_unit_range *a = one, *b = other;
    return a->range.low < b->range.low ? -1 : a->range.low > b->range.low;
}

static bool load_units(hd_dwarf *d) {
    Dwarf_Error error;
    Dwarf_Die die;
    uint64_t start, end = 0;
    uint16_t version = 0, type = 0;
    bool ok = true;
    while (start = end, ok && next_unit(d, &end, &version, &type)) {
        if (type != DW_UT_compile && type != DW_UT_partial && type != DW_UT_skeleton) continue;
        if (!hd_dwarf_ok(d, dwarf_siblingof_b(d->debug, NULL, true, &die, &error), &error))
            continue;
        ok = add_unit(d, die, end - start, version);
        dwarf_dealloc_die(die);
    }
    if (d->ranges.len)
        qsort(d->ranges.items, d->ranges.len, sizeof *d->ranges.items, compare_ranges);
    return ok;
}

hd_dwarf *hd_dwarf_open(const hd_module *module) {
    hd_dwarf *d = hd_calloc(1, sizeof *d);
    if (!d) return NULL;
    d->module = module;
    d->line_bytes = HD_DWARF_ALL_LINES;
    if (hd_dwarf_object_open(d) && (!d->debug || load_units(d))) return d;
    hd_dwarf_close(d);
    return NULL;
}

void hd_dwarf_close(hd_dwarf *d) {
    for (size_t i = 0; i < d->units.len; i++)
        free_unit(&d->units.items[i]);
    hd_vec_free(&d->units);
    hd_vec_free(&d->ranges);
    hd_dwarf_object_close(d);
    hd_arena_free(&d->arena);
    hd_free(d);
}

static hd_dwarf_unit *unit_at(const hd_dwarf *d, uint32_t address) {
    size_t low = 0, high = d->ranges.len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (d->ranges.items[middle].range.low <= address)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0 || d->ranges.items[low - 1].range.high <= address) return NULL;
    return &d->units.items[d->ranges.items[low - 1].unit];
}

/* Reads lines and functions of a unit, once. */
static bool load_unit(hd_dwarf *d, hd_dwarf_unit *unit) {
    Dwarf_Error error;
    Dwarf_Die die;
    if (unit->loaded) return true;
    if (!hd_dwarf_ok(d, dwarf_offdie_b(d->debug, unit->die, true, &die, &error), &error))
        return false;
    unit->loaded = hd_dwarf_load_lines(d, unit, die) && hd_dwarf_load_functions(d, unit, die);
    dwarf_dealloc_die(die);
    return unit->loaded;
}

size_t hd_dwarf_find(hd_dwarf *d, uint64_t address, hd_source_frame *frames, size_t room) {
    if (address >= UINT32_MAX) return 0;
    hd_dwarf_unit *unit = unit_at(d, (uint32_t)address);
    if (!unit || !load_unit(d, unit)) return 0;
    const hd_dwarf_row *row = hd_dwarf_row_at(unit, (uint32_t)address);
    return hd_dwarf_frames(d, unit, (uint32_t)address, row, frames, room);
}
