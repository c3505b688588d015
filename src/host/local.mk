# What modules import.
host_sources = \
	src/host/outside.h \
	src/host/spectest.c \
	src/host/spectest.h
