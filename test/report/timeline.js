// Checks a timeline: the rows that ui.perfetto.dev needs, tracks that have names, arrows with both ends.
//
//   node timeline.js FILE
'use strict';
const assert = require('assert');
const rows = JSON.parse(require('fs').readFileSync(process.argv[2], 'utf8'));

assert(Array.isArray(rows) && rows.length > 0, 'an array of rows');
const tracks = new Set(rows.filter((row) => row.ph === 'M').map((row) => row.tid));
const slices = rows.filter((row) => row.ph === 'X');
assert(slices.length > 0, 'there are slices');
for (const row of rows) {
  assert(['M', 'X', 's', 'f'].includes(row.ph), 'a known phase: ' + row.ph);
  assert(typeof row.name === 'string' && Number.isInteger(row.ts) && row.pid === 1, JSON.stringify(row));
  assert(tracks.has(row.tid), 'track ' + row.tid + ' has a name');
  if (row.ph === 'X') assert(row.dur >= 1, 'a slice lasts');
}
// An arrow begins and ends within slices of its tracks.
const within = (row) => slices.some((slice) => slice.tid === row.tid && slice.ts <= row.ts && row.ts <= slice.ts + slice.dur);
for (const start of rows.filter((row) => row.ph === 's')) {
  const ends = rows.filter((row) => row.ph === 'f' && row.id === start.id);
  assert.strictEqual(ends.length, 1, 'arrow ' + start.id + ' has one end');
  assert(within(start) && within(ends[0]), 'arrow ' + start.id + ' joins slices');
  assert(start.ts < ends[0].ts, 'arrow ' + start.id + ' goes forward');
}
