// Text form of the two IRs. docs/ir.md explains it with examples.
// Made for speed: a type `f32[1, 4]`, a list of numbers `[1, 2]` and the values of a constant `dense<...>` are one token each, and
// every choice is made by the next token. `npm run generate-parser` (Java) writes src/ir/text/generated.
grammar qc;

file: header? item* EOF;
item: constant | func | kernel;
header: MODULE STRING (VERSION NUMBER)? attrs?;
constant: CONST VALUE ':' type '=' (DENSE | BLOB STRING);

func: FUNC SYMBOL '(' (param (',' param)*)? ')' '->' ports (NEXT NUMBER)? '{' node* returned '}';
param: VALUE ':' port (STATE VALUE?)?;
ports: result | '(' (result (',' result)*)? ')';
result: port (STATE VALUE)?;
port: type (AS STRING)?;
returned: RETURN (VALUE (',' VALUE)*)?;
node: (VALUE (',' VALUE)* '=')? word SYMBOL? '(' (operand (',' operand)*)? ')' attrs? (':' types)? loc?;
operand: VALUE | ABSENT;
types: '(' ')' | type (',' type)*;
type: TYPE quant?;
quant: Q '(' (num ',' num | AXIS NUMBER (BLOCK NUMBER)? ':' nums ',' nums) ')';
nums: (num ('*' NUMBER | num*))?;
num: '-'? NUMBER;
attrs: '{' (attr (',' attr)*)? '}';
attr: (word | STRING) '=' value;
value: num | TRUE | FALSE | STRING | SYMBOL | LIST | '[' STRING (',' STRING)* ']' | word;
loc: LOC '(' place ')';
place: STRING STRING (PASS STRING)? (FROM '(' (place (',' place)*)? ')')?;

kernel: KERNEL SYMBOL '{' buffer* prepare* stage* '}';
buffer: role name ':' TYPE;
role: IN | OUT | INOUT | CONST | SCRATCH | LOCAL;
prepare: PREPARE name WITH kernel;
stage: STAGE name block;
block: '{' stmt* '}';
stmt
  : (PARALLEL | UNROLL)? FOR name IN NUMBER block     # forStmt
  | SEQ block                                         # seqStmt
  | IF '(' expr ')' block (ELSE block)?               # ifStmt
  | LET name '=' expr ';'                             # letStmt
  | ALLOC role? name ':' TYPE ';'                     # allocStmt
  | name index assign expr (IF expr)? ';'             # assignStmt
  | block                                             # scopeStmt
  ;
assign: '=' | '+=' | '*=' | 'min=' | 'max=' | '&=' | '|=';
index: LIST | '[' (expr (',' expr)*)? (IF expr)? ']';
expr: operandExpr (binop operandExpr)*;
binop: '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^' | '<<' | '>>' | '==' | '!=' | '<' | '<=' | '>' | '>=';
operandExpr: primary (':' IDENT)?;
primary
  : num                                               # literal
  | name (index | '(' (expr (',' expr)*)? ')')?       # reference
  | '(' expr ')'                                      # group
  ;
name: IDENT | STRING;

// Where a word cannot be mistaken for the beginning of something else, keywords are names too.
word
  : IDENT | MODULE | VERSION | CONST | BLOB | FUNC | NEXT | STATE | AS | Q | AXIS | BLOCK | LOC | PASS | FROM | KERNEL | IN | OUT | INOUT
  | SCRATCH | LOCAL | PREPARE | WITH | STAGE | PARALLEL | UNROLL | FOR | SEQ | IF | ELSE | LET | ALLOC
  ;

MODULE: 'module';
VERSION: 'version';
CONST: 'const';
BLOB: 'blob';
FUNC: 'func';
NEXT: 'next';
STATE: 'state';
AS: 'as';
RETURN: 'return';
Q: 'q';
AXIS: 'axis';
BLOCK: 'block';
LOC: 'loc';
PASS: 'pass';
FROM: 'from';
TRUE: 'true';
FALSE: 'false';
KERNEL: 'kernel';
IN: 'in';
OUT: 'out';
INOUT: 'inout';
SCRATCH: 'scratch';
LOCAL: 'local';
PREPARE: 'prepare';
WITH: 'with';
STAGE: 'stage';
PARALLEL: 'parallel';
UNROLL: 'unroll';
FOR: 'for';
SEQ: 'seq';
IF: 'if';
ELSE: 'else';
LET: 'let';
ALLOC: 'alloc';

LIST: '[' BLANK* (ITEM (',' ITEM)*)? ']';
DENSE: 'dense<' ~'>'* '>';
TYPE: DTYPE BLANK* '[' [0-9, \t\r\n]* ']';
VALUE: [%#] (PLAIN+ | STRING);
SYMBOL: '@' (PLAIN+ | STRING);
NUMBER: [0-9]+ ('.' [0-9]+)? ([eE] [+-]? [0-9]+)? | '0x' [0-9a-fA-F]+ | 'inf' | 'nan';
ABSENT: '_';
IDENT: [A-Za-z_] PLAIN*;
STRING: '"' (~["\\\r\n] | '\\' .)* '"';
COMMENT: '//' ~[\r\n]* -> skip;
WS: [ \t\r\n]+ -> skip;
ANY: .;

fragment BLANK: [ \t\r\n];
fragment ITEM: BLANK* '-'? NUMBER BLANK*;
fragment PLAIN: [A-Za-z0-9_.];
fragment DTYPE: [fiu] ('32' | '64' | '16') | [iu] ('4' | '8') | 'bf16' | 'bool';
