/** Functions of jq that are defined in jq itself. */
import type { Ast } from './jqAst.ts';
import { parseJq } from './jqParser.ts';

/** What each function is defined as; a name may have several numbers of arguments. */
const definitions = `
def not: if . then false else true end;
def select(f): if f then . else empty end;
def map(f): [.[] | f];
def map_values(f): .[] |= f;
def add(f): [f] | add;
def in(xs): . as $key | xs | has($key);
def values: select(. != null);
def nulls: select(. == null);
def booleans: select(type == "boolean");
def numbers: select(type == "number");
def strings: select(type == "string");
def arrays: select(type == "array");
def objects: select(type == "object");
def iterables: select(type == "array" or type == "object");
def scalars: select(type != "array" and type != "object");
def finites: select(isfinite);
def normals: select(isnormal);
def recurse: recurse(.[]?);
def recurse(f): def _r: ., (f | _r); _r;
def recurse(f; until): def _r: ., (f | select(until) | _r); _r;
def to_entries: [keys[] as $key | {key: $key, value: .[$key]}];
def from_entries: map({(.key // .Key // .name // .Name): (if has("value") then .value else .Value end)}) | add // {};
def with_entries(f): to_entries | map(f) | from_entries;
def while(go; f): def _w: if go then ., (f | _w) else empty end; _w;
def until(done; f): def _u: if done then . else f | _u end; _u;
def repeat(f): def _r: f, _r; _r;
def range($end): _range(0; $end; 1);
def range($from; $end): _range($from; $end; 1);
def range($from; $end; $by): _range($from; $end; $by);
def min_by(f): _min_by(map([f]));
def max_by(f): _max_by(map([f]));
def sort_by(f): _sort_by(map([f]));
def group_by(f): _group_by(map([f]));
def unique_by(f): _unique_by(map([f]));
def combinations: if length == 0 then [] else .[0][] as $head | [$head] + (.[1:] | combinations) end;
def combinations(n): [limit(n; repeat(.))] | combinations;
def walk(f): def _w: if type == "array" then map(_w) elif type == "object" then map_values(_w) else . end | f; _w;
def first: .[0];
def first(f): label $done | f | ., break $done;
def last: .[-1];
def nth($n): .[$n];
def nth($n; f): if $n >= 0 then first(skip($n; f)) else error("nth doesn't support negative index") end;
def isempty(f): label $done | (f | false, break $done), true;
def all: all(.);
def all(f): all(.[]; f);
def all(source; f): isempty(source | select(f | not));
def any: any(.);
def any(f): any(.[]; f);
def any(source; f): isempty(source | select(f)) | not;
def limit($n; f): if $n > 0 then label $done | foreach f as $each ($n; . - 1; $each, if . <= 0 then break $done else empty end)
  elif $n == 0 then empty else error("limit doesn't support negative count") end;
def skip($n; f): if $n > 0 then foreach f as $each ($n; . - 1; if . < 0 then $each else empty end)
  elif $n == 0 then f else error("skip doesn't support negative count") end;
def truncate_stream(f): . as $n | null | f | if .[0] | length > $n then .[0] |= .[$n:] else empty end;
def fromstream(f): foreach f as $event (null; if .e then null else . end | $event as [$p, $v] |
  if $event | length == 2 then setpath(["v"] + $p; $v) | setpath(["e"]; $p | length == 0)
  else setpath(["e"]; $p | length == 1) end; if .e then .v else empty end);
def tostream: path(def _r: (.[]? | _r), .; _r) as $p | getpath($p) | reduce path(.[]?) as $q ([$p, .]; [$p + $q]);
def del(f): delpaths([path(f)]);
def paths: path(..) | select(. != []);
def paths(f): path(.. | select(f)) | select(. != []);
def pick(f): . as $all | reduce path(f) as $p (null; setpath($p; $all | getpath($p)));
def fromdateiso8601: strptime("%Y-%m-%dT%H:%M:%S%z") | mktime;
def todateiso8601: strftime("%Y-%m-%dT%H:%M:%SZ");
def fromdate: fromdateiso8601;
def todate: todateiso8601;
def match($re): match($re; null);
def match($re; $flags): _match($re; $flags; false)[];
def test($re): test($re; null);
def test($re; $flags): _match($re; $flags; true);
def capture($re): capture($re; null);
def capture($re; $flags): match($re; $flags) | .captures | _captures;
def scan($re): scan($re; null);
def scan($re; $flags): match($re; $flags + "g") | if .captures == [] then .string else [.captures[].string] end;
def splits($re): splits($re; null);
def splits($re; $flags): .[foreach (match($re; $flags + "g"), null) as {$offset, $length}
  (null; {start: .next, end: $offset, next: ($offset + $length)})];
def split($re; $flags): [splits($re; $flags)];
def sub($re; f): sub($re; f; null);
def sub($re; f; $flags): reduce match($re; $flags) as {$offset, $length, $captures} ({s: ., r: []};
  reduce ($captures | _captures | f) as $new (.i = 0; .r[.i] += .s[.next:$offset] + $new | .i += 1) | .next = $offset + $length)
  | .r[] + .s[.next:] // .s;
def gsub($re; f): sub($re; f; "g");
def gsub($re; f; $flags): sub($re; f; $flags + "g");
def INDEX(f): INDEX(.[]; f);
def INDEX(rows; f): reduce rows as $row ({}; .[$row | f | tostring] = $row);
def JOIN($index; f): [.[] | [., $index[f]]];
def JOIN($index; rows; f): rows | [., $index[f]];
def JOIN($index; rows; f; joined): rows | [., $index[f]] | joined;
def IN(source): any(source == .; .);
def IN(value; source): any(value == source; .);
`;

type Definition = Extract<Ast, { readonly t: 'def' }>;

let parsed: ReadonlyMap<string, Definition> | null = null;

/** The definition of `name/arity`; null when it is not defined in jq. */
export function definitionOf(id: string): Definition | null {
  parsed ??= parseAll();
  return parsed.get(id) ?? null;
}

function parseAll(): ReadonlyMap<string, Definition> {
  const all = new Map<string, Definition>();
  for (let at: Ast | null = parseJq(`${definitions}.`); at?.t === 'def'; at = at.rest) {
    all.set(`${at.name}/${at.params.length}`, at);
  }
  return all;
}
