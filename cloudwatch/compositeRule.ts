import { invalidParameterValue } from './errors.ts';
import type { AlarmState } from './alarmEvaluator.ts';

/**
 * The rule of a composite alarm:
 *
 *   rule    = conj { "OR" conj }
 *   conj    = unary { "AND" unary }
 *   unary   = "NOT" unary | "(" rule ")" | "TRUE" | "FALSE" | state "(" alarm ")" | atLeast
 *   atLeast = "AT_LEAST" "(" ( count | percent "%" ) "," [ "NOT" ] state "," "(" alarm { "," alarm } ")" ")"
 *   state   = "ALARM" | "OK" | "INSUFFICIENT_DATA"
 *   alarm   = a name or an ARN, with or without double quotes
 */
export type CompositeRule =
  | { kind: 'constant'; value: boolean }
  | { kind: 'state'; state: AlarmState; alarm: string }
  | { kind: 'not'; operand: CompositeRule }
  | { kind: 'and' | 'or'; operands: CompositeRule[] }
  | { kind: 'atLeast'; count: number; state: AlarmState; negated: boolean; alarms: string[] };

/** What CloudWatch accepts in one rule: children, and children with constants and pairs of parentheses. */
const childLimit = 100;
const elementLimit = 500;

const states: readonly string[] = ['ALARM', 'OK', 'INSUFFICIENT_DATA'] satisfies AlarmState[];
const isState = (token: string | undefined): token is AlarmState =>
  token !== undefined && states.includes(token);

/** @throws InvalidParameterValueError for what is not in the grammar above, or more than CloudWatch accepts. */
export function parseCompositeRule(text: string): CompositeRule {
  const parser = new Parser(text);
  const rule = parser.rule();
  parser.end();
  return rule;
}

class Parser {
  readonly #text: string;
  #position = 0;
  #elements = 0;
  readonly #children = new Set<string>();

  constructor(text: string) {
    this.#text = text;
  }

  rule(): CompositeRule {
    return this.#chain('OR', 'or', () => this.#chain('AND', 'and', () => this.#unary()));
  }

  end(): void {
    const rest = this.#text.slice(this.#position).trim();
    if (rest !== '') this.#refuse(`unexpected "${rest.slice(0, 40)}"`);
    if (this.#children.size > childLimit) {
      this.#refuse(`${this.#children.size} alarms, and ${childLimit} are the limit`);
    }
    if (this.#elements > elementLimit) {
      this.#refuse(`${this.#elements} elements, and ${elementLimit} are the limit`);
    }
  }

  #chain(word: string, kind: 'and' | 'or', operand: () => CompositeRule): CompositeRule {
    const operands = [operand()];
    while (this.#take(new RegExp(`${word}\\b`, 'y')) !== undefined) operands.push(operand());
    return operands.length === 1 ? operands[0]! : { kind, operands };
  }

  #unary(): CompositeRule {
    if (this.#take(/\(/y) !== undefined) {
      this.#elements += 1;
      const inner = this.rule();
      this.#expect(')');
      return inner;
    }
    const word = this.#take(/[A-Z_]+/y);
    if (word === 'NOT') return { kind: 'not', operand: this.#unary() };
    if (word === 'TRUE' || word === 'FALSE') {
      this.#elements += 1;
      return { kind: 'constant', value: word === 'TRUE' };
    }
    if (word === 'AT_LEAST') return this.#atLeast();
    if (!isState(word)) {
      return this.#refuse(
        `expected ${states.join(', ')}, AT_LEAST, NOT, TRUE, FALSE or "(", got "${this.#next(word)}"`,
      );
    }
    this.#expect('(');
    const alarm = this.#alarm();
    this.#expect(')');
    return { kind: 'state', state: word, alarm };
  }

  #atLeast(): CompositeRule {
    this.#expect('(');
    const amount = this.#take(/\d+%?/y) ?? this.#refuse('AT_LEAST: expected a number or a percentage');
    this.#expect(',');
    const negated = this.#take(/NOT\b/y) !== undefined;
    const state = this.#take(/[A-Z_]+/y);
    if (!isState(state))
      return this.#refuse(`AT_LEAST: expected ${states.join(', ')}, got "${this.#next(state)}"`);
    this.#expect(',');
    this.#expect('(');
    const alarms = [this.#alarm()];
    while (this.#take(/,/y) !== undefined) alarms.push(this.#alarm());
    this.#expect(')');
    this.#expect(')');
    const number = Number.parseInt(amount, 10);
    const count = amount.endsWith('%') ? Math.ceil((alarms.length * number) / 100) : number;
    if (count < 1 || count > alarms.length) {
      return this.#refuse(`AT_LEAST: expected 1 to ${alarms.length} of its alarms, got ${amount}`);
    }
    return { kind: 'atLeast', count, state, negated, alarms };
  }

  #alarm(): string {
    const quoted = this.#take(/"[^"]+"/y);
    const written =
      quoted?.slice(1, -1) ?? this.#take(/[^\s(),"]+/y) ?? this.#refuse('expected an alarm’s name');
    const alarm = written.startsWith('arn:') ? written.split(':alarm:')[1] : written;
    if (!alarm) return this.#refuse(`expected the ARN of an alarm, got "${written}"`);
    this.#elements += 1;
    this.#children.add(alarm);
    return alarm;
  }

  #expect(sign: string): void {
    if (this.#take(new RegExp(`\\${sign}`, 'y')) === undefined)
      this.#refuse(`expected "${sign}", got "${this.#next()}"`);
  }

  #take(pattern: RegExp): string | undefined {
    this.#position += /^\s*/.exec(this.#text.slice(this.#position))![0].length;
    pattern.lastIndex = this.#position;
    const [token] = pattern.exec(this.#text) ?? [];
    this.#position += token?.length ?? 0;
    return token;
  }

  #next = (taken?: string): string =>
    taken ?? (this.#text.slice(this.#position, this.#position + 20) || 'the end');

  #refuse(problem: string): never {
    throw invalidParameterValue(`AlarmRule "${this.#text.slice(0, 200)}": ${problem}`);
  }
}

/** Names of the alarms a rule refers to, each once. */
export function childrenOf(rule: CompositeRule): string[] {
  switch (rule.kind) {
    case 'constant':
      return [];
    case 'state':
      return [rule.alarm];
    case 'not':
      return childrenOf(rule.operand);
    case 'and':
    case 'or':
      return [...new Set(rule.operands.flatMap(childrenOf))];
    case 'atLeast':
      return [...new Set(rule.alarms)];
  }
}

/** Whether the rule holds: the composite is in ALARM then, and in OK otherwise. */
export function holds(rule: CompositeRule, stateOf: (alarm: string) => AlarmState): boolean {
  switch (rule.kind) {
    case 'constant':
      return rule.value;
    case 'state':
      return stateOf(rule.alarm) === rule.state;
    case 'not':
      return !holds(rule.operand, stateOf);
    case 'and':
      return rule.operands.every((operand) => holds(operand, stateOf));
    case 'or':
      return rule.operands.some((operand) => holds(operand, stateOf));
    case 'atLeast':
      return (
        rule.alarms.filter((alarm) => (stateOf(alarm) === rule.state) !== rule.negated).length >= rule.count
      );
  }
}
