/* trace_format.c: traces as bytes: doc/trace-format.md, field by field.
 *
 * Nothing that is read is believed: a count is bounded by the bytes that remain before anything is
 * allocated for it, and the payload cannot inflate beyond what deflate can do and
 * HD_TRACE_MOST_BYTES. */
#include <string.h>
#include <zlib.h>

#include "base/reader.h"
#include "sched/trace_parts.h"

enum { VERSION = 3, MAGIC = 8, CHECKED = 16, HEADER = 24 };

/* The first byte is no ASCII, and line ends of both kinds are there, so that a transfer as text is
 * noticed. */
static const uint8_t magic[MAGIC] = {0x89, 'H', 'D', 'T', '\r', '\n', 0x1A, '\n'};

/* Deflate cannot do better than 258 bytes in two bits (zlib's technical notes). */
enum { MOST_RATIO = 1032 };

/* Encoding. */

static bool add_text(hd_bytes *to, const char *text) {
    size_t length = strlen(text);
    return hd_bytes_add_varint(to, length) && hd_bytes_add(to, text, length);
}

static bool add_inputs(hd_bytes *to, const hd_trace *trace) {
    if (!hd_bytes_add_varint(to, trace->inputs.len)) return false;
    for (size_t i = 0; i < trace->inputs.len; i++) {
        const hd_input *input = &trace->inputs.items[i];
        if (!hd_bytes_add_varint(to, input->kind) || !hd_bytes_add_varint(to, input->length) ||
            (input->length > 0 &&
             !hd_bytes_add(to, trace->input_bytes.items + input->start, input->length)))
            return false;
    }
    return true;
}

static bool add_moves(hd_bytes *to, const hd_trace *trace) {
    return hd_bytes_add_varint(to, trace->moves) && hd_bytes_add_varint(to, trace->events) &&
           hd_bytes_add(to, trace->encoded.items, trace->encoded.len) &&
           hd_trace_encode_rest(trace, to);
}

/* The moves come last: they end where the payload ends. */
static bool add_payload(hd_bytes *to, const hd_trace *trace) {
    bool added =
        hd_bytes_add(to, trace->digest, HD_TRACE_DIGEST) &&
        hd_bytes_add_varint(to, trace->outcome) && hd_failure_encode(&trace->failure, to) &&
        hd_bytes_add(to, trace->output, HD_TRACE_DIGEST) && add_text(to, trace->strategy) &&
        hd_bytes_add_varint(to, trace->seed) && hd_bytes_add_varint(to, trace->arguments.len);
    for (size_t i = 0; added && i < trace->arguments.len; i++)
        added = add_text(to, trace->arguments.items[i]);
    return added && add_inputs(to, trace) && add_moves(to, trace);
}

static void *zlib_alloc(void *opaque, uInt count, uInt size) {
    (void)opaque;
    return hd_calloc(count, size);
}

static void zlib_free(void *opaque, void *block) {
    (void)opaque;
    hd_free(block);
}

/* Appends the payload, compressed. */
static bool compress_payload(hd_bytes *to, const hd_bytes *payload) {
    z_stream stream = {.zalloc = zlib_alloc, .zfree = zlib_free};
    if (deflateInit(&stream, Z_DEFAULT_COMPRESSION) != Z_OK) return false;
    size_t bound = deflateBound(&stream, payload->len);
    bool done = hd_vec_reserve(to, bound);
    if (done) {
        stream.next_in = payload->items;
        stream.avail_in = (uInt)payload->len;
        stream.next_out = to->items + to->len;
        stream.avail_out = (uInt)bound;
        done = deflate(&stream, Z_FINISH) == Z_STREAM_END;
        to->len += stream.total_out;
    }
    deflateEnd(&stream);
    return done;
}

static void put_fixed(uint8_t *to, uint64_t value, size_t width) {
    for (size_t i = 0; i < width; i++)
        to[i] = (uint8_t)(value >> 8 * i);
}

hd_status hd_trace_encode(const hd_trace *trace, uint8_t **bytes, size_t *length, hd_diag *diag) {
    hd_bytes payload = {0}, file = {0};
    if (trace->incomplete) {
        hd_diag_set(diag, HD_LIMIT, "the trace is incomplete: too long, or memory was out");
        goto fail;
    }
    if (!add_payload(&payload, trace)) goto nomem;
    if (payload.len > HD_TRACE_MOST_BYTES) {
        hd_diag_set(diag, HD_LIMIT, "the trace takes %zu bytes, more than %llu", payload.len,
                    (unsigned long long)HD_TRACE_MOST_BYTES);
        goto fail;
    }
    if (!hd_vec_reserve(&file, HEADER)) goto nomem;
    file.len = HEADER;
    if (!compress_payload(&file, &payload)) goto nomem;
    memcpy(file.items, magic, MAGIC);
    put_fixed(file.items + MAGIC, VERSION, 4);
    put_fixed(file.items + CHECKED, payload.len, 8);
    put_fixed(file.items + CHECKED - 4, crc32_z(0, file.items + CHECKED, file.len - CHECKED), 4);
    hd_vec_free(&payload);
    *bytes = file.items;
    *length = file.len;
    return HD_OK;
nomem:
    hd_diag_nomem(diag);
fail:
    hd_vec_free(&payload);
    hd_vec_free(&file);
    return diag->status;
}

/* Decoding. Readers get a diag of their own, whose message is only a part of what is told. */

static void take_text(hd_reader *r, char **text) {
    uint64_t length = hd_read_u64(r);
    uint64_t at = hd_reader_offset(r);
    const uint8_t *bytes = hd_read_bytes(r, length);
    if (!bytes) return;
    if (memchr(bytes, 0, length)) {
        hd_reader_fail(r, HD_MALFORMED, at, "a text with a NUL");
        return;
    }
    char *copy = hd_strndup((const char *)bytes, length);
    if (!copy) {
        hd_reader_fail(r, HD_NOMEM, at, "out of memory");
        return;
    }
    hd_free(*text);
    *text = copy;
}

/* Reads a count of things that take at least `size` bytes each. Arrays still grow one by one: the
 * things take more room in memory than in a file. */
static uint64_t take_count(hd_reader *r, size_t size) {
    uint64_t at = hd_reader_offset(r), count = hd_read_u64(r);
    if (count <= hd_reader_left(r) / size) return count;
    hd_reader_fail(r, HD_MALFORMED, at, "a count of %llu with %zu bytes left",
                   (unsigned long long)count, hd_reader_left(r));
    return 0;
}

static void take_arguments(hd_reader *r, hd_trace *trace) {
    uint64_t count = take_count(r, 1);
    for (uint64_t i = 0; i < count; i++) {
        char *text = NULL;
        take_text(r, &text);
        if (!text) return;
        if (hd_vec_push(&trace->arguments, text)) continue;
        hd_free(text);
        hd_reader_fail(r, HD_NOMEM, 0, "out of memory");
        return;
    }
}

static void take_inputs(hd_reader *r, hd_trace *trace) {
    uint64_t count = take_count(r, 2);
    for (uint64_t i = 0; i < count; i++) {
        uint32_t kind = hd_read_u32(r);
        uint64_t length = hd_read_u64(r);
        const uint8_t *bytes = hd_read_bytes(r, length);
        if (!bytes) return;
        hd_trace_add_input(trace, kind, bytes, length);
        if (!trace->incomplete) continue;
        hd_reader_fail(r, HD_NOMEM, 0, "out of memory");
        return;
    }
}

/* What is counted while moves are checked. */
typedef struct tally {
    hd_trace *trace;
    uint64_t moves, events; /* that are still to come, by what the file says */
    uint64_t head;          /* of the first two forms, or HD_MOVE_REPEAT when there is none */
} tally;

/* Counts `times` moves, which a repetition makes many, without a loop over them; false if they do
 * not fit. */
static bool count_moves(tally *t, uint64_t times, uint64_t events) {
    uint64_t sum;
    if (events == HD_TIMEOUT) events = 1;
    if (times > t->moves || __builtin_mul_overflow(times, events, &sum) || sum > t->events)
        return false;
    t->moves -= times;
    t->events -= sum;
    return true;
}

/* Moves on to the agents of `times` moves of one form; false beyond the limit. */
static bool follow_agents(hd_trace *trace, unsigned form, uint64_t times) {
    if (form == HD_MOVE_BACK) {
        if (times % 2 == 0) return true;
        uint32_t agent = trace->before;
        trace->before = trace->last;
        trace->last = agent;
        return true;
    }
    if (times >= HD_TRACE_MOST_AGENTS - trace->last) return false;
    trace->last += (uint32_t)times;
    trace->before = trace->last - 1;
    return true;
}

static bool check_move(hd_reader *r, tally *t) {
    uint64_t head = hd_read_u64(r), value = head >> 2, times = 1;
    hd_trace *trace = t->trace;
    unsigned form = head & 3;
    if (form == HD_MOVE_AGENT) {
        uint64_t agent = hd_read_u64(r);
        if (agent >= HD_TRACE_MOST_AGENTS) return false;
        trace->before = trace->last;
        trace->last = (uint32_t)agent;
        t->head = HD_MOVE_REPEAT;
        return count_moves(t, 1, value);
    }
    if (form == HD_MOVE_REPEAT) {
        if (t->head == HD_MOVE_REPEAT) return false;
        times = value + 1;
        value = t->head >> 2;
        form = t->head & 3;
    } else {
        t->head = head;
    }
    return count_moves(t, times, value) && follow_agents(trace, form, times);
}

/* Takes the moves over as they are, after a check of each. */
static void take_moves(hd_reader *r, hd_trace *trace) {
    trace->moves = hd_read_u64(r);
    trace->events = hd_read_u64(r);
    const uint8_t *start = r->pos;
    tally t = {trace, trace->moves, trace->events, HD_MOVE_REPEAT};
    if (trace->events >= HD_TRACE_MOST_EVENTS) {
        hd_reader_fail(r, HD_MALFORMED, hd_reader_offset(r), "too many events");
        return;
    }
    while (hd_reader_left(r) > 0) {
        uint64_t at = hd_reader_offset(r);
        if (!check_move(r, &t)) {
            hd_reader_fail(r, HD_MALFORMED, at, "a move that cannot be");
            return;
        }
    }
    if (r->diag->status != HD_OK) return;
    if (t.moves > 0 || t.events > 0)
        hd_reader_fail(r, HD_MALFORMED, hd_reader_offset(r),
                       "%llu moves and %llu events are missing", (unsigned long long)t.moves,
                       (unsigned long long)t.events);
    else if (!hd_bytes_add(&trace->encoded, start, (size_t)(r->end - start)))
        hd_reader_fail(r, HD_NOMEM, 0, "out of memory");
}

static void take_payload(hd_reader *r, hd_trace *trace) {
    const uint8_t *digest = hd_read_bytes(r, HD_TRACE_DIGEST);
    if (digest) memcpy(trace->digest, digest, HD_TRACE_DIGEST);
    uint64_t at = hd_reader_offset(r);
    uint64_t outcome = hd_read_u64(r);
    if (outcome > HD_OUTCOMES)
        hd_reader_fail(r, HD_MALFORMED, at, "an unknown outcome %llu", (unsigned long long)outcome);
    else
        trace->outcome = (uint8_t)outcome;
    hd_failure_decode(r, &trace->failure);
    const uint8_t *output = hd_read_bytes(r, HD_TRACE_DIGEST);
    if (output) memcpy(trace->output, output, HD_TRACE_DIGEST);
    take_text(r, &trace->strategy);
    trace->seed = hd_read_u64(r);
    take_arguments(r, trace);
    take_inputs(r, trace);
    take_moves(r, trace);
}

static hd_status decode_payload(const hd_bytes *payload, hd_trace **trace, hd_diag *diag) {
    hd_diag own = HD_DIAG_INIT;
    hd_reader r = {payload->items, payload->items + payload->len, payload->items, &own};
    hd_trace *made = hd_trace_new();
    if (!made) return hd_diag_nomem(diag);
    take_payload(&r, made);
    if (own.status == HD_OK) {
        *trace = made;
        return HD_OK;
    }
    hd_trace_free(made);
    if (own.status == HD_NOMEM) return hd_diag_nomem(diag);
    return hd_diag_set(diag, HD_MALFORMED, "trace is damaged: %s at byte %llu of its payload",
                       own.message, (unsigned long long)own.offset);
}

/* Inflates to exactly as many bytes as the payload has room for. */
static hd_status inflate_payload(hd_bytes *payload, const uint8_t *bytes, size_t length,
                                 hd_diag *diag) {
    z_stream stream = {.zalloc = zlib_alloc,
                       .zfree = zlib_free,
                       .next_in = (Bytef *)bytes,
                       .avail_in = (uInt)length,
                       .next_out = payload->items,
                       .avail_out = (uInt)payload->len};
    if (inflateInit(&stream) != Z_OK) return hd_diag_nomem(diag);
    int end = inflate(&stream, Z_FINISH);
    bool whole = end == Z_STREAM_END && stream.total_out == payload->len && stream.avail_in == 0;
    inflateEnd(&stream);
    if (end == Z_MEM_ERROR) return hd_diag_nomem(diag);
    if (whole) return HD_OK;
    return hd_diag_set(diag, HD_MALFORMED,
                       "trace is damaged: its payload does not inflate to "
                       "%zu bytes",
                       payload->len);
}

/* Checks everything in front of the payload; `*inflated` is how long that is. */
static hd_status check_header(const uint8_t *bytes, size_t length, uint64_t *inflated,
                              hd_diag *diag) {
    hd_reader r = {bytes, bytes + length, bytes, diag};
    if (length < MAGIC || memcmp(bytes, magic, MAGIC) != 0)
        return hd_diag_set(diag, HD_MALFORMED, "not a Heddle trace");
    if (length < HEADER)
        return hd_diag_set(diag, HD_MALFORMED, "trace is damaged: cut off after %zu bytes", length);
    r.pos += MAGIC;
    uint32_t version = hd_read_fixed32(&r), checksum = hd_read_fixed32(&r);
    if (version != VERSION)
        return hd_diag_set(diag, HD_MALFORMED,
                           "trace is of format version %u; this heddle reads %d%s", version,
                           VERSION, version < VERSION ? ": record it again" : "");
    uint32_t found = (uint32_t)crc32_z(0, r.pos, hd_reader_left(&r));
    if (found != checksum)
        return hd_diag_set(diag, HD_MALFORMED, "trace is damaged: checksum %08x, not %08x", found,
                           checksum);
    *inflated = hd_read_fixed64(&r);
    if (*inflated > HD_TRACE_MOST_BYTES || *inflated / MOST_RATIO > hd_reader_left(&r))
        return hd_diag_set(diag, HD_MALFORMED,
                           "trace is damaged: %llu bytes cannot come out of %zu",
                           (unsigned long long)*inflated, hd_reader_left(&r));
    return HD_OK;
}

hd_status hd_trace_decode(const uint8_t *bytes, size_t length, hd_trace **trace, hd_diag *diag) {
    uint64_t inflated = 0;
    hd_bytes payload = {0};
    if (length > HD_TRACE_MOST_BYTES)
        return hd_diag_set(diag, HD_LIMIT, "the file has %zu bytes, a trace at most %llu", length,
                           (unsigned long long)HD_TRACE_MOST_BYTES);
    if (check_header(bytes, length, &inflated, diag) != HD_OK) return diag->status;
    if (!hd_vec_reserve(&payload, inflated)) return hd_diag_nomem(diag);
    payload.len = inflated;
    if (inflate_payload(&payload, bytes + HEADER, length - HEADER, diag) == HD_OK)
        decode_payload(&payload, trace, diag);
    hd_vec_free(&payload);
    return diag->status;
}
