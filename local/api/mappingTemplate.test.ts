import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMappingTemplate, renderMapping } from './mappingTemplate.ts';

const render = (template: string, request: { header?: object; querystring?: object; path?: object } = {}) =>
  renderMapping(readMappingTemplate(template), {
    header: {},
    querystring: {},
    path: {},
    requestId: 'request-1',
    variables: new Map(),
    ...(request as object),
  });

describe('a mapping template', () => {
  it('is the text that it is, where nothing is to be filled in', () => {
    const plain = fc.string({ unit: 'grapheme' }).filter((text) => !/[$#]/.test(text));
    fc.assert(
      fc.property(plain, (text) => {
        expect(render(text)).toEqual({ body: text, headers: {} });
      }),
    );
    expect(render('5 $ for #1, 100 $#').body).toBe('5 $ for #1, 100 $#');
  });

  it('takes parameters from where they are named, or from the first place that has them', () => {
    const request = { header: { a: 'h', Origin: 'o' }, querystring: { a: 'q' }, path: { a: 'p' } };
    expect(
      render('$input.params("a")-$input.params().header.get("a")-$input.params("Origin")', request).body,
    ).toBe('p-h-o');
    expect(render("[$input.params('none')] $context.requestId $never", request).body).toBe(
      '[] request-1 $never',
    );
  });

  it('sets variables, and what the answer is instead', () => {
    const template =
      '#set($status = 204)\n#set($context.responseOverride.status = $status)\n' +
      '#set($context.responseOverride.header.X-Kind = "a")\nbody\n';
    expect(render(template)).toEqual({ body: 'body\n', headers: { 'x-kind': 'a' }, status: 204 });
  });

  it('takes the first branch whose condition holds', () => {
    const template =
      '#if($input.params("n") == "1" && !($input.params("m") == "1"))one#elseif($input.params("n") != "2" || false)more#else two#end';
    const body = (n: string, m: string) => render(template, { querystring: { n, m } }).body;
    expect([body('1', '0'), body('1', '1'), body('2', '0'), body('3', '0')]).toEqual([
      'one',
      'more',
      ' two',
      'more',
    ]);
  });

  it.each([
    ['#foreach($a in $b)x#end', '"#foreach('],
    ['$util.urlEncode("a")', '"$util.urlEncode("a")"'],
    ['$input.json("$")', '"$input.json('],
    ['${name}', '"${name}"'],
    ['#if(true)x', 'expected #end, got the end'],
    ['x#end', 'got "#end"'],
    ['#set($a.b = 1)', '"$a.b = 1)"'],
    ['#if($a > 1)x#end', 'expected ")", got "> 1)x#end"'],
    ['#set($a = "b $c")', 'plain text'],
  ])('refuses %s by name', (template, problem) => {
    expect(() => readMappingTemplate(template)).toThrow(SyntaxError);
    expect(() => readMappingTemplate(template)).toThrow(problem);
  });
});
