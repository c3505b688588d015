/* assemble.c: module text to the binary format: tokens, names, bytes, and the whole. See
 * assembler.h. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "text/assembler.h"
#include "text/literal.h"

bool hd_asm_fail(hd_assembler *a, hd_status status, const char *format, ...) {
    char message[sizeof a->diag->message];
    const hd_token *token = hd_asm_token(a);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    hd_diag_at_line(a->diag, status, token->line, token->column, "%s", message);
    return false;
}

bool hd_asm_nomem(hd_assembler *a) {
    hd_diag_nomem(a->diag);
    return false;
}

bool hd_asm_unexpected(hd_assembler *a, const char *expected) {
    const hd_token *token = hd_asm_token(a);
    if (token->kind == HD_TOKEN_END)
        return hd_asm_fail(a, HD_MALFORMED, "unexpected end of module, expected %s", expected);
    return hd_asm_fail(a, HD_MALFORMED, "unexpected token %.*s, expected %s", hd_token_shown(token),
                       token->start, expected);
}

bool hd_asm_expect(hd_assembler *a, hd_token_kind kind, const char *what) {
    if (!hd_asm_is(a, kind)) return hd_asm_unexpected(a, what);
    a->at++;
    return true;
}

bool hd_asm_close(hd_assembler *a) {
    return hd_asm_expect(a, HD_TOKEN_CLOSE, ")");
}

/* Names. */

/* The text of a name token without its `$`; a quoted one is decoded. */
static bool name_text(hd_assembler *a, const hd_token *token, hd_symbol *name) {
    const char *start = token->start + 1;
    size_t length = token->length - 1;
    *name = (hd_symbol){start, length, 0};
    if (*start != '"') return true;
    hd_token string = {HD_TOKEN_STRING, token->escaped, token->line, token->column, start, length};
    char *bytes = hd_arena_alloc(&a->arena, length, 1);
    if (!bytes) return hd_asm_nomem(a);
    *name = (hd_symbol){bytes, hd_string_decode(&string, bytes), 0};
    return true;
}

bool hd_asm_name(hd_assembler *a, hd_symbol *name) {
    *name = (hd_symbol){"", 0, 0};
    if (!hd_asm_is(a, HD_TOKEN_NAME)) return true;
    if (!name_text(a, hd_asm_token(a), name)) return false;
    if (name->length == 0) return hd_asm_fail(a, HD_MALFORMED, "empty identifier");
    a->at++;
    return true;
}

static const char *space_name(hd_space_kind kind) {
    static const char *const names[] = {
        [HD_SPACE_FUNC] = "function",     [HD_SPACE_TABLE] = "table",
        [HD_SPACE_MEMORY] = "memory",     [HD_SPACE_GLOBAL] = "global",
        [HD_SPACE_TAG] = "tag",           [HD_SPACE_TYPE] = "type",
        [HD_SPACE_ELEM] = "elem segment", [HD_SPACE_DATA] = "data segment",
        [HD_SPACE_LOCAL] = "local",
    };
    return names[kind];
}

bool hd_asm_bind(hd_assembler *a, hd_space_kind kind, const hd_symbol *name) {
    hd_space *space = &a->spaces[kind];
    uint32_t index = space->count++;
    if (name->length == 0) return true;
    hd_symbol symbol = {name->bytes, name->length, index};
    void *older;
    if (!hd_map_put(&space->names, name->bytes, name->length, (void *)(uintptr_t)(index + 1),
                    &older) ||
        !hd_vec_push(&space->symbols, symbol))
        return hd_asm_nomem(a);
    if (!older) return true;
    a->at--; /* to the name */
    return hd_asm_fail(a, HD_MALFORMED, "duplicate %s $%.*s", space_name(kind),
                       (int)(name->length < 60 ? name->length : 60), name->bytes);
}

bool hd_asm_index(hd_assembler *a, hd_space_kind kind, uint32_t *index) {
    const hd_token *token = hd_asm_token(a);
    if (token->kind == HD_TOKEN_NUMBER) return hd_asm_u32(a, index);
    if (token->kind != HD_TOKEN_NAME) return hd_asm_unexpected(a, "an index or a name");
    hd_symbol name;
    if (!name_text(a, token, &name)) return false;
    void *found = hd_map_get(&a->spaces[kind].names, name.bytes, name.length);
    if (!found)
        return hd_asm_fail(a, HD_MALFORMED, "unknown %s %.*s", space_name(kind),
                           hd_token_shown(token), token->start);
    *index = (uint32_t)(uintptr_t)found - 1;
    a->at++;
    return true;
}

/* Numbers and strings. */

static bool check(hd_assembler *a, hd_literal result, const char *type) {
    const hd_token *token = hd_asm_token(a);
    switch (result) {
    case HD_LITERAL_OK: a->at++; return true;
    case HD_LITERAL_NOMEM: return hd_asm_nomem(a);
    case HD_LITERAL_SYNTAX: return hd_asm_unexpected(a, "a number");
    case HD_LITERAL_RANGE: break;
    }
    return hd_asm_fail(a, HD_MALFORMED, "%s constant out of range: %.*s", type,
                       hd_token_shown(token), token->start);
}

bool hd_asm_u64(hd_assembler *a, uint64_t *value) {
    const hd_token *token = hd_asm_token(a);
    if (token->kind != HD_TOKEN_NUMBER) return hd_asm_unexpected(a, "a number");
    if (token->start[0] == '+' || token->start[0] == '-') return hd_asm_unexpected(a, "a number");
    return check(a, hd_literal_int(token->start, token->length, 64, value), "i64");
}

bool hd_asm_u32(hd_assembler *a, uint32_t *value) {
    const hd_token *token = hd_asm_token(a);
    if (token->kind != HD_TOKEN_NUMBER) return hd_asm_unexpected(a, "a number");
    return check(a, hd_literal_u32(token->start, token->length, value), "i32");
}

bool hd_asm_strings(hd_assembler *a, hd_bytes *to) {
    while (hd_asm_is(a, HD_TOKEN_STRING)) {
        const hd_token *token = hd_asm_token(a);
        if (!hd_vec_reserve(to, token->length)) return hd_asm_nomem(a);
        to->len += hd_string_decode(token, (char *)to->items + to->len);
        a->at++;
    }
    return true;
}

bool hd_asm_string(hd_assembler *a, hd_bytes *to) {
    const hd_token *token = hd_asm_token(a);
    if (token->kind != HD_TOKEN_STRING) return hd_asm_unexpected(a, "a string");
    char *bytes = hd_arena_alloc(&a->arena, token->length, 1);
    if (!bytes) return hd_asm_nomem(a);
    size_t length = hd_string_decode(token, bytes);
    a->at++;
    return hd_asm_put_u64(a, to, length) && hd_asm_put(a, to, bytes, length);
}

bool hd_asm_note(hd_assembler *a, hd_text_map *map, size_t offset, size_t word) {
    const hd_token *token = &a->words.items[word].token;
    hd_text_place place = {(uint32_t)offset, token->line, token->column};
    return hd_vec_push(&map->places, place) || hd_asm_nomem(a);
}

/* Bytes. */

bool hd_asm_put(hd_assembler *a, hd_bytes *to, const void *bytes, size_t length) {
    if (!hd_vec_reserve(to, length)) return hd_asm_nomem(a);
    if (length > 0) memcpy(to->items + to->len, bytes, length);
    to->len += length;
    return true;
}

bool hd_asm_put_u8(hd_assembler *a, hd_bytes *to, uint8_t byte) {
    return hd_vec_push(to, byte) || hd_asm_nomem(a);
}

bool hd_asm_put_u64(hd_assembler *a, hd_bytes *to, uint64_t value) {
    uint8_t bytes[10];
    size_t length = 0;
    do {
        bytes[length] = value & 0x7F;
        value >>= 7;
        if (value) bytes[length] |= 0x80;
        length++;
    } while (value);
    return hd_asm_put(a, to, bytes, length);
}

bool hd_asm_put_s64(hd_assembler *a, hd_bytes *to, int64_t value) {
    uint8_t bytes[10];
    size_t length = 0;
    bool more;
    do {
        uint8_t low = value & 0x7F;
        value >>= 7;
        more = value != (low & 0x40 ? -1 : 0);
        bytes[length++] = more ? low | 0x80 : low;
    } while (more);
    return hd_asm_put(a, to, bytes, length);
}

/* The whole. */

/* Reads all tokens and pairs the parentheses. */
static bool read_words(hd_assembler *a, const char *text, size_t length, uint32_t line,
                       uint32_t column) {
    HD_VEC(size_t) open = {0};
    hd_lexer lexer;
    hd_lexer_init(&lexer, text, length, line, column, a->diag);
    bool good = true, done = false;
    while (good && !done) {
        hd_word word = {hd_lexer_next(&lexer), 0};
        good = word.token.kind != HD_TOKEN_ERROR;
        if (!good) break;
        if (word.token.kind != HD_TOKEN_STRING && word.token.length > HD_TEXT_TOKEN_MAX) {
            hd_diag_at_line(a->diag, HD_LIMIT, word.token.line, word.token.column,
                            "token longer than %d bytes", HD_TEXT_TOKEN_MAX);
            good = false;
        } else if (!hd_vec_push(&a->words, word)) {
            good = hd_asm_nomem(a);
        } else {
            size_t last = a->words.len - 1;
            done = word.token.kind == HD_TOKEN_END;
            a->at = last;
            if (word.token.kind == HD_TOKEN_OPEN) {
                good = hd_vec_push(&open, last) || hd_asm_nomem(a);
            } else if (word.token.kind == HD_TOKEN_CLOSE) {
                if (open.len == 0)
                    good = hd_asm_fail(a, HD_MALFORMED, "unexpected token )");
                else
                    a->words.items[open.items[--open.len]].close = last;
            } else if (done && open.len > 0) {
                good = hd_asm_unexpected(a, ")");
            }
        }
    }
    hd_vec_free(&open);
    a->at = 0;
    return good;
}

/* Wraps `content` as a section or subsection. */
static bool put_section(hd_assembler *a, hd_bytes *to, uint8_t id, const hd_bytes *content) {
    return hd_asm_put_u8(a, to, id) && hd_asm_put_u64(a, to, content->len) &&
           hd_asm_put(a, to, content->items, content->len);
}

static bool put_symbol(hd_assembler *a, hd_bytes *to, const hd_symbol *symbol) {
    return hd_asm_put_u64(a, to, symbol->length) &&
           hd_asm_put(a, to, symbol->bytes, symbol->length);
}

/* A subsection of the name section: the names of an index space. */
static bool put_names(hd_assembler *a, hd_bytes *to, uint8_t id, const hd_space *space) {
    hd_bytes *content = &a->scratch;
    content->len = 0;
    if (space->symbols.len == 0) return true;
    if (!hd_asm_put_u64(a, content, space->symbols.len)) return false;
    for (size_t i = 0; i < space->symbols.len; i++)
        if (!hd_asm_put_u64(a, content, space->symbols.items[i].index) ||
            !put_symbol(a, content, &space->symbols.items[i]))
            return false;
    return put_section(a, to, id, content);
}

/* The name section, of which module/ reads the module, functions, globals and tags. */
static bool put_name_section(hd_assembler *a, hd_bytes *to) {
    enum { MODULE = 0, FUNCTIONS = 1, LOCALS = 2, GLOBALS = 7, TAGS = 11 };
    hd_bytes all = {0};
    bool good = hd_asm_put(a, &all, "\4name", 5);
    if (good && a->name.length > 0) {
        a->scratch.len = 0;
        good = put_symbol(a, &a->scratch, &a->name) && put_section(a, &all, MODULE, &a->scratch);
    }
    good = good && put_names(a, &all, FUNCTIONS, &a->spaces[HD_SPACE_FUNC]);
    if (good && a->local_names > 0) {
        a->scratch.len = 0;
        good = hd_asm_put_u64(a, &a->scratch, a->local_names) &&
               hd_asm_put(a, &a->scratch, a->names[0].items, a->names[0].len) &&
               put_section(a, &all, LOCALS, &a->scratch);
    }
    good = good && put_names(a, &all, GLOBALS, &a->spaces[HD_SPACE_GLOBAL]) &&
           put_names(a, &all, TAGS, &a->spaces[HD_SPACE_TAG]);
    if (good && all.len > 5) good = put_section(a, to, 0, &all);
    hd_vec_free(&all);
    return good;
}

/* The types, which are known only now. */
static bool put_types(hd_assembler *a) {
    hd_section_text *section = &a->sections[1];
    enum { REC = 0x4E };
    for (size_t i = 0; i < a->types.len; i++) {
        const hd_text_type *type = &a->types.items[i];
        section->count += type->group > 0;
        if (type->group > 1 && (!hd_asm_put_u8(a, &section->bytes, REC) ||
                                !hd_asm_put_u64(a, &section->bytes, type->group)))
            return false;
        if (!hd_asm_put(a, &section->bytes, type->prefix, type->prefix_length) ||
            !hd_asm_put(a, &section->bytes, type->key, type->length))
            return false;
    }
    return true;
}

/* Appends the places of a section whose bytes begin at an offset of the module. */
static bool put_places(hd_assembler *a, hd_text_map *to, const hd_text_map *from, size_t start) {
    if (!hd_vec_reserve(&to->places, from->places.len)) return hd_asm_nomem(a);
    for (size_t i = 0; i < from->places.len; i++) {
        hd_text_place place = from->places.items[i];
        place.offset += (uint32_t)start;
        to->places.items[to->places.len++] = place;
    }
    return true;
}

static bool put_module(hd_assembler *a, hd_bytes *to, hd_text_map *map) {
    enum { START = 8, DATA = 11, DATA_COUNT = 12 };
    static const uint8_t order[] = {1, 2, 3, 4, 5, 13, 6, 7, START, 9, DATA_COUNT, 10, DATA};
    if (!put_types(a) || !hd_asm_put(a, to, "\0asm\1\0\0\0", 8)) return false;
    for (size_t i = 0; i < sizeof order; i++) {
        hd_section_text *section = &a->sections[order[i]];
        hd_bytes *content = &a->scratch;
        content->len = 0;
        if (order[i] == DATA_COUNT) {
            if (!a->needs_data_count) continue;
            if (!hd_asm_put_u64(a, content, a->sections[DATA].count)) return false;
        } else if (section->count == 0) {
            continue;
        } else if (order[i] != START && !hd_asm_put_u64(a, content, section->count)) {
            return false;
        }
        if (!hd_asm_put(a, content, section->bytes.items, section->bytes.len) ||
            !put_section(a, to, order[i], content) ||
            (map && !put_places(a, map, &section->map, to->len - section->bytes.len)))
            return false;
    }
    return put_name_section(a, to);
}

static void release(hd_assembler *a) {
    for (int i = 0; i < HD_SPACE_COUNT; i++) {
        hd_map_free(&a->spaces[i].names);
        hd_vec_free(&a->spaces[i].symbols);
    }
    for (int i = 0; i < HD_SECTION_COUNT; i++) {
        hd_vec_free(&a->sections[i].bytes);
        hd_vec_free(&a->sections[i].map.places);
    }
    hd_vec_free(&a->marks.places);
    hd_map_free(&a->type_index);
    hd_vec_free(&a->types);
    hd_vec_free(&a->names[0]);
    hd_vec_free(&a->names[1]);
    hd_vec_free(&a->code);
    hd_vec_free(&a->held);
    hd_vec_free(&a->scratch);
    hd_vec_free(&a->labels);
    hd_vec_free(&a->words);
    hd_arena_free(&a->arena);
}

hd_status hd_wat_to_wasm(const char *text, size_t length, uint32_t line, uint32_t column,
                         unsigned char **wasm, size_t *wasm_length, hd_text_map *map,
                         hd_diag *diag) {
    hd_assembler a = {.diag = diag, .mapping = map != NULL, .last_type = UINT32_MAX};
    hd_bytes result = {0};
    if (map) *map = (hd_text_map){0};
    if (length > HD_TEXT_MAX)
        return hd_diag_at_line(diag, HD_LIMIT, line, column, "module text longer than %zu bytes",
                               HD_TEXT_MAX);
    bool good = read_words(&a, text, length, line, column) && hd_asm_collect(&a) &&
                hd_asm_encode(&a) && put_module(&a, &result, map) && diag->status == HD_OK;
    release(&a);
    if (good) {
        *wasm = result.items;
        *wasm_length = result.len;
    } else {
        hd_vec_free(&result);
        if (map) hd_vec_free(&map->places);
    }
    return diag->status;
}
