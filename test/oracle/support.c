/* support.c: memory, text and sets of strings for the oracle. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "oracle.h"

void ora_die(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("explore-oracle: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(3);
}

void *ora_resize(void *items, size_t count, size_t size) {
    void *resized = realloc(items, count * size);
    if (!resized && count > 0) ora_die("out of memory");
    return resized;
}

void ora_text_add(ora_text *text, const char *format, ...) {
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0) ora_die("cannot print");
    if (text->length + (size_t)length + 1 > text->capacity) {
        text->capacity = 2 * text->capacity + (size_t)length + 64;
        text->bytes = ora_resize(text->bytes, text->capacity, 1);
    }
    vsnprintf(text->bytes + text->length, (size_t)length + 1, format, again);
    va_end(again);
    text->length += (size_t)length;
}

void ora_text_free(ora_text *text) {
    free(text->bytes);
    *text = (ora_text){0};
}

char *ora_read_file(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) ora_die("%s: %s", path, strerror(errno));
    size_t length = 0, capacity = 4096;
    char *bytes = ora_resize(NULL, capacity, 1);
    for (size_t got; (got = fread(bytes + length, 1, capacity - length - 1, file)) > 0;) {
        length += got;
        if (length + 1 == capacity) bytes = ora_resize(bytes, capacity *= 2, 1);
    }
    if (ferror(file)) ora_die("%s: cannot be read", path);
    fclose(file);
    bytes[length] = 0;
    return bytes;
}

static uint64_t hash(const uint8_t *bytes, size_t length) {
    uint64_t h = 14695981039346656037u;
    for (size_t i = 0; i < length; i++)
        h = (h ^ bytes[i]) * 1099511628211u;
    return h ^ h >> 29;
}

static uint32_t *find(const ora_set *set, const uint8_t *bytes, size_t length) {
    size_t mask = set->slot_count - 1;
    for (size_t at = hash(bytes, length) & mask;; at = (at + 1) & mask) {
        uint32_t *slot = &set->slots[at];
        if (*slot == 0) return slot;
        size_t start = set->starts[*slot - 1], end = set->starts[*slot];
        if (end - start == length &&
            (length == 0 || memcmp(set->bytes + start, bytes, length) == 0))
            return slot;
    }
}

static void enlarge_slots(ora_set *set) {
    free(set->slots);
    set->slot_count = set->slot_count ? 2 * set->slot_count : 64;
    set->slots = ora_resize(NULL, set->slot_count, sizeof *set->slots);
    memset(set->slots, 0, set->slot_count * sizeof *set->slots);
    for (size_t i = 0; i < set->count; i++) {
        size_t start = set->starts[i];
        *find(set, set->bytes + start, set->starts[i + 1] - start) = (uint32_t)i + 1;
    }
}

size_t ora_set_add(ora_set *set, const void *bytes, size_t length, bool *is_new) {
    if (2 * set->count >= set->slot_count) enlarge_slots(set);
    uint32_t *slot = find(set, bytes, length);
    *is_new = *slot == 0;
    if (*slot != 0) return *slot - 1;
    if (set->used + length > set->capacity) {
        set->capacity = 2 * (set->used + length);
        set->bytes = ora_resize(set->bytes, set->capacity, 1);
    }
    if (set->count + 2 > set->room) {
        set->room = 2 * set->room + 16;
        set->starts = ora_resize(set->starts, set->room, sizeof *set->starts);
        set->starts[0] = 0;
    }
    if (length > 0) memcpy(set->bytes + set->used, bytes, length);
    set->used += length;
    set->starts[++set->count] = set->used;
    *slot = (uint32_t)set->count;
    return set->count - 1;
}

void ora_set_free(ora_set *set) {
    free(set->bytes);
    free(set->starts);
    free(set->slots);
    *set = (ora_set){0};
}

const char *ora_set_string(const ora_set *set, size_t i, size_t *length) {
    *length = set->starts[i + 1] - set->starts[i];
    // A set of the empty string alone has no bytes, and no address may be reckoned from none.
    return set->bytes ? (const char *)set->bytes + set->starts[i] : "";
}

bool ora_set_has(const ora_set *set, const void *bytes, size_t length) {
    return set->count > 0 && *find(set, bytes, length) != 0;
}

bool ora_set_within(const ora_set *a, const ora_set *b) {
    for (size_t i = 0; i < a->count; i++) {
        size_t length;
        const char *string = ora_set_string(a, i, &length);
        if (!ora_set_has(b, string, length)) return false;
    }
    return true;
}

bool ora_set_equal(const ora_set *a, const ora_set *b) {
    return a->count == b->count && ora_set_within(a, b);
}

static int compare_strings(const void *first, const void *second, void *of) {
    const ora_set *set = of;
    size_t n, m;
    const char *a = ora_set_string(set, *(const size_t *)first, &n);
    const char *b = ora_set_string(set, *(const size_t *)second, &m);
    int difference = memcmp(a, b, n < m ? n : m);
    return difference ? difference : (n > m) - (n < m);
}

void ora_set_sort(const ora_set *set, size_t *order) {
    for (size_t i = 0; i < set->count; i++)
        order[i] = i;
    qsort_r(order, set->count, sizeof *order, compare_strings, (void *)set);
}
