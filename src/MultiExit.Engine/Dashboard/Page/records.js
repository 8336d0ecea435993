import { $, bytes, column, row, setText, span, sync, time } from './dom.js';
import { ask } from './server.js';

const most = 200;

const recordRow = () => row([
  column('Ended', record => time(record.ended), 'head'),
  column('Client', record => record.client, 'two'),
  column('User', record => record.user),
  column('Destination', record => record.destination, 'wide'),
  column('Exit', record => record.exit),
  column('Left from', record => record.source, 'two'),
  column('Up', record => bytes(record.bytes_up), 'n'),
  column('Down', record => bytes(record.bytes_down), 'n'),
  column('Lasted', record => span(record.duration_ms / 1000), 'n'),
  column('Outcome', record => record.detail ? `${record.outcome}: ${record.detail}` : record.outcome, 'wide'),
]);

async function search(event) {
  event.preventDefault();
  const query = [`limit=${most}`];
  for (const [name, value] of new FormData($('search'))) {
    if (!value.trim() || (name === 'within' && !$('search').elements.at.value)) continue;
    query.push(`${name}=${encodeURIComponent(['at', 'since', 'until'].includes(name) ? new Date(value).toISOString() : value.trim())}`);
  }
  setText($('records-told'), 'searching');
  try {
    const found = await ask('GET', `/api/records?${query.join('&')}`);
    sync($('records').tBodies[0], found.map((record, place) => ({ ...record, place })), record => `${record.place} ${record.id} ${record.ended}`, recordRow);
    $('records-card').hidden = found.length === 0;
    setText($('records-told'), found.length === 0 ? 'No record matches.' : found.length < most ? `${found.length} found` : `the newest ${most}`);
  } catch (error) {
    $('records-card').hidden = true;
    setText($('records-told'), error.message);
  }
}

export function forget() {
  $('records').tBodies[0].replaceChildren();
  $('records').tBodies[0].known = undefined;
  $('records-card').hidden = true;
  setText($('records-told'), '');
}

export const start = () => $('search').addEventListener('submit', search);
