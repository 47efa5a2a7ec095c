/// Compiled plans of one graph and the threads that run them.
final class Engine {
  let threads: Int

  init(threads: Int) {
    self.threads = threads
  }
}
