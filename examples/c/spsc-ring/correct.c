/* A ring hands over records of 16 bytes from one producer to one consumer, without a lock. See
 * README.md. */
#include "agents.h"

enum { ROOM = 2, RECORDS = 5 };

struct record {
    uint32_t number;
    uint32_t words[3];
};

struct ring {
    futex tail; /* how many were put in: the producer's */
    futex head; /* how many were taken out: the consumer's */
    struct record slots[ROOM];
};

static struct ring ring;

static void ring_put(struct ring *r, const struct record *record) {
    uint32_t tail = r->tail, head;
    while (tail - (head = r->head) == ROOM)
        futex_wait(&r->head, head);
    r->slots[tail % ROOM] = *record;
    r->tail = tail + 1;
    futex_notify(&r->tail, 1);
}

static void ring_take(struct ring *r, struct record *record) {
    uint32_t head = r->head, tail;
    while ((tail = r->tail) == head)
        futex_wait(&r->tail, tail);
    *record = r->slots[head % ROOM];
    r->head = head + 1;
    futex_notify(&r->head, 1);
}

static void produce(void *unused) {
    (void)unused;
    for (uint32_t i = 0; i < RECORDS; i++) {
        struct record record = {i, {10 * i, 20 * i, 30 * i}};
        ring_put(&ring, &record);
    }
}

int main(void) {
    agent *producer = agent_spawn(produce, NULL);
    check(producer);
    for (uint32_t i = 0; i < RECORDS; i++) {
        struct record record;
        ring_take(&ring, &record);
        check(record.number == i);
        check(record.words[0] == 10 * i && record.words[1] == 20 * i && record.words[2] == 30 * i);
    }
    agent_join(producer);
    print("%d records came in order\n", RECORDS);
    return 0;
}
