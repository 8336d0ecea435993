// Elements and texts. What comes from the server goes into the page as text alone, never as markup.

export const $ = id => document.getElementById(id);

export function make(tag, attributes = {}, ...content) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'onclick') element.addEventListener('click', value);
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...content);
  return element;
}

export function setText(element, text) {
  const wanted = text === null || text === undefined ? '' : String(text);
  if (element.textContent !== wanted) element.textContent = wanted;
}

export function setClass(element, name) {
  if (element.className !== name) element.className = name;
}

// Shows items as children of a parent, one each, known again by a key: what stays keeps its element, and with it the focus.
// build(item) gives { node, update(item) }.
export function sync(parent, items, keyOf, build) {
  const before = parent.known ?? new Map();
  const now = new Map();
  for (const item of items) {
    const key = keyOf(item);
    const entry = before.get(key) ?? build(item);
    entry.update(item);
    now.set(key, entry);
  }
  for (const [key, entry] of before) if (now.get(key) !== entry) entry.node.remove();
  let at = parent.firstChild;
  for (const entry of now.values()) {
    if (entry.node === at) at = at.nextSibling;
    else parent.insertBefore(entry.node, at);
  }
  parent.known = now;
}

// A row of a table whose cells have names for narrow screens. columns: [{ label, kind, set(cell, item) }]
export function row(columns) {
  const cells = columns.map(column => make('td', { 'data-label': column.label, class: column.kind }));
  return {
    node: make('tr', {}, ...cells),
    update(item) { columns.forEach((column, i) => column.set(cells[i], item)); },
  };
}

export const column = (label, text, kind) => ({ label, kind, set: (cell, item) => setText(cell, text(item) ?? '–') });

export function bytes(count) {
  if (count === null || count === undefined) return null;
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let unit = 0;
  while (count >= 999.5 && unit < units.length - 1) { count /= 1000; unit++; }
  return `${unit === 0 ? Math.round(count) : count.toFixed(count < 9.95 ? 2 : count < 99.5 ? 1 : 0)} ${units[unit]}`;
}

export const rate = perSecond => `${bytes(perSecond)}/s`;
export const number = value => value === null || value === undefined ? null : Number(value).toLocaleString('en').replaceAll(',', '\u202f');
export const milliseconds = seconds => seconds === null || seconds === undefined ? null
  : seconds < 0.01 ? `${(seconds * 1000).toFixed(1)} ms` : seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${seconds.toFixed(1)} s`;

export function span(seconds) {
  if (seconds < 10) return `${Math.max(seconds, 0).toFixed(1)} s`;
  const s = Math.floor(seconds);
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} m ${String(s % 60).padStart(2, '0')} s`;
  if (s < 86400) return `${Math.floor(s / 3600)} h ${String(Math.floor(s / 60) % 60).padStart(2, '0')} m`;
  return `${Math.floor(s / 86400)} d ${Math.floor(s / 3600) % 24} h`;
}

export function clock(seconds) {
  const s = Math.max(0, Math.ceil(seconds));
  const text = `${String(Math.floor(s / 60) % 60).padStart(2, '0')}:${String(s % 60).padStart(2, '0')}`;
  return s >= 3600 ? `${Math.floor(s / 3600)}:${text}` : text;
}

export function time(text) {
  if (!text) return null;
  const at = new Date(text);
  const two = n => String(n).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const hour = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  return new Date().toDateString() === at.toDateString() ? hour : `${day} ${hour}`;
}
