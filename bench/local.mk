# Benchmarks, never part of `make check`. See bench/README.md.
#   make bench          compiles the programs to bench/*.wasm in the build directory
#   make bench-native   compiles them to native code, bench/native/*, to check their results
# The compilers are $(WASM_CC) (default clang) and $(WASM_LD) (default wasm-ld).

# The modules use no more than the first version of WebAssembly, so that every engine can run them,
# and whatever the compiler's version the features are the same.
BENCH_FLAGS = -std=c11 -O2 -Wall -Wextra -ffp-contract=off -fno-math-errno
BENCH_WASM_FLAGS = --target=wasm32-unknown-unknown -mcpu=mvp -ffreestanding -fno-builtin
BENCH_LINK_FLAGS = --no-entry --export=run -z stack-size=65536

bench_programs = \
	bench/programs/ackermann.c \
	bench/programs/bytecode.c \
	bench/programs/chase.c \
	bench/programs/crc32.c \
	bench/programs/dijkstra.c \
	bench/programs/dispatch.c \
	bench/programs/editdist.c \
	bench/programs/fib.c \
	bench/programs/mandelbrot.c \
	bench/programs/matmul.c \
	bench/programs/nbody.c \
	bench/programs/primes.c \
	bench/programs/quicksort.c \
	bench/programs/sha256.c \
	bench/programs/sieve.c \
	bench/programs/words.c

EXTRA_DIST += \
	$(bench_programs) \
	bench/README.md \
	bench/agents.sh \
	bench/agents/accounts.c \
	bench/agents/blocks.c \
	bench/agents/histogram.c \
	bench/agents/sorted.c \
	bench/agents/tree.c \
	bench/compare \
	bench/events.sh \
	bench/private.sh \
	bench/races.sh \
	bench/node.mjs \
	bench/programs/bench.h \
	bench/programs/list \
	bench/programs/native.c \
	bench/strategies/bank-deadlock.c \
	bench/strategies/check-then-act.c \
	bench/strategies/double-checked-cache.c \
	bench/strategies/if-for-while.c \
	bench/strategies/lock-order.c \
	bench/strategies/lost-signal.c \
	bench/strategies/lost-update.c \
	bench/strategies/more/account.c \
	bench/strategies/more/bounded-buffer.c \
	bench/strategies/more/circular-buffer.c \
	bench/strategies/more/conditional-deadlock.c \
	bench/strategies/more/detached-late.c \
	bench/strategies/more/driver-stop.c \
	bench/strategies/more/lazy.c \
	bench/strategies/more/list \
	bench/strategies/more/list-insert.c \
	bench/strategies/more/more.h \
	bench/strategies/more/own-barrier.c \
	bench/strategies/more/philosophers.c \
	bench/strategies/more/reorder.c \
	bench/strategies/more/rwlock-upgrade.c \
	bench/strategies/more/singleton.c \
	bench/strategies/more/stack-aba.c \
	bench/strategies/more/stealing-cas.c \
	bench/strategies/more/two-stage.c \
	bench/strategies/more/work-stealing.c \
	bench/strategies/more/wrong-lock.c \
	bench/strategies/reference-count.c \
	bench/strategies/run \
	bench/strategies/runtime.c \
	bench/strategies/runtime.h \
	bench/strategies/sleeping-actor.c \
	bench/strategies/start.s \
	bench/strategies/two-lock-queue.c \
	bench/strategies/wrong-split.c \
	bench/threads.sh \
	bench/threads.wat \
	bench/validate

CLEANFILES += bench/*.o bench/*.wasm bench/native/* bench/wasm.stamp bench/native.stamp

.PHONY: bench bench-native

bench: bench/wasm.stamp
	@echo 'The modules are in bench/. Now, from this directory:'
	@echo '  $(srcdir)/bench/compare               times heddle'
	@echo '  $(srcdir)/bench/compare ENGINE...     times heddle and other engines'
	@echo '  $(srcdir)/bench/threads.sh ./heddle   times agents that share a counter'

bench-native: bench/native.stamp

bench/wasm.stamp: $(bench_programs) bench/programs/bench.h
	@cc='$(WASM_CC)'; ld='$(WASM_LD)'; cc=$${cc:-clang}; ld=$${ld:-wasm-ld}; \
	for tool in $$cc $$ld; do \
	  case $$tool in -*) continue ;; esac; \
	  command -v $$tool >/dev/null || { \
	    echo "make bench: there is no $$tool; it wants clang and lld with the target wasm32," >&2; \
	    echo "  or the names of both: make bench WASM_CC=clang-14 WASM_LD=wasm-ld-14" >&2; \
	    exit 1; }; \
	done; \
	$(MKDIR_P) bench || exit 1; \
	for source in $(bench_programs); do \
	  name=`basename $$source .c`; \
	  echo "  WASM     bench/$$name.wasm"; \
	  $$cc $(BENCH_WASM_FLAGS) $(BENCH_FLAGS) -c $(srcdir)/$$source -o bench/$$name.o && \
	  $$ld $(BENCH_LINK_FLAGS) bench/$$name.o -o bench/$$name.wasm || exit 1; \
	  rm -f bench/$$name.o; \
	done
	@touch $@

bench/native.stamp: $(bench_programs) bench/programs/bench.h bench/programs/native.c
	@$(MKDIR_P) bench/native || exit 1; \
	for source in $(bench_programs); do \
	  name=`basename $$source .c`; \
	  echo "  CC       bench/native/$$name"; \
	  $(CC) $(BENCH_FLAGS) $(srcdir)/$$source $(srcdir)/bench/programs/native.c \
	    -o bench/native/$$name -lm || exit 1; \
	done
	@touch $@
