import { $, column, make, row, setClass, setText, span, sync } from './dom.js';
import { ask } from './server.js';

const kinds = { alive: 'good', silent: 'bad', left: 'off' };
const pause = 10000; // A question takes something of the store and of each node.
let hasOthers = false;
let askedAt = -pause;

// What each node that has answered says of an exit, by its name.
export const exits = new Map();

// Asks all nodes of their exits.
export async function refresh() {
  if (!hasOthers) exits.clear();
  if (!hasOthers || performance.now() - askedAt < pause) return;
  askedAt = performance.now();
  const nodes = await ask('GET', '/api/fleet/exits').catch(() => []);
  exits.clear();
  for (const exit of nodes.flatMap(node => node.items)) exits.set(exit.name, [...exits.get(exit.name) ?? [], exit]);
}

// What the store knows of the configuration of each node, beside the nodes.
function nodesOf(fleet) {
  const configurations = new Map((fleet.rollout?.nodes ?? []).map(node => [node.node, node]));
  return fleet.nodes.map(node => ({ ...node, own: node.name === fleet.node, configuration: configurations.get(node.name) }));
}

function configurationOf(node) {
  const now = node.configuration;
  if (!now) return null;
  return `${now.version ? `version ${now.version}` : 'its own'}${now.state === 'current' ? '' : `, ${now.state}`}`;
}

function nodeRow() {
  const badge = make('span', { class: 'badge' });
  return row([
    { label: 'Node', kind: 'head', set(cell, node) { setText(cell, node.own ? `${node.name} (this one)` : node.name); } },
    { label: 'State', kind: 'two', set(cell, node) {
      if (!cell.firstChild) cell.append(badge);
      setText(badge, node.state);
      setClass(badge, `badge ${kinds[node.state] ?? ''}`);
    } },
    column('Last sign of life', node => `${span(node.silence)} ago`, 'n'),
    column('Epoch', node => node.epoch, 'n'),
    column('Program', node => node.version),
    column('Configuration', configurationOf),
    column('Labels', node => node.labels.join(', ')),
  ]);
}

function storeOf(fleet) {
  if (fleet.superseded) return 'Another server has taken the name of this node.';
  const age = fleet.lag === null || fleet.lag === undefined ? 'it has not answered yet' : `its last answer is ${span(fleet.lag)} old`;
  return fleet.reachable ? `The store answers; ${age}.` : `The store cannot be used, ${age}: ${fleet.problem ?? 'the first answer is awaited'}`;
}

function rolloutOf(rollout) {
  const what = `Version ${rollout.version} of the configuration`;
  switch (rollout.state) {
    case 'canary': return `${what} is with its canaries (${rollout.canaries.join(', ')}).`;
    case 'everywhere': return `${what} is on all nodes${rollout.needs_confirmation ? ', and waits for its confirmation' : ''}.`;
    case 'confirmed': return `${what} is confirmed.`;
    default: return `${what} was rolled back: ${rollout.reason ?? 'somebody has undone it'}`;
  }
}

export function forget() {
  hasOthers = false;
  exits.clear();
  $('fleet').hidden = true;
  $('fleet-nodes').tBodies[0].replaceChildren();
  $('fleet-nodes').tBodies[0].known = undefined;
}

export function show(fleet) {
  $('fleet').hidden = !fleet;
  hasOthers = !!fleet?.reachable && fleet.nodes.some(node => node.name !== fleet.node && node.state === 'alive');
  if (!fleet) return;
  setText($('fleet-name'), fleet.fleet);
  setText($('fleet-store'), storeOf(fleet));
  setClass($('fleet-store'), fleet.reachable && !fleet.superseded ? 'muted' : 'error');
  setText($('fleet-rollout'), fleet.rollout ? rolloutOf(fleet.rollout) : '');
  sync($('fleet-nodes').tBodies[0], nodesOf(fleet), node => node.name, nodeRow);
}
