/* source.h: where an instruction comes from: source files and lines, functions that were inlined.
 *
 * Of a module that was assembled from text, the text is the source, unless debug information knows
 * better. What compilers leave in a module's custom sections (DWARF 4 and 5, "DWARF for
 * WebAssembly") is read when it is first asked for, unit by unit, and kept with the module. Debug
 * information is never trusted: what is damaged is as good as absent, and there is a warning to
 * tell. A library built without libdwarf knows of no source. */
#ifndef HD_MODULE_SOURCE_H
#define HD_MODULE_SOURCE_H

#include "base/arena.h"
#include "base/vec.h"
#include "module/module.h"

/* Most functions inlined into each other that are told, the one around them included. */
enum { HD_SOURCE_FRAMES = 32 };

/* A place in a source file, and the function of the source that it is in. Texts stand in the module
 * as they are: not UTF-8, perhaps. */
typedef struct hd_source_frame {
    const char *function;  /* NULL: unknown */
    const char *file;      /* NULL: unknown, and so are line and column */
    uint32_t line, column; /* from 1; column 0: unknown */
    bool text;             /* the file is the module's own text, and the place exact */
} hd_source_frame;

/* Finds what the instruction at a byte offset of the module was compiled from: the innermost
 * function first, then the one it was inlined into, and so on; the last is the WebAssembly function
 * itself. Returns how many frames were written, at most `room`; 0: nothing is known. The texts live
 * as long as the module. Any thread; memory that is out means that nothing is known. */
size_t hd_module_locate(const hd_module *module, uint64_t offset, hd_source_frame *frames,
                        size_t room);

/* Returns what is wrong with the debug information, as far as it has been read: once, then NULL.
 * Lives as long as the module. Any thread. */
const char *hd_module_source_warning(const hd_module *module);

/* The place in a text of what begins at a byte offset of the module that was made of it. */
typedef struct hd_text_place {
    uint32_t offset, line, column; /* line and column from 1 */
} hd_text_place;

/* The places of a module's instructions and of the entries of its sections, by ascending offset.
 * Empty when zero; release with hd_vec_free(&map.places). */
typedef struct hd_text_map {
    HD_VEC(hd_text_place) places;
} hd_text_map;

/* Returns the place of what holds a byte offset, or NULL. */
const hd_text_place *hd_text_map_find(const hd_text_map *map, uint64_t offset);

/* Gives an error at a byte offset its place in the text as well, if that is known. */
void hd_text_map_place(const hd_text_map *map, hd_diag *diag);

/* Lets a module that nobody else uses yet know the text that it was assembled from, and its file's
 * name as messages show it, which is copied. Takes the map over, if it succeeds; false when memory
 * is out. */
bool hd_module_set_text(hd_module *module, const char *file, hd_text_map *map);

/* The same as hd_text_map_place, of a module; without a text it does nothing. */
void hd_module_place(const hd_module *module, hd_diag *diag);

/* True if the library was built with a reader of DWARF. */
bool hd_source_available(void);

/* How paths of source files are shown. */
typedef struct hd_source_map {
    const char *from, *to; /* borrowed */
} hd_source_map;

typedef struct hd_source_paths {
    HD_VEC(hd_source_map) maps;
    const char
        *directory; /* what is below it is shown relative to it; NULL: nothing is; borrowed */
} hd_source_paths;

/* Lets a module that nobody else uses yet show paths this way; they must outlive it. Without, paths
 * are shown as the compiler knew them. */
void hd_module_set_source_paths(hd_module *module, const hd_source_paths *paths);

/* Writes a path as it is shown: the first map whose `from` is the path or a folder above it puts
 * `to` there, then the directory is left out. NULL when memory is out. */
const char *hd_source_path_show(const hd_source_paths *paths, const char *path, hd_arena *arena);

/* For the module's own use: releases what was read. */
void hd_source_free(hd_module *module);

/* For source.c's own use: finds an instruction in the text alone; false if there is none. */
bool hd_text_locate(const hd_module *module, uint64_t offset, hd_source_frame *frame);
void hd_text_source_free(hd_module *module);

#endif
