/* Races of the user's code through functions of the library: two threads use one object, the first
 * through a function of the C library, the second plainly or by the same function.
 *
 *   races.wasm CASE            without any order: a data race of CASE_one and CASE_two
 *   races.wasm CASE locked     both under a mutex: none
 *
 * Compiled with -fno-builtin, so that the functions are called and not what the compiler knows of
 * them. */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

static char text[64] = "some text that all share", other[64] = "some other text", result[64];
static int numbers[8] = {5, 2, 7, 1, 8, 3, 6, 4};
static wchar_t wide[16] = L"wide text";
static _Thread_local volatile int sink;
static volatile size_t half = 8;

static int by_value(const void *one, const void *two) {
    return *(const int *)one - *(const int *)two;
}

/* What the first and the second thread do. */
#define CASES(CASE)                                                                                \
    CASE(memcpy_to, memcpy(text, "0123456789", 10), sink = text[3])                                \
    CASE(memcpy_from, memcpy(result, text, 60), text[33] = 'x')                                    \
    CASE(memcpy_byte, memcpy(text, "0", 1), sink = text[0])                                        \
    CASE(memmove_to, memmove(text + 1, text, half), sink = text[4])                                \
    CASE(memmove_from, memmove(result, text, 50), text[40] = 'x')                                  \
    CASE(memset, memset(text, 'x', 40), sink = text[39])                                           \
    CASE(memset_twice, memset(text, 'x', 40), memset(text + 38, 'y', 20))                          \
    CASE(memcmp, sink = memcmp(text, other, 6), text[2] = 'x')                                     \
    CASE(memchr, sink = memchr(text, 't', sizeof text) != NULL, text[1] = 'x')                     \
    CASE(memmem, sink = memmem(text, 24, "that", 4) != NULL, text[10] = 'x')                       \
    CASE(bzero, bzero(text, 5), sink = text[4])                                                    \
    CASE(strlen, sink = (int)strlen(text), text[7] = 'x')                                          \
    CASE(strnlen, sink = (int)strnlen(text, 40), text[7] = 'x')                                    \
    CASE(strcpy_to, strcpy(text, "another"), sink = text[6])                                       \
    CASE(strcpy_from, strcpy(result, text), text[5] = 'x')                                         \
    CASE(strncpy, strncpy(text, "an", 20), sink = text[19])                                        \
    CASE(strcat, strcat(text, "!"), text[1] = 'x')                                                 \
    CASE(strcmp, sink = strcmp(text, "some text that"), text[9] = 'x')                             \
    CASE(strncmp, sink = strncmp(text, "some text", 9), text[2] = 'x')                             \
    CASE(strcasecmp, sink = strcasecmp(text, "SOME TEXT"), text[2] = 'x')                          \
    CASE(strchr, sink = strchr(text, 'h') != NULL, text[3] = 'x')                                  \
    CASE(strrchr, sink = strrchr(text, 'h') != NULL, text[3] = 'x')                                \
    CASE(strstr, sink = strstr(text, "that") != NULL, text[10] = 'x')                              \
    CASE(strspn, sink = (int)strspn(text, "emos"), text[1] = 'x')                                  \
    CASE(strdup, free(strdup(text)), text[6] = 'x')                                                \
    CASE(strtok, strtok_r(text, " ", &(char *){NULL}), sink = text[4])                             \
    CASE(atoi, sink = atoi(text), text[0] = '7')                                                   \
    CASE(strtol, sink = (int)strtol(text, NULL, 10), text[0] = '7')                                \
    CASE(strtod, sink = (int)strtod(text, NULL), text[0] = '7')                                    \
    CASE(qsort, qsort(numbers, 8, sizeof *numbers, by_value), sink = numbers[2])                   \
    CASE(qsort_read, qsort(numbers, 8, sizeof *numbers, by_value), numbers[6] = 0)                 \
    CASE(bsearch, sink = bsearch(&(int){7}, numbers, 8, sizeof *numbers, by_value) != NULL,        \
         numbers[4] = 0)                                                                           \
    CASE(wmemcpy, wmemcpy(wide, L"another", 7), sink = wide[3])                                    \
    CASE(wcslen, sink = (int)wcslen(wide), wide[2] = 'x')                                          \
    CASE(printf, printf("%s\n", text), text[3] = 'x')                                              \
    CASE(puts, puts(text), text[3] = 'x')                                                          \
    CASE(fputs, fputs(text, stdout), text[3] = 'x')                                                \
    CASE(fwrite, fwrite(text, 1, 20, stdout), text[3] = 'x')                                       \
    CASE(snprintf_to, snprintf(text, sizeof text, "%d %s", 12345, "is a number"), sink = text[4])  \
    CASE(snprintf_from, snprintf(result, sizeof result, "%.10s", text), text[8] = 'x')             \
    CASE(sprintf_twice, sprintf(text, "%08x", 12345), sprintf(text, "%f", 1.5))                    \
    CASE(sscanf_to, sscanf("12 34", "%d %d", &numbers[0], &numbers[1]), sink = numbers[1])         \
    CASE(sscanf_from, sscanf(text, "%10s", result), text[1] = 'x')                                 \
    CASE(read, sink = (int)read(0, text, 10), sink = text[2])                                      \
    CASE(write, sink = (int)write(1, text, 20), text[12] = 'x')                                    \
    CASE(readv, sink = (int)readv(0, (struct iovec[]){{text, 4}, {other, 4}}, 2), sink = other[1]) \
    CASE(writev, sink = (int)writev(1, (struct iovec[]){{text, 4}, {other, 4}}, 2),                \
         other[1] = 'x')                                                                           \
    CASE(fgets, sink = fgets(text, sizeof text, stdin) != NULL, sink = text[1])                    \
    CASE(fread, sink = (int)fread(text, 1, 12, stdin), sink = text[1])                             \
    CASE(getentropy, sink = getentropy(text, 16), sink = text[1])                                  \
    CASE(clock_gettime, clock_gettime(CLOCK_MONOTONIC, (struct timespec *)text), sink = text[1])   \
    CASE(gmtime, gmtime_r(&(time_t){1000000}, (struct tm *)text), sink = text[1])

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t gate;
static int locked;

#define FUNCTIONS(name, first, second)                                                             \
    static __attribute__((noinline)) void name##_one(void) {                                       \
        (void)(first);                                                                             \
        sink = 1;                                                                                  \
    }                                                                                              \
    static __attribute__((noinline)) void name##_two(void) {                                       \
        (void)(second);                                                                            \
        sink = 2;                                                                                  \
    }
CASES(FUNCTIONS)

static const struct {
    const char *name;
    void (*one)(void), (*two)(void);
} cases[] = {
#define ROW(name, first, second) {#name, name##_one, name##_two},
    CASES(ROW)};

static void *run(void *argument) {
    void (**function)(void) = argument;
    /* So that the end of the first never comes before the start of the second, which would order
     * them. */
    pthread_barrier_wait(&gate);
    if (locked) pthread_mutex_lock(&mutex);
    (*function)();
    if (locked) pthread_mutex_unlock(&mutex);
    return NULL;
}

int main(int count, char **words) {
    pthread_t one, two;
    if (count < 2) {
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
            printf("%s\n", cases[i].name);
        return 0;
    }
    locked = count > 2;
    pthread_barrier_init(&gate, NULL, 2);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (strcmp(words[1], cases[i].name) != 0) continue;
        void (*functions[2])(void) = {cases[i].one, cases[i].two};
        pthread_create(&one, NULL, run, &functions[0]);
        pthread_create(&two, NULL, run, &functions[1]);
        pthread_join(one, NULL);
        pthread_join(two, NULL);
        return 0;
    }
    return 2;
}
