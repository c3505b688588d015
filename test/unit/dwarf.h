/* dwarf.h: a module with debug information, written byte by byte.
 *
 * Two functions of eight nops each. Addresses count from the payload of the code section:
 *
 *     2..12   outer   main.c:10:1, from 3 on main.c:11:5, from 8 on main.c:21
 *       5..8  inner, inlined at main.c:20:3: inc/lib.h:7:9
 *     13..23  second  main.c:30:1, from 15 on no line (0), from 17 on main.c:31:2
 */
#ifndef HD_TEST_DWARF_H
#define HD_TEST_DWARF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { OUTER = 2, OUTER_END = 12, INNER = 5, INNER_END = 8, SECOND = 13, SECOND_END = 23 };

typedef struct bytes {
    uint8_t data[2048];
    size_t length;
} bytes;

typedef enum dwarf_section {
    DWARF_INFO,
    DWARF_ABBREV,
    DWARF_LINE,
    DWARF_STR,
    DWARF_LINE_STR,
    DWARF_STR_OFFSETS,
    DWARF_ADDR,
    DWARF_RANGES, /* .debug_rnglists since DWARF 5 */
    DWARF_SECTIONS
} dwarf_section;

typedef struct dwarf_image {
    unsigned version; /* 4, or 5 with indexed strings, addresses and lists of ranges */
    bytes sections[DWARF_SECTIONS];
} dwarf_image;

/* Writes the sections. */
void dwarf_make(dwarf_image *image, unsigned version);

/* The module with these sections, those of length 0 left out; with a name section or without. */
bytes dwarf_module(const dwarf_image *image, bool with_names);

#endif
