namespace MultiExit.Fuzz;

/// <summary>An input took more time or memory than its length allows. The first run of a method does, so it counts only when it stays
/// so.</summary>
internal sealed class BoundExceededException(string message) : FuzzFailureException(message);
