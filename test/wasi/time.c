/* Clocks, sleep, chance, and waiting for input. */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static long long now(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

int main(int argc, char **argv) {
    long long begin = now(CLOCK_MONOTONIC);
    struct timespec nap = {.tv_nsec = 20000000};
    nanosleep(&nap, NULL);
    long long slept = now(CLOCK_MONOTONIC) - begin;
    printf("slept: %s\n", slept >= 20000000 && slept < 20000000000 ? "good" : "bad");
    printf("today: %s\n", now(CLOCK_REALTIME) > 900000000LL * 1000000000 ? "good" : "bad");
    unsigned char chance[64] = {0}, other[64] = {0};
    getentropy(chance, sizeof chance);
    getentropy(other, sizeof other);
    printf("chance: %s\n", memcmp(chance, other, sizeof chance) ? "good" : "bad");
    struct pollfd input = {.fd = 0, .events = POLLIN};
    printf("input: %d\n", poll(&input, 1, argc > 1 ? -1 : 10));
    char text[20] = "";
    if (argc > 1) printf("read: %.*s\n", (int)read(0, text, sizeof text), text);
    return 0;
}
