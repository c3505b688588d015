debug_sources = \
	src/debug/stepper.c \
	src/debug/stepper.h
