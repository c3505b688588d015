text_sources = \
	src/text/assemble.c \
	src/text/assemble_fields.c \
	src/text/assemble_instr.c \
	src/text/assemble_operands.c \
	src/text/assemble_types.c \
	src/text/assembler.h \
	src/text/lexer.c src/text/lexer.h \
	src/text/load.c \
	src/text/literal.c src/text/literal.h \
	src/text/modules.c \
	src/text/parser.c src/text/parser.h \
	src/text/script.c src/text/script.h \
	src/text/values.c \
	src/text/wat.h
