/* Agents for programs without a C library: all that the lessons of this folder stand on.
 *
 * A program includes this file once and defines `int main(void)`; `agents.s` is linked with it, see
 * `build`. The host has to offer three functions: thread-spawn of wasi-threads, and fd_write and
 * proc_exit of WASI preview 1. All agents are instances of one module which share one memory; each
 * has a stack and thread-local variables of its own.
 *
 *     agents       agent_spawn, agent_join
 *     locks        mutex_lock, mutex_unlock
 *     conditions   condition_wait, condition_signal, condition_broadcast
 *     semaphores   semaphore_wait, semaphore_post
 *     barriers     barrier_wait
 *     below these  futex_wait, futex_notify
 *     output       print, check, quit
 *
 * An object that is all zero is a fresh one: static ones need nothing, others need `= {0}`.
 */
#ifndef AGENTS_H
#define AGENTS_H

#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of an agent's stack. Nothing guards its end. */
#ifndef AGENT_STACK
#define AGENT_STACK 4096
#endif

#define AGENTS_IMPORT(module, name) __attribute__((import_module(module), import_name(name))) extern

/* ---- the host */

struct agents_text {
    const char *start;
    size_t length;
};
AGENTS_IMPORT("wasi", "thread-spawn") int32_t agents_host_spawn(void *argument);
AGENTS_IMPORT("wasi_snapshot_preview1", "fd_write")
int32_t agents_host_write(int32_t file, const struct agents_text *texts, size_t count,
                          size_t *written);
AGENTS_IMPORT("wasi_snapshot_preview1", "proc_exit")
_Noreturn void agents_host_exit(int32_t status);

/* Ends the program at once, all agents of it. */
_Noreturn static inline void quit(int status) {
    agents_host_exit(status);
}

/* Prints a line, or part of one, by a single write: lines of several agents do not mix. Knows %d,
 * %u, %x, %s and %%; what exceeds 160 bytes is cut off. */
__attribute__((format(printf, 1, 2))) static inline void print(const char *format, ...);

/* Ends the program with status 1 and says where, unless the condition holds. */
#define check(condition)                                                                           \
    ((condition) ? (void)0                                                                         \
                 : (print("%s:%d: this does not hold: %s\n", __FILE_NAME__, __LINE__, #condition), \
                    quit(1)))

/* ---- a futex: an atomic word to wait on */

typedef _Atomic(uint32_t) futex;

/* Sleeps until notified, but not at all if the word is not `expected`: the comparison and going to
 * sleep are one step, which no notify can come between. Says nothing about why it returns: look at
 * the word again. */
static inline void futex_wait(futex *word, uint32_t expected) {
    __builtin_wasm_memory_atomic_wait32((int *)word, (int)expected, -1);
}

/* Wakes those who have slept longest, at most so many. Change the word before. */
static inline void futex_notify(futex *word, uint32_t count) {
    __builtin_wasm_memory_atomic_notify((int *)word, count);
}

enum { EVERYBODY = UINT32_MAX };

/* ---- a mutex: one agent at a time */

typedef struct {
    futex state; /* 0 free, 1 taken, 2 taken and perhaps waited for */
} mutex;

static inline void mutex_lock(mutex *m) {
    uint32_t unlocked = 0;
    if (atomic_compare_exchange_strong(&m->state, &unlocked, 1)) return;
    /* Whoever finds it taken says so before sleeping, and takes it with a 2, since others may sleep
     * still. */
    while (atomic_exchange(&m->state, 2) != 0)
        futex_wait(&m->state, 2);
}

static inline void mutex_unlock(mutex *m) {
    if (atomic_exchange(&m->state, 0) == 2) futex_notify(&m->state, 1);
}

/* ---- a condition variable: to sleep until something is so */

typedef struct {
    futex signals; /* how many there were */
} condition;

/* Lets go of the mutex, sleeps until a signal, takes it again. Belongs in a loop: what one waits
 * for may be over by then. The count is read while the mutex is held, so that no signal is missed
 * in between. */
static inline void condition_wait(condition *c, mutex *m) {
    uint32_t signals = atomic_load(&c->signals);
    mutex_unlock(m);
    futex_wait(&c->signals, signals);
    mutex_lock(m);
}

static inline void condition_signal(condition *c) {
    atomic_fetch_add(&c->signals, 1);
    futex_notify(&c->signals, 1);
}

static inline void condition_broadcast(condition *c) {
    atomic_fetch_add(&c->signals, 1);
    futex_notify(&c->signals, EVERYBODY);
}

/* ---- a semaphore: so many, and no more */

typedef struct {
    futex count;
} semaphore;

static inline void semaphore_wait(semaphore *s) {
    uint32_t count = atomic_load(&s->count);
    for (;;) {
        if (count == 0) {
            futex_wait(&s->count, 0);
            count = atomic_load(&s->count);
        } else if (atomic_compare_exchange_strong(&s->count, &count, count - 1)) {
            return;
        }
    }
}

static inline void semaphore_post(semaphore *s) {
    atomic_fetch_add(&s->count, 1);
    futex_notify(&s->count, 1);
}

/* ---- a barrier: nobody goes on before all have come; serves again and again */

typedef struct {
    _Atomic(uint32_t) arrived;
    futex meeting; /* the number of this one */
} barrier;

static inline void barrier_wait(barrier *b, uint32_t members) {
    /* Read before arriving: afterwards the meeting may be over. */
    uint32_t meeting = atomic_load(&b->meeting);
    if (atomic_fetch_add(&b->arrived, 1) + 1 == members) {
        /* Nobody can arrive for the next one before it is open. */
        atomic_store(&b->arrived, 0);
        atomic_store(&b->meeting, meeting + 1);
        futex_notify(&b->meeting, EVERYBODY);
    } else {
        while (atomic_load(&b->meeting) == meeting)
            futex_wait(&b->meeting, meeting);
    }
}

/* ---- agents
 *
 * An agent's block of memory, from low to high: its stack, which grows downwards; its thread-local
 * variables; this record. All blocks have one size, so that one which is free fits everybody. */

typedef struct agent {
    void *stack; /* the top. agents.s knows that this is at offset 0 … */
    futex alive; /* … and this at offset 4 */
    void *thread_locals;
    void (*function)(void *);
    void *argument;
    struct agent *next_free;
} agent;

/* What the linker knows: where static data end, and how to set up thread-local variables. */
extern unsigned char __heap_base;
extern void __wasm_init_tls(void *block);

static struct {
    mutex lock;
    agent *free;
    uintptr_t next, end; /* memory that nobody has used yet */
} agents_blocks;

static inline uintptr_t agents_round_up(uintptr_t n, uintptr_t to) {
    return (n + to - 1) & ~(to - 1);
}

/* Cuts a block off the memory that nobody has used, which grows if need be. NULL if it cannot. */
static inline agent *agents_cut(void) {
    const uintptr_t page = 65536;
    uintptr_t align = __builtin_wasm_tls_align() > 16 ? __builtin_wasm_tls_align() : 16;
    if (!agents_blocks.next) {
        agents_blocks.next = (uintptr_t)&__heap_base;
        agents_blocks.end = __builtin_wasm_memory_size(0) * page;
    }
    uintptr_t stack = agents_round_up(agents_blocks.next, align) + AGENT_STACK;
    uintptr_t thread_locals = agents_round_up(stack, align);
    uintptr_t record = agents_round_up(thread_locals + __builtin_wasm_tls_size(), 16);
    uintptr_t end = record + sizeof(agent);
    while (end > agents_blocks.end) {
        if (__builtin_wasm_memory_grow(0, 1) == SIZE_MAX) return NULL;
        agents_blocks.end += page;
    }
    agents_blocks.next = end;
    agent *a = (agent *)record;
    a->stack = (void *)thread_locals;
    a->thread_locals = (void *)thread_locals;
    return a;
}

static inline agent *agents_take(void) {
    mutex_lock(&agents_blocks.lock);
    agent *a = agents_blocks.free;
    if (a)
        agents_blocks.free = a->next_free;
    else
        a = agents_cut();
    mutex_unlock(&agents_blocks.lock);
    return a;
}

static inline void agents_give_back(agent *a) {
    mutex_lock(&agents_blocks.lock);
    a->next_free = agents_blocks.free;
    agents_blocks.free = a;
    mutex_unlock(&agents_blocks.lock);
}

/* Starts an agent that calls the function. NULL if there is no memory left or the host refuses. */
static inline agent *agent_spawn(void (*function)(void *), void *argument) {
    agent *a = agents_take();
    if (!a) return NULL;
    a->function = function;
    a->argument = argument;
    /* Everything stands in the record before the host is called: the other may be done when the
     * call returns. */
    atomic_store(&a->alive, 1);
    if (agents_host_spawn(a) < 0) {
        agents_give_back(a);
        return NULL;
    }
    return a;
}

/* Waits until the agent has ended. Each is joined once, and its block then serves another. */
static inline void agent_join(agent *a) {
    while (atomic_load(&a->alive))
        futex_wait(&a->alive, 1);
    agents_give_back(a);
}

/* agents.s calls this on the agent's own stack, and sets `alive` to 0 when it returns: from then on
 * the stack may be another's, so it cannot be done by a C function, which stands on it. */
__attribute__((used)) void agents_begin(agent *a) {
    __wasm_init_tls(a->thread_locals);
    a->function(a->argument);
}

/* ---- the main agent */

int main(void);

__attribute__((export_name("_start"))) void agents_start(void) {
    /* Some linkers set up the thread-local variables of the main agent, some leave it to us. */
    if (__builtin_wasm_tls_size() > 0 && !__builtin_wasm_tls_base()) {
        agent *a = agents_take();
        if (!a) quit(71);
        __wasm_init_tls(a->thread_locals);
    }
    int status = main();
    if (status) quit(status);
}

/* ---- output */

struct agents_line {
    size_t length;
    char text[160];
};

static inline void agents_put(struct agents_line *line, char c) {
    if (line->length < sizeof line->text) line->text[line->length++] = c;
}

static inline void agents_put_number(struct agents_line *line, uint32_t n, uint32_t base) {
    char digits[10];
    size_t count = 0;
    do
        digits[count++] = "0123456789abcdef"[n % base];
    while (n /= base);
    while (count)
        agents_put(line, digits[--count]);
}

static inline void print(const char *format, ...) {
    struct agents_line line;
    va_list arguments;
    line.length = 0;
    va_start(arguments, format);
    for (; *format; format++) {
        if (*format != '%') {
            agents_put(&line, *format);
            continue;
        }
        switch (*++format) {
        case 'd': {
            int32_t n = va_arg(arguments, int32_t);
            if (n < 0) agents_put(&line, '-');
            agents_put_number(&line, n < 0 ? -(uint32_t)n : (uint32_t)n, 10);
            break;
        }
        case 'u': agents_put_number(&line, va_arg(arguments, uint32_t), 10); break;
        case 'x': agents_put_number(&line, va_arg(arguments, uint32_t), 16); break;
        case 's':
            for (const char *s = va_arg(arguments, const char *); *s; s++)
                agents_put(&line, *s);
            break;
        default: agents_put(&line, '%');
        }
    }
    va_end(arguments);
    struct agents_text text = {line.text, line.length};
    size_t written;
    agents_host_write(1, &text, 1, &written);
}

#endif
