exec_sources = \
	src/exec/agent.c \
	src/exec/agent.h \
	src/exec/backtrace.c \
	src/exec/canonical.h \
	src/exec/event.h \
	src/exec/flavour.h \
	src/exec/handlers_control.h \
	src/exec/handlers_memory.h \
	src/exec/handlers_numeric.h \
	src/exec/machine.h \
	src/exec/numeric.h \
	src/exec/numeric_convert.h \
	src/exec/numeric_float.h \
	src/exec/numeric_int.h \
	src/exec/observed.c \
	src/exec/plain.c \
	src/exec/run.c \
	src/exec/simd.h \
	src/exec/simd_convert.h \
	src/exec/simd_float.h \
	src/exec/simd_int.h \
	src/exec/simd_lane.h \
	src/exec/simd_relaxed.h \
	src/exec/simd_vector.h \
	src/exec/slow.c \
	src/exec/throw.c \
	src/exec/values.h
