// Runs a benchmark program in V8, for bench/compare: node node.mjs MODULE N
import { readFileSync } from 'node:fs';

const [file, n] = process.argv.slice(2);
const { instance } = await WebAssembly.instantiate(readFileSync(file));
console.log(instance.exports.run(Number(n)));
