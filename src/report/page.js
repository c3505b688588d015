'use strict';
// What is shown of a run: all text goes into the page as text, never as markup.
(function () {
  const run = JSON.parse(document.getElementById('run').textContent);
  const of = (id) => document.getElementById(id);
  let chosen = -1;

  function make(tag, kind, text) {
    const element = document.createElement(tag);
    if (kind) element.className = kind;
    if (text !== undefined) element.textContent = text;
    return element;
  }

  // Lanes.

  const rows = [];

  function fillCell(cell, event, column, states) {
    if (event.agent === column) {
      cell.className = 'event';
      cell.append(event.words, make('span', 'place', event.place));
    } else if (event.preempted && event.preempted.agent === column) {
      cell.append(make('span', 'preempted', '^ preempted' + event.preempted.place));
    } else {
      cell.className = states[column];
    }
  }

  function drawLanes() {
    const table = make('table'), head = make('tr'), body = make('tbody');
    head.append(make('th', '', 'step'));
    for (const agent of run.agents) head.append(make('th', '', agent.number + ' ' + agent.name));
    const states = run.agents.map(() => '');
    run.events.forEach((event, index) => {
      const row = make('tr', event.racing ? 'racing' : '');
      row.append(make('td', '', event.step));
      run.agents.forEach((agent, column) => {
        const cell = make('td');
        fillCell(cell, event, column, states);
        row.append(cell);
      });
      states[event.agent] = event.last ? '' : event.waits ? 'waits' : 'lives';
      row.addEventListener('click', () => choose(index));
      rows.push(row);
      body.append(row);
    });
    const header = make('thead');
    header.append(head);
    table.append(header, body);
    of('lanes').append(table);
  }

  // Memory.

  const pairs = (text) => text.match(/../g) || [];

  // The bytes of each line behind an event.
  function memoryAt(index) {
    const lines = run.lines.map((line) => pairs(line.before));
    for (let i = 0; i <= index; i++)
      for (const change of run.events[i].changes) lines[change.line] = pairs(change.bytes);
    return lines;
  }

  function touched(event, line, at) {
    let kind = '';
    for (const access of event.accesses) {
      const address = BigInt(line.address) + BigInt(at), start = BigInt(access.address);
      if (access.memory !== line.memory || address < start) continue;
      if (address - start < BigInt(access.length)) kind = access.writes ? 'written' : 'read';
    }
    return kind;
  }

  function drawMemory(index) {
    const table = make('table');
    memoryAt(index).forEach((bytes, i) => {
      const line = run.lines[i], row = make('tr');
      const memory = run.memories > 1 ? 'memory ' + line.memory + ' ' : '';
      row.append(make('td', 'address', memory + '0x' + BigInt(line.address).toString(16)));
      bytes.forEach((byte, at) => row.append(make('td', touched(run.events[index], line, at), byte)));
      table.append(row);
    });
    of('memory').replaceChildren(table);
  }

  // Source.

  function drawSource(event) {
    const pane = of('source'), file = run.files[event.file];
    if (!file) {
      pane.replaceChildren(make('p', 'place', 'no source is known of this event'));
      return;
    }
    const table = make('table');
    let before = 0, here = null;
    for (const [number, text] of file.lines) {
      if (before && number > before + 1) {
        const gap = make('tr', 'gap');
        gap.append(make('td', 'number', '...'), make('td'));
        table.append(gap);
      }
      const row = make('tr', number === event.line ? 'here' : '');
      row.append(make('td', 'number', number), make('td', '', text));
      if (number === event.line) here = row;
      table.append(row);
      before = number;
    }
    const missing = file.lines.length ? [] : [make('p', 'place', file.missing)];
    pane.replaceChildren(make('p', 'place', file.name + ':' + event.line), table, ...missing);
    if (here) here.scrollIntoView({block: 'nearest', inline: 'start'});
  }

  // The chosen event.

  function choose(index) {
    if (index < 0 || index >= run.events.length) return;
    const event = run.events[index];
    if (chosen >= 0) rows[chosen].classList.remove('chosen');
    chosen = index;
    rows[index].classList.add('chosen');
    rows[index].scrollIntoView({block: 'nearest'});
    of('step').value = event.step;
    of('event').textContent = event.text.join('\n');
    drawMemory(index);
    drawSource(event);
    for (const node of document.querySelectorAll('#graph .event'))
      node.classList.toggle('chosen', node.dataset.step === String(event.step));
    history.replaceState(null, '', '#' + event.step);
  }

  const findStep = (step) => run.events.findIndex((event) => event.step === step);

  function listen() {
    const moves = {
      first: () => 0,
      back: () => chosen - 1,
      forward: () => chosen + 1,
      last: () => run.events.length - 1,
      preemption: () => run.events.findIndex((event, i) => i > chosen && event.preempted),
      race: () => run.events.findIndex((event, i) => i > chosen && event.racing),
    };
    for (const [id, move] of Object.entries(moves))
      of(id).addEventListener('click', () => choose(move()));
    of('step').addEventListener('change', () => choose(findStep(Number(of('step').value))));
    const keys = {ArrowUp: 'back', ArrowDown: 'forward', Home: 'first', End: 'last', n: 'preemption', r: 'race'};
    document.addEventListener('keydown', (press) => {
      if (!keys[press.key] || press.target === of('step')) return;
      choose(moves[keys[press.key]]());
      press.preventDefault();
    });
    for (const node of document.querySelectorAll('#graph .event'))
      node.addEventListener('click', () => choose(findStep(Number(node.dataset.step))));
  }

  drawLanes();
  listen();
  const wanted = location.hash ? findStep(Number(location.hash.slice(1))) : -1;
  choose(wanted >= 0 ? wanted : run.first >= 0 ? run.first : run.events.length - 1);
})();
