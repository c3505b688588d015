// oracle.mjs: what another engine (V8) makes of generated modules.
//
//   node oracle.mjs DIR     runs each module DIR/SEED.wasm and writes DIR/SEED.wast: a script that
//                           holds the module and asserts every result and trap. If there is a
//                           DIR/SEED-moved.wasm, the script holds that one, which is to do the same.
//   node oracle.mjs --missing   names the generator's features that this engine lacks, one a line
//
// A module that this engine refuses is a mistake of the generator: it is reported, and the exit status
// is 1. One that exhausts the engine's stack says nothing about another engine: it has no script.

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

// Modules of one function that uses the feature.
const body = (...code) => Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0,
    5, 4, 1, 3, 1, 1, 10, code.length + 4, 1, code.length + 2, 0, ...code, 0x0B);
const features = {
    "simd": body(0x41, 0, 0xFD, 0x0F, 0x1A),
    "atomics": body(0xFE, 0x03, 0),
    "tail-calls": body(0x12, 0),
};

function printMissing() {
    for (const [name, module] of Object.entries(features))
        if (!WebAssembly.validate(module)) console.log(name);
}

// What the specification's tests expect to read, where V8's words tell which trap it was.
const messages = [
    [/^unreachable/, "unreachable"],
    [/^divide by zero|^remainder by zero/, "integer divide by zero"],
    [/^divide result unrepresentable/, "integer overflow"],
    [/^memory access out of bounds/, "out of bounds memory access"],
    [/^operation does not support unaligned/, "unaligned atomic"],
    [/^table access out of bounds|^table or .* out of bounds/, "out of bounds table access"],
];

function trapMessage(error) {
    for (const [pattern, message] of messages)
        if (pattern.test(error.message)) return message;
    return "";
}

const printValue = (value) =>
    typeof value === "bigint" ? ` (i64.const ${value})` : ` (i32.const ${value})`;

function assertion(invocation, call) {
    let results;
    try {
        results = call();
    } catch (error) {
        if (!(error instanceof WebAssembly.RuntimeError)) throw error;
        return `(assert_trap ${invocation} "${trapMessage(error)}")\n`;
    }
    const list = results === undefined ? [] : Array.isArray(results) ? results : [results];
    return `(assert_return ${invocation}${list.map(printValue).join("")})\n`;
}

// The exports that take no parameters, in the order of the module.
function assertions(name, instance) {
    let text = "";
    for (const [field, value] of Object.entries(instance.exports))
        if (/^(run\d+|globals|sum|nulls)$/.test(field))
            text += assertion(`(invoke ${name} "${field}")`, value);
    return text;
}

const escapes = Array.from({ length: 256 }, (_, byte) => "\\" + byte.toString(16).padStart(2, "0"));

function moduleText(name, bytes) {
    let text = `(module ${name} binary "`;
    for (const byte of bytes) text += escapes[byte];
    return text + '")\n';
}

const nothing = () => {};
const spectest = { print: nothing, print_i32: nothing, print_i64: nothing, print_i32_f32: nothing,
    print_f64_f64: nothing };

function instantiate(bytes, imports) {
    return new WebAssembly.Instance(new WebAssembly.Module(bytes), imports);
}

function run(directory, seed) {
    const path = (what) => join(directory, `${seed}${what}.wasm`);
    const bytes = readFileSync(path(""));
    const moved = existsSync(path("-moved")) ? readFileSync(path("-moved")) : bytes;
    const imports = { spectest };
    let text = "", library;
    if (existsSync(path("-library"))) {
        const libraryBytes = readFileSync(path("-library"));
        library = instantiate(libraryBytes, imports);
        imports.library = library.exports;
        text += moduleText("$library", libraryBytes) + '(register "library" $library)\n';
    }
    const main = instantiate(bytes, imports);
    text += moduleText("$main", moved) + assertions("$main", main);
    if (library) text += assertions("$library", library);
    writeFileSync(join(directory, `${seed}.wast`), text);
}

function runAll(directory) {
    let count = 0;
    for (const file of readdirSync(directory)) {
        if (!/^\d+\.wasm$/.test(file)) continue;
        const seed = file.slice(0, -".wasm".length);
        // A memory takes gigabytes of address space until it is collected; hundreds of them, more than
        // some systems give. With node --expose-gc that is within reach.
        if (++count % 16 === 0) globalThis.gc?.();
        try {
            run(directory, seed);
        } catch (error) {
            console.error(`seed ${seed}: ${error}`);
            if (!(error instanceof RangeError)) process.exitCode = 1;
        }
    }
}

if (process.argv[2] === "--missing") printMissing();
else runAll(process.argv[2]);
