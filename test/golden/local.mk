# Golden tests of the command line; test/run starts them.
EXTRA_DIST += \
	test/golden/cases \
	test/golden/input \
	test/golden/run
