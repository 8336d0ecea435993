namespace MultiExit.Fuzz;

/// <summary>An input took more time or memory than its length allows. The first run of a method always does, so it counts only when further
/// runs do too.</summary>
internal sealed class BoundExceededException(string message) : FuzzFailureException(message);
