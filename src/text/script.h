/* script.h: `.wast` scripts as commands.
 *
 * Implements the script grammar of the core specification's test suite (interpreter/README.md,
 * "Scripts") and of the threads proposal's (`thread`, `wait`, `shared`, `either`). Knows nothing of
 * execution: a script is data. Everything of a script lives in the arena given to the parser. */
#ifndef HD_TEXT_SCRIPT_H
#define HD_TEXT_SCRIPT_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"

/* A string of the script: may hold any byte, NUL too; `bytes[length]` is NUL as well. */
typedef struct hd_text {
    const char *bytes;
    size_t length;
} hd_text;

typedef enum hd_script_module_kind {
    HD_MODULE_TEXT,   /* (module …): source is module text, ready for hd_wat_to_wasm */
    HD_MODULE_BINARY, /* (module binary "…"): source is the bytes */
    HD_MODULE_QUOTE,  /* (module quote "…"): source is text, which may be malformed */
} hd_script_module_kind;

typedef struct hd_script_module {
    hd_script_module_kind kind;
    bool definition;  /* (module definition …): not instantiated */
    bool instance;    /* (module instance $name? $of?): nothing but that, no source */
    const char *name; /* `$name`, or NULL */
    const char *of;   /* instance: the definition, or NULL for the latest */
    hd_text source;
    uint32_t line, column; /* where `source` stands in the script */
} hd_script_module;

typedef enum hd_value_kind {
    HD_VALUE_I32,
    HD_VALUE_I64,
    HD_VALUE_F32,
    HD_VALUE_F64,
    HD_VALUE_V128,
    HD_VALUE_NULL_FUNC,   /* (ref.null func) */
    HD_VALUE_NULL_EXTERN, /* (ref.null extern) */
    HD_VALUE_NULL_EXN,    /* (ref.null exn) */
    HD_VALUE_NULL_ANY,    /* (ref.null), or one of a type that has no other value: any null */
    HD_VALUE_REF_EXN,     /* (ref.exn): pattern only, any exception */
    HD_VALUE_REF_OTHER,   /* (ref.struct) and others of proposals that Heddle lacks: `word` */
    HD_VALUE_REF_EXTERN,  /* (ref.extern N): `bits` is N; as a pattern without N, `any` is set */
    HD_VALUE_REF_FUNC,    /* (ref.func): pattern only, any function */
    HD_VALUE_EITHER,      /* (either R…): pattern only */
} hd_value_kind;

typedef enum hd_nan_kind {
    HD_NAN_NONE,       /* compare the bits */
    HD_NAN_CANONICAL,  /* nan:canonical */
    HD_NAN_ARITHMETIC, /* nan:arithmetic */
} hd_nan_kind;

typedef enum hd_lane_shape {
    HD_SHAPE_I8X16,
    HD_SHAPE_I16X8,
    HD_SHAPE_I32X4,
    HD_SHAPE_I64X2,
    HD_SHAPE_F32X4,
    HD_SHAPE_F64X2,
} hd_lane_shape;

/* An argument or an expected result. */
typedef struct hd_script_value {
    hd_value_kind kind;
    bool any;             /* (ref.extern) without a number */
    hd_nan_kind nan;      /* f32 and f64 */
    uint64_t bits;        /* i32, i64, f32, f64 (their bits, zero-extended), ref.extern */
    hd_lane_shape shape;  /* v128 */
    uint8_t lanes[16];    /* v128: bytes, little endian */
    uint8_t lane_nans[4]; /* v128 of floats: an hd_nan_kind for each lane */
    struct hd_script_value *choices; /* either */
    size_t choice_count;
    const char *word;
} hd_script_value;

typedef enum hd_action_kind { HD_ACTION_INVOKE, HD_ACTION_GET } hd_action_kind;

typedef struct hd_action {
    hd_action_kind kind;
    const char *module; /* `$name`, or NULL for the current module */
    hd_text field;
    hd_script_value *arguments;
    size_t argument_count;
} hd_action;

typedef enum hd_command_kind {
    HD_COMMAND_MODULE,                /* module */
    HD_COMMAND_REGISTER,              /* text: the name; name: the module or NULL */
    HD_COMMAND_ACTION,                /* action */
    HD_COMMAND_ASSERT_RETURN,         /* action, expected */
    HD_COMMAND_ASSERT_TRAP,           /* action, text */
    HD_COMMAND_ASSERT_EXHAUSTION,     /* action, text */
    HD_COMMAND_ASSERT_EXCEPTION,      /* action */
    HD_COMMAND_ASSERT_MALFORMED,      /* module, text */
    HD_COMMAND_ASSERT_INVALID,        /* module, text */
    HD_COMMAND_ASSERT_UNLINKABLE,     /* module, text */
    HD_COMMAND_ASSERT_UNINSTANTIABLE, /* assert_trap of a module: module, text */
    HD_COMMAND_THREAD,                /* name, shared, body */
    HD_COMMAND_WAIT,                  /* name: the thread, or NULL for the latest */
    HD_COMMAND_UNKNOWN,               /* text: the keyword; what follows it was skipped */
} hd_command_kind;

typedef struct hd_command {
    hd_command_kind kind;
    uint32_t line, column; /* of the opening parenthesis */
    const char *name;      /* with its `$`, or NULL */
    hd_text text;          /* expected message, or the name to register */
    hd_script_module module;
    hd_action action;
    hd_script_value *expected;
    size_t expected_count;
    const char **shared; /* names of the modules that a thread receives */
    size_t shared_count;
    struct hd_command *body; /* of a thread */
    size_t body_count;
} hd_command;

/* The keyword of a command, as it stands in scripts; lives as long as the command. */
const char *hd_command_keyword(const hd_command *command);

typedef struct hd_script {
    const char *file;
    hd_command *commands;
    size_t count;
} hd_script;

/* Parses a script. `file` is named in messages; the text need not outlive the call. Everything that
 * `*script` points to lives in `arena`. A syntax error is HD_MALFORMED with line and column.
 * Nesting is bounded; no recursion on input is deeper than that bound. Thread-safe. */
hd_status hd_script_parse(const char *file, const char *text, size_t length, hd_arena *arena,
                          hd_script *script, hd_diag *diag);

#endif
