// The core of a page against the program: every recorded request, answered byte for byte as it was natively.
//
//   node tests/page/conform.mjs target/page/softback.wasm target/page/record

import { createReadStream, readFileSync } from "node:fs";
import { createInterface } from "node:readline";

const [wasm, record] = process.argv.slice(2);
const { instance } = await WebAssembly.instantiate(readFileSync(wasm), {});
const core = instance.exports;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

const call = (request) => {
  const bytes = encoder.encode(request);
  const at = core.alloc(bytes.length);
  new Uint8Array(core.memory.buffer, at, bytes.length).set(bytes);
  const length = core.call(at, bytes.length);
  return decoder.decode(new Uint8Array(core.memory.buffer, core.answer(), length));
};

const lines = (name) =>
  createInterface({ input: createReadStream(`${record}/${name}`), crlfDelay: Infinity })[Symbol.asyncIterator]();

const began = performance.now();
const [requests, answers] = [lines("requests.jsonl"), lines("answers.jsonl")];
let [number, sessions] = [0, 0];
for (;;) {
  const [request, expected] = [(await requests.next()).value, (await answers.next()).value];
  if (request === undefined && expected === undefined) break;
  number += 1;
  sessions += request.includes('"do":"start"') ? 1 : 0;
  const answer = call(request);
  if (answer !== expected) {
    console.error(`request ${number} is answered otherwise than by the program:\n${request}\n${expected}\n${answer}`);
    process.exit(1);
  }
}
if (sessions < 90) {
  console.error(`${record} holds ${sessions} sessions only: record them anew, as the Makefile does`);
  process.exit(1);
}
const seconds = ((performance.now() - began) / 1000).toFixed(1);
console.log(`${sessions} sessions, ${number} requests: the core of a page answers as the program does (${seconds} s)`);
