# The differential test: test/differential/run compares Heddle with another engine on random modules.
# The generator shares the table of opcodes with Heddle, and no code.

check_PROGRAMS += test/differential/generate
test_differential_generate_SOURCES = \
	test/differential/body.c \
	test/differential/chance.c \
	test/differential/control.c \
	test/differential/generate.c \
	test/differential/generator.h \
	test/differential/harness.c \
	test/differential/module.c \
	test/differential/operations.c \
	test/differential/steps.c

EXTRA_DIST += \
	test/differential/mutate.mjs \
	test/differential/oracle.mjs \
	test/differential/run
