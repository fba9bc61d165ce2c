// Draws a CPU profile as a flame graph: one SVG to look at in a browser, each box a function with its share as a tooltip.
// What took less than a pixel is left out.

/** Of a `.cpuprofile` what is drawn: the tree of calls, and which node each sample found. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
    readonly children?: readonly number[] | undefined;
  }[];
  readonly samples?: readonly number[] | undefined;
  /** Microseconds before each sample. */
  readonly timeDeltas?: readonly number[] | undefined;
}

interface Frame {
  readonly name: string;
  /** Microseconds in it and in what it called. */
  total: number;
  readonly children: Map<string, Frame>;
}

const width = 1800;
const rowHeight = 17;
const letterWidth = 6.6;

/** The calls by name, without the time in which nothing ran. */
function framesOf({ nodes, samples = [], timeDeltas = [] }: CpuProfile): Frame {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const own = new Map<number, number>();
  samples.forEach((id, index) => {
    own.set(id, (own.get(id) ?? 0) + Math.max(0, timeDeltas[index] ?? 0));
  });
  const add = (into: Frame, id: number): number => {
    const { callFrame, children = [] } = byId.get(id)!;
    const name = nameOf(callFrame);
    if (name === '(idle)') return 0;
    const frame = into.children.get(name) ?? { name, total: 0, children: new Map() };
    into.children.set(name, frame);
    const total = children.reduce((sum, child) => sum + add(frame, child), own.get(id) ?? 0);
    frame.total += total;
    return total;
  };
  const root: Frame = { name: '', total: 0, children: new Map() };
  if (nodes[0] !== undefined) root.total = add(root, nodes[0].id);
  return root;
}

export function flameGraph(profile: CpuProfile): string {
  const root = framesOf(profile);
  const boxes: string[] = [];
  let rows = 0;
  const draw = (frame: Frame, x: number, row: number) => {
    const wide = (frame.total / root.total) * width;
    if (wide < 1) return;
    rows = Math.max(rows, row + 1);
    boxes.push(boxOf(frame, { x, wide, row }, root.total));
    let at = x;
    for (const child of [...frame.children.values()].sort((a, b) => b.total - a.total)) {
      draw(child, at, row + 1);
      at += (child.total / root.total) * width;
    }
  };
  for (const frame of root.children.values()) draw(frame, 0, 0);
  const size = `width="${width}" height="${rows * rowHeight}"`;
  const style = 'text{font:11px monospace;pointer-events:none}rect{stroke:#fff;stroke-width:.5}';
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size}><style>${style}</style>\n${boxes.join('\n')}\n</svg>\n`;
}

function boxOf({ name, total }: Frame, at: { x: number; wide: number; row: number }, all: number): string {
  const { x, wide, row } = at;
  const share = `${name}: ${(total / 1000).toFixed(1)} ms, ${((total * 100) / all).toFixed(1)} %`;
  const place = `x="${x.toFixed(1)}" y="${row * rowHeight}" width="${wide.toFixed(1)}" height="${rowHeight}"`;
  const rect = `<rect ${place} fill="${colourOf(name)}"/>`;
  const label = name.slice(0, Math.floor(wide / letterWidth) - 1);
  const text = `<text x="${(x + 2).toFixed(1)}" y="${row * rowHeight + 12}">${escaped(label)}</text>`;
  return `<g><title>${escaped(share)}</title>${rect}${label === '' ? '' : text}</g>`;
}

function nameOf({ functionName, url, lineNumber }: CpuProfile['nodes'][number]['callFrame']): string {
  const file = url.split('/').slice(-2).join('/');
  return `${functionName || '(anonymous)'}${file === '' ? '' : ` ${file}:${lineNumber + 1}`}`;
}

/** Ours, a library's, the engine's own. */
function colourOf(name: string): string {
  if (name.startsWith('(')) return '#c9c9c9';
  if (/node:|internal\//.test(name)) return '#f2c879';
  return name.includes('.ts:') ? '#f08a5d' : '#e8b4a0';
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
