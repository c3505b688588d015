check_sources = \
	src/check/clock.c \
	src/check/clock.h \
	src/check/overflow.c \
	src/check/overflow.h \
	src/check/race.c \
	src/check/race.h \
	src/check/race_access.c \
	src/check/race_found.c \
	src/check/race_internal.h \
	src/check/race_order.c \
	src/check/race_report.c \
	src/check/race_report.h \
	src/check/race_stack.c \
	src/check/race_stack.h \
	src/check/shadow.c \
	src/check/shadow.h \
	src/check/stuck.c \
	src/check/stuck.h \
	src/check/stuck_history.c \
	src/check/stuck_history.h \
	src/check/stuck_print.c \
	src/check/suppress.c \
	src/check/suppress.h

# What is not told of wasi-libc: installed to be read, and part of the library.
dist_pkgdata_DATA = src/check/wasi-libc.supp
BUILT_SOURCES += src/check/wasi_libc.inc
CLEANFILES += src/check/wasi_libc.inc
# Not all that is built begins with BUILT_SOURCES.
src/check/suppress.lo: src/check/wasi_libc.inc
src/check/wasi_libc.inc: $(srcdir)/src/check/wasi-libc.supp
	$(AM_V_GEN)$(MKDIR_P) src/check && \
	sed -e 's/[\\"]/\\&/g' -e 's/.*/"&\\n"/' $(srcdir)/src/check/wasi-libc.supp >$@.new && \
	mv $@.new $@
