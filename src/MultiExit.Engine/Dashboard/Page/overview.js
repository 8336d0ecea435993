import { $, bytes, column, make, milliseconds, number, rate, row, setClass, setText, span, sync } from './dom.js';
import { ask, isOperator, serverNow } from './server.js';
import { attempt, confirm } from './ask.js';
import { Series, plot, sparkline } from './plots.js';
import * as fleet from './fleet.js';

const minutes = 300; // samples
const up = new Series(minutes), down = new Series(minutes), sessions = new Series(minutes);
const exits = new Map();
let before = null;
let drawRate, drawSessions;

export function start() {
  drawRate = plot($('plot-rate'), 'Throughput', [{ name: 'up', series: up }, { name: 'down', series: down }], rate, 1000);
  drawSessions = plot($('plot-sessions'), 'Sessions', [{ name: 'live', series: sessions }], value => number(Math.round(value * 10) / 10), 10);
}

// Rates come from two statuses that follow each other; behind a pause they are an average.
function measure(status) {
  const at = performance.now();
  const totals = new Map(status.exits.map(exit => [exit.name, exit.bytes_up + exit.bytes_down]));
  if (before && at - before.at < 300) return;
  if (before) {
    const seconds = (at - before.at) / 1000;
    const speed = (now, then) => Math.max(0, (now - then) / seconds);
    up.push(speed(status.server.bytes_up, before.up));
    down.push(speed(status.server.bytes_down, before.down));
    for (const [name, total] of totals) {
      if (!exits.has(name)) exits.set(name, new Series(60));
      exits.get(name).push(speed(total, before.totals.get(name) ?? total));
    }
  }
  sessions.push(status.server.sessions);
  before = { at, up: status.server.bytes_up, down: status.server.bytes_down, totals };
}

export function stateOf(exit) {
  if (!exit.enabled) return ['disabled', 'off'];
  if (exit.refusal) return ['shut', 'bad'];
  if (exit.limits?.reached) return ['full', 'bad'];
  if (exit.carriers?.lost_since) return ['no carrier', 'bad'];
  return { up: ['up', 'good'], down: ['down', 'bad'], unknown: ['not known', 'warn'] }[exit.health.state] ?? ['no check', ''];
}

// The worst first.
const troubles = ['down', 'shut', 'no carrier', 'full', 'disabled', 'not known'];

// Of an exit that is not well on all nodes of a fleet, on how many of them.
function onNodes(exit) {
  const states = (fleet.exits.get(exit.name) ?? []).map(seen => stateOf(seen)[0]);
  const worst = troubles.find(trouble => states.includes(trouble));
  return worst && states.length > 1 ? `${worst} on ${states.filter(state => state === worst).length} of ${states.length} nodes` : '';
}

const reasonOf = exit => exit.refusal ?? exit.limits?.reached ?? (exit.health.state === 'down' ? exit.health.reason : null) ?? exit.carriers?.last_error ?? exit.last_error;

async function disable(exit) {
  const answer = await confirm({
    title: `Disable ${exit.name}?`, text: 'New connections go elsewhere, or fail where there is no other exit. It stays disabled until it is enabled or the server ends.',
    check: 'End its live sessions too', yes: 'Disable', danger: true,
  });
  if (answer) await attempt(() => ask('POST', `/api/exits/${encodeURIComponent(exit.name)}/disable`, { cut_sessions: answer.check }), `${exit.name} is disabled`);
}

async function weigh(exit) {
  const answer = await confirm({ title: `Weight of ${exit.name}`, text: 'The share in groups with the strategy weighted, 1 to 1000.', number: exit.weight, yes: 'Set' });
  if (answer) await attempt(() => ask('POST', `/api/exits/${encodeURIComponent(exit.name)}/weight`, { weight: answer.number }), `${exit.name} has the weight ${answer.number}`);
}

const probe = exit => attempt(() => ask('POST', `/api/exits/${encodeURIComponent(exit.name)}/probe`, {}),
  result => result.error ? `${exit.name}: ${result.error}` : `${exit.name}: ${result.target} answers in ${milliseconds(result.duration)}`);

function actions(exit) {
  let current = exit;
  const toggle = make('button', { type: 'button', onclick: () => current.enabled
    ? disable(current) : attempt(() => ask('POST', `/api/exits/${encodeURIComponent(current.name)}/enable`, {}), `${current.name} is enabled`) });
  const weight = make('button', { type: 'button', onclick: () => weigh(current) }, 'Weight');
  const test = make('button', { type: 'button', onclick: () => probe(current) }, 'Probe');
  return {
    nodes: exit.type === 'block' ? [toggle] : [test, weight, toggle],
    update(now) {
      current = now;
      setText(toggle, now.enabled ? 'Disable' : 'Enable');
      for (const button of [toggle, weight, test]) button.setAttribute('aria-label', `${button.textContent} ${now.name}`);
    },
  };
}

function exitRow(exit) {
  const badge = make('span', { class: 'badge' });
  const reason = make('small', { class: 'reason' }), nodes = make('small', { class: 'reason' });
  const name = make('strong'), type = make('small');
  if (!exits.has(exit.name)) exits.set(exit.name, new Series(60));
  const series = exits.get(exit.name);
  const spark = sparkline(series);
  const now = make('span', { class: 'rate' });
  const buttons = isOperator() ? actions(exit) : null;
  const fill = (cell, ...nodes) => { if (!cell.firstChild) cell.append(...nodes); };
  return row([
    { label: 'Exit', kind: 'head', set(cell, item) {
      fill(cell, name, ' ', type);
      setText(name, item.name);
      setText(type, item.type === 'group' ? `group: ${item.members.join(', ')}` : item.type === 'pool' ? `pool of ${item.members.length}` : item.type);
    } },
    { label: 'State', kind: 'two', set(cell, item) {
      fill(cell, badge, ' ', reason, nodes);
      const [text, kind] = stateOf(item);
      setText(badge, text);
      setClass(badge, `badge ${kind}`);
      setText(reason, kind === 'bad' ? reasonOf(item) : '');
      setText(nodes, onNodes(item));
    } },
    column('Latency', item => milliseconds(item.latency), 'n'),
    column('Sessions', item => number(item.sessions), 'n'),
    { label: 'Traffic', kind: 'traffic', set(cell) { fill(cell, spark.node, now); spark.update(); setText(now, rate(series.last)); } },
    column('Up', item => bytes(item.bytes_up), 'n'),
    column('Down', item => bytes(item.bytes_down), 'n'),
    column('Dials', item => number(item.dials), 'n'),
    column('Failed', item => number(Object.values(item.failures).reduce((sum, count) => sum + count, 0)), 'n'),
    column('Weight', item => item.weight, 'n'),
    ...buttons ? [{ label: '', kind: 'actions', set(cell, item) { fill(cell, ...buttons.nodes); buttons.update(item); } }] : [],
  ]);
}

export const refresh = fleet.refresh;

export function forget() {
  $('exits').tBodies[0].replaceChildren();
  $('exits').tBodies[0].known = undefined;
  fleet.forget();
}

export function show(status) {
  measure(status);
  const server = status.server;
  const tiles = [
    ['Sessions', number(server.sessions)], ['Connections', number(server.connections)], ['Up', rate(up.last)], ['Down', rate(down.last)],
    ['Sessions so far', number(server.total_sessions)], ['Failed', number(server.failed)], ['Turned away', number(server.rejected + server.refused_handshakes)],
    ['Failed logins', number(server.failed_logins)], ['Running for', span((serverNow() - Date.parse(server.started)) / 1000)],
  ];
  sync($('tiles'), tiles, tile => tile[0], tile => {
    const value = make('dd');
    return { node: make('div', {}, make('dt', {}, tile[0]), value), update: item => setText(value, item[1]) };
  });
  const warnings = [...server.warnings, ...server.last_reload_error ? [{ id: '', message: `the last change is not in force: ${server.last_reload_error}` }] : []];
  sync($('warnings'), warnings, warning => `${warning.id} ${warning.message}`, warning => ({
    node: make('li', {}, make('b', {}, warning.id), ' ', warning.message), update() { },
  }));
  fleet.show(server.fleet);
  sync($('exits').tBodies[0], status.exits, exit => `${exit.name} ${exit.type}`, exitRow);
  drawRate();
  drawSessions();
}
