# The tests: `make check` builds the unit tests and hands everything to test/run.

unit_sources = \
	test/unit/body.c \
	test/unit/body.h \
	test/unit/dwarf.c \
	test/unit/dwarf.h \
	test/unit/main.c \
	test/unit/suites.h \
	test/unit/test_agents.c \
	test/unit/test_base.c \
	test/unit/test_code.c \
	test/unit/test_exec.c \
	test/unit/test_exec_nan.c \
	test/unit/test_explore.c \
	test/unit/test_explore.h \
	test/unit/test_explore_bounds.c \
	test/unit/test_explore_classes.c \
	test/unit/test_explore_waits.c \
	test/unit/test_module.c \
	test/unit/test_module_opcodes.c \
	test/unit/test_module_types.c \
	test/unit/test_numeric.c \
	test/unit/test_output.c \
	test/unit/test_outside.c \
	test/unit/test_program.c \
	test/unit/test_program.h \
	test/unit/test_program_room.c \
	test/unit/test_program_spawn.c \
	test/unit/test_race.c \
	test/unit/test_race.h \
	test/unit/test_race_oracle.c \
	test/unit/test_race_program.c \
	test/unit/test_runtime.c \
	test/unit/test_runtime_instantiate.c \
	test/unit/test_runtime_link.c \
	test/unit/test_runtime_wait.c \
	test/unit/test_sched.c \
	test/unit/test_sched.h \
	test/unit/test_sched_loops.c \
	test/unit/test_sched_profile.c \
	test/unit/test_sched_replay.c \
	test/unit/test_sched_search.c \
	test/unit/test_record.c \
	test/unit/test_session.c \
	test/unit/test_sched_shrink.c \
	test/unit/test_sched_strategy.c \
	test/unit/test_sched_time.c \
	test/unit/test_sched_trace.c \
	test/unit/test_sched_undo.c \
	test/unit/test_simd.c \
	test/unit/test_source.c \
	test/unit/test_stuck.c \
	test/unit/test_text.c \
	test/unit/test_text_script.c \
	test/unit/test_text_value.c \
	test/unit/test_text_wat.c \
	test/unit/test_wasi.c \
	test/unit/test_wasi.h \
	test/unit/test_wasi_escape.c \
	test/unit/test_wasi_file.c \
	test/unit/test_wasi_path.c \
	test/unit/test_wasi_poll.c \
	test/unit/test_wasi_process.c \
	test/unit/test_wasi_random.c \
	test/unit/test_wasi_record.c \
	test/unit/test_wasi_socket.c \
	test/unit/test_wasi_stream.c \
	test/unit/test_wasi_thread.c \
	test/unit/test_weak.c \
	test/unit/wat.c \
	test/unit/wat.h

if HAVE_CHECK
check_PROGRAMS += test/unit/unit
endif
test_unit_unit_SOURCES = $(unit_sources)
test_unit_unit_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
test_unit_unit_LDADD = libtext.a libheddle.la $(CHECK_LIBS) $(LIBM)
test_unit_unit_LDFLAGS = $(AM_LDFLAGS) -static

check-local: $(check_PROGRAMS) heddle
	@srcdir='$(srcdir)' builddir='$(abs_builddir)' \
	 THREADS_SUITE="$${THREADS_SUITE:-$(SUITE_DIR)}" \
	 WASM_CC='$(WASM_CC)' WASM_LD='$(WASM_LD)' CC='$(CC)' CFLAGS='$(CFLAGS) $(INSTRUMENT_FLAGS)' \
	 $(SHELL) '$(srcdir)/test/run'

EXTRA_DIST += \
	test/controlled \
	test/documents \
	test/embed \
	test/endings/endings.wat \
	test/endings/run \
	test/modules/list \
	test/modules/run \
	test/mutants/check.list \
	test/mutants/exec.list \
	test/mutants/runtime.list \
	test/mutants/sched.list \
	test/npm \
	test/pthreads/atomic.c \
	test/pthreads/barrier.c \
	test/pthreads/check.h \
	test/pthreads/condition.c \
	test/pthreads/detached.c \
	test/pthreads/files.c \
	test/pthreads/join.c \
	test/pthreads/libcxx/__config_site \
	test/pthreads/libcxx/threads.cc \
	test/pthreads/memory.c \
	test/pthreads/mutex.c \
	test/pthreads/once.c \
	test/pthreads/order.c \
	test/pthreads/printf.c \
	test/pthreads/races.c \
	test/pthreads/run \
	test/pthreads/rwlock.c \
	test/pthreads/semaphore.c \
	test/pthreads/specific.c \
	test/pthreads/standard.cc \
	test/pthreads/timed.c \
	test/debug/run \
	test/replays/run \
	test/reuse/dirty.wat \
	test/reuse/run \
	test/report/click.js \
	test/report/run \
	test/report/timeline.js \
	test/run \
	test/shared/copies.c \
	test/shared/run \
	test/traces/digest \
	test/memory/commands \
	test/memory/fails.c \
	test/memory/run \
	test/memory/sweep.c \
	test/traces/run \
	test/traces/scripts \
	test/wasi/arguments.c \
	test/wasi/copy.c \
	test/wasi/escape.c \
	test/wasi/files.c \
	test/wasi/hello.c \
	test/wasi/list.c \
	test/wasi/run \
	test/wasi/time.c

clean-local:
	rm -rf test/packages

# With --enable-fuzzing: test/fuzz/fuzz-module CORPUS, as libFuzzer's manual says.
if FUZZING
noinst_PROGRAMS += test/fuzz/fuzz-module test/fuzz/fuzz-script test/fuzz/fuzz-source
endif
test_fuzz_fuzz_module_SOURCES = test/fuzz/fuzz-module.c
test_fuzz_fuzz_module_LDADD = libheddle.la $(LIBM)
test_fuzz_fuzz_module_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer -static
test_fuzz_fuzz_script_SOURCES = test/fuzz/fuzz-script.c
test_fuzz_fuzz_script_LDADD = libtext.a libheddle.la $(LIBM)
test_fuzz_fuzz_script_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer -static
test_fuzz_fuzz_source_SOURCES = test/fuzz/fuzz-source.c
test_fuzz_fuzz_source_LDADD = libheddle.la $(LIBM)
test_fuzz_fuzz_source_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer -static
