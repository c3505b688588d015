/* Threads read the lines of one stream in turns, whole by its lock, and add up what they read. The
 * bug: they share the buffer of a line as well. */
#include <pthread.h>

#include "check.h"

enum { threads = 2 };
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int total, lines;
static char shared[20];

static void *read_lines(void *argument) {
    char own[20];
    char *line = broken ? shared : own;
    while (fgets(line, sizeof own, stdin)) {
        int number = atoi(line);
        pthread_mutex_lock(&mutex);
        total += number;
        lines++;
        pthread_mutex_unlock(&mutex);
    }
    flockfile(stdout);
    putchar_unlocked('.');
    putchar_unlocked('\n');
    funlockfile(stdout);
    return argument;
}

int main(void) {
    pthread_t thread[threads];
    for (int i = 0; i < threads; i++)
        pthread_create(&thread[i], NULL, read_lines, NULL);
    for (int i = 0; i < threads; i++)
        pthread_join(thread[i], NULL);
    CHECK(lines == 6 && total == 123456);
    return 0;
}
