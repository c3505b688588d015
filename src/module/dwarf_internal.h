/* dwarf_internal.h: what the files that read DWARF share; nobody else includes it.
 *
 * libdwarf reads the sections of units, abbreviations, lines and strings. It never sees the lists
 * of ranges: its reader of them crashes on damaged ones, so dwarf_ranges.c reads them. What may
 * cost time or memory without end is bounded before libdwarf is asked (limits below). */
#ifndef HD_MODULE_DWARF_INTERNAL_H
#define HD_MODULE_DWARF_INTERNAL_H

#include <config.h>

#ifdef HAVE_LIBDWARF_LIBDWARF_H
#include <libdwarf/dwarf.h>
#include <libdwarf/libdwarf.h>
#else
#include <dwarf.h>
#include <libdwarf.h>
#endif

#include "base/reader.h"
#include "module/dwarf.h"

enum {
    HD_DWARF_UNITS = 1 << 16,      /* more are not read */
    HD_DWARF_LINE_BYTES = 1 << 22, /* of a unit's line table; libdwarf needs 200 times as many */
    HD_DWARF_ALL_LINES = 1 << 25,  /* bytes of all line tables; of each, a row of 16 bytes stays */
    HD_DWARF_RANGES = 1 << 16,     /* of one list */
    HD_DWARF_NESTING = 64,         /* of entries in entries */
    HD_DWARF_REFERENCES = 8,       /* from an entry to the one with its name */
};

/* Addresses from `low` up to and without `high`. */
typedef struct hd_dwarf_range {
    uint32_t low, high;
} hd_dwarf_range;

typedef HD_VEC(hd_dwarf_range) hd_dwarf_ranges;

typedef struct hd_dwarf_row {
    uint32_t address, file, line, column;
} hd_dwarf_row;

/* Rows of ascending addresses (DWARF 5, section 6.2.5). */
typedef struct hd_dwarf_sequence {
    hd_dwarf_range range;
    uint32_t first, count; /* of the unit's rows */
} hd_dwarf_sequence;

/* A part of a function, and its entry. */
typedef struct hd_dwarf_function {
    hd_dwarf_range range;
    uint64_t die;
} hd_dwarf_function;

typedef struct hd_dwarf_unit {
    uint64_t die, length; /* of .debug_info: the unit's entry; bytes of the unit */
    uint16_t version;
    uint32_t low_pc; /* what its lists of ranges count from */
    uint64_t addr_base, rnglists_base;
    bool loaded; /* what follows is known */
    HD_VEC(hd_dwarf_row) rows;
    HD_VEC(hd_dwarf_sequence) sequences; /* by address */
    HD_VEC(hd_dwarf_function) functions; /* by address */
    const char **files;                  /* as they are shown; elements may be NULL */
    uint32_t first_file, file_count;     /* the numbers of rows count from first_file */
} hd_dwarf_unit;

typedef struct hd_dwarf_unit_range {
    hd_dwarf_range range;
    uint32_t unit;
} hd_dwarf_unit_range;

/* The sections that libdwarf sees, by its numbers less 1. */
enum { HD_DWARF_SECTIONS = 7 };

struct hd_dwarf {
    const hd_module *module;
    const hd_custom *sections[HD_DWARF_SECTIONS];
    Dwarf_Debug debug; /* NULL: there is nothing to read */
    HD_VEC(hd_dwarf_unit) units;
    HD_VEC(hd_dwarf_unit_range) ranges; /* of units, by address */
    hd_arena arena;                     /* of files */
    uint64_t line_bytes;                /* of line tables that may still be read */
    char damage[160];                   /* empty: none */
};

/* dwarf_object.c: */
/* Shows the sections to libdwarf; without success `debug` stays NULL. False when memory is out. */
bool hd_dwarf_object_open(hd_dwarf *d);
void hd_dwarf_object_close(hd_dwarf *d);

/* dwarf.c: */
/* Notes what is wrong, unless something is noted already; returns false. */
bool hd_dwarf_damaged(hd_dwarf *d, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* True if a function of libdwarf returned DW_DLV_OK; its error is noted and released. */
bool hd_dwarf_ok(hd_dwarf *d, int result, Dwarf_Error *error);
/* Reads an attribute that is a number or an offset into a section. False: there is none. */
bool hd_dwarf_number(hd_dwarf *d, Dwarf_Die die, Dwarf_Half attribute, uint64_t *value);

/* dwarf_ranges.c: */
/* Appends the addresses that an entry covers; none, if it has no code. False when memory is out. */
bool hd_dwarf_ranges_of(hd_dwarf *d, const hd_dwarf_unit *unit, Dwarf_Die die,
                        hd_dwarf_ranges *ranges);

/* dwarf_header.c: */
/* True if the line table at an offset may be read: its size and its header are sound. */
bool hd_dwarf_check_lines(hd_dwarf *d, uint64_t offset);

/* dwarf_lines.c: */
/* Reads files and rows of a unit. False when memory is out. */
bool hd_dwarf_load_lines(hd_dwarf *d, hd_dwarf_unit *unit, Dwarf_Die die);
/* The path of a file by its number in rows and call sites, or NULL. */
const char *hd_dwarf_file(const hd_dwarf_unit *unit, uint64_t number);
/* Finds the row of an address, or NULL. */
const hd_dwarf_row *hd_dwarf_row_at(const hd_dwarf_unit *unit, uint32_t address);

/* dwarf_scopes.c: */
/* Lists the functions of a unit. False when memory is out. */
bool hd_dwarf_load_functions(hd_dwarf *d, hd_dwarf_unit *unit, Dwarf_Die die);
/* Writes the frames of an address, whose row (or NULL) is given. */
size_t hd_dwarf_frames(hd_dwarf *d, const hd_dwarf_unit *unit, uint32_t address,
                       const hd_dwarf_row *row, hd_source_frame *frames, size_t room);

#endif
