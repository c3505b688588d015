/* sweep.c: runs a command again and again with less memory each time, and judges how it ends.
 *
 *     sweep requests LIBRARY SAMPLES COMMAND [ARGUMENT]...
 *     sweep space SAMPLES COMMAND [ARGUMENT]...
 *
 * `requests`: with LIBRARY (fails.c) loaded, the n-th request fails, alone, and with all after it;
 * n takes all values, or SAMPLES of them, evenly apart, if there are more and SAMPLES is not 0.
 * `space`: under limits on the address space, from what the process needs to be loaded to what it
 * needs to end as it does.
 *
 * The command first runs undisturbed. It has to be deterministic. A later run is wrong when a
 * signal ends it, when it takes 60 s, and when its status is 0 though it was not, or its standard
 * output is another one. The last line is "N passed, N failed". Runs in the current folder. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATIENCE = 60 /* s */, SHOWN = 20 };

/* What a run is done with. */
typedef struct conditions {
    const char *library; /* or NULL */
    unsigned long fail_at;
    bool fail_on;
    const char *count; /* file for the number of requests, or NULL */
    rlim_t space;      /* limit on the address space; RLIM_INFINITY: none */
} conditions;

/* How it ended. */
typedef struct ending {
    int status; /* of waitpid */
    char *output;
    size_t length;
} ending;

static char *const *command;
static unsigned long passed, failed;

static void die(const char *what) {
    fprintf(stderr, "sweep: %s: %s\n", what, strerror(errno));
    exit(2);
}

static void put_number(const char *name, unsigned long value) {
    char text[24];
    snprintf(text, sizeof text, "%lu", value);
    if (setenv(name, text, 1) != 0) die("setenv");
}

/* In the child: becomes the command. */
static void become(const conditions *c, int output) {
    struct rlimit limit = {c->space, c->space};
    int null = open("/dev/null", O_RDWR);
    if (null < 0 || dup2(null, 0) < 0 || dup2(output, 1) < 0) die("streams");
    if (!getenv("SWEEP_MESSAGES") && dup2(null, 2) < 0) die("streams");
    if (c->library) {
        setenv("LD_PRELOAD", c->library, 1);
        put_number("HEDDLE_FAIL_AT", c->fail_at);
        if (c->fail_on) put_number("HEDDLE_FAIL_ON", 1);
        if (c->count) setenv("HEDDLE_FAIL_COUNT", c->count, 1);
    }
    alarm(PATIENCE);
    if (c->space != RLIM_INFINITY && setrlimit(RLIMIT_AS, &limit) != 0) die("setrlimit");
    execvp(command[0], command);
    _exit(127);
}

static ending run(const conditions *c) {
    ending e = {0};
    struct stat info;
    int output = memfd_create("output", MFD_CLOEXEC);
    pid_t child = output < 0 ? -1 : fork();
    if (child < 0) die("fork");
    if (child == 0) become(c, output);
    if (waitpid(child, &e.status, 0) != child || fstat(output, &info) != 0) die("wait");
    e.length = (size_t)info.st_size;
    e.output = malloc(e.length + 1);
    if (!e.output || pread(output, e.output, e.length, 0) != (ssize_t)e.length) die("read");
    close(output);
    return e;
}

static const char *signal_of(const ending *e) {
    return WTERMSIG(e->status) == SIGALRM ? "time limit" : strsignal(WTERMSIG(e->status));
}

/* What is wrong with an ending, if `truth` is what is true; NULL: nothing. */
static const char *wrong(const ending *e, const ending *truth) {
    if (WIFSIGNALED(e->status)) return signal_of(e);
    if (WEXITSTATUS(e->status) != 0) return NULL;
    if (WEXITSTATUS(truth->status) != 0) return "exit status 0";
    bool same = e->length == truth->length && memcmp(e->output, truth->output, e->length) == 0;
    return same ? NULL : "exit status 0, but another output";
}

/* Judges a run; `where` says under which conditions it was. */
static void judge(const conditions *c, const ending *truth, const char *where) {
    ending e = run(c);
    const char *fault = wrong(&e, truth);
    if (!fault)
        passed++;
    else if (++failed <= SHOWN)
        printf("%s: %s\n", where, fault);
    free(e.output);
}

static ending learn(const conditions *c) {
    ending truth = run(c);
    if (!WIFSIGNALED(truth.status) && WEXITSTATUS(truth.status) != 127) return truth;
    fprintf(stderr, "sweep: the command itself fails\n");
    exit(2);
}

static unsigned long read_count(const char *path) {
    unsigned long count = 0;
    FILE *file = fopen(path, "r");
    if (!file || fscanf(file, "%lu", &count) != 1) die(path);
    fclose(file);
    unlink(path);
    return count;
}

static void sweep_requests(const char *library, unsigned long samples) {
    conditions c = {.library = library, .count = "requests.count", .space = RLIM_INFINITY};
    ending truth = learn(&c);
    unsigned long count = read_count(c.count);
    c.count = NULL;
    if (samples == 0 || samples > count) samples = count;
    for (unsigned long i = 0; i < 2 * samples; i++) {
        char where[80];
        c.fail_at = 1 + i / 2 * count / samples;
        c.fail_on = i % 2;
        snprintf(where, sizeof where, "request %lu of %lu fails%s", c.fail_at, count,
                 c.fail_on ? ", and all after it" : "");
        judge(&c, &truth, where);
    }
    free(truth.output);
}

/* The least limit under which the command satisfies `good`, to 64 KiB. */
static rlim_t least_space(const ending *truth, bool good(const ending *e, const ending *truth)) {
    rlim_t low = 0, high = (rlim_t)1 << 40;
    while (high - low > 65536) {
        conditions c = {.space = low + (high - low) / 2};
        ending e = run(&c);
        if (good(&e, truth))
            high = c.space;
        else
            low = c.space;
        free(e.output);
    }
    return high;
}

/* 127 is the loader's, and a signal as early is the kernel's. */
static bool was_loaded(const ending *e, const ending *truth) {
    (void)truth;
    return !WIFSIGNALED(e->status) && WEXITSTATUS(e->status) != 127;
}

static bool ended_alike(const ending *e, const ending *truth) {
    return e->status == truth->status && e->length == truth->length &&
           memcmp(e->output, truth->output, e->length) == 0;
}

static void sweep_space(unsigned long samples) {
    conditions c = {.space = RLIM_INFINITY};
    ending truth = learn(&c);
    rlim_t low = least_space(&truth, was_loaded), high = least_space(&truth, ended_alike);
    if (samples == 0) samples = 1000;
    for (unsigned long i = 0; i <= samples; i++) {
        char where[80];
        c.space = low + (high - low) / samples * i;
        snprintf(where, sizeof where, "address space of %lu KiB", (unsigned long)c.space / 1024);
        judge(&c, &truth, where);
    }
    free(truth.output);
}

int main(int argc, char **argv) {
    if (argc > 4 && strcmp(argv[1], "requests") == 0) {
        command = argv + 4;
        sweep_requests(argv[2], strtoul(argv[3], NULL, 10));
    } else if (argc > 3 && strcmp(argv[1], "space") == 0) {
        command = argv + 3;
        sweep_space(strtoul(argv[2], NULL, 10));
    } else {
        fputs("usage: sweep requests LIBRARY SAMPLES COMMAND...\n"
              "       sweep space SAMPLES COMMAND...\n",
              stderr);
        return 2;
    }
    if (failed > SHOWN) printf("... and %lu more\n", failed - SHOWN);
    printf("%lu passed, %lu failed\n", passed, failed);
    return failed > 0;
}
