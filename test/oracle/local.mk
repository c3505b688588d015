# The oracle for the explorer: test/oracle/README.md. It shares no code with Heddle.

check_PROGRAMS += test/oracle/explore-oracle
test_oracle_explore_oracle_SOURCES = \
	test/oracle/candidates.c \
	test/oracle/compare.c \
	test/oracle/compare_weak.c \
	test/oracle/emit.c \
	test/oracle/expected.c \
	test/oracle/expected.h \
	test/oracle/generate.c \
	test/oracle/language.c \
	test/oracle/language.h \
	test/oracle/machine.c \
	test/oracle/machine.h \
	test/oracle/main.c \
	test/oracle/oracle.h \
	test/oracle/parse.c \
	test/oracle/print.c \
	test/oracle/races.c \
	test/oracle/relaxed.c \
	test/oracle/relaxed.h \
	test/oracle/search.c \
	test/oracle/search.h \
	test/oracle/support.c \
	test/oracle/table.c \
	test/oracle/table.h
test_oracle_explore_oracle_LDADD = $(CJSON_LIBS)

EXTRA_DIST += \
	test/oracle/README.md \
	test/oracle/compare \
	test/oracle/compare-weak \
	test/oracle/tables/awaits.txt \
	test/oracle/tables/counters.txt \
	test/oracle/tables/litmus.txt \
	test/oracle/tables/locks.txt \
	test/oracle/tables/waits.txt \
	test/oracle/tables/weak.txt
