import { $, clock, column, make, row, setClass, setText, sync, time } from './dom.js';
import { ask, isOperator, serverNow } from './server.js';
import { attempt, confirm } from './ask.js';

let pending = null;
let seen = '';
let inForce = null;

const kinds = { applied: '', confirmed: 'good', unconfirmed: 'warn', reverted: 'bad' };

async function restore(number) {
  const differences = await attempt(() => ask('POST', `/api/versions/${number}/check`));
  if (differences === undefined) return;
  const answer = await confirm({
    title: `Restore version ${number}?`, yes: 'Restore', danger: true,
    text: differences.length === 0 ? 'Nothing would change.' : `${differences.length} ${differences.length === 1 ? 'key' : 'keys'} would change. It becomes a new version.`,
  });
  if (answer) await attempt(() => ask('POST', `/api/versions/${number}/restore`), version => `version ${version.number} is in force`);
}

function versionRow(version) {
  const badge = make('span', { class: 'badge' });
  const columns = [
    column('Version', item => item.number, 'ident'),
    column('Time', item => time(item.time)),
    column('Who', item => item.who),
    column('Why', item => item.why.replaceAll('_', ' ')),
    { label: 'Outcome', set(cell, item) {
      if (!cell.firstChild) cell.append(badge);
      setText(badge, item.number === inForce ? `${item.outcome}, in force` : item.outcome);
      setClass(badge, `badge ${kinds[item.outcome] ?? ''}`);
    } },
    column('Message', item => item.message ?? item.check, 'wide'),
  ];
  if (isOperator()) {
    const button = make('button', { type: 'button', onclick: () => restore(version.number), 'aria-label': `Restore version ${version.number}` }, 'Restore');
    columns.push({ label: '', kind: 'actions', set(cell, item) {
      if (!cell.firstChild) cell.append(button);
      button.hidden = item.number === inForce;
    } });
  }
  return row(columns);
}

export async function refresh() {
  const versions = (await ask('GET', '/api/versions')).reverse();
  sync($('versions').tBodies[0], versions, version => version.number, versionRow);
  $('versions').hidden = versions.length === 0;
  $('versions-empty').hidden = versions.length > 0;
  $('compare').hidden = versions.length === 0;
  const option = value => ({ node: make('option', { value }, value === '' ? 'the one in force' : `version ${value}`), update() { } });
  const numbers = versions.map(version => String(version.number));
  const first = !$('compare-from').known;
  sync($('compare-from'), numbers, value => value, option);
  sync($('compare-to'), ['', ...numbers], value => value, option);
  if (first && numbers.length > 1) $('compare-from').value = numbers[1];
}

const lines = differences => differences.map(item => {
  const [mark, kind, text] = {
    added: ['+', 'added', `${item.path}: ${item.after}`], removed: ['-', 'removed', `${item.path}: ${item.before}`],
    content: ['~', 'changed', `${item.path}: the content of ${item.after}`],
  }[item.kind] ?? ['~', 'changed', `${item.path}: ${item.before} \u2192 ${item.after}`];
  return make('li', { class: kind }, make('b', {}, mark), ` ${text}`);
});

async function compare(event) {
  event.preventDefault();
  const to = $('compare-to').value;
  const differences = await attempt(() => ask('GET', `/api/versions/${$('compare-from').value}/difference${to ? `?with=${to}` : ''}`));
  if (differences) $('differences').replaceChildren(...differences.length ? lines(differences) : [make('li', { class: 'muted' }, 'No difference.')]);
}

async function rollBack() {
  const { number, previous } = pending;
  const answer = await confirm({ title: `Roll version ${number} back?`, text: `Version ${previous} is in force again at once.`, yes: 'Roll back', danger: true });
  if (answer) await attempt(() => ask('POST', `/api/versions/${previous}/restore`), `version ${number} is rolled back`);
}

const confirmChange = () => attempt(() => ask('POST', '/api/config/confirm'), `version ${pending.number} stays`);

function tick() {
  if (pending) setText($('pending-left'), clock((Date.parse(pending.until) - serverNow()) / 1000));
}

export function show(config) {
  pending = config.pending;
  inForce = config.version?.number ?? null;
  $('pending').hidden = !pending;
  setText($('tab-pending'), pending ? '!' : '');
  if (pending) {
    setText($('pending-what'), `Version ${pending.number} is not confirmed:`);
    setText($('pending-previous'), `version ${pending.previous}`);
  }
  tick();
  const settings = config.settings ?? [];
  if ($('settings').dataset.sha !== (config.sha256 ?? '')) {
    $('settings').dataset.sha = config.sha256 ?? '';
    $('settings').replaceChildren(...settings.map(line => make('li', {}, line)));
  }
  const now = JSON.stringify([config.version, config.pending]);
  const isNew = now !== seen;
  seen = now;
  return isNew;
}

export function allow() {
  $('pending-actions').replaceChildren(...isOperator()
    ? [make('button', { type: 'button', class: 'main', onclick: confirmChange }, 'Confirm'), make('button', { type: 'button', class: 'danger', onclick: rollBack }, 'Roll back')]
    : []);
}

export function forget() {
  seen = '';
  $('versions').tBodies[0].replaceChildren();
  $('versions').tBodies[0].known = undefined;
}

export function start() {
  $('compare').addEventListener('submit', compare);
  setInterval(tick, 250);
}
