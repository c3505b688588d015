/* Transfers between accounts, each with a lock of its own. Bug: they are locked in the order of the
 * transfer, so that transfers round the circle wait for each other. */
#include "runtime.h"

static struct {
    lock lock;
    int balance;
} accounts[AGENTS];

static void transfer(int from, int to, int amount) {
    acquire(&accounts[from].lock);
    acquire(&accounts[to].lock);
    accounts[from].balance -= amount;
    accounts[to].balance += amount;
    release(&accounts[to].lock);
    release(&accounts[from].lock);
}

static void customer(int number) {
    transfer(number, (number + 1) % AGENTS, 5);
    transfer(number, (number + 2) % AGENTS, 3);
}

void program(void) {
    for (int i = 0; i < AGENTS; i++)
        accounts[i].balance = 100;
    run_all(customer);
    int sum = 0;
    for (int i = 0; i < AGENTS; i++)
        sum += accounts[i].balance;
    CHECK(sum == AGENTS * 100);
}
