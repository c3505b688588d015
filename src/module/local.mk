module_sources = \
	src/module/constexpr.c \
	src/module/decode.c \
	src/module/decode_sections.c \
	src/module/decode_segments.c \
	src/module/decode_types.c \
	src/module/deftype.c \
	src/module/deftype.h \
	src/module/demangle.c \
	src/module/demangle.h \
	src/module/instr.c \
	src/module/instr.h \
	src/module/internal.h \
	src/module/limits.c \
	src/module/module.c \
	src/module/module.h \
	src/module/names.c \
	src/module/opcodes.c \
	src/module/opcodes.def \
	src/module/opcodes.h \
	src/module/read_types.c \
	src/module/reflect.c \
	src/module/source.c \
	src/module/source.h \
	src/module/source_path.c \
	src/module/source_text.c \
	src/module/types.c \
	src/module/types.h \
	src/module/validate.c \
	src/module/validate.h \
	src/module/validate_access.c \
	src/module/validate_control.c \
	src/module/validate_exceptions.c

if HAVE_LIBDWARF
module_sources += \
	src/module/dwarf.c \
	src/module/dwarf.h \
	src/module/dwarf_header.c \
	src/module/dwarf_internal.h \
	src/module/dwarf_lines.c \
	src/module/dwarf_object.c \
	src/module/dwarf_ranges.c \
	src/module/dwarf_scopes.c
endif
