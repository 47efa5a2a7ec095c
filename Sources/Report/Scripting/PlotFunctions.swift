import ExperimentStore
import LuaBindings
import LuaRuntime
import Methods

/// `pg.plot`, `pg.histogram` and `pg.plot_runs`.
public struct PlotFunctions {
  /// What a terminal can show.
  public struct Screen: Sendable {
    let columns: Int
    let lines: Int
    let hasColour: Bool

    /// A screen of so many columns and lines.
    public init(columns: Int, lines: Int, hasColour: Bool) {
      (self.columns, self.lines, self.hasColour) = (columns, lines, hasColour)
    }
  }

  private unowned let catalogue: MethodCatalogue
  private let screen: () -> Screen

  private init(_ catalogue: MethodCatalogue, _ screen: @escaping () -> Screen) {
    self.catalogue = catalogue
    self.screen = screen
  }

  /// Adds the functions to the library.
  ///
  /// - Parameters:
  ///   - catalogue: where the names of methods are looked up.
  ///   - screen: asked before each picture that goes to the terminal.
  /// - Throws: `LuaError` of kind memory.
  public static func register(
    _ catalogue: MethodCatalogue, screen: @escaping () -> Screen
  ) throws {
    let functions = PlotFunctions(catalogue, screen)
    try catalogue.session.register([
      .general("plot") { call in
        let (values, options) = try functions.split(call.arguments)
        try functions.show(values, options)
        return []
      },
      .general("histogram") { call in
        var (values, options) = try functions.split(call.arguments)
        options.isHistogram = true
        try functions.show(values, options)
        return []
      },
      .general("plot_runs") { call in
        var (values, options) = try functions.split(call.arguments)
        if values.isEmpty { values = try RunList().records().map { .string($0.directory.name) } }
        let runs = try values.flatMap { $0.tableValue?.items ?? [$0] }.map { value in
          guard let name = value.stringValue else {
            throw ReportError("plot_runs: expected names of runs, got \(value.typeName)")
          }
          return PlotSubject.run(try RunList().find(name))
        }
        options.isHistogram = false
        try functions.draw(runs, options)
        return []
      },
    ])
  }

  /// Draws methods and runs by name, as the command line does.
  ///
  /// - Parameters:
  ///   - names: of methods, files or runs.
  ///   - options: how.
  ///   - catalogue: where methods are looked up.
  ///   - screen: for pictures in the terminal.
  /// - Throws: `ReportError` or `MethodError` for what cannot be drawn.
  public static func draw(
    _ names: [String], _ options: PlotOptions, _ catalogue: MethodCatalogue,
    screen: @escaping () -> Screen
  ) throws {
    try PlotFunctions(catalogue, screen).show(names.map(LuaValue.string), options)
  }

  /// A last table of nothing but options is that.
  private func split(_ arguments: [LuaValue]) throws -> ([LuaValue], PlotOptions) {
    guard arguments.count > 1 || arguments.first?.tableValue?.hasOptions == true,
      let table = arguments.last?.tableValue, table.className == nil, table.items.isEmpty,
      !table.names.isEmpty
    else { return (arguments, PlotOptions()) }
    return (Array(arguments.dropLast()), try PlotOptions(table))
  }

  private func show(_ values: [LuaValue], _ options: PlotOptions) throws {
    let reader = PlotReader(session: catalogue.session, catalogue: catalogue)
    try draw(reader.subjects(values), options)
  }

  private func draw(_ subjects: [PlotSubject], _ options: PlotOptions) throws {
    // Before the work, so that nobody waits for a missing program.
    let gnuplot = try Gnuplot.find()
    let output = try options.file.map(FigureOutput.file)
    let maker = PlotMaker(session: catalogue.session, options: options)
    let figure = try maker.figure(subjects)
    let screen = screen()
    let lines = options.lines ?? min(screen.lines - 2, 8 + 12 * figure.panels.count)
    let text = try gnuplot.draw(
      figure,
      to: output
        ?? .text(
          columns: options.columns ?? min(screen.columns, 120), lines: max(lines, 12),
          hasColour: screen.hasColour))
    if let file = options.file { print(file) } else { print(text) }
  }
}

extension LuaTable {
  /// Whether all names are those of options.
  fileprivate var hasOptions: Bool {
    !names.isEmpty && items.isEmpty && names.allSatisfy(PlotOptions.names.contains)
  }
}
