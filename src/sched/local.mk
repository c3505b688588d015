sched_sources = \
	src/sched/controlled.c \
	src/sched/controlled.h \
	src/sched/controlled_calls.c \
	src/sched/controlled_parts.h \
	src/sched/controlled_view.c \
	src/sched/cycle.c \
	src/sched/cycle.h \
	src/sched/livelock.c \
	src/sched/livelock.h \
	src/sched/lookout.c \
	src/sched/lookout.h \
	src/sched/random.h \
	src/sched/replay.c \
	src/sched/replay.h \
	src/sched/schedule_text.c \
	src/sched/schedule_text.h \
	src/sched/shrink.c \
	src/sched/shrink.h \
	src/sched/strategies.c \
	src/sched/strategy.h \
	src/sched/trace.c \
	src/sched/trace.h \
	src/sched/trace_file.c \
	src/sched/trace_format.c \
	src/sched/trace_parts.h
