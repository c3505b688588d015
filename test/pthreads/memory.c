/* Threads make blocks, hand them over through a slot each, and free what they get. The bug: a
 * thread goes on writing to the block that it has handed over. */
#include <pthread.h>
#include <string.h>

#include "check.h"

enum { threads = 3, rounds = 3 };
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static char *slot[threads];

static void *work(void *argument) {
    int number = (int)(size_t)argument;
    for (int i = 0; i < rounds; i++) {
        size_t size = 20 + 100 * (size_t)number + (size_t)i;
        char *block = malloc(size);
        memset(block, 'a' + number, size - 1);
        block[size - 1] = 0;
        block = realloc(block, 2 * size);
        pthread_mutex_lock(&mutex);
        char *other = slot[number];
        slot[number] = slot[(number + 1) % threads];
        slot[(number + 1) % threads] = block;
        pthread_mutex_unlock(&mutex);
        if (broken) block[0] = 'a' + (char)number;
        if (other) CHECK(other[0] >= 'a' && other[0] == other[strlen(other) - 1]);
        free(other);
    }
    return NULL;
}

int main(void) {
    pthread_t thread[threads];
    for (int i = 0; i < threads; i++)
        pthread_create(&thread[i], NULL, work, (void *)(size_t)i);
    for (int i = 0; i < threads; i++)
        pthread_join(thread[i], NULL);
    for (int i = 0; i < threads; i++)
        free(slot[i]);
    return 0;
}
