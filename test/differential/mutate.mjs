// mutate.mjs: compares what two engines say of damaged modules, whether they are valid.
//
//   node mutate.mjs HEDDLE DIR COUNT
//
// Of each module DIR/SEED.wasm COUNT copies are damaged, by what SEED makes of chance: bytes are changed, removed,
// repeated or put elsewhere. V8 and `HEDDLE validate` are asked about each. Where they differ, a line says how, and
// the module is kept as DIR/SEED-COPY.wasm. The last line reads "N passed, N failed", in modules, without those that
// tell nothing: what one of the two refuses for a limit of its own, or for a feature that it lacks.

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [heddle, directory, count] = process.argv.slice(2);

const module = (...sections) => Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, ...sections);
const validates = (...sections) => WebAssembly.validate(module(...sections));

// What V8 knows beyond WebAssembly 2.0 and threads, by the names of `--features`.
const features = ["wasm2"];
if (validates(1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 10, 6, 1, 4, 0, 0x12, 0, 0x0B)) features.push("tail-call");
if (validates(6, 9, 1, 0x7F, 0, 0x41, 1, 0x41, 1, 0x6A, 0x0B)) features.push("extended-const");
if (validates(5, 5, 2, 1, 1, 1, 1, 1)) features.push("multi-memory");

// xorshift128, seeded: the same everywhere.
function chance(seed) {
    const state = [seed + 1, 0x9E3779B9, 0x7F4A7C15, 0x85EBCA6B];
    const next = () => {
        let t = state[3];
        t ^= t << 11;
        t ^= t >>> 8;
        state.pop();
        state.unshift((t ^ state[0] ^ (state[0] >>> 19)) >>> 0);
        return state[0];
    };
    for (let i = 0; i < 16; i++) next();
    return (below) => next() % below;
}

const telling = [0x00, 0x01, 0x02, 0x03, 0x0B, 0x40, 0x41, 0x6F, 0x70, 0x7B, 0x7F, 0x80, 0xFC, 0xFD, 0xFE, 0xFF];

// A copy with one to three damages.
function damage(bytes, below) {
    const copy = Array.from(bytes);
    for (let left = 1 + below(3); left > 0; left--) {
        const at = 8 + below(copy.length - 8);
        switch (below(7)) {
        case 0: copy[at] ^= 1 << below(8); break;
        case 1: copy[at] = telling[below(telling.length)]; break;
        case 2: copy[at] = below(256); break;
        case 3: copy[at] = (copy[at] + (below(2) ? 1 : 255)) & 0xFF; break;
        case 4: copy.splice(at, 1 + below(2)); break;
        case 5: copy.splice(at, 0, telling[below(telling.length)]); break;
        default: copy.splice(at, 0, ...copy.slice(8 + below(copy.length - 8)).slice(0, 1 + below(8)));
        }
        if (copy.length <= 9) break;
    }
    return Uint8Array.from(copy);
}

// V8's verdict: "" or what is wrong.
function ask(bytes) {
    try {
        new WebAssembly.Module(bytes);
        return "";
    } catch (error) {
        return error.message;
    }
}

// What V8 refuses and others need not: its limits, and what it does not know yet.
const foreign = /implementation limit|exceeds|too many|larger than|maximum (function|type|module)|experimental|enable|invalid opcode 0x(1f|0a|08|06|07|09|18|19)\b/;

function tells(verdict, row) {
    // V8 takes any alignment up to the natural one; the specification, of atomic accesses, none but that.
    if (!verdict && /^atomic alignment must be natural/.test(row.message)) return false;
    if (row.error === "limit" || row.error === "unsupported") return false;
    return verdict === "" || !row.valid || !foreign.test(verdict);
}

let passed = 0, failed = 0;
for (const file of readdirSync(directory)) {
    if (!/^\d+\.wasm$/.test(file)) continue;
    const seed = Number(file.slice(0, -".wasm".length));
    const bytes = readFileSync(join(directory, file));
    const below = chance(seed);
    const paths = [], verdicts = [];
    for (let i = 0; i < count; i++) {
        const path = join(directory, `${seed}-${i}.wasm`);
        const copy = damage(bytes, below);
        writeFileSync(path, copy);
        paths.push(path);
        verdicts.push(ask(copy));
    }
    let answer;
    try {
        answer = execFileSync(heddle, ["validate", "--json", `--features=${features}`, ...paths],
            { stdio: ["ignore", "pipe", "inherit"], maxBuffer: 1 << 26 });
    } catch (error) {
        if (error.status !== 3) throw error;
        answer = error.stdout;
    }
    JSON.parse(answer).forEach((row, i) => {
        if (row.valid === (verdicts[i] === "")) {
            passed++;
        } else if (tells(verdicts[i], row)) {
            failed++;
            console.log(`${paths[i]}: heddle: ${row.valid ? "valid" : row.message}; V8: ${verdicts[i] || "valid"}`);
            return;
        }
        unlinkSync(paths[i]);
    });
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
