namespace MultiExit.Fuzz;

/// <summary>A rule that holds for any input does not hold for this one.</summary>
internal class FuzzFailureException(string message) : Exception(message);
