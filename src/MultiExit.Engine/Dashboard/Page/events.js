import { $, column, make, row, setText, sync, time } from './dom.js';

// The types that the server tells (docs/events.md).
export const types = [
  'auth-back', 'auth-lost', 'carriers-back', 'carriers-lost', 'certificate', 'config-applied', 'config-confirmed', 'config-refused', 'config-rolled-back',
  'config-unconfirmed', 'control-lost', 'descriptors-free', 'descriptors-low', 'exit-down', 'exit-opened', 'exit-shut', 'exit-up', 'fault',
  'fleet-config-applied', 'fleet-config-published', 'fleet-config-rolled-back', 'fleet-store-back', 'fleet-store-lost', 'lease-left', 'lease-lost',
  'lease-won', 'lockout', 'log-lost', 'members-current', 'members-stale', 'memory-low', 'node-diverged', 'node-follows', 'node-replaced', 'quota-reached',
  'records-dropped', 'server-started', 'server-stopping', 'set-current', 'set-stale', 'store-back', 'store-damaged', 'store-lost', 'missed',
];

const most = 300;
let known = [];
let unseen = 0;

const levels = { error: 'bad', warning: 'warn' };

const eventRow = () => row([
  column('Time', event => time(event.time)),
  { label: 'Level', set(cell, event) {
    if (!cell.firstChild) cell.append(make('span', { class: `badge ${levels[event.level] ?? ''}` }, event.level));
  } },
  { label: 'Type', kind: 'head', set: (cell, event) => setText(cell, event.type) },
  column('Message', event => event.repeated ? `${event.message} (and ${event.repeated} before it)` : event.message, 'wide'),
]);

export function draw() {
  const filter = $('events-filter').value.trim().toLowerCase();
  const shown = known.filter(event => !filter || `${event.type} ${event.id} ${event.message}`.toLowerCase().includes(filter));
  sync($('events').tBodies[0], shown, event => `${event.number} ${event.type}`, eventRow);
  $('events-empty').hidden = shown.length > 0;
  const isOpen = !$('view-events').hidden;
  if (isOpen) unseen = 0;
  setText($('tab-events'), unseen > 0 ? unseen : '');
}

export function add(event, isOld) {
  if (known.some(other => other.number === event.number && other.type === event.type)) return;
  known = [event, ...known].slice(0, most);
  if (!isOld) unseen++;
  draw();
}

export function forget() {
  known = [];
  unseen = 0;
  draw();
}

export const start = () => $('events-filter').addEventListener('input', draw);
