/* The part of libc++ that its headers declare for threads and leave to the library. Debian's
 * library for WASI is made without threads and cannot be linked into a module with a shared memory.
 */
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <new>
#include <thread>

void *operator new(size_t size) {
    void *block = malloc(size);
    if (!block) abort();
    return block;
}
void operator delete(void *block) noexcept {
    free(block);
}
void operator delete(void *block, size_t) noexcept {
    free(block);
}

_LIBCPP_BEGIN_NAMESPACE_STD

_LIBCPP_WEAK void __libcpp_verbose_abort(const char *, ...) noexcept {
    abort();
}
void __throw_system_error(int, const char *) {
    abort();
}
[[noreturn]] void terminate() noexcept {
    abort();
}

mutex::~mutex() noexcept {
    __libcpp_mutex_destroy(&__m_);
}
void mutex::lock() {
    if (__libcpp_mutex_lock(&__m_)) abort();
}
bool mutex::try_lock() noexcept {
    return __libcpp_mutex_trylock(&__m_);
}
void mutex::unlock() noexcept {
    __libcpp_mutex_unlock(&__m_);
}

condition_variable::~condition_variable() {
    __libcpp_condvar_destroy(&__cv_);
}
void condition_variable::notify_one() noexcept {
    __libcpp_condvar_signal(&__cv_);
}
void condition_variable::notify_all() noexcept {
    __libcpp_condvar_broadcast(&__cv_);
}
void condition_variable::wait(unique_lock<mutex> &lock) noexcept {
    if (!lock.owns_lock() || __libcpp_condvar_wait(&__cv_, lock.mutex()->native_handle())) abort();
}

thread::~thread() {
    if (!__libcpp_thread_isnull(&__t_)) abort();
}
void thread::join() {
    if (__libcpp_thread_isnull(&__t_) || __libcpp_thread_join(&__t_)) abort();
    __t_ = _LIBCPP_NULL_THREAD;
}
void thread::detach() {
    if (__libcpp_thread_isnull(&__t_) || __libcpp_thread_detach(&__t_)) abort();
    __t_ = _LIBCPP_NULL_THREAD;
}

/* What is to be done at the end of a thread; nobody here asks for it. */
__thread_struct::__thread_struct() : __p_(nullptr) {}
__thread_struct::~__thread_struct() {}

/* Made by the first who asks: a static object with a guard would do, if libc++abi had guards for
 * threads here. */
static pthread_once_t key_once = PTHREAD_ONCE_INIT;
static char key_room alignas(
    __thread_specific_ptr<__thread_struct>)[sizeof(__thread_specific_ptr<__thread_struct>)];
static __thread_specific_ptr<__thread_struct> *key;
__thread_specific_ptr<__thread_struct> &__thread_local_data() {
    struct maker {
        static void make() { key = new (key_room) __thread_specific_ptr<__thread_struct>(); }
    };
    pthread_once(&key_once, maker::make);
    return *key;
}

/* As in libc++'s call_once.cpp: 0 is nobody yet, 1 somebody now, all ones done. */
static pthread_mutex_t once_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t once_done = PTHREAD_COND_INITIALIZER;
void __call_once(volatile once_flag::_State_type &flag, void *argument, void (*function)(void *)) {
    pthread_mutex_lock(&once_mutex);
    while (flag == 1)
        pthread_cond_wait(&once_done, &once_mutex);
    if (flag == 0) {
        __atomic_store_n(&flag, 1, __ATOMIC_RELAXED); /* call_once looks at it without the mutex */
        pthread_mutex_unlock(&once_mutex);
        function(argument);
        pthread_mutex_lock(&once_mutex);
        __atomic_store_n(&flag, ~(once_flag::_State_type)0, __ATOMIC_RELEASE);
        pthread_mutex_unlock(&once_mutex);
        pthread_cond_broadcast(&once_done);
    } else {
        pthread_mutex_unlock(&once_mutex);
    }
}

_LIBCPP_END_NAMESPACE_STD
