/* Graphs: shortest paths over a grid with a binary heap (Dijkstra).
 *
 * Structures in arrays, a priority queue that sifts up and down, branches that depend on data: the
 * mixture of a typical program. n is the number of searches over a grid of 128 by 128 cells. */
#include <stddef.h>

#include "bench.h"

#define SIDE 128
#define CELLS (SIDE * SIDE)
#define FAR 0xffffffffu

struct visit {
    uint32_t distance, cell;
};

static uint8_t cost[CELLS]; /* of entering the cell */
static uint32_t distance[CELLS];
static struct visit heap[4 * CELLS]; /* a cell is queued at most once per neighbour */
static size_t queued;

static void push(uint32_t far, uint32_t cell) {
    size_t i = queued++;
    while (i > 0 && heap[(i - 1) / 2].distance > far) {
        heap[i] = heap[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    heap[i].distance = far;
    heap[i].cell = cell;
}

static struct visit pop(void) {
    struct visit top = heap[0], last = heap[--queued];
    size_t i = 0;
    for (size_t child = 1; child < queued; child = 2 * i + 1) {
        if (child + 1 < queued && heap[child + 1].distance < heap[child].distance) child++;
        if (last.distance <= heap[child].distance) break;
        heap[i] = heap[child];
        i = child;
    }
    heap[i] = last;
    return top;
}

static void reach(uint32_t cell, uint32_t from) {
    uint32_t far = from + cost[cell];
    if (far >= distance[cell]) return;
    distance[cell] = far;
    push(far, cell);
}

/* The distance to the farthest cell. */
static uint32_t search(uint32_t start) {
    uint32_t farthest = 0;
    for (size_t i = 0; i < CELLS; i++)
        distance[i] = FAR;
    distance[start] = 0;
    push(0, start);
    while (queued > 0) {
        struct visit v = pop();
        if (v.distance > distance[v.cell]) continue; /* a shorter way was found meanwhile */
        farthest = v.distance;
        uint32_t column = v.cell % SIDE, row = v.cell / SIDE;
        if (column > 0) reach(v.cell - 1, v.distance);
        if (column < SIDE - 1) reach(v.cell + 1, v.distance);
        if (row > 0) reach(v.cell - SIDE, v.distance);
        if (row < SIDE - 1) reach(v.cell + SIDE, v.distance);
    }
    return farthest;
}

int32_t run(int32_t n) {
    uint32_t seed = 1, sum = 0;
    for (size_t i = 0; i < CELLS; i++)
        cost[i] = (uint8_t)(1 + random_below(&seed, 200));
    for (int32_t i = 0; i < n; i++)
        sum = sum * 31 + search(random_below(&seed, CELLS));
    return checksum(sum);
}
