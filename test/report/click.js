// Opens the page of a run in a headless Chromium, and clicks through it.
//
//   node click.js BROWSER FILE race|check|hostile
//
// The browser is driven by its own protocol over two pipes; nothing has to be installed, and no port is opened. A
// wrong page is an exception, with what was expected.
'use strict';
const assert = require('assert');
const {spawn} = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');
const [browser, file, story] = process.argv.slice(2);

const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'heddle-browser-'));
const child = spawn(browser, ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage',
  '--remote-debugging-pipe', '--user-data-dir=' + profile, '--window-size=1200,900'],
  {stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe']});

// Messages are JSON, each with a NUL behind it.
const waiting = new Map(), listeners = [];
let number = 0, text = '';
child.stdio[4].setEncoding('utf8');
child.stdio[4].on('data', (more) => {
  const parts = (text + more).split('\0');
  text = parts.pop();
  for (const part of parts) {
    const message = JSON.parse(part);
    if (message.id && waiting.has(message.id)) waiting.get(message.id)(message);
    else for (const listener of listeners.slice()) listener(message);
  }
});
function send(method, params, sessionId) {
  return new Promise((resolve, reject) => {
    const id = ++number;
    waiting.set(id, (message) => message.error ? reject(new Error(method + ': ' + message.error.message)) : resolve(message.result));
    child.stdio[3].write(JSON.stringify({id, method, params, sessionId}) + '\0');
  });
}
const event = (method) => new Promise((resolve) => {
  const listener = (message) => {
    if (message.method !== method) return;
    listeners.splice(listeners.indexOf(listener), 1);
    resolve(message.params);
  };
  listeners.push(listener);
});

async function main() {
  const {targetId} = await send('Target.createTarget', {url: 'about:blank'});
  const {sessionId} = await send('Target.attachToTarget', {targetId, flatten: true});
  const page = (method, params) => send(method, params, sessionId);
  const errors = [], requests = [];
  listeners.push((message) => {
    if (message.method === 'Runtime.exceptionThrown') errors.push(message.params.exceptionDetails.text);
    if (message.method === 'Log.entryAdded') errors.push(message.params.entry.text);
    if (message.method === 'Network.requestWillBeSent') requests.push(message.params.request.url);
  });
  for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await page(domain + '.enable', {});
  const loaded = event('Page.loadEventFired');
  const url = 'file://' + path.resolve(file);
  await page('Page.navigate', {url});
  await loaded;

  async function evaluate(expression) {
    const {result, exceptionDetails} = await page('Runtime.evaluate', {expression, returnByValue: true});
    assert(!exceptionDetails, expression + ': ' + JSON.stringify(exceptionDetails));
    return result.value;
  }
  // A click by mouse on the middle of what a selector finds.
  async function click(selector) {
    const at = await evaluate(`(() => {
      const found = document.querySelector(${JSON.stringify(selector)});
      if (!found) return null;
      found.scrollIntoView({block: 'center'});
      const box = found.getBoundingClientRect();
      return {x: box.x + Math.min(box.width / 2, 60), y: box.y + box.height / 2};
    })()`);
    assert(at, 'there is ' + selector);
    for (const type of ['mousePressed', 'mouseReleased'])
      await page('Input.dispatchMouseEvent', {type, ...at, button: 'left', clickCount: 1});
  }
  const textOf = (selector) => evaluate(`document.querySelector(${JSON.stringify(selector)}).textContent`);
  const step = async () => Number(await evaluate("document.getElementById('step').value"));
  const count = (selector) => evaluate(`document.querySelectorAll(${JSON.stringify(selector)}).length`);
  // The four bytes at address 0, behind the chosen event.
  const word = () => evaluate("[...document.querySelectorAll('#memory tr:first-child td')].slice(1, 5).map((td) => td.textContent).join('')");

  const events = await count('#lanes tbody tr');
  assert.strictEqual(await count('#graph .event'), events, 'the graph has the events of the lanes');
  assert.strictEqual(await count('#lanes tr.chosen'), 1);
  const last = (await textOf('#lanes tbody tr:last-child td'));

  await click('#first');
  assert.strictEqual(await step(), 0);
  assert.match(await textOf('#event'), /^ +0 {2}0 main: instantiation$/);
  await click('#forward');
  await click('#forward');
  await click('#back');
  assert.strictEqual(await step(), 1);
  assert.strictEqual(await evaluate('location.hash'), '#1');
  await click('#preemption');
  const preempted = await step();
  assert.match(await textOf('#event'), /is preempted/);
  await click('#last');
  assert.strictEqual(String(await step()), last);
  await click(`#graph .event[data-step="${preempted}"]`);
  assert.strictEqual(await step(), preempted, 'a click on the graph chooses its event');
  await page('Input.dispatchKeyEvent', {type: 'keyDown', key: 'ArrowDown', code: 'ArrowDown', windowsVirtualKeyCode: 40});
  assert.strictEqual(await step(), preempted + 1, 'so does a key');

  if (story === 'race') {
    await click('#first');
    await click('#race');
    assert.match(await evaluate("document.querySelector('#lanes tr.chosen').className"), /racing/);
    assert((await count('#graph path.race')) > 1, 'the missing edge is drawn');
    assert.match(await textOf('#source tr.here'), /i32\.(load|store)/);
  }
  if (story === 'check') {
    // The lost update: the second store leaves what the first one has left.
    await click('#lanes tbody tr:nth-child(9)');
    assert.strictEqual(await step(), 8);
    assert.strictEqual(await word(), '01000000');
    await click('#lanes tbody tr:nth-child(8)');
    assert.strictEqual(await word(), '00000000');
    await click('#lanes tbody tr:nth-child(10)');
    assert.strictEqual(await word(), '01000000');
    assert.strictEqual(await count('#memory .written'), 4);
    assert.match(await textOf('#source tr.here'), /i32\.atomic\.store/);
  }
  if (story === 'hostile') {
    assert.strictEqual(await evaluate('typeof owned'), 'undefined', 'no name was executed');
    assert.strictEqual(await count('img'), 0, 'no name was markup');
    assert.strictEqual(await count('script'), 2);
    assert.match(await textOf('#lanes thead'), /<\/script><script>owned=1<\/script>/);
    assert.match(await textOf('h1'), /onerror/);
    await click('#lanes tbody tr:nth-child(5)');
    assert.match(await textOf('#source'), /<img src=x onerror=owned=1>/);
    assert.match(await textOf('#event'), /<img src=x onerror=owned=1>/);
  }
  assert.deepStrictEqual(errors, [], 'the browser complains of nothing');
  assert.deepStrictEqual(requests.filter((request) => request !== url), [], 'nothing is loaded');
}

// A browser that hangs is ended.
const patience = setTimeout(() => end(new Error('the browser does not answer')), 120000);
function end(error) {
  clearTimeout(patience);
  child.kill('SIGKILL');
  child.on('exit', () => {
    // The browser's other processes may still write there; what is left is no fault of the page.
    try {
      fs.rmSync(profile, {recursive: true, force: true, maxRetries: 20, retryDelay: 100});
    } catch (left) {
      console.error(left.message);
    }
    if (error) console.error(error.stack || error);
    process.exit(error ? 1 : 0);
  });
}
child.on('error', (error) => { console.error(error.message); process.exit(1); });
main().then(() => end(null), end);
