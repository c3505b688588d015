/* A ring between a producer and a consumer by two semaphores, and a third one as a lock. The bug:
 * it admits two. */
#include <pthread.h>
#include <semaphore.h>

#include "check.h"

enum { items = 6, room = 2 };
static sem_t empty, full, lock;
static int ring[room], sum, both;

static void add(void) {
    sem_wait(&lock);
    both++;
    sem_post(&lock);
}

static void *produce(void *argument) {
    for (int i = 0; i < items; i++) {
        sem_wait(&empty);
        ring[i % room] = i;
        sem_post(&full);
        add();
    }
    return argument;
}

static void *consume(void *argument) {
    for (int i = 0; i < items; i++) {
        while (sem_trywait(&full) != 0) {
            sem_wait(&full);
            break;
        }
        sum += ring[i % room];
        sem_post(&empty);
        add();
    }
    return argument;
}

int main(void) {
    pthread_t one, two;
    int left;
    sem_init(&empty, 0, room);
    sem_init(&full, 0, 0);
    sem_init(&lock, 0, broken ? 2 : 1);
    pthread_create(&one, NULL, produce, NULL);
    pthread_create(&two, NULL, consume, NULL);
    pthread_join(one, NULL);
    pthread_join(two, NULL);
    CHECK(sum == items * (items - 1) / 2);
    CHECK(both == 2 * items);
    CHECK(sem_getvalue(&full, &left) == 0 && left == 0);
    return 0;
}
