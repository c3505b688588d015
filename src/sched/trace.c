/* trace.c: traces in memory: recording, and reading what was recorded. */
#include <string.h>
#include <xxhash.h>

#include "sched/trace_parts.h"

hd_trace *hd_trace_new(void) {
    hd_trace *trace = hd_calloc(1, sizeof *trace);
    if (!trace) return NULL;
    trace->before = 1;
    trace->strategy = hd_strndup("", 0);
    if (trace->strategy) return trace;
    hd_trace_free(trace);
    return NULL;
}

hd_trace *hd_trace_new_like(const hd_trace *like) {
    hd_trace *trace = hd_trace_new();
    hd_trace_origin origin = hd_trace_get_origin(like);
    if (trace && hd_trace_set_origin(trace, &origin)) {
        memcpy(trace->digest, like->digest, HD_TRACE_DIGEST);
        return trace;
    }
    hd_trace_free(trace);
    return NULL;
}

static void free_arguments(hd_trace *trace) {
    for (size_t i = 0; i < trace->arguments.len; i++)
        hd_free(trace->arguments.items[i]);
    hd_vec_free(&trace->arguments);
}

void hd_trace_free(hd_trace *trace) {
    if (!trace) return;
    free_arguments(trace);
    hd_free(trace->strategy);
    hd_failure_free(&trace->failure);
    hd_vec_free(&trace->encoded);
    hd_vec_free(&trace->inputs);
    hd_vec_free(&trace->input_bytes);
    hd_vec_free(&trace->preemptions);
    hd_free(trace);
}

/* What was run, and how it ended. */

static bool set_text(char **text, const char *value) {
    char *copy = hd_strndup(value, strlen(value));
    if (!copy) return false;
    hd_free(*text);
    *text = copy;
    return true;
}

bool hd_trace_set_origin(hd_trace *trace, const hd_trace_origin *origin) {
    free_arguments(trace);
    trace->seed = origin->seed;
    if (!set_text(&trace->strategy, origin->strategy) ||
        !hd_vec_reserve(&trace->arguments, origin->argument_count))
        return false;
    for (size_t i = 0; i < origin->argument_count; i++) {
        char *copy = hd_strndup(origin->arguments[i], strlen(origin->arguments[i]));
        if (!copy) return false;
        trace->arguments.items[trace->arguments.len++] = copy;
    }
    return true;
}

hd_trace_origin hd_trace_get_origin(const hd_trace *trace) {
    return (hd_trace_origin){trace->strategy, trace->seed,
                             (const char *const *)trace->arguments.items, trace->arguments.len};
}

/* The digest of several parts is that of the digest so far and the next part's. */
void hd_trace_bind(hd_trace *trace, const void *bytes, size_t length) {
    uint8_t both[2 * HD_TRACE_DIGEST];
    XXH128_canonical_t digest;
    memcpy(both, trace->digest, HD_TRACE_DIGEST);
    XXH128_canonicalFromHash(&digest, XXH3_128bits(bytes, length));
    memcpy(both + HD_TRACE_DIGEST, digest.digest, HD_TRACE_DIGEST);
    XXH128_canonicalFromHash(&digest, XXH3_128bits(both, sizeof both));
    memcpy(trace->digest, digest.digest, HD_TRACE_DIGEST);
}

bool hd_trace_same_subject(const hd_trace *a, const hd_trace *b) {
    return memcmp(a->digest, b->digest, HD_TRACE_DIGEST) == 0;
}

bool hd_trace_finish(hd_trace *trace, hd_outcome outcome, const hd_failure *failure) {
    trace->outcome = (uint8_t)(1 + outcome);
    if (failure) return hd_failure_copy(&trace->failure, failure);
    hd_failure_free(&trace->failure);
    return true;
}

static bool knows_output(const hd_trace *trace) {
    static const uint8_t none[HD_TRACE_DIGEST];
    return memcmp(trace->output, none, HD_TRACE_DIGEST) != 0;
}

/* FNV-1a with 128 bits, kept in little endian. */
void hd_trace_add_output(hd_trace *trace, const void *bytes, size_t length) {
    const unsigned __int128 prime = (unsigned __int128)1 << 88 | 0x13B;
    unsigned __int128 hash =
        (unsigned __int128)UINT64_C(0x6C62272E07BB0142) << 64 | UINT64_C(0x62B821756295C58D);
    const uint8_t *from = bytes;
    if (knows_output(trace)) memcpy(&hash, trace->output, sizeof hash);
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ from[i]) * prime;
    memcpy(trace->output, &hash, sizeof hash);
}

bool hd_trace_same_output(const hd_trace *a, const hd_trace *b) {
    return !knows_output(a) || !knows_output(b) ||
           memcmp(a->output, b->output, HD_TRACE_DIGEST) == 0;
}

bool hd_trace_outcome(const hd_trace *trace, hd_outcome *outcome) {
    if (trace->outcome) *outcome = (hd_outcome)(trace->outcome - 1);
    return trace->outcome != 0;
}

const hd_failure *hd_trace_failure(const hd_trace *trace) {
    return &trace->failure;
}

/* Recording of moves. */

/* Encodes the head that is held back, and its repetitions. */
static bool encode_held(const hd_trace *trace, hd_bytes *bytes) {
    if (!trace->has_held) return true;
    return hd_bytes_add_varint(bytes, trace->held) &&
           (trace->held_repeats == 0 ||
            hd_bytes_add_varint(bytes, (trace->held_repeats - 1) << 2 | HD_MOVE_REPEAT));
}

static uint64_t head_of(const hd_trace *trace, const hd_move *move) {
    unsigned form = HD_MOVE_AGENT;
    if (move->agent == trace->before)
        form = HD_MOVE_BACK;
    else if (move->agent == trace->last + 1)
        form = HD_MOVE_NEXT;
    return move->events << 2 | form;
}

/* Encodes the move that was open; it cannot grow any more. */
static bool close_move(hd_trace *trace) {
    uint64_t head = head_of(trace, &trace->open);
    trace->before = trace->last;
    trace->last = trace->open.agent;
    if (trace->has_held && head == trace->held) { /* no HD_MOVE_AGENT is ever held */
        trace->held_repeats++;
        return true;
    }
    if (!encode_held(trace, &trace->encoded)) return false;
    trace->has_held = (head & 3) != HD_MOVE_AGENT;
    trace->held = head;
    trace->held_repeats = 0;
    return trace->has_held || (hd_bytes_add_varint(&trace->encoded, head) &&
                               hd_bytes_add_varint(&trace->encoded, trace->open.agent));
}

bool hd_trace_encode_rest(const hd_trace *trace, hd_bytes *bytes) {
    if (!encode_held(trace, bytes)) return false;
    if (!trace->has_open) return true;
    uint64_t head = head_of(trace, &trace->open);
    return hd_bytes_add_varint(bytes, head) &&
           ((head & 3) != HD_MOVE_AGENT || hd_bytes_add_varint(bytes, trace->open.agent));
}

void hd_trace_add_move(hd_trace *trace, uint32_t agent, uint64_t events) {
    hd_move move = {agent, events};
    uint64_t count = hd_move_events(&move);
    if (trace->incomplete) return;
    if (agent >= HD_TRACE_MOST_AGENTS || count >= HD_TRACE_MOST_EVENTS - trace->events) {
        trace->incomplete = true;
        return;
    }
    trace->events += count;
    if (trace->open.agent == agent && events != HD_TIMEOUT && trace->open.events != HD_TIMEOUT) {
        trace->open.events += events; /* it is open: it has events */
        return;
    }
    if (trace->has_open && !close_move(trace)) {
        trace->incomplete = true;
        return;
    }
    trace->open = move;
    trace->has_open = true;
    trace->moves++;
}

static void on_moved(void *context, uint32_t agent, uint64_t events, bool timeout) {
    hd_trace_add_move(context, agent, timeout ? HD_TIMEOUT : events);
}

hd_observer hd_trace_observer(hd_trace *trace) {
    return (hd_observer){.context = trace, .moved = on_moved};
}

void hd_trace_spoil(hd_trace *trace) {
    trace->incomplete = true;
}

bool hd_trace_complete(const hd_trace *trace) {
    return !trace->incomplete;
}

bool hd_trace_add_schedule(const hd_trace *t, hd_bytes *to) {
    return !t->incomplete && hd_bytes_add(to, t->encoded.items, t->encoded.len) &&
           hd_trace_encode_rest(t, to);
}

uint64_t hd_trace_moves(const hd_trace *trace) {
    return trace->moves;
}

uint64_t hd_trace_events(const hd_trace *trace) {
    return trace->events;
}

void hd_trace_add_preemption(hd_trace *trace) {
    if (!hd_vec_push(&trace->preemptions, trace->moves)) trace->incomplete = true;
}

const uint64_t *hd_trace_preemptions(const hd_trace *trace, size_t *count) {
    *count = trace->preemptions.len;
    return trace->preemptions.items;
}

bool hd_trace_cut(hd_trace *trace, uint64_t events) {
    hd_trace *cut = hd_trace_new_like(trace);
    hd_trace_cursor cursor = hd_trace_start(trace);
    size_t preemption = 0;
    hd_move move;
    if (!cut) return false;
    hd_trace_copy_inputs(cut, trace);
    for (uint64_t number = 0; events > 0 && hd_trace_next(&cursor, &move); number++) {
        bool timeout = move.events == HD_TIMEOUT;
        uint64_t part = hd_move_events(&move) < events ? hd_move_events(&move) : events;
        while (preemption < trace->preemptions.len &&
               trace->preemptions.items[preemption] <= number) {
            if (trace->preemptions.items[preemption] == number) hd_trace_add_preemption(cut);
            preemption++;
        }
        hd_trace_add_move(cut, move.agent, timeout ? HD_TIMEOUT : part);
        events -= part;
    }
    if (!hd_trace_complete(cut)) {
        hd_trace_free(cut);
        return false;
    }
    hd_trace whole = *trace;
    *trace = *cut;
    *cut = whole;
    hd_trace_free(cut);
    return true;
}

/* Reading of moves. */

enum { IN_ENCODED, IN_HELD, IN_OPEN, AT_END };

hd_trace_cursor hd_trace_start(const hd_trace *trace) {
    return (hd_trace_cursor){.trace = trace, .before = 1};
}

/* What was encoded here, or checked when it was read from a file, needs no checks. */
static uint64_t take_varint(hd_trace_cursor *c) {
    uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
        uint8_t byte = c->trace->encoded.items[c->position++];
        value |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80) return value;
    }
}

static bool give(hd_trace_cursor *c, uint32_t agent, uint64_t events, hd_move *move) {
    c->before = c->last;
    c->last = agent;
    *move = (hd_move){agent, events};
    return true;
}

static bool give_by_head(hd_trace_cursor *c, uint64_t head, hd_move *move) {
    c->repeated = head;
    return give(c, (head & 3) == HD_MOVE_BACK ? c->before : c->last + 1, head >> 2, move);
}

bool hd_trace_next(hd_trace_cursor *c, hd_move *move) {
    const hd_trace *t = c->trace;
    if (c->repeats > 0) {
        c->repeats--;
        return give_by_head(c, c->repeated, move);
    }
    if (c->phase == IN_ENCODED) {
        if (c->position < t->encoded.len) {
            uint64_t head = take_varint(c);
            if ((head & 3) == HD_MOVE_AGENT)
                return give(c, (uint32_t)take_varint(c), head >> 2, move);
            if ((head & 3) != HD_MOVE_REPEAT) return give_by_head(c, head, move);
            c->repeats = head >> 2;
            return give_by_head(c, c->repeated, move);
        }
        c->phase = IN_HELD;
    }
    if (c->phase == IN_HELD) {
        c->phase = IN_OPEN;
        if (t->has_held) {
            c->repeats = t->held_repeats;
            return give_by_head(c, t->held, move);
        }
    }
    if (c->phase == AT_END || !t->has_open) return false;
    c->phase = AT_END;
    return give(c, t->open.agent, t->open.events, move);
}

/* Inputs. */

static const uint8_t *bytes_of(const hd_trace *trace, const hd_input *input) {
    return input->length ? trace->input_bytes.items + input->start : (const uint8_t *)"";
}

void hd_trace_add_input(hd_trace *trace, uint32_t kind, const void *bytes, size_t length) {
    hd_input input = {kind, trace->input_bytes.len, length};
    if (trace->incomplete || !hd_bytes_add(&trace->input_bytes, bytes, length) ||
        !hd_vec_push(&trace->inputs, input))
        trace->incomplete = true;
}

void hd_trace_copy_inputs(hd_trace *trace, const hd_trace *from) {
    for (size_t i = 0; i < from->inputs.len; i++) {
        const hd_input *input = &from->inputs.items[i];
        hd_trace_add_input(trace, input->kind, bytes_of(from, input), input->length);
    }
}

size_t hd_trace_inputs(const hd_trace *trace) {
    return trace->inputs.len;
}

uint32_t hd_trace_input(const hd_trace *trace, size_t index, const uint8_t **bytes,
                        size_t *length) {
    const hd_input *input = &trace->inputs.items[index];
    *bytes = bytes_of(trace, input);
    *length = input->length;
    return input->kind;
}
