/* wat.cc: module text to binary, through libwabt. See wat.h.
 *
 * The only C++ of the project. libwabt keeps no state between calls and has no global state but
 * constant tables, so that any number of threads may convert at once. */
extern "C" {
#include "text/wat.h"
}

#include <cstring>
#include <exception>
#include <locale.h>
#include <memory>
#include <new>
#include <string>

#include <wabt/binary-writer.h>
#include <wabt/cast.h>
#include <wabt/expr-visitor.h>
#include <wabt/ir.h>
#include <wabt/stream.h>
#include <wabt/wast-lexer.h>
#include <wabt/wast-parser.h>

extern "C" {
#include "base/alloc.h"
#include "text/lexer.h"
#include "text/literal.h"
#include "text/rewrite.h"
}

namespace {

using Text = hd_module_text;

/* libwabt reads decimal floats with the locale of the thread. */
class CLocale {
  public:
    CLocale() : previous_(uselocale(hd_c_locale())) {}
    ~CLocale() { uselocale(previous_); }
    CLocale(const CLocale &) = delete;
    CLocale &operator=(const CLocale &) = delete;

  private:
    locale_t previous_;
};

hd_status fail(const Text &text, hd_status status, const wabt::Location &at,
               const std::string &message, hd_diag *diag) {
    uint32_t line = static_cast<uint32_t>(at.line);
    uint32_t column = static_cast<uint32_t>(at.first_column);
    if (line == 0 || column == 0) line = column = 1;
    hd_module_text_position(&text, &line, &column);
    int length = static_cast<int>(message.size());
    if (length > 0 && message.back() == '.') length--;
    return hd_diag_at_line(diag, status, line, column, "%.*s", length, message.c_str());
}

/* What libwabt leaves to its validator, but then encodes as something else: a block whose type does
 * not exist becomes a block without type. */
class BlockTypes : public wabt::ExprVisitor::DelegateNop {
  public:
    BlockTypes(const wabt::Module &module, const Text &text, hd_diag *diag)
        : module_(module), text_(text), diag_(diag) {}

    wabt::Result BeginBlockExpr(wabt::BlockExpr *expr) override {
        return Check(expr->block, *expr);
    }
    wabt::Result BeginLoopExpr(wabt::LoopExpr *expr) override { return Check(expr->block, *expr); }
    wabt::Result BeginIfExpr(wabt::IfExpr *expr) override { return Check(expr->true_, *expr); }

  private:
    wabt::Result Check(const wabt::Block &block, const wabt::Expr &expr) {
        const wabt::BlockDeclaration &decl = block.decl;
        if (!decl.has_func_type || module_.GetFuncType(decl.type_var)) return wabt::Result::Ok;
        fail(text_, HD_INVALID, expr.loc, "unknown type", diag_);
        return wabt::Result::Error;
    }

    const wabt::Module &module_;
    const Text &text_;
    hd_diag *diag_;
};

hd_status check(wabt::Module &module, const Text &text, hd_diag *diag) {
    BlockTypes block_types(module, text, diag);
    wabt::ExprVisitor visitor(&block_types);
    for (wabt::Func *func : module.funcs)
        if (wabt::Failed(visitor.VisitFunc(func))) return diag->status;
    module.data_segment_bindings.FindDuplicates(
        [&](const wabt::BindingHash::value_type &, const wabt::BindingHash::value_type &second) {
            fail(text, HD_MALFORMED, second.second.loc,
                 "redefinition of data segment " + second.first, diag);
        });
    if (diag->status != HD_OK) return diag->status;
    /* Not written at all. */
    for (const wabt::Var *start : module.starts)
        if (start->index() == wabt::kInvalidIndex)
            return fail(text, HD_INVALID, start->loc, "unknown function", diag);
    /* Written as if it were `ref.func` alone, after an assertion that it is. */
    for (const wabt::ElemSegment *segment : module.elem_segments)
        for (const wabt::ExprList &element : segment->elem_exprs)
            if (element.size() > 1 && element.front().type() == wabt::ExprType::RefFunc)
                return fail(text, HD_INVALID, element.front().loc,
                            "type mismatch: element expression with more than one value", diag);
    return HD_OK;
}

wabt::Features features() {
    wabt::Features all;
    all.enable_threads();
    all.enable_exceptions();
    all.enable_tail_call();
    all.enable_multi_memory();
    all.enable_extended_const();
    return all;
}

hd_status parse(const Text &text, std::unique_ptr<wabt::Module> *module, hd_diag *diag) {
    wabt::Errors errors;
    wabt::WastParseOptions options(features());
    auto lexer = wabt::WastLexer::CreateBufferLexer("", text.bytes, text.length, &errors);
    wabt::Result result = wabt::ParseWatModule(lexer.get(), module, &errors, &options);
    if (!errors.empty()) return fail(text, HD_MALFORMED, errors[0].loc, errors[0].message, diag);
    return wabt::Failed(result) ? hd_diag_set(diag, HD_MALFORMED, "unexpected token") : HD_OK;
}

hd_status encode(const wabt::Module &module, unsigned char **wasm, size_t *wasm_length,
                 hd_diag *diag) {
    wabt::WriteBinaryOptions options(features(), true, false, true);
    wabt::MemoryStream stream;
    if (wabt::Failed(wabt::WriteBinaryModule(&stream, &module, options)))
        return hd_diag_set(diag, HD_LIMIT, "libwabt cannot encode this module");
    const std::vector<uint8_t> &bytes = stream.output_buffer().data;
    unsigned char *copy = static_cast<unsigned char *>(hd_alloc(bytes.size()));
    if (!copy) return hd_diag_nomem(diag);
    std::memcpy(copy, bytes.data(), bytes.size());
    *wasm = copy;
    *wasm_length = bytes.size();
    return HD_OK;
}

/* Runs one step with libwabt. It throws when memory is out, and leaks then, for it was built
 * without support for exceptions. */
template <typename Step> hd_status guarded(hd_diag *diag, Step step) {
    try {
        CLocale locale;
        return step();
    } catch (const std::bad_alloc &) {
        return hd_diag_nomem(diag);
    } catch (const std::exception &exception) {
        return hd_diag_set(diag, HD_LIMIT, "libwabt failed: %s", exception.what());
    }
}

} // namespace

extern "C" hd_status hd_wat_to_wasm(const char *name, const char *text, size_t length,
                                    uint32_t line, uint32_t column, unsigned char **wasm,
                                    size_t *wasm_length, hd_diag *diag) {
    (void)name;
    if (length > HD_TEXT_MAX)
        return hd_diag_at_line(diag, HD_LIMIT, line, column, "module text longer than %zu bytes",
                               HD_TEXT_MAX);
    Text prepared, trial;
    hd_module_text_init(&prepared, text, length, line, column);
    hd_module_text_init(&trial, text, length, line, column);
    hd_status status = hd_rewrite(&prepared, false, diag);
    if (status == HD_OK && prepared.needs_trial) {
        status = hd_rewrite(&trial, true, diag);
        if (status == HD_OK) {
            status = guarded(diag, [&] {
                std::unique_ptr<wabt::Module> module;
                return parse(trial, &module, diag);
            });
        }
    }
    if (status == HD_OK) {
        status = guarded(diag, [&] {
            std::unique_ptr<wabt::Module> module;
            hd_status parsed = parse(prepared, &module, diag);
            if (parsed == HD_OK) parsed = check(*module, prepared, diag);
            return parsed == HD_OK ? encode(*module, wasm, wasm_length, diag) : parsed;
        });
    }
    hd_module_text_free(&trial);
    hd_module_text_free(&prepared);
    return status;
}
