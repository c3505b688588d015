/* std::thread, mutex, condition_variable, atomic and call_once. The bug: what a thread brings is
 * written after it was announced. */
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "check.h"

static std::mutex mutex;
static std::condition_variable come;
static std::once_flag once;
static bool ready;
static int brought, prepared;
static std::atomic<int> ended{0};

static void bring() {
    std::call_once(once, [] { prepared = 1; });
    if (!broken) brought = 42;
    {
        std::lock_guard<std::mutex> guard(mutex);
        ready = true;
    }
    come.notify_all();
    if (broken) brought = 42;
    ended++;
}

static void take(int *result) {
    std::call_once(once, [] { prepared = 1; });
    std::unique_lock<std::mutex> guard(mutex);
    come.wait(guard, [] { return ready; });
    guard.unlock();
    *result = brought + prepared;
    ended++;
}

int main() {
    int one = 0, two = 0;
    std::thread a(take, &one), b(bring), c(take, &two);
    a.join();
    b.join();
    c.join();
    CHECK(one == 43 && two == 43);
    CHECK(ended == 3);
    return 0;
}
