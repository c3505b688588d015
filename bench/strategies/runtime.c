/* runtime.h. */
#include "runtime.h"

enum { THREADS = 32, STACK = 4096 };

__attribute__((import_module("wasi"), import_name("thread-spawn"))) int thread_spawn(void *record);

typedef struct {
    char *stack; /* start.s reads it */
    void (*function)(int);
    int argument;
    volatile int fields[8]; /* what a library keeps of a thread */
    atomic_int running;
} thread;

static thread threads[THREADS];
static char stacks[THREADS][STACK] __attribute__((aligned(16)));
static lock list_lock; /* guards what follows */
static int made, alive;

void wait_while(atomic_int *word, int value) {
    __builtin_wasm_memory_atomic_wait32((int *)word, value, -1);
}

void wake(atomic_int *word, int count) {
    __builtin_wasm_memory_atomic_notify((int *)word, (unsigned)count);
}

void acquire(lock *l) {
    int expected = 0;
    if (atomic_compare_exchange_strong(&l->value, &expected, 1)) return;
    for (int i = 0; i < SPINS && *(volatile int *)&l->value == 1; i++) {
    }
    while (atomic_exchange(&l->value, 2))
        wait_while(&l->value, 2);
}

void release(lock *l) {
    if (atomic_exchange(&l->value, 0) == 2) wake(&l->value, 1);
}

void await(condition *c, lock *l) {
    int sequence = c->sequence;
    release(l);
    wait_while(&c->sequence, sequence);
    acquire(l);
}

void signal_one(condition *c) {
    c->sequence++;
    wake(&c->sequence, 1);
}

void signal_all(condition *c) {
    c->sequence++;
    wake(&c->sequence, THREADS);
}

/* Events on the record of a thread, as many as are asked for. */
static void cost(thread *t, int events) {
    for (int i = 0; i < events; i++)
        t->fields[i % 8] = i;
}

int spawn(void (*function)(int), int argument) {
    thread *t = &threads[made];
    int number = made;
    t->stack = stacks[number] + STACK;
    t->function = function;
    t->argument = argument;
    t->running = 1;
    cost(t, SPAWN_EVENTS / 2);
    acquire(&list_lock);
    made++;
    alive++;
    int id = thread_spawn(t);
    CHECK(id > 0);
    cost(t, SPAWN_EVENTS - SPAWN_EVENTS / 2);
    release(&list_lock);
    return number;
}

void thread_main(thread *t) {
    t->function(t->argument);
    acquire(&list_lock);
    alive--;
    for (int i = 0; i < 20; i++)
        (void)t->fields[i % 8];
    release(&list_lock);
    t->running = 0;
    wake(&t->running, 1);
}

void join(int number) {
    while (threads[number].running)
        wait_while(&threads[number].running, 1);
}

void run_all(void (*function)(int)) {
    int numbers[AGENTS];
    for (int i = 0; i < AGENTS; i++)
        numbers[i] = spawn(function, i);
    for (int i = 0; i < AGENTS; i++)
        join(numbers[i]);
}

__attribute__((export_name("_start"))) void start(void) {
    program();
}
