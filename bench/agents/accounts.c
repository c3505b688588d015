/* Many short critical sections: transfers between accounts, each pair of accounts under two of
 * sixteen locks, taken in order. Now and then an agent adds up its own statistics. Almost every
 * access is to shared data, in a new critical section. */
#include "../strategies/runtime.h"

/* -DTIMES=N: as much work. */
enum { SIZE = 60000 * TIMES };

enum { ACCOUNTS = 512, LOCKS = 16, START = 1000, KINDS = 8 };

static lock locks[LOCKS];
static struct { int balance, in, out; } accounts[ACCOUNTS];
static int statistics[AGENTS][KINDS];

static unsigned next(unsigned *state) {
    unsigned x = *state;
    x ^= x << 13, x ^= x >> 17, x ^= x << 5;
    return *state = x;
}

static void transfer(unsigned from, unsigned to, int amount) {
    unsigned a = from % LOCKS, b = to % LOCKS, low = a < b ? a : b, high = a < b ? b : a;
    acquire(&locks[low]);
    if (high != low) acquire(&locks[high]);
    if (accounts[from].balance >= amount) {
        accounts[from].balance -= amount;
        accounts[from].out++;
        accounts[to].balance += amount;
        accounts[to].in++;
    }
    if (high != low) release(&locks[high]);
    release(&locks[low]);
}

static void work(int number) {
    unsigned state = 77 + (unsigned)number;
    for (int i = 0; i < SIZE; i++) {
        unsigned from = next(&state) % ACCOUNTS, to = next(&state) % ACCOUNTS;
        int amount = (int)(next(&state) % 100);
        transfer(from, to, amount);
        statistics[number][amount % KINDS] += amount;
    }
}

void program(void) {
    int sum = 0, moved = 0;
    for (int i = 0; i < ACCOUNTS; i++)
        accounts[i].balance = START;
    run_all(work);
    for (int i = 0; i < ACCOUNTS; i++)
        sum += accounts[i].balance, moved += accounts[i].in - accounts[i].out;
    CHECK(sum == ACCOUNTS * START && moved == 0);
}
