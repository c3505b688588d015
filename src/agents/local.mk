agents_sources = \
	src/agents/cluster.c \
	src/agents/cluster.h \
	src/agents/report.c \
	src/agents/report.h
