/* Threads leave results in an array, which is added up when all have been joined, two of them by
 * their values alone. The bug: it is added up before the last join. */
#include <pthread.h>

#include "check.h"

enum { threads = 4 };
static int result[threads];

static void *square(void *argument) {
    int number = (int)(size_t)argument;
    result[number] = number * number;
    return (void *)(size_t)(number + 1);
}

int main(void) {
    pthread_t thread[threads];
    int sum = 0;
    size_t values = 0;
    for (int i = 0; i < threads; i++)
        CHECK(pthread_create(&thread[i], NULL, square, (void *)(size_t)i) == 0);
    for (int i = 0; i < threads; i++) {
        void *value;
        if (broken && i == threads - 1) {
            for (int k = 0; k < threads; k++)
                sum += result[k];
        }
        CHECK(pthread_join(thread[i], &value) == 0);
        values += (size_t)value;
    }
    if (!broken) {
        for (int k = 0; k < threads; k++)
            sum += result[k];
    }
    CHECK(values == 1 + 2 + 3 + 4);
    CHECK(sum == 0 + 1 + 4 + 9);
    return 0;
}
