/* failure.c: see failure.h. */
#include "sched/failure.h"

#include <string.h>

/* More than any report has; a file is held to it. */
enum { MOST_PLACES = 1 << 20, MOST_LABEL = 1 << 12 };

const char *hd_failure_kind_name(hd_failure_kind kind) {
    static const char *const names[] = {
        [HD_FAILURE_NONE] = "none",
        [HD_FAILURE_CHECK] = "check",
        [HD_FAILURE_TRAP] = "trap",
        [HD_FAILURE_EXIT] = "exit",
        [HD_FAILURE_DEADLOCK] = "deadlock",
        [HD_FAILURE_LIVELOCK] = "livelock",
        [HD_FAILURE_REPETITION] = "repetition",
        [HD_FAILURE_STEP_LIMIT] = "step-limit",
        [HD_FAILURE_TIME_LIMIT] = "time-limit",
        [HD_FAILURE_INTERRUPTED] = "interrupted",
        [HD_FAILURE_GIVEN_UP] = "given-up",
        [HD_FAILURE_RACE] = "race",
        [HD_FAILURE_OVERFLOW] = "overflow",
        [HD_FAILURE_DIVERGED] = "diverged",
        [HD_FAILURE_NOT_RUN] = "not-run",
    };
    return names[kind];
}

void hd_failure_set(hd_failure *f, hd_failure_kind kind, uint32_t detail) {
    hd_failure_free(f);
    f->kind = kind;
    f->detail = detail;
}

void hd_failure_add_agent(hd_failure *f, uint32_t agent) {
    hd_failure_part part = {agent, f->places.len, 0};
    if (!hd_vec_push(&f->parts, part)) f->incomplete = true;
}

void hd_failure_add_place(hd_failure *f, const char *function, uint64_t offset) {
    size_t length = strnlen(function, MOST_LABEL);
    hd_failure_place place = {hd_arena_strndup(&f->arena, function, length), offset};
    if (!place.function || f->parts.len == 0 || !hd_vec_push(&f->places, place))
        f->incomplete = true;
    else
        f->parts.items[f->parts.len - 1].count++;
}

bool hd_failure_copy(hd_failure *to, const hd_failure *from) {
    hd_failure_set(to, from->kind, from->detail);
    for (size_t i = 0; i < from->parts.len; i++) {
        const hd_failure_part *part = &from->parts.items[i];
        hd_failure_add_agent(to, part->agent);
        for (size_t k = 0; k < part->count; k++) {
            const hd_failure_place *place = &from->places.items[part->first + k];
            hd_failure_add_place(to, place->function, place->offset);
        }
    }
    return !to->incomplete && !from->incomplete;
}

/* True if two parts are at the same places; if there are none, of the same agent. */
static bool same_places(const hd_failure *a, const hd_failure_part *x, const hd_failure *b,
                        const hd_failure_part *y) {
    if (x->count != y->count || (x->count == 0 && x->agent != y->agent)) return false;
    for (size_t i = 0; i < x->count; i++) {
        const hd_failure_place *p = &a->places.items[x->first + i];
        const hd_failure_place *q = &b->places.items[y->first + i];
        if (p->offset != q->offset || strcmp(p->function, q->function) != 0) return false;
    }
    return true;
}

bool hd_failure_equal(const hd_failure *a, const hd_failure *b) {
    if (a->kind != b->kind || a->detail != b->detail || a->parts.len != b->parts.len) return false;
    for (size_t i = 0; i < a->parts.len; i++) {
        const hd_failure_part *x = &a->parts.items[i], *y = &b->parts.items[i];
        if (x->agent != y->agent || !same_places(a, x, b, y)) return false;
    }
    return true;
}

/* How many parts are at the places of this one. */
static size_t parts_at(const hd_failure *f, const hd_failure *of, const hd_failure_part *part) {
    size_t count = 0;
    for (size_t i = 0; i < f->parts.len; i++)
        count += same_places(f, &f->parts.items[i], of, part);
    return count;
}

bool hd_failure_alike(const hd_failure *a, const hd_failure *b) {
    if (a->kind != b->kind || a->detail != b->detail || a->parts.len != b->parts.len) return false;
    for (size_t i = 0; i < a->parts.len; i++) {
        const hd_failure_part *part = &a->parts.items[i];
        if (parts_at(a, a, part) != parts_at(b, a, part)) return false;
    }
    return true;
}

void hd_failure_free(hd_failure *f) {
    hd_vec_free(&f->parts);
    hd_vec_free(&f->places);
    hd_arena_free(&f->arena);
    *f = (hd_failure)HD_FAILURE_INIT;
}

/* In files. */

static bool encode_part(const hd_failure *f, const hd_failure_part *part, hd_bytes *to) {
    bool good = hd_bytes_add_varint(to, part->agent) && hd_bytes_add_varint(to, part->count);
    for (size_t i = 0; good && i < part->count; i++) {
        const hd_failure_place *place = &f->places.items[part->first + i];
        size_t length = strlen(place->function);
        good = hd_bytes_add_varint(to, length) && hd_bytes_add(to, place->function, length) &&
               hd_bytes_add_varint(to, place->offset);
    }
    return good;
}

bool hd_failure_encode(const hd_failure *f, hd_bytes *to) {
    bool good = !f->incomplete && hd_bytes_add_varint(to, f->kind) &&
                hd_bytes_add_varint(to, f->detail) && hd_bytes_add_varint(to, f->parts.len);
    for (size_t i = 0; good && i < f->parts.len; i++)
        good = encode_part(f, &f->parts.items[i], to);
    return good;
}

static void decode_place(hd_reader *r, hd_failure *f) {
    char label[MOST_LABEL + 1];
    uint64_t at = hd_reader_offset(r), length = hd_read_u64(r);
    if (length > MOST_LABEL) {
        hd_reader_fail(r, HD_MALFORMED, at, "a label of %llu bytes", (unsigned long long)length);
        return;
    }
    const uint8_t *bytes = hd_read_bytes(r, length);
    if (!bytes) return;
    memcpy(label, bytes, length);
    label[length] = '\0';
    hd_failure_add_place(f, label, hd_read_u64(r));
}

void hd_failure_decode(hd_reader *r, hd_failure *f) {
    uint64_t at = hd_reader_offset(r), kind = hd_read_u64(r);
    uint32_t detail = hd_read_u32(r);
    uint64_t count = hd_read_u64(r);
    if (kind >= HD_FAILURE_KINDS || count > hd_reader_left(r)) {
        hd_reader_fail(r, HD_MALFORMED, at, "a failure that cannot be");
        return;
    }
    hd_failure_set(f, (hd_failure_kind)kind, detail);
    for (uint64_t i = 0; i < count && r->diag->status == HD_OK; i++) {
        hd_failure_add_agent(f, hd_read_u32(r));
        uint64_t places = hd_read_u64(r);
        for (uint64_t k = 0; k < places && r->diag->status == HD_OK; k++)
            decode_place(r, f);
        if (f->places.len > MOST_PLACES)
            hd_reader_fail(r, HD_MALFORMED, at, "a failure that cannot be");
    }
    if (f->incomplete) hd_reader_fail(r, HD_NOMEM, at, "out of memory");
}
