import { $, setClass, setText } from './dom.js';
import { dismiss } from './ask.js';
import { ask, isOperator, keep, state } from './server.js';
import * as overview from './overview.js';
import * as sessions from './sessions.js';
import * as users from './users.js';
import * as configuration from './configuration.js';
import * as events from './events.js';
import * as records from './records.js';

const views = { overview, sessions, users, configuration: {}, events: {}, records: {} };
let source = null;
let startedAt = 0;
let retry;

// The section that the address names.
function view() {
  const name = location.hash.slice(1);
  return name in views ? name : 'overview';
}

function open() {
  const name = view();
  for (const other of Object.keys(views)) $(`view-${other}`).hidden = other !== name;
  for (const link of document.querySelectorAll('nav a')) {
    if (link.hash === `#${name}`) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  document.title = `${$('server-name').textContent}: ${name}`;
  events.draw();
  if (name === 'configuration') configuration.refresh().catch(() => { });
  poll();
}

// Sessions, users and what other nodes have are asked for while they are looked at; the more there are, the less often.
let polling = 0;
async function poll() {
  const mine = ++polling;
  while (mine === polling && state.session?.user) {
    const began = performance.now();
    if (!document.hidden) await views[view()].refresh?.().catch(() => { });
    await new Promise(resolve => setTimeout(resolve, Math.max(1000, 4 * (performance.now() - began))));
  }
}

function live(text, kind) {
  setText($('link'), text);
  setClass($('link'), `link-state ${kind}`);
}

function onStatus(message) {
  live('live', 'good');
  const status = JSON.parse(message.data);
  if (startedAt && status.server.started !== startedAt) events.forget();
  startedAt = status.server.started;
  setText($('server-name'), status.server.name);
  setText($('server-state'), status.server.state);
  setClass($('server-state'), `badge ${status.server.state === 'running' ? 'good' : 'warn'}`);
  setText($('tab-sessions'), status.server.sessions);
  overview.show(status);
  if (configuration.show(status.config) && view() === 'configuration') configuration.refresh().catch(() => { });
}

function connect() {
  clearTimeout(retry);
  source?.close();
  const began = Date.now();
  source = new EventSource('/api/events?status=1s&after=0');
  source.addEventListener('status', onStatus);
  for (const type of events.types) {
    source.addEventListener(type, message => {
      const event = JSON.parse(message.data);
      events.add(event, Date.parse(event.time) < began + state.skew - 2000);
    });
  }
  source.addEventListener('error', () => {
    live('not connected', 'bad');
    // What the server refuses is not tried again by the browser itself.
    if (source.readyState === EventSource.CLOSED) retry = setTimeout(enter, 2000);
  });
}

function leave() {
  clearTimeout(retry);
  polling++;
  source?.close();
  source = null;
  for (const part of [overview, sessions, users, configuration, events, records]) part.forget();
  document.body.classList.remove('operates');
  dismiss();
  $('app').hidden = true;
  $('login').hidden = false;
}

function showLogin(session, byToken) {
  $('login-user').hidden = byToken;
  $('login-token-label').hidden = !byToken;
  for (const input of $('login-user').querySelectorAll('input')) input.required = !byToken;
  $('login-token').required = byToken;
  $('login-other').hidden = !(session.token && session.users);
  setText($('login-other'), byToken ? 'Use a name and a password' : 'Use a token');
  $('login-other').onclick = () => showLogin(session, !byToken);
  (byToken ? $('login-token') : $('login-name')).focus();
}

function begin(session) {
  keep(session);
  $('login').hidden = true;
  $('app').hidden = false;
  document.body.classList.toggle('operates', isOperator());
  setText($('who'), `${session.user} (${session.role})`);
  configuration.allow();
  connect();
  open();
}

async function enter() {
  try {
    const session = await ask('GET', '/session');
    if (session.user) { begin(session); return; }
    keep(session);
    leave();
    showLogin(session, !session.users);
  } catch {
    live('not connected', 'bad');
    retry = setTimeout(enter, 2000);
  }
}

async function logIn(event) {
  event.preventDefault();
  const byToken = $('login-user').hidden;
  setText($('login-error'), '');
  try {
    const session = await ask('POST', '/login', byToken ? { token: $('login-token').value } : { name: $('login-name').value, password: $('login-password').value });
    $('login-form').reset();
    begin(session);
  } catch (error) {
    setText($('login-error'), error.status === 401 ? 'That is not right. Try again.' : error.message);
    const field = byToken ? $('login-token') : $('login-password');
    field.value = '';
    field.focus();
  }
}

async function logOut() {
  await ask('POST', '/logout').catch(() => { });
  await enter();
}

state.onLoggedOut = () => { if (!$('app').hidden) enter(); };
$('login-form').addEventListener('submit', logIn);
$('logout').addEventListener('click', logOut);
window.addEventListener('hashchange', open);
document.addEventListener('visibilitychange', () => { if (!document.hidden && state.session?.user) poll(); });
for (const part of [overview, sessions, configuration, events, records]) part.start();
enter();
