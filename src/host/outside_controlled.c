/* outside_controlled.c: see outside_controlled.h. All of it runs on the thread that moves the
 * world. */
#include "host/outside_controlled.h"

#include <errno.h>
#include <string.h>

#include "base/bytes.h"
#include "base/reader.h"
#include "sched/random.h"

/* Where the real-time clock begins, 2000-01-01T00:00:00Z, and how long it takes to read a clock:
 * a program that looks at it again and again gets on. */
#define EPOCH UINT64_C(946684800000000000)
enum { LOOK = 1000 };

/* How long another process has to go on writing into a pipe, in milliseconds. */
enum { PATIENCE = 1000 };

/* What is known of one agent. */
typedef struct taker {
    hd_random random;
    HD_VEC(size_t) inputs; /* its inputs in the trace to recall */
    size_t next;           /* of these */
    HD_VEC(struct pollfd) awaited;
} taker;

struct hd_outside_controlled {
    hd_outside_controlled_options options;
    hd_outside interface;
    hd_world *world;
    HD_VEC(taker *) takers;
    hd_bytes bytes;               /* of the input that is being recorded */
    HD_VEC(struct pollfd) polled; /* of all agents that are blocked */
    bool lost;
    uint64_t lost_step;
    uint32_t lost_agent;
    const char *lost_what;
};

/* Agents. */

static taker *taker_of(hd_outside_controlled *o, uint32_t agent) {
    while (o->takers.len <= agent) {
        taker *v = hd_calloc(1, sizeof *v);
        if (!v || !hd_vec_push(&o->takers, v)) {
            hd_free(v);
            return NULL;
        }
        hd_random mixed = {o->options.seed ^ (o->takers.len * UINT64_C(0xD6E8FEB86659FD93))};
        v->random.state = hd_random_next(&mixed);
    }
    return o->takers.items[agent];
}

static taker *current(hd_outside_controlled *o) {
    return taker_of(o, hd_world_current(o->world));
}

/* Recording. */

static void add_input(hd_outside_controlled *o, uint32_t agent, uint32_t kind, const void *bytes,
                      size_t length) {
    if (!o->options.record) return;
    o->bytes.len = 0;
    if (hd_bytes_add_varint(&o->bytes, agent) && hd_bytes_add(&o->bytes, bytes, length))
        hd_trace_add_input(o->options.record, kind, o->bytes.items, o->bytes.len);
    else
        hd_trace_spoil(o->options.record);
}

static void add_number(hd_outside_controlled *o, uint32_t agent, uint32_t kind, uint64_t number) {
    if (!o->options.record) return;
    o->bytes.len = 0;
    if (hd_bytes_add_varint(&o->bytes, agent) && hd_bytes_add_varint(&o->bytes, number))
        hd_trace_add_input(o->options.record, kind, o->bytes.items, o->bytes.len);
    else
        hd_trace_spoil(o->options.record);
}

static void record(void *context, hd_agent *agent, uint32_t kind, const void *bytes,
                   size_t length) {
    hd_outside_controlled *o = context;
    (void)agent;
    add_input(o, hd_world_current(o->world), kind, bytes, length);
}

/* What is printed belongs to what a replay is compared by. */
static void wrote(void *context, const void *bytes, size_t length) {
    const hd_outside_controlled *o = context;
    hd_trace_add_output(o->options.record, bytes, length);
}

/* Recalling. */

/* Takes a varint from the front of bytes, which may be hostile. */
static bool take_varint(const uint8_t **bytes, size_t *length, uint64_t *value) {
    hd_diag diag = HD_DIAG_INIT;
    hd_reader r = {*bytes, *bytes + *length, *bytes, &diag};
    *value = hd_read_u64(&r);
    *bytes = r.pos;
    *length = hd_reader_left(&r);
    return diag.status == HD_OK;
}

/* Sorts the inputs of the trace by their agents; false when memory is out. An input that names no
 * agent, or too great a number, is left out: whoever misses it will be lost. */
static bool sort_inputs(hd_outside_controlled *o) {
    const hd_trace *trace = o->options.recall;
    for (size_t i = 0; trace && i < hd_trace_inputs(trace); i++) {
        const uint8_t *bytes;
        size_t length;
        uint64_t agent;
        hd_trace_input(trace, i, &bytes, &length);
        if (!take_varint(&bytes, &length, &agent) || agent >= HD_TRACE_MOST_AGENTS) continue;
        taker *v = taker_of(o, (uint32_t)agent);
        if (!v || !hd_vec_push(&v->inputs, i)) return false;
    }
    return true;
}

static const char out_of_memory[] = "ran out of memory";

static hd_recall lose(hd_outside_controlled *o, const char *what) {
    if (o->lost) return HD_RECALL_LOST;
    o->lost = true;
    o->lost_step = hd_world_steps(o->world);
    o->lost_agent = hd_world_current(o->world);
    o->lost_what = what;
    return HD_RECALL_LOST;
}

/* The next input of an agent, without the agent's number; false when there is none. */
static bool peek(const hd_outside_controlled *o, const taker *v, uint32_t *kind,
                 const uint8_t **bytes, size_t *length) {
    uint64_t agent;
    if (v->next >= v->inputs.len) return false;
    *kind = hd_trace_input(o->options.recall, v->inputs.items[v->next], bytes, length);
    return take_varint(bytes, length, &agent);
}

static hd_recall recall(void *context, hd_agent *agent, uint32_t kind, const uint8_t **bytes,
                        size_t *length) {
    hd_outside_controlled *o = context;
    taker *v = current(o);
    uint32_t found;
    uint64_t deadline;
    (void)agent;
    if (!v) return lose(o, out_of_memory);
    if (!peek(o, v, &found, bytes, length)) return lose(o, "asked for more than it had brought");
    v->next++;
    if (found == kind) return HD_RECALL_ANSWER; /* who asked records it again */
    if (found != HD_INPUT_BLOCK || !take_varint(bytes, length, &deadline) || deadline > INT64_MAX)
        return lose(o, "asked for something else");
    add_number(o, hd_world_current(o->world), HD_INPUT_BLOCK, deadline);
    hd_world_block(o->world, v, (int64_t)deadline - 1);
    return HD_RECALL_LATER;
}

/* The agent whose input says that it can go on now. */
static uint32_t await_recalled(hd_outside_controlled *o, const hd_blocked *blocked, size_t count,
                               uint64_t step) {
    for (size_t i = 0; i < count; i++) {
        taker *v = taker_of(o, blocked[i].agent);
        const uint8_t *bytes;
        size_t length;
        uint32_t kind;
        uint64_t at;
        if (!v || !peek(o, v, &kind, &bytes, &length) || kind != HD_INPUT_READY ||
            !take_varint(&bytes, &length, &at) || (o->options.exact && at != step))
            continue;
        v->next++;
        return blocked[i].agent;
    }
    return HD_NO_AGENT;
}

/* Waiting. */

/* Asks the host which of the agents have a descriptor that is ready, the first in order. */
static uint32_t await_host(hd_outside_controlled *o, const hd_blocked *blocked, size_t count,
                           bool patient) {
    o->polled.len = 0;
    struct pollfd stop = {.fd = hd_world_stop_descriptor(o->world), .events = POLLIN};
    if (!hd_vec_push(&o->polled, stop)) return HD_NO_AGENT;
    for (size_t i = 0; i < count; i++) {
        const taker *v = o->takers.items[blocked[i].agent];
        for (size_t k = 0; k < v->awaited.len; k++)
            if (!hd_vec_push(&o->polled, v->awaited.items[k])) return HD_NO_AGENT;
    }
    int ready;
    do
        ready = poll(o->polled.items, o->polled.len, patient ? -1 : 0);
    while (ready < 0 && errno == EINTR);
    if (ready <= 0 || o->polled.items[0].revents) return HD_NO_AGENT;
    const struct pollfd *next = &o->polled.items[1];
    for (size_t i = 0; i < count; i++)
        for (size_t k = o->takers.items[blocked[i].agent]->awaited.len; k-- > 0;)
            if ((next++)->revents) return blocked[i].agent;
    return HD_NO_AGENT;
}

/* Nothing more comes from a trace: the recorded execution waited here until it was stopped. */
static void stop_as_recorded(hd_outside_controlled *o) {
    hd_outcome outcome;
    if (o->options.exact && hd_trace_outcome(o->options.recall, &outcome) &&
        outcome == HD_OUTCOME_STOPPED)
        hd_world_stop(o->world);
}

uint32_t hd_outside_await(void *context, const hd_blocked *blocked, size_t count, uint64_t step,
                          bool patient) {
    hd_outside_controlled *o = context;
    uint32_t agent = o->options.recall ? await_recalled(o, blocked, count, step)
                                       : await_host(o, blocked, count, patient);
    if (agent == HD_NO_AGENT && patient && o->options.recall) stop_as_recorded(o);
    if (agent != HD_NO_AGENT) add_number(o, agent, HD_INPUT_READY, step);
    return agent;
}

/* True if a descriptor is ready now. */
static bool ready(struct pollfd *descriptors, size_t count) {
    int result;
    do
        result = poll(descriptors, count, 0);
    while (result < 0 && errno == EINTR);
    return result != 0;
}

static hd_block block(void *context, hd_agent *agent, struct pollfd *descriptors, size_t count,
                      uint64_t deadline) {
    hd_outside_controlled *o = context;
    taker *v = current(o);
    int64_t until = deadline > INT64_MAX - 1 ? -1 : (int64_t)deadline;
    (void)agent;
    bool is_ready = count > 0 && ready(descriptors, count);
    /* Who waits for a descriptor when all is stopped is found to wait. */
    if (hd_world_stopped(o->world) && (is_ready || count == 0)) return HD_BLOCK_STOPPED;
    if (is_ready) return HD_BLOCK_READY;
    if (until >= 0 && until <= hd_world_now(o->world)) return HD_BLOCK_TIMED_OUT;
    if (!v) return lose(o, out_of_memory), HD_BLOCK_STOPPED;
    v->awaited.len = 0;
    for (size_t i = 0; i < count; i++)
        if (!hd_vec_push(&v->awaited, descriptors[i]))
            return lose(o, out_of_memory), HD_BLOCK_STOPPED;
    /* That an agent sleeps follows from the schedule; only what it awaits is an input. */
    if (count > 0) add_number(o, hd_world_current(o->world), HD_INPUT_BLOCK, (uint64_t)(until + 1));
    hd_world_block(o->world, count > 0 ? v : NULL, until);
    return HD_BLOCK_LATER;
}

static bool patience(void *context, hd_agent *agent, struct pollfd *descriptor, bool waits) {
    const hd_outside_controlled *o = context;
    struct pollfd polled[] = {{.fd = hd_world_stop_descriptor(o->world), .events = POLLIN},
                              *descriptor};
    int result;
    (void)agent;
    do
        result = poll(polled, 2, waits ? PATIENCE : 0);
    while (result < 0 && errno == EINTR && !hd_world_stopped(o->world));
    return result > 0 && polled[1].revents;
}

/* Time and chance. */

static uint64_t now(void *context, hd_agent *agent, hd_clock clock) {
    hd_outside_controlled *o = context;
    (void)agent;
    hd_world_pass(o->world, LOOK);
    return (uint64_t)hd_world_now(o->world) + (clock == HD_CLOCK_REALTIME ? EPOCH : 0);
}

static uint64_t resolution(void *context, hd_clock clock) {
    (void)context;
    (void)clock;
    return 1;
}

static void random_bytes(void *context, hd_agent *agent, void *bytes, size_t length) {
    hd_outside_controlled *o = context;
    taker *v = current(o);
    if (!v) lose(o, out_of_memory);
    uint8_t *to = bytes;
    (void)agent;
    for (size_t i = 0; i < length; i += 8) {
        uint64_t word = v ? hd_random_next(&v->random) : 0;
        memcpy(to + i, &word, length - i < 8 ? length - i : 8);
    }
}

/* Other agents move when the strategy says so: here it is asked. */
static void yield(void *context, hd_agent *agent) {
    const hd_outside_controlled *o = context;
    (void)agent;
    hd_world_yield(o->world);
}

/* Life. */

hd_outside_controlled *hd_outside_controlled_new(const hd_outside_controlled_options *options) {
    hd_outside_controlled *o = hd_calloc(1, sizeof *o);
    if (!o) return NULL;
    o->options = *options;
    o->interface = (hd_outside){.context = o,
                                .now = now,
                                .resolution = resolution,
                                .random = random_bytes,
                                .block = block,
                                .patience = patience,
                                .yield = yield,
                                .record = options->record ? record : NULL,
                                .recall = options->recall ? recall : NULL,
                                .wrote = options->record ? wrote : NULL};
    if (sort_inputs(o)) return o;
    hd_outside_controlled_free(o);
    return NULL;
}

void hd_outside_controlled_free(hd_outside_controlled *o) {
    if (!o) return;
    for (size_t i = 0; i < o->takers.len; i++) {
        hd_vec_free(&o->takers.items[i]->inputs);
        hd_vec_free(&o->takers.items[i]->awaited);
        hd_free(o->takers.items[i]);
    }
    hd_vec_free(&o->takers);
    hd_vec_free(&o->bytes);
    hd_vec_free(&o->polled);
    hd_free(o);
}

void hd_outside_controlled_attach(hd_outside_controlled *o, hd_world *world) {
    o->world = world;
}

const hd_outside *hd_outside_controlled_interface(hd_outside_controlled *o) {
    return &o->interface;
}

bool hd_outside_controlled_lost(const hd_outside_controlled *o, uint64_t *step, uint32_t *agent,
                                const char **what) {
    *step = o->lost_step;
    *agent = o->lost_agent;
    *what = o->lost_what;
    return o->lost;
}
