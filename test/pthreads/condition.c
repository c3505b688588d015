/* A bounded queue between two producers and two consumers, by two condition variables. The bug:
 * `if` for `while` around a wait, so that a consumer takes what another one has taken. */
#include <pthread.h>

#include "check.h"

enum { producers = 2, consumers = 2, items = 3, room = 2 };
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t filled = PTHREAD_COND_INITIALIZER, drained = PTHREAD_COND_INITIALIZER;
static int queue[room], length, sum;

static void *produce(void *argument) {
    (void)argument;
    for (int i = 1; i <= items; i++) {
        pthread_mutex_lock(&mutex);
        while (length == room)
            pthread_cond_wait(&drained, &mutex);
        queue[length++] = i;
        pthread_cond_broadcast(&filled);
        pthread_mutex_unlock(&mutex);
    }
    return NULL;
}

static void *consume(void *argument) {
    (void)argument;
    for (int i = 0; i < producers * items / consumers; i++) {
        pthread_mutex_lock(&mutex);
        if (broken) {
            if (length == 0) pthread_cond_wait(&filled, &mutex);
        } else {
            while (length == 0)
                pthread_cond_wait(&filled, &mutex);
        }
        CHECK(length > 0);
        sum += queue[--length];
        pthread_cond_signal(&drained);
        pthread_mutex_unlock(&mutex);
    }
    return NULL;
}

int main(void) {
    pthread_t thread[producers + consumers];
    for (int i = 0; i < producers + consumers; i++)
        pthread_create(&thread[i], NULL, i < consumers ? consume : produce, NULL);
    for (int i = 0; i < producers + consumers; i++)
        pthread_join(thread[i], NULL);
    CHECK(sum == producers * items * (items + 1) / 2);
    return 0;
}
