/* poll.c: poll_oneoff: waiting for clocks and descriptors at once. */
#include <limits.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/wasi/guest.h"

/* A subscription as the module gave it, and what became of it. */
typedef struct subscription {
    uint64_t userdata;
    uint8_t tag;
    uint32_t fd;
    hd_wasi_file *file; /* to be released, or NULL */
    size_t waits;       /* its place among the descriptors waited for, or NONE */
    uint64_t deadline;  /* of a clock: on the monotonic one */
    bool happened;
    hd_wasi_errno error;
    uint64_t nbytes;
    uint16_t flags;
} subscription;

/* All of a call. */
typedef struct polling {
    hd_wasi_call *call;
    subscription *subscriptions;
    size_t count;
    struct pollfd descriptors[HD_BLOCK_MOST];
    size_t waits;
    uint64_t deadline; /* the earliest */
} polling;

#define NONE SIZE_MAX

static uint64_t read_u64(const uint8_t *bytes) {
    uint64_t value;
    memcpy(&value, bytes, sizeof value);
    return value;
}

static uint64_t sum(uint64_t a, uint64_t b) {
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static void happen(subscription *s, hd_wasi_errno error) {
    s->happened = true;
    s->error = error;
}

/* A clock: its deadline on the monotonic clock, counted from the call's first attempt. */
static void prepare_clock(polling *p, subscription *s, const uint8_t *bytes) {
    const hd_wasi_agent *binding = p->call->binding;
    uint32_t clock;
    uint16_t flags;
    uint64_t timeout = read_u64(bytes + HD_SUBSCRIPTION_TIMEOUT);
    memcpy(&clock, bytes + HD_SUBSCRIPTION_CLOCK, sizeof clock);
    memcpy(&flags, bytes + HD_SUBSCRIPTION_CLOCK_FLAGS, sizeof flags);
    s->deadline = HD_NO_DEADLINE;
    if (clock > HD_CLOCK_THREAD || flags & ~HD_SUBCLOCKFLAG_ABSTIME) {
        happen(s, HD_WASI_INVAL);
        return;
    }
    if (clock > HD_CLOCK_MONOTONIC) {
        happen(s, HD_WASI_NOTSUP); /* processor time does not pass while one waits */
        return;
    }
    if (!(flags & HD_SUBCLOCKFLAG_ABSTIME))
        s->deadline = sum(binding->waiting_monotonic, timeout);
    else if (clock == HD_CLOCK_MONOTONIC)
        s->deadline = timeout;
    else if (timeout > binding->waiting_realtime)
        s->deadline = sum(binding->waiting_monotonic, timeout - binding->waiting_realtime);
    else
        s->deadline = 0;
    if (s->deadline < p->deadline) p->deadline = s->deadline;
}

/* How much can be read at once from what has a position. */
static uint64_t bytes_ahead(const hd_wasi_file *file) {
    struct stat status;
    off_t position = lseek(file->descriptor, 0, SEEK_CUR);
    if (position < 0 || fstat(file->descriptor, &status) != 0 || status.st_size < position)
        return 0;
    return (uint64_t)(status.st_size - position);
}

static void prepare_file(polling *p, subscription *s, const uint8_t *bytes) {
    bool reads = s->tag == HD_EVENTTYPE_FD_READ;
    memcpy(&s->fd, bytes + HD_SUBSCRIPTION_FD, sizeof s->fd);
    uint64_t rights = HD_RIGHT_POLL_FD_READWRITE | (reads ? HD_RIGHT_FD_READ : HD_RIGHT_FD_WRITE);
    hd_wasi_errno error = hd_wasi_get(p->call, s->fd, rights, &s->file);
    if (error) {
        s->file = NULL;
        happen(s, error);
    } else if (s->file->has_position || s->file->descriptor < 0) {
        happen(s, HD_WASI_SUCCESS);
        s->nbytes = reads && s->file->has_position ? bytes_ahead(s->file) : !reads;
    } else {
        s->waits = p->waits;
        p->descriptors[p->waits++] =
            (struct pollfd){.fd = s->file->descriptor, .events = reads ? POLLIN : POLLOUT};
    }
}

static hd_wasi_errno prepare(polling *p, subscription *s, const uint8_t *bytes) {
    s->userdata = read_u64(bytes + HD_SUBSCRIPTION_USERDATA);
    s->tag = bytes[HD_SUBSCRIPTION_TAG];
    s->waits = NONE;
    if (s->tag > HD_EVENTTYPE_FD_WRITE) return HD_WASI_INVAL;
    if (s->tag == HD_EVENTTYPE_CLOCK)
        prepare_clock(p, s, bytes);
    else
        prepare_file(p, s, bytes);
    if (s->happened) p->deadline = 0; /* then nothing else is waited for */
    return HD_WASI_SUCCESS;
}

/* True for a pipe that is to be read, under control. */
static bool is_awaited(const polling *p, const subscription *s) {
    return p->call->outside->patience && s->tag == HD_EVENTTYPE_FD_READ && s->file->is_pipe;
}

/* What the host says of a descriptor that was waited for. */
static void look(const polling *p, subscription *s, const struct pollfd *descriptor) {
    bool reads = s->tag == HD_EVENTTYPE_FD_READ;
    if (!descriptor->revents) return;
    happen(s, descriptor->revents & POLLNVAL ? HD_WASI_BADF : HD_WASI_SUCCESS);
    int ready = 0;
    bool some = reads && ioctl(s->file->descriptor, FIONREAD, &ready) == 0 && ready > 0;
    if (some && is_awaited(p, s)) {
        /* How many have come, and whether they are the last, is up to who writes them. */
        s->nbytes = 1;
        return;
    }
    if (some)
        s->nbytes = (uint64_t)ready;
    else if (!reads && descriptor->revents & POLLOUT)
        s->nbytes = s->file->is_pipe ? PIPE_BUF : 1;
    if (descriptor->revents & (POLLHUP | POLLERR)) s->flags = HD_EVENTRWFLAG_HANGUP;
}

/* Says what has happened. The time is that of the first attempt, or of the deadline that was waited
 * for: the clock is not asked again, because under control that takes time, which a replay that
 * recalls the call would not spend. */
static void settle(polling *p, bool timed_out) {
    uint64_t now = p->call->binding->waiting_monotonic;
    if (timed_out && now < p->deadline) now = p->deadline;
    for (size_t i = 0; i < p->count; i++) {
        subscription *s = &p->subscriptions[i];
        if (s->happened) continue;
        if (s->waits != NONE)
            look(p, s, &p->descriptors[s->waits]);
        else if (s->deadline <= now && s->deadline != HD_NO_DEADLINE)
            happen(s, HD_WASI_SUCCESS);
    }
}

/* Writes the events; there is room for them. */
static hd_wasi_errno tell(polling *p, uint32_t events, uint32_t count_address) {
    uint32_t count = 0;
    hd_wasi_errno error = HD_WASI_SUCCESS;
    for (size_t i = 0; i < p->count && !error; i++) {
        const subscription *s = &p->subscriptions[i];
        if (!s->happened) continue;
        uint8_t bytes[HD_WASI_EVENT_SIZE] = {0};
        uint16_t code = (uint16_t)s->error;
        memcpy(bytes + HD_WASI_EVENT_USERDATA, &s->userdata, sizeof s->userdata);
        memcpy(bytes + HD_WASI_EVENT_ERROR, &code, sizeof code);
        bytes[HD_WASI_EVENT_TYPE] = s->tag;
        memcpy(bytes + HD_WASI_EVENT_NBYTES, &s->nbytes, sizeof s->nbytes);
        memcpy(bytes + HD_WASI_EVENT_FLAGS, &s->flags, sizeof s->flags);
        error =
            hd_guest_write(p->call, events + count++ * HD_WASI_EVENT_SIZE, bytes, sizeof bytes, 8);
    }
    return error ? error : hd_guest_put_u32(p->call, count_address, count);
}

/* Waits until at least one subscription has happened. */
static hd_wasi_errno wait(polling *p) {
    bool timed_out;
    for (size_t i = 0; i < p->count; i++)
        if (p->subscriptions[i].waits != NONE && is_awaited(p, &p->subscriptions[i]))
            hd_wasi_await_pipe(p->call, p->subscriptions[i].file);
    hd_wasi_errno error = hd_wasi_block(p->call, p->descriptors, p->waits, p->deadline, &timed_out);
    if (!error) settle(p, timed_out);
    return error;
}

/* Remembers when the call was made first, if it has to be made again; in a replay too, whose time
 * passes in the same way. */
static void start(hd_wasi_call *call) {
    hd_wasi_agent *binding = call->binding;
    const hd_outside *outside = call->outside;
    if (binding->waiting) return;
    binding->waiting = true;
    binding->waiting_monotonic = outside->now(outside->context, call->agent, HD_CLOCK_MONOTONIC);
    binding->waiting_realtime = outside->now(outside->context, call->agent, HD_CLOCK_REALTIME);
}

static bool on_clocks_alone(const uint8_t *bytes, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (bytes[i * HD_SUBSCRIPTION_SIZE + HD_SUBSCRIPTION_TAG] != HD_EVENTTYPE_CLOCK)
            return false;
    return true;
}

/* With the subscriptions read. */
static hd_wasi_errno poll_with(polling *p, const uint8_t *bytes, const hd_slot *arguments) {
    hd_wasi_errno error = HD_WASI_SUCCESS;
    for (size_t i = 0; i < p->count && !error; i++)
        error = prepare(p, &p->subscriptions[i], bytes + i * HD_SUBSCRIPTION_SIZE);
    if (!error) error = wait(p);
    if (!error) error = tell(p, arguments[1].i32, arguments[3].i32);
    for (size_t i = 0; i < p->count; i++)
        if (p->subscriptions[i].file) hd_wasi_release(p->call->wasi, p->subscriptions[i].file);
    return error;
}

hd_wasi_errno hd_wasi_do_poll_oneoff(hd_wasi_call *call, const hd_slot *arguments) {
    uint32_t count = arguments[2].i32;
    if (count == 0 || count > HD_BLOCK_MOST) return HD_WASI_INVAL;
    hd_wasi_errno error =
        hd_guest_check(call, arguments[1].i32, (uint64_t)count * HD_WASI_EVENT_SIZE, 8);
    if (!error) error = hd_guest_check(call, arguments[3].i32, 4, 4);
    if (error) return error;

    polling p = {.call = call, .count = count, .deadline = HD_NO_DEADLINE};
    uint8_t *bytes = hd_alloc((size_t)count * HD_SUBSCRIPTION_SIZE);
    p.subscriptions = hd_calloc(count, sizeof *p.subscriptions);
    error = bytes && p.subscriptions ? hd_guest_read(call, arguments[0].i32, bytes,
                                                     (size_t)count * HD_SUBSCRIPTION_SIZE, 8)
                                     : HD_WASI_NOMEM;
    if (!error) start(call);
    if (!error && !on_clocks_alone(bytes, count) && hd_wasi_ask_outside(call))
        error = hd_wasi_recall(call);
    else if (!error)
        error = poll_with(&p, bytes, arguments);
    hd_free(bytes);
    hd_free(p.subscriptions);
    return error;
}
