/// Help on what the library has for a session: measuring, plotting, files.
enum SessionTopics {
  /// By name, as in `LibraryTopics`.
  static let text = [
    "time": """
    pg.time(f, ...)   :time CODE
      Calls f, computes the tensors that it returns, prints how long that took, and returns them.
    """,
    "bench": """
    pg.bench(f [, { seconds = }])   :bench CODE
      Calls f again and again, for half a second unless told otherwise, after a first call that
      does not count: median, quartiles and number of runs, in seconds.
    """,
    "plot": """
    pg.plot(thing... [, { file =, title =, from =, to =, params =, metric =, stage =, log = }])
      Draws losses and functions with their gradients, divergences, tensors or runs, several on
      one picture: pg.plot("dpo", "ipo"), pg.plot(loss, { params = { { beta = 0.1 }, { beta = 1 }
      } }), pg.plot { mine = f, other = g }, pg.plot(x), pg.plot("latest", { metric = "loss" });
      points as pg.plot { mine = { x = {1, 2}, y = {3, 4} } }.
      In the terminal, or into a file ending in .svg, .png or .pdf. Further options: x_label,
      y_label, kind = "histogram", bins, columns, lines. Also :plot dpo ipo.
    """,
    "histogram": """
    pg.histogram(x... [, { bins =, file =, title =, x_label = }])
      How the numbers of tensors or lists are distributed, as shares of all.
    """,
    "plot_runs": """
    pg.plot_runs([name...] [, { metric =, stage =, file =, title =, log = }])
      A metric of runs along their steps, of all runs where none is named. Runs that differ in
      their seed alone make one curve, the mean, with the 95 % interval as a band.
    """,
    "mem": """
    pg.mem()   :mem
      The bytes that Lua and tensors hold, after a collection, and the most tensors have held.
    """,
    "check": """
    pg.check(method)   :check METHOD
      Whether a method, a file or what pg.loss and its like returned computes what it says. A
      table with passed and findings.
    """,
    "confined": """
    pg.confined(source [, { seconds =, instructions =, memory =, seed = }])
      Runs Lua that nobody has read in a process that may open nothing, as candidates are run: the
      numbers it returns, in a list; or nil, the reason (script, timeLimit, memory, instructions,
      late, crashed, ...) and a message. memory is in bytes.
    """,
    "load": """
    pg.load(file)   :load FILE
      Runs a file and gives what it returns; at the prompt pg.reload() runs it again.
    """,
    "reload": """
    pg.reload()   :reload
      Runs the loaded files again and forgets methods, so that changed files count.
    """,
    "save": """
    pg.save(file)   :save FILE
      Writes what was typed and ran without an error as a script that prints the same.
    """,
    "reset": "pg.reset()   :reset\n  Forgets all names of the session.",
  ]
}
