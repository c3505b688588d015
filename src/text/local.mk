text_sources = \
	src/text/lexer.c src/text/lexer.h \
	src/text/literal.c src/text/literal.h \
	src/text/module_text.c src/text/module_text.h \
	src/text/modules.c \
	src/text/parser.c src/text/parser.h \
	src/text/rewrite.c src/text/rewrite.h \
	src/text/script.c src/text/script.h \
	src/text/values.c \
	src/text/wat.cc src/text/wat.h
