base_sources = \
	src/base/alloc.c \
	src/base/alloc.h \
	src/base/arena.c \
	src/base/arena.h \
	src/base/bytes.c \
	src/base/bytes.h \
	src/base/diag.c \
	src/base/diag.h \
	src/base/map.c \
	src/base/map.h \
	src/base/reader.c \
	src/base/reader.h \
	src/base/output.c \
	src/base/output.h \
	src/base/undo.c \
	src/base/undo.h \
	src/base/utf8.c \
	src/base/utf8.h \
	src/base/version.c \
	src/base/vec.c \
	src/base/vec.h
