module_sources = \
	src/module/constexpr.c \
	src/module/decode.c \
	src/module/decode_sections.c \
	src/module/decode_segments.c \
	src/module/decode_types.c \
	src/module/instr.c \
	src/module/instr.h \
	src/module/internal.h \
	src/module/module.c \
	src/module/module.h \
	src/module/names.c \
	src/module/opcodes.c \
	src/module/opcodes.def \
	src/module/opcodes.h \
	src/module/types.c \
	src/module/types.h \
	src/module/validate.c \
	src/module/validate.h \
	src/module/validate_access.c \
	src/module/validate_control.c
