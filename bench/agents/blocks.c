/* Tasks from a queue under a lock: blocks of a product of matrices, which read what all share and
 * nobody writes, and write what nobody else reads before the end. */
#include "../strategies/runtime.h"

/* -DTIMES=N: as much work. */
enum { SIZE = 6 * TIMES };

enum { N = 96, BLOCK = 16, TASKS = (N / BLOCK) * (N / BLOCK) };

static int a[N][N], b[N][N], c[N][N];
static lock queue_lock;
static int next_task, finished;

static int take(void) {
    acquire(&queue_lock);
    int task = next_task < TASKS * SIZE ? next_task++ : -1;
    release(&queue_lock);
    return task;
}

static void multiply(int row, int column) {
    for (int i = row; i < row + BLOCK; i++)
        for (int j = column; j < column + BLOCK; j++)
            c[i][j] = 0;
    for (int part = 0; part < N; part += BLOCK)
        for (int i = row; i < row + BLOCK; i++)
            for (int k = part; k < part + BLOCK; k++) {
                int factor = a[i][k];
                for (int j = column; j < column + BLOCK; j++)
                    c[i][j] += factor * b[k][j];
            }
}

static lock row_locks[N / BLOCK];

static void work(int number) {
    (void)number;
    for (int task; (task = take()) >= 0;) {
        int row = task % TASKS / (N / BLOCK), column = task % (N / BLOCK);
        acquire(&row_locks[row]);
        multiply(row * BLOCK, column * BLOCK);
        release(&row_locks[row]);
        acquire(&queue_lock);
        finished++;
        release(&queue_lock);
    }
}

void program(void) {
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++)
            a[i][j] = i + j, b[i][j] = i - j;
    run_all(work);
    CHECK(finished == TASKS * SIZE);
    for (int i = 0; i < N; i += 7) {
        int sum = 0;
        for (int k = 0; k < N; k++)
            sum += a[i][k] * b[k][i];
        CHECK(c[i][i] == sum);
    }
}
