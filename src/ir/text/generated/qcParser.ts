// Generated from qc.g4 by scripts/generate-parser.mjs. Do not edit.
// @ts-nocheck


import { ATN } from "antlr4ts/atn/ATN.js";
import { ATNDeserializer } from "antlr4ts/atn/ATNDeserializer.js";
import { FailedPredicateException } from "antlr4ts/FailedPredicateException.js";
import { NotNull } from "antlr4ts/Decorators.js";
import { NoViableAltException } from "antlr4ts/NoViableAltException.js";
import { Override } from "antlr4ts/Decorators.js";
import { Parser } from "antlr4ts/Parser.js";
import { ParserRuleContext } from "antlr4ts/ParserRuleContext.js";
import { ParserATNSimulator } from "antlr4ts/atn/ParserATNSimulator.js";
import { RecognitionException } from "antlr4ts/RecognitionException.js";
import { TerminalNode } from "antlr4ts/tree/TerminalNode.js";
import { Token } from "antlr4ts/Token.js";
import type { TokenStream } from "antlr4ts/TokenStream.js";
import type { Vocabulary } from "antlr4ts/Vocabulary.js";
import { VocabularyImpl } from "antlr4ts/VocabularyImpl.js";

import * as Utils from "antlr4ts/misc/Utils.js";


export class qcParser extends Parser {
	public static readonly T__0 = 1;
	public static readonly T__1 = 2;
	public static readonly T__2 = 3;
	public static readonly T__3 = 4;
	public static readonly T__4 = 5;
	public static readonly T__5 = 6;
	public static readonly T__6 = 7;
	public static readonly T__7 = 8;
	public static readonly T__8 = 9;
	public static readonly T__9 = 10;
	public static readonly T__10 = 11;
	public static readonly T__11 = 12;
	public static readonly T__12 = 13;
	public static readonly T__13 = 14;
	public static readonly T__14 = 15;
	public static readonly T__15 = 16;
	public static readonly T__16 = 17;
	public static readonly T__17 = 18;
	public static readonly T__18 = 19;
	public static readonly T__19 = 20;
	public static readonly T__20 = 21;
	public static readonly T__21 = 22;
	public static readonly T__22 = 23;
	public static readonly T__23 = 24;
	public static readonly T__24 = 25;
	public static readonly T__25 = 26;
	public static readonly T__26 = 27;
	public static readonly T__27 = 28;
	public static readonly T__28 = 29;
	public static readonly T__29 = 30;
	public static readonly T__30 = 31;
	public static readonly T__31 = 32;
	public static readonly T__32 = 33;
	public static readonly MODULE = 34;
	public static readonly VERSION = 35;
	public static readonly CONST = 36;
	public static readonly BLOB = 37;
	public static readonly FUNC = 38;
	public static readonly NEXT = 39;
	public static readonly AS = 40;
	public static readonly RETURN = 41;
	public static readonly Q = 42;
	public static readonly AXIS = 43;
	public static readonly BLOCK = 44;
	public static readonly LOC = 45;
	public static readonly PASS = 46;
	public static readonly FROM = 47;
	public static readonly TRUE = 48;
	public static readonly FALSE = 49;
	public static readonly KERNEL = 50;
	public static readonly IN = 51;
	public static readonly OUT = 52;
	public static readonly INOUT = 53;
	public static readonly SCRATCH = 54;
	public static readonly LOCAL = 55;
	public static readonly PREPARE = 56;
	public static readonly WITH = 57;
	public static readonly STAGE = 58;
	public static readonly PARALLEL = 59;
	public static readonly UNROLL = 60;
	public static readonly FOR = 61;
	public static readonly SEQ = 62;
	public static readonly IF = 63;
	public static readonly ELSE = 64;
	public static readonly LET = 65;
	public static readonly ALLOC = 66;
	public static readonly INSTR = 67;
	public static readonly LIST = 68;
	public static readonly DENSE = 69;
	public static readonly TYPE = 70;
	public static readonly VALUE = 71;
	public static readonly SYMBOL = 72;
	public static readonly NUMBER = 73;
	public static readonly ABSENT = 74;
	public static readonly IDENT = 75;
	public static readonly STRING = 76;
	public static readonly COMMENT = 77;
	public static readonly WS = 78;
	public static readonly ANY = 79;
	public static readonly RULE_file = 0;
	public static readonly RULE_item = 1;
	public static readonly RULE_header = 2;
	public static readonly RULE_constant = 3;
	public static readonly RULE_func = 4;
	public static readonly RULE_param = 5;
	public static readonly RULE_ports = 6;
	public static readonly RULE_port = 7;
	public static readonly RULE_returned = 8;
	public static readonly RULE_node = 9;
	public static readonly RULE_operand = 10;
	public static readonly RULE_types = 11;
	public static readonly RULE_type = 12;
	public static readonly RULE_quant = 13;
	public static readonly RULE_nums = 14;
	public static readonly RULE_num = 15;
	public static readonly RULE_attrs = 16;
	public static readonly RULE_attr = 17;
	public static readonly RULE_value = 18;
	public static readonly RULE_loc = 19;
	public static readonly RULE_place = 20;
	public static readonly RULE_kernel = 21;
	public static readonly RULE_buffer = 22;
	public static readonly RULE_role = 23;
	public static readonly RULE_prepare = 24;
	public static readonly RULE_stage = 25;
	public static readonly RULE_block = 26;
	public static readonly RULE_stmt = 27;
	public static readonly RULE_assign = 28;
	public static readonly RULE_index = 29;
	public static readonly RULE_expr = 30;
	public static readonly RULE_binop = 31;
	public static readonly RULE_operandExpr = 32;
	public static readonly RULE_primary = 33;
	public static readonly RULE_name = 34;
	public static readonly RULE_word = 35;
	// tslint:disable:no-trailing-whitespace
	public static readonly ruleNames: string[] = [
		"file", "item", "header", "constant", "func", "param", "ports", "port", 
		"returned", "node", "operand", "types", "type", "quant", "nums", "num", 
		"attrs", "attr", "value", "loc", "place", "kernel", "buffer", "role", 
		"prepare", "stage", "block", "stmt", "assign", "index", "expr", "binop", 
		"operandExpr", "primary", "name", "word",
	];

	private static readonly _LITERAL_NAMES: Array<string | undefined> = [
		undefined, "':'", "'='", "'('", "','", "')'", "'->'", "'{'", "'}'", "'*'", 
		"'-'", "'['", "']'", "';'", "'+='", "'*='", "'min='", "'max='", "'&='", 
		"'|='", "'+'", "'/'", "'%'", "'&'", "'|'", "'^'", "'<<'", "'>>'", "'=='", 
		"'!='", "'<'", "'<='", "'>'", "'>='", "'module'", "'version'", "'const'", 
		"'blob'", "'func'", "'next'", "'as'", "'return'", "'q'", "'axis'", "'block'", 
		"'loc'", "'pass'", "'from'", "'true'", "'false'", "'kernel'", "'in'", 
		"'out'", "'inout'", "'scratch'", "'local'", "'prepare'", "'with'", "'stage'", 
		"'parallel'", "'unroll'", "'for'", "'seq'", "'if'", "'else'", "'let'", 
		"'alloc'", "'instr'", undefined, undefined, undefined, undefined, undefined, 
		undefined, "'_'",
	];
	private static readonly _SYMBOLIC_NAMES: Array<string | undefined> = [
		undefined, undefined, undefined, undefined, undefined, undefined, undefined, 
		undefined, undefined, undefined, undefined, undefined, undefined, undefined, 
		undefined, undefined, undefined, undefined, undefined, undefined, undefined, 
		undefined, undefined, undefined, undefined, undefined, undefined, undefined, 
		undefined, undefined, undefined, undefined, undefined, undefined, "MODULE", 
		"VERSION", "CONST", "BLOB", "FUNC", "NEXT", "AS", "RETURN", "Q", "AXIS", 
		"BLOCK", "LOC", "PASS", "FROM", "TRUE", "FALSE", "KERNEL", "IN", "OUT", 
		"INOUT", "SCRATCH", "LOCAL", "PREPARE", "WITH", "STAGE", "PARALLEL", "UNROLL", 
		"FOR", "SEQ", "IF", "ELSE", "LET", "ALLOC", "INSTR", "LIST", "DENSE", 
		"TYPE", "VALUE", "SYMBOL", "NUMBER", "ABSENT", "IDENT", "STRING", "COMMENT", 
		"WS", "ANY",
	];
	public static readonly VOCABULARY: Vocabulary = new VocabularyImpl(qcParser._LITERAL_NAMES, qcParser._SYMBOLIC_NAMES, []);

	// @Override
	// @NotNull
	public get vocabulary(): Vocabulary {
		return qcParser.VOCABULARY;
	}
	// tslint:enable:no-trailing-whitespace

	// @Override
	public get grammarFileName(): string { return "qc.g4"; }

	// @Override
	public get ruleNames(): string[] { return qcParser.ruleNames; }

	// @Override
	public get serializedATN(): string { return qcParser._serializedATN; }

	protected createFailedPredicateException(predicate?: string, message?: string): FailedPredicateException {
		return new FailedPredicateException(this, predicate, message);
	}

	constructor(input: TokenStream) {
		super(input);
		this._interp = new ParserATNSimulator(qcParser._ATN, this);
	}
	// @RuleVersion(0)
	public file(): FileContext {
		let _localctx: FileContext = new FileContext(this._ctx, this.state);
		this.enterRule(_localctx, 0, qcParser.RULE_file);
		let _la: number;
		try {
			this.enterOuterAlt(_localctx, 1);
			{
			this.state = 73;
			this._errHandler.sync(this);
			_la = this._input.LA(1);
			if (_la === qcParser.MODULE) {
				{
				this.state = 72;
				this.header();
				}
			}

			this.state = 78;
			this._errHandler.sync(this);
			_la = this._input.LA(1);
			while (((((_la - 36)) & ~0x1F) === 0 && ((1 << (_la - 36)) & ((1 << (qcParser.CONST - 36)) | (1 << (qcParser.FUNC - 36)) | (1 << (qcParser.KERNEL - 36)))) !== 0)) {
				{
				{
				this.state = 75;
				this.item();
				}
				}
				this.state = 80;
				this._errHandler.sync(this);
				_la = this._input.LA(1);
			}
			this.state = 81;
			this.match(qcParser.EOF);
			}
		}
		catch (re) {
			if (re instanceof RecognitionException) {
				_localctx.exception = re;
				this._errHandler.reportError(this, re);
				this._errHandler.recover(this, re);
			} else {
				throw re;
			}
		}
		finally {
			this.exitRule();
		}
		return _localctx;
	}
	// @RuleVersion(0)
	public item(): ItemContext {
		let _localctx: ItemContext = new ItemContext(this._ctx, this.state);
		this.enterRule(_localctx, 2, qcParser.RULE_item);
		try {
			this.state = 86;
			this._errHandler.sync(this);
			switch (this._input.LA(1)) {
			case qcParser.CONST:
				this.enterOuterAlt(_localctx, 1);
				{
				this.state = 83;
				this.constant();
				}
				break;
			case qcParser.FUNC:
				this.enterOuterAlt(_localctx, 2);
				{
				this.state = 84;
				this.func();
				}
				break;
			case qcParser.KERNEL:
				this.enterOuterAlt(_localctx, 3);
				{
				this.state = 85;
				this.kernel();
				}
				break;
			default:
				throw new NoViableAltException(this);
			}
		}
		catch (re) {
			if (re instanceof RecognitionException) {
				_localctx.exception = re;
				this._errHandler.reportError(this, re);
				this._errHandler.recover(this, re);
			} else {
				throw re;
			}
		}
		finally {
			this.exitRule();
		}
		return _localctx;
	}
	// @RuleVersion(0)
	public header(): HeaderContext {
		let _localctx: HeaderContext = new HeaderContext(this._ctx, this.state);
		this.enterRule(_localctx, 4, qcParser.RULE_header);
		let _la: number;
		try {
			this.enterOuterAlt(_localctx, 1);
			{
			this.state = 88;
			this.match(qcParser.MODULE);
			this.state = 89;
			this.match(qcParser.STRING);
			this.state = 92;
			this._errHandler.sync(this);
			_la = this._input.LA(1);
			if (_la === qcParser.VERSION) {
				{
				this.state = 90;
				this.match(qcParser.VERSION);
				this.state = 91;
				this.match(qcParser.NUMBER);
				}
			}

			this.state = 95;
			this._errHandler.sync(this);
			_la = this._input.LA(1);
			if (_la === qcParser.T__6) {
				{
				this.state = 94;
				this.attrs();
				}
			}

			}
		}
		catch (re) {
			if (re instanceof RecognitionException) {
				_localctx.exception = re;
				this._errHandler.reportError(this, re);
				this._errHandler.recover(this, re);
			} else {
				throw re;
			}
		}
		finally {
			this.exitRule();
		}
		return _localctx;
	}
	// @RuleVersion(0)
	public constant(): ConstantContext {
		let _localctx: ConstantContext = new ConstantContext(this._ctx, this.state);
		this.enterRule(_localctx, 6, qcParser.RULE_constant);
		try {
			this.enterOuterAlt(_localctx, 1);
			{
			this.state = 97;
			this.match(qcParser.CONST);
			this.state = 98;
			this.match(qcParser.VALUE);
			this.state = 99;
			this.match(qcParser.T__0);
			this.state = 100;
			this.type();
			this.state = 101;
			this.match(qcParser.T__1);
			this.state = 105;
			this._errHandler.sync(this);
			switch (this._input.LA(1)) {
			case qcParser.DENSE:
				{
				this.state = 102;
				this.match(qcParser.DENSE);
				}
				break;
			case qcParser.BLOB:
				{
				this.state = 103;
				this.match(qcParser.BLOB);
				this.state = 104;
				this.match(qcParser.STRING);
				}
				break;
			default:
				throw new NoViableAltException(this);
			}
			}
		}
		catch (re) {
			if (re instanceof RecognitionException) {
				_localctx.exception = re;
				this._errHandler.reportError(this, re);
				this._errHandler.recover(this, re);
			} else {
				throw re;
			}
		}
		finally {
			this.exitRule();
		}
		return _localctx;
	}
	// @RuleVersion(0)
	public func(): FuncContext {
		let _localctx: FuncContext = new FuncContext(this._ctx, this.state);
		this.enterRule(_localctx, 8, qcParser.RULE_func);
		let _la: number;
		try {
			this.enterOuterAlt(_localctx, 1);
			{
			this.state = 107;
			this.match(qcParser.FUNC);
			this.state = 108;
			this.match(qcParser.SYMBOL);
			this.state = 109;
			this.match(qcParser.T__2);
			this.state = 118;
			this._errHandler.sync(this);
			_la = this._input.LA(1);
			if (_la === qcParser.VALUE) {
				{
				this.state = 110;
				this.param();
				this.state = 115;
				this._errHandler.sync(this);
				_la = this._input.LA(1);
				while (_la === qcParser.T__3) {
					{
					{
					this.state = 111;
					this.match(qcParser.T__3);
					this.state = 112;
					this.param();
					}
					}
					this.state = 117;
					this._errHandler.sync(this);
					_la = this._input.LA(1);
				}
				}
			}

			this.state = 120;
			this.match(qcParser.T__4);
			this.state = 121;
			this.match(qcParser.T__5);
			this.state = 122;
			this.ports();
			this.state = 125;
			this._errHandler.sync(this);
			_la = this._input.LA(1);
			if (_la === qcParser.NEXT) {
				{
				this.state = 123;
				this.match(qcParser.NEXT);
				this.state = 124;
				this.match(qcParser.NUMBER);
				}
			}

			this.state = 127;
			this.match(qcParser.T__6);
			this.state = 131;
			this._errHandler.sync(this);
			_la = this._input.LA(1);
			while (((((_la - 34)) & ~0x1F) === 0 && ((1 << (_la - 34)) & ((1 << (qcParser.MODULE - 34)) | (1 << (qcParser.VERSION - 34)) | (1 << (qcParser.CONST - 34)) | (1 << (qcParser.BLOB - 34)) | (1 << (qcParser.FUNC - 34)) | (1 << (qcParser.NEXT - 34)) | (1 << (qcParser.AS - 34)) | (1 << (qcParser.Q - 34)) | (1 << (qcParser.AXIS - 34)) | (1 << (qcParser.BLOCK - 34)) | (1 << (qcParser.LOC - 34)) | (1 << (qcParser.PASS - 34)) | (1 << (qcParser.FROM - 34)) | (1 << (qcParser.KERNEL - 34)) | (1 << (qcParser.IN - 34)) | (1 << (qcParser.OUT - 34)) | (1 << (qcParser.INOUT - 34)) | (1 << (qcParser.SCRATCH - 34)) | (1 << (qcParser.LOCAL - 34)) | (1 << (qcParser.PREPARE - 34)) | (1 << (qcParser.WITH - 34)) | (1 << (qcParser.STAGE - 34)) | (1 << (qcParser.PARALLEL - 34)) | (1 << (qcParser.UNROLL - 34)) | (1 << (qcParser.FOR - 34)) | (1 << (qcParser.SEQ - 34)) | (1 << (qcParser.IF - 34)) | (1 << (qcParser.ELSE - 34)) | (1 << (qcParser.LET - 34)))) !== 0) || ((((_la - 66)) & ~0x1F) === 0 && ((1 << (_la - 66)) & ((1 << (qcParser.ALLOC - 66)) | (1 << (qcParser.INSTR - 66)) | (1 << (qcParser.VALUE - 66)) | (1 << (qcParser.IDENT - 66)))) !== 0)) {
				{
				{
				this.state = 128;
				this.node();
				}
				}
				this.state = 133;
				this._errHandler.sync(this);
				_la = this._input.LA(1);
			}
			this.state = 134;
			this.returned();
			this.state = 135;
			this.match(qcParser.T__7);
			}
		}
		catch (re) {
			if (re instanceof RecognitionException) {
				_localctx.exception = re;
				this._errHandler.reportError(this, re);
				this._errHandler.recover(this, re);
			} else {
				throw re;
			}
		}
		finally {
			this.exitRule();
		}
		return _localctx;
	}
	// @RuleVersion(0)
	public param(): ParamContext {
		let _localctx: ParamContext = new ParamContext(this._ctx, this.state);
		this.enterRule(_localctx, 10, qcParser.RULE_param);
		try {
			this.enterOuterAlt(_localctx, 1);
			{
			this.state = 137;
			this.match(qcParser.VALUE);
			this.state = 138;
			this.match(qcParser.T__0);
			this.state = 139;
			this.port();
			}
		}
		catch (re) {
			if (re instanceof RecognitionException) {
				_localctx.exception = re;
				this._errHandler.reportError(this, re);
				this._errHandler.recover(this, re);
			} else {
				throw re;
			}
		}
		finally {
			this.exitRule();
		}
		return _localctx;
	}
	// @RuleVersion(0)
	public ports(): PortsContext {
		let _localctx: PortsContext = new PortsContext(this._ctx, this.state);
		this.enterRule(_localctx, 12, qcParser.RULE_ports);
		let _la: number;
		try {
			this.state = 154;
			this._errHandler.sync(this);
			switch (this._input.LA(1)) {
			case qcParser.TYPE:
				this.enterOuterAlt(_localctx, 1);
				{
				this.state = 141;
				this.port();
				}
				break;
			case qcParser.T__2:
				this.enterOuterAlt(_localctx, 2);
				{
				this.state = 142;
				this.match(qcParser.T__2);
				this.state = 151;
				this._errHandler.sync(this);
				_la = this._input.LA(1);
				if (_la === qcParser.TYPE) {
					{
					this.state = 143;
					this.port();
					this.state = 148;
					this._errHandler.sync(this);
					_la = this._input.LA(1);
					while (_la === qcParser.T__3) {
						{
						{
						this.state = 144;
						this.match(qcParser.T__3);
						this.state = 145;
						this.port();
						}
						}
						this.state = 150;
						this._errHandler.sync(this);
						_la = this._input.LA(1);
					}
					}
				}

				this.state = 153;
				this.match(qcParser.T__4);
				}
				break;
			default:
				throw new NoViableAltException(this);
			}
		}
		catch (re) {
			if (re instanceof RecognitionException) {
				_localctx.exception = re;
				this._errHandler.reportError(this, re);
				this._errHandler.recover(this, re);
			} else {
				throw re;
			}
		}
		finally {
			this.exitRule();
		}
		return _localctx;
	}
	// @RuleVersion(0)
	public port(): PortContext {
		let _localctx: PortContext = new PortContext(this._ctx, this.state);
		this.enterRule(_localctx, 14, qcParser.RULE_port);
		let _la: number;
		try {
			this.enterOuterAlt(_localctx, 1);
			{
			this.state = 156;
			this.type();
			this.state = 159;
			this._errHandler.sync(this);
			_la = this._input.LA(1);
			if (_la === qcParser.AS) {
				{
				this.state = 157;
				this.match(qcParser.AS);
				this.state = 158;
				this.match(qcParser.STRING);
				}
			}

			}
		}
		catch (re) {
			if (re instanceof RecognitionException) {
				_localctx.exception = re;
				this._errHandler.reportError(this, re);
				this._errHandler.recover(this, re);
			} else {
				throw re;
			}
		}
		finally {
			this.exitRule();
		}
		return _localctx;
	}
	// @RuleVersion(0)
	public returned(): ReturnedContext {
		let _localctx: ReturnedContext = new ReturnedContext(this._ctx, this.state);
		this.enterRule(_localctx, 16, qcParser.RULE_returned);
		let _la: number;
		try {
			this.enterOuterAlt(_localctx, 1);
			{
			this.state = 161;
			this.match(qcParser.RETURN);
			this.state = 170;
			this._errHandler.sync(this);
			_la = this._input.LA(1);
			if (_la === qcParser.VALUE) {
				{
				this.state = 162;
				this.match(qcParser.VALUE);
				this.state = 167;
				this._errHandler.sync(this);
				_la = this._input.LA(1);
				while (_la === qcParser.T__3) {
					{
					{
					this.state = 163;
					this.match(qcParser.T__3);
					this.state = 164;
					this.match(qcParser.VALUE);
					}
					}
					this.state = 169;
					this._errHandler.sync(this);
					_la = this._input.LA(1);
				}
				}
			}

			}
		}
		catch (re) {
			if (re instanceof RecognitionException) {
				_localctx.exception = re;
				this._errHandler.reportError(this, re);
				this._errHandler.recover(this, re);
			} else {
				throw re;
			}
		}
		finally {
			this.exitRule();
		}
		return _localctx;
	}
	// @RuleVersion(0)
	public node(): NodeContext {
		let _localctx: NodeContext = new NodeContext(this._ctx, this.state);
		this.enterRule(_localctx, 18, qcParser.RULE_node);
		let _la: number;
		try {
			this.enterOuterAlt(_localctx, 1);
			{
			this.state = 181;
			this._errHandler.sync(this);
			_la = this._input.LA(1);
			if (_la === qcParser.VALUE) {
				{
				this.state = 172;
				this.match(qcParser.VALUE);
				this.state = 177;
				this._errHandler.sync(this);
				_la = this._input.LA(1);
				while (_la === qcParser.T__3) {
					{
					{
					this.state = 173;
					this.match(qcParser.T__3);
					this.state = 174;
					this.match(qcParser.VALUE);
					}
					}
					this.state = 179;
					this._errHandler.sync(this);
					_la = this._input.LA(1);
				}
				this.state = 180;
				this.match(qcParser.T__1);
				}
			}

			this.state = 183;
			this.word();
			this.state = 185;
			this._errHandler.sync(this);
			_la = this._input.LA(1);
			if (_la === qcParser.SYMBOL) {
				{
				this.state = 184;
				this.match(qcParser.SYMBOL);
				}
			}

			this.state = 187;
			this.match(qcParser.T__2);
			this.state = 196;
			this._errHandler.sync(this);
			_la = this._input.LA(1);
			if (_la === qcParser.VALUE || _la === qcParser.ABSENT) {
				{
				this.state = 188;
				this.operand();
				this.state = 193;
				this._errHandler.sync(this);
				_la = this._input.LA(1);
				while (_la === qcParser.T__3) {
					{
					{
					this.state = 189;
					this.match(qcParser.T__3);
					this.state = 190;
					this.operand();
					}
					}
					this.state = 195;
					this._errHandler.sync(this);
					_la = this._input.LA(1);
				}
				}
			}

			this.state = 198;
			this.match(qcParser.T__4);
			this.state = 200;
			this._errHandler.sync(this);
			_la = this._input.LA(1);
			if (_la === qcParser.T__6) {
				{
				this.state = 199;
				this.attrs();
				}
			}

			this.state = 204;
			this._errHandler.sync(this);
			_la = this._input.LA(1);
			if (_la === qcParser.T__0) {
				{
				this.state = 202;
				this.match(qcParser.T__0);
				this.state = 203;
				this.types();
				}
			}

			this.state = 207;
			this._errHandler.sync(this);
			switch ( this.interpreter.adaptivePredict(this._input, 23, this._ctx) ) {
			case 1:
				{
				this.state = 206;
				this.loc();
				}
				break;
			}
			}
		}
		catch (re) {
			if (re instanceof RecognitionException) {
				_localctx.exception = re;
				this._errHandler.reportError(this, re);
				this._errHandler.recover(this, re);
			} else {
				throw re;
			}
		}
		finally {
			this.exitRule();
		}
		return _localctx;
	}
	// @RuleVersion(0)
	public operand(): OperandContext {
		let _localctx: OperandContext = new OperandContext(this._ctx, this.state);
		this.enterRule(_localctx, 20, qcParser.RULE_operand);
		let _la: number;
		try {
			this.enterOuterAlt(_localctx, 1);
			{
			this.state = 209;
			_la = this._input.LA(1);
			if (!(_la === qcParser.VALUE || _la === qcParser.ABSENT)) {
			this._errHandler.recoverInline(this);
			} else {
				if (this._input.LA(1) === Token.EOF) {
					this.matchedEOF = true;
				}

				this._errHandler.reportMatch(this);
				this.consume();
			}
			}
		}
		catch (re) {
			if (re instanceof RecognitionException) {
				_localctx.exception = re;
				this._errHandler.reportError(this, re);
				this._errHandler.recover(this, re);
			} else {
				throw re;
			}
		}
		finally {
			this.exitRule();
		}
		return _localctx;
	}
	// @RuleVersion(0)
	public types(): TypesContext {
		let _localctx: TypesContext = new TypesContext(this._ctx, this.state);
		this.enterRule(_localctx, 22, qcParser.RULE_types);
		let _la: number;
		try {
			this.state = 221;
			this._errHandler.sync(this);
			switch (this._input.LA(1)) {
			case qcParser.T__2:
				this.enterOuterAlt(_localctx, 1);
				{
				this.state = 211;
				this.match(qcParser.T__2);
				this.state = 212;
				this.match(qcParser.T__4);
				}
				break;
			case qcParser.TYPE:
				this.enterOuterAlt(_localctx, 2);
				{
				this.state = 213;
				this.type();
				this.state = 218;
				this._errHandler.sync(this);
				_la = this._input.LA(1);
				while (_la === qcParser.T__3) {
					{
					{
					this.state = 214;
					this.match(qcParser.T__3);
					this.state = 215;
					this.type();
					}
					}
					this.state = 220;
					this._errHandler.sync(this);
					_la = this._input.LA(1);
				}
				}
				break;
			default:
				throw new NoViableAltException(this);
			}
		}
		catch (re) {
			if (re instanceof RecognitionException) {
				_localctx.exception = re;
				this._errHandler.reportError(this, re);
				this._errHandler.recover(this, re);
			} else {
				throw re;
			}
		}
		finally {
			this.exitRule();
		}
		return _localctx;
	}
	// @RuleVersion(0)
	public type(): TypeContext {
		let _localctx: TypeContext = new TypeContext(this._ctx, this.state);
		this.enterRule(_localctx, 24, qcParser.RULE_type);
		try {
			this.enterOuterAlt(_localctx, 1);
			{
			this.state = 223;
			this.match(qcParser.TYPE);
			this.state = 225;
			this._errHandler.sync(this);
			switch ( this.interpreter.adaptivePredict(this._input, 26, this._ctx) ) {
			case 1:
				{
				this.state = 224;
				this.quant();
				}
				break;
			}
			}
		}
		catch (re) {
			if (re instanceof RecognitionException) {
				_localctx.exception = re;
				this._errHandler.reportError(this, re);
				this._errHandler.recover(this, re);
			} else {
				throw re;
			}
		}
		finally {
			this.exitRule();
		}
		return _localctx;
	}
	// @RuleVersion(0)
	public quant(): QuantContext {
		let _localctx: QuantContext = new QuantContext(this._ctx, this.state);
		this.enterRule(_localctx, 26, qcParser.RULE_quant);
		let _la: number;
		try {
			this.enterOuterAlt(_localctx, 1);
			{
			this.state = 227;
			this.match(qcParser.Q);
			this.state = 228;
			this.match(qcParser.T__2);
			this.state = 244;
			this._errHandler.sync(this);
			switch (this._input.LA(1)) {
			case qcParser.T__9:
			case qcParser.NUMBER:
				{
				this.state = 229;
				this.num();
				this.state = 230;
				this.match(qcParser.T__3);
				this.state = 231;
				this.num();
				}
				break;
			case qcParser.AXIS:
				{
				this.state = 233;
				this.match(qcParser.AXIS);
				this.state = 234;
				this.match(qcParser.NUMBER);
				this.state = 237;
				this._errHandler.sync(this);
				_la = this._input.LA(1);
				if (_la === qcParser.BLOCK) {
					{
					this.state = 235;
					this.match(qcParser.BLOCK);
					this.state = 236;
					this.match(qcParser.NUMBER);
					}
				}

				this.state = 239;
				this.match(qcParser.T__0);
				this.state = 240;
				this.nums();
				this.state = 241;
				this.match(qcParser.T__3);
				this.state = 242;
				this.nums();
				}
				break;
			default:
				throw new NoViableAltException(this);
			}
			this.state = 246;
			this.match(qcParser.T__4);
			}
		}
		catch (re) {
			if (re instanceof RecognitionException) {
				_localctx.exception = re;
				this._errHandler.reportError(this, re);
				this._errHandler.recover(this, re);
			} else {
				throw re;
			}
		}
		finally {
			this.exitRule();
		}
		return _localctx;
	}
	// @RuleVersion(0)
	public nums(): NumsContext {
		let _localctx: NumsContext = new NumsContext(this._ctx, this.state);
		this.enterRule(_localctx, 28, qcParser.RULE_nums);
		let _la: number;
		try {
			this.enterOuterAlt(_localctx, 1);
			{
			this.state = 259;
			this._errHandler.sync(this);
			_la = this._input.LA(1);
			if (_la === qcParser.T__9 || _la === qcParser.NUMBER) {
				{
				this.state = 248;
				this.num();
				this.state = 257;
				this._errHandler.sync(this);
				switch (this._input.LA(1)) {
				case qcParser.T__8:
					{
					this.state = 249;
					this.match(qcParser.T__8);
					this.state = 250;
					this.match(qcParser.NUMBER);
					}
					break;
				case qcParser.T__3:
				case qcParser.T__4:
				case qcParser.T__9:
				case qcParser.NUMBER:
					{
					this.state = 254;
					this._errHandler.sync(this);
					_la = this._input.LA(1);
					while (_la === qcParser.T__9 || _la === qcParser.NUMBER) {
						{
						{
						this.state = 251;
						this.num();
						}
						}
						this.state = 256;
						this._errHandler.sync(this);
						_la = this._input.LA(1);
					}
					}
					break;
				default:
					throw new NoViableAltException(this);
				}
				}
			}

			}
		}
		catch (re) {
			if (re instanceof RecognitionException) {
				_localctx.exception = re;
				this._errHandler.reportError(this, re);
				this._errHandler.recover(this, re);
			} else {
				throw re;
			}
		}
		finally {
			this.exitRule();
		}
		return _localctx;
	}
	// @RuleVersion(0)
	public num(): NumContext {
		let _localctx: NumContext = new NumContext(this._ctx, this.state);
		this.enterRule(_localctx, 30, qcParser.RULE_num);
		let _la: number;
		try {
			this.enterOuterAlt(_localctx, 1);
			{
			this.state = 262;
			this._errHandler.sync(this);
			_la = this._input.LA(1);
			if (_la === qcParser.T__9) {
				{
				this.state = 261;
				this.match(qcParser.T__9);
				}
			}

			this.state = 264;
			this.match(qcParser.NUMBER);
			}
		}
		catch (re) {
			if (re instanceof RecognitionException) {
				_localctx.exception = re;
				this._errHandler.reportError(this, re);
				this._errHandler.recover(this, re);
			} else {
				throw re;
			}
		}
		finally {
			this.exitRule();
		}
		return _localctx;
	}
	// @RuleVersion(0)
	public attrs(): AttrsContext {
		let _localctx: AttrsContext = new AttrsContext(this._ctx, this.state);
		this.enterRule(_localctx, 32, qcParser.RULE_attrs);
		let _la: number;
		try {
			this.enterOuterAlt(_localctx, 1);
			{
			this.state = 266;
			this.match(qcParser.T__6);
			this.state = 275;
			this._errHandler.sync(this);
			_la = this._input.LA(1);
			if (((((_la - 34)) & ~0x1F) === 0 && ((1 << (_la - 34)) & ((1 << (qcParser.MODULE - 34)) | (1 << (qcParser.VERSION - 34)) | (1 << (qcParser.CONST - 34)) | (1 << (qcParser.BLOB - 34)) | (1 << (qcParser.FUNC - 34)) | (1 << (qcParser.NEXT - 34)) | (1 << (qcParser.AS - 34)) | (1 << (qcParser.Q - 34)) | (1 << (qcParser.AXIS - 34)) | (1 << (qcParser.BLOCK - 34)) | (1 << (qcParser.LOC - 34)) | (1 << (qcParser.PASS - 34)) | (1 << (qcParser.FROM - 34)) | (1 << (qcParser.KERNEL - 34)) | (1 << (qcParser.IN - 34)) | (1 << (qcParser.OUT - 34)) | (1 << (qcParser.INOUT - 34)) | (1 << (qcParser.SCRATCH - 34)) | (1 << (qcParser.LOCAL - 34)) | (1 << (qcParser.PREPARE - 34)) | (1 << (qcParser.WITH - 34)) | (1 << (qcParser.STAGE - 34)) | (1 << (qcParser.PARALLEL - 34)) | (1 << (qcParser.UNROLL - 34)) | (1 << (qcParser.FOR - 34)) | (1 << (qcParser.SEQ - 34)) | (1 << (qcParser.IF - 34)) | (1 << (qcParser.ELSE - 34)) | (1 << (qcParser.LET - 34)))) !== 0) || ((((_la - 66)) & ~0x1F) === 0 && ((1 << (_la - 66)) & ((1 << (qcParser.ALLOC - 66)) | (1 << (qcParser.INSTR - 66)) | (1 << (qcParser.IDENT - 66)))) !== 0)) {
				{
				this.state = 267;
				this.attr();
				this.state = 272;
				this._errHandler.sync(this);
				_la = this._input.LA(1);
				while (_la === qcParser.T__3) {
					{
					{
					this.state = 268;
					this.match(qcParser.T__3);
					this.state = 269;
					this.attr();
					}
					}
					this.state = 274;
					this._errHandler.sync(this);
					_la = this._input.LA(1);
				}
				}
			}

			this.state = 277;
			this.match(qcParser.T__7);
			}
		}
		catch (re) {
			if (re instanceof RecognitionException) {
				_localctx.exception = re;
				this._errHandler.reportError(this, re);
				this._errHandler.recover(this, re);
			} else {
				throw re;
			}
		}
		finally {
			this.exitRule();
		}
		return _localctx;
	}
	// @RuleVersion(0)
	public attr(): AttrContext {
		let _localctx: AttrContext = new AttrContext(this._ctx, this.state);
		this.enterRule(_localctx, 34, qcParser.RULE_attr);
		try {
			this.enterOuterAlt(_localctx, 1);
			{
			this.state = 279;
			this.word();
			this.state = 280;
			this.match(qcParser.T__1);
			this.state = 281;
			this.value();
			}
		}
		catch (re) {
			if (re instanceof RecognitionException) {
				_localctx.exception = re;
				this._errHandler.reportError(this, re);
				this._errHandler.recover(this, re);
			} else {
				throw re;
			}
		}
		finally {
			this.exitRule();
		}
		return _localctx;
	}
	// @RuleVersion(0)
	public value(): ValueContext {
		let _localctx: ValueContext = new ValueContext(this._ctx, this.state);
		this.enterRule(_localctx, 36, qcParser.RULE_value);
		let _la: number;
		try {
			this.state = 300;
			this._errHandler.sync(this);
			switch (this._input.LA(1)) {
			case qcParser.T__9:
			case qcParser.NUMBER:
				this.enterOuterAlt(_localctx, 1);
				{
				this.state = 283;
				this.num();
				}
				break;
			case qcParser.TRUE:
				this.enterOuterAlt(_localctx, 2);
				{
				this.state = 284;
				this.match(qcParser.TRUE);
				}
				break;
			case qcParser.FALSE:
				this.enterOuterAlt(_localctx, 3);
				{
				this.state = 285;
				this.match(qcParser.FALSE);
				}
				break;
			case qcParser.STRING:
				this.enterOuterAlt(_localctx, 4);
				{
				this.state = 286;
				this.match(qcParser.STRING);
				}
				break;
			case qcParser.SYMBOL:
				this.enterOuterAlt(_localctx, 5);
				{
				this.state = 287;
				this.match(qcParser.SYMBOL);
				}
				break;
			case qcParser.LIST:
				this.enterOuterAlt(_localctx, 6);
				{
				this.state = 288;
				this.match(qcParser.LIST);
				}
				break;
			case qcParser.T__10:
				this.enterOuterAlt(_localctx, 7);
				{
				this.state = 289;
				this.match(qcParser.T__10);
				this.state = 290;
				this.match(qcParser.STRING);
				this.state = 295;
				this._errHandler.sync(this);
				_la = this._input.LA(1);
				while (_la === qcParser.T__3) {
					{
					{
					this.state = 291;
					this.match(qcParser.T__3);
					this.state = 292;
					this.match(qcParser.STRING);
					}
					}
					this.state = 297;
					this._errHandler.sync(this);
					_la = this._input.LA(1);
				}
				this.state = 298;
				this.match(qcParser.T__11);
				}
				break;
			case qcParser.MODULE:
			case qcParser.VERSION:
			case qcParser.CONST:
			case qcParser.BLOB:
			case qcParser.FUNC:
			case qcParser.NEXT:
			case qcParser.AS:
			case qcParser.Q:
			case qcParser.AXIS:
			case qcParser.BLOCK:
			case qcParser.LOC:
			case qcParser.PASS:
			case qcParser.FROM:
			case qcParser.KERNEL:
			case qcParser.IN:
			case qcParser.OUT:
			case qcParser.INOUT:
			case qcParser.SCRATCH:
			case qcParser.LOCAL:
			case qcParser.PREPARE:
			case qcParser.WITH:
			case qcParser.STAGE:
			case qcParser.PARALLEL:
			case qcParser.UNROLL:
			case qcParser.FOR:
			case qcParser.SEQ:
			case qcParser.IF:
			case qcParser.ELSE:
			case qcParser.LET:
			case qcParser.ALLOC:
			case qcParser.INSTR:
			case qcParser.IDENT:
				this.enterOuterAlt(_localctx, 8);
				{
				this.state = 299;
				this.word();
				}
				break;
			default:
				throw new NoViableAltException(this);
			}
		}
		catch (re) {
			if (re instanceof RecognitionException) {
				_localctx.exception = re;
				this._errHandler.reportError(this, re);
				this._errHandler.recover(this, re);
			} else {
				throw re;
			}
		}
		finally {
			this.exitRule();
		}
		return _localctx;
	}
	// @RuleVersion(0)
	public loc(): LocContext {
		let _localctx: LocContext = new LocContext(this._ctx, this.state);
		this.enterRule(_localctx, 38, qcParser.RULE_loc);
		try {
			this.enterOuterAlt(_localctx, 1);
			{
			this.state = 302;
			this.match(qcParser.LOC);
			this.state = 303;
			this.match(qcParser.T__2);
			this.state = 304;
			this.place();
			this.state = 305;
			this.match(qcParser.T__4);
			}
		}
		catch (re) {
			if (re instanceof RecognitionException) {
				_localctx.exception = re;
				this._errHandler.reportError(this, re);
				this._errHandler.recover(this, re);
			} else {
				throw re;
			}
		}
		finally {
			this.exitRule();
		}
		return _localctx;
	}
	// @RuleVersion(0)
	public place(): PlaceContext {
		let _localctx: PlaceContext = new PlaceContext(this._ctx, this.state);
		this.enterRule(_localctx, 40, qcParser.RULE_place);
		let _la: number;
		try {
			this.enterOuterAlt(_localctx, 1);
			{
			this.state = 307;
			this.match(qcParser.STRING);
			this.state = 308;
			this.match(qcParser.STRING);
			this.state = 311;
			this._errHandler.sync(this);
			_la = this._input.LA(1);
			if (_la === qcParser.PASS) {
				{
				this.state = 309;
				this.match(qcParser.PASS);
				this.state = 310;
				this.match(qcParser.STRING);
				}
			}

			this.state = 326;
			this._errHandler.sync(this);
			_la = this._input.LA(1);
			if (_la === qcParser.FROM) {
				{
				this.state = 313;
				this.match(qcParser.FROM);
				this.state = 314;
				this.match(qcParser.T__2);
				this.state = 323;
				this._errHandler.sync(this);
				_la = this._input.LA(1);
				if (_la === qcParser.STRING) {
					{
					this.state = 315;
					this.place();
					this.state = 320;
					this._errHandler.sync(this);
					_la = this._input.LA(1);
					while (_la === qcParser.T__3) {
						{
						{
						this.state = 316;
						this.match(qcParser.T__3);
						this.state = 317;
						this.place();
						}
						}
						this.state = 322;
						this._errHandler.sync(this);
						_la = this._input.LA(1);
					}
					}
				}

				this.state = 325;
				this.match(qcParser.T__4);
				}
			}

			}
		}
		catch (re) {
			if (re instanceof RecognitionException) {
				_localctx.exception = re;
				this._errHandler.reportError(this, re);
				this._errHandler.recover(this, re);
			} else {
				throw re;
			}
		}
		finally {
			this.exitRule();
		}
		return _localctx;
	}
	// @RuleVersion(0)
	public kernel(): KernelContext {
		let _localctx: KernelContext = new KernelContext(this._ctx, this.state);
		this.enterRule(_localctx, 42, qcParser.RULE_kernel);
		let _la: number;
		try {
			this.enterOuterAlt(_localctx, 1);
			{
			this.state = 328;
			this.match(qcParser.KERNEL);
			this.state = 329;
			this.match(qcParser.SYMBOL);
			this.state = 330;
			this.match(qcParser.T__6);
			this.state = 334;
			this._errHandler.sync(this);
			_la = this._input.LA(1);
			while (((((_la - 36)) & ~0x1F) === 0 && ((1 << (_la - 36)) & ((1 << (qcParser.CONST - 36)) | (1 << (qcParser.IN - 36)) | (1 << (qcParser.OUT - 36)) | (1 << (qcParser.INOUT - 36)) | (1 << (qcParser.SCRATCH - 36)) | (1 << (qcParser.LOCAL - 36)))) !== 0)) {
				{
				{
				this.state = 331;
				this.buffer();
				}
				}
				this.state = 336;
				this._errHandler.sync(this);
				_la = this._input.LA(1);
			}
			this.state = 340;
			this._errHandler.sync(this);
			_la = this._input.LA(1);
			while (_la === qcParser.PREPARE) {
				{
				{
				this.state = 337;
				this.prepare();
				}
				}
				this.state = 342;
				this._errHandler.sync(this);
				_la = this._input.LA(1);
			}
			this.state = 346;
			this._errHandler.sync(this);
			_la = this._input.LA(1);
			while (_la === qcParser.STAGE) {
				{
				{
				this.state = 343;
				this.stage();
				}
				}
				this.state = 348;
				this._errHandler.sync(this);
				_la = this._input.LA(1);
			}
			this.state = 349;
			this.match(qcParser.T__7);
			}
		}
		catch (re) {
			if (re instanceof RecognitionException) {
				_localctx.exception = re;
				this._errHandler.reportError(this, re);
				this._errHandler.recover(this, re);
			} else {
				throw re;
			}
		}
		finally {
			this.exitRule();
		}
		return _localctx;
	}
	// @RuleVersion(0)
	public buffer(): BufferContext {
		let _localctx: BufferContext = new BufferContext(this._ctx, this.state);
		this.enterRule(_localctx, 44, qcParser.RULE_buffer);
		try {
			this.enterOuterAlt(_localctx, 1);
			{
			this.state = 351;
			this.role();
			this.state = 352;
			this.name();
			this.state = 353;
			this.match(qcParser.T__0);
			this.state = 354;
			this.match(qcParser.TYPE);
			}
		}
		catch (re) {
			if (re instanceof RecognitionException) {
				_localctx.exception = re;
				this._errHandler.reportError(this, re);
				this._errHandler.recover(this, re);
			} else {
				throw re;
			}
		}
		finally {
			this.exitRule();
		}
		return _localctx;
	}
	// @RuleVersion(0)
	public role(): RoleContext {
		let _localctx: RoleContext = new RoleContext(this._ctx, this.state);
		this.enterRule(_localctx, 46, qcParser.RULE_role);
		let _la: number;
		try {
			this.enterOuterAlt(_localctx, 1);
			{
			this.state = 356;
			_la = this._input.LA(1);
			if (!(((((_la - 36)) & ~0x1F) === 0 && ((1 << (_la - 36)) & ((1 << (qcParser.CONST - 36)) | (1 << (qcParser.IN - 36)) | (1 << (qcParser.OUT - 36)) | (1 << (qcParser.INOUT - 36)) | (1 << (qcParser.SCRATCH - 36)) | (1 << (qcParser.LOCAL - 36)))) !== 0))) {
			this._errHandler.recoverInline(this);
			} else {
				if (this._input.LA(1) === Token.EOF) {
					this.matchedEOF = true;
				}

				this._errHandler.reportMatch(this);
				this.consume();
			}
			}
		}
		catch (re) {
			if (re instanceof RecognitionException) {
				_localctx.exception = re;
				this._errHandler.reportError(this, re);
				this._errHandler.recover(this, re);
			} else {
				throw re;
			}
		}
		finally {
			this.exitRule();
		}
		return _localctx;
	}
	// @RuleVersion(0)
	public prepare(): PrepareContext {
		let _localctx: PrepareContext = new PrepareContext(this._ctx, this.state);
		this.enterRule(_localctx, 48, qcParser.RULE_prepare);
		try {
			this.enterOuterAlt(_localctx, 1);
			{
			this.state = 358;
			this.match(qcParser.PREPARE);
			this.state = 359;
			this.name();
			this.state = 360;
			this.match(qcParser.WITH);
			this.state = 361;
			this.kernel();
			}
		}
		catch (re) {
			if (re instanceof RecognitionException) {
				_localctx.exception = re;
				this._errHandler.reportError(this, re);
				this._errHandler.recover(this, re);
			} else {
				throw re;
			}
		}
		finally {
			this.exitRule();
		}
		return _localctx;
	}
	// @RuleVersion(0)
	public stage(): StageContext {
		let _localctx: StageContext = new StageContext(this._ctx, this.state);
		this.enterRule(_localctx, 50, qcParser.RULE_stage);
		try {
			this.enterOuterAlt(_localctx, 1);
			{
			this.state = 363;
			this.match(qcParser.STAGE);
			this.state = 364;
			this.name();
			this.state = 365;
			this.block();
			}
		}
		catch (re) {
			if (re instanceof RecognitionException) {
				_localctx.exception = re;
				this._errHandler.reportError(this, re);
				this._errHandler.recover(this, re);
			} else {
				throw re;
			}
		}
		finally {
			this.exitRule();
		}
		return _localctx;
	}
	// @RuleVersion(0)
	public block(): BlockContext {
		let _localctx: BlockContext = new BlockContext(this._ctx, this.state);
		this.enterRule(_localctx, 52, qcParser.RULE_block);
		let _la: number;
		try {
			this.enterOuterAlt(_localctx, 1);
			{
			this.state = 367;
			this.match(qcParser.T__6);
			this.state = 371;
			this._errHandler.sync(this);
			_la = this._input.LA(1);
			while (_la === qcParser.T__6 || ((((_la - 59)) & ~0x1F) === 0 && ((1 << (_la - 59)) & ((1 << (qcParser.PARALLEL - 59)) | (1 << (qcParser.UNROLL - 59)) | (1 << (qcParser.FOR - 59)) | (1 << (qcParser.SEQ - 59)) | (1 << (qcParser.IF - 59)) | (1 << (qcParser.LET - 59)) | (1 << (qcParser.ALLOC - 59)) | (1 << (qcParser.INSTR - 59)) | (1 << (qcParser.IDENT - 59)) | (1 << (qcParser.STRING - 59)))) !== 0)) {
				{
				{
				this.state = 368;
				this.stmt();
				}
				}
				this.state = 373;
				this._errHandler.sync(this);
				_la = this._input.LA(1);
			}
			this.state = 374;
			this.match(qcParser.T__7);
			}
		}
		catch (re) {
			if (re instanceof RecognitionException) {
				_localctx.exception = re;
				this._errHandler.reportError(this, re);
				this._errHandler.recover(this, re);
			} else {
				throw re;
			}
		}
		finally {
			this.exitRule();
		}
		return _localctx;
	}
	// @RuleVersion(0)
	public stmt(): StmtContext {
		let _localctx: StmtContext = new StmtContext(this._ctx, this.state);
		this.enterRule(_localctx, 54, qcParser.RULE_stmt);
		let _la: number;
		try {
			this.state = 440;
			this._errHandler.sync(this);
			switch (this._input.LA(1)) {
			case qcParser.PARALLEL:
			case qcParser.UNROLL:
			case qcParser.FOR:
				_localctx = new ForStmtContext(_localctx);
				this.enterOuterAlt(_localctx, 1);
				{
				this.state = 377;
				this._errHandler.sync(this);
				_la = this._input.LA(1);
				if (_la === qcParser.PARALLEL || _la === qcParser.UNROLL) {
					{
					this.state = 376;
					_la = this._input.LA(1);
					if (!(_la === qcParser.PARALLEL || _la === qcParser.UNROLL)) {
					this._errHandler.recoverInline(this);
					} else {
						if (this._input.LA(1) === Token.EOF) {
							this.matchedEOF = true;
						}

						this._errHandler.reportMatch(this);
						this.consume();
					}
					}
				}

				this.state = 379;
				this.match(qcParser.FOR);
				this.state = 380;
				this.name();
				this.state = 381;
				this.match(qcParser.IN);
				this.state = 382;
				this.match(qcParser.NUMBER);
				this.state = 383;
				this.block();
				}
				break;
			case qcParser.SEQ:
				_localctx = new SeqStmtContext(_localctx);
				this.enterOuterAlt(_localctx, 2);
				{
				this.state = 385;
				this.match(qcParser.SEQ);
				this.state = 386;
				this.block();
				}
				break;
			case qcParser.IF:
				_localctx = new IfStmtContext(_localctx);
				this.enterOuterAlt(_localctx, 3);
				{
				this.state = 387;
				this.match(qcParser.IF);
				this.state = 388;
				this.match(qcParser.T__2);
				this.state = 389;
				this.expr();
				this.state = 390;
				this.match(qcParser.T__4);
				this.state = 391;
				this.block();
				this.state = 394;
				this._errHandler.sync(this);
				_la = this._input.LA(1);
				if (_la === qcParser.ELSE) {
					{
					this.state = 392;
					this.match(qcParser.ELSE);
					this.state = 393;
					this.block();
					}
				}

				}
				break;
			case qcParser.LET:
				_localctx = new LetStmtContext(_localctx);
				this.enterOuterAlt(_localctx, 4);
				{
				this.state = 396;
				this.match(qcParser.LET);
				this.state = 397;
				this.name();
				this.state = 398;
				this.match(qcParser.T__1);
				this.state = 399;
				this.expr();
				this.state = 400;
				this.match(qcParser.T__12);
				}
				break;
			case qcParser.ALLOC:
				_localctx = new AllocStmtContext(_localctx);
				this.enterOuterAlt(_localctx, 5);
				{
				this.state = 402;
				this.match(qcParser.ALLOC);
				this.state = 404;
				this._errHandler.sync(this);
				_la = this._input.LA(1);
				if (((((_la - 36)) & ~0x1F) === 0 && ((1 << (_la - 36)) & ((1 << (qcParser.CONST - 36)) | (1 << (qcParser.IN - 36)) | (1 << (qcParser.OUT - 36)) | (1 << (qcParser.INOUT - 36)) | (1 << (qcParser.SCRATCH - 36)) | (1 << (qcParser.LOCAL - 36)))) !== 0)) {
					{
					this.state = 403;
					this.role();
					}
				}

				this.state = 406;
				this.name();
				this.state = 407;
				this.match(qcParser.T__0);
				this.state = 408;
				this.match(qcParser.TYPE);
				this.state = 409;
				this.match(qcParser.T__12);
				}
				break;
			case qcParser.INSTR:
				_localctx = new InstrStmtContext(_localctx);
				this.enterOuterAlt(_localctx, 6);
				{
				this.state = 411;
				this.match(qcParser.INSTR);
				this.state = 412;
				this.match(qcParser.SYMBOL);
				this.state = 413;
				this.name();
				this.state = 414;
				this.index();
				this.state = 415;
				this.match(qcParser.T__2);
				this.state = 424;
				this._errHandler.sync(this);
				_la = this._input.LA(1);
				if (_la === qcParser.T__2 || _la === qcParser.T__9 || ((((_la - 73)) & ~0x1F) === 0 && ((1 << (_la - 73)) & ((1 << (qcParser.NUMBER - 73)) | (1 << (qcParser.IDENT - 73)) | (1 << (qcParser.STRING - 73)))) !== 0)) {
					{
					this.state = 416;
					this.expr();
					this.state = 421;
					this._errHandler.sync(this);
					_la = this._input.LA(1);
					while (_la === qcParser.T__3) {
						{
						{
						this.state = 417;
						this.match(qcParser.T__3);
						this.state = 418;
						this.expr();
						}
						}
						this.state = 423;
						this._errHandler.sync(this);
						_la = this._input.LA(1);
					}
					}
				}

				this.state = 426;
				this.match(qcParser.T__4);
				this.state = 427;
				this.match(qcParser.T__12);
				}
				break;
			case qcParser.IDENT:
			case qcParser.STRING:
				_localctx = new AssignStmtContext(_localctx);
				this.enterOuterAlt(_localctx, 7);
				{
				this.state = 429;
				this.name();
				this.state = 430;
				this.index();
				this.state = 431;
				this.assign();
				this.state = 432;
				this.expr();
				this.state = 435;
				this._errHandler.sync(this);
				_la = this._input.LA(1);
				if (_la === qcParser.IF) {
					{
					this.state = 433;
					this.match(qcParser.IF);
					this.state = 434;
					this.expr();
					}
				}

				this.state = 437;
				this.match(qcParser.T__12);
				}
				break;
			case qcParser.T__6:
				_localctx = new ScopeStmtContext(_localctx);
				this.enterOuterAlt(_localctx, 8);
				{
				this.state = 439;
				this.block();
				}
				break;
			default:
				throw new NoViableAltException(this);
			}
		}
		catch (re) {
			if (re instanceof RecognitionException) {
				_localctx.exception = re;
				this._errHandler.reportError(this, re);
				this._errHandler.recover(this, re);
			} else {
				throw re;
			}
		}
		finally {
			this.exitRule();
		}
		return _localctx;
	}
	// @RuleVersion(0)
	public assign(): AssignContext {
		let _localctx: AssignContext = new AssignContext(this._ctx, this.state);
		this.enterRule(_localctx, 56, qcParser.RULE_assign);
		let _la: number;
		try {
			this.enterOuterAlt(_localctx, 1);
			{
			this.state = 442;
			_la = this._input.LA(1);
			if (!((((_la) & ~0x1F) === 0 && ((1 << _la) & ((1 << qcParser.T__1) | (1 << qcParser.T__13) | (1 << qcParser.T__14) | (1 << qcParser.T__15) | (1 << qcParser.T__16) | (1 << qcParser.T__17) | (1 << qcParser.T__18))) !== 0))) {
			this._errHandler.recoverInline(this);
			} else {
				if (this._input.LA(1) === Token.EOF) {
					this.matchedEOF = true;
				}

				this._errHandler.reportMatch(this);
				this.consume();
			}
			}
		}
		catch (re) {
			if (re instanceof RecognitionException) {
				_localctx.exception = re;
				this._errHandler.reportError(this, re);
				this._errHandler.recover(this, re);
			} else {
				throw re;
			}
		}
		finally {
			this.exitRule();
		}
		return _localctx;
	}
	// @RuleVersion(0)
	public index(): IndexContext {
		let _localctx: IndexContext = new IndexContext(this._ctx, this.state);
		this.enterRule(_localctx, 58, qcParser.RULE_index);
		let _la: number;
		try {
			this.state = 461;
			this._errHandler.sync(this);
			switch (this._input.LA(1)) {
			case qcParser.LIST:
				this.enterOuterAlt(_localctx, 1);
				{
				this.state = 444;
				this.match(qcParser.LIST);
				}
				break;
			case qcParser.T__10:
				this.enterOuterAlt(_localctx, 2);
				{
				this.state = 445;
				this.match(qcParser.T__10);
				this.state = 454;
				this._errHandler.sync(this);
				_la = this._input.LA(1);
				if (_la === qcParser.T__2 || _la === qcParser.T__9 || ((((_la - 73)) & ~0x1F) === 0 && ((1 << (_la - 73)) & ((1 << (qcParser.NUMBER - 73)) | (1 << (qcParser.IDENT - 73)) | (1 << (qcParser.STRING - 73)))) !== 0)) {
					{
					this.state = 446;
					this.expr();
					this.state = 451;
					this._errHandler.sync(this);
					_la = this._input.LA(1);
					while (_la === qcParser.T__3) {
						{
						{
						this.state = 447;
						this.match(qcParser.T__3);
						this.state = 448;
						this.expr();
						}
						}
						this.state = 453;
						this._errHandler.sync(this);
						_la = this._input.LA(1);
					}
					}
				}

				this.state = 458;
				this._errHandler.sync(this);
				_la = this._input.LA(1);
				if (_la === qcParser.IF) {
					{
					this.state = 456;
					this.match(qcParser.IF);
					this.state = 457;
					this.expr();
					}
				}

				this.state = 460;
				this.match(qcParser.T__11);
				}
				break;
			default:
				throw new NoViableAltException(this);
			}
		}
		catch (re) {
			if (re instanceof RecognitionException) {
				_localctx.exception = re;
				this._errHandler.reportError(this, re);
				this._errHandler.recover(this, re);
			} else {
				throw re;
			}
		}
		finally {
			this.exitRule();
		}
		return _localctx;
	}
	// @RuleVersion(0)
	public expr(): ExprContext {
		let _localctx: ExprContext = new ExprContext(this._ctx, this.state);
		this.enterRule(_localctx, 60, qcParser.RULE_expr);
		let _la: number;
		try {
			this.enterOuterAlt(_localctx, 1);
			{
			this.state = 463;
			this.operandExpr();
			this.state = 469;
			this._errHandler.sync(this);
			_la = this._input.LA(1);
			while (((((_la - 9)) & ~0x1F) === 0 && ((1 << (_la - 9)) & ((1 << (qcParser.T__8 - 9)) | (1 << (qcParser.T__9 - 9)) | (1 << (qcParser.T__19 - 9)) | (1 << (qcParser.T__20 - 9)) | (1 << (qcParser.T__21 - 9)) | (1 << (qcParser.T__22 - 9)) | (1 << (qcParser.T__23 - 9)) | (1 << (qcParser.T__24 - 9)) | (1 << (qcParser.T__25 - 9)) | (1 << (qcParser.T__26 - 9)) | (1 << (qcParser.T__27 - 9)) | (1 << (qcParser.T__28 - 9)) | (1 << (qcParser.T__29 - 9)) | (1 << (qcParser.T__30 - 9)) | (1 << (qcParser.T__31 - 9)) | (1 << (qcParser.T__32 - 9)))) !== 0)) {
				{
				{
				this.state = 464;
				this.binop();
				this.state = 465;
				this.operandExpr();
				}
				}
				this.state = 471;
				this._errHandler.sync(this);
				_la = this._input.LA(1);
			}
			}
		}
		catch (re) {
			if (re instanceof RecognitionException) {
				_localctx.exception = re;
				this._errHandler.reportError(this, re);
				this._errHandler.recover(this, re);
			} else {
				throw re;
			}
		}
		finally {
			this.exitRule();
		}
		return _localctx;
	}
	// @RuleVersion(0)
	public binop(): BinopContext {
		let _localctx: BinopContext = new BinopContext(this._ctx, this.state);
		this.enterRule(_localctx, 62, qcParser.RULE_binop);
		let _la: number;
		try {
			this.enterOuterAlt(_localctx, 1);
			{
			this.state = 472;
			_la = this._input.LA(1);
			if (!(((((_la - 9)) & ~0x1F) === 0 && ((1 << (_la - 9)) & ((1 << (qcParser.T__8 - 9)) | (1 << (qcParser.T__9 - 9)) | (1 << (qcParser.T__19 - 9)) | (1 << (qcParser.T__20 - 9)) | (1 << (qcParser.T__21 - 9)) | (1 << (qcParser.T__22 - 9)) | (1 << (qcParser.T__23 - 9)) | (1 << (qcParser.T__24 - 9)) | (1 << (qcParser.T__25 - 9)) | (1 << (qcParser.T__26 - 9)) | (1 << (qcParser.T__27 - 9)) | (1 << (qcParser.T__28 - 9)) | (1 << (qcParser.T__29 - 9)) | (1 << (qcParser.T__30 - 9)) | (1 << (qcParser.T__31 - 9)) | (1 << (qcParser.T__32 - 9)))) !== 0))) {
			this._errHandler.recoverInline(this);
			} else {
				if (this._input.LA(1) === Token.EOF) {
					this.matchedEOF = true;
				}

				this._errHandler.reportMatch(this);
				this.consume();
			}
			}
		}
		catch (re) {
			if (re instanceof RecognitionException) {
				_localctx.exception = re;
				this._errHandler.reportError(this, re);
				this._errHandler.recover(this, re);
			} else {
				throw re;
			}
		}
		finally {
			this.exitRule();
		}
		return _localctx;
	}
	// @RuleVersion(0)
	public operandExpr(): OperandExprContext {
		let _localctx: OperandExprContext = new OperandExprContext(this._ctx, this.state);
		this.enterRule(_localctx, 64, qcParser.RULE_operandExpr);
		let _la: number;
		try {
			this.enterOuterAlt(_localctx, 1);
			{
			this.state = 474;
			this.primary();
			this.state = 477;
			this._errHandler.sync(this);
			_la = this._input.LA(1);
			if (_la === qcParser.T__0) {
				{
				this.state = 475;
				this.match(qcParser.T__0);
				this.state = 476;
				this.match(qcParser.IDENT);
				}
			}

			}
		}
		catch (re) {
			if (re instanceof RecognitionException) {
				_localctx.exception = re;
				this._errHandler.reportError(this, re);
				this._errHandler.recover(this, re);
			} else {
				throw re;
			}
		}
		finally {
			this.exitRule();
		}
		return _localctx;
	}
	// @RuleVersion(0)
	public primary(): PrimaryContext {
		let _localctx: PrimaryContext = new PrimaryContext(this._ctx, this.state);
		this.enterRule(_localctx, 66, qcParser.RULE_primary);
		let _la: number;
		try {
			this.state = 500;
			this._errHandler.sync(this);
			switch (this._input.LA(1)) {
			case qcParser.T__9:
			case qcParser.NUMBER:
				_localctx = new LiteralContext(_localctx);
				this.enterOuterAlt(_localctx, 1);
				{
				this.state = 479;
				this.num();
				}
				break;
			case qcParser.IDENT:
			case qcParser.STRING:
				_localctx = new ReferenceContext(_localctx);
				this.enterOuterAlt(_localctx, 2);
				{
				this.state = 480;
				this.name();
				this.state = 494;
				this._errHandler.sync(this);
				switch (this._input.LA(1)) {
				case qcParser.T__10:
				case qcParser.LIST:
					{
					this.state = 481;
					this.index();
					}
					break;
				case qcParser.T__2:
					{
					this.state = 482;
					this.match(qcParser.T__2);
					this.state = 491;
					this._errHandler.sync(this);
					_la = this._input.LA(1);
					if (_la === qcParser.T__2 || _la === qcParser.T__9 || ((((_la - 73)) & ~0x1F) === 0 && ((1 << (_la - 73)) & ((1 << (qcParser.NUMBER - 73)) | (1 << (qcParser.IDENT - 73)) | (1 << (qcParser.STRING - 73)))) !== 0)) {
						{
						this.state = 483;
						this.expr();
						this.state = 488;
						this._errHandler.sync(this);
						_la = this._input.LA(1);
						while (_la === qcParser.T__3) {
							{
							{
							this.state = 484;
							this.match(qcParser.T__3);
							this.state = 485;
							this.expr();
							}
							}
							this.state = 490;
							this._errHandler.sync(this);
							_la = this._input.LA(1);
						}
						}
					}

					this.state = 493;
					this.match(qcParser.T__4);
					}
					break;
				case qcParser.T__0:
				case qcParser.T__3:
				case qcParser.T__4:
				case qcParser.T__8:
				case qcParser.T__9:
				case qcParser.T__11:
				case qcParser.T__12:
				case qcParser.T__19:
				case qcParser.T__20:
				case qcParser.T__21:
				case qcParser.T__22:
				case qcParser.T__23:
				case qcParser.T__24:
				case qcParser.T__25:
				case qcParser.T__26:
				case qcParser.T__27:
				case qcParser.T__28:
				case qcParser.T__29:
				case qcParser.T__30:
				case qcParser.T__31:
				case qcParser.T__32:
				case qcParser.IF:
					break;
				default:
					break;
				}
				}
				break;
			case qcParser.T__2:
				_localctx = new GroupContext(_localctx);
				this.enterOuterAlt(_localctx, 3);
				{
				this.state = 496;
				this.match(qcParser.T__2);
				this.state = 497;
				this.expr();
				this.state = 498;
				this.match(qcParser.T__4);
				}
				break;
			default:
				throw new NoViableAltException(this);
			}
		}
		catch (re) {
			if (re instanceof RecognitionException) {
				_localctx.exception = re;
				this._errHandler.reportError(this, re);
				this._errHandler.recover(this, re);
			} else {
				throw re;
			}
		}
		finally {
			this.exitRule();
		}
		return _localctx;
	}
	// @RuleVersion(0)
	public name(): NameContext {
		let _localctx: NameContext = new NameContext(this._ctx, this.state);
		this.enterRule(_localctx, 68, qcParser.RULE_name);
		let _la: number;
		try {
			this.enterOuterAlt(_localctx, 1);
			{
			this.state = 502;
			_la = this._input.LA(1);
			if (!(_la === qcParser.IDENT || _la === qcParser.STRING)) {
			this._errHandler.recoverInline(this);
			} else {
				if (this._input.LA(1) === Token.EOF) {
					this.matchedEOF = true;
				}

				this._errHandler.reportMatch(this);
				this.consume();
			}
			}
		}
		catch (re) {
			if (re instanceof RecognitionException) {
				_localctx.exception = re;
				this._errHandler.reportError(this, re);
				this._errHandler.recover(this, re);
			} else {
				throw re;
			}
		}
		finally {
			this.exitRule();
		}
		return _localctx;
	}
	// @RuleVersion(0)
	public word(): WordContext {
		let _localctx: WordContext = new WordContext(this._ctx, this.state);
		this.enterRule(_localctx, 70, qcParser.RULE_word);
		let _la: number;
		try {
			this.enterOuterAlt(_localctx, 1);
			{
			this.state = 504;
			_la = this._input.LA(1);
			if (!(((((_la - 34)) & ~0x1F) === 0 && ((1 << (_la - 34)) & ((1 << (qcParser.MODULE - 34)) | (1 << (qcParser.VERSION - 34)) | (1 << (qcParser.CONST - 34)) | (1 << (qcParser.BLOB - 34)) | (1 << (qcParser.FUNC - 34)) | (1 << (qcParser.NEXT - 34)) | (1 << (qcParser.AS - 34)) | (1 << (qcParser.Q - 34)) | (1 << (qcParser.AXIS - 34)) | (1 << (qcParser.BLOCK - 34)) | (1 << (qcParser.LOC - 34)) | (1 << (qcParser.PASS - 34)) | (1 << (qcParser.FROM - 34)) | (1 << (qcParser.KERNEL - 34)) | (1 << (qcParser.IN - 34)) | (1 << (qcParser.OUT - 34)) | (1 << (qcParser.INOUT - 34)) | (1 << (qcParser.SCRATCH - 34)) | (1 << (qcParser.LOCAL - 34)) | (1 << (qcParser.PREPARE - 34)) | (1 << (qcParser.WITH - 34)) | (1 << (qcParser.STAGE - 34)) | (1 << (qcParser.PARALLEL - 34)) | (1 << (qcParser.UNROLL - 34)) | (1 << (qcParser.FOR - 34)) | (1 << (qcParser.SEQ - 34)) | (1 << (qcParser.IF - 34)) | (1 << (qcParser.ELSE - 34)) | (1 << (qcParser.LET - 34)))) !== 0) || ((((_la - 66)) & ~0x1F) === 0 && ((1 << (_la - 66)) & ((1 << (qcParser.ALLOC - 66)) | (1 << (qcParser.INSTR - 66)) | (1 << (qcParser.IDENT - 66)))) !== 0))) {
			this._errHandler.recoverInline(this);
			} else {
				if (this._input.LA(1) === Token.EOF) {
					this.matchedEOF = true;
				}

				this._errHandler.reportMatch(this);
				this.consume();
			}
			}
		}
		catch (re) {
			if (re instanceof RecognitionException) {
				_localctx.exception = re;
				this._errHandler.reportError(this, re);
				this._errHandler.recover(this, re);
			} else {
				throw re;
			}
		}
		finally {
			this.exitRule();
		}
		return _localctx;
	}

	public static readonly _serializedATN: string =
		"\x03\uC91D\uCABA\u058D\uAFBA\u4F53\u0607\uEA8B\uC241\x03Q\u01FD\x04\x02" +
		"\t\x02\x04\x03\t\x03\x04\x04\t\x04\x04\x05\t\x05\x04\x06\t\x06\x04\x07" +
		"\t\x07\x04\b\t\b\x04\t\t\t\x04\n\t\n\x04\v\t\v\x04\f\t\f\x04\r\t\r\x04" +
		"\x0E\t\x0E\x04\x0F\t\x0F\x04\x10\t\x10\x04\x11\t\x11\x04\x12\t\x12\x04" +
		"\x13\t\x13\x04\x14\t\x14\x04\x15\t\x15\x04\x16\t\x16\x04\x17\t\x17\x04" +
		"\x18\t\x18\x04\x19\t\x19\x04\x1A\t\x1A\x04\x1B\t\x1B\x04\x1C\t\x1C\x04" +
		"\x1D\t\x1D\x04\x1E\t\x1E\x04\x1F\t\x1F\x04 \t \x04!\t!\x04\"\t\"\x04#" +
		"\t#\x04$\t$\x04%\t%\x03\x02\x05\x02L\n\x02\x03\x02\x07\x02O\n\x02\f\x02" +
		"\x0E\x02R\v\x02\x03\x02\x03\x02\x03\x03\x03\x03\x03\x03\x05\x03Y\n\x03" +
		"\x03\x04\x03\x04\x03\x04\x03\x04\x05\x04_\n\x04\x03\x04\x05\x04b\n\x04" +
		"\x03\x05\x03\x05\x03\x05\x03\x05\x03\x05\x03\x05\x03\x05\x03\x05\x05\x05" +
		"l\n\x05\x03\x06\x03\x06\x03\x06\x03\x06\x03\x06\x03\x06\x07\x06t\n\x06" +
		"\f\x06\x0E\x06w\v\x06\x05\x06y\n\x06\x03\x06\x03\x06\x03\x06\x03\x06\x03" +
		"\x06\x05\x06\x80\n\x06\x03\x06\x03\x06\x07\x06\x84\n\x06\f\x06\x0E\x06" +
		"\x87\v\x06\x03\x06\x03\x06\x03\x06\x03\x07\x03\x07\x03\x07\x03\x07\x03" +
		"\b\x03\b\x03\b\x03\b\x03\b\x07\b\x95\n\b\f\b\x0E\b\x98\v\b\x05\b\x9A\n" +
		"\b\x03\b\x05\b\x9D\n\b\x03\t\x03\t\x03\t\x05\t\xA2\n\t\x03\n\x03\n\x03" +
		"\n\x03\n\x07\n\xA8\n\n\f\n\x0E\n\xAB\v\n\x05\n\xAD\n\n\x03\v\x03\v\x03" +
		"\v\x07\v\xB2\n\v\f\v\x0E\v\xB5\v\v\x03\v\x05\v\xB8\n\v\x03\v\x03\v\x05" +
		"\v\xBC\n\v\x03\v\x03\v\x03\v\x03\v\x07\v\xC2\n\v\f\v\x0E\v\xC5\v\v\x05" +
		"\v\xC7\n\v\x03\v\x03\v\x05\v\xCB\n\v\x03\v\x03\v\x05\v\xCF\n\v\x03\v\x05" +
		"\v\xD2\n\v\x03\f\x03\f\x03\r\x03\r\x03\r\x03\r\x03\r\x07\r\xDB\n\r\f\r" +
		"\x0E\r\xDE\v\r\x05\r\xE0\n\r\x03\x0E\x03\x0E\x05\x0E\xE4\n\x0E\x03\x0F" +
		"\x03\x0F\x03\x0F\x03\x0F\x03\x0F\x03\x0F\x03\x0F\x03\x0F\x03\x0F\x03\x0F" +
		"\x05\x0F\xF0\n\x0F\x03\x0F\x03\x0F\x03\x0F\x03\x0F\x03\x0F\x05\x0F\xF7" +
		"\n\x0F\x03\x0F\x03\x0F\x03\x10\x03\x10\x03\x10\x03\x10\x07\x10\xFF\n\x10" +
		"\f\x10\x0E\x10\u0102\v\x10\x05\x10\u0104\n\x10\x05\x10\u0106\n\x10\x03" +
		"\x11\x05\x11\u0109\n\x11\x03\x11\x03\x11\x03\x12\x03\x12\x03\x12\x03\x12" +
		"\x07\x12\u0111\n\x12\f\x12\x0E\x12\u0114\v\x12\x05\x12\u0116\n\x12\x03" +
		"\x12\x03\x12\x03\x13\x03\x13\x03\x13\x03\x13\x03\x14\x03\x14\x03\x14\x03" +
		"\x14\x03\x14\x03\x14\x03\x14\x03\x14\x03\x14\x03\x14\x07\x14\u0128\n\x14" +
		"\f\x14\x0E\x14\u012B\v\x14\x03\x14\x03\x14\x05\x14\u012F\n\x14\x03\x15" +
		"\x03\x15\x03\x15\x03\x15\x03\x15\x03\x16\x03\x16\x03\x16\x03\x16\x05\x16" +
		"\u013A\n\x16\x03\x16\x03\x16\x03\x16\x03\x16\x03\x16\x07\x16\u0141\n\x16" +
		"\f\x16\x0E\x16\u0144\v\x16\x05\x16\u0146\n\x16\x03\x16\x05\x16\u0149\n" +
		"\x16\x03\x17\x03\x17\x03\x17\x03\x17\x07\x17\u014F\n\x17\f\x17\x0E\x17" +
		"\u0152\v\x17\x03\x17\x07\x17\u0155\n\x17\f\x17\x0E\x17\u0158\v\x17\x03" +
		"\x17\x07\x17\u015B\n\x17\f\x17\x0E\x17\u015E\v\x17\x03\x17\x03\x17\x03" +
		"\x18\x03\x18\x03\x18\x03\x18\x03\x18\x03\x19\x03\x19\x03\x1A\x03\x1A\x03" +
		"\x1A\x03\x1A\x03\x1A\x03\x1B\x03\x1B\x03\x1B\x03\x1B\x03\x1C\x03\x1C\x07" +
		"\x1C\u0174\n\x1C\f\x1C\x0E\x1C\u0177\v\x1C\x03\x1C\x03\x1C\x03\x1D\x05" +
		"\x1D\u017C\n\x1D\x03\x1D\x03\x1D\x03\x1D\x03\x1D\x03\x1D\x03\x1D\x03\x1D" +
		"\x03\x1D\x03\x1D\x03\x1D\x03\x1D\x03\x1D\x03\x1D\x03\x1D\x03\x1D\x05\x1D" +
		"\u018D\n\x1D\x03\x1D\x03\x1D\x03\x1D\x03\x1D\x03\x1D\x03\x1D\x03\x1D\x03" +
		"\x1D\x05\x1D\u0197\n\x1D\x03\x1D\x03\x1D\x03\x1D\x03\x1D\x03\x1D\x03\x1D" +
		"\x03\x1D\x03\x1D\x03\x1D\x03\x1D\x03\x1D\x03\x1D\x03\x1D\x07\x1D\u01A6" +
		"\n\x1D\f\x1D\x0E\x1D\u01A9\v\x1D\x05\x1D\u01AB\n\x1D\x03\x1D\x03\x1D\x03" +
		"\x1D\x03\x1D\x03\x1D\x03\x1D\x03\x1D\x03\x1D\x03\x1D\x05\x1D\u01B6\n\x1D" +
		"\x03\x1D\x03\x1D\x03\x1D\x05\x1D\u01BB\n\x1D\x03\x1E\x03\x1E\x03\x1F\x03" +
		"\x1F\x03\x1F\x03\x1F\x03\x1F\x07\x1F\u01C4\n\x1F\f\x1F\x0E\x1F\u01C7\v" +
		"\x1F\x05\x1F\u01C9\n\x1F\x03\x1F\x03\x1F\x05\x1F\u01CD\n\x1F\x03\x1F\x05" +
		"\x1F\u01D0\n\x1F\x03 \x03 \x03 \x03 \x07 \u01D6\n \f \x0E \u01D9\v \x03" +
		"!\x03!\x03\"\x03\"\x03\"\x05\"\u01E0\n\"\x03#\x03#\x03#\x03#\x03#\x03" +
		"#\x03#\x07#\u01E9\n#\f#\x0E#\u01EC\v#\x05#\u01EE\n#\x03#\x05#\u01F1\n" +
		"#\x03#\x03#\x03#\x03#\x05#\u01F7\n#\x03$\x03$\x03%\x03%\x03%\x02\x02\x02" +
		"&\x02\x02\x04\x02\x06\x02\b\x02\n\x02\f\x02\x0E\x02\x10\x02\x12\x02\x14" +
		"\x02\x16\x02\x18\x02\x1A\x02\x1C\x02\x1E\x02 \x02\"\x02$\x02&\x02(\x02" +
		"*\x02,\x02.\x020\x022\x024\x026\x028\x02:\x02<\x02>\x02@\x02B\x02D\x02" +
		"F\x02H\x02\x02\t\x04\x02IILL\x04\x02&&59\x03\x02=>\x04\x02\x04\x04\x10" +
		"\x15\x04\x02\v\f\x16#\x03\x02MN\x06\x02$*,14EMM\x02\u0225\x02K\x03\x02" +
		"\x02\x02\x04X\x03\x02\x02\x02\x06Z\x03\x02\x02\x02\bc\x03\x02\x02\x02" +
		"\nm\x03\x02\x02\x02\f\x8B\x03\x02\x02\x02\x0E\x9C\x03\x02\x02\x02\x10" +
		"\x9E\x03\x02\x02\x02\x12\xA3\x03\x02\x02\x02\x14\xB7\x03\x02\x02\x02\x16" +
		"\xD3\x03\x02\x02\x02\x18\xDF\x03\x02\x02\x02\x1A\xE1\x03\x02\x02\x02\x1C" +
		"\xE5\x03\x02\x02\x02\x1E\u0105\x03\x02\x02\x02 \u0108\x03\x02\x02\x02" +
		"\"\u010C\x03\x02\x02\x02$\u0119\x03\x02\x02\x02&\u012E\x03\x02\x02\x02" +
		"(\u0130\x03\x02\x02\x02*\u0135\x03\x02\x02\x02,\u014A\x03\x02\x02\x02" +
		".\u0161\x03\x02\x02\x020\u0166\x03\x02\x02\x022\u0168\x03\x02\x02\x02" +
		"4\u016D\x03\x02\x02\x026\u0171\x03\x02\x02\x028\u01BA\x03\x02\x02\x02" +
		":\u01BC\x03\x02\x02\x02<\u01CF\x03\x02\x02\x02>\u01D1\x03\x02\x02\x02" +
		"@\u01DA\x03\x02\x02\x02B\u01DC\x03\x02\x02\x02D\u01F6\x03\x02\x02\x02" +
		"F\u01F8\x03\x02\x02\x02H\u01FA\x03\x02\x02\x02JL\x05\x06\x04\x02KJ\x03" +
		"\x02\x02\x02KL\x03\x02\x02\x02LP\x03\x02\x02\x02MO\x05\x04\x03\x02NM\x03" +
		"\x02\x02\x02OR\x03\x02\x02\x02PN\x03\x02\x02\x02PQ\x03\x02\x02\x02QS\x03" +
		"\x02\x02\x02RP\x03\x02\x02\x02ST\x07\x02\x02\x03T\x03\x03\x02\x02\x02" +
		"UY\x05\b\x05\x02VY\x05\n\x06\x02WY\x05,\x17\x02XU\x03\x02\x02\x02XV\x03" +
		"\x02\x02\x02XW\x03\x02\x02\x02Y\x05\x03\x02\x02\x02Z[\x07$\x02\x02[^\x07" +
		"N\x02\x02\\]\x07%\x02\x02]_\x07K\x02\x02^\\\x03\x02\x02\x02^_\x03\x02" +
		"\x02\x02_a\x03\x02\x02\x02`b\x05\"\x12\x02a`\x03\x02\x02\x02ab\x03\x02" +
		"\x02\x02b\x07\x03\x02\x02\x02cd\x07&\x02\x02de\x07I\x02\x02ef\x07\x03" +
		"\x02\x02fg\x05\x1A\x0E\x02gk\x07\x04\x02\x02hl\x07G\x02\x02ij\x07\'\x02" +
		"\x02jl\x07N\x02\x02kh\x03\x02\x02\x02ki\x03\x02\x02\x02l\t\x03\x02\x02" +
		"\x02mn\x07(\x02\x02no\x07J\x02\x02ox\x07\x05\x02\x02pu\x05\f\x07\x02q" +
		"r\x07\x06\x02\x02rt\x05\f\x07\x02sq\x03\x02\x02\x02tw\x03\x02\x02\x02" +
		"us\x03\x02\x02\x02uv\x03\x02\x02\x02vy\x03\x02\x02\x02wu\x03\x02\x02\x02" +
		"xp\x03\x02\x02\x02xy\x03\x02\x02\x02yz\x03\x02\x02\x02z{\x07\x07\x02\x02" +
		"{|\x07\b\x02\x02|\x7F\x05\x0E\b\x02}~\x07)\x02\x02~\x80\x07K\x02\x02\x7F" +
		"}\x03\x02\x02\x02\x7F\x80\x03\x02\x02\x02\x80\x81\x03\x02\x02\x02\x81" +
		"\x85\x07\t\x02\x02\x82\x84\x05\x14\v\x02\x83\x82\x03\x02\x02\x02\x84\x87" +
		"\x03\x02\x02\x02\x85\x83\x03\x02\x02\x02\x85\x86\x03\x02\x02\x02\x86\x88" +
		"\x03\x02\x02\x02\x87\x85\x03\x02\x02\x02\x88\x89\x05\x12\n\x02\x89\x8A" +
		"\x07\n\x02\x02\x8A\v\x03\x02\x02\x02\x8B\x8C\x07I\x02\x02\x8C\x8D\x07" +
		"\x03\x02\x02\x8D\x8E\x05\x10\t\x02\x8E\r\x03\x02\x02\x02\x8F\x9D\x05\x10" +
		"\t\x02\x90\x99\x07\x05\x02\x02\x91\x96\x05\x10\t\x02\x92\x93\x07\x06\x02" +
		"\x02\x93\x95\x05\x10\t\x02\x94\x92\x03\x02\x02\x02\x95\x98\x03\x02\x02" +
		"\x02\x96\x94\x03\x02\x02\x02\x96\x97\x03\x02\x02\x02\x97\x9A\x03\x02\x02" +
		"\x02\x98\x96\x03\x02\x02\x02\x99\x91\x03\x02\x02\x02\x99\x9A\x03\x02\x02" +
		"\x02\x9A\x9B\x03\x02\x02\x02\x9B\x9D\x07\x07\x02\x02\x9C\x8F\x03\x02\x02" +
		"\x02\x9C\x90\x03\x02\x02\x02\x9D\x0F\x03\x02\x02\x02\x9E\xA1\x05\x1A\x0E" +
		"\x02\x9F\xA0\x07*\x02\x02\xA0\xA2\x07N\x02\x02\xA1\x9F\x03\x02\x02\x02" +
		"\xA1\xA2\x03\x02\x02\x02\xA2\x11\x03\x02\x02\x02\xA3\xAC\x07+\x02\x02" +
		"\xA4\xA9\x07I\x02\x02\xA5\xA6\x07\x06\x02\x02\xA6\xA8\x07I\x02\x02\xA7" +
		"\xA5\x03\x02\x02\x02\xA8\xAB\x03\x02\x02\x02\xA9\xA7\x03\x02\x02\x02\xA9" +
		"\xAA\x03\x02\x02\x02\xAA\xAD\x03\x02\x02\x02\xAB\xA9\x03\x02\x02\x02\xAC" +
		"\xA4\x03\x02\x02\x02\xAC\xAD\x03\x02\x02\x02\xAD\x13\x03\x02\x02\x02\xAE" +
		"\xB3\x07I\x02\x02\xAF\xB0\x07\x06\x02\x02\xB0\xB2\x07I\x02\x02\xB1\xAF" +
		"\x03\x02\x02\x02\xB2\xB5\x03\x02\x02\x02\xB3\xB1\x03\x02\x02\x02\xB3\xB4" +
		"\x03\x02\x02\x02\xB4\xB6\x03\x02\x02\x02\xB5\xB3\x03\x02\x02\x02\xB6\xB8" +
		"\x07\x04\x02\x02\xB7\xAE\x03\x02\x02\x02\xB7\xB8\x03\x02\x02\x02\xB8\xB9" +
		"\x03\x02\x02\x02\xB9\xBB\x05H%\x02\xBA\xBC\x07J\x02\x02\xBB\xBA\x03\x02" +
		"\x02\x02\xBB\xBC\x03\x02\x02\x02\xBC\xBD\x03\x02\x02\x02\xBD\xC6\x07\x05" +
		"\x02\x02\xBE\xC3\x05\x16\f\x02\xBF\xC0\x07\x06\x02\x02\xC0\xC2\x05\x16" +
		"\f\x02\xC1\xBF\x03\x02\x02\x02\xC2\xC5\x03\x02\x02\x02\xC3\xC1\x03\x02" +
		"\x02\x02\xC3\xC4\x03\x02\x02\x02\xC4\xC7\x03\x02\x02\x02\xC5\xC3\x03\x02" +
		"\x02\x02\xC6\xBE\x03\x02\x02\x02\xC6\xC7\x03\x02\x02\x02\xC7\xC8\x03\x02" +
		"\x02\x02\xC8\xCA\x07\x07\x02\x02\xC9\xCB\x05\"\x12\x02\xCA\xC9\x03\x02" +
		"\x02\x02\xCA\xCB\x03\x02\x02\x02\xCB\xCE\x03\x02\x02\x02\xCC\xCD\x07\x03" +
		"\x02\x02\xCD\xCF\x05\x18\r\x02\xCE\xCC\x03\x02\x02\x02\xCE\xCF\x03\x02" +
		"\x02\x02\xCF\xD1\x03\x02\x02\x02\xD0\xD2\x05(\x15\x02\xD1\xD0\x03\x02" +
		"\x02\x02\xD1\xD2\x03\x02\x02\x02\xD2\x15\x03\x02\x02\x02\xD3\xD4\t\x02" +
		"\x02\x02\xD4\x17\x03\x02\x02\x02\xD5\xD6\x07\x05\x02\x02\xD6\xE0\x07\x07" +
		"\x02\x02\xD7\xDC\x05\x1A\x0E\x02\xD8\xD9\x07\x06\x02\x02\xD9\xDB\x05\x1A" +
		"\x0E\x02\xDA\xD8\x03\x02\x02\x02\xDB\xDE\x03\x02\x02\x02\xDC\xDA\x03\x02" +
		"\x02\x02\xDC\xDD\x03\x02\x02\x02\xDD\xE0\x03\x02\x02\x02\xDE\xDC\x03\x02" +
		"\x02\x02\xDF\xD5\x03\x02\x02\x02\xDF\xD7\x03\x02\x02\x02\xE0\x19\x03\x02" +
		"\x02\x02\xE1\xE3\x07H\x02\x02\xE2\xE4\x05\x1C\x0F\x02\xE3\xE2\x03\x02" +
		"\x02\x02\xE3\xE4\x03\x02\x02\x02\xE4\x1B\x03\x02\x02\x02\xE5\xE6\x07," +
		"\x02\x02\xE6\xF6\x07\x05\x02\x02\xE7\xE8\x05 \x11\x02\xE8\xE9\x07\x06" +
		"\x02\x02\xE9\xEA\x05 \x11\x02\xEA\xF7\x03\x02\x02\x02\xEB\xEC\x07-\x02" +
		"\x02\xEC\xEF\x07K\x02\x02\xED\xEE\x07.\x02\x02\xEE\xF0\x07K\x02\x02\xEF" +
		"\xED\x03\x02\x02\x02\xEF\xF0\x03\x02\x02\x02\xF0\xF1\x03\x02\x02\x02\xF1" +
		"\xF2\x07\x03\x02\x02\xF2\xF3\x05\x1E\x10\x02\xF3\xF4\x07\x06\x02\x02\xF4" +
		"\xF5\x05\x1E\x10\x02\xF5\xF7\x03\x02\x02\x02\xF6\xE7\x03\x02\x02\x02\xF6" +
		"\xEB\x03\x02\x02\x02\xF7\xF8\x03\x02\x02\x02\xF8\xF9\x07\x07\x02\x02\xF9" +
		"\x1D\x03\x02\x02\x02\xFA\u0103\x05 \x11\x02\xFB\xFC\x07\v\x02\x02\xFC" +
		"\u0104\x07K\x02\x02\xFD\xFF\x05 \x11\x02\xFE\xFD\x03\x02\x02\x02\xFF\u0102" +
		"\x03\x02\x02\x02\u0100\xFE\x03\x02\x02\x02\u0100\u0101\x03\x02\x02\x02" +
		"\u0101\u0104\x03\x02\x02\x02\u0102\u0100\x03\x02\x02\x02\u0103\xFB\x03" +
		"\x02\x02\x02\u0103\u0100\x03\x02\x02\x02\u0104\u0106\x03\x02\x02\x02\u0105" +
		"\xFA\x03\x02\x02\x02\u0105\u0106\x03\x02\x02\x02\u0106\x1F\x03\x02\x02" +
		"\x02\u0107\u0109\x07\f\x02\x02\u0108\u0107\x03\x02\x02\x02\u0108\u0109" +
		"\x03\x02\x02\x02\u0109\u010A\x03\x02\x02\x02\u010A\u010B\x07K\x02\x02" +
		"\u010B!\x03\x02\x02\x02\u010C\u0115\x07\t\x02\x02\u010D\u0112\x05$\x13" +
		"\x02\u010E\u010F\x07\x06\x02\x02\u010F\u0111\x05$\x13\x02\u0110\u010E" +
		"\x03\x02\x02\x02\u0111\u0114\x03\x02\x02\x02\u0112\u0110\x03\x02\x02\x02" +
		"\u0112\u0113\x03\x02\x02\x02\u0113\u0116\x03\x02\x02\x02\u0114\u0112\x03" +
		"\x02\x02\x02\u0115\u010D\x03\x02\x02\x02\u0115\u0116\x03\x02\x02\x02\u0116" +
		"\u0117\x03\x02\x02\x02\u0117\u0118\x07\n\x02\x02\u0118#\x03\x02\x02\x02" +
		"\u0119\u011A\x05H%\x02\u011A\u011B\x07\x04\x02\x02\u011B\u011C\x05&\x14" +
		"\x02\u011C%\x03\x02\x02\x02\u011D\u012F\x05 \x11\x02\u011E\u012F\x072" +
		"\x02\x02\u011F\u012F\x073\x02\x02\u0120\u012F\x07N\x02\x02\u0121\u012F" +
		"\x07J\x02\x02\u0122\u012F\x07F\x02\x02\u0123\u0124\x07\r\x02\x02\u0124" +
		"\u0129\x07N\x02\x02\u0125\u0126\x07\x06\x02\x02\u0126\u0128\x07N\x02\x02" +
		"\u0127\u0125\x03\x02\x02\x02\u0128\u012B\x03\x02\x02\x02\u0129\u0127\x03" +
		"\x02\x02\x02\u0129\u012A\x03\x02\x02\x02\u012A\u012C\x03\x02\x02\x02\u012B" +
		"\u0129\x03\x02\x02\x02\u012C\u012F\x07\x0E\x02\x02\u012D\u012F\x05H%\x02" +
		"\u012E\u011D\x03\x02\x02\x02\u012E\u011E\x03\x02\x02\x02\u012E\u011F\x03" +
		"\x02\x02\x02\u012E\u0120\x03\x02\x02\x02\u012E\u0121\x03\x02\x02\x02\u012E" +
		"\u0122\x03\x02\x02\x02\u012E\u0123\x03\x02\x02\x02\u012E\u012D\x03\x02" +
		"\x02\x02\u012F\'\x03\x02\x02\x02\u0130\u0131\x07/\x02\x02\u0131\u0132" +
		"\x07\x05\x02\x02\u0132\u0133\x05*\x16\x02\u0133\u0134\x07\x07\x02\x02" +
		"\u0134)\x03\x02\x02\x02\u0135\u0136\x07N\x02\x02\u0136\u0139\x07N\x02" +
		"\x02\u0137\u0138\x070\x02\x02\u0138\u013A\x07N\x02\x02\u0139\u0137\x03" +
		"\x02\x02\x02\u0139\u013A\x03\x02\x02\x02\u013A\u0148\x03\x02\x02\x02\u013B" +
		"\u013C\x071\x02\x02\u013C\u0145\x07\x05\x02\x02\u013D\u0142\x05*\x16\x02" +
		"\u013E\u013F\x07\x06\x02\x02\u013F\u0141\x05*\x16\x02\u0140\u013E\x03" +
		"\x02\x02\x02\u0141\u0144\x03\x02\x02\x02\u0142\u0140\x03\x02\x02\x02\u0142" +
		"\u0143\x03\x02\x02\x02\u0143\u0146\x03\x02\x02\x02\u0144\u0142\x03\x02" +
		"\x02\x02\u0145\u013D\x03\x02\x02\x02\u0145\u0146\x03\x02\x02\x02\u0146" +
		"\u0147\x03\x02\x02\x02\u0147\u0149\x07\x07\x02\x02\u0148\u013B\x03\x02" +
		"\x02\x02\u0148\u0149\x03\x02\x02\x02\u0149+\x03\x02\x02\x02\u014A\u014B" +
		"\x074\x02\x02\u014B\u014C\x07J\x02\x02\u014C\u0150\x07\t\x02\x02\u014D" +
		"\u014F\x05.\x18\x02\u014E\u014D\x03\x02\x02\x02\u014F\u0152\x03\x02\x02" +
		"\x02\u0150\u014E\x03\x02\x02\x02\u0150\u0151\x03\x02\x02\x02\u0151\u0156" +
		"\x03\x02\x02\x02\u0152\u0150\x03\x02\x02\x02\u0153\u0155\x052\x1A\x02" +
		"\u0154\u0153\x03\x02\x02\x02\u0155\u0158\x03\x02\x02\x02\u0156\u0154\x03" +
		"\x02\x02\x02\u0156\u0157\x03\x02\x02\x02\u0157\u015C\x03\x02\x02\x02\u0158" +
		"\u0156\x03\x02\x02\x02\u0159\u015B\x054\x1B\x02\u015A\u0159\x03\x02\x02" +
		"\x02\u015B\u015E\x03\x02\x02\x02\u015C\u015A\x03\x02\x02\x02\u015C\u015D" +
		"\x03\x02\x02\x02\u015D\u015F\x03\x02\x02\x02\u015E\u015C\x03\x02\x02\x02" +
		"\u015F\u0160\x07\n\x02\x02\u0160-\x03\x02\x02\x02\u0161\u0162\x050\x19" +
		"\x02\u0162\u0163\x05F$\x02\u0163\u0164\x07\x03\x02\x02\u0164\u0165\x07" +
		"H\x02\x02\u0165/\x03\x02\x02\x02\u0166\u0167\t\x03\x02\x02\u01671\x03" +
		"\x02\x02\x02\u0168\u0169\x07:\x02\x02\u0169\u016A\x05F$\x02\u016A\u016B" +
		"\x07;\x02\x02\u016B\u016C\x05,\x17\x02\u016C3\x03\x02\x02\x02\u016D\u016E" +
		"\x07<\x02\x02\u016E\u016F\x05F$\x02\u016F\u0170\x056\x1C\x02\u01705\x03" +
		"\x02\x02\x02\u0171\u0175\x07\t\x02\x02\u0172\u0174\x058\x1D\x02\u0173" +
		"\u0172\x03\x02\x02\x02\u0174\u0177\x03\x02\x02\x02\u0175\u0173\x03\x02" +
		"\x02\x02\u0175\u0176\x03\x02\x02\x02\u0176\u0178\x03\x02\x02\x02\u0177" +
		"\u0175\x03\x02\x02\x02\u0178\u0179\x07\n\x02\x02\u01797\x03\x02\x02\x02" +
		"\u017A\u017C\t\x04\x02\x02\u017B\u017A\x03\x02\x02\x02\u017B\u017C\x03" +
		"\x02\x02\x02\u017C\u017D\x03\x02\x02\x02\u017D\u017E\x07?\x02\x02\u017E" +
		"\u017F\x05F$\x02\u017F\u0180\x075\x02\x02\u0180\u0181\x07K\x02\x02\u0181" +
		"\u0182\x056\x1C\x02\u0182\u01BB\x03\x02\x02\x02\u0183\u0184\x07@\x02\x02" +
		"\u0184\u01BB\x056\x1C\x02\u0185\u0186\x07A\x02\x02\u0186\u0187\x07\x05" +
		"\x02\x02\u0187\u0188\x05> \x02\u0188\u0189\x07\x07\x02\x02\u0189\u018C" +
		"\x056\x1C\x02\u018A\u018B\x07B\x02\x02\u018B\u018D\x056\x1C\x02\u018C" +
		"\u018A\x03\x02\x02\x02\u018C\u018D\x03\x02\x02\x02\u018D\u01BB\x03\x02" +
		"\x02\x02\u018E\u018F\x07C\x02\x02\u018F\u0190\x05F$\x02\u0190\u0191\x07" +
		"\x04\x02\x02\u0191\u0192\x05> \x02\u0192\u0193\x07\x0F\x02\x02\u0193\u01BB" +
		"\x03\x02\x02\x02\u0194\u0196\x07D\x02\x02\u0195\u0197\x050\x19\x02\u0196" +
		"\u0195\x03\x02\x02\x02\u0196\u0197\x03\x02\x02\x02\u0197\u0198\x03\x02" +
		"\x02\x02\u0198\u0199\x05F$\x02\u0199\u019A\x07\x03\x02\x02\u019A\u019B" +
		"\x07H\x02\x02\u019B\u019C\x07\x0F\x02\x02\u019C\u01BB\x03\x02\x02\x02" +
		"\u019D\u019E\x07E\x02\x02\u019E\u019F\x07J\x02\x02\u019F\u01A0\x05F$\x02" +
		"\u01A0\u01A1\x05<\x1F\x02\u01A1\u01AA\x07\x05\x02\x02\u01A2\u01A7\x05" +
		"> \x02\u01A3\u01A4\x07\x06\x02\x02\u01A4\u01A6\x05> \x02\u01A5\u01A3\x03" +
		"\x02\x02\x02\u01A6\u01A9\x03\x02\x02\x02\u01A7\u01A5\x03\x02\x02\x02\u01A7" +
		"\u01A8\x03\x02\x02\x02\u01A8\u01AB\x03\x02\x02\x02\u01A9\u01A7\x03\x02" +
		"\x02\x02\u01AA\u01A2\x03\x02\x02\x02\u01AA\u01AB\x03\x02\x02\x02\u01AB" +
		"\u01AC\x03\x02\x02\x02\u01AC\u01AD\x07\x07\x02\x02\u01AD\u01AE\x07\x0F" +
		"\x02\x02\u01AE\u01BB\x03\x02\x02\x02\u01AF\u01B0\x05F$\x02\u01B0\u01B1" +
		"\x05<\x1F\x02\u01B1\u01B2\x05:\x1E\x02\u01B2\u01B5\x05> \x02\u01B3\u01B4" +
		"\x07A\x02\x02\u01B4\u01B6\x05> \x02\u01B5\u01B3\x03\x02\x02\x02\u01B5" +
		"\u01B6\x03\x02\x02\x02\u01B6\u01B7\x03\x02\x02\x02\u01B7\u01B8\x07\x0F" +
		"\x02\x02\u01B8\u01BB\x03\x02\x02\x02\u01B9\u01BB\x056\x1C\x02\u01BA\u017B" +
		"\x03\x02\x02\x02\u01BA\u0183\x03\x02\x02\x02\u01BA\u0185\x03\x02\x02\x02" +
		"\u01BA\u018E\x03\x02\x02\x02\u01BA\u0194\x03\x02\x02\x02\u01BA\u019D\x03" +
		"\x02\x02\x02\u01BA\u01AF\x03\x02\x02\x02\u01BA\u01B9\x03\x02\x02\x02\u01BB" +
		"9\x03\x02\x02\x02\u01BC\u01BD\t\x05\x02\x02\u01BD;\x03\x02\x02\x02\u01BE" +
		"\u01D0\x07F\x02\x02\u01BF\u01C8\x07\r\x02\x02\u01C0\u01C5\x05> \x02\u01C1" +
		"\u01C2\x07\x06\x02\x02\u01C2\u01C4\x05> \x02\u01C3\u01C1\x03\x02\x02\x02" +
		"\u01C4\u01C7\x03\x02\x02\x02\u01C5\u01C3\x03\x02\x02\x02\u01C5\u01C6\x03" +
		"\x02\x02\x02\u01C6\u01C9\x03\x02\x02\x02\u01C7\u01C5\x03\x02\x02\x02\u01C8" +
		"\u01C0\x03\x02\x02\x02\u01C8\u01C9\x03\x02\x02\x02\u01C9\u01CC\x03\x02" +
		"\x02\x02\u01CA\u01CB\x07A\x02\x02\u01CB\u01CD\x05> \x02\u01CC\u01CA\x03" +
		"\x02\x02\x02\u01CC\u01CD\x03\x02\x02\x02\u01CD\u01CE\x03\x02\x02\x02\u01CE" +
		"\u01D0\x07\x0E\x02\x02\u01CF\u01BE\x03\x02\x02\x02\u01CF\u01BF\x03\x02" +
		"\x02\x02\u01D0=\x03\x02\x02\x02\u01D1\u01D7\x05B\"\x02\u01D2\u01D3\x05" +
		"@!\x02\u01D3\u01D4\x05B\"\x02\u01D4\u01D6\x03\x02\x02\x02\u01D5\u01D2" +
		"\x03\x02\x02\x02\u01D6\u01D9\x03\x02\x02\x02\u01D7\u01D5\x03\x02\x02\x02" +
		"\u01D7\u01D8\x03\x02\x02\x02\u01D8?\x03\x02\x02\x02\u01D9\u01D7\x03\x02" +
		"\x02\x02\u01DA\u01DB\t\x06\x02\x02\u01DBA\x03\x02\x02\x02\u01DC\u01DF" +
		"\x05D#\x02\u01DD\u01DE\x07\x03\x02\x02\u01DE\u01E0\x07M\x02\x02\u01DF" +
		"\u01DD\x03\x02\x02\x02\u01DF\u01E0\x03\x02\x02\x02\u01E0C\x03\x02\x02" +
		"\x02\u01E1\u01F7\x05 \x11\x02\u01E2\u01F0\x05F$\x02\u01E3\u01F1\x05<\x1F" +
		"\x02\u01E4\u01ED\x07\x05\x02\x02\u01E5\u01EA\x05> \x02\u01E6\u01E7\x07" +
		"\x06\x02\x02\u01E7\u01E9\x05> \x02\u01E8\u01E6\x03\x02\x02\x02\u01E9\u01EC" +
		"\x03\x02\x02\x02\u01EA\u01E8\x03\x02\x02\x02\u01EA\u01EB\x03\x02\x02\x02" +
		"\u01EB\u01EE\x03\x02\x02\x02\u01EC\u01EA\x03\x02\x02\x02\u01ED\u01E5\x03" +
		"\x02\x02\x02\u01ED\u01EE\x03\x02\x02\x02\u01EE\u01EF\x03\x02\x02\x02\u01EF" +
		"\u01F1\x07\x07\x02\x02\u01F0\u01E3\x03\x02\x02\x02\u01F0\u01E4\x03\x02" +
		"\x02\x02\u01F0\u01F1\x03\x02\x02\x02\u01F1\u01F7\x03\x02\x02\x02\u01F2" +
		"\u01F3\x07\x05\x02\x02\u01F3\u01F4\x05> \x02\u01F4\u01F5\x07\x07\x02\x02" +
		"\u01F5\u01F7\x03\x02\x02\x02\u01F6\u01E1\x03\x02\x02\x02\u01F6\u01E2\x03" +
		"\x02\x02\x02\u01F6\u01F2\x03\x02\x02\x02\u01F7E\x03\x02\x02\x02\u01F8" +
		"\u01F9\t\x07\x02\x02\u01F9G\x03\x02\x02\x02\u01FA\u01FB\t\b\x02\x02\u01FB" +
		"I\x03\x02\x02\x02@KPX^akux\x7F\x85\x96\x99\x9C\xA1\xA9\xAC\xB3\xB7\xBB" +
		"\xC3\xC6\xCA\xCE\xD1\xDC\xDF\xE3\xEF\xF6\u0100\u0103\u0105\u0108\u0112" +
		"\u0115\u0129\u012E\u0139\u0142\u0145\u0148\u0150\u0156\u015C\u0175\u017B" +
		"\u018C\u0196\u01A7\u01AA\u01B5\u01BA\u01C5\u01C8\u01CC\u01CF\u01D7\u01DF" +
		"\u01EA\u01ED\u01F0\u01F6";
	public static __ATN: ATN;
	public static get _ATN(): ATN {
		if (!qcParser.__ATN) {
			qcParser.__ATN = new ATNDeserializer().deserialize(Utils.toCharArray(qcParser._serializedATN));
		}

		return qcParser.__ATN;
	}

}

export class FileContext extends ParserRuleContext {
	public EOF(): TerminalNode { return this.getToken(qcParser.EOF, 0); }
	public header(): HeaderContext | undefined {
		return this.tryGetRuleContext(0, HeaderContext);
	}
	public item(): ItemContext[];
	public item(i: number): ItemContext;
	public item(i?: number): ItemContext | ItemContext[] {
		if (i === undefined) {
			return this.getRuleContexts(ItemContext);
		} else {
			return this.getRuleContext(i, ItemContext);
		}
	}
	constructor(parent: ParserRuleContext | undefined, invokingState: number) {
		super(parent, invokingState);
	}
	// @Override
	public get ruleIndex(): number { return qcParser.RULE_file; }
}


export class ItemContext extends ParserRuleContext {
	public constant(): ConstantContext | undefined {
		return this.tryGetRuleContext(0, ConstantContext);
	}
	public func(): FuncContext | undefined {
		return this.tryGetRuleContext(0, FuncContext);
	}
	public kernel(): KernelContext | undefined {
		return this.tryGetRuleContext(0, KernelContext);
	}
	constructor(parent: ParserRuleContext | undefined, invokingState: number) {
		super(parent, invokingState);
	}
	// @Override
	public get ruleIndex(): number { return qcParser.RULE_item; }
}


export class HeaderContext extends ParserRuleContext {
	public MODULE(): TerminalNode { return this.getToken(qcParser.MODULE, 0); }
	public STRING(): TerminalNode { return this.getToken(qcParser.STRING, 0); }
	public VERSION(): TerminalNode | undefined { return this.tryGetToken(qcParser.VERSION, 0); }
	public NUMBER(): TerminalNode | undefined { return this.tryGetToken(qcParser.NUMBER, 0); }
	public attrs(): AttrsContext | undefined {
		return this.tryGetRuleContext(0, AttrsContext);
	}
	constructor(parent: ParserRuleContext | undefined, invokingState: number) {
		super(parent, invokingState);
	}
	// @Override
	public get ruleIndex(): number { return qcParser.RULE_header; }
}


export class ConstantContext extends ParserRuleContext {
	public CONST(): TerminalNode { return this.getToken(qcParser.CONST, 0); }
	public VALUE(): TerminalNode { return this.getToken(qcParser.VALUE, 0); }
	public type(): TypeContext {
		return this.getRuleContext(0, TypeContext);
	}
	public DENSE(): TerminalNode | undefined { return this.tryGetToken(qcParser.DENSE, 0); }
	public BLOB(): TerminalNode | undefined { return this.tryGetToken(qcParser.BLOB, 0); }
	public STRING(): TerminalNode | undefined { return this.tryGetToken(qcParser.STRING, 0); }
	constructor(parent: ParserRuleContext | undefined, invokingState: number) {
		super(parent, invokingState);
	}
	// @Override
	public get ruleIndex(): number { return qcParser.RULE_constant; }
}


export class FuncContext extends ParserRuleContext {
	public FUNC(): TerminalNode { return this.getToken(qcParser.FUNC, 0); }
	public SYMBOL(): TerminalNode { return this.getToken(qcParser.SYMBOL, 0); }
	public ports(): PortsContext {
		return this.getRuleContext(0, PortsContext);
	}
	public returned(): ReturnedContext {
		return this.getRuleContext(0, ReturnedContext);
	}
	public param(): ParamContext[];
	public param(i: number): ParamContext;
	public param(i?: number): ParamContext | ParamContext[] {
		if (i === undefined) {
			return this.getRuleContexts(ParamContext);
		} else {
			return this.getRuleContext(i, ParamContext);
		}
	}
	public NEXT(): TerminalNode | undefined { return this.tryGetToken(qcParser.NEXT, 0); }
	public NUMBER(): TerminalNode | undefined { return this.tryGetToken(qcParser.NUMBER, 0); }
	public node(): NodeContext[];
	public node(i: number): NodeContext;
	public node(i?: number): NodeContext | NodeContext[] {
		if (i === undefined) {
			return this.getRuleContexts(NodeContext);
		} else {
			return this.getRuleContext(i, NodeContext);
		}
	}
	constructor(parent: ParserRuleContext | undefined, invokingState: number) {
		super(parent, invokingState);
	}
	// @Override
	public get ruleIndex(): number { return qcParser.RULE_func; }
}


export class ParamContext extends ParserRuleContext {
	public VALUE(): TerminalNode { return this.getToken(qcParser.VALUE, 0); }
	public port(): PortContext {
		return this.getRuleContext(0, PortContext);
	}
	constructor(parent: ParserRuleContext | undefined, invokingState: number) {
		super(parent, invokingState);
	}
	// @Override
	public get ruleIndex(): number { return qcParser.RULE_param; }
}


export class PortsContext extends ParserRuleContext {
	public port(): PortContext[];
	public port(i: number): PortContext;
	public port(i?: number): PortContext | PortContext[] {
		if (i === undefined) {
			return this.getRuleContexts(PortContext);
		} else {
			return this.getRuleContext(i, PortContext);
		}
	}
	constructor(parent: ParserRuleContext | undefined, invokingState: number) {
		super(parent, invokingState);
	}
	// @Override
	public get ruleIndex(): number { return qcParser.RULE_ports; }
}


export class PortContext extends ParserRuleContext {
	public type(): TypeContext {
		return this.getRuleContext(0, TypeContext);
	}
	public AS(): TerminalNode | undefined { return this.tryGetToken(qcParser.AS, 0); }
	public STRING(): TerminalNode | undefined { return this.tryGetToken(qcParser.STRING, 0); }
	constructor(parent: ParserRuleContext | undefined, invokingState: number) {
		super(parent, invokingState);
	}
	// @Override
	public get ruleIndex(): number { return qcParser.RULE_port; }
}


export class ReturnedContext extends ParserRuleContext {
	public RETURN(): TerminalNode { return this.getToken(qcParser.RETURN, 0); }
	public VALUE(): TerminalNode[];
	public VALUE(i: number): TerminalNode;
	public VALUE(i?: number): TerminalNode | TerminalNode[] {
		if (i === undefined) {
			return this.getTokens(qcParser.VALUE);
		} else {
			return this.getToken(qcParser.VALUE, i);
		}
	}
	constructor(parent: ParserRuleContext | undefined, invokingState: number) {
		super(parent, invokingState);
	}
	// @Override
	public get ruleIndex(): number { return qcParser.RULE_returned; }
}


export class NodeContext extends ParserRuleContext {
	public word(): WordContext {
		return this.getRuleContext(0, WordContext);
	}
	public VALUE(): TerminalNode[];
	public VALUE(i: number): TerminalNode;
	public VALUE(i?: number): TerminalNode | TerminalNode[] {
		if (i === undefined) {
			return this.getTokens(qcParser.VALUE);
		} else {
			return this.getToken(qcParser.VALUE, i);
		}
	}
	public SYMBOL(): TerminalNode | undefined { return this.tryGetToken(qcParser.SYMBOL, 0); }
	public operand(): OperandContext[];
	public operand(i: number): OperandContext;
	public operand(i?: number): OperandContext | OperandContext[] {
		if (i === undefined) {
			return this.getRuleContexts(OperandContext);
		} else {
			return this.getRuleContext(i, OperandContext);
		}
	}
	public attrs(): AttrsContext | undefined {
		return this.tryGetRuleContext(0, AttrsContext);
	}
	public types(): TypesContext | undefined {
		return this.tryGetRuleContext(0, TypesContext);
	}
	public loc(): LocContext | undefined {
		return this.tryGetRuleContext(0, LocContext);
	}
	constructor(parent: ParserRuleContext | undefined, invokingState: number) {
		super(parent, invokingState);
	}
	// @Override
	public get ruleIndex(): number { return qcParser.RULE_node; }
}


export class OperandContext extends ParserRuleContext {
	public VALUE(): TerminalNode | undefined { return this.tryGetToken(qcParser.VALUE, 0); }
	public ABSENT(): TerminalNode | undefined { return this.tryGetToken(qcParser.ABSENT, 0); }
	constructor(parent: ParserRuleContext | undefined, invokingState: number) {
		super(parent, invokingState);
	}
	// @Override
	public get ruleIndex(): number { return qcParser.RULE_operand; }
}


export class TypesContext extends ParserRuleContext {
	public type(): TypeContext[];
	public type(i: number): TypeContext;
	public type(i?: number): TypeContext | TypeContext[] {
		if (i === undefined) {
			return this.getRuleContexts(TypeContext);
		} else {
			return this.getRuleContext(i, TypeContext);
		}
	}
	constructor(parent: ParserRuleContext | undefined, invokingState: number) {
		super(parent, invokingState);
	}
	// @Override
	public get ruleIndex(): number { return qcParser.RULE_types; }
}


export class TypeContext extends ParserRuleContext {
	public TYPE(): TerminalNode { return this.getToken(qcParser.TYPE, 0); }
	public quant(): QuantContext | undefined {
		return this.tryGetRuleContext(0, QuantContext);
	}
	constructor(parent: ParserRuleContext | undefined, invokingState: number) {
		super(parent, invokingState);
	}
	// @Override
	public get ruleIndex(): number { return qcParser.RULE_type; }
}


export class QuantContext extends ParserRuleContext {
	public Q(): TerminalNode { return this.getToken(qcParser.Q, 0); }
	public num(): NumContext[];
	public num(i: number): NumContext;
	public num(i?: number): NumContext | NumContext[] {
		if (i === undefined) {
			return this.getRuleContexts(NumContext);
		} else {
			return this.getRuleContext(i, NumContext);
		}
	}
	public AXIS(): TerminalNode | undefined { return this.tryGetToken(qcParser.AXIS, 0); }
	public NUMBER(): TerminalNode[];
	public NUMBER(i: number): TerminalNode;
	public NUMBER(i?: number): TerminalNode | TerminalNode[] {
		if (i === undefined) {
			return this.getTokens(qcParser.NUMBER);
		} else {
			return this.getToken(qcParser.NUMBER, i);
		}
	}
	public nums(): NumsContext[];
	public nums(i: number): NumsContext;
	public nums(i?: number): NumsContext | NumsContext[] {
		if (i === undefined) {
			return this.getRuleContexts(NumsContext);
		} else {
			return this.getRuleContext(i, NumsContext);
		}
	}
	public BLOCK(): TerminalNode | undefined { return this.tryGetToken(qcParser.BLOCK, 0); }
	constructor(parent: ParserRuleContext | undefined, invokingState: number) {
		super(parent, invokingState);
	}
	// @Override
	public get ruleIndex(): number { return qcParser.RULE_quant; }
}


export class NumsContext extends ParserRuleContext {
	public num(): NumContext[];
	public num(i: number): NumContext;
	public num(i?: number): NumContext | NumContext[] {
		if (i === undefined) {
			return this.getRuleContexts(NumContext);
		} else {
			return this.getRuleContext(i, NumContext);
		}
	}
	public NUMBER(): TerminalNode | undefined { return this.tryGetToken(qcParser.NUMBER, 0); }
	constructor(parent: ParserRuleContext | undefined, invokingState: number) {
		super(parent, invokingState);
	}
	// @Override
	public get ruleIndex(): number { return qcParser.RULE_nums; }
}


export class NumContext extends ParserRuleContext {
	public NUMBER(): TerminalNode { return this.getToken(qcParser.NUMBER, 0); }
	constructor(parent: ParserRuleContext | undefined, invokingState: number) {
		super(parent, invokingState);
	}
	// @Override
	public get ruleIndex(): number { return qcParser.RULE_num; }
}


export class AttrsContext extends ParserRuleContext {
	public attr(): AttrContext[];
	public attr(i: number): AttrContext;
	public attr(i?: number): AttrContext | AttrContext[] {
		if (i === undefined) {
			return this.getRuleContexts(AttrContext);
		} else {
			return this.getRuleContext(i, AttrContext);
		}
	}
	constructor(parent: ParserRuleContext | undefined, invokingState: number) {
		super(parent, invokingState);
	}
	// @Override
	public get ruleIndex(): number { return qcParser.RULE_attrs; }
}


export class AttrContext extends ParserRuleContext {
	public word(): WordContext {
		return this.getRuleContext(0, WordContext);
	}
	public value(): ValueContext {
		return this.getRuleContext(0, ValueContext);
	}
	constructor(parent: ParserRuleContext | undefined, invokingState: number) {
		super(parent, invokingState);
	}
	// @Override
	public get ruleIndex(): number { return qcParser.RULE_attr; }
}


export class ValueContext extends ParserRuleContext {
	public num(): NumContext | undefined {
		return this.tryGetRuleContext(0, NumContext);
	}
	public TRUE(): TerminalNode | undefined { return this.tryGetToken(qcParser.TRUE, 0); }
	public FALSE(): TerminalNode | undefined { return this.tryGetToken(qcParser.FALSE, 0); }
	public STRING(): TerminalNode[];
	public STRING(i: number): TerminalNode;
	public STRING(i?: number): TerminalNode | TerminalNode[] {
		if (i === undefined) {
			return this.getTokens(qcParser.STRING);
		} else {
			return this.getToken(qcParser.STRING, i);
		}
	}
	public SYMBOL(): TerminalNode | undefined { return this.tryGetToken(qcParser.SYMBOL, 0); }
	public LIST(): TerminalNode | undefined { return this.tryGetToken(qcParser.LIST, 0); }
	public word(): WordContext | undefined {
		return this.tryGetRuleContext(0, WordContext);
	}
	constructor(parent: ParserRuleContext | undefined, invokingState: number) {
		super(parent, invokingState);
	}
	// @Override
	public get ruleIndex(): number { return qcParser.RULE_value; }
}


export class LocContext extends ParserRuleContext {
	public LOC(): TerminalNode { return this.getToken(qcParser.LOC, 0); }
	public place(): PlaceContext {
		return this.getRuleContext(0, PlaceContext);
	}
	constructor(parent: ParserRuleContext | undefined, invokingState: number) {
		super(parent, invokingState);
	}
	// @Override
	public get ruleIndex(): number { return qcParser.RULE_loc; }
}


export class PlaceContext extends ParserRuleContext {
	public STRING(): TerminalNode[];
	public STRING(i: number): TerminalNode;
	public STRING(i?: number): TerminalNode | TerminalNode[] {
		if (i === undefined) {
			return this.getTokens(qcParser.STRING);
		} else {
			return this.getToken(qcParser.STRING, i);
		}
	}
	public PASS(): TerminalNode | undefined { return this.tryGetToken(qcParser.PASS, 0); }
	public FROM(): TerminalNode | undefined { return this.tryGetToken(qcParser.FROM, 0); }
	public place(): PlaceContext[];
	public place(i: number): PlaceContext;
	public place(i?: number): PlaceContext | PlaceContext[] {
		if (i === undefined) {
			return this.getRuleContexts(PlaceContext);
		} else {
			return this.getRuleContext(i, PlaceContext);
		}
	}
	constructor(parent: ParserRuleContext | undefined, invokingState: number) {
		super(parent, invokingState);
	}
	// @Override
	public get ruleIndex(): number { return qcParser.RULE_place; }
}


export class KernelContext extends ParserRuleContext {
	public KERNEL(): TerminalNode { return this.getToken(qcParser.KERNEL, 0); }
	public SYMBOL(): TerminalNode { return this.getToken(qcParser.SYMBOL, 0); }
	public buffer(): BufferContext[];
	public buffer(i: number): BufferContext;
	public buffer(i?: number): BufferContext | BufferContext[] {
		if (i === undefined) {
			return this.getRuleContexts(BufferContext);
		} else {
			return this.getRuleContext(i, BufferContext);
		}
	}
	public prepare(): PrepareContext[];
	public prepare(i: number): PrepareContext;
	public prepare(i?: number): PrepareContext | PrepareContext[] {
		if (i === undefined) {
			return this.getRuleContexts(PrepareContext);
		} else {
			return this.getRuleContext(i, PrepareContext);
		}
	}
	public stage(): StageContext[];
	public stage(i: number): StageContext;
	public stage(i?: number): StageContext | StageContext[] {
		if (i === undefined) {
			return this.getRuleContexts(StageContext);
		} else {
			return this.getRuleContext(i, StageContext);
		}
	}
	constructor(parent: ParserRuleContext | undefined, invokingState: number) {
		super(parent, invokingState);
	}
	// @Override
	public get ruleIndex(): number { return qcParser.RULE_kernel; }
}


export class BufferContext extends ParserRuleContext {
	public role(): RoleContext {
		return this.getRuleContext(0, RoleContext);
	}
	public name(): NameContext {
		return this.getRuleContext(0, NameContext);
	}
	public TYPE(): TerminalNode { return this.getToken(qcParser.TYPE, 0); }
	constructor(parent: ParserRuleContext | undefined, invokingState: number) {
		super(parent, invokingState);
	}
	// @Override
	public get ruleIndex(): number { return qcParser.RULE_buffer; }
}


export class RoleContext extends ParserRuleContext {
	public IN(): TerminalNode | undefined { return this.tryGetToken(qcParser.IN, 0); }
	public OUT(): TerminalNode | undefined { return this.tryGetToken(qcParser.OUT, 0); }
	public INOUT(): TerminalNode | undefined { return this.tryGetToken(qcParser.INOUT, 0); }
	public CONST(): TerminalNode | undefined { return this.tryGetToken(qcParser.CONST, 0); }
	public SCRATCH(): TerminalNode | undefined { return this.tryGetToken(qcParser.SCRATCH, 0); }
	public LOCAL(): TerminalNode | undefined { return this.tryGetToken(qcParser.LOCAL, 0); }
	constructor(parent: ParserRuleContext | undefined, invokingState: number) {
		super(parent, invokingState);
	}
	// @Override
	public get ruleIndex(): number { return qcParser.RULE_role; }
}


export class PrepareContext extends ParserRuleContext {
	public PREPARE(): TerminalNode { return this.getToken(qcParser.PREPARE, 0); }
	public name(): NameContext {
		return this.getRuleContext(0, NameContext);
	}
	public WITH(): TerminalNode { return this.getToken(qcParser.WITH, 0); }
	public kernel(): KernelContext {
		return this.getRuleContext(0, KernelContext);
	}
	constructor(parent: ParserRuleContext | undefined, invokingState: number) {
		super(parent, invokingState);
	}
	// @Override
	public get ruleIndex(): number { return qcParser.RULE_prepare; }
}


export class StageContext extends ParserRuleContext {
	public STAGE(): TerminalNode { return this.getToken(qcParser.STAGE, 0); }
	public name(): NameContext {
		return this.getRuleContext(0, NameContext);
	}
	public block(): BlockContext {
		return this.getRuleContext(0, BlockContext);
	}
	constructor(parent: ParserRuleContext | undefined, invokingState: number) {
		super(parent, invokingState);
	}
	// @Override
	public get ruleIndex(): number { return qcParser.RULE_stage; }
}


export class BlockContext extends ParserRuleContext {
	public stmt(): StmtContext[];
	public stmt(i: number): StmtContext;
	public stmt(i?: number): StmtContext | StmtContext[] {
		if (i === undefined) {
			return this.getRuleContexts(StmtContext);
		} else {
			return this.getRuleContext(i, StmtContext);
		}
	}
	constructor(parent: ParserRuleContext | undefined, invokingState: number) {
		super(parent, invokingState);
	}
	// @Override
	public get ruleIndex(): number { return qcParser.RULE_block; }
}


export class StmtContext extends ParserRuleContext {
	constructor(parent: ParserRuleContext | undefined, invokingState: number) {
		super(parent, invokingState);
	}
	// @Override
	public get ruleIndex(): number { return qcParser.RULE_stmt; }
	public copyFrom(ctx: StmtContext): void {
		super.copyFrom(ctx);
	}
}
export class ForStmtContext extends StmtContext {
	public FOR(): TerminalNode { return this.getToken(qcParser.FOR, 0); }
	public name(): NameContext {
		return this.getRuleContext(0, NameContext);
	}
	public IN(): TerminalNode { return this.getToken(qcParser.IN, 0); }
	public NUMBER(): TerminalNode { return this.getToken(qcParser.NUMBER, 0); }
	public block(): BlockContext {
		return this.getRuleContext(0, BlockContext);
	}
	public PARALLEL(): TerminalNode | undefined { return this.tryGetToken(qcParser.PARALLEL, 0); }
	public UNROLL(): TerminalNode | undefined { return this.tryGetToken(qcParser.UNROLL, 0); }
	constructor(ctx: StmtContext) {
		super(ctx.parent, ctx.invokingState);
		this.copyFrom(ctx);
	}
}
export class SeqStmtContext extends StmtContext {
	public SEQ(): TerminalNode { return this.getToken(qcParser.SEQ, 0); }
	public block(): BlockContext {
		return this.getRuleContext(0, BlockContext);
	}
	constructor(ctx: StmtContext) {
		super(ctx.parent, ctx.invokingState);
		this.copyFrom(ctx);
	}
}
export class IfStmtContext extends StmtContext {
	public IF(): TerminalNode { return this.getToken(qcParser.IF, 0); }
	public expr(): ExprContext {
		return this.getRuleContext(0, ExprContext);
	}
	public block(): BlockContext[];
	public block(i: number): BlockContext;
	public block(i?: number): BlockContext | BlockContext[] {
		if (i === undefined) {
			return this.getRuleContexts(BlockContext);
		} else {
			return this.getRuleContext(i, BlockContext);
		}
	}
	public ELSE(): TerminalNode | undefined { return this.tryGetToken(qcParser.ELSE, 0); }
	constructor(ctx: StmtContext) {
		super(ctx.parent, ctx.invokingState);
		this.copyFrom(ctx);
	}
}
export class LetStmtContext extends StmtContext {
	public LET(): TerminalNode { return this.getToken(qcParser.LET, 0); }
	public name(): NameContext {
		return this.getRuleContext(0, NameContext);
	}
	public expr(): ExprContext {
		return this.getRuleContext(0, ExprContext);
	}
	constructor(ctx: StmtContext) {
		super(ctx.parent, ctx.invokingState);
		this.copyFrom(ctx);
	}
}
export class AllocStmtContext extends StmtContext {
	public ALLOC(): TerminalNode { return this.getToken(qcParser.ALLOC, 0); }
	public name(): NameContext {
		return this.getRuleContext(0, NameContext);
	}
	public TYPE(): TerminalNode { return this.getToken(qcParser.TYPE, 0); }
	public role(): RoleContext | undefined {
		return this.tryGetRuleContext(0, RoleContext);
	}
	constructor(ctx: StmtContext) {
		super(ctx.parent, ctx.invokingState);
		this.copyFrom(ctx);
	}
}
export class InstrStmtContext extends StmtContext {
	public INSTR(): TerminalNode { return this.getToken(qcParser.INSTR, 0); }
	public SYMBOL(): TerminalNode { return this.getToken(qcParser.SYMBOL, 0); }
	public name(): NameContext {
		return this.getRuleContext(0, NameContext);
	}
	public index(): IndexContext {
		return this.getRuleContext(0, IndexContext);
	}
	public expr(): ExprContext[];
	public expr(i: number): ExprContext;
	public expr(i?: number): ExprContext | ExprContext[] {
		if (i === undefined) {
			return this.getRuleContexts(ExprContext);
		} else {
			return this.getRuleContext(i, ExprContext);
		}
	}
	constructor(ctx: StmtContext) {
		super(ctx.parent, ctx.invokingState);
		this.copyFrom(ctx);
	}
}
export class AssignStmtContext extends StmtContext {
	public name(): NameContext {
		return this.getRuleContext(0, NameContext);
	}
	public index(): IndexContext {
		return this.getRuleContext(0, IndexContext);
	}
	public assign(): AssignContext {
		return this.getRuleContext(0, AssignContext);
	}
	public expr(): ExprContext[];
	public expr(i: number): ExprContext;
	public expr(i?: number): ExprContext | ExprContext[] {
		if (i === undefined) {
			return this.getRuleContexts(ExprContext);
		} else {
			return this.getRuleContext(i, ExprContext);
		}
	}
	public IF(): TerminalNode | undefined { return this.tryGetToken(qcParser.IF, 0); }
	constructor(ctx: StmtContext) {
		super(ctx.parent, ctx.invokingState);
		this.copyFrom(ctx);
	}
}
export class ScopeStmtContext extends StmtContext {
	public block(): BlockContext {
		return this.getRuleContext(0, BlockContext);
	}
	constructor(ctx: StmtContext) {
		super(ctx.parent, ctx.invokingState);
		this.copyFrom(ctx);
	}
}


export class AssignContext extends ParserRuleContext {
	constructor(parent: ParserRuleContext | undefined, invokingState: number) {
		super(parent, invokingState);
	}
	// @Override
	public get ruleIndex(): number { return qcParser.RULE_assign; }
}


export class IndexContext extends ParserRuleContext {
	public LIST(): TerminalNode | undefined { return this.tryGetToken(qcParser.LIST, 0); }
	public expr(): ExprContext[];
	public expr(i: number): ExprContext;
	public expr(i?: number): ExprContext | ExprContext[] {
		if (i === undefined) {
			return this.getRuleContexts(ExprContext);
		} else {
			return this.getRuleContext(i, ExprContext);
		}
	}
	public IF(): TerminalNode | undefined { return this.tryGetToken(qcParser.IF, 0); }
	constructor(parent: ParserRuleContext | undefined, invokingState: number) {
		super(parent, invokingState);
	}
	// @Override
	public get ruleIndex(): number { return qcParser.RULE_index; }
}


export class ExprContext extends ParserRuleContext {
	public operandExpr(): OperandExprContext[];
	public operandExpr(i: number): OperandExprContext;
	public operandExpr(i?: number): OperandExprContext | OperandExprContext[] {
		if (i === undefined) {
			return this.getRuleContexts(OperandExprContext);
		} else {
			return this.getRuleContext(i, OperandExprContext);
		}
	}
	public binop(): BinopContext[];
	public binop(i: number): BinopContext;
	public binop(i?: number): BinopContext | BinopContext[] {
		if (i === undefined) {
			return this.getRuleContexts(BinopContext);
		} else {
			return this.getRuleContext(i, BinopContext);
		}
	}
	constructor(parent: ParserRuleContext | undefined, invokingState: number) {
		super(parent, invokingState);
	}
	// @Override
	public get ruleIndex(): number { return qcParser.RULE_expr; }
}


export class BinopContext extends ParserRuleContext {
	constructor(parent: ParserRuleContext | undefined, invokingState: number) {
		super(parent, invokingState);
	}
	// @Override
	public get ruleIndex(): number { return qcParser.RULE_binop; }
}


export class OperandExprContext extends ParserRuleContext {
	public primary(): PrimaryContext {
		return this.getRuleContext(0, PrimaryContext);
	}
	public IDENT(): TerminalNode | undefined { return this.tryGetToken(qcParser.IDENT, 0); }
	constructor(parent: ParserRuleContext | undefined, invokingState: number) {
		super(parent, invokingState);
	}
	// @Override
	public get ruleIndex(): number { return qcParser.RULE_operandExpr; }
}


export class PrimaryContext extends ParserRuleContext {
	constructor(parent: ParserRuleContext | undefined, invokingState: number) {
		super(parent, invokingState);
	}
	// @Override
	public get ruleIndex(): number { return qcParser.RULE_primary; }
	public copyFrom(ctx: PrimaryContext): void {
		super.copyFrom(ctx);
	}
}
export class LiteralContext extends PrimaryContext {
	public num(): NumContext {
		return this.getRuleContext(0, NumContext);
	}
	constructor(ctx: PrimaryContext) {
		super(ctx.parent, ctx.invokingState);
		this.copyFrom(ctx);
	}
}
export class ReferenceContext extends PrimaryContext {
	public name(): NameContext {
		return this.getRuleContext(0, NameContext);
	}
	public index(): IndexContext | undefined {
		return this.tryGetRuleContext(0, IndexContext);
	}
	public expr(): ExprContext[];
	public expr(i: number): ExprContext;
	public expr(i?: number): ExprContext | ExprContext[] {
		if (i === undefined) {
			return this.getRuleContexts(ExprContext);
		} else {
			return this.getRuleContext(i, ExprContext);
		}
	}
	constructor(ctx: PrimaryContext) {
		super(ctx.parent, ctx.invokingState);
		this.copyFrom(ctx);
	}
}
export class GroupContext extends PrimaryContext {
	public expr(): ExprContext {
		return this.getRuleContext(0, ExprContext);
	}
	constructor(ctx: PrimaryContext) {
		super(ctx.parent, ctx.invokingState);
		this.copyFrom(ctx);
	}
}


export class NameContext extends ParserRuleContext {
	public IDENT(): TerminalNode | undefined { return this.tryGetToken(qcParser.IDENT, 0); }
	public STRING(): TerminalNode | undefined { return this.tryGetToken(qcParser.STRING, 0); }
	constructor(parent: ParserRuleContext | undefined, invokingState: number) {
		super(parent, invokingState);
	}
	// @Override
	public get ruleIndex(): number { return qcParser.RULE_name; }
}


export class WordContext extends ParserRuleContext {
	public IDENT(): TerminalNode | undefined { return this.tryGetToken(qcParser.IDENT, 0); }
	public MODULE(): TerminalNode | undefined { return this.tryGetToken(qcParser.MODULE, 0); }
	public VERSION(): TerminalNode | undefined { return this.tryGetToken(qcParser.VERSION, 0); }
	public CONST(): TerminalNode | undefined { return this.tryGetToken(qcParser.CONST, 0); }
	public BLOB(): TerminalNode | undefined { return this.tryGetToken(qcParser.BLOB, 0); }
	public FUNC(): TerminalNode | undefined { return this.tryGetToken(qcParser.FUNC, 0); }
	public NEXT(): TerminalNode | undefined { return this.tryGetToken(qcParser.NEXT, 0); }
	public AS(): TerminalNode | undefined { return this.tryGetToken(qcParser.AS, 0); }
	public Q(): TerminalNode | undefined { return this.tryGetToken(qcParser.Q, 0); }
	public AXIS(): TerminalNode | undefined { return this.tryGetToken(qcParser.AXIS, 0); }
	public BLOCK(): TerminalNode | undefined { return this.tryGetToken(qcParser.BLOCK, 0); }
	public LOC(): TerminalNode | undefined { return this.tryGetToken(qcParser.LOC, 0); }
	public PASS(): TerminalNode | undefined { return this.tryGetToken(qcParser.PASS, 0); }
	public FROM(): TerminalNode | undefined { return this.tryGetToken(qcParser.FROM, 0); }
	public KERNEL(): TerminalNode | undefined { return this.tryGetToken(qcParser.KERNEL, 0); }
	public IN(): TerminalNode | undefined { return this.tryGetToken(qcParser.IN, 0); }
	public OUT(): TerminalNode | undefined { return this.tryGetToken(qcParser.OUT, 0); }
	public INOUT(): TerminalNode | undefined { return this.tryGetToken(qcParser.INOUT, 0); }
	public SCRATCH(): TerminalNode | undefined { return this.tryGetToken(qcParser.SCRATCH, 0); }
	public LOCAL(): TerminalNode | undefined { return this.tryGetToken(qcParser.LOCAL, 0); }
	public PREPARE(): TerminalNode | undefined { return this.tryGetToken(qcParser.PREPARE, 0); }
	public WITH(): TerminalNode | undefined { return this.tryGetToken(qcParser.WITH, 0); }
	public STAGE(): TerminalNode | undefined { return this.tryGetToken(qcParser.STAGE, 0); }
	public PARALLEL(): TerminalNode | undefined { return this.tryGetToken(qcParser.PARALLEL, 0); }
	public UNROLL(): TerminalNode | undefined { return this.tryGetToken(qcParser.UNROLL, 0); }
	public FOR(): TerminalNode | undefined { return this.tryGetToken(qcParser.FOR, 0); }
	public SEQ(): TerminalNode | undefined { return this.tryGetToken(qcParser.SEQ, 0); }
	public IF(): TerminalNode | undefined { return this.tryGetToken(qcParser.IF, 0); }
	public ELSE(): TerminalNode | undefined { return this.tryGetToken(qcParser.ELSE, 0); }
	public LET(): TerminalNode | undefined { return this.tryGetToken(qcParser.LET, 0); }
	public ALLOC(): TerminalNode | undefined { return this.tryGetToken(qcParser.ALLOC, 0); }
	public INSTR(): TerminalNode | undefined { return this.tryGetToken(qcParser.INSTR, 0); }
	constructor(parent: ParserRuleContext | undefined, invokingState: number) {
		super(parent, invokingState);
	}
	// @Override
	public get ruleIndex(): number { return qcParser.RULE_word; }
}


