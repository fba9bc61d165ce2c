// A chart of what contenders did: a bar for the median of the rounds, a line from the least to the most.
import { init } from 'echarts';

export interface Bar {
  readonly name: string;
  /** Of each round. */
  readonly figures: readonly number[];
}

const [width, barHeight, margin] = [940, 34, 90] as const;

/** An SVG image, as text. */
export function barChart(title: string, bars: readonly Bar[]): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height: margin + barHeight * bars.length });
  const sorted = bars.map(({ figures }) => [...figures].sort((a, b) => a - b));
  const medians = sorted.map((figures) => figures[Math.floor(figures.length / 2)] ?? 0);
  chart.setOption({
    animation: false,
    title: { text: title, left: 8, top: 8, textStyle: { fontSize: 14 } },
    backgroundColor: '#fff',
    grid: { left: 340, right: 60, top: 44, bottom: 36 },
    xAxis: { type: 'value' },
    yAxis: { type: 'category', inverse: true, data: bars.map(({ name }) => name) },
    series: [
      { type: 'bar', data: medians, barWidth: 16, itemStyle: { color: '#3b6ea5' } },
      ...sorted.map((figures, row) => ({
        type: 'line',
        data: [
          [figures[0], row],
          [figures.at(-1), row],
        ],
        symbol: 'rect',
        symbolSize: [2, 12],
        lineStyle: { color: '#222', width: 1.5 },
        itemStyle: { color: '#222' },
      })),
    ],
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return `${svg}\n`;
}
