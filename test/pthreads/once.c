/* Whoever comes first makes a table, by pthread_once. The bug: by a flag of its own. */
#include <pthread.h>

#include "check.h"

enum { threads = 3, entries = 4 };
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int *table, made, flag;

static void make(void) {
    int *fresh = malloc(entries * sizeof *fresh);
    for (int i = 0; i < entries; i++)
        fresh[i] = i * i;
    table = fresh;
    made++;
}

static void *look(void *argument) {
    if (broken) {
        if (!flag) {
            flag = 1;
            make();
        }
    } else {
        pthread_once(&once, make);
    }
    CHECK(table && table[entries - 1] == (entries - 1) * (entries - 1));
    return argument;
}

int main(void) {
    pthread_t thread[threads];
    for (int i = 0; i < threads; i++)
        pthread_create(&thread[i], NULL, look, NULL);
    for (int i = 0; i < threads; i++)
        pthread_join(thread[i], NULL);
    CHECK(made == 1);
    free(table);
    return 0;
}
