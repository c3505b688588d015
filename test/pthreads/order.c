/* Philosophers take their two forks in the order of their numbers. The bug: each takes the left one
 * first. */
#include <pthread.h>

#include "check.h"

enum { seats = 3 };
static pthread_mutex_t fork_at[seats];
static int meals;
static pthread_mutex_t count = PTHREAD_MUTEX_INITIALIZER;

static void *dine(void *argument) {
    int left = (int)(size_t)argument, right = (left + 1) % seats;
    int first = left, second = right;
    if (!broken && first > second) {
        first = right;
        second = left;
    }
    pthread_mutex_lock(&fork_at[first]);
    pthread_mutex_lock(&fork_at[second]);
    pthread_mutex_lock(&count);
    meals++;
    pthread_mutex_unlock(&count);
    pthread_mutex_unlock(&fork_at[second]);
    pthread_mutex_unlock(&fork_at[first]);
    return NULL;
}

int main(void) {
    pthread_t thread[seats];
    for (int i = 0; i < seats; i++)
        pthread_mutex_init(&fork_at[i], NULL);
    for (int i = 0; i < seats; i++)
        pthread_create(&thread[i], NULL, dine, (void *)(size_t)i);
    for (int i = 0; i < seats; i++)
        pthread_join(thread[i], NULL);
    CHECK(meals == seats);
    return 0;
}
