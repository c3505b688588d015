sched_sources = \
	src/sched/controlled.c \
	src/sched/controlled.h \
	src/sched/livelock.c \
	src/sched/livelock.h \
	src/sched/random.h \
	src/sched/strategies.c \
	src/sched/strategy.h
