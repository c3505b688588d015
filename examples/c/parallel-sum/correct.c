/* Four agents sum a quarter of an array each; main adds up what they found. There is no lock and no
 * atomic access: spawn and join order everything. See README.md. */
#include "agents.h"

enum { AGENTS = 4, NUMBERS = 32 };

struct part {
    const uint32_t *numbers;
    uint32_t count;
    uint32_t sum;
};

static uint32_t numbers[NUMBERS];
static struct part parts[AGENTS];

static void add(void *argument) {
    struct part *part = argument;
    uint32_t sum = 0;
    for (uint32_t i = 0; i < part->count; i++)
        sum += part->numbers[i];
    part->sum = sum;
}

int main(void) {
    agent *agents[AGENTS];
    for (uint32_t i = 0; i < NUMBERS; i++)
        numbers[i] = i + 1;
    for (uint32_t i = 0; i < AGENTS; i++) {
        parts[i].numbers = &numbers[i * NUMBERS / AGENTS];
        parts[i].count = NUMBERS / AGENTS;
        agents[i] = agent_spawn(add, &parts[i]);
        check(agents[i]);
    }
    uint32_t sum = 0;
    for (uint32_t i = 0; i < AGENTS; i++) {
        agent_join(agents[i]);
        sum += parts[i].sum;
    }
    check(sum == NUMBERS * (NUMBERS + 1) / 2);
    print("1 + 2 + ... + %d = %u\n", NUMBERS, sum);
    return 0;
}
