import { $, bytes, column, make, number, row, setClass, setText, sync, time } from './dom.js';
import { ask, isOperator } from './server.js';
import { attempt } from './ask.js';

function quota() {
  const bar = make('div', { class: 'quota' }, make('i'));
  const text = make('span', { class: 'rate' });
  return {
    label: 'Quota of the month', kind: 'traffic', set(cell, user) {
      if (!cell.firstChild) cell.append(bar, text);
      const share = user.quota ? Math.min(1, (user.used_this_month ?? 0) / user.quota) : 0;
      bar.hidden = !user.quota;
      bar.firstChild.style.width = `${(share * 100).toFixed(1)}%`; // the object model is not what style-src forbids
      setClass(bar, `quota ${share >= 1 ? 'bad' : share >= 0.8 ? 'warn' : ''}`);
      setText(text, user.quota ? `${bytes(user.used_this_month ?? 0)} of ${bytes(user.quota)}`
        : user.used_this_month === null ? 'no quota' : `${bytes(user.used_this_month)}, no quota`);
    },
  };
}

const userRow = () => row([
  { label: 'User', kind: 'head', set: (cell, user) => setText(cell, user.name) },
  quota(),
  column('Sessions', user => number(user.sessions), 'n'),
  column('Up', user => bytes(user.bytes_up), 'n'),
  column('Down', user => bytes(user.bytes_down), 'n'),
  column('All sessions', user => number(user.total_sessions), 'n'),
  column('Failed logins', user => number(user.failed_logins), 'n'),
  column('Inbounds', user => user.inbounds.join(', ') || 'none any more'),
]);

function lockedRow(locked) {
  const columns = [{ label: 'Client', kind: 'head', set: (cell, item) => setText(cell, item.client) }, column('Until', item => time(item.until))];
  if (isOperator()) {
    const unlock = () => attempt(() => ask('POST', '/api/unlock', { client: locked.client }), `${locked.client} may come in again`).then(refresh);
    columns.push({ label: '', kind: 'actions', set(cell) {
      if (!cell.firstChild) cell.append(make('button', { type: 'button', onclick: unlock, 'aria-label': `Unlock ${locked.client}` }, 'Unlock'));
    } });
  }
  return row(columns);
}

export async function refresh() {
  const [users, locked] = await Promise.all([ask('GET', '/api/users'), ask('GET', '/api/locked')]);
  sync($('users').tBodies[0], users, user => user.name, userRow);
  sync($('locked').tBodies[0], locked, item => item.client, lockedRow);
  $('users-empty').hidden = users.length > 0;
  $('locked-empty').hidden = locked.length > 0;
  $('users').hidden = users.length === 0;
  $('locked').hidden = locked.length === 0;
}

export function forget() {
  for (const id of ['users', 'locked']) {
    $(id).tBodies[0].replaceChildren();
    $(id).tBodies[0].known = undefined;
  }
}
