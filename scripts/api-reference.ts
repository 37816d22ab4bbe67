import { join, relative, sep } from 'node:path'
import ts from 'typescript'

/** The kinds of what a package offers, in the order of the page. */
const KINDS = ['Classes', 'Functions', 'Values', 'Types'] as const
type Kind = (typeof KINDS)[number]

/** A page with everything that an entry point exports, from its doc comments. `entry` is relative to `root`. */
export function apiReference(root: string, entry: string): string {
  const reference = new Reference(root, entry)
  return KINDS.map((kind) => [`## ${kind}`, ...reference.entries(kind)].join('\n\n')).join('\n\n')
}

class Reference {
  readonly #checker: ts.TypeChecker
  readonly #exports: readonly ts.Symbol[]
  readonly #sources: string

  constructor(root: string, entry: string) {
    const config = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path))
    const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, root)
    const program = ts.createProgram([join(root, entry)], options)
    this.#checker = program.getTypeChecker()
    this.#sources = join(root, 'src')
    const source = program.getSourceFile(join(root, entry))
    const module = source && this.#checker.getSymbolAtLocation(source)
    if (module === undefined) throw new Error(`${entry} is no module`)
    this.#exports = this.#checker
      .getExportsOfModule(module)
      .map((symbol) =>
        symbol.flags & ts.SymbolFlags.Alias ? this.#checker.getAliasedSymbol(symbol) : symbol,
      )
      .sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  /** One text for each thing of a kind. */
  entries(kind: Kind): string[] {
    return this.#exports
      .filter((symbol) => kindOf(symbol) === kind)
      .map((symbol) => {
        const words = this.#words(symbol)
        if (words === '') throw new Error(`${symbol.name} is exported and has no doc comment`)
        const parts = [`### ${symbol.name}`, words, this.#code(symbol), this.#members(symbol)]
        return parts.filter((part) => part !== '').join('\n\n')
      })
  }

  #code(symbol: ts.Symbol): string {
    const declaration = declarationOf(symbol)
    return `\`\`\`ts\n${this.#headOf(symbol, declaration)}\n\`\`\``
  }

  #headOf(symbol: ts.Symbol, declaration: ts.Declaration): string {
    if (ts.isClassDeclaration(declaration) || ts.isInterfaceDeclaration(declaration)) {
      const word = ts.isClassDeclaration(declaration) ? 'class' : 'interface'
      const parents = (declaration.heritageClauses ?? []).map((clause) => ` ${flat(clause.getText())}`)
      const types = (declaration.typeParameters ?? []).map((each) => each.getText()).join(', ')
      return `${word} ${symbol.name}${types && `<${types}>`}${parents.join('')}`
    }
    if (ts.isVariableDeclaration(declaration)) return this.#constant(symbol, declaration)
    return withoutBody(declaration).replace(/^export (declare )?/, '')
  }

  /** With its value where that is plain to read, else with its type. */
  #constant({ name }: ts.Symbol, declaration: ts.VariableDeclaration): string {
    const value = declaration.initializer
    const isPlain =
      value && ((ts.isAsExpression(value) && value.type.getText() === 'const') || ts.isNumericLiteral(value))
    if (isPlain) return `const ${name} = ${value.getText()}`
    return `const ${name}: ${this.#checker.typeToString(this.#checker.getTypeAtLocation(declaration))}`
  }

  #members(symbol: ts.Symbol): string {
    if (!(symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface))) return ''
    const isClass = (symbol.flags & ts.SymbolFlags.Class) !== 0
    const statics = isClass ? this.#checker.getTypeOfSymbol(symbol).getProperties() : []
    const constructors = isClass
      ? [...(symbol.members?.values() ?? [])].filter(({ name }) => name === '__constructor')
      : []
    return [...constructors, ...statics, ...this.#checker.getDeclaredTypeOfSymbol(symbol).getProperties()]
      .filter((member) => this.#isOffered(member))
      .map((member) => {
        const words = this.#words(member).replace(/\n+/g, ' ')
        return `- \`${flat(withoutBody(declarationOf(member)))}\`${words && `: ${words}`}`
      })
      .join('\n')
  }

  /** Ours, and not private. */
  #isOffered(member: ts.Symbol): boolean {
    const declaration = member.declarations?.[0]
    if (declaration === undefined || member.name === 'prototype') return false
    const isOurs = !relative(this.#sources, declaration.getSourceFile().fileName).startsWith(`..${sep}`)
    const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected
    const name = ts.getNameOfDeclaration(declaration)
    const isHidden = (ts.getCombinedModifierFlags(declaration) & hidden) !== 0
    return isOurs && !isHidden && (name === undefined || !ts.isPrivateIdentifier(name))
  }

  #words(symbol: ts.Symbol): string {
    const text = ts.displayPartsToString(symbol.getDocumentationComment(this.#checker))
    const tags = symbol
      .getJsDocTags(this.#checker)
      .map(({ name, text }) => `*${name}* ${ts.displayPartsToString(text).replace(/^\{(.+?)\}/, '`$1`')}`)
    return [text, ...tags]
      .filter((part) => part !== '')
      .join('\n\n')
      .replace(/\{@link (\S+?) *\}/g, '`$1`')
      .replaceAll('<', '\\<')
  }
}

function kindOf({ flags }: ts.Symbol): Kind {
  if (flags & ts.SymbolFlags.Class) return 'Classes'
  if (flags & ts.SymbolFlags.Function) return 'Functions'
  return flags & ts.SymbolFlags.Variable ? 'Values' : 'Types'
}

function declarationOf(symbol: ts.Symbol): ts.Declaration {
  const [first] = symbol.declarations ?? []
  if (first === undefined) throw new Error(`${symbol.name} is declared nowhere`)
  return first
}

/** Its text up to the body or the initial value. */
function withoutBody(declaration: ts.Declaration): string {
  const text = declaration.getText()
  const end = 'body' in declaration ? (declaration.body as ts.Node | undefined) : undefined
  return (end ? text.slice(0, end.getStart() - declaration.getStart()) : text).trim()
}

/** On one line, without comments. */
const flat = (text: string): string =>
  text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\s+/g, ' ')
    .replace(/^(override|public) /, '')
