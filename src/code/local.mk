code_sources = \
	src/code/bulk.c \
	src/code/calls.c \
	src/code/code.h \
	src/code/codebase.c \
	src/code/control.c \
	src/code/emit.c \
	src/code/exceptions.c \
	src/code/fuse.c \
	src/code/liveness.c \
	src/code/liveness.h \
	src/code/operands.c \
	src/code/regops.def \
	src/code/regops.h \
	src/code/regular.c \
	src/code/shared.c \
	src/code/shared.h \
	src/code/translate.c \
	src/code/translate.h \
	src/code/translator.h
