debug_sources = \
	src/debug/past.c \
	src/debug/past.h \
	src/debug/places.c \
	src/debug/places.h \
	src/debug/record.c \
	src/debug/record.h \
	src/debug/session.c \
	src/debug/session.h \
	src/debug/session_event.c \
	src/debug/session_move.c \
	src/debug/session_parts.h \
	src/debug/session_points.c \
	src/debug/session_stride.c \
	src/debug/session_view.c \
	src/debug/stepper.c \
	src/debug/stepper.h
