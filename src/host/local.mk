# What modules import.
host_sources = \
	src/host/spectest.c \
	src/host/spectest.h
