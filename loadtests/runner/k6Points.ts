import { createReadStream, existsSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { K6Error } from '../errors.ts';
import type { MetricType, Point } from './points.ts';

interface PointLine {
  type: 'Point';
  metric: string;
  data: {
    time: string;
    value: number;
    tags: Record<string, string> | null;
    metadata?: Record<string, string>;
  };
}

/** Before the first point of each metric. */
interface MetricLine {
  type: 'Metric';
  metric: string;
  data: { type: MetricType };
}

type Line = PointLine | MetricLine;

/** Of a request k6 writes these too; no number of ours comes from them, unless a threshold asks. */
const unread = [
  'data_received',
  'data_sent',
  'http_req_connecting',
  'http_req_receiving',
  'http_req_sending',
  'http_req_tls_handshaking',
  'http_req_waiting',
  'iterations',
  'vus',
  'vus_max',
];

/**
 * Reads the lines that `k6 run --out json=…` writes, whatever pieces they come in, and hands on the points among them.
 */
export class K6PointReader {
  readonly #onPoint: (point: Point) => void;
  readonly #onMetric: (name: string, type: MetricType) => void;
  readonly #unread: ReadonlySet<string>;
  #rest = '';
  /** The first line that is none: what follows is read, so that no writer waits, and left out. */
  #broken: { text: string; error: unknown } | null = null;

  /**
   * @param asked metrics that thresholds name
   * @param onMetric told the type of each metric before its first point
   */
  constructor(
    asked: Iterable<string>,
    onPoint: (point: Point) => void,
    onMetric: (name: string, type: MetricType) => void = () => undefined,
  ) {
    const wanted = new Set(asked);
    this.#unread = new Set(unread.filter((metric) => !wanted.has(metric)));
    this.#onPoint = onPoint;
    this.#onMetric = onMetric;
  }

  add(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#addLine(line);
  }

  /**
   * After the last piece.
   * @param mayBeCut whether k6 was stopped: then the last line may lack its end
   * @throws K6Error for a line that is no JSON
   */
  end(mayBeCut: boolean): void {
    this.#addLine(this.#rest);
    if (this.#broken === null || (mayBeCut && this.#broken.text === this.#rest)) return;
    const { text, error } = this.#broken;
    throw new K6Error(`wrote a line that is no JSON (is the disk full?): ${text.slice(0, 80)}`, null, {
      cause: error,
    });
  }

  #addLine(text: string): void {
    if (text === '' || this.#broken) return;
    const [, metric] = /^\{"metric":"(\w+)"/.exec(text) ?? [];
    // Two thirds of all lines: what is not parsed costs next to nothing.
    if (metric !== undefined && this.#unread.has(metric) && text.endsWith('}')) return;
    let line: Line;
    try {
      line = JSON.parse(text) as Line;
    } catch (error) {
      this.#broken = { text, error };
      return;
    }
    if (line.type === 'Metric') this.#onMetric(line.metric, line.data.type);
    if (line.type !== 'Point') return;
    const { time, value, tags, metadata = {} } = line.data;
    this.#onPoint({ metric: line.metric, timeMs: instantMs(time), value, tags: tags ?? {}, metadata });
  }
}

/**
 * Hands all of a file to a reader, also of one that k6 has compressed (`….gz`).
 * @param mayBeCut whether k6 was stopped: then the file may be missing, or end anywhere
 * @throws K6Error
 */
export async function readPointsFile(path: string, reader: K6PointReader, mayBeCut: boolean): Promise<void> {
  if (mayBeCut && !existsSync(path)) return;
  const add = async (texts: AsyncIterable<string>): Promise<void> => {
    for await (const text of texts) reader.add(text);
  };
  const file = createReadStream(path);
  try {
    if (path.endsWith('.gz')) await pipeline(file, createGunzip(), decoded, add);
    else await pipeline(file, decoded, add);
  } catch (error) {
    // A compressor that was killed leaves no end.
    if (!mayBeCut || (error as { code?: string }).code !== 'Z_BUF_ERROR') throw error;
  }
  reader.end(mayBeCut);
}

/** Characters may lie across the pieces that a stream comes in. */
async function* decoded(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const piece of pieces) yield decoder.decode(piece, { stream: true });
}

/** RFC 3339 with nanoseconds, of which Date keeps three digits only. */
function instantMs(time: string): number {
  const [, rest = ''] = /\.\d{3}(\d+)/.exec(time) ?? [];
  return Date.parse(time) + (rest === '' ? 0 : Number(`0.${rest}`));
}
