/* values.c: which values reads may find. */
#include <string.h>

#include "weak/parts.h"

static size_t find(const hd_weak_values *v, uint64_t place) {
    size_t low = 0, high = v->bytes.len;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (v->bytes.items[middle]->place < place)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

hd_weak_byte *hd_weak_byte_at(hd_weak_values *v, uint64_t place, uint8_t initial) {
    size_t at = find(v, place);
    if (at < v->bytes.len && v->bytes.items[at]->place == place) return v->bytes.items[at];
    if (!hd_vec_reserve(&v->bytes, 1)) return NULL;
    hd_weak_byte *byte = hd_calloc(1, sizeof *byte);
    if (!byte) return NULL;
    *byte = (hd_weak_byte){
        .place = place, .initial = initial, .count = 1, .known = 1, .values = {initial}};
    memmove(v->bytes.items + at + 1, v->bytes.items + at,
            (v->bytes.len - at) * sizeof *v->bytes.items);
    v->bytes.items[at] = byte;
    v->bytes.len++;
    return byte;
}

static void add_value(hd_weak_byte *byte, uint8_t value, uint32_t agent) {
    byte->writers[value] |= (uint16_t)(1u << agent);
    if (!memchr(byte->values, value, byte->known)) byte->values[byte->known++] = value;
}

static bool is_known(const hd_weak_values *v, const hd_weak_event *e, bool first) {
    for (size_t i = 0; i < v->writes.len; i++) {
        const hd_weak_write *w = &v->writes.items[i];
        if (w->first == first && w->memory == e->memory && w->address == e->address &&
            w->length == e->length && w->tear_free == e->tear_free && w->atomic == e->atomic &&
            memcmp(w->bytes, e->written, e->length) == 0)
            return true;
    }
    return false;
}

bool hd_weak_values_add(hd_weak_values *v, const hd_weak_event *e, bool first) {
    for (uint32_t i = 0; i < e->length; i++) {
        hd_weak_byte *byte = hd_weak_byte_at(v, hd_place_byte(e->memory, e->address + i), 0);
        if (!byte) return false;
        add_value(byte, e->written[i], e->agent);
    }
    if (is_known(v, e, first)) return true;
    hd_weak_write write = {
        .memory = e->memory, .length = e->length, .address = e->address, .tear_free = e->tear_free};
    memcpy(write.bytes, e->written, e->length);
    return hd_vec_push(&v->writes, write);
}

bool hd_weak_values_admit(hd_weak_values *v) {
    bool grown = v->writes.len > v->admitted;
    v->admitted = v->writes.len;
    for (size_t i = 0; i < v->bytes.len; i++) {
        hd_weak_byte *byte = v->bytes.items[i];
        grown |= byte->known > byte->count;
        byte->count = byte->known;
    }
    return grown;
}

static bool is_whole(const hd_weak_write *w, const hd_weak_event *reader) {
    return w->tear_free && w->memory == reader->memory && w->address == reader->address &&
           w->length == reader->length;
}

/* Whether a byte may come from a write that does not count for no-tear: one from before all other
 * agents, or a later one. */
static bool is_loose(const hd_weak_values *v, const hd_weak_event *reader, uint32_t at,
                     uint8_t value, bool first) {
    uint64_t address = reader->address + at;
    for (size_t i = 0; i < v->admitted; i++) {
        const hd_weak_write *w = &v->writes.items[i];
        if (w->first == first && !is_whole(w, reader) && w->memory == reader->memory &&
            address >= w->address && address - w->address < w->length &&
            w->bytes[address - w->address] == value)
            return true;
    }
    return false;
}

/* Who reads a byte from a write that it synchronizes with finds nothing in the others that happened
 * before that. */
bool hd_weak_values_fit(const hd_weak_values *v, const hd_weak_event *reader, const uint8_t *bytes,
                        uint32_t count) {
    bool loose[HD_WEAK_BYTES], old[HD_WEAK_BYTES], all = true;
    for (uint32_t b = 0; b < count; b++) {
        loose[b] = is_loose(v, reader, b, bytes[b], false);
        old[b] = reader->initial[b] == bytes[b] || is_loose(v, reader, b, bytes[b], true);
        all &= loose[b] || old[b];
    }
    for (size_t i = 0; i < v->admitted && !all; i++) {
        const hd_weak_write *w = &v->writes.items[i];
        if (!is_whole(w, reader)) continue;
        bool hides = w->atomic && reader->atomic && !w->first;
        uint32_t b = 0;
        while (b < count && (loose[b] || w->bytes[b] == bytes[b] || (old[b] && !hides)))
            b++;
        all = b == count;
    }
    return all;
}

void hd_weak_values_free(hd_weak_values *v) {
    for (size_t i = 0; i < v->bytes.len; i++)
        hd_free(v->bytes.items[i]);
    hd_vec_free(&v->bytes);
    hd_vec_free(&v->writes);
}
