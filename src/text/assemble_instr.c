/* assemble_instr.c: instruction sequences in the text format, plain and folded (core specification,
 * section 6.5). See assembler.h. */
#include <string.h>

#include "text/assembler.h"

static bool enter_level(hd_assembler *a) {
    if (a->depth == HD_TEXT_NESTING_MAX)
        return hd_asm_fail(a, HD_LIMIT, "nesting deeper than %d levels", HD_TEXT_NESTING_MAX);
    a->depth++;
    return true;
}

bool hd_asm_mark(hd_assembler *a, size_t word) {
    return !a->marking || hd_asm_note(a, &a->marks, a->code.len, word);
}

/* An instruction without immediates, which a word says. */
static bool op_at(hd_assembler *a, hd_opcode opcode, size_t word) {
    return hd_asm_mark(a, word) && hd_asm_opcode(a, opcode, &a->code);
}

static bool push_label(hd_assembler *a, const hd_symbol *name) {
    hd_label_name label = {name->bytes, name->length};
    return hd_vec_push(&a->labels, label) || hd_asm_nomem(a);
}

/* The label after else, catch or end: if it is there, it is the block's. */
static bool repeat_label(hd_assembler *a) {
    hd_symbol name;
    const hd_label_name *label = &a->labels.items[a->labels.len - 1];
    if (!hd_asm_name(a, &name)) return false;
    if (name.length == 0) return true;
    if (name.length == label->length && !memcmp(name.bytes, label->bytes, name.length)) return true;
    a->at--;
    return hd_asm_fail(a, HD_MALFORMED, "mismatching label %.*s", hd_token_shown(hd_asm_token(a)),
                       hd_asm_token(a)->start);
}

/* catch and the like of try_table, whose labels are counted from outside of it. */
static bool catch_clauses(hd_assembler *a) {
    static const struct {
        const char *keyword;
        uint8_t code;
        bool tag;
    } forms[] = {{"catch", 0, true},
                 {"catch_ref", 1, true},
                 {"catch_all", 2, false},
                 {"catch_all_ref", 3, false}};
    hd_bytes list = {0};
    uint64_t count = 0;
    bool good = true;
    for (size_t i = 0; good && i < sizeof forms / sizeof *forms; i++) {
        if (!hd_asm_opens(a, forms[i].keyword)) continue;
        uint32_t tag;
        hd_asm_enter(a);
        good = hd_asm_put_u8(a, &list, forms[i].code) &&
               (!forms[i].tag ||
                (hd_asm_index(a, HD_SPACE_TAG, &tag) && hd_asm_put_u64(a, &list, tag))) &&
               hd_asm_label(a, &list) && hd_asm_close(a);
        count++;
        i = SIZE_MAX; /* once more from the first */
    }
    good =
        good && hd_asm_put_u64(a, &a->code, count) && hd_asm_put(a, &a->code, list.items, list.len);
    hd_vec_free(&list);
    return good;
}

/* What follows the keyword of a block: its label, its type, of try_table the clauses. The block
 * begins with `word`. */
static bool block_head(hd_assembler *a, hd_opcode opcode, size_t word) {
    hd_symbol name;
    return hd_asm_name(a, &name) && op_at(a, opcode, word) && hd_asm_block_type(a, &a->code) &&
           (opcode != HD_OP_try_table || catch_clauses(a)) && push_label(a, &name);
}

static bool is_block(hd_opcode opcode) {
    return opcode == HD_OP_block || opcode == HD_OP_loop || opcode == HD_OP_if ||
           opcode == HD_OP_try || opcode == HD_OP_try_table;
}

/* The plain parts of a try after its first one; the last is delegate or up to `end`. */
static bool plain_catches(hd_assembler *a, bool *delegated) {
    *delegated = false;
    while (hd_asm_word(a, "catch") || hd_asm_word(a, "catch_all")) {
        bool all = hd_asm_word(a, "catch_all");
        if (!hd_asm_mark(a, a->at++) ||
            !hd_asm_immediates(a, all ? HD_OP_catch_all : HD_OP_catch, &a->code) ||
            !hd_asm_instructions(a))
            return false;
        if (all) return true;
    }
    if (!hd_asm_word(a, "delegate")) return true;
    *delegated = true;
    a->labels.len--;
    return hd_asm_mark(a, a->at++) && hd_asm_immediates(a, HD_OP_delegate, &a->code);
}

/* A block whose keyword was passed. */
static bool plain_block(hd_assembler *a, hd_opcode opcode) {
    bool delegated = false;
    if (!enter_level(a) || !block_head(a, opcode, a->at - 1) || !hd_asm_instructions(a))
        return false;
    if (opcode == HD_OP_if && hd_asm_word(a, "else")) {
        size_t word = a->at++;
        if (!repeat_label(a) || !op_at(a, HD_OP_else, word) || !hd_asm_instructions(a))
            return false;
    }
    if (opcode == HD_OP_try && !plain_catches(a, &delegated)) return false;
    a->depth--;
    if (delegated) return true;
    if (!hd_asm_word(a, "end")) return hd_asm_unexpected(a, "end");
    size_t word = a->at++;
    if (!repeat_label(a)) return false;
    a->labels.len--;
    return op_at(a, HD_OP_end, word);
}

/* `(keyword instr*)` */
static bool part(hd_assembler *a, const char *keyword) {
    if (!hd_asm_opens(a, keyword)) return hd_asm_unexpected(a, keyword);
    hd_asm_enter(a);
    return hd_asm_instructions(a) && hd_asm_close(a);
}

/* (if $l type condition* (then instr*) (else instr*)?): the condition comes before the block. */
static bool folded_if(hd_assembler *a, size_t word) {
    hd_symbol name;
    hd_bytes type = {0};
    bool good = hd_asm_name(a, &name) && hd_asm_block_type(a, &type);
    while (good && hd_asm_is(a, HD_TOKEN_OPEN) && !hd_asm_opens(a, "then"))
        good = hd_asm_folded(a);
    good = good && op_at(a, HD_OP_if, word) && hd_asm_put(a, &a->code, type.items, type.len) &&
           push_label(a, &name) && part(a, "then");
    if (good && hd_asm_opens(a, "else")) good = op_at(a, HD_OP_else, a->at) && part(a, "else");
    hd_vec_free(&type);
    return good;
}

/* (try $l type (do instr*) (catch $tag instr*)* (catch_all instr*)?), or (delegate $l) */
static bool folded_catches(hd_assembler *a, bool *delegated) {
    *delegated = false;
    if (!part(a, "do")) return false;
    while (hd_asm_opens(a, "catch") || hd_asm_opens(a, "catch_all")) {
        bool all = hd_asm_opens(a, "catch_all");
        if (!hd_asm_mark(a, a->at)) return false;
        hd_asm_enter(a);
        if (!hd_asm_immediates(a, all ? HD_OP_catch_all : HD_OP_catch, &a->code) ||
            !hd_asm_instructions(a) || !hd_asm_close(a))
            return false;
        if (all) return true;
    }
    if (!hd_asm_opens(a, "delegate")) return true;
    *delegated = true;
    if (!hd_asm_mark(a, a->at)) return false;
    hd_asm_enter(a);
    a->labels.len--;
    return hd_asm_immediates(a, HD_OP_delegate, &a->code) && hd_asm_close(a);
}

static bool folded_block(hd_assembler *a, hd_opcode opcode, size_t word) {
    bool delegated = false;
    if (opcode == HD_OP_if ? !folded_if(a, word) : !block_head(a, opcode, word)) return false;
    if (opcode == HD_OP_try) {
        if (!folded_catches(a, &delegated)) return false;
    } else if (opcode != HD_OP_if && !hd_asm_instructions(a)) {
        return false;
    }
    if (delegated) return hd_asm_close(a);
    a->labels.len--;
    return hd_asm_close(a) && op_at(a, HD_OP_end, a->at - 1);
}

/* True of keywords that belong to a block and start no instruction. */
static bool ends_part(const hd_assembler *a) {
    static const char *const words[] = {"end", "else", "catch", "catch_all", "delegate"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (hd_asm_word(a, words[i])) return true;
    return false;
}

/* The instruction's operands stand after it, and come before it. */
static bool folded_plain(hd_assembler *a, hd_opcode opcode, size_t word) {
    size_t start = a->held.len;
    if (!hd_asm_immediates(a, opcode, &a->held)) return false;
    size_t length = a->held.len - start;
    while (hd_asm_is(a, HD_TOKEN_OPEN))
        if (!hd_asm_folded(a)) return false;
    if (!hd_asm_mark(a, word) || !hd_asm_put(a, &a->code, a->held.items + start, length))
        return false;
    a->held.len = start;
    return hd_asm_close(a);
}

bool hd_asm_folded(hd_assembler *a) {
    hd_opcode opcode;
    size_t word = a->at;
    if (!hd_asm_expect(a, HD_TOKEN_OPEN, "an instruction")) return false;
    if (!hd_asm_is(a, HD_TOKEN_KEYWORD)) return hd_asm_unexpected(a, "an instruction");
    if (ends_part(a)) return hd_asm_unexpected(a, "an instruction");
    if (!hd_asm_find_opcode(hd_asm_token(a), &opcode)) return hd_asm_unknown_operator(a);
    if (!enter_level(a)) return false;
    a->at++;
    bool good = is_block(opcode) ? folded_block(a, opcode, word) : folded_plain(a, opcode, word);
    a->depth--;
    return good;
}

bool hd_asm_instructions(hd_assembler *a) {
    hd_opcode opcode;
    for (;;) {
        if (hd_asm_is(a, HD_TOKEN_OPEN)) {
            if (!hd_asm_folded(a)) return false;
            continue;
        }
        if (!hd_asm_is(a, HD_TOKEN_KEYWORD) || ends_part(a)) return true;
        if (!hd_asm_find_opcode(hd_asm_token(a), &opcode)) return hd_asm_unknown_operator(a);
        size_t word = a->at++;
        if (is_block(opcode) ? !plain_block(a, opcode)
                             : !hd_asm_mark(a, word) || !hd_asm_immediates(a, opcode, &a->code))
            return false;
    }
}

bool hd_asm_expression(hd_assembler *a, const char *keyword) {
    bool wrapped = hd_asm_opens(a, keyword);
    if (wrapped) hd_asm_enter(a);
    bool good = wrapped ? hd_asm_instructions(a) && hd_asm_close(a) : hd_asm_folded(a);
    return good && hd_asm_opcode(a, HD_OP_end, &a->code);
}
