agents_sources = \
	src/agents/body.h \
	src/agents/cluster.c \
	src/agents/cluster.h \
	src/agents/cluster_parts.h \
	src/agents/report.c \
	src/agents/spares.c \
	src/agents/report.h \
	src/agents/threads.c \
	src/agents/watchdog.c \
	src/agents/watchdog.h
