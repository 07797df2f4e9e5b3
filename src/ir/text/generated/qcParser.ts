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
	public static readonly STATE = 40;
	public static readonly AS = 41;
	public static readonly RETURN = 42;
	public static readonly Q = 43;
	public static readonly AXIS = 44;
	public static readonly BLOCK = 45;
	public static readonly LOC = 46;
	public static readonly PASS = 47;
	public static readonly FROM = 48;
	public static readonly TRUE = 49;
	public static readonly FALSE = 50;
	public static readonly KERNEL = 51;
	public static readonly IN = 52;
	public static readonly OUT = 53;
	public static readonly INOUT = 54;
	public static readonly SCRATCH = 55;
	public static readonly LOCAL = 56;
	public static readonly PREPARE = 57;
	public static readonly WITH = 58;
	public static readonly STAGE = 59;
	public static readonly PARALLEL = 60;
	public static readonly UNROLL = 61;
	public static readonly FOR = 62;
	public static readonly SEQ = 63;
	public static readonly IF = 64;
	public static readonly ELSE = 65;
	public static readonly LET = 66;
	public static readonly ALLOC = 67;
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
	public static readonly RULE_result = 7;
	public static readonly RULE_port = 8;
	public static readonly RULE_returned = 9;
	public static readonly RULE_node = 10;
	public static readonly RULE_operand = 11;
	public static readonly RULE_types = 12;
	public static readonly RULE_type = 13;
	public static readonly RULE_quant = 14;
	public static readonly RULE_nums = 15;
	public static readonly RULE_num = 16;
	public static readonly RULE_attrs = 17;
	public static readonly RULE_attr = 18;
	public static readonly RULE_value = 19;
	public static readonly RULE_loc = 20;
	public static readonly RULE_place = 21;
	public static readonly RULE_kernel = 22;
	public static readonly RULE_buffer = 23;
	public static readonly RULE_role = 24;
	public static readonly RULE_prepare = 25;
	public static readonly RULE_stage = 26;
	public static readonly RULE_block = 27;
	public static readonly RULE_stmt = 28;
	public static readonly RULE_assign = 29;
	public static readonly RULE_index = 30;
	public static readonly RULE_expr = 31;
	public static readonly RULE_binop = 32;
	public static readonly RULE_operandExpr = 33;
	public static readonly RULE_primary = 34;
	public static readonly RULE_name = 35;
	public static readonly RULE_word = 36;
	// tslint:disable:no-trailing-whitespace
	public static readonly ruleNames: string[] = [
		"file", "item", "header", "constant", "func", "param", "ports", "result", 
		"port", "returned", "node", "operand", "types", "type", "quant", "nums", 
		"num", "attrs", "attr", "value", "loc", "place", "kernel", "buffer", "role", 
		"prepare", "stage", "block", "stmt", "assign", "index", "expr", "binop", 
		"operandExpr", "primary", "name", "word",
	];

	private static readonly _LITERAL_NAMES: Array<string | undefined> = [
		undefined, "':'", "'='", "'('", "','", "')'", "'->'", "'{'", "'}'", "'*'", 
		"'-'", "'['", "']'", "';'", "'+='", "'*='", "'min='", "'max='", "'&='", 
		"'|='", "'+'", "'/'", "'%'", "'&'", "'|'", "'^'", "'<<'", "'>>'", "'=='", 
		"'!='", "'<'", "'<='", "'>'", "'>='", "'module'", "'version'", "'const'", 
		"'blob'", "'func'", "'next'", "'state'", "'as'", "'return'", "'q'", "'axis'", 
		"'block'", "'loc'", "'pass'", "'from'", "'true'", "'false'", "'kernel'", 
		"'in'", "'out'", "'inout'", "'scratch'", "'local'", "'prepare'", "'with'", 
		"'stage'", "'parallel'", "'unroll'", "'for'", "'seq'", "'if'", "'else'", 
		"'let'", "'alloc'", undefined, undefined, undefined, undefined, undefined, 
		undefined, "'_'",
	];
	private static readonly _SYMBOLIC_NAMES: Array<string | undefined> = [
		undefined, undefined, undefined, undefined, undefined, undefined, undefined, 
		undefined, undefined, undefined, undefined, undefined, undefined, undefined, 
		undefined, undefined, undefined, undefined, undefined, undefined, undefined, 
		undefined, undefined, undefined, undefined, undefined, undefined, undefined, 
		undefined, undefined, undefined, undefined, undefined, undefined, "MODULE", 
		"VERSION", "CONST", "BLOB", "FUNC", "NEXT", "STATE", "AS", "RETURN", "Q", 
		"AXIS", "BLOCK", "LOC", "PASS", "FROM", "TRUE", "FALSE", "KERNEL", "IN", 
		"OUT", "INOUT", "SCRATCH", "LOCAL", "PREPARE", "WITH", "STAGE", "PARALLEL", 
		"UNROLL", "FOR", "SEQ", "IF", "ELSE", "LET", "ALLOC", "LIST", "DENSE", 
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
			this.state = 75;
			this._errHandler.sync(this);
			_la = this._input.LA(1);
			if (_la === qcParser.MODULE) {
				{
				this.state = 74;
				this.header();
				}
			}

			this.state = 80;
			this._errHandler.sync(this);
			_la = this._input.LA(1);
			while (((((_la - 36)) & ~0x1F) === 0 && ((1 << (_la - 36)) & ((1 << (qcParser.CONST - 36)) | (1 << (qcParser.FUNC - 36)) | (1 << (qcParser.KERNEL - 36)))) !== 0)) {
				{
				{
				this.state = 77;
				this.item();
				}
				}
				this.state = 82;
				this._errHandler.sync(this);
				_la = this._input.LA(1);
			}
			this.state = 83;
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
			this.state = 88;
			this._errHandler.sync(this);
			switch (this._input.LA(1)) {
			case qcParser.CONST:
				this.enterOuterAlt(_localctx, 1);
				{
				this.state = 85;
				this.constant();
				}
				break;
			case qcParser.FUNC:
				this.enterOuterAlt(_localctx, 2);
				{
				this.state = 86;
				this.func();
				}
				break;
			case qcParser.KERNEL:
				this.enterOuterAlt(_localctx, 3);
				{
				this.state = 87;
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
			this.state = 90;
			this.match(qcParser.MODULE);
			this.state = 91;
			this.match(qcParser.STRING);
			this.state = 94;
			this._errHandler.sync(this);
			_la = this._input.LA(1);
			if (_la === qcParser.VERSION) {
				{
				this.state = 92;
				this.match(qcParser.VERSION);
				this.state = 93;
				this.match(qcParser.NUMBER);
				}
			}

			this.state = 97;
			this._errHandler.sync(this);
			_la = this._input.LA(1);
			if (_la === qcParser.T__6) {
				{
				this.state = 96;
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
			this.state = 99;
			this.match(qcParser.CONST);
			this.state = 100;
			this.match(qcParser.VALUE);
			this.state = 101;
			this.match(qcParser.T__0);
			this.state = 102;
			this.type();
			this.state = 103;
			this.match(qcParser.T__1);
			this.state = 107;
			this._errHandler.sync(this);
			switch (this._input.LA(1)) {
			case qcParser.DENSE:
				{
				this.state = 104;
				this.match(qcParser.DENSE);
				}
				break;
			case qcParser.BLOB:
				{
				this.state = 105;
				this.match(qcParser.BLOB);
				this.state = 106;
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
			this.state = 109;
			this.match(qcParser.FUNC);
			this.state = 110;
			this.match(qcParser.SYMBOL);
			this.state = 111;
			this.match(qcParser.T__2);
			this.state = 120;
			this._errHandler.sync(this);
			_la = this._input.LA(1);
			if (_la === qcParser.VALUE) {
				{
				this.state = 112;
				this.param();
				this.state = 117;
				this._errHandler.sync(this);
				_la = this._input.LA(1);
				while (_la === qcParser.T__3) {
					{
					{
					this.state = 113;
					this.match(qcParser.T__3);
					this.state = 114;
					this.param();
					}
					}
					this.state = 119;
					this._errHandler.sync(this);
					_la = this._input.LA(1);
				}
				}
			}

			this.state = 122;
			this.match(qcParser.T__4);
			this.state = 123;
			this.match(qcParser.T__5);
			this.state = 124;
			this.ports();
			this.state = 127;
			this._errHandler.sync(this);
			_la = this._input.LA(1);
			if (_la === qcParser.NEXT) {
				{
				this.state = 125;
				this.match(qcParser.NEXT);
				this.state = 126;
				this.match(qcParser.NUMBER);
				}
			}

			this.state = 129;
			this.match(qcParser.T__6);
			this.state = 133;
			this._errHandler.sync(this);
			_la = this._input.LA(1);
			while (((((_la - 34)) & ~0x1F) === 0 && ((1 << (_la - 34)) & ((1 << (qcParser.MODULE - 34)) | (1 << (qcParser.VERSION - 34)) | (1 << (qcParser.CONST - 34)) | (1 << (qcParser.BLOB - 34)) | (1 << (qcParser.FUNC - 34)) | (1 << (qcParser.NEXT - 34)) | (1 << (qcParser.STATE - 34)) | (1 << (qcParser.AS - 34)) | (1 << (qcParser.Q - 34)) | (1 << (qcParser.AXIS - 34)) | (1 << (qcParser.BLOCK - 34)) | (1 << (qcParser.LOC - 34)) | (1 << (qcParser.PASS - 34)) | (1 << (qcParser.FROM - 34)) | (1 << (qcParser.KERNEL - 34)) | (1 << (qcParser.IN - 34)) | (1 << (qcParser.OUT - 34)) | (1 << (qcParser.INOUT - 34)) | (1 << (qcParser.SCRATCH - 34)) | (1 << (qcParser.LOCAL - 34)) | (1 << (qcParser.PREPARE - 34)) | (1 << (qcParser.WITH - 34)) | (1 << (qcParser.STAGE - 34)) | (1 << (qcParser.PARALLEL - 34)) | (1 << (qcParser.UNROLL - 34)) | (1 << (qcParser.FOR - 34)) | (1 << (qcParser.SEQ - 34)) | (1 << (qcParser.IF - 34)) | (1 << (qcParser.ELSE - 34)))) !== 0) || ((((_la - 66)) & ~0x1F) === 0 && ((1 << (_la - 66)) & ((1 << (qcParser.LET - 66)) | (1 << (qcParser.ALLOC - 66)) | (1 << (qcParser.VALUE - 66)) | (1 << (qcParser.IDENT - 66)))) !== 0)) {
				{
				{
				this.state = 130;
				this.node();
				}
				}
				this.state = 135;
				this._errHandler.sync(this);
				_la = this._input.LA(1);
			}
			this.state = 136;
			this.returned();
			this.state = 137;
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
		let _la: number;
		try {
			this.enterOuterAlt(_localctx, 1);
			{
			this.state = 139;
			this.match(qcParser.VALUE);
			this.state = 140;
			this.match(qcParser.T__0);
			this.state = 141;
			this.port();
			this.state = 146;
			this._errHandler.sync(this);
			_la = this._input.LA(1);
			if (_la === qcParser.STATE) {
				{
				this.state = 142;
				this.match(qcParser.STATE);
				this.state = 144;
				this._errHandler.sync(this);
				_la = this._input.LA(1);
				if (_la === qcParser.VALUE) {
					{
					this.state = 143;
					this.match(qcParser.VALUE);
					}
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
	public ports(): PortsContext {
		let _localctx: PortsContext = new PortsContext(this._ctx, this.state);
		this.enterRule(_localctx, 12, qcParser.RULE_ports);
		let _la: number;
		try {
			this.state = 161;
			this._errHandler.sync(this);
			switch (this._input.LA(1)) {
			case qcParser.TYPE:
				this.enterOuterAlt(_localctx, 1);
				{
				this.state = 148;
				this.result();
				}
				break;
			case qcParser.T__2:
				this.enterOuterAlt(_localctx, 2);
				{
				this.state = 149;
				this.match(qcParser.T__2);
				this.state = 158;
				this._errHandler.sync(this);
				_la = this._input.LA(1);
				if (_la === qcParser.TYPE) {
					{
					this.state = 150;
					this.result();
					this.state = 155;
					this._errHandler.sync(this);
					_la = this._input.LA(1);
					while (_la === qcParser.T__3) {
						{
						{
						this.state = 151;
						this.match(qcParser.T__3);
						this.state = 152;
						this.result();
						}
						}
						this.state = 157;
						this._errHandler.sync(this);
						_la = this._input.LA(1);
					}
					}
				}

				this.state = 160;
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
	public result(): ResultContext {
		let _localctx: ResultContext = new ResultContext(this._ctx, this.state);
		this.enterRule(_localctx, 14, qcParser.RULE_result);
		let _la: number;
		try {
			this.enterOuterAlt(_localctx, 1);
			{
			this.state = 163;
			this.port();
			this.state = 166;
			this._errHandler.sync(this);
			_la = this._input.LA(1);
			if (_la === qcParser.STATE) {
				{
				this.state = 164;
				this.match(qcParser.STATE);
				this.state = 165;
				this.match(qcParser.VALUE);
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
	public port(): PortContext {
		let _localctx: PortContext = new PortContext(this._ctx, this.state);
		this.enterRule(_localctx, 16, qcParser.RULE_port);
		let _la: number;
		try {
			this.enterOuterAlt(_localctx, 1);
			{
			this.state = 168;
			this.type();
			this.state = 171;
			this._errHandler.sync(this);
			_la = this._input.LA(1);
			if (_la === qcParser.AS) {
				{
				this.state = 169;
				this.match(qcParser.AS);
				this.state = 170;
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
		this.enterRule(_localctx, 18, qcParser.RULE_returned);
		let _la: number;
		try {
			this.enterOuterAlt(_localctx, 1);
			{
			this.state = 173;
			this.match(qcParser.RETURN);
			this.state = 182;
			this._errHandler.sync(this);
			_la = this._input.LA(1);
			if (_la === qcParser.VALUE) {
				{
				this.state = 174;
				this.match(qcParser.VALUE);
				this.state = 179;
				this._errHandler.sync(this);
				_la = this._input.LA(1);
				while (_la === qcParser.T__3) {
					{
					{
					this.state = 175;
					this.match(qcParser.T__3);
					this.state = 176;
					this.match(qcParser.VALUE);
					}
					}
					this.state = 181;
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
		this.enterRule(_localctx, 20, qcParser.RULE_node);
		let _la: number;
		try {
			this.enterOuterAlt(_localctx, 1);
			{
			this.state = 193;
			this._errHandler.sync(this);
			_la = this._input.LA(1);
			if (_la === qcParser.VALUE) {
				{
				this.state = 184;
				this.match(qcParser.VALUE);
				this.state = 189;
				this._errHandler.sync(this);
				_la = this._input.LA(1);
				while (_la === qcParser.T__3) {
					{
					{
					this.state = 185;
					this.match(qcParser.T__3);
					this.state = 186;
					this.match(qcParser.VALUE);
					}
					}
					this.state = 191;
					this._errHandler.sync(this);
					_la = this._input.LA(1);
				}
				this.state = 192;
				this.match(qcParser.T__1);
				}
			}

			this.state = 195;
			this.word();
			this.state = 197;
			this._errHandler.sync(this);
			_la = this._input.LA(1);
			if (_la === qcParser.SYMBOL) {
				{
				this.state = 196;
				this.match(qcParser.SYMBOL);
				}
			}

			this.state = 199;
			this.match(qcParser.T__2);
			this.state = 208;
			this._errHandler.sync(this);
			_la = this._input.LA(1);
			if (_la === qcParser.VALUE || _la === qcParser.ABSENT) {
				{
				this.state = 200;
				this.operand();
				this.state = 205;
				this._errHandler.sync(this);
				_la = this._input.LA(1);
				while (_la === qcParser.T__3) {
					{
					{
					this.state = 201;
					this.match(qcParser.T__3);
					this.state = 202;
					this.operand();
					}
					}
					this.state = 207;
					this._errHandler.sync(this);
					_la = this._input.LA(1);
				}
				}
			}

			this.state = 210;
			this.match(qcParser.T__4);
			this.state = 212;
			this._errHandler.sync(this);
			_la = this._input.LA(1);
			if (_la === qcParser.T__6) {
				{
				this.state = 211;
				this.attrs();
				}
			}

			this.state = 216;
			this._errHandler.sync(this);
			_la = this._input.LA(1);
			if (_la === qcParser.T__0) {
				{
				this.state = 214;
				this.match(qcParser.T__0);
				this.state = 215;
				this.types();
				}
			}

			this.state = 219;
			this._errHandler.sync(this);
			switch ( this.interpreter.adaptivePredict(this._input, 26, this._ctx) ) {
			case 1:
				{
				this.state = 218;
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
		this.enterRule(_localctx, 22, qcParser.RULE_operand);
		let _la: number;
		try {
			this.enterOuterAlt(_localctx, 1);
			{
			this.state = 221;
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
		this.enterRule(_localctx, 24, qcParser.RULE_types);
		let _la: number;
		try {
			this.state = 233;
			this._errHandler.sync(this);
			switch (this._input.LA(1)) {
			case qcParser.T__2:
				this.enterOuterAlt(_localctx, 1);
				{
				this.state = 223;
				this.match(qcParser.T__2);
				this.state = 224;
				this.match(qcParser.T__4);
				}
				break;
			case qcParser.TYPE:
				this.enterOuterAlt(_localctx, 2);
				{
				this.state = 225;
				this.type();
				this.state = 230;
				this._errHandler.sync(this);
				_la = this._input.LA(1);
				while (_la === qcParser.T__3) {
					{
					{
					this.state = 226;
					this.match(qcParser.T__3);
					this.state = 227;
					this.type();
					}
					}
					this.state = 232;
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
		this.enterRule(_localctx, 26, qcParser.RULE_type);
		try {
			this.enterOuterAlt(_localctx, 1);
			{
			this.state = 235;
			this.match(qcParser.TYPE);
			this.state = 237;
			this._errHandler.sync(this);
			switch ( this.interpreter.adaptivePredict(this._input, 29, this._ctx) ) {
			case 1:
				{
				this.state = 236;
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
		this.enterRule(_localctx, 28, qcParser.RULE_quant);
		let _la: number;
		try {
			this.enterOuterAlt(_localctx, 1);
			{
			this.state = 239;
			this.match(qcParser.Q);
			this.state = 240;
			this.match(qcParser.T__2);
			this.state = 256;
			this._errHandler.sync(this);
			switch (this._input.LA(1)) {
			case qcParser.T__9:
			case qcParser.NUMBER:
				{
				this.state = 241;
				this.num();
				this.state = 242;
				this.match(qcParser.T__3);
				this.state = 243;
				this.num();
				}
				break;
			case qcParser.AXIS:
				{
				this.state = 245;
				this.match(qcParser.AXIS);
				this.state = 246;
				this.match(qcParser.NUMBER);
				this.state = 249;
				this._errHandler.sync(this);
				_la = this._input.LA(1);
				if (_la === qcParser.BLOCK) {
					{
					this.state = 247;
					this.match(qcParser.BLOCK);
					this.state = 248;
					this.match(qcParser.NUMBER);
					}
				}

				this.state = 251;
				this.match(qcParser.T__0);
				this.state = 252;
				this.nums();
				this.state = 253;
				this.match(qcParser.T__3);
				this.state = 254;
				this.nums();
				}
				break;
			default:
				throw new NoViableAltException(this);
			}
			this.state = 258;
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
		this.enterRule(_localctx, 30, qcParser.RULE_nums);
		let _la: number;
		try {
			this.enterOuterAlt(_localctx, 1);
			{
			this.state = 271;
			this._errHandler.sync(this);
			_la = this._input.LA(1);
			if (_la === qcParser.T__9 || _la === qcParser.NUMBER) {
				{
				this.state = 260;
				this.num();
				this.state = 269;
				this._errHandler.sync(this);
				switch (this._input.LA(1)) {
				case qcParser.T__8:
					{
					this.state = 261;
					this.match(qcParser.T__8);
					this.state = 262;
					this.match(qcParser.NUMBER);
					}
					break;
				case qcParser.T__3:
				case qcParser.T__4:
				case qcParser.T__9:
				case qcParser.NUMBER:
					{
					this.state = 266;
					this._errHandler.sync(this);
					_la = this._input.LA(1);
					while (_la === qcParser.T__9 || _la === qcParser.NUMBER) {
						{
						{
						this.state = 263;
						this.num();
						}
						}
						this.state = 268;
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
		this.enterRule(_localctx, 32, qcParser.RULE_num);
		let _la: number;
		try {
			this.enterOuterAlt(_localctx, 1);
			{
			this.state = 274;
			this._errHandler.sync(this);
			_la = this._input.LA(1);
			if (_la === qcParser.T__9) {
				{
				this.state = 273;
				this.match(qcParser.T__9);
				}
			}

			this.state = 276;
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
		this.enterRule(_localctx, 34, qcParser.RULE_attrs);
		let _la: number;
		try {
			this.enterOuterAlt(_localctx, 1);
			{
			this.state = 278;
			this.match(qcParser.T__6);
			this.state = 287;
			this._errHandler.sync(this);
			_la = this._input.LA(1);
			if (((((_la - 34)) & ~0x1F) === 0 && ((1 << (_la - 34)) & ((1 << (qcParser.MODULE - 34)) | (1 << (qcParser.VERSION - 34)) | (1 << (qcParser.CONST - 34)) | (1 << (qcParser.BLOB - 34)) | (1 << (qcParser.FUNC - 34)) | (1 << (qcParser.NEXT - 34)) | (1 << (qcParser.STATE - 34)) | (1 << (qcParser.AS - 34)) | (1 << (qcParser.Q - 34)) | (1 << (qcParser.AXIS - 34)) | (1 << (qcParser.BLOCK - 34)) | (1 << (qcParser.LOC - 34)) | (1 << (qcParser.PASS - 34)) | (1 << (qcParser.FROM - 34)) | (1 << (qcParser.KERNEL - 34)) | (1 << (qcParser.IN - 34)) | (1 << (qcParser.OUT - 34)) | (1 << (qcParser.INOUT - 34)) | (1 << (qcParser.SCRATCH - 34)) | (1 << (qcParser.LOCAL - 34)) | (1 << (qcParser.PREPARE - 34)) | (1 << (qcParser.WITH - 34)) | (1 << (qcParser.STAGE - 34)) | (1 << (qcParser.PARALLEL - 34)) | (1 << (qcParser.UNROLL - 34)) | (1 << (qcParser.FOR - 34)) | (1 << (qcParser.SEQ - 34)) | (1 << (qcParser.IF - 34)) | (1 << (qcParser.ELSE - 34)))) !== 0) || ((((_la - 66)) & ~0x1F) === 0 && ((1 << (_la - 66)) & ((1 << (qcParser.LET - 66)) | (1 << (qcParser.ALLOC - 66)) | (1 << (qcParser.IDENT - 66)) | (1 << (qcParser.STRING - 66)))) !== 0)) {
				{
				this.state = 279;
				this.attr();
				this.state = 284;
				this._errHandler.sync(this);
				_la = this._input.LA(1);
				while (_la === qcParser.T__3) {
					{
					{
					this.state = 280;
					this.match(qcParser.T__3);
					this.state = 281;
					this.attr();
					}
					}
					this.state = 286;
					this._errHandler.sync(this);
					_la = this._input.LA(1);
				}
				}
			}

			this.state = 289;
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
		this.enterRule(_localctx, 36, qcParser.RULE_attr);
		try {
			this.enterOuterAlt(_localctx, 1);
			{
			this.state = 293;
			this._errHandler.sync(this);
			switch (this._input.LA(1)) {
			case qcParser.MODULE:
			case qcParser.VERSION:
			case qcParser.CONST:
			case qcParser.BLOB:
			case qcParser.FUNC:
			case qcParser.NEXT:
			case qcParser.STATE:
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
			case qcParser.IDENT:
				{
				this.state = 291;
				this.word();
				}
				break;
			case qcParser.STRING:
				{
				this.state = 292;
				this.match(qcParser.STRING);
				}
				break;
			default:
				throw new NoViableAltException(this);
			}
			this.state = 295;
			this.match(qcParser.T__1);
			this.state = 296;
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
		this.enterRule(_localctx, 38, qcParser.RULE_value);
		let _la: number;
		try {
			this.state = 315;
			this._errHandler.sync(this);
			switch (this._input.LA(1)) {
			case qcParser.T__9:
			case qcParser.NUMBER:
				this.enterOuterAlt(_localctx, 1);
				{
				this.state = 298;
				this.num();
				}
				break;
			case qcParser.TRUE:
				this.enterOuterAlt(_localctx, 2);
				{
				this.state = 299;
				this.match(qcParser.TRUE);
				}
				break;
			case qcParser.FALSE:
				this.enterOuterAlt(_localctx, 3);
				{
				this.state = 300;
				this.match(qcParser.FALSE);
				}
				break;
			case qcParser.STRING:
				this.enterOuterAlt(_localctx, 4);
				{
				this.state = 301;
				this.match(qcParser.STRING);
				}
				break;
			case qcParser.SYMBOL:
				this.enterOuterAlt(_localctx, 5);
				{
				this.state = 302;
				this.match(qcParser.SYMBOL);
				}
				break;
			case qcParser.LIST:
				this.enterOuterAlt(_localctx, 6);
				{
				this.state = 303;
				this.match(qcParser.LIST);
				}
				break;
			case qcParser.T__10:
				this.enterOuterAlt(_localctx, 7);
				{
				this.state = 304;
				this.match(qcParser.T__10);
				this.state = 305;
				this.match(qcParser.STRING);
				this.state = 310;
				this._errHandler.sync(this);
				_la = this._input.LA(1);
				while (_la === qcParser.T__3) {
					{
					{
					this.state = 306;
					this.match(qcParser.T__3);
					this.state = 307;
					this.match(qcParser.STRING);
					}
					}
					this.state = 312;
					this._errHandler.sync(this);
					_la = this._input.LA(1);
				}
				this.state = 313;
				this.match(qcParser.T__11);
				}
				break;
			case qcParser.MODULE:
			case qcParser.VERSION:
			case qcParser.CONST:
			case qcParser.BLOB:
			case qcParser.FUNC:
			case qcParser.NEXT:
			case qcParser.STATE:
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
			case qcParser.IDENT:
				this.enterOuterAlt(_localctx, 8);
				{
				this.state = 314;
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
		this.enterRule(_localctx, 40, qcParser.RULE_loc);
		try {
			this.enterOuterAlt(_localctx, 1);
			{
			this.state = 317;
			this.match(qcParser.LOC);
			this.state = 318;
			this.match(qcParser.T__2);
			this.state = 319;
			this.place();
			this.state = 320;
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
		this.enterRule(_localctx, 42, qcParser.RULE_place);
		let _la: number;
		try {
			this.enterOuterAlt(_localctx, 1);
			{
			this.state = 322;
			this.match(qcParser.STRING);
			this.state = 323;
			this.match(qcParser.STRING);
			this.state = 326;
			this._errHandler.sync(this);
			_la = this._input.LA(1);
			if (_la === qcParser.PASS) {
				{
				this.state = 324;
				this.match(qcParser.PASS);
				this.state = 325;
				this.match(qcParser.STRING);
				}
			}

			this.state = 341;
			this._errHandler.sync(this);
			_la = this._input.LA(1);
			if (_la === qcParser.FROM) {
				{
				this.state = 328;
				this.match(qcParser.FROM);
				this.state = 329;
				this.match(qcParser.T__2);
				this.state = 338;
				this._errHandler.sync(this);
				_la = this._input.LA(1);
				if (_la === qcParser.STRING) {
					{
					this.state = 330;
					this.place();
					this.state = 335;
					this._errHandler.sync(this);
					_la = this._input.LA(1);
					while (_la === qcParser.T__3) {
						{
						{
						this.state = 331;
						this.match(qcParser.T__3);
						this.state = 332;
						this.place();
						}
						}
						this.state = 337;
						this._errHandler.sync(this);
						_la = this._input.LA(1);
					}
					}
				}

				this.state = 340;
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
		this.enterRule(_localctx, 44, qcParser.RULE_kernel);
		let _la: number;
		try {
			this.enterOuterAlt(_localctx, 1);
			{
			this.state = 343;
			this.match(qcParser.KERNEL);
			this.state = 344;
			this.match(qcParser.SYMBOL);
			this.state = 345;
			this.match(qcParser.T__6);
			this.state = 349;
			this._errHandler.sync(this);
			_la = this._input.LA(1);
			while (((((_la - 36)) & ~0x1F) === 0 && ((1 << (_la - 36)) & ((1 << (qcParser.CONST - 36)) | (1 << (qcParser.IN - 36)) | (1 << (qcParser.OUT - 36)) | (1 << (qcParser.INOUT - 36)) | (1 << (qcParser.SCRATCH - 36)) | (1 << (qcParser.LOCAL - 36)))) !== 0)) {
				{
				{
				this.state = 346;
				this.buffer();
				}
				}
				this.state = 351;
				this._errHandler.sync(this);
				_la = this._input.LA(1);
			}
			this.state = 355;
			this._errHandler.sync(this);
			_la = this._input.LA(1);
			while (_la === qcParser.PREPARE) {
				{
				{
				this.state = 352;
				this.prepare();
				}
				}
				this.state = 357;
				this._errHandler.sync(this);
				_la = this._input.LA(1);
			}
			this.state = 361;
			this._errHandler.sync(this);
			_la = this._input.LA(1);
			while (_la === qcParser.STAGE) {
				{
				{
				this.state = 358;
				this.stage();
				}
				}
				this.state = 363;
				this._errHandler.sync(this);
				_la = this._input.LA(1);
			}
			this.state = 364;
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
		this.enterRule(_localctx, 46, qcParser.RULE_buffer);
		try {
			this.enterOuterAlt(_localctx, 1);
			{
			this.state = 366;
			this.role();
			this.state = 367;
			this.name();
			this.state = 368;
			this.match(qcParser.T__0);
			this.state = 369;
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
		this.enterRule(_localctx, 48, qcParser.RULE_role);
		let _la: number;
		try {
			this.enterOuterAlt(_localctx, 1);
			{
			this.state = 371;
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
		this.enterRule(_localctx, 50, qcParser.RULE_prepare);
		try {
			this.enterOuterAlt(_localctx, 1);
			{
			this.state = 373;
			this.match(qcParser.PREPARE);
			this.state = 374;
			this.name();
			this.state = 375;
			this.match(qcParser.WITH);
			this.state = 376;
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
		this.enterRule(_localctx, 52, qcParser.RULE_stage);
		try {
			this.enterOuterAlt(_localctx, 1);
			{
			this.state = 378;
			this.match(qcParser.STAGE);
			this.state = 379;
			this.name();
			this.state = 380;
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
		this.enterRule(_localctx, 54, qcParser.RULE_block);
		let _la: number;
		try {
			this.enterOuterAlt(_localctx, 1);
			{
			this.state = 382;
			this.match(qcParser.T__6);
			this.state = 386;
			this._errHandler.sync(this);
			_la = this._input.LA(1);
			while (_la === qcParser.T__6 || ((((_la - 60)) & ~0x1F) === 0 && ((1 << (_la - 60)) & ((1 << (qcParser.PARALLEL - 60)) | (1 << (qcParser.UNROLL - 60)) | (1 << (qcParser.FOR - 60)) | (1 << (qcParser.SEQ - 60)) | (1 << (qcParser.IF - 60)) | (1 << (qcParser.LET - 60)) | (1 << (qcParser.ALLOC - 60)) | (1 << (qcParser.IDENT - 60)) | (1 << (qcParser.STRING - 60)))) !== 0)) {
				{
				{
				this.state = 383;
				this.stmt();
				}
				}
				this.state = 388;
				this._errHandler.sync(this);
				_la = this._input.LA(1);
			}
			this.state = 389;
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
		this.enterRule(_localctx, 56, qcParser.RULE_stmt);
		let _la: number;
		try {
			this.state = 437;
			this._errHandler.sync(this);
			switch (this._input.LA(1)) {
			case qcParser.PARALLEL:
			case qcParser.UNROLL:
			case qcParser.FOR:
				_localctx = new ForStmtContext(_localctx);
				this.enterOuterAlt(_localctx, 1);
				{
				this.state = 392;
				this._errHandler.sync(this);
				_la = this._input.LA(1);
				if (_la === qcParser.PARALLEL || _la === qcParser.UNROLL) {
					{
					this.state = 391;
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

				this.state = 394;
				this.match(qcParser.FOR);
				this.state = 395;
				this.name();
				this.state = 396;
				this.match(qcParser.IN);
				this.state = 397;
				this.match(qcParser.NUMBER);
				this.state = 398;
				this.block();
				}
				break;
			case qcParser.SEQ:
				_localctx = new SeqStmtContext(_localctx);
				this.enterOuterAlt(_localctx, 2);
				{
				this.state = 400;
				this.match(qcParser.SEQ);
				this.state = 401;
				this.block();
				}
				break;
			case qcParser.IF:
				_localctx = new IfStmtContext(_localctx);
				this.enterOuterAlt(_localctx, 3);
				{
				this.state = 402;
				this.match(qcParser.IF);
				this.state = 403;
				this.match(qcParser.T__2);
				this.state = 404;
				this.expr();
				this.state = 405;
				this.match(qcParser.T__4);
				this.state = 406;
				this.block();
				this.state = 409;
				this._errHandler.sync(this);
				_la = this._input.LA(1);
				if (_la === qcParser.ELSE) {
					{
					this.state = 407;
					this.match(qcParser.ELSE);
					this.state = 408;
					this.block();
					}
				}

				}
				break;
			case qcParser.LET:
				_localctx = new LetStmtContext(_localctx);
				this.enterOuterAlt(_localctx, 4);
				{
				this.state = 411;
				this.match(qcParser.LET);
				this.state = 412;
				this.name();
				this.state = 413;
				this.match(qcParser.T__1);
				this.state = 414;
				this.expr();
				this.state = 415;
				this.match(qcParser.T__12);
				}
				break;
			case qcParser.ALLOC:
				_localctx = new AllocStmtContext(_localctx);
				this.enterOuterAlt(_localctx, 5);
				{
				this.state = 417;
				this.match(qcParser.ALLOC);
				this.state = 419;
				this._errHandler.sync(this);
				_la = this._input.LA(1);
				if (((((_la - 36)) & ~0x1F) === 0 && ((1 << (_la - 36)) & ((1 << (qcParser.CONST - 36)) | (1 << (qcParser.IN - 36)) | (1 << (qcParser.OUT - 36)) | (1 << (qcParser.INOUT - 36)) | (1 << (qcParser.SCRATCH - 36)) | (1 << (qcParser.LOCAL - 36)))) !== 0)) {
					{
					this.state = 418;
					this.role();
					}
				}

				this.state = 421;
				this.name();
				this.state = 422;
				this.match(qcParser.T__0);
				this.state = 423;
				this.match(qcParser.TYPE);
				this.state = 424;
				this.match(qcParser.T__12);
				}
				break;
			case qcParser.IDENT:
			case qcParser.STRING:
				_localctx = new AssignStmtContext(_localctx);
				this.enterOuterAlt(_localctx, 6);
				{
				this.state = 426;
				this.name();
				this.state = 427;
				this.index();
				this.state = 428;
				this.assign();
				this.state = 429;
				this.expr();
				this.state = 432;
				this._errHandler.sync(this);
				_la = this._input.LA(1);
				if (_la === qcParser.IF) {
					{
					this.state = 430;
					this.match(qcParser.IF);
					this.state = 431;
					this.expr();
					}
				}

				this.state = 434;
				this.match(qcParser.T__12);
				}
				break;
			case qcParser.T__6:
				_localctx = new ScopeStmtContext(_localctx);
				this.enterOuterAlt(_localctx, 7);
				{
				this.state = 436;
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
		this.enterRule(_localctx, 58, qcParser.RULE_assign);
		let _la: number;
		try {
			this.enterOuterAlt(_localctx, 1);
			{
			this.state = 439;
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
		this.enterRule(_localctx, 60, qcParser.RULE_index);
		let _la: number;
		try {
			this.state = 458;
			this._errHandler.sync(this);
			switch (this._input.LA(1)) {
			case qcParser.LIST:
				this.enterOuterAlt(_localctx, 1);
				{
				this.state = 441;
				this.match(qcParser.LIST);
				}
				break;
			case qcParser.T__10:
				this.enterOuterAlt(_localctx, 2);
				{
				this.state = 442;
				this.match(qcParser.T__10);
				this.state = 451;
				this._errHandler.sync(this);
				_la = this._input.LA(1);
				if (_la === qcParser.T__2 || _la === qcParser.T__9 || ((((_la - 73)) & ~0x1F) === 0 && ((1 << (_la - 73)) & ((1 << (qcParser.NUMBER - 73)) | (1 << (qcParser.IDENT - 73)) | (1 << (qcParser.STRING - 73)))) !== 0)) {
					{
					this.state = 443;
					this.expr();
					this.state = 448;
					this._errHandler.sync(this);
					_la = this._input.LA(1);
					while (_la === qcParser.T__3) {
						{
						{
						this.state = 444;
						this.match(qcParser.T__3);
						this.state = 445;
						this.expr();
						}
						}
						this.state = 450;
						this._errHandler.sync(this);
						_la = this._input.LA(1);
					}
					}
				}

				this.state = 455;
				this._errHandler.sync(this);
				_la = this._input.LA(1);
				if (_la === qcParser.IF) {
					{
					this.state = 453;
					this.match(qcParser.IF);
					this.state = 454;
					this.expr();
					}
				}

				this.state = 457;
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
		this.enterRule(_localctx, 62, qcParser.RULE_expr);
		let _la: number;
		try {
			this.enterOuterAlt(_localctx, 1);
			{
			this.state = 460;
			this.operandExpr();
			this.state = 466;
			this._errHandler.sync(this);
			_la = this._input.LA(1);
			while (((((_la - 9)) & ~0x1F) === 0 && ((1 << (_la - 9)) & ((1 << (qcParser.T__8 - 9)) | (1 << (qcParser.T__9 - 9)) | (1 << (qcParser.T__19 - 9)) | (1 << (qcParser.T__20 - 9)) | (1 << (qcParser.T__21 - 9)) | (1 << (qcParser.T__22 - 9)) | (1 << (qcParser.T__23 - 9)) | (1 << (qcParser.T__24 - 9)) | (1 << (qcParser.T__25 - 9)) | (1 << (qcParser.T__26 - 9)) | (1 << (qcParser.T__27 - 9)) | (1 << (qcParser.T__28 - 9)) | (1 << (qcParser.T__29 - 9)) | (1 << (qcParser.T__30 - 9)) | (1 << (qcParser.T__31 - 9)) | (1 << (qcParser.T__32 - 9)))) !== 0)) {
				{
				{
				this.state = 461;
				this.binop();
				this.state = 462;
				this.operandExpr();
				}
				}
				this.state = 468;
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
		this.enterRule(_localctx, 64, qcParser.RULE_binop);
		let _la: number;
		try {
			this.enterOuterAlt(_localctx, 1);
			{
			this.state = 469;
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
		this.enterRule(_localctx, 66, qcParser.RULE_operandExpr);
		let _la: number;
		try {
			this.enterOuterAlt(_localctx, 1);
			{
			this.state = 471;
			this.primary();
			this.state = 474;
			this._errHandler.sync(this);
			_la = this._input.LA(1);
			if (_la === qcParser.T__0) {
				{
				this.state = 472;
				this.match(qcParser.T__0);
				this.state = 473;
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
		this.enterRule(_localctx, 68, qcParser.RULE_primary);
		let _la: number;
		try {
			this.state = 497;
			this._errHandler.sync(this);
			switch (this._input.LA(1)) {
			case qcParser.T__9:
			case qcParser.NUMBER:
				_localctx = new LiteralContext(_localctx);
				this.enterOuterAlt(_localctx, 1);
				{
				this.state = 476;
				this.num();
				}
				break;
			case qcParser.IDENT:
			case qcParser.STRING:
				_localctx = new ReferenceContext(_localctx);
				this.enterOuterAlt(_localctx, 2);
				{
				this.state = 477;
				this.name();
				this.state = 491;
				this._errHandler.sync(this);
				switch (this._input.LA(1)) {
				case qcParser.T__10:
				case qcParser.LIST:
					{
					this.state = 478;
					this.index();
					}
					break;
				case qcParser.T__2:
					{
					this.state = 479;
					this.match(qcParser.T__2);
					this.state = 488;
					this._errHandler.sync(this);
					_la = this._input.LA(1);
					if (_la === qcParser.T__2 || _la === qcParser.T__9 || ((((_la - 73)) & ~0x1F) === 0 && ((1 << (_la - 73)) & ((1 << (qcParser.NUMBER - 73)) | (1 << (qcParser.IDENT - 73)) | (1 << (qcParser.STRING - 73)))) !== 0)) {
						{
						this.state = 480;
						this.expr();
						this.state = 485;
						this._errHandler.sync(this);
						_la = this._input.LA(1);
						while (_la === qcParser.T__3) {
							{
							{
							this.state = 481;
							this.match(qcParser.T__3);
							this.state = 482;
							this.expr();
							}
							}
							this.state = 487;
							this._errHandler.sync(this);
							_la = this._input.LA(1);
						}
						}
					}

					this.state = 490;
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
				this.state = 493;
				this.match(qcParser.T__2);
				this.state = 494;
				this.expr();
				this.state = 495;
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
		this.enterRule(_localctx, 70, qcParser.RULE_name);
		let _la: number;
		try {
			this.enterOuterAlt(_localctx, 1);
			{
			this.state = 499;
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
		this.enterRule(_localctx, 72, qcParser.RULE_word);
		let _la: number;
		try {
			this.enterOuterAlt(_localctx, 1);
			{
			this.state = 501;
			_la = this._input.LA(1);
			if (!(((((_la - 34)) & ~0x1F) === 0 && ((1 << (_la - 34)) & ((1 << (qcParser.MODULE - 34)) | (1 << (qcParser.VERSION - 34)) | (1 << (qcParser.CONST - 34)) | (1 << (qcParser.BLOB - 34)) | (1 << (qcParser.FUNC - 34)) | (1 << (qcParser.NEXT - 34)) | (1 << (qcParser.STATE - 34)) | (1 << (qcParser.AS - 34)) | (1 << (qcParser.Q - 34)) | (1 << (qcParser.AXIS - 34)) | (1 << (qcParser.BLOCK - 34)) | (1 << (qcParser.LOC - 34)) | (1 << (qcParser.PASS - 34)) | (1 << (qcParser.FROM - 34)) | (1 << (qcParser.KERNEL - 34)) | (1 << (qcParser.IN - 34)) | (1 << (qcParser.OUT - 34)) | (1 << (qcParser.INOUT - 34)) | (1 << (qcParser.SCRATCH - 34)) | (1 << (qcParser.LOCAL - 34)) | (1 << (qcParser.PREPARE - 34)) | (1 << (qcParser.WITH - 34)) | (1 << (qcParser.STAGE - 34)) | (1 << (qcParser.PARALLEL - 34)) | (1 << (qcParser.UNROLL - 34)) | (1 << (qcParser.FOR - 34)) | (1 << (qcParser.SEQ - 34)) | (1 << (qcParser.IF - 34)) | (1 << (qcParser.ELSE - 34)))) !== 0) || ((((_la - 66)) & ~0x1F) === 0 && ((1 << (_la - 66)) & ((1 << (qcParser.LET - 66)) | (1 << (qcParser.ALLOC - 66)) | (1 << (qcParser.IDENT - 66)))) !== 0))) {
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
		"\x03\uC91D\uCABA\u058D\uAFBA\u4F53\u0607\uEA8B\uC241\x03Q\u01FA\x04\x02" +
		"\t\x02\x04\x03\t\x03\x04\x04\t\x04\x04\x05\t\x05\x04\x06\t\x06\x04\x07" +
		"\t\x07\x04\b\t\b\x04\t\t\t\x04\n\t\n\x04\v\t\v\x04\f\t\f\x04\r\t\r\x04" +
		"\x0E\t\x0E\x04\x0F\t\x0F\x04\x10\t\x10\x04\x11\t\x11\x04\x12\t\x12\x04" +
		"\x13\t\x13\x04\x14\t\x14\x04\x15\t\x15\x04\x16\t\x16\x04\x17\t\x17\x04" +
		"\x18\t\x18\x04\x19\t\x19\x04\x1A\t\x1A\x04\x1B\t\x1B\x04\x1C\t\x1C\x04" +
		"\x1D\t\x1D\x04\x1E\t\x1E\x04\x1F\t\x1F\x04 \t \x04!\t!\x04\"\t\"\x04#" +
		"\t#\x04$\t$\x04%\t%\x04&\t&\x03\x02\x05\x02N\n\x02\x03\x02\x07\x02Q\n" +
		"\x02\f\x02\x0E\x02T\v\x02\x03\x02\x03\x02\x03\x03\x03\x03\x03\x03\x05" +
		"\x03[\n\x03\x03\x04\x03\x04\x03\x04\x03\x04\x05\x04a\n\x04\x03\x04\x05" +
		"\x04d\n\x04\x03\x05\x03\x05\x03\x05\x03\x05\x03\x05\x03\x05\x03\x05\x03" +
		"\x05\x05\x05n\n\x05\x03\x06\x03\x06\x03\x06\x03\x06\x03\x06\x03\x06\x07" +
		"\x06v\n\x06\f\x06\x0E\x06y\v\x06\x05\x06{\n\x06\x03\x06\x03\x06\x03\x06" +
		"\x03\x06\x03\x06\x05\x06\x82\n\x06\x03\x06\x03\x06\x07\x06\x86\n\x06\f" +
		"\x06\x0E\x06\x89\v\x06\x03\x06\x03\x06\x03\x06\x03\x07\x03\x07\x03\x07" +
		"\x03\x07\x03\x07\x05\x07\x93\n\x07\x05\x07\x95\n\x07\x03\b\x03\b\x03\b" +
		"\x03\b\x03\b\x07\b\x9C\n\b\f\b\x0E\b\x9F\v\b\x05\b\xA1\n\b\x03\b\x05\b" +
		"\xA4\n\b\x03\t\x03\t\x03\t\x05\t\xA9\n\t\x03\n\x03\n\x03\n\x05\n\xAE\n" +
		"\n\x03\v\x03\v\x03\v\x03\v\x07\v\xB4\n\v\f\v\x0E\v\xB7\v\v\x05\v\xB9\n" +
		"\v\x03\f\x03\f\x03\f\x07\f\xBE\n\f\f\f\x0E\f\xC1\v\f\x03\f\x05\f\xC4\n" +
		"\f\x03\f\x03\f\x05\f\xC8\n\f\x03\f\x03\f\x03\f\x03\f\x07\f\xCE\n\f\f\f" +
		"\x0E\f\xD1\v\f\x05\f\xD3\n\f\x03\f\x03\f\x05\f\xD7\n\f\x03\f\x03\f\x05" +
		"\f\xDB\n\f\x03\f\x05\f\xDE\n\f\x03\r\x03\r\x03\x0E\x03\x0E\x03\x0E\x03" +
		"\x0E\x03\x0E\x07\x0E\xE7\n\x0E\f\x0E\x0E\x0E\xEA\v\x0E\x05\x0E\xEC\n\x0E" +
		"\x03\x0F\x03\x0F\x05\x0F\xF0\n\x0F\x03\x10\x03\x10\x03\x10\x03\x10\x03" +
		"\x10\x03\x10\x03\x10\x03\x10\x03\x10\x03\x10\x05\x10\xFC\n\x10\x03\x10" +
		"\x03\x10\x03\x10\x03\x10\x03\x10\x05\x10\u0103\n\x10\x03\x10\x03\x10\x03" +
		"\x11\x03\x11\x03\x11\x03\x11\x07\x11\u010B\n\x11\f\x11\x0E\x11\u010E\v" +
		"\x11\x05\x11\u0110\n\x11\x05\x11\u0112\n\x11\x03\x12\x05\x12\u0115\n\x12" +
		"\x03\x12\x03\x12\x03\x13\x03\x13\x03\x13\x03\x13\x07\x13\u011D\n\x13\f" +
		"\x13\x0E\x13\u0120\v\x13\x05\x13\u0122\n\x13\x03\x13\x03\x13\x03\x14\x03" +
		"\x14\x05\x14\u0128\n\x14\x03\x14\x03\x14\x03\x14\x03\x15\x03\x15\x03\x15" +
		"\x03\x15\x03\x15\x03\x15\x03\x15\x03\x15\x03\x15\x03\x15\x07\x15\u0137" +
		"\n\x15\f\x15\x0E\x15\u013A\v\x15\x03\x15\x03\x15\x05\x15\u013E\n\x15\x03" +
		"\x16\x03\x16\x03\x16\x03\x16\x03\x16\x03\x17\x03\x17\x03\x17\x03\x17\x05" +
		"\x17\u0149\n\x17\x03\x17\x03\x17\x03\x17\x03\x17\x03\x17\x07\x17\u0150" +
		"\n\x17\f\x17\x0E\x17\u0153\v\x17\x05\x17\u0155\n\x17\x03\x17\x05\x17\u0158" +
		"\n\x17\x03\x18\x03\x18\x03\x18\x03\x18\x07\x18\u015E\n\x18\f\x18\x0E\x18" +
		"\u0161\v\x18\x03\x18\x07\x18\u0164\n\x18\f\x18\x0E\x18\u0167\v\x18\x03" +
		"\x18\x07\x18\u016A\n\x18\f\x18\x0E\x18\u016D\v\x18\x03\x18\x03\x18\x03" +
		"\x19\x03\x19\x03\x19\x03\x19\x03\x19\x03\x1A\x03\x1A\x03\x1B\x03\x1B\x03" +
		"\x1B\x03\x1B\x03\x1B\x03\x1C\x03\x1C\x03\x1C\x03\x1C\x03\x1D\x03\x1D\x07" +
		"\x1D\u0183\n\x1D\f\x1D\x0E\x1D\u0186\v\x1D\x03\x1D\x03\x1D\x03\x1E\x05" +
		"\x1E\u018B\n\x1E\x03\x1E\x03\x1E\x03\x1E\x03\x1E\x03\x1E\x03\x1E\x03\x1E" +
		"\x03\x1E\x03\x1E\x03\x1E\x03\x1E\x03\x1E\x03\x1E\x03\x1E\x03\x1E\x05\x1E" +
		"\u019C\n\x1E\x03\x1E\x03\x1E\x03\x1E\x03\x1E\x03\x1E\x03\x1E\x03\x1E\x03" +
		"\x1E\x05\x1E\u01A6\n\x1E\x03\x1E\x03\x1E\x03\x1E\x03\x1E\x03\x1E\x03\x1E" +
		"\x03\x1E\x03\x1E\x03\x1E\x03\x1E\x03\x1E\x05\x1E\u01B3\n\x1E\x03\x1E\x03" +
		"\x1E\x03\x1E\x05\x1E\u01B8\n\x1E\x03\x1F\x03\x1F\x03 \x03 \x03 \x03 \x03" +
		" \x07 \u01C1\n \f \x0E \u01C4\v \x05 \u01C6\n \x03 \x03 \x05 \u01CA\n" +
		" \x03 \x05 \u01CD\n \x03!\x03!\x03!\x03!\x07!\u01D3\n!\f!\x0E!\u01D6\v" +
		"!\x03\"\x03\"\x03#\x03#\x03#\x05#\u01DD\n#\x03$\x03$\x03$\x03$\x03$\x03" +
		"$\x03$\x07$\u01E6\n$\f$\x0E$\u01E9\v$\x05$\u01EB\n$\x03$\x05$\u01EE\n" +
		"$\x03$\x03$\x03$\x03$\x05$\u01F4\n$\x03%\x03%\x03&\x03&\x03&\x02\x02\x02" +
		"\'\x02\x02\x04\x02\x06\x02\b\x02\n\x02\f\x02\x0E\x02\x10\x02\x12\x02\x14" +
		"\x02\x16\x02\x18\x02\x1A\x02\x1C\x02\x1E\x02 \x02\"\x02$\x02&\x02(\x02" +
		"*\x02,\x02.\x020\x022\x024\x026\x028\x02:\x02<\x02>\x02@\x02B\x02D\x02" +
		"F\x02H\x02J\x02\x02\t\x04\x02IILL\x04\x02&&6:\x03\x02>?\x04\x02\x04\x04" +
		"\x10\x15\x04\x02\v\f\x16#\x03\x02MN\x06\x02$+-25EMM\x02\u0222\x02M\x03" +
		"\x02\x02\x02\x04Z\x03\x02\x02\x02\x06\\\x03\x02\x02\x02\be\x03\x02\x02" +
		"\x02\no\x03\x02\x02\x02\f\x8D\x03\x02\x02\x02\x0E\xA3\x03\x02\x02\x02" +
		"\x10\xA5\x03\x02\x02\x02\x12\xAA\x03\x02\x02\x02\x14\xAF\x03\x02\x02\x02" +
		"\x16\xC3\x03\x02\x02\x02\x18\xDF\x03\x02\x02\x02\x1A\xEB\x03\x02\x02\x02" +
		"\x1C\xED\x03\x02\x02\x02\x1E\xF1\x03\x02\x02\x02 \u0111\x03\x02\x02\x02" +
		"\"\u0114\x03\x02\x02\x02$\u0118\x03\x02\x02\x02&\u0127\x03\x02\x02\x02" +
		"(\u013D\x03\x02\x02\x02*\u013F\x03\x02\x02\x02,\u0144\x03\x02\x02\x02" +
		".\u0159\x03\x02\x02\x020\u0170\x03\x02\x02\x022\u0175\x03\x02\x02\x02" +
		"4\u0177\x03\x02\x02\x026\u017C\x03\x02\x02\x028\u0180\x03\x02\x02\x02" +
		":\u01B7\x03\x02\x02\x02<\u01B9\x03\x02\x02\x02>\u01CC\x03\x02\x02\x02" +
		"@\u01CE\x03\x02\x02\x02B\u01D7\x03\x02\x02\x02D\u01D9\x03\x02\x02\x02" +
		"F\u01F3\x03\x02\x02\x02H\u01F5\x03\x02\x02\x02J\u01F7\x03\x02\x02\x02" +
		"LN\x05\x06\x04\x02ML\x03\x02\x02\x02MN\x03\x02\x02\x02NR\x03\x02\x02\x02" +
		"OQ\x05\x04\x03\x02PO\x03\x02\x02\x02QT\x03\x02\x02\x02RP\x03\x02\x02\x02" +
		"RS\x03\x02\x02\x02SU\x03\x02\x02\x02TR\x03\x02\x02\x02UV\x07\x02\x02\x03" +
		"V\x03\x03\x02\x02\x02W[\x05\b\x05\x02X[\x05\n\x06\x02Y[\x05.\x18\x02Z" +
		"W\x03\x02\x02\x02ZX\x03\x02\x02\x02ZY\x03\x02\x02\x02[\x05\x03\x02\x02" +
		"\x02\\]\x07$\x02\x02]`\x07N\x02\x02^_\x07%\x02\x02_a\x07K\x02\x02`^\x03" +
		"\x02\x02\x02`a\x03\x02\x02\x02ac\x03\x02\x02\x02bd\x05$\x13\x02cb\x03" +
		"\x02\x02\x02cd\x03\x02\x02\x02d\x07\x03\x02\x02\x02ef\x07&\x02\x02fg\x07" +
		"I\x02\x02gh\x07\x03\x02\x02hi\x05\x1C\x0F\x02im\x07\x04\x02\x02jn\x07" +
		"G\x02\x02kl\x07\'\x02\x02ln\x07N\x02\x02mj\x03\x02\x02\x02mk\x03\x02\x02" +
		"\x02n\t\x03\x02\x02\x02op\x07(\x02\x02pq\x07J\x02\x02qz\x07\x05\x02\x02" +
		"rw\x05\f\x07\x02st\x07\x06\x02\x02tv\x05\f\x07\x02us\x03\x02\x02\x02v" +
		"y\x03\x02\x02\x02wu\x03\x02\x02\x02wx\x03\x02\x02\x02x{\x03\x02\x02\x02" +
		"yw\x03\x02\x02\x02zr\x03\x02\x02\x02z{\x03\x02\x02\x02{|\x03\x02\x02\x02" +
		"|}\x07\x07\x02\x02}~\x07\b\x02\x02~\x81\x05\x0E\b\x02\x7F\x80\x07)\x02" +
		"\x02\x80\x82\x07K\x02\x02\x81\x7F\x03\x02\x02\x02\x81\x82\x03\x02\x02" +
		"\x02\x82\x83\x03\x02\x02\x02\x83\x87\x07\t\x02\x02\x84\x86\x05\x16\f\x02" +
		"\x85\x84\x03\x02\x02\x02\x86\x89\x03\x02\x02\x02\x87\x85\x03\x02\x02\x02" +
		"\x87\x88\x03\x02\x02\x02\x88\x8A\x03\x02\x02\x02\x89\x87\x03\x02\x02\x02" +
		"\x8A\x8B\x05\x14\v\x02\x8B\x8C\x07\n\x02\x02\x8C\v\x03\x02\x02\x02\x8D" +
		"\x8E\x07I\x02\x02\x8E\x8F\x07\x03\x02\x02\x8F\x94\x05\x12\n\x02\x90\x92" +
		"\x07*\x02\x02\x91\x93\x07I\x02\x02\x92\x91\x03\x02\x02\x02\x92\x93\x03" +
		"\x02\x02\x02\x93\x95\x03\x02\x02\x02\x94\x90\x03\x02\x02\x02\x94\x95\x03" +
		"\x02\x02\x02\x95\r\x03\x02\x02\x02\x96\xA4\x05\x10\t\x02\x97\xA0\x07\x05" +
		"\x02\x02\x98\x9D\x05\x10\t\x02\x99\x9A\x07\x06\x02\x02\x9A\x9C\x05\x10" +
		"\t\x02\x9B\x99\x03\x02\x02\x02\x9C\x9F\x03\x02\x02\x02\x9D\x9B\x03\x02" +
		"\x02\x02\x9D\x9E\x03\x02\x02\x02\x9E\xA1\x03\x02\x02\x02\x9F\x9D\x03\x02" +
		"\x02\x02\xA0\x98\x03\x02\x02\x02\xA0\xA1\x03\x02\x02\x02\xA1\xA2\x03\x02" +
		"\x02\x02\xA2\xA4\x07\x07\x02\x02\xA3\x96\x03\x02\x02\x02\xA3\x97\x03\x02" +
		"\x02\x02\xA4\x0F\x03\x02\x02\x02\xA5\xA8\x05\x12\n\x02\xA6\xA7\x07*\x02" +
		"\x02\xA7\xA9\x07I\x02\x02\xA8\xA6\x03\x02\x02\x02\xA8\xA9\x03\x02\x02" +
		"\x02\xA9\x11\x03\x02\x02\x02\xAA\xAD\x05\x1C\x0F\x02\xAB\xAC\x07+\x02" +
		"\x02\xAC\xAE\x07N\x02\x02\xAD\xAB\x03\x02\x02\x02\xAD\xAE\x03\x02\x02" +
		"\x02\xAE\x13\x03\x02\x02\x02\xAF\xB8\x07,\x02\x02\xB0\xB5\x07I\x02\x02" +
		"\xB1\xB2\x07\x06\x02\x02\xB2\xB4\x07I\x02\x02\xB3\xB1\x03\x02\x02\x02" +
		"\xB4\xB7\x03\x02\x02\x02\xB5\xB3\x03\x02\x02\x02\xB5\xB6\x03\x02\x02\x02" +
		"\xB6\xB9\x03\x02\x02\x02\xB7\xB5\x03\x02\x02\x02\xB8\xB0\x03\x02\x02\x02" +
		"\xB8\xB9\x03\x02\x02\x02\xB9\x15\x03\x02\x02\x02\xBA\xBF\x07I\x02\x02" +
		"\xBB\xBC\x07\x06\x02\x02\xBC\xBE\x07I\x02\x02\xBD\xBB\x03\x02\x02\x02" +
		"\xBE\xC1\x03\x02\x02\x02\xBF\xBD\x03\x02\x02\x02\xBF\xC0\x03\x02\x02\x02" +
		"\xC0\xC2\x03\x02\x02\x02\xC1\xBF\x03\x02\x02\x02\xC2\xC4\x07\x04\x02\x02" +
		"\xC3\xBA\x03\x02\x02\x02\xC3\xC4\x03\x02\x02\x02\xC4\xC5\x03\x02\x02\x02" +
		"\xC5\xC7\x05J&\x02\xC6\xC8\x07J\x02\x02\xC7\xC6\x03\x02\x02\x02\xC7\xC8" +
		"\x03\x02\x02\x02\xC8\xC9\x03\x02\x02\x02\xC9\xD2\x07\x05\x02\x02\xCA\xCF" +
		"\x05\x18\r\x02\xCB\xCC\x07\x06\x02\x02\xCC\xCE\x05\x18\r\x02\xCD\xCB\x03" +
		"\x02\x02\x02\xCE\xD1\x03\x02\x02\x02\xCF\xCD\x03\x02\x02\x02\xCF\xD0\x03" +
		"\x02\x02\x02\xD0\xD3\x03\x02\x02\x02\xD1\xCF\x03\x02\x02\x02\xD2\xCA\x03" +
		"\x02\x02\x02\xD2\xD3\x03\x02\x02\x02\xD3\xD4\x03\x02\x02\x02\xD4\xD6\x07" +
		"\x07\x02\x02\xD5\xD7\x05$\x13\x02\xD6\xD5\x03\x02\x02\x02\xD6\xD7\x03" +
		"\x02\x02\x02\xD7\xDA\x03\x02\x02\x02\xD8\xD9\x07\x03\x02\x02\xD9\xDB\x05" +
		"\x1A\x0E\x02\xDA\xD8\x03\x02\x02\x02\xDA\xDB\x03\x02\x02\x02\xDB\xDD\x03" +
		"\x02\x02\x02\xDC\xDE\x05*\x16\x02\xDD\xDC\x03\x02\x02\x02\xDD\xDE\x03" +
		"\x02\x02\x02\xDE\x17\x03\x02\x02\x02\xDF\xE0\t\x02\x02\x02\xE0\x19\x03" +
		"\x02\x02\x02\xE1\xE2\x07\x05\x02\x02\xE2\xEC\x07\x07\x02\x02\xE3\xE8\x05" +
		"\x1C\x0F\x02\xE4\xE5\x07\x06\x02\x02\xE5\xE7\x05\x1C\x0F\x02\xE6\xE4\x03" +
		"\x02\x02\x02\xE7\xEA\x03\x02\x02\x02\xE8\xE6\x03\x02\x02\x02\xE8\xE9\x03" +
		"\x02\x02\x02\xE9\xEC\x03\x02\x02\x02\xEA\xE8\x03\x02\x02\x02\xEB\xE1\x03" +
		"\x02\x02\x02\xEB\xE3\x03\x02\x02\x02\xEC\x1B\x03\x02\x02\x02\xED\xEF\x07" +
		"H\x02\x02\xEE\xF0\x05\x1E\x10\x02\xEF\xEE\x03\x02\x02\x02\xEF\xF0\x03" +
		"\x02\x02\x02\xF0\x1D\x03\x02\x02\x02\xF1\xF2\x07-\x02\x02\xF2\u0102\x07" +
		"\x05\x02\x02\xF3\xF4\x05\"\x12\x02\xF4\xF5\x07\x06\x02\x02\xF5\xF6\x05" +
		"\"\x12\x02\xF6\u0103\x03\x02\x02\x02\xF7\xF8\x07.\x02\x02\xF8\xFB\x07" +
		"K\x02\x02\xF9\xFA\x07/\x02\x02\xFA\xFC\x07K\x02\x02\xFB\xF9\x03\x02\x02" +
		"\x02\xFB\xFC\x03\x02\x02\x02\xFC\xFD\x03\x02\x02\x02\xFD\xFE\x07\x03\x02" +
		"\x02\xFE\xFF\x05 \x11\x02\xFF\u0100\x07\x06\x02\x02\u0100\u0101\x05 \x11" +
		"\x02\u0101\u0103\x03\x02\x02\x02\u0102\xF3\x03\x02\x02\x02\u0102\xF7\x03" +
		"\x02\x02\x02\u0103\u0104\x03\x02\x02\x02\u0104\u0105\x07\x07\x02\x02\u0105" +
		"\x1F\x03\x02\x02\x02\u0106\u010F\x05\"\x12\x02\u0107\u0108\x07\v\x02\x02" +
		"\u0108\u0110\x07K\x02\x02\u0109\u010B\x05\"\x12\x02\u010A\u0109\x03\x02" +
		"\x02\x02\u010B\u010E\x03\x02\x02\x02\u010C\u010A\x03\x02\x02\x02\u010C" +
		"\u010D\x03\x02\x02\x02\u010D\u0110\x03\x02\x02\x02\u010E\u010C\x03\x02" +
		"\x02\x02\u010F\u0107\x03\x02\x02\x02\u010F\u010C\x03\x02\x02\x02\u0110" +
		"\u0112\x03\x02\x02\x02\u0111\u0106\x03\x02\x02\x02\u0111\u0112\x03\x02" +
		"\x02\x02\u0112!\x03\x02\x02\x02\u0113\u0115\x07\f\x02\x02\u0114\u0113" +
		"\x03\x02\x02\x02\u0114\u0115\x03\x02\x02\x02\u0115\u0116\x03\x02\x02\x02" +
		"\u0116\u0117\x07K\x02\x02\u0117#\x03\x02\x02\x02\u0118\u0121\x07\t\x02" +
		"\x02\u0119\u011E\x05&\x14\x02\u011A\u011B\x07\x06\x02\x02\u011B\u011D" +
		"\x05&\x14\x02\u011C\u011A\x03\x02\x02\x02\u011D\u0120\x03\x02\x02\x02" +
		"\u011E\u011C\x03\x02\x02\x02\u011E\u011F\x03\x02\x02\x02\u011F\u0122\x03" +
		"\x02\x02\x02\u0120\u011E\x03\x02\x02\x02\u0121\u0119\x03\x02\x02\x02\u0121" +
		"\u0122\x03\x02\x02\x02\u0122\u0123\x03\x02\x02\x02\u0123\u0124\x07\n\x02" +
		"\x02\u0124%\x03\x02\x02\x02\u0125\u0128\x05J&\x02\u0126\u0128\x07N\x02" +
		"\x02\u0127\u0125\x03\x02\x02\x02\u0127\u0126\x03\x02\x02\x02\u0128\u0129" +
		"\x03\x02\x02\x02\u0129\u012A\x07\x04\x02\x02\u012A\u012B\x05(\x15\x02" +
		"\u012B\'\x03\x02\x02\x02\u012C\u013E\x05\"\x12\x02\u012D\u013E\x073\x02" +
		"\x02\u012E\u013E\x074\x02\x02\u012F\u013E\x07N\x02\x02\u0130\u013E\x07" +
		"J\x02\x02\u0131\u013E\x07F\x02\x02\u0132\u0133\x07\r\x02\x02\u0133\u0138" +
		"\x07N\x02\x02\u0134\u0135\x07\x06\x02\x02\u0135\u0137\x07N\x02\x02\u0136" +
		"\u0134\x03\x02\x02\x02\u0137\u013A\x03\x02\x02\x02\u0138\u0136\x03\x02" +
		"\x02\x02\u0138\u0139\x03\x02\x02\x02\u0139\u013B\x03\x02\x02\x02\u013A" +
		"\u0138\x03\x02\x02\x02\u013B\u013E\x07\x0E\x02\x02\u013C\u013E\x05J&\x02" +
		"\u013D\u012C\x03\x02\x02\x02\u013D\u012D\x03\x02\x02\x02\u013D\u012E\x03" +
		"\x02\x02\x02\u013D\u012F\x03\x02\x02\x02\u013D\u0130\x03\x02\x02\x02\u013D" +
		"\u0131\x03\x02\x02\x02\u013D\u0132\x03\x02\x02\x02\u013D\u013C\x03\x02" +
		"\x02\x02\u013E)\x03\x02\x02\x02\u013F\u0140\x070\x02\x02\u0140\u0141\x07" +
		"\x05\x02\x02\u0141\u0142\x05,\x17\x02\u0142\u0143\x07\x07\x02\x02\u0143" +
		"+\x03\x02\x02\x02\u0144\u0145\x07N\x02\x02\u0145\u0148\x07N\x02\x02\u0146" +
		"\u0147\x071\x02\x02\u0147\u0149\x07N\x02\x02\u0148\u0146\x03\x02\x02\x02" +
		"\u0148\u0149\x03\x02\x02\x02\u0149\u0157\x03\x02\x02\x02\u014A\u014B\x07" +
		"2\x02\x02\u014B\u0154\x07\x05\x02\x02\u014C\u0151\x05,\x17\x02\u014D\u014E" +
		"\x07\x06\x02\x02\u014E\u0150\x05,\x17\x02\u014F\u014D\x03\x02\x02\x02" +
		"\u0150\u0153\x03\x02\x02\x02\u0151\u014F\x03\x02\x02\x02\u0151\u0152\x03" +
		"\x02\x02\x02\u0152\u0155\x03\x02\x02\x02\u0153\u0151\x03\x02\x02\x02\u0154" +
		"\u014C\x03\x02\x02\x02\u0154\u0155\x03\x02\x02\x02\u0155\u0156\x03\x02" +
		"\x02\x02\u0156\u0158\x07\x07\x02\x02\u0157\u014A\x03\x02\x02\x02\u0157" +
		"\u0158\x03\x02\x02\x02\u0158-\x03\x02\x02\x02\u0159\u015A\x075\x02\x02" +
		"\u015A\u015B\x07J\x02\x02\u015B\u015F\x07\t\x02\x02\u015C\u015E\x050\x19" +
		"\x02\u015D\u015C\x03\x02\x02\x02\u015E\u0161\x03\x02\x02\x02\u015F\u015D" +
		"\x03\x02\x02\x02\u015F\u0160\x03\x02\x02\x02\u0160\u0165\x03\x02\x02\x02" +
		"\u0161\u015F\x03\x02\x02\x02\u0162\u0164\x054\x1B\x02\u0163\u0162\x03" +
		"\x02\x02\x02\u0164\u0167\x03\x02\x02\x02\u0165\u0163\x03\x02\x02\x02\u0165" +
		"\u0166\x03\x02\x02\x02\u0166\u016B\x03\x02\x02\x02\u0167\u0165\x03\x02" +
		"\x02\x02\u0168\u016A\x056\x1C\x02\u0169\u0168\x03\x02\x02\x02\u016A\u016D" +
		"\x03\x02\x02\x02\u016B\u0169\x03\x02\x02\x02\u016B\u016C\x03\x02\x02\x02" +
		"\u016C\u016E\x03\x02\x02\x02\u016D\u016B\x03\x02\x02\x02\u016E\u016F\x07" +
		"\n\x02\x02\u016F/\x03\x02\x02\x02\u0170\u0171\x052\x1A\x02\u0171\u0172" +
		"\x05H%\x02\u0172\u0173\x07\x03\x02\x02\u0173\u0174\x07H\x02\x02\u0174" +
		"1\x03\x02\x02\x02\u0175\u0176\t\x03\x02\x02\u01763\x03\x02\x02\x02\u0177" +
		"\u0178\x07;\x02\x02\u0178\u0179\x05H%\x02\u0179\u017A\x07<\x02\x02\u017A" +
		"\u017B\x05.\x18\x02\u017B5\x03\x02\x02\x02\u017C\u017D\x07=\x02\x02\u017D" +
		"\u017E\x05H%\x02\u017E\u017F\x058\x1D\x02\u017F7\x03\x02\x02\x02\u0180" +
		"\u0184\x07\t\x02\x02\u0181\u0183\x05:\x1E\x02\u0182\u0181\x03\x02\x02" +
		"\x02\u0183\u0186\x03\x02\x02\x02\u0184\u0182\x03\x02\x02\x02\u0184\u0185" +
		"\x03\x02\x02\x02\u0185\u0187\x03\x02\x02\x02\u0186\u0184\x03\x02\x02\x02" +
		"\u0187\u0188\x07\n\x02\x02\u01889\x03\x02\x02\x02\u0189\u018B\t\x04\x02" +
		"\x02\u018A\u0189\x03\x02\x02\x02\u018A\u018B\x03\x02\x02\x02\u018B\u018C" +
		"\x03\x02\x02\x02\u018C\u018D\x07@\x02\x02\u018D\u018E\x05H%\x02\u018E" +
		"\u018F\x076\x02\x02\u018F\u0190\x07K\x02\x02\u0190\u0191\x058\x1D\x02" +
		"\u0191\u01B8\x03\x02\x02\x02\u0192\u0193\x07A\x02\x02\u0193\u01B8\x05" +
		"8\x1D\x02\u0194\u0195\x07B\x02\x02\u0195\u0196\x07\x05\x02\x02\u0196\u0197" +
		"\x05@!\x02\u0197\u0198\x07\x07\x02\x02\u0198\u019B\x058\x1D\x02\u0199" +
		"\u019A\x07C\x02\x02\u019A\u019C\x058\x1D\x02\u019B\u0199\x03\x02\x02\x02" +
		"\u019B\u019C\x03\x02\x02\x02\u019C\u01B8\x03\x02\x02\x02\u019D\u019E\x07" +
		"D\x02\x02\u019E\u019F\x05H%\x02\u019F\u01A0\x07\x04\x02\x02\u01A0\u01A1" +
		"\x05@!\x02\u01A1\u01A2\x07\x0F\x02\x02\u01A2\u01B8\x03\x02\x02\x02\u01A3" +
		"\u01A5\x07E\x02\x02\u01A4\u01A6\x052\x1A\x02\u01A5\u01A4\x03\x02\x02\x02" +
		"\u01A5\u01A6\x03\x02\x02\x02\u01A6\u01A7\x03\x02\x02\x02\u01A7\u01A8\x05" +
		"H%\x02\u01A8\u01A9\x07\x03\x02\x02\u01A9\u01AA\x07H\x02\x02\u01AA\u01AB" +
		"\x07\x0F\x02\x02\u01AB\u01B8\x03\x02\x02\x02\u01AC\u01AD\x05H%\x02\u01AD" +
		"\u01AE\x05> \x02\u01AE\u01AF\x05<\x1F\x02\u01AF\u01B2\x05@!\x02\u01B0" +
		"\u01B1\x07B\x02\x02\u01B1\u01B3\x05@!\x02\u01B2\u01B0\x03\x02\x02\x02" +
		"\u01B2\u01B3\x03\x02\x02\x02\u01B3\u01B4\x03\x02\x02\x02\u01B4\u01B5\x07" +
		"\x0F\x02\x02\u01B5\u01B8\x03\x02\x02\x02\u01B6\u01B8\x058\x1D\x02\u01B7" +
		"\u018A\x03\x02\x02\x02\u01B7\u0192\x03\x02\x02\x02\u01B7\u0194\x03\x02" +
		"\x02\x02\u01B7\u019D\x03\x02\x02\x02\u01B7\u01A3\x03\x02\x02\x02\u01B7" +
		"\u01AC\x03\x02\x02\x02\u01B7\u01B6\x03\x02\x02\x02\u01B8;\x03\x02\x02" +
		"\x02\u01B9\u01BA\t\x05\x02\x02\u01BA=\x03\x02\x02\x02\u01BB\u01CD\x07" +
		"F\x02\x02\u01BC\u01C5\x07\r\x02\x02\u01BD\u01C2\x05@!\x02\u01BE\u01BF" +
		"\x07\x06\x02\x02\u01BF\u01C1\x05@!\x02\u01C0\u01BE\x03\x02\x02\x02\u01C1" +
		"\u01C4\x03\x02\x02\x02\u01C2\u01C0\x03\x02\x02\x02\u01C2\u01C3\x03\x02" +
		"\x02\x02\u01C3\u01C6\x03\x02\x02\x02\u01C4\u01C2\x03\x02\x02\x02\u01C5" +
		"\u01BD\x03\x02\x02\x02\u01C5\u01C6\x03\x02\x02\x02\u01C6\u01C9\x03\x02" +
		"\x02\x02\u01C7\u01C8\x07B\x02\x02\u01C8\u01CA\x05@!\x02\u01C9\u01C7\x03" +
		"\x02\x02\x02\u01C9\u01CA\x03\x02\x02\x02\u01CA\u01CB\x03\x02\x02\x02\u01CB" +
		"\u01CD\x07\x0E\x02\x02\u01CC\u01BB\x03\x02\x02\x02\u01CC\u01BC\x03\x02" +
		"\x02\x02\u01CD?\x03\x02\x02\x02\u01CE\u01D4\x05D#\x02\u01CF\u01D0\x05" +
		"B\"\x02\u01D0\u01D1\x05D#\x02\u01D1\u01D3\x03\x02\x02\x02\u01D2\u01CF" +
		"\x03\x02\x02\x02\u01D3\u01D6\x03\x02\x02\x02\u01D4\u01D2\x03\x02\x02\x02" +
		"\u01D4\u01D5\x03\x02\x02\x02\u01D5A\x03\x02\x02\x02\u01D6\u01D4\x03\x02" +
		"\x02\x02\u01D7\u01D8\t\x06\x02\x02\u01D8C\x03\x02\x02\x02\u01D9\u01DC" +
		"\x05F$\x02\u01DA\u01DB\x07\x03\x02\x02\u01DB\u01DD\x07M\x02\x02\u01DC" +
		"\u01DA\x03\x02\x02\x02\u01DC\u01DD\x03\x02\x02\x02\u01DDE\x03\x02\x02" +
		"\x02\u01DE\u01F4\x05\"\x12\x02\u01DF\u01ED\x05H%\x02\u01E0\u01EE\x05>" +
		" \x02\u01E1\u01EA\x07\x05\x02\x02\u01E2\u01E7\x05@!\x02\u01E3\u01E4\x07" +
		"\x06\x02\x02\u01E4\u01E6\x05@!\x02\u01E5\u01E3\x03\x02\x02\x02\u01E6\u01E9" +
		"\x03\x02\x02\x02\u01E7\u01E5\x03\x02\x02\x02\u01E7\u01E8\x03\x02\x02\x02" +
		"\u01E8\u01EB\x03\x02\x02\x02\u01E9\u01E7\x03\x02\x02\x02\u01EA\u01E2\x03" +
		"\x02\x02\x02\u01EA\u01EB\x03\x02\x02\x02\u01EB\u01EC\x03\x02\x02\x02\u01EC" +
		"\u01EE\x07\x07\x02\x02\u01ED\u01E0\x03\x02\x02\x02\u01ED\u01E1\x03\x02" +
		"\x02\x02\u01ED\u01EE\x03\x02\x02\x02\u01EE\u01F4\x03\x02\x02\x02\u01EF" +
		"\u01F0\x07\x05\x02\x02\u01F0\u01F1\x05@!\x02\u01F1\u01F2\x07\x07\x02\x02" +
		"\u01F2\u01F4\x03\x02\x02\x02\u01F3\u01DE\x03\x02\x02\x02\u01F3\u01DF\x03" +
		"\x02\x02\x02\u01F3\u01EF\x03\x02\x02\x02\u01F4G\x03\x02\x02\x02\u01F5" +
		"\u01F6\t\x07\x02\x02\u01F6I\x03\x02\x02\x02\u01F7\u01F8\t\b\x02\x02\u01F8" +
		"K\x03\x02\x02\x02BMRZ`cmwz\x81\x87\x92\x94\x9D\xA0\xA3\xA8\xAD\xB5\xB8" +
		"\xBF\xC3\xC7\xCF\xD2\xD6\xDA\xDD\xE8\xEB\xEF\xFB\u0102\u010C\u010F\u0111" +
		"\u0114\u011E\u0121\u0127\u0138\u013D\u0148\u0151\u0154\u0157\u015F\u0165" +
		"\u016B\u0184\u018A\u019B\u01A5\u01B2\u01B7\u01C2\u01C5\u01C9\u01CC\u01D4" +
		"\u01DC\u01E7\u01EA\u01ED\u01F3";
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
	public VALUE(): TerminalNode[];
	public VALUE(i: number): TerminalNode;
	public VALUE(i?: number): TerminalNode | TerminalNode[] {
		if (i === undefined) {
			return this.getTokens(qcParser.VALUE);
		} else {
			return this.getToken(qcParser.VALUE, i);
		}
	}
	public port(): PortContext {
		return this.getRuleContext(0, PortContext);
	}
	public STATE(): TerminalNode | undefined { return this.tryGetToken(qcParser.STATE, 0); }
	constructor(parent: ParserRuleContext | undefined, invokingState: number) {
		super(parent, invokingState);
	}
	// @Override
	public get ruleIndex(): number { return qcParser.RULE_param; }
}


export class PortsContext extends ParserRuleContext {
	public result(): ResultContext[];
	public result(i: number): ResultContext;
	public result(i?: number): ResultContext | ResultContext[] {
		if (i === undefined) {
			return this.getRuleContexts(ResultContext);
		} else {
			return this.getRuleContext(i, ResultContext);
		}
	}
	constructor(parent: ParserRuleContext | undefined, invokingState: number) {
		super(parent, invokingState);
	}
	// @Override
	public get ruleIndex(): number { return qcParser.RULE_ports; }
}


export class ResultContext extends ParserRuleContext {
	public port(): PortContext {
		return this.getRuleContext(0, PortContext);
	}
	public STATE(): TerminalNode | undefined { return this.tryGetToken(qcParser.STATE, 0); }
	public VALUE(): TerminalNode | undefined { return this.tryGetToken(qcParser.VALUE, 0); }
	constructor(parent: ParserRuleContext | undefined, invokingState: number) {
		super(parent, invokingState);
	}
	// @Override
	public get ruleIndex(): number { return qcParser.RULE_result; }
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
	public value(): ValueContext {
		return this.getRuleContext(0, ValueContext);
	}
	public word(): WordContext | undefined {
		return this.tryGetRuleContext(0, WordContext);
	}
	public STRING(): TerminalNode | undefined { return this.tryGetToken(qcParser.STRING, 0); }
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
	public STATE(): TerminalNode | undefined { return this.tryGetToken(qcParser.STATE, 0); }
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
	constructor(parent: ParserRuleContext | undefined, invokingState: number) {
		super(parent, invokingState);
	}
	// @Override
	public get ruleIndex(): number { return qcParser.RULE_word; }
}


