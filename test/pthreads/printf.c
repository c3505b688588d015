/* Threads print lines, each its own, and one buffer is made by all under a mutex. The bug: without
 * it. */
#include <pthread.h>
#include <string.h>

#include "check.h"

enum { threads = 3 };
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static char report[200];

static void *speak(void *argument) {
    int number = (int)(size_t)argument;
    char line[40];
    snprintf(line, sizeof line, "thread %d: %s %.2f", number, "speaks", number / 4.0);
    printf("%s\n", line);
    if (!broken) pthread_mutex_lock(&mutex);
    size_t length = strlen(report);
    snprintf(report + length, sizeof report - length, "%d;", number);
    if (!broken) pthread_mutex_unlock(&mutex);
    return NULL;
}

int main(void) {
    pthread_t thread[threads];
    for (int i = 0; i < threads; i++)
        pthread_create(&thread[i], NULL, speak, (void *)(size_t)i);
    for (int i = 0; i < threads; i++)
        pthread_join(thread[i], NULL);
    CHECK(strlen(report) == 2 * threads);
    printf("all spoke\n");
    return 0;
}
