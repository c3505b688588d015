/* A pool of two workers computes factorials: main puts numbers into a queue, a worker takes one
 * when it is idle. The pool closes when the queue is empty and main will put nothing more. See
 * README.md. */
#include "agents.h"

enum { WORKERS = 2, ROOM = 2, JOBS = 4 };

struct queue {
    mutex lock;
    condition not_empty, not_full;
    uint32_t taken, put; /* how many jobs, since the beginning */
    bool closed;
    uint32_t jobs[ROOM]; /* job n is in jobs[n % ROOM] */
};

static struct queue queue;
static _Atomic(uint32_t) total;
/* Each worker counts for itself. */
static _Thread_local uint32_t jobs_done;
static _Atomic(uint32_t) all_jobs_done;

static void queue_put(struct queue *q, uint32_t job) {
    mutex_lock(&q->lock);
    while (q->put - q->taken == ROOM)
        condition_wait(&q->not_full, &q->lock);
    q->jobs[q->put++ % ROOM] = job;
    condition_signal(&q->not_empty);
    mutex_unlock(&q->lock);
}

/* False when there is no job and there will be none. */
static bool queue_take(struct queue *q, uint32_t *job) {
    mutex_lock(&q->lock);
    while (q->taken == q->put && !q->closed)
        condition_wait(&q->not_empty, &q->lock);
    bool found = q->taken != q->put;
    if (found) {
        *job = q->jobs[q->taken++ % ROOM];
        condition_signal(&q->not_full);
    }
    mutex_unlock(&q->lock);
    return found;
}

/* All who sleep must see it, so it is not enough to signal. */
static void queue_close(struct queue *q) {
    mutex_lock(&q->lock);
    q->closed = true;
    condition_broadcast(&q->not_empty);
    mutex_unlock(&q->lock);
}

static void work(void *unused) {
    (void)unused;
    uint32_t n;
    while (queue_take(&queue, &n)) {
        uint32_t factorial = 1;
        for (; n > 1; n--)
            factorial *= n;
        atomic_fetch_add(&total, factorial);
        jobs_done++;
    }
    atomic_fetch_add(&all_jobs_done, jobs_done);
}

int main(void) {
    agent *workers[WORKERS];
    for (int i = 0; i < WORKERS; i++) {
        workers[i] = agent_spawn(work, NULL);
        check(workers[i]);
    }
    for (uint32_t n = 1; n <= JOBS; n++)
        queue_put(&queue, n);
    queue_close(&queue);
    for (int i = 0; i < WORKERS; i++)
        agent_join(workers[i]);
    check(all_jobs_done == JOBS);
    check(total == 1 + 2 + 6 + 24);
    print("%u jobs, the sum is %u\n", all_jobs_done, total);
    return 0;
}
