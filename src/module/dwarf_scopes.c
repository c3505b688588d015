/* dwarf_scopes.c: functions, and the calls that were inlined into them (DWARF 5, sections 3.3.1,
 * 3.3.8 and 2.14). */
#include <stdlib.h>

#include "module/dwarf_internal.h"

/* Entries still to be looked at: a unit has no more of them than bytes, unless references between
 * them go round in circles. */
typedef struct walk {
    hd_dwarf *d;
    hd_dwarf_unit *unit;
    uint64_t left;
} walk;

static Dwarf_Half tag_of(hd_dwarf *d, Dwarf_Die die) {
    Dwarf_Error error;
    Dwarf_Half tag;
    return hd_dwarf_ok(d, dwarf_tag(die, &tag, &error), &error) ? tag : 0;
}

static bool first_child(hd_dwarf *d, Dwarf_Die die, Dwarf_Die *child) {
    Dwarf_Error error;
    return hd_dwarf_ok(d, dwarf_child(die, child, &error), &error);
}

/* Releases an entry and goes on to its sibling; false at the last one. */
static bool next_sibling(walk *w, Dwarf_Die *die) {
    Dwarf_Error error;
    Dwarf_Die next = NULL;
    bool found = false;
    if (w->left > 0) {
        int result = dwarf_siblingof_b(w->d->debug, *die, true, &next, &error);
        found = hd_dwarf_ok(w->d, result, &error);
        w->left--;
    } else {
        hd_dwarf_damaged(w->d, "entries of a unit go round in circles");
    }
    dwarf_dealloc_die(*die);
    *die = next;
    return found;
}

static bool add_function(walk *w, Dwarf_Die die) {
    Dwarf_Error error;
    Dwarf_Off offset;
    hd_dwarf_ranges ranges = {0};
    if (!hd_dwarf_ok(w->d, dwarf_dieoffset(die, &offset, &error), &error)) return true;
    bool ok = hd_dwarf_ranges_of(w->d, w->unit, die, &ranges);
    for (size_t i = 0; ok && i < ranges.len; i++) {
        hd_dwarf_function function = {ranges.items[i], offset};
        ok = hd_vec_push(&w->unit->functions, function);
    }
    hd_vec_free(&ranges);
    return ok;
}

static bool holds_functions(Dwarf_Half tag) {
    switch (tag) {
    case DW_TAG_namespace:
    case DW_TAG_module:
    case DW_TAG_class_type:
    case DW_TAG_structure_type:
    case DW_TAG_union_type:
    case DW_TAG_enumeration_type:
    case DW_TAG_interface_type: return true;
    default: return false;
    }
}

/* Lists the functions below an entry; false when memory is out. */
static bool list_functions(walk *w, Dwarf_Die parent, unsigned depth) {
    Dwarf_Die die;
    if (depth >= HD_DWARF_NESTING || !first_child(w->d, parent, &die)) return true;
    do {
        Dwarf_Half tag = tag_of(w->d, die);
        bool ok = true;
        if (tag == DW_TAG_subprogram)
            ok = add_function(w, die);
        else if (holds_functions(tag))
            ok = list_functions(w, die, depth + 1);
        if (!ok) {
            dwarf_dealloc_die(die);
            return false;
        }
    } while (next_sibling(w, &die));
    return true;
}

static int compare_functions(const void *one, const void *other) {
    const hd_dwarf_function *a = one, *b = other;
    return a->range.low < b->range.low ? -1 : a->range.low > b->range.low;
}

bool hd_dwarf_load_functions(hd_dwarf *d, hd_dwarf_unit *unit, Dwarf_Die die) {
    walk w = {d, unit, unit->length};
    unit->functions.len = 0;
    bool ok = list_functions(&w, die, 0);
    if (unit->functions.len)
        qsort(unit->functions.items, unit->functions.len, sizeof *unit->functions.items,
              compare_functions);
    return ok;
}

static const hd_dwarf_function *function_at(const hd_dwarf_unit *unit, uint32_t address) {
    size_t low = 0, high = unit->functions.len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (unit->functions.items[middle].range.low <= address)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0 || unit->functions.items[low - 1].range.high <= address) return NULL;
    return &unit->functions.items[low - 1];
}

/* The entry that another one completes or repeats, or false. */
static bool referred(hd_dwarf *d, Dwarf_Die die, Dwarf_Half attribute, Dwarf_Die *other) {
    Dwarf_Error error;
    Dwarf_Attribute reference;
    Dwarf_Off offset;
    if (!hd_dwarf_ok(d, dwarf_attr(die, attribute, &reference, &error), &error)) return false;
    bool known = hd_dwarf_ok(d, dwarf_global_formref(reference, &offset, &error), &error);
    dwarf_dealloc_attribute(reference);
    return known && hd_dwarf_ok(d, dwarf_offdie_b(d->debug, offset, true, other, &error), &error);
}

/* The name of a function; it may stand with its declaration or with what was inlined. */
static const char *name_of(hd_dwarf *d, Dwarf_Die die, unsigned depth) {
    Dwarf_Error error;
    Dwarf_Die other;
    char *name = NULL;
    if (hd_dwarf_ok(d, dwarf_diename(die, &name, &error), &error)) return name;
    if (depth == HD_DWARF_REFERENCES || (!referred(d, die, DW_AT_abstract_origin, &other) &&
                                         !referred(d, die, DW_AT_specification, &other)))
        return NULL;
    const char *found = name_of(d, other, depth + 1);
    dwarf_dealloc_die(other);
    return found;
}

/* A function around an address, and where it was called, if it was inlined. */
typedef struct scope {
    const char *name;
    uint64_t file, line, column;
} scope;

static scope describe(hd_dwarf *d, Dwarf_Die die) {
    scope s = {.name = name_of(d, die, 0)};
    if (!hd_dwarf_number(d, die, DW_AT_call_file, &s.file)) s.file = UINT64_MAX;
    if (!hd_dwarf_number(d, die, DW_AT_call_line, &s.line)) s.line = 0;
    if (!hd_dwarf_number(d, die, DW_AT_call_column, &s.column)) s.column = 0;
    return s;
}

static bool covers(walk *w, Dwarf_Die die, uint32_t address) {
    hd_dwarf_ranges ranges = {0};
    bool found = false;
    hd_dwarf_ranges_of(w->d, w->unit, die, &ranges);
    for (size_t i = 0; !found && i < ranges.len; i++)
        found = ranges.items[i].low <= address && address < ranges.items[i].high;
    hd_vec_free(&ranges);
    return found;
}

/* Follows the blocks and inlined calls below an entry down to an address; outermost first. */
static void descend(walk *w, Dwarf_Die parent, uint32_t address, unsigned depth, scope *scopes,
                    size_t room, size_t *count) {
    Dwarf_Die die;
    if (depth >= HD_DWARF_NESTING || *count == room || !first_child(w->d, parent, &die)) return;
    do {
        Dwarf_Half tag = tag_of(w->d, die);
        bool is_call = tag == DW_TAG_inlined_subroutine;
        if ((!is_call && tag != DW_TAG_lexical_block) || !covers(w, die, address)) continue;
        if (is_call) scopes[(*count)++] = describe(w->d, die);
        descend(w, die, address, depth + 1, scopes, room, count);
        dwarf_dealloc_die(die);
        return;
    } while (next_sibling(w, &die));
}

static size_t find_scopes(hd_dwarf *d, const hd_dwarf_unit *unit, uint32_t address, scope *scopes,
                          size_t room) {
    Dwarf_Error error;
    Dwarf_Die die;
    walk w = {d, (hd_dwarf_unit *)unit, unit->length};
    const hd_dwarf_function *function = function_at(unit, address);
    if (!function ||
        !hd_dwarf_ok(d, dwarf_offdie_b(d->debug, function->die, true, &die, &error), &error))
        return 0;
    size_t count = 1;
    scopes[0] = (scope){.name = name_of(d, die, 0)};
    descend(&w, die, address, 0, scopes, room, &count);
    dwarf_dealloc_die(die);
    return count;
}

static hd_source_frame place(const hd_dwarf_unit *unit, uint64_t file, uint64_t line,
                             uint64_t column) {
    const char *path = line > 0 ? hd_dwarf_file(unit, file) : NULL;
    if (!path || line > UINT32_MAX) return (hd_source_frame){0};
    return (hd_source_frame){
        .file = path, .line = (uint32_t)line, .column = column < UINT32_MAX ? (uint32_t)column : 0};
}

size_t hd_dwarf_frames(hd_dwarf *d, const hd_dwarf_unit *unit, uint32_t address,
                       const hd_dwarf_row *row, hd_source_frame *frames, size_t room) {
    scope scopes[HD_SOURCE_FRAMES];
    hd_source_frame at = {0};
    if (room > HD_SOURCE_FRAMES) room = HD_SOURCE_FRAMES;
    size_t count = find_scopes(d, unit, address, scopes, room);
    /* Line 0: code that comes from no line. */
    if (row) at = place(unit, row->file, row->line, row->column);
    if (count == 0) {
        frames[0] = at;
        return at.file != NULL;
    }
    for (size_t i = 0; i < count; i++) {
        const scope *s = &scopes[count - 1 - i];
        frames[i] = at;
        frames[i].function = s->name;
        at = place(unit, s->file, s->line, s->column);
    }
    return count;
}
