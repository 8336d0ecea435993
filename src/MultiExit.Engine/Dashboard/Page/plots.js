import { make, setText } from './dom.js';

const svgName = 'http://www.w3.org/2000/svg';
const svg = (tag, attributes) => {
  const element = document.createElementNS(svgName, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
};

// Values of the last minutes, one a second or so.
export class Series {
  constructor(most) { this.most = most; this.values = []; }

  push(value) {
    this.values.push(value);
    if (this.values.length > this.most) this.values.shift();
  }

  get last() { return this.values.at(-1) ?? 0; }

  // How many values a picture has room for: it grows with them.
  get room() { return Math.max(60, Math.min(this.values.length, this.most)); }
}

const points = (series, width, height, top) => series.values.map((value, i) =>
  `${(width - (series.values.length - 1 - i) * width / (series.room - 1)).toFixed(1)},${(height - value / top * (height - 2) - 1).toFixed(1)}`);

// A line without axes, to be read beside a number.
export function sparkline(series) {
  const width = 96, height = 24;
  const line = svg('polyline', { class: 'line' });
  const area = svg('polygon', { class: 'area' });
  const node = svg('svg', { viewBox: `0 0 ${width} ${height}`, class: 'spark', 'aria-hidden': 'true' });
  node.append(area, line);
  return {
    node,
    update() {
      const top = Math.max(...series.values, 1);
      const all = points(series, width, height, top);
      line.setAttribute('points', all.join(' '));
      area.setAttribute('points', all.length === 0 ? '' : `${all[0].split(',')[0]},${height} ${all.join(' ')} ${width},${height}`);
    },
  };
}

// The next round number: 1, 2 or 5 and zeros.
const ceiling = value => {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1)));
  return [1, 2, 5, 10].map(n => n * power).find(n => n >= value) ?? value;
};

// Lines over time with a scale. lines: [{ name, series }]
export function plot(figure, title, lines, format, least) {
  const width = 600, height = 150;
  const values = lines.map(() => make('b'));
  const legend = lines.map((line, i) => make('span', { class: `key key${i}` }, `${line.name} `, values[i]));
  const ago = make('span');
  const top = make('span', { class: 'scale top' });
  const half = make('span', { class: 'scale half' });
  const picture = svg('svg', { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': title });
  for (const y of [1, height / 2, height - 1]) picture.append(svg('line', { x1: 0, x2: width, y1: y, y2: y, class: 'grid' }));
  const drawn = lines.map((line, i) => {
    const area = svg('polygon', { class: `area area${i}` });
    const stroke = svg('polyline', { class: `line line${i}` });
    picture.append(area, stroke);
    return { area, stroke };
  });
  figure.append(make('figcaption', {}, make('h3', {}, title), ...legend), make('div', { class: 'canvas' }, picture, top, half),
    make('div', { class: 'axis' }, ago, make('span', {}, 'now')));
  return () => {
    const most = ceiling(Math.max(least, ...lines.flatMap(line => line.series.values)));
    setText(top, format(most));
    setText(half, format(most / 2));
    const minutes = Math.round(lines[0].series.room / 60);
    setText(ago, minutes === 1 ? 'a minute ago' : `${minutes} minutes ago`);
    lines.forEach((line, i) => {
      const all = points(line.series, width, height, most);
      drawn[i].stroke.setAttribute('points', all.join(' '));
      drawn[i].area.setAttribute('points', all.length === 0 ? '' : `${all[0].split(',')[0]},${height} ${all.join(' ')} ${width},${height}`);
      setText(values[i], format(line.series.last));
    });
  };
}
