/* A pool of two workers shrinks: main retires the first worker and then has a job, which is for the
 * second. See README.md. */
#include "agents.h"

enum { WORKERS = 2 };

static mutex lock;
static condition changed; /* a job came, or somebody shall leave */
static int jobs;
static bool retired[WORKERS];
static semaphore done;

static void work(void *argument) {
    uintptr_t me = (uintptr_t)argument;
    mutex_lock(&lock);
    while (!retired[me]) {
        if (jobs == 0) {
            condition_wait(&changed, &lock);
        } else {
            jobs--;
            semaphore_post(&done);
        }
    }
    /* The signal that woke this worker may have been for another. */
    if (jobs > 0) condition_signal(&changed);
    mutex_unlock(&lock);
}

/* No hurry: the worker sees it before its next job. */
static void retire(int worker) {
    mutex_lock(&lock);
    retired[worker] = true;
    mutex_unlock(&lock);
}

static void give_job(void) {
    mutex_lock(&lock);
    jobs++;
    condition_signal(&changed);
    mutex_unlock(&lock);
}

/* Now all shall leave, also those who sleep. */
static void close(void) {
    mutex_lock(&lock);
    for (int i = 0; i < WORKERS; i++)
        retired[i] = true;
    condition_broadcast(&changed);
    mutex_unlock(&lock);
}

int main(void) {
    agent *workers[WORKERS];
    for (uintptr_t i = 0; i < WORKERS; i++) {
        workers[i] = agent_spawn(work, (void *)i);
        check(workers[i]);
    }
    retire(0);
    give_job();
    semaphore_wait(&done);
    close();
    for (int i = 0; i < WORKERS; i++)
        agent_join(workers[i]);
    print("the job is done\n");
    return 0;
}
