weak_sources = \
	src/weak/consistent.c \
	src/weak/enumerate.c \
	src/weak/move.c \
	src/weak/parts.h \
	src/weak/sequential.c \
	src/weak/values.c \
	src/weak/weak.h
