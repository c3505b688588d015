# The store: instances, memories, tables, globals, linking; wait queues.
runtime_sources = \
	src/runtime/access.h \
	src/runtime/bulk.c \
	src/runtime/constexpr.c \
	src/runtime/embedding.c \
	src/runtime/exception.c \
	src/runtime/exception.h \
	src/runtime/instantiate.c \
	src/runtime/internal.h \
	src/runtime/link.c \
	src/runtime/memory.c \
	src/runtime/memory.h \
	src/runtime/store.c \
	src/runtime/store.h \
	src/runtime/table.c \
	src/runtime/trapcode.c \
	src/runtime/waitqueue.c
