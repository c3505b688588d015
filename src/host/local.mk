# What modules import.
host_sources = \
	src/host/outside.h \
	src/host/outside_threads.c \
	src/host/outside_threads.h \
	src/host/spectest.c \
	src/host/spectest.h \
	src/host/wasi/abi.c \
	src/host/wasi/abi.h \
	src/host/wasi/descriptor.c \
	src/host/wasi/directory.c \
	src/host/wasi/directory.h \
	src/host/wasi/dispatch.c \
	src/host/wasi/files.c \
	src/host/wasi/filestat.c \
	src/host/wasi/filestat.h \
	src/host/wasi/functions.def \
	src/host/wasi/guest.c \
	src/host/wasi/guest.h \
	src/host/wasi/internal.h \
	src/host/wasi/path.c \
	src/host/wasi/path.h \
	src/host/wasi/poll.c \
	src/host/wasi/process.c \
	src/host/wasi/record.c \
	src/host/wasi/socket.c \
	src/host/wasi/stream.c \
	src/host/wasi/table.c \
	src/host/wasi/walk.c \
	src/host/wasi/walk.h \
	src/host/wasi/wasi.c \
	src/host/wasi/wasi.h
