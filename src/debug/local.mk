debug_sources = \
	src/debug/record.c \
	src/debug/record.h \
	src/debug/stepper.c \
	src/debug/stepper.h
