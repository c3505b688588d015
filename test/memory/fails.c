/* fails.c: loaded before libc, makes requests for memory fail.
 *
 * Requests are those of the whole process, libraries included: malloc, calloc, realloc and their
 * kin, anonymous mmap, and pthread_create, which needs a stack. HEDDLE_FAIL_AT=N makes the N-th of
 * them fail, HEDDLE_FAIL_ON=1 all after it too. HEDDLE_FAIL_COUNT=FILE: at the end of the process
 * FILE gets the number of requests. HEDDLE_FAIL_TRAP=1 stops in a debugger where the request is
 * made. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* The names under which glibc has its own; no dlsym is needed, which itself requests memory. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

typedef int thread_maker(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
typedef void *mapper(void *, size_t, int, int, int, off_t);

static atomic_ulong requests;
static unsigned long fail_at; /* 0: never */
static bool armed, fail_on, fail_trap;
static thread_maker *next_pthread_create;
static mapper *next_mmap;

__attribute__((constructor)) static void begin(void) {
    const char *at = getenv("HEDDLE_FAIL_AT");
    next_pthread_create = (thread_maker *)dlsym(RTLD_NEXT, "pthread_create");
    next_mmap = (mapper *)dlsym(RTLD_NEXT, "mmap");
    fail_at = at ? strtoul(at, NULL, 10) : 0;
    fail_on = getenv("HEDDLE_FAIL_ON") != NULL;
    fail_trap = getenv("HEDDLE_FAIL_TRAP") != NULL;
    armed = true;
}

__attribute__((destructor)) static void end(void) {
    const char *path = getenv("HEDDLE_FAIL_COUNT");
    char text[24];
    int length = snprintf(text, sizeof text, "%lu\n", atomic_load(&requests));
    armed = false;
    if (!path) return;
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file < 0 || write(file, text, (size_t)length) != length || close(file) != 0) abort();
}

static bool fails(void) {
    if (!armed) return false;
    unsigned long number = atomic_fetch_add(&requests, 1) + 1;
    if (fail_at == 0 || (fail_on ? number < fail_at : number != fail_at)) return false;
    if (fail_trap) raise(SIGTRAP);
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size) {
    return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *block, size_t size) {
    return fails() ? NULL : __libc_realloc(block, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    return fails() ? NULL : __libc_memalign(alignment, size);
}

int posix_memalign(void **block, size_t alignment, size_t size) {
    if (fails()) return ENOMEM;
    *block = __libc_memalign(alignment, size);
    return *block ? 0 : ENOMEM;
}

void *mmap(void *at, size_t length, int protection, int flags, int file, off_t offset) {
    if (file < 0 && fails()) return MAP_FAILED;
    return next_mmap ? next_mmap(at, length, protection, flags, file, offset) : MAP_FAILED;
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*body)(void *),
                   void *argument) {
    return fails() ? EAGAIN : next_pthread_create(thread, attributes, body, argument);
}
