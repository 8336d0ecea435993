import { $, bytes, column, make, number, row, setText, span, sync } from './dom.js';
import { ask, isOperator } from './server.js';
import { attempt, confirm } from './ask.js';

const most = 200;
let asked = 0;

async function cut(session) {
  const answer = await confirm({
    title: 'Cut this session?', text: `${session.user ?? 'Nobody'} at ${session.client} to ${session.destination}, session ${session.id}. Both ends see a reset.`,
    yes: 'Cut session', danger: true,
  });
  if (answer && await attempt(() => ask('DELETE', `/api/sessions/${session.id}`), `session ${session.id} has ended`) !== undefined) await refresh();
}

function sessionRow(session) {
  const columns = [
    { label: 'Client', kind: 'head', set: (cell, item) => setText(cell, item.client) },
    column('User', item => item.user),
    column('Inbound', item => item.protocol === item.inbound ? item.inbound : `${item.inbound} (${item.protocol}${item.network === 'udp' ? ', udp' : ''})`),
    column('Destination', item => item.destination, 'wide'),
    column('Exit', item => item.exit === null ? null : item.group && item.group !== item.exit ? `${item.exit} of ${item.group}` : item.exit),
    column('Leaves from', item => item.source, 'two'),
    column('Up', item => bytes(item.bytes_up), 'n'),
    column('Down', item => bytes(item.bytes_down), 'n'),
    column('Age', item => span(item.duration_ms / 1000), 'n'),
  ];
  if (isOperator()) {
    const button = make('button', { type: 'button', class: 'danger', onclick: () => cut(session), 'aria-label': `Cut session ${session.id}` }, 'Cut');
    columns.push({ label: '', kind: 'actions', set(cell) { if (!cell.firstChild) cell.append(button); } });
  }
  return row(columns);
}

// The newest that match; the server filters, for there may be many.
export async function refresh() {
  const number_ = ++asked;
  const filter = $('sessions-filter').value.trim();
  const found = await ask('GET', `/api/sessions?limit=${most}${filter ? `&match=${encodeURIComponent(filter)}` : ''}`);
  if (number_ !== asked) return;
  sync($('sessions').tBodies[0], found, session => session.id, sessionRow);
  $('sessions-empty').hidden = found.length > 0;
  setText($('sessions-empty'), filter ? 'No session matches.' : 'No session.');
  setText($('sessions-count'), found.length < most ? number(found.length) : `the newest ${most}; filter to see others`);
}

export function forget() {
  asked++;
  $('sessions').tBodies[0].replaceChildren();
  $('sessions').tBodies[0].known = undefined;
}

export function start() {
  let waiting;
  $('sessions-filter').addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => refresh().catch(() => { }), 150);
  });
}
