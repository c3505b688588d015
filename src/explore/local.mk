explore_sources = \
	src/explore/await.c \
	src/explore/bound.c \
	src/explore/branch.c \
	src/explore/branch.h \
	src/explore/explore.c \
	src/explore/explore.h \
	src/explore/final.c \
	src/explore/form.c \
	src/explore/parts.h \
	src/explore/place.c \
	src/explore/races.c \
	src/explore/suspect.c \
	src/explore/unroll.c
