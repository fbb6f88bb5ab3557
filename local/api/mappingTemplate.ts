import { isTrue, readExpression, readReference, type Expression, type Values } from './mappingExpression.ts';
import { TemplateReader } from './templateReader.ts';

/**
 * A mapping template, as far as the preflights that CDK writes need one, and a little more:
 *
 *     template  = { text | reference | set | if }
 *     set       = "#set(" target "=" expression ")"
 *     target    = "$" name | "$context.responseOverride.header." name | "$context.responseOverride.status"
 *     if        = "#if(" expression ")" template { "#elseif(" expression ")" template } [ "#else" template ] "#end"
 *
 * A directive takes the blanks before it and the line's end after it along.
 */
export type MappingTemplate = readonly Part[];

type Part =
  | { kind: 'text'; text: string }
  | { kind: 'value'; source: string; value: Expression }
  | { kind: 'set'; target: string; value: Expression }
  | { kind: 'if'; branches: readonly { condition: Expression; parts: MappingTemplate }[] };

/** What a template makes of a request. */
export interface Mapped {
  body: string;
  /** Instead of what the integration's response says, by their names in lower case. */
  headers: Record<string, string>;
  status?: number;
}

/**
 * Reads a template.
 * @throws SyntaxError for what is not of it, by name
 */
export function readMappingTemplate(text: string): MappingTemplate {
  const reader = new TemplateReader(text);
  const parts = readParts(reader);
  if (!reader.atEnd) throw reader.unexpected('a template');
  return parts;
}

const directive = /[ \t]*#(set|if|elseif|else|end)\b/y;
const afterDirective = /[ \t]*\r?\n/y;
const plain =
  /[^$#\s]+|[ \t]+|\s|[$#](?![A-Za-z{!])|#(?!(set|if|elseif|else|end|foreach|macro|parse|include|stop)\b)/y;
const target = /\$(?:context\.responseOverride\.(?:status|header\.[\w-]+)|[A-Za-z]\w*(?![\w.]))/y;

/** Up to the end, or to what ends a branch. */
function readParts(reader: TemplateReader): Part[] {
  const parts: Part[] = [];
  for (;;) {
    const next = reader.peek(directive)?.trim();
    if (next === '#set') parts.push(readSet(reader));
    else if (next === '#if') parts.push(readIf(reader));
    else if (next !== undefined || reader.atEnd) return parts;
    else {
      const text = reader.take(plain);
      parts.push(text === undefined ? readValue(reader) : { kind: 'text', text });
    }
  }
}

const readValue = (reader: TemplateReader): Part => ({
  kind: 'value',
  source: reader.peek(/\$\w+/y) ?? '',
  value: readReference(reader),
});

function readSet(reader: TemplateReader): Part {
  reader.take(directive);
  reader.expect('(');
  const name = reader.takeToken(target);
  if (name === undefined) throw reader.unexpected('$name or $context.responseOverride');
  reader.expect('=');
  const value = readExpression(reader);
  reader.expect(')');
  reader.take(afterDirective);
  return { kind: 'set', target: name.slice(1), value };
}

function readIf(reader: TemplateReader): Part {
  const branches: { condition: Expression; parts: MappingTemplate }[] = [];
  for (;;) {
    const keyword = reader.take(directive)?.trim();
    if (keyword === '#end') break;
    if (keyword === undefined || keyword === '#set') throw reader.unexpected('#end');
    const condition = keyword === '#else' ? () => true : readCondition(reader);
    reader.take(afterDirective);
    branches.push({ condition, parts: readParts(reader) });
  }
  reader.take(afterDirective);
  return { kind: 'if', branches };
}

function readCondition(reader: TemplateReader): Expression {
  reader.expect('(');
  const condition = readExpression(reader);
  reader.expect(')');
  return condition;
}

/** What a template makes of these values; they keep what it sets. */
export function renderMapping(template: MappingTemplate, values: Values): Mapped {
  const mapped: Mapped = { body: '', headers: {} };
  render(template, values, mapped);
  return mapped;
}

function render(template: MappingTemplate, values: Values, mapped: Mapped): void {
  for (const part of template) {
    if (part.kind === 'text') mapped.body += part.text;
    else if (part.kind === 'value') mapped.body += String(part.value(values) ?? part.source);
    else if (part.kind === 'set') set(part.target, part.value(values), values, mapped);
    else {
      const branch = part.branches.find(({ condition }) => isTrue(condition(values)));
      if (branch) render(branch.parts, values, mapped);
    }
  }
}

function set(name: string, value: ReturnType<Expression>, values: Values, mapped: Mapped): void {
  const override = /^context\.responseOverride\.(?:status|header\.(.+))$/.exec(name);
  if (!override) values.variables.set(name, value);
  else if (override[1] === undefined) mapped.status = Number(value);
  else mapped.headers[override[1].toLowerCase()] = String(value ?? '');
}
