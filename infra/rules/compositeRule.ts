/**
 * The grammar of a composite alarm's rule, as CloudWatch documents it:
 *
 *   rule    = or
 *   or      = and { "OR" and }
 *   and     = not { "AND" not }
 *   not     = { "NOT" } primary
 *   primary = "TRUE" | "FALSE" | "(" rule ")" | state "(" name ")"
 *           | "AT_LEAST" "(" number ["%"] "," ["NOT"] state "," "(" name { "," name } ")" ")"
 *   state   = "ALARM" | "OK" | "INSUFFICIENT_DATA"
 *   name    = a quoted text, or letters and what ARNs are made of
 */
const tokenPattern = /\s*("(?:[^"\\]|\\.)*"|[(),%]|[^\s(),%"]+)/y;

const mostChildren = 100;
const mostCharacters = 10_240;

/** What is wrong with a rule; undefined when CloudWatch would take it. */
export function compositeRuleProblem(rule: string): string | undefined {
  try {
    const parser = new Parser(tokensOf(rule));
    parser.rule();
    parser.end();
    if (parser.names.size > mostChildren) return `${parser.names.size} alarms, ${mostChildren} are accepted`;
    if (rule.length > mostCharacters) return `${rule.length} characters, ${mostCharacters} are accepted`;
    return undefined;
  } catch (error) {
    if (error instanceof RuleSyntaxError) return error.message;
    throw error;
  }
}

class RuleSyntaxError extends Error {
  override readonly name = 'RuleSyntaxError';
}

function tokensOf(rule: string): string[] {
  const tokens: string[] = [];
  tokenPattern.lastIndex = 0;
  while (tokenPattern.lastIndex < rule.trimEnd().length) {
    const at = tokenPattern.lastIndex;
    const token = tokenPattern.exec(rule)?.[1];
    if (token === undefined) throw new RuleSyntaxError(`cannot be read from "${rule.slice(at, at + 20)}"`);
    tokens.push(token);
  }
  return tokens;
}

const states = new Set(['ALARM', 'OK', 'INSUFFICIENT_DATA']);

class Parser {
  readonly names = new Set<string>();
  readonly #tokens: string[];
  #at = 0;

  constructor(tokens: string[]) {
    this.#tokens = tokens;
  }

  rule(): void {
    this.#chain('OR', () => this.#chain('AND', () => this.#not()));
  }

  end(): void {
    if (this.#at < this.#tokens.length) throw this.#unexpected('AND, OR or the end');
  }

  #chain(operator: string, operand: () => void): void {
    operand();
    while (this.#take(operator)) operand();
  }

  #not(): void {
    if (this.#take('NOT')) this.#not();
    else this.#primary();
  }

  #primary(): void {
    if (this.#take('TRUE') || this.#take('FALSE')) return;
    if (this.#take('(')) {
      this.rule();
      this.#expect(')');
    } else if (this.#take('AT_LEAST')) this.#atLeast();
    else {
      this.#state();
      this.#expect('(');
      this.#name();
      this.#expect(')');
    }
  }

  #atLeast(): void {
    this.#expect('(');
    if (!/^[1-9]\d*$/.test(this.#tokens[this.#at] ?? '')) throw this.#unexpected('a number');
    this.#at += 1;
    this.#take('%');
    this.#expect(',');
    this.#take('NOT');
    this.#state();
    this.#expect(',');
    this.#expect('(');
    this.#chain(',', () => this.#name());
    this.#expect(')');
    this.#expect(')');
  }

  #state(): void {
    if (!states.has(this.#tokens[this.#at] ?? '')) throw this.#unexpected([...states].join(', '));
    this.#at += 1;
  }

  #name(): void {
    const token = this.#tokens[this.#at];
    if (token === undefined || /^[(),%]$/.test(token)) throw this.#unexpected("an alarm's name");
    this.names.add(token.replaceAll('"', ''));
    this.#at += 1;
  }

  #take(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false;
    this.#at += 1;
    return true;
  }

  #expect(token: string): void {
    if (!this.#take(token)) throw this.#unexpected(`"${token}"`);
  }

  #unexpected(expected: string): RuleSyntaxError {
    return new RuleSyntaxError(`expected ${expected}, got ${this.#tokens[this.#at] ?? 'the end'}`);
  }
}
